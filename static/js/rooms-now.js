// How it stands with talking here: the part of the page that the server renders anew when asked.
import { pressed } from './pressed.js';

export function startNow(room, words, composer, log) {
  const { room: id } = room.dataset;
  const find = () => room.querySelector('[data-now]');
  let asking = false;
  let again = false;
  let ahead = 0; // how far this clock is ahead of the server's
  let looked = ''; // the end of the turn for which it has been looked

  const fetched = () => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('GET', `/rooms/${id}/now`);
    request.responseType = 'document'; // parsed by the browser, and scripts in it never run
    request.onload = () => {
      ahead = Date.now() - Date.parse(request.getResponseHeader('Date')) || 0;
      resolve(request.status === 200 && request.response?.querySelector('[data-now]'));
    };
    request.onerror = () => resolve(null);
    request.send();
  });

  async function look() {
    if (document.hidden || asking) { again = true; return; }
    asking = true;
    again = false;
    const fresh = await fetched();
    asking = false;
    if (fresh) show(document.adoptNode(fresh));
    if (again) look();
  }

  function show(fresh) {
    const old = find();
    const held = old.contains(document.activeElement) && document.activeElement.getAttribute('data-key');
    const spoken = fresh.querySelector('[data-say]')?.textContent.trim() || '';
    if (spoken && spoken !== (old.querySelector('[data-say]')?.textContent.trim() || '')) log.say(spoken);
    old.querySelectorAll('details[data-key][open]').forEach(({ dataset }) => {
      fresh.querySelector(`details[data-key="${dataset.key}"]`)?.setAttribute('open', '');
    });
    old.replaceWith(fresh);
    if (held) fresh.querySelector(`[data-key="${held}"]`)?.focus();
    apply();
  }

  const apply = () => {
    const { write, question } = find().dataset;
    const pin = room.querySelector('[data-pin]');
    composer.write(write);
    pin.querySelector('p').textContent = question;
    pin.hidden = !question;
    tick();
  };

  // How long a turn still has, in whole minutes: it is a hint, and nothing ends by itself.
  function tick() {
    find().querySelectorAll('[data-ends]').forEach((box) => {
      const { ends } = box.dataset;
      const left = Math.ceil((Date.parse(ends) - Date.now() + ahead) / 60000);
      if (left > 0) {
        box.textContent = box.dataset.left.replace('{n}', left);
        if (looked === ends) looked = ''; // it was this clock that was ahead
      } else if (box.closest('.circle') && looked !== ends) {
        looked = ends; // once, whatever the answer is
        look(); // shown once more, as over
      }
    });
  }
  setInterval(tick, 5000);

  // What can be done about it goes without leaving the page: what is being written stays.
  room.addEventListener('submit', async (event) => {
    const form = event.target.closest('[data-now] [data-act]');
    const button = form && pressed(event);
    if (!button) return; // it goes as a form, and the server judges it
    event.preventDefault();
    form.closest('details')?.removeAttribute('open');
    const fields = new URLSearchParams(new FormData(form));
    if (button.name) fields.set(button.name, button.value);
    const answer = await fetch(form.action, { method: 'POST', body: fields, redirect: 'manual' }).catch(() => null);
    room.querySelector('[data-line]').textContent = answer && (answer.ok || answer.type === 'opaqueredirect')
      ? '' : (answer && answer.status === 409 ? words.changed : words.undone);
    look();
  });

  apply();
  document.addEventListener('visibilitychange', () => { if (again) look(); });
  return {
    look,
    told: ({ room: where, mark }) => { if (where === id && mark !== find().dataset.mark) look(); },
    // Whoever holds the talking piece and has spoken is done, and no longer passes. Of somebody
    // new, one more of their first messages is there.
    spoke: () => { if (find().querySelector('.circle--mine, [data-arriving]')) look(); },
  };
}
