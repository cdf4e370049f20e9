// Pages about accounts. Every one of these is an extra: the forms work without it.

// --- The time zone of the device, for the person to confirm ----------------------
const zone = document.querySelector('select[data-zone]');
if (zone && zone.value === 'UTC' && window.Intl) {
  const guess = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (guess && guess !== 'UTC') {
    const known = Array.from(zone.options).some((option) => option.value === guess);
    if (!known) zone.add(new Option(guess.split('/').pop().replace(/_/g, ' '), guess), 0);
    zone.value = guess;
    const said = document.createElement('p');
    said.className = 'hint';
    said.textContent = zone.dataset.zone;
    zone.parentElement.after(said);
  }
}

// --- Picking and writing take turns ------------------------------------------------
const own = document.querySelector('input[name="name"]');
const picks = document.querySelectorAll('input[name="suggestion"]');
if (own && picks.length) {
  own.addEventListener('input', () => { if (own.value) picks.forEach((pick) => { pick.checked = false; }); });
  picks.forEach((pick) => pick.addEventListener('change', () => { own.value = ''; }));
}
const words = document.querySelector('#passphrase');
const taken = document.querySelector('#use_offered');
if (words && taken) {
  words.addEventListener('input', () => { if (words.value) taken.checked = false; });
}

// --- Show what is written -------------------------------------------------------------
document.querySelectorAll('[data-show]').forEach((button) => {
  const field = document.getElementById(button.dataset.show);
  button.hidden = false;
  button.addEventListener('click', () => {
    const shown = field.type === 'password';
    field.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
    field.focus();
  });
  // A shown passphrase must not be kept by the browser as something once typed.
  field.form.addEventListener('submit', () => { field.type = 'password'; });
});

// --- Print --------------------------------------------------------------------------------
document.querySelectorAll('[data-print]').forEach((button) => {
  button.hidden = false;
  button.addEventListener('click', () => print());
});
