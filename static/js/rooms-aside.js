// What a message's menu leads to, beside the conversation: what is being written stays in its box.
// The page that the link leads to is fetched, and its form stands here; without this it is a page.
import { pressed } from './pressed.js';

export function startAside(room) {
  const panel = room.querySelector('[data-aside-panel]');
  let from = null; // the message whose menu it was

  const load = (method, url, body = null) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = 'document'; // parsed by the browser, and scripts in it never run
    request.onload = () => resolve(request);
    request.onerror = () => resolve({});
    request.send(body);
  });

  function close() {
    panel.hidden = true;
    panel.textContent = '';
    const menu = from && from.isConnected && from.querySelector('.msg__more > summary');
    (menu || room.querySelector('[data-log]')).focus();
  }

  async function open(link) {
    const { response: page } = await load('GET', link.href);
    const form = page && page.querySelector('[data-aside-form]');
    if (!form) { location.assign(link.href); return; }
    from = link.closest('[data-id]') || from; // or from another page that stands here
    const menu = link.closest('.msg__more');
    if (menu) menu.open = false;
    const title = document.createElement('h2');
    title.textContent = page.querySelector('h1').textContent;
    title.dir = 'auto';
    title.tabIndex = -1;
    form.action = link.href;
    panel.textContent = '';
    panel.append(title, ...[page.querySelector('.head__sub'), form].filter(Boolean).map((each) => document.adoptNode(each)));
    panel.hidden = false;
    panel.scrollTop = 0;
    title.focus();
  }

  room.addEventListener('click', (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest('[data-aside]');
    if (link) {
      event.preventDefault();
      open(link);
    } else if (event.target.closest('[data-aside-close]')) {
      event.preventDefault();
      close();
    }
  });
  panel.addEventListener('submit', async (event) => {
    const button = pressed(event);
    if (!button) return; // it goes as a form
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(event.target));
    const { name, value, dataset: { done: said } } = button;
    fields.set(name, value);
    fields.set('aside', '1');
    const { status } = await load('POST', event.target.action, fields);
    const line = room.querySelector('[data-line]');
    if (!status) { line.textContent = document.querySelector('[data-words]').dataset.undone; return; }
    if (status !== 204) { location.assign(event.target.action); return; }
    close();
    line.textContent = said;
    setTimeout(() => { if (line.textContent === said) line.textContent = ''; }, 8000);
  });
}
