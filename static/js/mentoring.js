// A round being worked out: shows how far it is, and the result as soon as it is there.
// Without this the page says the same when it is asked again.
import { socket } from './live.js';

const box = document.querySelector('[data-round]');
if (box) {
  const words = JSON.parse(box.dataset.words);
  const bar = box.querySelector('[data-round-bar]');
  const stage = box.querySelector('[data-round-stage]');

  socket.on('round:progress', (told) => {
    if (told.round !== box.dataset.round) return;
    if (told.state !== 'waiting' && told.state !== 'solving') {
      location.reload();
      return;
    }
    bar.value = told.percent;
    if (words[told.stage]) stage.textContent = words[told.stage];
  });
  socket.on('connect', async () => {
    // It may have ended before the line was there, or while the line was down.
    const now = await fetch(location.href).then((answer) => answer.text(), () => 'data-round-bar');
    if (!now.includes('data-round-bar')) location.reload();
  });
  setInterval(() => location.reload(), 20000);
}
