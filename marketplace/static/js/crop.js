// Draw a frame on a photograph; what lies outside it goes into the four fields as hundredths.
const form = document.querySelector('[data-crop]');
const place = form.querySelector('[data-crop-picture]');
const picture = place.querySelector('img');
const sides = Object.fromEntries(
  [...form.querySelectorAll('[data-crop-side]')].map((field) => [field.dataset.cropSide, field]),
);
const frame = document.createElement('div');
frame.className = 'crop__frame';
frame.hidden = true;
let from = null;

function part(event) {
  const box = picture.getBoundingClientRect();
  const within = (value) => Math.min(Math.max(value, 0), 1);
  return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
}

function value(name) {
  return Math.min(Math.max(Number(sides[name].value) || 0, 0), 95);
}

// The frame lies where the fields say, whoever has filled them.
function show() {
  const on = picture.getBoundingClientRect();
  const around = place.getBoundingClientRect();
  frame.hidden = !['left', 'top', 'right', 'bottom'].some(value);
  frame.style.left = `${on.left - around.left + (on.width * value('left')) / 100}px`;
  frame.style.top = `${on.top - around.top + (on.height * value('top')) / 100}px`;
  frame.style.width = `${(on.width * Math.max(100 - value('left') - value('right'), 0)) / 100}px`;
  frame.style.height = `${(on.height * Math.max(100 - value('top') - value('bottom'), 0)) / 100}px`;
}

function draw(event) {
  if (!from) return;
  const [x, y] = part(event);
  const cut = (near, far) => [Math.round(Math.min(near, far) * 100), Math.round((1 - Math.max(near, far)) * 100)];
  [sides.left.value, sides.right.value] = cut(from[0], x);
  [sides.top.value, sides.bottom.value] = cut(from[1], y);
  show();
}

picture.draggable = false;
place.append(frame);
place.classList.add('crop--drawn');
form.querySelector('[data-crop-hint]').hidden = false;
place.addEventListener('pointerdown', (event) => {
  if (!event.isPrimary) return;
  from = part(event);
  place.setPointerCapture(event.pointerId);
  event.preventDefault();
});
place.addEventListener('pointermove', draw);
place.addEventListener('pointerup', (event) => { draw(event); from = null; });
place.addEventListener('pointercancel', () => { from = null; });
form.addEventListener('input', show);
window.addEventListener('resize', show);
window.addEventListener('load', show);
