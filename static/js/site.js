// Small page behaviours. Every one of them is an extra: the HTML works without it.
import { pressed } from './pressed.js';

// --- Leave quickly -----------------------------------------------------------
// Blanks the page first, ends the session by a beacon, replaces the history entry.
// Without JavaScript the link itself goes to /leave, which ends the session and redirects.
const leave = document.querySelector('[data-leave]');
if (leave) {
  const said = document.querySelector('[data-leave-status]');
  let presses = 0;
  let timer = 0;

  const go = () => {
    document.title = leave.dataset.leaveTitle || '';
    document.body.classList.add('gone');
    if (leave.dataset.leaveEnd && navigator.sendBeacon) {
      navigator.sendBeacon(leave.dataset.leaveEnd);
      location.replace(leave.dataset.leaveTo || leave.href);
    } else {
      location.replace(leave.href); // no beacon: the slower way still signs out
    }
  };

  leave.addEventListener('click', (event) => {
    event.preventDefault();
    go();
  });

  // Shift three times within five seconds. Shift used to type a capital does not count.
  let used = false;
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Shift') used = true;
    else if (!event.repeat) used = false;
  }, true);
  document.addEventListener('keyup', (event) => {
    if (event.key !== 'Shift' || used) { presses = 0; return; }
    presses += 1;
    clearTimeout(timer);
    if (presses >= 3) { go(); return; }
    if (said) said.textContent = presses === 1 ? said.dataset.two : said.dataset.one;
    timer = setTimeout(() => { presses = 0; if (said) said.textContent = ''; }, 5000);
  }, true);

  // Browsers may keep a page in the back/forward cache even with "no-store" (measured in
  // Chromium 156). So: blank the page as it goes away, and fetch it afresh if it comes back.
  addEventListener('pagehide', () => document.body.classList.add('gone'));
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
}

// --- <details> menus: close with Escape or a press elsewhere ------------------
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = event.target.closest('.menu[open]') || document.querySelector('.menu[open]');
  if (open) { open.open = false; open.querySelector('summary').focus(); }
});
document.addEventListener('pointerdown', (event) => {
  document.querySelectorAll('.menu[open]').forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// --- A double press sends once ------------------------------------------------
// Only the very same form, with the very same contents and button, within a second is taken
// for a double press. Anything else goes out, so trying again after a failure always works.
let last = null;
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== 'post') return;
  const text = new URLSearchParams(new FormData(form)).toString();
  const button = pressed(event);
  if (last && last.form === form && last.button === button && last.text === text) {
    event.preventDefault();
    return;
  }
  const mine = { form, button, text };
  last = mine;
  setTimeout(() => { if (last === mine) last = null; }, 1000);
});

// --- After a refused form the person starts at what needs a look ---------------
const refused = document.querySelector('[data-focus]');
if (refused) refused.focus();

// --- Codes that are shown once: a copy button where the browser can copy --------
document.querySelectorAll('[data-once]').forEach((box) => {
  const button = box.querySelector('[data-once-copy]');
  const said = box.querySelector('[data-once-said]');
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(box.querySelector('[data-once-code]').textContent).then(
      () => { said.textContent = said.dataset.text; },
      () => { button.hidden = true; }, // refused by the browser: the code can still be read
    );
  });
});
