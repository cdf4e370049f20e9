// The one live line of a page. Every script that listens imports it from here.
import { io } from '../vendor/socket.io.js';

// Polling comes last: it is for networks that let no websocket through.
export const socket = io({ transports: ['websocket', 'polling'], tryAllTransports: true });

// Whether words that were not sent may be shown to whoever sits here: only where the site ended the
// session itself. Whoever ends one elsewhere may have lost this very device.
export const maySee = (reason) => ['expired', 'suspended', 'roles_changed', 'ended_for_all'].includes(reason);

// Refused, not unreachable: the session ended while this page was away. A page is asked for once more,
// since a cookie may just have been changed, and nothing may go round in circles.
const refused = [];
export const onRefused = (then) => refused.push(then);
let times = 0;
const later = () => {
  setTimeout(() => socket.connect(), Math.min(120000, 5000 * 2 ** times) * (1 + Math.random() / 2));
  times += 1;
};
socket.on('connect', () => { times = 0; });
socket.on('connect_error', ({ data }) => {
  if (socket.active) return;
  const reason = data?.reason || 'ended';
  const tell = () => refused.forEach((then) => then(reason));
  if (reason === 'full') { // others may be closed
    tell();
    later();
    return;
  }
  fetch('/inbox', { redirect: 'manual' }).then(({ status }) => { if (status === 200) later(); else tell(); }, later);
});
