// A room that follows what is said. The page works without this as plain forms and links.
import { maySee, socket } from './live.js';
import { startAside } from './rooms-aside.js';
import { startAway } from './rooms-away.js';
import { startComposer } from './rooms-composer.js';
import { startLog } from './rooms-log.js';
import { startNow } from './rooms-now.js';

const room = document.querySelector('[data-room]');
const words = document.querySelector('[data-words]').dataset;
const part = (name) => room.querySelector(`[data-${name}]`);
const id = room.dataset.room;

let have = Number(room.dataset.seq); // the last change this page has shown
let following = false;
let over = false; // the session has ended: nothing comes back by itself
let gone = false; // the room cannot be read as it was: only what had been written is shown

// Sends an event; resolves with the answer, or with an error that reads like one.
const ask = (event, data) => new Promise((resolve) => {
  const failed = { ok: false, error: { code: 'offline', text: words.unsent } };
  if (!socket.connected) { resolve(failed); return; }
  socket.timeout(10000).emit(event, data, (error, answer) => resolve(error ? failed : answer));
});

const log = startLog(room, words, ask);
const composer = startComposer(room, words, ask, log);
const now = startNow(room, words, composer, log);
const aside = startAside(room, words, composer);
// Whoever looks after people does not while their page is covered; of nobody else it is told.
const tellAway = () => { if ('team' in room.dataset) ask('room:away', { room: id, away: away.isAway() }); };
const away = startAway(room, log, () => have, () => { tellAway(); seen(); });

// --- Connection ---------------------------------------------------------------
const line = part('line');
let lineTimer = 0;
const say = (text, seconds) => {
  clearTimeout(lineTimer);
  lineTimer = setTimeout(() => {
    if (line.textContent !== text) line.textContent = text;
    if (text && seconds) lineTimer = setTimeout(() => { line.textContent = ''; }, seconds * 1000);
  }, text === words.offline ? 1500 : 0); // a short break is not worth a word
};

let round = 0; // only the last that was begun goes on
let tries = 0; // that were refused, one after another
let onceMore = 0;
async function follow() {
  if (gone) return;
  clearTimeout(onceMore);
  round += 1;
  const mine = round;
  let anew = false;
  following = false;
  for (;;) {
    const since = have;
    const answer = await ask('room:join', { room: id, since });
    if (mine !== round) return;
    if (!answer.ok && answer.error.code === 'forbidden') { moved(); return; }
    if (!answer.ok) { later(answer.error.retry_ms); return; }
    if (answer.seq < since) { // the site was brought back from a copy: what is shown here is not there
      const again = !anew && await renew();
      if (mine !== round) return;
      if (!again) { later(); return; }
      anew = true;
      continue;
    }
    answer.messages.forEach((message) => {
      log.show(message, { announce: true });
      composer.arrived(message);
    });
    have = Math.max(have, answer.seq);
    if (!answer.more) break;
  }
  following = true;
  tries = 0;
  if (away.isAway()) tellAway();
  if ([words.offline, words.unwell].includes(line.textContent)) say(words.back, 4);
  else if (!line.textContent) say('');
  composer.online();
  seen();
}

// Asked too fast, at fault, or without an answer: the page follows as soon as it may.
function later(wait = 0) {
  offline();
  if (!socket.connected) return; // follows when it is
  onceMore = setTimeout(follow, Math.max(wait, Math.min(30000, 1000 * 2 ** tries)) + 500 * Math.random());
  tries += 1;
}

const offline = () => {
  following = false;
  if (!over && !gone) say(words.offline);
};

socket.on('connect', follow);
if (socket.connected) follow();
socket.on('disconnect', offline);
socket.on('connect_error', offline);

// --- What happens in the room ---------------------------------------------------
function change(message) {
  if (gone || message.room !== id || message.seq <= have) return;
  if (message.seq > have + 1) { if (following) follow(); return; }
  have = message.seq;
  log.show(message, { announce: true });
  composer.arrived(message);
  typing(false);
  seen();
}
socket.on('message:posted', change);
socket.on('message:posted', (message) => { if (message.author.id === room.dataset.me) now.spoke(); });
socket.on('message:changed', change);
socket.on('message:held', (message) => {
  if (message.room === id && message.state === 'removed') log.drop(message.id);
});

socket.on('room:state', (state) => {
  if (gone || state.room !== id) return;
  if (state.state === 'left') moved();
  else if (state.state === 'unwell') say(words.unwell);
  else if (line.textContent === words.unwell) say(words.back, 4);
  else composer.open(state.state === 'open');
});
socket.on('session:state', now.told);
socket.on('circle:state', now.told);

// The newest messages as the server says they are by now for this reader; whether it could.
const renew = () => new Promise((resolve) => {
  const request = new XMLHttpRequest();
  request.open('GET', `/rooms/${id}`);
  request.responseType = 'document'; // parsed by the browser, and scripts in it never run
  request.onload = () => {
    const fresh = request.response?.querySelector('[data-room][data-seq]');
    if (request.status !== 200 || !fresh) { resolve(false); return; }
    ['muted', 'unwanted'].forEach((name) => { room.dataset[name] = fresh.dataset[name]; });
    log.renew(fresh);
    have = Number(fresh.dataset.seq); // what has come since is shown once more, as it is by now
    told = Math.min(told, have);
    now.look();
    resolve(true);
  };
  request.onerror = () => resolve(false);
  request.send();
});
// Whom the reader hears less of has changed, here or in another tab.
socket.on('mine:changed', async () => { if (await renew() && following) follow(); });

socket.on('room:presence', ({ room: where, count }) => {
  if (where !== id) return;
  const here = part('here');
  here.textContent = `${words.here.replace('{n}', count)} · `;
  here.hidden = false;
});

let typingTimer = 0;
const typing = (on) => {
  clearTimeout(typingTimer);
  part('typing').hidden = !on;
  if (on) typingTimer = setTimeout(() => typing(false), 5000);
};
socket.on('room:typing', ({ room: where }) => { if (where === id) typing(true); });

// What has come while the page is looked at counts as read.
let seenTimer = 0;
let told = have;
function seen() {
  clearTimeout(seenTimer);
  seenTimer = setTimeout(() => {
    if (have > told && !document.hidden && !away.isAway() && log.atNewest()) {
      told = have;
      ask('room:seen', { room: id, seq: have });
    }
  }, 1000);
}
document.addEventListener('visibilitychange', seen);
log.onNewest(seen);

// --- The page is over: what had not been sent is still on it ---------------------
const unsent = () => [composer.draft(), aside.draft()].filter(Boolean).join('\n\n');
function shut(sentence, draft, onward) {
  const card = document.querySelector('[data-ended-template]').content.cloneNode(true);
  card.querySelector('[data-ended-reason]').textContent = sentence;
  card.querySelector(`[data-ended-${onward}]`).hidden = false;
  if (draft) {
    card.querySelector('[data-ended-draft]').hidden = false;
    card.querySelector('[data-ended-words]').textContent = draft;
  }
  document.title = words.title;
  const main = document.getElementById('main');
  main.textContent = '';
  main.append(card);
  main.focus();
}
// What they agreed to has changed, or they are not in it any more: the page says which.
function moved() {
  if (over || gone) return;
  const draft = unsent();
  if (!draft) { location.reload(); return; }
  gone = true;
  shut(words.moved, draft, 'on');
}
function ended(reason) {
  if (over) return;
  over = true;
  const kept = maySee(reason) ? unsent() : '';
  shut(words[`ended_${reason}`] || words.ended, kept, 'in');
  document.querySelector('.top__me')?.parentElement.remove();
}
socket.on('session:ended', ({ reason }) => {
  ended(reason);
  socket.disconnect();
});
