// How the page answers: choices, keys, colours; and its start.

/** Choose a zone, or none by -1; `move` brings it into view. */
function choose(zone, { move }) {
  const before = chosen.zone;
  chosen.zone = zone;
  catcher.children[before]?.setAttribute('aria-selected', 'false');
  catcher.children[zone]?.setAttribute('aria-selected', 'true');
  if (zone < 0) catcher.removeAttribute('aria-activedescendant');
  else catcher.setAttribute('aria-activedescendant', `zone-${zone}`);
  markRow(before, zone);
  showDetails();
  sayZone();
  if (zone >= 0 && move) bringIn(...zones.spot[zone]);
  redraw();
}

/** The zone next to one in a direction: the neighbour that lies most that way, else the nearest zone that does. */
function nextZone(from, dx, dy) {
  const [x, y] = zones.spot[from];
  const candidates = (list) => list.map((zone) => {
    const [ex, ey] = [zones.spot[zone][0] - x, zones.spot[zone][1] - y];
    const along = ex * dx + ey * dy;
    const aside = Math.abs(ex * dy) + Math.abs(ey * dx);
    return { zone, along, aside, turn: aside / along };
  }).filter(({ zone, along, turn }) => zone !== from && along > 0 && turn <= 1);
  const near = candidates(zones.near[from]).sort((a, b) => a.turn - b.turn || a.along - b.along || a.zone - b.zone);
  if (near.length) return near[0].zone;
  const all = candidates(zones.id.map((_, zone) => zone));
  all.sort((a, b) => a.along + 2 * a.aside - b.along - 2 * b.aside || a.zone - b.zone);
  return all.length ? all[0].zone : from;
}

/** The zone that the town's point lies in, else the one nearest to it. */
function townZone() {
  const here = zoneAt(...data.origin);
  if (here >= 0) return here;
  const apart = zones.spot.map(([x, y]) => Math.hypot(x - data.origin[0], y - data.origin[1]));
  return apart.indexOf(Math.min(...apart));
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function pressKey(happening) {
  if (happening.ctrlKey || happening.metaKey || happening.altKey) return;
  const arrow = ARROWS[happening.key];
  if (arrow && happening.shiftKey) pan(-arrow[0] * 80, -arrow[1] * 80);
  else if (arrow) choose(chosen.zone < 0 ? townZone() : nextZone(chosen.zone, ...arrow), { move: true });
  else if (happening.key === '+' || happening.key === '=') zoom(1.5);
  else if (happening.key === '-') zoom(1 / 1.5);
  else if (happening.key === '0') firstView();
  else if (happening.key === 'Home') choose(townZone(), { move: true });
  else if (happening.key === 'Escape') choose(-1, { move: false });
  else return;
  happening.preventDefault();
}

function firstView() {
  view.touched = false;
  lookAt(data.view);
  redraw();
}

/** Show everything that follows from percentile, minutes and layers. */
function refresh() {
  showLegend();
  showCount();
  showDetails();
  nameZones();
  redraw();
}

function choice(type, name, words, checked) {
  const label = element('label');
  const input = element('input', undefined, { type, name: type === 'radio' ? 'percentile' : name, value: name });
  input.checked = checked;
  label.append(input, words);
  return label;
}

function buildControls() {
  const radios = data.percentiles.map(([p, name]) => choice('radio', p, p === 50 ? 'Median' : name, p === chosen.percentile));
  byId('percentiles').append(...radios);
  byId('percentiles').hidden = radios.length < 2;
  byId('percentiles').addEventListener('change', ({ target }) => {
    chosen.percentile = Number(target.value);
    refresh();
  });
  const layers = [['zones', 'Zones'], ['isochrones', 'Isochrones (median)'], ['ground', 'Streets and water']];
  if (data.stops.length) layers.push(['stops', 'Stops']);
  byId('layers').append(...layers.map(([name, words]) => choice('checkbox', name, words, chosen.layers[name])));
  byId('layers').addEventListener('change', ({ target }) => {
    chosen.layers[target.value] = target.checked;
    refresh();
  });
  const limit = byId('limit');
  limit.max = data.mostMin;
  limit.value = chosen.limit;
  limit.addEventListener('input', () => {
    chosen.limit = Number(limit.value);
    showCount();
    redraw();
  });
  byId('controls').addEventListener('submit', (happening) => happening.preventDefault());
  byId('nearer').addEventListener('click', () => zoom(1.5));
  byId('farther').addEventListener('click', () => zoom(1 / 1.5));
  byId('whole').addEventListener('click', firstView);
  byId('search').addEventListener('input', search);
  byId('search').addEventListener('keydown', ({ key }) => {
    const first = key === 'Enter' ? search() : -1;
    if (first >= 0) choose(first, { move: true });
  });
}

/** Follow the system's colours until the button is pressed. */
function watchColours() {
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const paint = (isDark) => {
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    byId('theme').setAttribute('aria-pressed', isDark);
    showLegend();
    redraw();
  };
  const follow = () => paint(dark.matches);
  dark.addEventListener('change', follow);
  byId('theme').addEventListener('click', () => {
    dark.removeEventListener('change', follow);
    paint(document.documentElement.dataset.theme !== 'dark');
  });
  follow();
}

catcher.append(...zones.id.map((_, zone) => element('div', undefined, {
  role: 'option', id: `zone-${zone}`, class: 'unseen', 'aria-selected': 'false',
})));
catcher.addEventListener('keydown', pressKey);
buildControls();
watchPointers();
watchColours();
refresh();
new ResizeObserver(resize).observe(host);
resize();
setTimeout(buildTable);
