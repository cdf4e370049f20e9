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
  const { leaveTitle, leaveTo } = document.querySelector('[data-leave]').dataset;
  const room = document.querySelector('[data-ended-template], [data-ended-reason]'); // says it itself, and keeps a draft
  const written = [...document.querySelectorAll('main textarea, main input[type="text"]')];
  if (reason === 'left') { // in another tab: this one goes with it
    blank(leaveTitle);
    location.replace(leaveTo);
  } else if (reason === 'covered') {
    blank('…');
    toCover();
  } else if (!room && !(maySee(reason) && written.some((field) => field.value !== field.defaultValue))) {
    blank('…');
    location.replace(`/sign-in?ended=${reason}`);
  } // else sending what was written will tell
});
