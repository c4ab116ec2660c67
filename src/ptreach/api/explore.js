// A map to look around in: the view is the box of the SVG, in units of the page.

const data = JSON.parse(document.getElementById('data').textContent);
const byId = (id) => document.getElementById(id);
const map = byId('map');
const first = map.getAttribute('viewBox').split(' ').map(Number);
let box = [...first];

const rows = data.rows.map((row, at) => {
  if (!row) return null;
  const [kind, path, colour, unknown] = row;
  const make = (name, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    made.setAttribute('class', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    byId('rows').append(made);
    return made;
  };
  const fill = unknown ? 'url(#hatch)' : colour;
  if (kind === 'area') return make('area', { d: path, fill, 'data-row': at });
  if (kind === 'line') {
    make('rim', { d: path });
    return make('line', { d: path, stroke: colour, 'data-row': at });
  }
  const dots = path.replace(/M(-?\d+ -?\d+)/g, 'M$1h0');
  make('dot-rim', { d: dots });
  return make('dot', { d: dots, stroke: colour, 'data-row': at });
});

/** Pixels a unit takes on the screen. */
const scale = () => Math.min(map.clientWidth / box[2], map.clientHeight / box[3]);

/** Show the box; stripes are as wide on the screen whatever it is. */
function show() {
  if (!map.clientWidth || !map.clientHeight) return;
  map.setAttribute('viewBox', box.join(' '));
  byId('hatch').setAttribute('patternTransform', `scale(${1 / scale()}) rotate(45)`);
}

/** The place of a happening in units. */
function placeOf({ clientX, clientY }) {
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(map.getScreenCTM().inverse());
  return [x, y];
}

/** Zoom about a place, neither far beyond all rows nor into one spot. */
function zoom(factor, [x, y] = [box[0] + box[2] / 2, box[1] + box[3] / 2]) {
  const width = Math.min(Math.max(box[2] / factor, first[2] / 200), first[2] * 1.5);
  const by = width / box[2];
  box = [x - (x - box[0]) * by, y - (y - box[1]) * by, width, box[3] * by];
  show();
}

/** Move by pixels; the middle stays among the rows. */
function pan(dx, dy) {
  const inside = (value, from, size, wide) => Math.min(Math.max(value, from - wide / 2), from + size - wide / 2);
  box[0] = inside(box[0] - dx / scale(), first[0], first[2], box[2]);
  box[1] = inside(box[1] - dy / scale(), first[1], first[3], box[3]);
  show();
}

let kept = -1;
let shown = -1;

/** Show the values of a row, none by -1. */
function showRow(at) {
  if (at === shown) return;
  rows[shown]?.classList.remove('chosen');
  rows[at]?.classList.add('chosen');
  shown = at;
  const list = document.createElement('dl');
  data.columns.forEach((name, number) => {
    const [term, value] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = name;
    value.textContent = at < 0 ? '' : data.values[number][at];
    list.append(term, value);
  });
  byId('values').replaceChildren(list);
}

const rowOf = ({ target }) => Number(target.dataset?.row ?? -1);
let pressed = null;
let moved = false;

map.addEventListener('pointerdown', (happening) => {
  if (happening.button) return;
  pressed = [happening.clientX, happening.clientY];
  moved = false;
});
window.addEventListener('pointermove', (happening) => {
  if (!pressed) {
    if (happening.target.closest?.('#map')) showRow(kept >= 0 ? kept : rowOf(happening));
    return;
  }
  const [dx, dy] = [happening.clientX - pressed[0], happening.clientY - pressed[1]];
  if (!moved && Math.hypot(dx, dy) < 5) return;
  moved = true;
  pressed = [happening.clientX, happening.clientY];
  pan(dx, dy);
});
window.addEventListener('pointerup', (happening) => {
  if (pressed && !moved) {
    kept = kept === rowOf(happening) ? -1 : rowOf(happening);
    showRow(kept);
  }
  pressed = null;
});
// In a notebook the wheel scrolls the notebook, until the map is pressed; a pinch is a wheel with Ctrl.
const framed = window !== window.parent;
if (framed) {
  byId('keys').textContent =
    'Drag or use the arrow keys to move, + and − to zoom, or the wheel once the map is pressed; 0 for all.';
}
const mine = () => !framed || (document.hasFocus() && document.activeElement === map);

map.addEventListener('wheel', (happening) => {
  if (!happening.ctrlKey && !mine()) return;
  happening.preventDefault();
  zoom(Math.exp(-Math.max(-200, Math.min(200, happening.deltaY)) / 400), placeOf(happening));
}, { passive: false });
map.addEventListener('dblclick', (happening) => zoom(2, placeOf(happening)));

const STEPS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
function whole() {
  box = [...first];
  show();
}
map.addEventListener('keydown', (happening) => {
  if (happening.ctrlKey || happening.metaKey || happening.altKey) return;
  if (STEPS[happening.key]) pan(...STEPS[happening.key]);
  else if (happening.key === '+' || happening.key === '=') zoom(1.5);
  else if (happening.key === '-') zoom(1 / 1.5);
  else if (happening.key === '0') whole();
  else return;
  happening.preventDefault();
});
byId('nearer').addEventListener('click', () => zoom(1.5));
byId('farther').addEventListener('click', () => zoom(1 / 1.5));
byId('whole').addEventListener('click', whole);
new ResizeObserver(show).observe(map);
show();
