// What is marked on the map, a canvas above it: zone pointed at, zone chosen, stops, the town's star; its scale; and the tip.

const STOPS_BELOW_M_PER_PX = 25;
const POINTED_PX = 7;
const SCALE_PX = 130;

function drawMarks() {
  const { context, ratio, px } = begin(byId('marks'));
  for (const [zone, strokes] of [
    [chosen.hover, [['#FFFFFF', 4], [data.ink, 2]]],
    [chosen.zone, [[data.ink, 6], [data.star, 3]]],
  ]) {
    if (zone < 0) continue;
    for (const [colour, width] of strokes) {
      context.strokeStyle = colour;
      context.lineWidth = width * px;
      context.stroke(zonePaths[zone]);
    }
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (chosen.layers.stops) drawStops(context);
  drawOrigin(context);
  drawScale(context);
}

/** Draw stops as dots, smaller from afar. */
function drawStops(context) {
  const radius = metresPerPixel() > STOPS_BELOW_M_PER_PX ? 1.3 : 3;
  context.fillStyle = '#FFFFFF';
  context.strokeStyle = data.ink;
  context.lineWidth = 1.2;
  for (const [x, y] of data.stops) {
    const [px, py] = toScreen(x, y);
    if (px < 0 || py < 0 || px > view.width || py > view.height) continue;
    context.beginPath();
    context.arc(px, py, radius, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
}

function drawOrigin(context) {
  const [x, y] = toScreen(...data.origin);
  context.beginPath();
  for (let corner = 0; corner < 10; corner += 1) {
    const angle = (corner * Math.PI) / 5 - Math.PI / 2;
    const radius = corner % 2 ? 4.6 : 11;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
  context.fillStyle = data.star;
  context.strokeStyle = data.ink;
  context.lineWidth = 1.4;
  context.fill();
  context.stroke();
  drawName(context, x, y);
}

const LINE_PX = 19;

/** Write the town's name beside its star: to the right, else to the left, else above in lines that fit. */
function drawName(context, x, y) {
  context.font = '600 15px system-ui, "Segoe UI", Arial, sans-serif';
  context.textBaseline = 'middle';
  const width = context.measureText(data.town).width;
  const write = (words, at, height, align) => {
    context.textAlign = align;
    context.lineWidth = 4;
    context.strokeStyle = '#FFFFFF';
    context.strokeText(words, at, height);
    context.fillStyle = data.ink;
    context.fillText(words, at, height);
  };
  if (x + 22 + width < view.width || x < 0 || x > view.width) write(data.town, x + 15, y, 'left');
  else if (x - 22 - width > 0) write(data.town, x - 15, y, 'right');
  else {
    const lines = inLines(context, data.town, view.width - 24);
    const half = Math.max(...lines.map((words) => context.measureText(words).width)) / 2 + 8;
    const middle = Math.min(Math.max(x, half), view.width - half);
    lines.reverse().forEach((words, at) => write(words, middle, y - 24 - at * LINE_PX, 'center'));
  }
}

/** Words in lines no wider than so many pixels, where the words themselves are not. */
function inLines(context, words, most) {
  const lines = [];
  for (const word of words.split(' ')) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && context.measureText(longer).width <= most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Draw a bar as long as a round length is on the map. */
function drawScale(context) {
  const most = SCALE_PX * metresPerPixel();
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = power * [5, 2, 1].find((step) => step * power <= most);
  const width = metres / metresPerPixel();
  const [left, bottom] = [view.width - 14 - width, view.height - 14];
  context.fillStyle = 'rgb(255 255 255 / 0.88)';
  context.fillRect(left - 6, bottom - 24, width + 12, 32);
  context.fillStyle = data.ink;
  context.fillRect(left, bottom - 2, width, 4);
  context.font = '14px system-ui, "Segoe UI", Arial, sans-serif';
  context.textAlign = 'center';
  context.fillText(metres >= 1000 ? `${metres / 1000} km` : `${metres} m`, left + width / 2, bottom - 12);
}

/** The name of the stop at a pixel, or null. */
function stopAt(px, py) {
  if (!chosen.layers.stops) return null;
  let [best, name] = [POINTED_PX, null];
  for (const [x, y, words] of data.stops) {
    const [sx, sy] = toScreen(x, y);
    const apart = Math.hypot(sx - px, sy - py);
    if (apart < best) [best, name] = [apart, words];
  }
  return name;
}

/** Show in a tip what is at a pixel, and its details; nothing beyond the map. */
function pointAt(px, py) {
  const zone = px < 0 ? -1 : zoneAt(...toSheet(px, py));
  const stop = px < 0 ? null : stopAt(px, py);
  const tip = byId('tip');
  tip.hidden = zone < 0 && stop === null;
  if (!tip.hidden) {
    tip.replaceChildren();
    if (stop !== null) tip.append(element('b', `Stop ${stop}`));
    if (zone >= 0) {
      tip.append(element('b', zones.name[zone]));
      const seconds = secondsTo(zone);
      tip.append(`${seconds === null ? 'Not reached' : `${minutes(seconds)} min`}, ${chosenWords()} · ${bandOf(zone)}`);
    }
    const left = px + 16 + tip.offsetWidth > view.width ? px - 12 - tip.offsetWidth : px + 16;
    const top = py + 18 + tip.offsetHeight > view.height ? py - 12 - tip.offsetHeight : py + 18;
    tip.style.transform = `translate(${Math.max(left, 2)}px, ${Math.max(top, 2)}px)`;
  }
  if (zone === chosen.hover) return;
  chosen.hover = zone;
  showDetails();
  requestAnimationFrame(drawMarks);
}
