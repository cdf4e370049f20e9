// Waiting to be let into a room: the page says how it stands, and opens by itself.
import { socket } from './live.js';

const box = document.querySelector('[data-waits]');
const { waits: id } = box.dataset;

// Asking also says that somebody is still here.
function look() {
  const request = new XMLHttpRequest();
  request.open('GET', `/rooms/${id}/waiting`);
  request.responseType = 'document'; // parsed by the browser, and scripts in it never run
  request.onload = () => {
    const part = request.response?.querySelector('[data-state]');
    if (request.status === 200 && part) show(document.adoptNode(part));
    else location.reload(); // they are in, or signed out: the page says which
  };
  request.send();
}

function show(part) {
  const before = box.firstElementChild;
  if (part.textContent.trim() === before.textContent.trim()) return;
  const held = box.contains(document.activeElement);
  before.replaceWith(part);
  if (held) box.querySelector('a')?.focus();
}

socket.on('connect', look);
socket.on('room:door', ({ room }) => { if (room === id) look(); });
setInterval(look, 20000);
