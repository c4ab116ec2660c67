// What is said beside the map: legend with the people of each class, the slider's count, a zone's details.

const picture = (name, attributes) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

function swatch(shape, attributes) {
  const box = picture('svg', { width: 30, height: 18, viewBox: '0 0 30 18', 'aria-hidden': 'true' });
  box.append(picture(shape, attributes));
  return box;
}

const square = (fill) => swatch('rect', { x: 1, y: 1, width: 28, height: 16, fill });

/** The swatch of a class, hatched as it is on the map. */
function classSwatch(at) {
  const box = square(data.classes[at].fill);
  const inner = picture('svg', { x: 2, y: 2, width: 26, height: 14 });
  for (let x = -14; at === notReached && x < 26; x += 7) {
    inner.append(picture('path', { d: `M${x} 14l14-14`, stroke: data.hatch, 'stroke-width': 1.6 }));
  }
  box.append(inner);
  return box;
}

/** List each class with its people and their share, and what lines and grounds mean. */
function showLegend() {
  const sums = data.classes.map(() => 0);
  let total = 0;
  for (let zone = 0; zone < count; zone += 1) {
    sums[classOf(zone)] += zones.people[zone] ?? 0;
    total += zones.people[zone] ?? 0;
  }
  const table = element('table');
  table.append(element('caption', `Travel time, ${chosenWords()}`, { class: 'unseen' }));
  const head = element('tr');
  head.append(element('th', `Travel time, ${chosenWords()}`, { scope: 'col', colspan: 2 }));
  head.append(element('th', 'Residents', { scope: 'col', colspan: 2, class: 'number' }));
  table.append(element('thead'));
  table.lastChild.append(head);
  const body = element('tbody');
  data.classes.forEach(({ label }, at) => {
    const row = element('tr');
    row.append(element('td', undefined, { class: 'swatch' }));
    row.lastChild.append(classSwatch(at));
    row.append(element('th', label, { scope: 'row' }));
    row.append(element('td', percent(total ? sums[at] / total : NaN), { class: 'number' }));
    row.append(element('td', whole.format(sums[at]), { class: 'number' }));
    body.append(row);
  });
  table.append(body);
  byId('legend').replaceChildren(table, otherMarks());
}

/** The list of what else is on the map. */
function otherMarks() {
  const list = element('ul');
  const entry = (drawing, words) => {
    list.append(element('li'));
    list.lastChild.append(drawing, words);
  };
  // On the map's own ground, which is as light in the dark
  const line = (stroke, width) => {
    const box = square(data.classes[notReached].fill);
    box.append(picture('line', { x1: 2, x2: 28, y1: 9, y2: 9, stroke, 'stroke-width': width }));
    return box;
  };
  const cutoffs = data.cutoffs.join(', ');
  if (chosen.layers.isochrones) entry(line(data.ink, 2.6), `isochrones (median) of ${cutoffs} min`);
  if (chosen.layers.ground && 'rail' in data.ground) entry(line(LINES.rail.colour, 1.4), 'railway');
  if (data.byTheSea) entry(square(colourOf('--sea')), 'sea');
  else entry(square(colourOf('--outside')), 'outside the area');
  return list;
}

/** Say how many people and zones the minutes of the slider reach. */
function showCount() {
  let [reached, total, zonesWithin] = [0, 0, 0];
  for (let zone = 0; zone < count; zone += 1) {
    total += zones.people[zone] ?? 0;
    if (!within(zone)) continue;
    reached += zones.people[zone] ?? 0;
    zonesWithin += 1;
  }
  const share = percent(total ? reached / total : NaN);
  byId('limit-value').textContent = chosen.limit;
  byId('limit').setAttribute('aria-valuetext', `${chosen.limit} minutes`);
  byId('count').textContent = `${whole.format(reached)} residents (${share}), `
    + `${whole.format(zonesWithin)} ${zonesWithin === 1 ? 'zone' : 'zones'}`;
}

/** Show the zone pointed at, else the one chosen. */
function showDetails() {
  const zone = chosen.hover >= 0 ? chosen.hover : chosen.zone;
  byId('zone-title').textContent = zone < 0 ? 'Zone' : zones.name[zone];
  const box = byId('details');
  if (zone < 0) {
    box.replaceChildren(element('p', 'Point at a zone, or go to the map and press an arrow key.'));
    return;
  }
  const where = zones.district === null ? '' : `, ${zones.districts[zones.district[zone]]}`;
  const list = element('dl');
  for (const [name, words] of factsOf(zone)) list.append(element('dt', name), element('dd', words));
  const short = timesOf(zone).map(([name, words]) => [name.replace(' percentile', ''), words.replace(' min', '')]);
  const shares = sharesOf(zone).map(([name, words]) => [name.replace('under ', '<').replace(' min', ''), words]);
  box.replaceChildren(
    element('p', `${data.edition} ${zones.id[zone]}${where}`),
    smallTable('Minutes, by percentile', short),
    smallTable(`Share of ${departures} that reach it, by minutes`, shares),
    list,
  );
}

/** A table of one row. */
function smallTable(caption, pairs) {
  const table = element('table');
  table.append(element('caption', caption), element('thead'), element('tbody'));
  table.tHead.append(element('tr'));
  table.tBodies[0].append(element('tr'));
  for (const [name, words] of pairs) {
    table.tHead.firstChild.append(element('th', name, { scope: 'col' }));
    table.tBodies[0].firstChild.append(element('td', words));
  }
  return table;
}

/** Tell those who listen what the zone chosen is like. */
function sayZone() {
  const zone = chosen.zone;
  if (zone < 0) {
    byId('said').textContent = '';
    return;
  }
  const listed = (pairs) => pairs.map(([name, words]) => `${name} ${words}`).join(', ');
  byId('said').textContent = `${zones.name[zone]}. ${listed(timesOf(zone))}. ${listed(factsOf(zone))}. `
    + `Share of ${departures} that reach it: ${listed(sharesOf(zone))}.`;
}

/** Name the zones in the list that screen readers read: a name each, with its minutes. */
function nameZones() {
  for (let zone = 0; zone < count; zone += 1) {
    const option = catcher.children[zone];
    option.setAttribute('aria-label', `${zones.name[zone]}, ${secondsTo(zone) === null ? bandOf(zone) : timeWords(secondsTo(zone))}`);
  }
}
