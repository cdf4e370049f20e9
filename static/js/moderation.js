// The queue says when something has changed, and moves nothing under anybody's hands: the list
// is loaded anew only on the press of a link. Without this, loading the page shows what is new.
import { socket } from './live.js';

const now = document.querySelector('[data-queue]');
const said = now.querySelector('[data-queue-said]');
const show = now.querySelector('[data-queue-show]');

socket.on('queue:changed', ({ waiting, urgent }) => {
  show.hidden = false;
  const words = now.dataset.text.replace('{waiting}', waiting).replace('{urgent}', urgent);
  if (said.textContent !== words) said.textContent = words; // spoken only when a number changed
});

// What happened while the line was down is not heard: the link offers a look.
let met = false;
socket.on('connect', () => {
  if (met) show.hidden = false;
  met = true;
});
