// The writing box: what is written stays in it until the server has it for good.
export const banner = (sentence) => {
  const found = document.querySelector('[data-problem-template]').content.firstElementChild.cloneNode(true);
  found.querySelector('.banner__text').textContent = sentence;
  return found;
};

export function startComposer(room, words, ask, log) {
  const part = (name) => room.querySelector(`[data-${name}]`);
  const form = part('composer');
  const { text, note, topic, nonce, reply_to: replyTo } = form.elements;
  const send = part('send');
  const word = part('send-word');
  const first = word.textContent;
  const nudge = part('nudge');
  const problem = part('problem');
  let sent = null; // what is on its way, or waits to be tried again
  let busy = false;
  let pressed = 0; // when the person last wanted it sent
  let unreached = false; // it could not be sent since nothing answered
  let token = '';

  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, '0')).join('');
  const same = () => sent && sent.text === text.value && sent.note === note.value && sent.topic === topic.value;

  function say(sentence) {
    problem.textContent = '';
    if (sentence) problem.append(banner(sentence));
  }

  function look(sentence, spans) {
    const tidy = (words_) => words_.replace(/\r\n?/g, '\n').trim(); // as the server counts
    // Spans count characters; strings count halves of some.
    const letters = [...(note.value ? `${tidy(sent.text)}\n${tidy(sent.note)}` : tidy(sent.text))];
    part('nudge-text').textContent = sentence;
    part('nudge-list').textContent = '';
    part('nudge-list').append(...spans.map(([from, to, kind]) => {
      const item = document.querySelector('[data-marked-template]').content.firstElementChild.cloneNode(true);
      item.querySelector('[data-marked]').textContent = letters.slice(from, to).join('');
      item.querySelector('[data-looks]').textContent = words[`looks${kind[0].toUpperCase()}${kind.slice(1)}`] || '';
      return item;
    }));
    nudge.hidden = false;
    nudge.querySelector('h2').focus();
  }

  async function post() {
    if (busy || send.disabled || !text.value.trim()) return;
    if (!same()) {
      // Other words are another message: the old number could bring back the old words.
      sent = { text: text.value, note: note.value, topic: topic.value, nonce: sent ? fresh() : nonce.value || fresh() };
      token = '';
    }
    busy = true;
    send.setAttribute('aria-busy', 'true');
    say('');
    const answer = await ask('message:post', {
      room: room.dataset.room, ...sent, reply_to: replyTo.value || null, token: token || null,
    });
    busy = false;
    send.removeAttribute('aria-busy');
    token = '';
    if (answer.ok) done(answer);
    else failed(answer.error);
  }

  function wanted() {
    pressed = Date.now();
    post();
  }

  function done(answer) {
    if (text.value === sent.text) text.value = '';
    if (note.value === sent.note) note.value = '';
    if (topic.value === sent.topic) topic.value = '';
    form.querySelector('details').open = false;
    sent = null;
    unreached = false;
    nonce.value = fresh();
    answerTo(null);
    nudge.hidden = true;
    word.textContent = first;
    log.show(answer.message);
    if (answer.help) help();
  }

  function help() {
    part('help').hidden = false;
    part('help').querySelector('h2').focus();
  }

  function failed(error) {
    word.textContent = send.dataset.again;
    unreached = error.code === 'offline';
    if (error.code === 'nudge') {
      token = error.token;
      word.textContent = first;
      look(error.text, error.spans);
    } else {
      say(error.text);
    }
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    nudge.hidden = true;
    token = '';
    wanted();
  });
  part('nudge-send').addEventListener('click', () => {
    const slip = token;
    nudge.hidden = true;
    text.focus();
    token = slip;
    wanted();
  });
  part('nudge-change').addEventListener('click', () => {
    nudge.hidden = true;
    token = '';
    text.focus();
  });
  // Enter writes a new line, as on every phone; with Ctrl or Command it sends.
  text.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send.click();
  });

  let told = 0;
  text.addEventListener('input', () => {
    if (word.textContent !== first && !same()) word.textContent = first;
    if (text.value && Date.now() - told > 3000) {
      told = Date.now();
      ask('room:typing', { room: room.dataset.room });
    }
  });

  // --- Answering one message ---------------------------------------------------------
  function answerTo(item) {
    replyTo.value = item ? item.dataset.id : '';
    part('replying').hidden = !item;
    if (item) part('reply-name').textContent = item.querySelector('[data-part="name"]').textContent;
  }
  room.addEventListener('click', (event) => {
    const link = event.target.closest('[data-reply]');
    if (link) {
      event.preventDefault();
      link.closest('details').open = false;
      answerTo(link.closest('[data-id]'));
      text.focus();
    } else if (event.target.closest('[data-reply-stop]')) {
      event.preventDefault();
      answerTo(null);
      text.focus();
    }
  });

  const close = part('help-close');
  close.hidden = false;
  close.addEventListener('click', () => { part('help').hidden = true; text.focus(); });

  let closed = form.hidden && !part('closed').hidden;
  let may = 'yes';
  function open(isOpen) {
    closed = !isOpen;
    part('closed').hidden = isOpen;
    form.hidden = closed || may === 'no';
  }
  // Whether what is written can go: "yes", "later" (it stays in its box), "no" (no words here now).
  function write(how) {
    if (how === 'yes' && may !== 'yes') say('');
    may = how;
    send.disabled = how !== 'yes';
    form.hidden = closed || how === 'no';
  }

  // What did not get through goes out by itself within a minute; twice would do no harm. After that,
  // and whatever else stood in the way, the person presses once more: the moment may have passed.
  return {
    open,
    write,
    help,
    online: () => { if (unreached && same() && Date.now() - pressed < 60000) post(); },
    // The answer can get lost where the message did not: seeing it arrive is as good.
    arrived: (message) => { if (sent && !busy && message.nonce === sent.nonce) done({ message }); },
    draft: () => text.value.trim(),
  };
}
