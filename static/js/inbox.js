// On every page of someone signed in: how many notices wait, and that a session has ended.
// Without this the number is right whenever a page is opened.
import { blank, toCover } from './covered.js';
import { maySee, socket } from './live.js';

const badges = document.querySelectorAll('[data-unread]');
const said = document.querySelector('[data-unread-said]');
const news = document.querySelector('[data-inbox-news]');

socket.on('inbox:changed', ({ unread }) => {
  let before = 0;
  badges.forEach((badge) => {
    before = Number(badge.firstElementChild.textContent);
    badge.firstElementChild.textContent = String(unread);
    badge.hidden = !unread;
  });
  if (unread <= before) return;
  if (said) said.textContent = said.dataset.text;
  if (news) news.hidden = false; // the list itself never moves under the reader
});

socket.on('session:ended', ({ reason }) => {
  const leave = document.querySelector('[data-leave]');
  if (reason === 'left' && leave) {
    // Someone left quickly in another tab: this one goes with it.
    blank(leave.dataset.leaveTitle || '');
    location.replace(leave.dataset.leaveTo);
    return;
  }
  if (reason === 'covered') {
    blank('…');
    toCover();
    return;
  }
  if (document.querySelector('[data-ended-template]')) return; // a room says it itself, and keeps a draft
  const written = [...document.querySelectorAll('main textarea, main input[type="text"]')];
  if (maySee(reason) && written.some((field) => field.value !== field.defaultValue)) return; // sending it will tell
  location.replace(`/sign-in?ended=${reason}`);
});
