// The table of all zones, which can be sorted and searched.

const columns = [
  { name: 'Zone', of: (zone) => zones.name[zone] },
  { name: 'Code', of: (zone) => zones.id[zone] },
  ...(zones.district !== null && zones.districts.length > 1
    ? [{ name: 'District', of: (zone) => zones.districts[zones.district[zone]] }] : []),
  ...data.percentiles.map((pair) => ({
    name: `${percentileWords(pair)}, min`, number: true,
    of: (zone) => minutes(zones.seconds[pair[0]][zone]) ?? '', key: (zone) => zones.seconds[pair[0]][zone],
  })),
  { name: 'Band or reason (median)', of: (zone) => medianBand(zone), key: (zone) => medianKey(zone) },
  { name: 'Reached, of departures', number: true, of: (zone) => percent(zones.reached[zone] ?? NaN), key: (zone) => zones.reached[zone] },
  { name: `Best ${event}`, of: (zone) => extremeWords(zones.bestAt[zone], zones.best[zone]), key: (zone) => zones.best[zone] },
  { name: `Worst ${event}`, of: (zone) => extremeWords(zones.worstAt[zone], zones.worst[zone]), key: (zone) => zones.worst[zone] },
  { name: 'IMD decile', number: true, of: (zone) => zones.imd[zone] ?? '', key: (zone) => zones.imd[zone] },
  { name: 'IDACI decile', number: true, of: (zone) => zones.idaci[zone] ?? '', key: (zone) => zones.idaci[zone] },
  { name: 'Residents', number: true, of: (zone) => (zones.people[zone] === null ? '' : people(zone)), key: (zone) => zones.people[zone] },
];
const names = new Intl.Collator('en-GB', { numeric: true });
let rows = [];
let sorted = { column: -1, down: false };

const extremeWords = (clock, seconds) => (clock === null ? '' : `${clock}${seconds === null ? ', not reached' : `, ${minutes(seconds)} min`}`);

/** Give what `reading` returns while the median is chosen; the table does not follow the map. */
function atMedian(reading) {
  const before = chosen.percentile;
  if ('50' in zones.seconds) chosen.percentile = 50;
  const result = reading();
  chosen.percentile = before;
  return result;
}
const medianBand = (zone) => atMedian(() => bandOf(zone));
const medianKey = (zone) => atMedian(() => secondsTo(zone));

function buildTable() {
  const table = element('table');
  const caption = element('caption');
  caption.append(element('span', 'Press the name of a column to sort by it; empty cells are not reached or not known.'));
  table.append(caption);
  const head = element('tr');
  columns.forEach(({ name, number }, at) => {
    const cell = element('th', undefined, number ? { scope: 'col', class: 'number' } : { scope: 'col' });
    const button = element('button', name, { type: 'button' });
    button.addEventListener('click', () => sortBy(at));
    cell.append(button);
    head.append(cell);
  });
  table.append(element('thead'), element('tbody'));
  table.tHead.append(head);
  rows = zones.id.map((_, zone) => tableRow(zone));
  table.tBodies[0].append(...rows);
  byId('table').replaceChildren(table);
}

function tableRow(zone) {
  const row = element('tr');
  columns.forEach(({ of, number }, at) => {
    const cell = at ? element('td', of(zone)) : element('th', of(zone), { scope: 'row' });
    if (number) cell.className = 'number';
    row.append(cell);
  });
  row.addEventListener('click', () => choose(zone, { move: true }));
  return row;
}

/** Sort by a column, the other way round the second time; what is not known comes last either way. */
function sortBy(at) {
  sorted = { column: at, down: sorted.column === at && !sorted.down };
  const { key, of } = columns[at];
  const sign = sorted.down ? -1 : 1;
  const order = zones.id.map((_, zone) => zone);
  order.sort((a, b) => {
    if (!key) return sign * names.compare(of(a), of(b)) || a - b;
    const [left, right] = [key(a), key(b)];
    if (left === null || right === null) return (left === null) - (right === null) || a - b;
    return sign * (left - right) || a - b;
  });
  const table = byId('table').firstChild;
  [...table.tHead.rows[0].cells].forEach((cell, column) => {
    cell.removeAttribute('aria-sort');
    cell.firstChild.textContent = columns[column].name + (column === at ? (sorted.down ? ' ▼' : ' ▲') : '');
    if (column === at) cell.setAttribute('aria-sort', sorted.down ? 'descending' : 'ascending');
  });
  table.tBodies[0].append(...order.map((zone) => rows[zone]));
}

/** Show the rows whose name, code or district has the words, and say how many; return the first. */
function search() {
  const words = byId('search').value.trim().toLowerCase();
  let [first, found] = [-1, 0];
  rows.forEach((row, zone) => {
    const has = [zones.name[zone], zones.id[zone], zones.district === null ? '' : zones.districts[zones.district[zone]]]
      .some((text) => text.toLowerCase().includes(words));
    row.hidden = !has;
    found += has;
    if (has && first < 0) first = zone;
  });
  byId('found').textContent = words ? `${whole.format(found)} of ${whole.format(count)} zones` : '';
  return words ? first : -1;
}

function markRow(before, now) {
  rows[before]?.classList.remove('chosen');
  rows[now]?.classList.add('chosen');
}
