// Goes to the cover page. Whoever put the cover on, perhaps in another tab, is given a new cookie;
// only with that one is it there, so ask until it is, and show nothing meanwhile.
let going = false;

const ask = (left) => {
  const again = () => { if (left) setTimeout(ask, 200, left - 1); else location.replace('/notes'); };
  fetch('/notes', { redirect: 'manual' }).then((answer) => {
    if (answer.status === 200) location.replace('/notes');
    else again();
  }, again);
};

export const blank = (title) => {
  document.title = title;
  document.body.classList.add('gone');
};

export const toCover = () => {
  if (going) return;
  going = true;
  ask(20);
};
