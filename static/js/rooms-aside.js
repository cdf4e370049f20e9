// What a message's menu leads to, beside the conversation: what is being written stays in its box.
// The page that the link leads to is fetched, and its form stands here; without this it is a page.
import { banner } from './rooms-composer.js';
import { pressed } from './pressed.js';

export function startAside(room, words, composer) {
  const panel = room.querySelector('[data-aside-panel]');
  const line = room.querySelector('[data-line]');
  const written = {}; // by address: what was begun there and not sent, as long as this page stands
  let at = ''; // the address of what stands here
  let from = ''; // the message whose menu it was
  let busy = false;
  let asked = 0; // of links pressed one after the other, the last one counts

  const load = (method, url, body = null) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = 'document'; // parsed by the browser, and scripts in it never run
    request.onload = () => resolve(request);
    request.onerror = () => resolve({});
    request.send(body);
  });
  // What was written there, each under its heading: words to a moderator are for nobody else.
  const draft = () => Object.values(written).map(({ title, texts }) => {
    const said = Object.values(texts).join('\n').trim();
    return said && `${title}\n${said}`;
  }).filter(Boolean).join('\n\n');
  // Whoever writes elsewhere by now goes on writing there.
  const elsewhere = () => document.activeElement?.matches('textarea, input') && !panel.contains(document.activeElement);

  function close() {
    const away = elsewhere();
    panel.hidden = true;
    panel.textContent = '';
    if (away) return;
    const item = document.getElementById(from);
    (item?.querySelector('.msg__more > summary, [data-aside]') || room.querySelector('[data-log]')).focus();
  }

  // Shows the form of a page that was fetched, with what was begun in it; whether there is one.
  function show(page, address) {
    const form = page?.querySelector('[data-aside-form]');
    if (!form) return false;
    at = address;
    const title = document.createElement('h2');
    title.textContent = page.querySelector('h1').textContent;
    title.dir = 'auto';
    title.tabIndex = -1;
    panel.textContent = '';
    panel.append(title, ...[page.querySelector('.head__sub'), form].filter(Boolean).map((each) => document.adoptNode(each)));
    Object.entries({ ...written[at]?.chosen, ...written[at]?.texts }).forEach(([name, value]) => {
      const field = form.elements[name];
      if (!field) return;
      field.value = value;
      field.closest('details')?.setAttribute('open', '');
    });
    panel.hidden = false;
    panel.scrollTop = 0;
    if (!elsewhere()) (form.querySelector('[data-focus]') || title).focus();
    return true;
  }

  const why = (page) => page?.querySelector('[data-why]')?.textContent || words.undone;

  async function open(link) {
    const mine = ++asked;
    const { status, response: page } = await load('GET', link.href);
    if (mine !== asked) return;
    if (show(page, link.href)) {
      from = link.closest('[data-id]')?.id || from; // or from another page that stands here
      link.closest('.msg__more')?.removeAttribute('open');
    } else if (status === 200 && !composer.draft() && !draft()) location.assign(link.href);
    else line.textContent = why(page);
  }

  function refused(sentence) {
    const form = panel.querySelector('form');
    const said = banner(form.querySelector('.input') ? `${sentence} ${words.kept}` : sentence);
    said.tabIndex = -1;
    said.setAttribute('role', 'alert');
    if (form.previousElementSibling.matches('.banner')) form.previousElementSibling.remove();
    form.before(said);
    if (!elsewhere()) said.focus();
  }

  function done(said, help) {
    if (help) composer.help();
    line.textContent = said;
    setTimeout(() => { if (line.textContent === said) line.textContent = ''; }, 8000);
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
  panel.addEventListener('input', ({ target }) => {
    const kind = target.matches('select') ? 'chosen' : 'texts';
    const before = written[at] || { title: panel.querySelector('h2').textContent, chosen: {}, texts: {} };
    written[at] = { ...before, [kind]: { ...before[kind], [target.name]: target.value } };
  });
  panel.addEventListener('submit', async (event) => {
    const button = pressed(event);
    if (!button) return; // it goes as a form
    event.preventDefault();
    if (busy) return;
    busy = true;
    const to = at;
    const sent = written[to];
    const fields = new URLSearchParams(new FormData(event.target));
    if (button.name) fields.set(button.name, button.value);
    fields.set('aside', '1');
    const { status, response: page } = await load('POST', to, fields);
    busy = false;
    const here = at === to && !panel.hidden; // or it was put aside meanwhile
    const help = page?.querySelector('body > [data-help]');
    if (status === 204 || help) {
      if (written[to] === sent) { // else more was written meanwhile, and stays
        delete written[to];
        if (here) close();
      }
      done(button.dataset.done, help);
    } else if (!here) line.textContent = why(page);
    else if (!show(page, to)) refused(why(page));
  });
  return { draft };
}
