// Stepping away: something calm in place of the conversation, which goes on below it. Nobody is told.
export function startAway(room, log, since, turned) {
  const cover = room.querySelector('[data-cover]');
  let left = null; // the last change that had been shown

  function step(away) {
    room.classList.toggle('room--away', away);
    cover.hidden = !away;
  }

  room.querySelector('[data-away]').addEventListener('click', (event) => {
    event.preventDefault();
    log.leave();
    left = since();
    step(true);
    turned();
    cover.querySelector('[data-away-title]').focus();
  });
  cover.querySelector('[data-back]').addEventListener('click', (event) => {
    event.preventDefault();
    step(false);
    log.comeBack(left);
    left = null;
    turned();
  });
  return { isAway: () => left !== null };
}
