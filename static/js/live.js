// The one live line of a page. Every script that listens imports it from here.
import { io } from '../vendor/socket.io.js';

// Polling comes last: it is for networks that let no websocket through.
export const socket = io({ transports: ['websocket', 'polling'], tryAllTransports: true });

// Whether words that were not sent may be shown to whoever sits here: only where the site ended the
// session itself. Whoever ends one elsewhere may have lost this very device.
export const maySee = (reason) => ['expired', 'suspended', 'roles_changed', 'ended_for_all'].includes(reason);

// Refused, not unreachable: the session ended while this page was away, and whoever listens for that is
// told. A page is asked for first, since a cookie may just have been changed, and nothing may go round in circles.
const { classList } = document.body;
let again = 0;
socket.on('connect', () => classList.remove('unsure'));
socket.on('connect_error', ({ data }) => {
  if (socket.active) return;
  const reason = data?.reason || '';
  again = setTimeout(() => socket.connect(), 10000 + 20000 * Math.random());
  classList.toggle('unsure', reason !== 'full'); // nothing is shown until it is known
  if (reason === 'full') return; // others may be closed
  fetch('/inbox', { redirect: 'manual' }).then(({ ok, type }) => {
    const over = type === 'opaqueredirect';
    if (ok || over) classList.remove('unsure');
    if (!over || socket.connected || classList.contains('gone')) return; // back, or on its way elsewhere
    clearTimeout(again);
    socket.listeners('session:ended').forEach((then) => then({ reason }));
  }, () => {});
});
