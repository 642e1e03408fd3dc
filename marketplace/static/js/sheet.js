// The table of prices and counts by keyboard: arrows and Enter go from cell to cell, changed ones
// are marked and counted. The form is a plain one and works without this module.
const form = document.querySelector('[data-sheet]');
const told = form.querySelector('[data-sheet-changed]');
const rows = [...form.querySelectorAll('tbody tr')].map((row) => [...row.querySelectorAll('.sheet__cell')]);

function go(cell, down, right) {
  const row = rows.findIndex((cells) => cells.includes(cell));
  const next = rows[row + down]?.[rows[row].indexOf(cell) + right];
  if (!next) return false;
  next.focus();
  next.select();
  return true;
}

function isAt(cell, end) {
  const all = cell.selectionStart === 0 && cell.selectionEnd === cell.value.length;
  return all || (cell.selectionStart === cell.selectionEnd && cell.selectionStart === (end ? cell.value.length : 0));
}

const WAYS = {
  ArrowUp: (cell) => go(cell, -1, 0),
  ArrowDown: (cell) => go(cell, 1, 0),
  ArrowLeft: (cell) => isAt(cell, false) && go(cell, 0, -1),
  ArrowRight: (cell) => isAt(cell, true) && go(cell, 0, 1),
  // Enter must not send the whole form from the middle of a row.
  Enter: (cell, event) => {
    event.preventDefault();
    return go(cell, event.shiftKey ? -1 : 1, 0);
  },
  Escape: (cell) => {
    cell.value = form.elements[`seen_${cell.name}`].value;
    count();
    return true;
  },
};

function count() {
  let changed = 0;
  rows.flat().forEach((cell) => {
    const is = cell.value.trim() !== form.elements[`seen_${cell.name}`].value;
    cell.classList.toggle('sheet__cell--mine', is);
    changed += is;
  });
  const words = changed === 1 ? told.dataset.one : told.dataset.many.replace('#', changed);
  told.textContent = changed ? words : '';
  return changed;
}

form.addEventListener('keydown', (event) => {
  if (!event.target.matches('.sheet__cell') || event.ctrlKey || event.metaKey || event.altKey) return;
  if (WAYS[event.key]?.(event.target, event)) event.preventDefault();
});
form.addEventListener('input', count);
form.addEventListener('focusin', ({ target }) => {
  if (target.matches('.sheet__cell')) target.select();
});

let sent = false;
form.addEventListener('submit', () => { sent = true; });
window.addEventListener('beforeunload', (event) => {
  if (!sent && count()) event.preventDefault();
});
window.addEventListener('pageshow', count);
