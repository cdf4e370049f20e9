// Which button sends a form. Older phones (before Safari 15.4, Chrome 81) do not say in the event,
// so the last one that was pressed is remembered: Enter presses one, too.
let last = null;
document.addEventListener('click', (event) => {
  last = event.target.closest('button');
}, true);

export const pressed = (event) => event.submitter || (last && last.form === event.target ? last : null);
