// Reading the coded data: geometry, local clock times, where a patrol is at a second, small DOM helpers.

const PER_DEGREE = 100000;

/** Delta-coded [lon, lat, d_lon, d_lat, ...] in 1e-5 degree -> [[lat, lon], ...] in degrees. */
function unpack(flat) {
  const points = new Array(flat.length / 2);
  let lon = 0, lat = 0;
  for (let i = 0; i < points.length; i++) {
    lon += flat[2 * i];
    lat += flat[2 * i + 1];
    points[i] = [lat / PER_DEGREE, lon / PER_DEGREE];
  }
  return points;
}

/** One coded point [lon, lat] -> [lat, lon] in degrees. */
function place(at) {
  return [at[1] / PER_DEGREE, at[0] / PER_DEGREE];
}

/** Clock times in the scenario's own zone: seconds since the horizon's start become local hours and days. */
function clockOf(data) {
  const locale = data.language === 'zh' ? 'zh-Hans' : 'en-GB';
  const days = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' });
  const local = (second) => {
    let offset = data.offsets[0][1];
    for (const [from, value] of data.offsets) if (second >= from) offset = value;
    return new Date((data.start + second + offset) * 1000);
  };
  const two = (n) => String(n).padStart(2, '0');
  const hhmm = (second) => { const d = local(second); return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`; };
  const day = (second) => days.format(local(second));
  const dayNumber = (second) => Math.floor(local(second).getTime() / 86400000);
  const span = (a, b) => {
    const over = dayNumber(b) - dayNumber(a);
    return `${day(a)} ${hhmm(a)}–${hhmm(b)}${over ? ` (+${over})` : ''}`;
  };
  /** Seconds of each local midnight (or of each n-th hour) within the horizon. */
  const marks = (hours) => {
    const found = [];
    for (let s = 0; s <= data.horizon_s; s += 900) {
      const d = local(s);
      if (d.getUTCMinutes() === 0 && d.getUTCHours() % hours === 0) found.push(s);
    }
    return found;
  };
  return { hhmm, day, span, marks };
}

/** 5400 -> "1 h 30 min", 75 -> "1 min 15 s". */
function lasting(seconds, zh) {
  const h = Math.floor(seconds / 3600), m = Math.floor((seconds % 3600) / 60), s = Math.round(seconds % 60);
  const parts = [];
  if (h) parts.push(zh ? `${h} 小时` : `${h} h`);
  if (m) parts.push(zh ? `${m} 分` : `${m} min`);
  if (s && !h) parts.push(zh ? `${s} 秒` : `${s} s`);
  return parts.join(' ') || (zh ? '0 分' : '0 min');
}

/** The row [start, end, ...] of a list that holds a second, or null. */
function rowAt(rows, second) {
  return rows.find((row) => row[0] <= second && second < row[1]) || null;
}

/** A way with its running length, so that a share of it can be found quickly. */
function measured(points) {
  const shrink = Math.cos((points[0][0] * Math.PI) / 180);
  const along = [0];
  for (let i = 1; i < points.length; i++) {
    along.push(along[i - 1] + Math.hypot(points[i][0] - points[i - 1][0], (points[i][1] - points[i - 1][1]) * shrink));
  }
  return { points, along };
}

/** The point that lies a share (0..1) along a measured way. */
function pointOn(way, share) {
  const { points, along } = way;
  const wanted = share * along[along.length - 1];
  let low = 0, high = along.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (along[middle] <= wanted) low = middle; else high = middle;
  }
  const piece = along[high] - along[low];
  const f = piece > 0 ? (wanted - along[low]) / piece : 0;
  return [points[low][0] + f * (points[high][0] - points[low][0]), points[low][1] + f * (points[high][1] - points[low][1])];
}

/** Where a tour's crew is planned to be: it sets out as late as it can, stands at stops and goes along lines it sees.
 * Once a stop is done it waits, or has its break, on the road that it goes on by. */
function moverOf(tour, lines) {
  const ways = tour.legs.map(([, , number]) => (number < 0 ? null : measured(unpack(lines[number]))));
  const along = tour.stops.map((stop) => (stop[9] >= 0 ? measured(unpack(lines[stop[9]])) : null));
  const depot = place(tour.depot);
  const still = tour.mode === 'camera';
  const stopAt = (i, second) => {
    if (still || i >= tour.stops.length) return depot;
    const [, , lon, lat, arrive, leave] = tour.stops[i];
    if (!along[i]) return [lat / PER_DEGREE, lon / PER_DEGREE];
    return pointOn(along[i], Math.min(1, Math.max(0, (second - arrive) / Math.max(1, leave - arrive))));
  };
  return (second) => {
    if (second < tour.span[0]) return { state: 'before', at: depot, stop: -1 };
    if (second >= tour.span[1]) return { state: 'after', at: depot, stop: -1 };
    let stop = -1;
    for (let i = 0; i < tour.legs.length; i++) {
      const [depart, arrive] = tour.legs[i];
      if (second < depart) break;
      if (second < arrive) {
        const share = (second - depart) / Math.max(1, arrive - depart);
        return { state: 'way', at: ways[i] && !still ? pointOn(ways[i], share) : stopAt(i, arrive), stop: i };
      }
      stop = i;
    }
    const rest = rowAt(tour.rests, second);
    const next = stop >= 0 && stop < tour.stops.length && second >= tour.stops[stop][5] ? ways[stop + 1] : null;
    const at = stop < 0 ? depot : next && !still ? next.points[0] : stopAt(stop, second);
    return { state: rest ? 'rest' : stop < 0 || stop >= tour.stops.length ? 'home' : 'stop', at, stop };
  };
}

/** Visits of a place by patrols that have their people, in order of time: [arrive, leave, tour]. */
function visitsOf(tours) {
  const found = new Map();
  for (const tour of tours.filter((one) => one.manned)) for (const [id, , , , arrive, leave] of tour.stops) {
    if (!found.has(id)) found.set(id, []);
    found.get(id).push([arrive, leave, tour]);
  }
  for (const rows of found.values()) rows.sort((a, b) => a[0] - b[0]);
  return found;
}

/** A DOM element; text always goes in as text, never as markup. */
function h(tag, props, ...children) {
  const svg = tag === 'svg' || tag === 'path';
  const node = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'style') for (const [name, text] of Object.entries(value)) { if (name.startsWith('--')) node.style.setProperty(name, text); else node.style[name] = text; }
    else if (key === 'value') node.value = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children.flat(3)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** Small drawn signs: pictures of text would need fonts that a machine may lack. */
const SIGNS = {
  play: 'M5 3.5v13l11-6.5z',
  pause: 'M5 3.5h3.6v13H5zM11.4 3.5H15v13h-3.6z',
  close: 'M5.2 4 10 8.8 14.8 4 16 5.2 11.2 10l4.8 4.8-1.2 1.2L10 11.2 5.2 16 4 14.8 8.8 10 4 5.2z',
  layers: 'M10 2.5 18 7l-8 4.5L2 7zM4.1 9.6 10 12.9l5.9-3.3L18 10.8l-8 4.5-8-4.5z',
  theme: 'M10 2.5a7.5 7.5 0 1 0 0 15zM10 2.5a7.5 7.5 0 0 1 0 15V16a6 6 0 0 0 0-12z',
  fit: 'M3 3h5v1.8H4.8V8H3zM12 3h5v5h-1.8V4.8H12zM3 12h1.8v3.2H8V17H3zM15.2 12H17v5h-5v-1.8h3.2z',
  plus: 'M9 4h2v5h5v2h-5v5H9v-5H4V9h5z',
  minus: 'M4 9h12v2H4z',
  print: 'M6 3h8v4H6zM3 8h14v6h-3v3H6v-3H3zm4.5 4.5v3h5v-3z',
  find: 'M8.5 3a5.5 5.5 0 0 1 4.4 8.8l4 4-1.2 1.2-4-4A5.5 5.5 0 1 1 8.5 3m0 1.7a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6',
};

function sign(name) {
  return h('svg', { viewBox: '0 0 20 20', width: 16, height: 16, 'aria-hidden': 'true', fill: 'currentColor' }, h('path', { d: SIGNS[name] }));
}
