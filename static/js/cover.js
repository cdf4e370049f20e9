// Covers every page of a person who wants that, once none of them has been used for a while.
// The server covers by itself too; this only does it while a page is being looked at.
import { blank, toCover } from './covered.js';

const minutes = Number(document.body.dataset.cover);
const form = document.querySelector('[data-cover-now]');
// Pages of one person tell each other that they are being used. Nothing is stored.
const others = 'BroadcastChannel' in window ? new BroadcastChannel('used') : null;
let used = Date.now();
let told = 0;

const use = () => {
  used = Date.now();
  if (others && used - told > 1000) {
    told = used;
    others.postMessage('used');
  }
};
['pointerdown', 'pointermove', 'keydown', 'scroll', 'input'].forEach((kind) => {
  addEventListener(kind, use, { capture: true, passive: true });
});
if (others) others.addEventListener('message', () => { used = Date.now(); });

const cover = () => {
  blank(form.dataset.coverNow);
  const body = new URLSearchParams(new FormData(form));
  fetch(form.getAttribute('action'), { method: 'POST', body, redirect: 'manual', keepalive: true }).then(toCover, toCover);
};
let asked = Date.now();
const look = () => {
  if (Date.now() - used < minutes * 60000) {
    // Writing for long sends nothing, and would look to the server as if nobody were here.
    if (used > asked && Date.now() - asked > minutes * 15000) {
      asked = Date.now();
      fetch('/healthz').catch(() => {});
    }
    return;
  }
  clearInterval(clock);
  cover();
};
const clock = setInterval(look, 1000);
document.addEventListener('visibilitychange', look); // timers sleep while the device does
form.addEventListener('submit', (event) => { event.preventDefault(); cover(); });
