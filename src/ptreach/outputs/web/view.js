// Where the map is looked at: pixel = unit * scale + offset.

const host = byId('map');
const catcher = byId('zones');
const view = { scale: 1, x: 0, y: 0, width: 0, height: 0, touched: false };
const NEAREST_M_PER_PX = 0.5;

const toScreen = (x, y) => [x * view.scale + view.x, y * view.scale + view.y];
const toSheet = (px, py) => [(px - view.x) / view.scale, (py - view.y) / view.scale];
const metresPerPixel = () => data.unitM / view.scale;

function draw() {
  drawBase();
  drawMarks();
}

let asked = false;
/** Draw at the next frame, once however often it is asked for. */
function redraw() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    draw();
  });
}

/** Look at a rectangle of the sheet, all of it; nothing is drawn yet. */
function lookAt([left, top, right, bottom]) {
  view.scale = Math.min(view.width / (right - left), view.height / (bottom - top));
  view.x = view.width / 2 - ((left + right) / 2) * view.scale;
  view.y = view.height / 2 - ((top + bottom) / 2) * view.scale;
}

/** Keep the map from being lost: neither too small nor beyond the edge. */
function keepInside() {
  const [left, top, right, bottom] = data.frame;
  const x = Math.min(Math.max((view.width / 2 - view.x) / view.scale, left), right);
  const y = Math.min(Math.max((view.height / 2 - view.y) / view.scale, top), bottom);
  view.x = view.width / 2 - x * view.scale;
  view.y = view.height / 2 - y * view.scale;
}

/** Zoom by a factor about a pixel, which stays where it is. */
function zoom(factor, px = view.width / 2, py = view.height / 2) {
  const [left, top, right, bottom] = data.frame;
  const least = 0.7 * Math.min(view.width / (right - left), view.height / (bottom - top));
  const most = data.unitM / NEAREST_M_PER_PX;
  const scale = Math.min(Math.max(view.scale * factor, least), most);
  view.x = px - ((px - view.x) * scale) / view.scale;
  view.y = py - ((py - view.y) * scale) / view.scale;
  view.scale = scale;
  view.touched = true;
  keepInside();
  redraw();
}

function pan(dx, dy) {
  view.x += dx;
  view.y += dy;
  view.touched = true;
  keepInside();
  redraw();
}

/** Bring a place of the sheet into view where it is not. */
function bringIn(x, y) {
  const [px, py] = toScreen(x, y);
  const room = Math.min(48, view.width / 6, view.height / 6);
  const dx = px < room ? room - px : px > view.width - room ? view.width - room - px : 0;
  const dy = py < room ? room - py : py > view.height - room ? view.height - room - py : 0;
  if (dx || dy) pan(dx, dy);
}

/** Fit canvases to the map's box; what was in the middle stays there. On paper they stay as they were drawn.
 * A new size empties a canvas, and the browser shows it before the next frame: so it is drawn at once. */
function resize() {
  const { clientWidth, clientHeight } = host;
  if (!clientWidth || !clientHeight || window.matchMedia('print').matches) return;
  const middle = toSheet(view.width / 2, view.height / 2);
  Object.assign(view, { width: clientWidth, height: clientHeight });
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  for (const canvas of [byId('base'), byId('marks')]) {
    canvas.width = Math.round(clientWidth * ratio);
    canvas.height = Math.round(clientHeight * ratio);
  }
  if (view.touched) {
    view.x = view.width / 2 - middle[0] * view.scale;
    view.y = view.height / 2 - middle[1] * view.scale;
  } else {
    lookAt(data.view);
  }
  draw();
}

// Fingers and mouse: one drags, two pinch, a press that does not move is a choice.
const fingers = new Map();
const STILL_PX = 5;
let pressed = null;

function place(happening) {
  const box = catcher.getBoundingClientRect();
  return [happening.clientX - box.left, happening.clientY - box.top];
}

function pinchOf() {
  const [[ax, ay], [bx, by]] = [...fingers.values()];
  return { x: (ax + bx) / 2, y: (ay + by) / 2, apart: Math.hypot(ax - bx, ay - by) };
}

function moved(happening) {
  const now = place(happening);
  if (!fingers.has(happening.pointerId)) {
    if (happening.pointerType === 'mouse') pointAt(...now);
    return;
  }
  const before = fingers.get(happening.pointerId);
  if (fingers.size === 2) {
    const first = pinchOf();
    fingers.set(happening.pointerId, now);
    const then = pinchOf();
    pan(then.x - first.x, then.y - first.y);
    zoom(then.apart / Math.max(first.apart, 1), then.x, then.y);
    return;
  }
  if (pressed && Math.hypot(now[0] - pressed[0], now[1] - pressed[1]) < STILL_PX) return;
  if (pressed) pointAt(-1, -1);
  pressed = null;
  catcher.classList.add('dragged');
  pan(now[0] - before[0], now[1] - before[1]);
  fingers.set(happening.pointerId, now);
}

function released(happening) {
  fingers.delete(happening.pointerId);
  catcher.classList.remove('dragged');
  if (pressed && happening.type === 'pointerup') choose(zoneAt(...toSheet(...pressed)), { move: false });
  pressed = null;
}

function watchPointers() {
  catcher.addEventListener('pointerdown', (happening) => {
    if (happening.button) return;
    catcher.setPointerCapture(happening.pointerId);
    fingers.set(happening.pointerId, place(happening));
    pressed = fingers.size === 1 ? place(happening) : null;
  });
  catcher.addEventListener('pointermove', moved);
  catcher.addEventListener('pointerup', released);
  catcher.addEventListener('pointercancel', released);
  catcher.addEventListener('pointerleave', () => pointAt(-1, -1));
  catcher.addEventListener('dblclick', (happening) => zoom(2, ...place(happening)));
  catcher.addEventListener('wheel', (happening) => {
    happening.preventDefault();
    const pixels = happening.deltaY * [1, 16, 400][happening.deltaMode];
    zoom(Math.exp(-Math.max(-200, Math.min(200, pixels)) / 400), ...place(happening));
  }, { passive: false });
}
