// The conversation: shows, changes and takes out messages, and speaks of new ones now and then.
import { pressed } from './pressed.js';

const MOST = 200; // messages kept on the page
const TOGETHER = 5 * 60 * 1000; // messages of one person this close stand under one name
const PAUSE = 3000; // between spoken announcements

export function startLog(room, words, ask) {
  const { me, lang, zone } = room.dataset;
  const part = (name) => room.querySelector(`[data-${name}]`);
  const template = (name) => document.querySelector(`[data-${name}-template]`).content;
  const log = part('log');
  const list = part('messages');
  const announcer = part('announce');
  const newer = part('new');
  const time = new Intl.DateTimeFormat(lang, { hour: 'numeric', minute: '2-digit', timeZone: zone });
  const date = new Intl.DateTimeFormat(lang, { dateStyle: 'full', timeZone: zone });

  // Why a message is folded for the reader: somebody, or a topic, that they would rather not meet.
  const among = (name, keys) => keys.some((key) => room.dataset[name].split(' ').includes(key));
  function foldedBy(message) {
    if (message.author.id === me) return '';
    if (among('muted', [message.author.id])) return 'muted';
    return among('unwanted', message.topics || []) ? 'topic' : '';
  }
  const capital = (key) => key.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('');
  const aboutOf = (message) => [message.topic && words[`topic${capital(message.topic)}`], message.note].filter(Boolean).join(' · ');
  const find = (id) => document.getElementById(`m-${id}`);
  const items = () => list.querySelectorAll('[data-id]');
  const place = (item) => (item.dataset.place ? Number(item.dataset.place) : Infinity);
  const atNewest = () => log.scrollTop > -40 || log.scrollHeight <= log.clientHeight;

  function day(at) {
    const that = date.format(at);
    if (that === date.format(Date.now())) return words.today;
    return that === date.format(Date.now() - 86400000) ? words.yesterday : that;
  }

  // --- One message ------------------------------------------------------------------
  function build(message) {
    const item = template('message').querySelector('.msg').cloneNode(true);
    const pick = (name) => item.querySelectorAll(`[data-part="${name}"]`);
    const drop = (name) => pick(name).forEach((node) => node.remove());
    const write = (name, text) => pick(name).forEach((node) => { node.textContent = text; });
    const mine = message.author.id === me;
    const held = message.state === 'held';
    const at = new Date(message.at);
    const when = time.format(at);
    const name = mine ? words.you : message.author.name;
    const role = words[`role${message.author.role[0].toUpperCase()}${message.author.role.slice(1)}`];

    item.id = `m-${message.id}`;
    Object.assign(item.dataset, {
      id: message.id, author: message.author.id, place: message.place ?? '', at: message.at,
    });
    item.classList.toggle('msg--mine', mine);
    item.classList.toggle('msg--guide', Boolean(role) && !mine);
    item.classList.toggle('msg--held', held);
    for (const link of item.querySelectorAll('[href], [action], [form], [id^="r-"]')) fill(link, message.id);

    drop(mine ? 'avatar' : 'mine');
    const out = item.querySelector('[data-spared]');
    if (out?.dataset.spared.split(' ').includes(message.author.id)) out.remove();
    if (mine) drop('theirs');
    else letter(pick('avatar')[0].firstElementChild, message.author.name);
    const about = aboutOf(message);
    const folded = foldedBy(message);
    drop((about || message.state === 'blurred') && folded !== 'topic' ? 'open' : 'covered');
    if (!held) { drop('held'); drop('held-foot'); }
    if (held) item.querySelectorAll('.msg__more, .chips').forEach((node) => node.remove());
    if (role) write('role-word', role); else drop('role');
    write('name', name);
    write('time', when);
    pick('time').forEach((node) => { node.dateTime = message.at; });
    pick('edited').forEach((node) => { node.hidden = !message.edited; });
    write('text', message.text);
    write('note', about ? words.note.replace('{note}', () => about) : words.blurred);
    write('more', words.more.replace('{name}', () => name).replace('{time}', when));
    answerOf(item, message.reply_to);
    react(item, message, mine);
    if (folded) fold(item, folded, about);
    return item;
  }

  // One line is left; the message stands in it.
  function fold(item, by, about) {
    const line = template('fold').firstElementChild.cloneNode(true);
    item.dataset.foldBy = by;
    if (by === 'topic') line.querySelector('[data-fold-word]').textContent = words.note.replace('{note}', () => about);
    line.querySelector('[data-fold]').append(...item.childNodes);
    item.append(line);
    item.classList.add('msg--folded');
  }

  // The template's addresses hold an empty id: /messages//edit, r-
  function fill(node, id) {
    if (node.id === 'r-') node.id += id;
    for (const name of ['href', 'action', 'form']) {
      const value = node.getAttribute(name);
      if (value === 'r-') node.setAttribute(name, value + id);
      else if (value) node.setAttribute(name, value.replace('/messages//', `/messages/${id}/`).replace('reply=#', `reply=${id}#`));
    }
  }

  function letter(avatar, name) {
    const first = name.slice(0, 1);
    const at = 'abcdefghijklmnopqrstuvwxyz'.indexOf(first.toLowerCase());
    const tone = ' abcde'[(at + [...name].length) % 6] || ' ';
    avatar.textContent = first.toUpperCase();
    avatar.className = `avatar${tone === ' ' ? '' : ` avatar--${tone}`}`;
  }

  function answerOf(item, id) {
    const other = id && find(id);
    item.querySelectorAll('[data-part="reply"]').forEach((node) => {
      if (!id) { node.remove(); return; }
      node.querySelector('a').href = `#m-${id}`;
      const said = other && !other.dataset.foldBy && other.querySelector('[data-part="open"] [data-part="text"]');
      if (other && other.dataset.foldBy === 'muted') { node.querySelector('bdi').textContent = words.muted; return; }
      node.querySelector('bdi').textContent = other
        ? other.querySelector('[data-part="name"]').textContent + (said ? `: ${short(said.textContent)}` : '')
        : words.earlierReply;
    });
  }
  const short = (text) => ([...text].length > 60 ? `${[...text].slice(0, 59).join('')}…` : text);

  function react(item, message, mine) {
    item.querySelectorAll('.chip').forEach((chip) => {
      const count = message.reactions[chip.value] || 0;
      chip.querySelector('[data-count]').textContent = count;
      chip.hidden = !count;
      chip.disabled = mine;
      if (message.mine) chip.setAttribute('aria-pressed', message.mine.includes(chip.value));
      if (!count) chip.setAttribute('aria-pressed', false);
    });
  }

  // --- Where it stands ----------------------------------------------------------------
  function insert(item) {
    const after = [...items()].find((other) => place(other) > place(item));
    if (after) list.insertBefore(item, above(after));
    else list.append(item);
    settle(item);
    if (after) settle(after);
    part('empty').hidden = true;
  }
  // What stands above a message as it should, wherever it has come to stand.
  function settle(item) {
    heading(item);
    follows(item);
  }
  // The headings that stand above a message belong to it.
  function above(item) {
    const before = item.previousElementSibling;
    return before && !before.dataset.id ? above(before) : item;
  }
  const previous = (item) => {
    let before = item.previousElementSibling;
    while (before && !before.dataset.id) before = before.previousElementSibling;
    return before;
  };
  function heading(item) {
    for (let each = above(item); each !== item;) {
      const next = each.nextElementSibling;
      if (each.matches('.day')) each.remove();
      each = next;
    }
    const before = previous(item);
    const own = day(new Date(item.dataset.at));
    if (before && day(new Date(before.dataset.at)) === own) return;
    const line = template('day').firstElementChild.cloneNode();
    line.textContent = own;
    above(item).before(line);
  }
  function follows(item) {
    const before = item.previousElementSibling;
    const close = before && before.dataset.id && before.dataset.author === item.dataset.author
      && !before.matches('.msg--held, .msg--folded') && !item.matches('.msg--held, .msg--folded')
      && Date.parse(item.dataset.at) - Date.parse(before.dataset.at) < TOGETHER;
    item.classList.toggle('msg--more', Boolean(close));
    item.querySelector('[data-part="meta"]').classList.toggle('vh', Boolean(close));
    const avatar = item.querySelector('[data-part="avatar"]');
    if (avatar) avatar.hidden = Boolean(close);
  }

  // Keeps what is being read where it is while `work` changes what is below it.
  function steady(work) {
    const stay = atNewest();
    const height = log.scrollHeight;
    work();
    if (stay) log.scrollTop = 0;
    else log.scrollTop -= log.scrollHeight - height;
  }

  function drop(id) {
    const item = find(id);
    if (!item) return;
    if (item.contains(document.activeElement)) log.focus();
    const all = [...items()];
    const next = all[all.indexOf(item) + 1];
    const before = item.previousElementSibling;
    item.remove();
    if (next) settle(next);
    else if (before?.matches('.day')) before.remove();
    part('empty').hidden = items().length > 0;
  }

  // Shows a message as it is now, wherever it belongs; one that is older than the page is left out.
  function show(message, { announce = false } = {}) {
    if (message.state === 'removed') { steady(() => drop(message.id)); return; }
    const old = find(message.id);
    const first = [...items()].find((item) => item.dataset.place);
    if (!old && first && message.place && message.place < place(first)) return;
    const item = build(message);
    steady(() => {
      if (old) keep(old, item);
      else insert(item);
      trim();
    });
    if (old || message.author.id === me || !announce || foldedBy(message) === 'muted') return;
    if (!atNewest()) newer.hidden = false;
    queue(message);
  }

  // Everything as the server says it is by now for this reader; what was open stays open.
  function renew(page) {
    const fresh = document.adoptNode(page.querySelector('[data-messages]'));
    const open = new Set([...list.querySelectorAll('.msg > details[open]')].map((each) => each.parentNode.id));
    const focus = list.contains(document.activeElement);
    steady(() => { list.textContent = ''; list.append(...fresh.children); });
    open.forEach((id) => document.getElementById(id)?.querySelector('.msg > .fold')?.setAttribute('open', ''));
    part('earlier-box').hidden = page.querySelector('[data-earlier-box]').hidden;
    part('empty').hidden = items().length > 0;
    if (focus) log.focus();
  }

  // Takes the old one's place; if it has moved (let through only now), to where it belongs.
  function keep(old, item) {
    const focus = old.contains(document.activeElement);
    old.querySelectorAll('.chip[aria-pressed="true"]').forEach((chip) => {
      const same = item.querySelector(`.chip[value="${chip.value}"]`);
      if (same && !same.hidden) same.setAttribute('aria-pressed', true);
    });
    item.querySelectorAll('details').forEach((each, n) => {
      each.open = Boolean(old.querySelectorAll('details')[n]?.open);
    });
    if (old.dataset.place === item.dataset.place) {
      old.replaceWith(item);
      follows(item);
    } else {
      drop(old.dataset.id);
      insert(item);
    }
    if (focus) item.querySelector('summary, button:not([disabled])')?.focus();
  }

  function trim() {
    const all = items();
    if (all.length <= MOST || !atNewest()) return;
    for (const item of [...all].slice(0, all.length - MOST)) item.remove();
    while (list.firstElementChild && !list.firstElementChild.dataset.id
      && !list.firstElementChild.nextElementSibling?.dataset.id) list.firstElementChild.remove();
    part('earlier-box').hidden = false;
  }

  // --- What was said before --------------------------------------------------------------
  part('earlier').addEventListener('click', async (event) => {
    const first = items()[0];
    if (!first?.dataset.place) return;
    event.preventDefault();
    const answer = await ask('room:earlier', { room: room.dataset.room, before: Number(first.dataset.place) });
    if (!answer.ok) { // as a page, where nothing would be lost by it
      if (room.querySelector('#write').value.trim()) part('line').textContent = words.undone;
      else location.assign(event.target.closest('a').href);
      return;
    }
    answer.messages.forEach((message) => { if (!find(message.id)) insert(build(message)); });
    part('earlier-box').hidden = !answer.more;
    if (!answer.more) log.focus();
  });

  // --- Speaking ------------------------------------------------------------------------
  let waiting = [];
  let timer = 0;
  function queue(message) {
    waiting.push(message);
    if (timer) return;
    speak();
    timer = setInterval(() => {
      if (waiting.length) speak();
      else { clearInterval(timer); timer = 0; announcer.textContent = ''; }
    }, PAUSE);
  }
  function speak() {
    const [message] = waiting;
    const covered = !message.said && (aboutOf(message) || (message.state === 'blurred' && words.blurred));
    // How it stands here, as of now, comes before what was said.
    const about = waiting.filter((each) => each.said).pop();
    const said = about ? about.said : waiting.length > 1
      ? words.many.replace('{n}', waiting.length)
      : `${message.author.name}: ${covered ? words.note.replace('{note}', () => covered) : message.text}`;
    waiting = [];
    const line = document.createElement('p');
    line.textContent = said;
    announcer.textContent = '';
    announcer.append(line);
  }

  // --- Scrolling ---------------------------------------------------------------------------
  let newest = () => {};
  log.addEventListener('scroll', () => {
    if (!atNewest()) return;
    newer.hidden = true;
    newest();
  }, { passive: true });
  newer.querySelector('button').addEventListener('click', () => {
    log.scrollTop = 0;
    newer.hidden = true;
    log.focus();
  });

  // --- Away for a while -------------------------------------------------------------------
  let was = 0;
  const leave = () => { was = log.scrollTop; };
  // Back: a line stands above what others have said since change number `seq`.
  function comeBack(seq) {
    const first = [...items()].find((item) => item.dataset.author !== me && place(item) > seq && item.dataset.place);
    log.scrollTop = first ? 0 : was;
    if (first) {
      list.querySelectorAll('.unread').forEach((line) => line.remove());
      first.before(template('unread').firstElementChild.cloneNode(true));
      first.previousElementSibling.id = 'newest';
      items().forEach(follows);
      const over = first.previousElementSibling.getBoundingClientRect().top - log.getBoundingClientRect().top;
      if (over < 0) log.scrollTop += over;
    }
    newer.hidden = !first || atNewest();
    log.focus({ preventScroll: true });
  }

  // --- Reactions ------------------------------------------------------------------------------
  list.addEventListener('submit', async (event) => {
    const form = event.target.closest('[data-react]');
    const button = form && pressed(event);
    if (!button) return;
    event.preventDefault();
    const item = form.closest('[data-id]');
    item.querySelector('.msg__more')?.removeAttribute('open');
    const answer = await ask('message:react', { id: item.dataset.id, kind: button.value });
    if (answer.ok) react(find(item.dataset.id), answer.message, false);
    else part('line').textContent = answer.error.text;
  });

  // --- Menus, all of which can be seen once they are open -----------------------------------
  list.addEventListener('toggle', ({ target }) => {
    if (target.matches('.menu[open]')) target.querySelector('.menu__panel').scrollIntoView({ block: 'nearest' });
  }, true);

  const say = (text) => queue({ said: text });
  return { leave, comeBack, show, drop, renew, find, say, atNewest, onNewest: (function_) => { newest = function_; } };
}
