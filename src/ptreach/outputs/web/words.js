// The data of the page, what is chosen, and how numbers are said.

const data = JSON.parse(document.getElementById('data').textContent);
const zones = data.zones;
const count = zones.id.length;
const byId = (id) => document.getElementById(id);

// What is chosen: a percentile, the most minutes, layers, a zone (-1 for none), the zone pointed at.
const chosen = {
  percentile: data.percentiles.some(([p]) => p === 50) ? 50 : data.percentiles[0][0],
  limit: data.mostMin,
  layers: { zones: true, isochrones: false, ground: true, stops: false },
  zone: -1,
  hover: -1,
};

const beyond = data.cutoffs.length;
const notReached = beyond + 1;

/** Seconds to a zone at the percentile that is chosen; null where not reached. */
const secondsTo = (zone) => zones.seconds[chosen.percentile][zone];

/** Position of the zone's class: a band, beyond the last, or not reached. A cutoff is strict. */
function classOf(zone) {
  const seconds = secondsTo(zone);
  if (seconds === null) return notReached;
  const band = data.cutoffs.findIndex((cutoff) => seconds < cutoff * 60);
  return band < 0 ? beyond : band;
}

/** Whether a zone is reached within the minutes of the slider. */
const within = (zone) => secondsTo(zone) !== null && secondsTo(zone) < chosen.limit * 60;

/** Minutes to a tenth, cut and not rounded: 14.98 is not 15. */
function minutes(seconds) {
  return seconds === null ? null : (Math.floor(seconds / 6) / 10).toFixed(1);
}

const whole = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
const people = (zone) => (zones.people[zone] === null ? 'not known' : whole.format(zones.people[zone]));

/** A share as a whole per cent; some is never said to be none, nor nearly all to be all. */
function percent(share) {
  if (Number.isNaN(share)) return 'n/a';
  if (share > 0 && share < 0.005) return '<1%';
  if (share >= 0.995 && share < 1) return '>99%';
  return `${Math.round(share * 100)}%`;
}

const percentileWords = ([p, name]) => (p === 50 ? 'Median' : `${name} percentile`);
const chosenWords = () => percentileWords(data.percentiles.find(([p]) => p === chosen.percentile)).replace('M', 'm');

/** The class of a zone in words: its band or the reason. */
const bandOf = (zone) => (classOf(zone) === notReached ? zones.reason[zone] : data.classes[classOf(zone)].label);

const timeWords = (seconds) => (seconds === null ? 'not reached' : `${minutes(seconds)} min`);
const decile = (value) => (value === null ? 'not known' : `${value} of 10`);
const event = data.direction === 'from' ? 'leaving' : 'arriving';

/** When to leave or arrive, and how long it then takes. */
function atWords(clock, seconds) {
  if (clock === null) return 'none';
  return `${event} ${clock}, ${timeWords(seconds)}`;
}

const departures = data.direction === 'from' ? 'departures' : 'arrivals';

/** Minutes to a zone at each percentile, as pairs of name and words. */
const timesOf = (zone) => data.percentiles.map((pair) => [percentileWords(pair), timeWords(zones.seconds[pair[0]][zone])]);

/** Share of departures that reach a zone at all and within each cutoff, as pairs of name and words. */
const sharesOf = (zone) => [
  ['at all', percent(zones.reached[zone] ?? NaN)],
  ...data.cutoffs.map((cutoff, at) => [`under ${cutoff} min`, percent(zones.within[at][zone] ?? NaN)]),
];

/** What else is known of a zone, as pairs of name and words. */
const factsOf = (zone) => [
  [classOf(zone) === notReached ? 'Not reached' : `Band (${chosenWords().replace(' percentile', '')})`, bandOf(zone)],
  ['Best', atWords(zones.bestAt[zone], zones.best[zone])],
  ['Worst', atWords(zones.worstAt[zone], zones.worst[zone])],
  ['IMD decile', decile(zones.imd[zone])],
  ['IDACI decile', decile(zones.idaci[zone])],
  ['Residents', people(zone)],
];

/** An element with text; text is never read as markup. */
function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
