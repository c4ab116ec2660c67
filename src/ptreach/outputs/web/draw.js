// The map itself, on a canvas: land, zones or isochrones, water, streets, outlines.

// Widths in metres on the ground, with the least and the most in pixels. Drawn where a pixel is less than so many
// metres, and where the paths in view have less than so many letters: more take longer than a frame, and blur.
const LINES = {
  path: { colour: '#FFFFFF', alpha: 0.6, metres: 2, least: 0.4, most: 1.6, below: 9, letters: 100000 },
  minor: { colour: '#FFFFFF', alpha: 0.8, metres: 7, least: 0.45, most: 7, below: 55, letters: 300000 },
  major: { colour: '#FFFFFF', alpha: 0.95, metres: 14, least: 1.3, most: 11 },
  rail: { colour: '#3A3A3A', alpha: 0.9, metres: 4, least: 1, most: 3 },
  river: { colour: data.water, alpha: 1, metres: 15, least: 1.2, most: 8 },
  coast: { colour: '#6F8799', alpha: 1, metres: 2, least: 0.7, most: 1.5 },
};

const landPath = new Path2D(data.land);
const zonePaths = zones.path.map((path) => new Path2D(path));
const isochronePaths = data.isochrones.map(([cutoff, path]) => [cutoff, new Path2D(path)]);
const tiles = {};
for (const [kind, rows] of Object.entries(data.ground)) {
  tiles[kind] = rows.map(([left, top, right, bottom, path]) => (
    { box: [left, top, right, bottom], path: new Path2D(path), letters: path.length }
  ));
}

const touches = (a, b) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** What a zone is filled with: its class; the ground's colour beyond the minutes of the slider. */
function fillOf(zone) {
  const at = classOf(zone);
  return at < beyond && !within(zone) ? data.classes[beyond].fill : data.classes[at].fill;
}

/** A context whose units are those of the sheet, and a pixel in them. */
function begin(canvas) {
  const context = canvas.getContext('2d');
  const ratio = canvas.width / view.width;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.setTransform(ratio * view.scale, 0, 0, ratio * view.scale, ratio * view.x, ratio * view.y);
  context.lineJoin = 'round';
  context.lineCap = 'round';
  return { context, ratio, px: 1 / view.scale };
}

function drawBase() {
  const { context, px } = begin(byId('base'));
  const seen = [...toSheet(0, 0), ...toSheet(view.width, view.height)];
  context.fillStyle = colourOf(data.byTheSea ? '--sea' : '--outside');
  context.fillRect(seen[0], seen[1], seen[2] - seen[0], seen[3] - seen[1]);
  context.fillStyle = colourOf('--land');
  context.fill(landPath, 'evenodd');
  const visible = zones.box.flatMap((box, zone) => (touches(box, seen) ? [zone] : []));
  if (chosen.layers.zones) fillZones(context, visible, px);
  else if (chosen.layers.isochrones) fillIsochrones(context);
  if (chosen.layers.ground) drawGround(context, seen, px);
  outlineZones(context, visible, px);
  if (chosen.layers.isochrones) outlineIsochrones(context, px);
}

/** Fill the zones; those not reached are hatched, at any zoom alike. */
function fillZones(context, visible, px) {
  const hatch = hatching(context, px);
  for (const zone of visible) {
    context.fillStyle = fillOf(zone);
    context.fill(zonePaths[zone], 'evenodd');
    if (classOf(zone) !== notReached) continue;
    context.fillStyle = hatch;
    context.fill(zonePaths[zone], 'evenodd');
  }
}

const HATCH_PX = 8;
const stripes = document.createElement('canvas');

/** A pattern of stripes, the same on the screen whatever the scale. */
function hatching(context, px) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  const size = Math.round(HATCH_PX * ratio);
  if (stripes.width !== size) {
    stripes.width = stripes.height = size;
    const pen = stripes.getContext('2d');
    pen.strokeStyle = data.hatch;
    pen.lineWidth = 1.6 * ratio;
    for (const start of [-size, 0, size]) {
      pen.moveTo(start - size, 2 * size);
      pen.lineTo(start + 2 * size, -size);
    }
    pen.stroke();
  }
  const pattern = context.createPattern(stripes, 'repeat');
  pattern.setTransform(new DOMMatrix([px / ratio, 0, 0, px / ratio, 0, 0]));
  return pattern;
}

/** Fill the isochrones within the minutes of the slider, the largest first. */
function fillIsochrones(context) {
  for (const [cutoff, path] of isochronePaths) {
    if (cutoff > chosen.limit) continue;
    context.fillStyle = data.classes[data.cutoffs.indexOf(cutoff)].fill;
    context.fill(path, 'evenodd');
  }
}

function outlineIsochrones(context, px) {
  context.strokeStyle = data.ink;
  context.lineWidth = (chosen.layers.zones ? 1.8 : 1.1) * px;
  for (const [cutoff, path] of isochronePaths) {
    if (cutoff <= chosen.limit) context.stroke(path);
  }
}

function drawGround(context, seen, px) {
  for (const [kind, all] of Object.entries(tiles)) {
    const visible = all.filter(({ box }) => touches(box, seen));
    if (kind === 'water') {
      context.fillStyle = data.water;
      for (const { path } of visible) context.fill(path, 'evenodd');
      continue;
    }
    const style = LINES[kind];
    if (metresPerPixel() > style.below) continue;
    if (visible.reduce((sum, { letters }) => sum + letters, 0) > style.letters) continue;
    context.strokeStyle = style.colour;
    context.globalAlpha = style.alpha;
    context.lineWidth = Math.min(Math.max(style.metres / metresPerPixel(), style.least), style.most) * px;
    for (const { path } of visible) context.stroke(path);
    context.globalAlpha = 1;
  }
}

/** Outline the zones: in ink where they are filled, faintly where isochrones are. */
function outlineZones(context, visible, px) {
  context.strokeStyle = data.ink;
  context.globalAlpha = chosen.layers.zones ? 0.75 : 0.25;
  context.lineWidth = Math.min(Math.max(12 / metresPerPixel(), 0.5), 1.1) * px;
  for (const zone of visible) context.stroke(zonePaths[zone]);
  context.globalAlpha = 1;
}

const probe = document.createElement('canvas').getContext('2d');

/** The zone at a place of the sheet, or -1. */
function zoneAt(x, y) {
  for (let zone = 0; zone < count; zone += 1) {
    if (touches(zones.box[zone], [x, y, x, y]) && probe.isPointInPath(zonePaths[zone], x, y, 'evenodd')) return zone;
  }
  return -1;
}
