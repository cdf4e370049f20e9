// The weekly grid: drag to paint, arrow keys to move, whole days and hours at once.
// The base is a table of labelled checkboxes that posts as a plain form; this adds speed.

const isBox = (element) => Boolean(element) && element.type === 'checkbox';

function start(grid) {
  const status = document.getElementById(grid.dataset.status);
  let timer = 0;
  const tell = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const chosen = grid.querySelectorAll('input:checked').length;
      if (status) status.textContent = status.dataset.text.replace('{n}', chosen);
    }, 600); // one announcement after a burst, not one per cell
  };
  const set = (input, value) => { input.checked = value; tell(); };

  // Headings become buttons that choose or clear their whole day or hour.
  grid.querySelectorAll('th[data-all]').forEach((heading) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'avail__all';
    button.setAttribute('aria-label', heading.dataset.all);
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener('click', () => {
      const boxes = line(heading);
      const value = !boxes.every((box) => box.checked);
      boxes.forEach((box) => set(box, value));
    });
  });

  const rows = Array.from(grid.querySelectorAll('tr'), (row) => Array.from(
    row.cells,
    (cell) => cell.querySelector('input, button'),
  )).filter((row) => row.some(Boolean));

  function line(heading) {
    const column = heading.cellIndex;
    const cells = heading.scope === 'row'
      ? rows.find((row) => row[0] === heading.firstElementChild)
      : rows.map((row) => row[column]);
    return cells.filter(isBox);
  }

  // One tab stop for the whole table; arrow keys, Home and End move inside it.
  // A single tab stop is the ARIA grid contract, so the role comes with the behaviour.
  grid.setAttribute('role', 'grid');
  const all = [].concat(...rows).filter(Boolean);
  const focusable = (element) => {
    all.forEach((each) => { each.tabIndex = each === element ? 0 : -1; });
  };
  focusable(all.find(isBox));
  grid.addEventListener('focusin', (event) => {
    if (all.includes(event.target)) focusable(event.target);
  });
  grid.addEventListener('keydown', (event) => {
    const r = rows.findIndex((row) => row.includes(event.target));
    if (r < 0) return;
    const row = rows[r];
    const c = row.indexOf(event.target);
    const side = document.documentElement.dir === 'rtl' ? -1 : 1;
    const next = {
      ArrowUp: rows[r - 1] && rows[r - 1][c],
      ArrowDown: rows[r + 1] && rows[r + 1][c],
      ArrowLeft: row[c - side],
      ArrowRight: row[c + side],
      Home: row.find(isBox),
      End: row[row.length - 1],
    };
    if (!(event.key in next)) return;
    event.preventDefault();
    const target = next[event.key];
    if (!target) return;
    // Shift and an arrow carry this cell onward.
    if (event.shiftKey && isBox(event.target) && isBox(target)) set(target, event.target.checked);
    target.focus();
  });

  // Mouse or pen: press and drag. Touch keeps taps only, so the page still scrolls.
  let from = null;
  let value = false;
  let moved = false;
  grid.addEventListener('pointerdown', (event) => {
    const slot = event.target.closest('.slot');
    if (!slot || event.pointerType === 'touch' || event.button) return;
    from = slot.querySelector('input');
    value = !from.checked;
    moved = false;
  });
  grid.addEventListener('pointerover', (event) => {
    const slot = from && event.target.closest('.slot');
    if (!slot) return;
    const input = slot.querySelector('input');
    if (input === from && !moved) return;
    moved = true;
    set(from, value);
    set(input, value);
  });
  addEventListener('pointerup', () => { from = null; });
  addEventListener('pointercancel', () => { from = null; });
  grid.addEventListener('click', (event) => {
    if (moved && event.target.closest('.slot')) event.preventDefault();
    moved = false;
  }, true);
  grid.addEventListener('change', tell);
}

document.querySelectorAll('[data-paint]').forEach(start);
