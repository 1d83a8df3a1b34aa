// Drawing: ground, areas, routes, sections, sites on canvas; posts, patrols and names as DOM marks.

const LIGHT = {
  land: '#f5f4ef', water: '#c5dcec', green: '#dde8d0', casing: '#cfcbc0', minor: '#ffffff', main: '#fbe3b0', mainCasing: '#d3b06a',
  path: '#d9d3c5', rail: '#8a8d96', twice: '#0b7a5c', once: '#0b7a5c', bare: '#d3222a', free: '#8d96a3', paper: '#ffffff',
  closure: '#d3222a', core: '#c2185b', buffer: '#7b4fb3', outer: '#5c6b7a', kept: '#0b7a5c', broken: '#d3222a', off: '#9aa1ab', sight: '#6741d9',
};
const DARK = {
  land: '#161a20', water: '#1c3448', green: '#1c2b22', casing: '#0f1317', minor: '#39424e', main: '#7b6840', mainCasing: '#0f1317',
  path: '#2d353f', rail: '#767d88', twice: '#35c79a', once: '#35c79a', bare: '#ff5c5c', free: '#7f8a99', paper: '#161a20',
  closure: '#ff5c5c', core: '#ff6fa5', buffer: '#b893ea', outer: '#93a3b5', kept: '#35c79a', broken: '#ff5c5c', off: '#6f7987', sight: '#b197fc',
};
// Each road class: width at zoom 15, fill, and the zoom from which it is drawn. Classes not named are drawn as residential.
const ROADS = [
  ['path', 1.1, 'path', 15], ['track', 1.1, 'path', 14.5], ['service', 2, 'minor', 14.5], ['residential', 4, 'minor', 12.5],
  ['tertiary', 5, 'minor', 0], ['secondary', 6, 'main', 0], ['primary', 6.5, 'main', 0], ['trunk', 7, 'main', 0], ['motorway', 8, 'main', 0],
];
const ALIKE = {
  footway: 'path', cycleway: 'path', bridleway: 'path', steps: 'path', pedestrian: 'path', foot: 'path', corridor: 'path',
  unclassified: 'residential', living_street: 'residential', road: 'residential', minor: 'residential', main: 'primary',
};
const HUES = ['#7b2cbf', '#d6336c', '#1864ab', '#c2410c', '#0c8599', '#5f6f00', '#9c36b5', '#8d5a2b', '#3b5bdb', '#b02a37'];

function roadClass(name) {
  const plain = name.replace(/_link$/, '');
  const known = ALIKE[plain] || plain;
  return ROADS.some(([cls]) => cls === known) ? known : 'residential';
}

/** Panes below the marks let the mouse through: of two canvases in one pane only the top one would hear it. */
function panesOf(map) {
  const pane = (name, z, deaf) => {
    const node = map.createPane(name);
    node.style.zIndex = z;
    if (deaf) node.style.pointerEvents = 'none';
    return L.canvas({ pane: name, padding: 0.25 });
  };
  const canvases = { ground: pane('ground', 210, true), areas: pane('areas', 310, true), routes: pane('routes', 405, true), work: pane('work', 420, false) };
  const names = map.createPane('names');
  names.style.zIndex = 590;
  names.style.pointerEvents = 'none';
  return canvases;
}

function groundOf(map, data, canvas) {
  const group = L.layerGroup();
  const parts = { water: [], green: [], rail: [], roads: new Map(ROADS.map(([cls]) => [cls, []])) };
  for (const [name, lines] of Object.entries(data.ground.roads)) parts.roads.get(roadClass(name)).push(...lines.map(unpack));
  const base = { renderer: canvas, interactive: false, stroke: false, smoothFactor: 1 };
  const area = (rings) => L.polygon(rings.map((ring) => [ring]), { ...base, fill: true, fillOpacity: 1 });
  // Among the water are brooks too: what does not come back to where it began is a line.
  const wet = data.ground.water.map(unpack), round = (p) => p.length > 3 && p[0][0] === p[p.length - 1][0] && p[0][1] === p[p.length - 1][1];
  const green = area(data.ground.green.map(unpack)), water = area(wet.filter(round));
  const line = (lines, extra) => L.polyline(lines, { ...base, stroke: true, lineCap: 'round', lineJoin: 'round', ...extra });
  const roads = ROADS.map(([cls, width, fill, from]) => ({
    width, fill, from, casing: fill === 'path' ? null : line(parts.roads.get(cls)), body: line(parts.roads.get(cls), fill === 'path' ? { dashArray: '3 4' } : {}),
  })).filter((road) => road.body.getLatLngs().length);
  const brooks = line(wet.filter((p) => !round(p)), { weight: 1.5 });
  const rail = line(data.ground.rail.map(unpack)), ties = line(data.ground.rail.map(unpack), { lineCap: 'butt', dashArray: '6 6' });
  [green, water, brooks, ...roads.map((r) => r.casing).filter(Boolean), ...roads.map((r) => r.body), rail, ties].forEach((l) => group.addLayer(l));
  const paint = (ink) => {
    const scale = Math.max(0.35, Math.min(3, 2 ** ((map.getZoom() - 15) * 0.62))), zoom = map.getZoom();
    green.setStyle({ fillColor: ink.green });
    water.setStyle({ fillColor: ink.water });
    brooks.setStyle({ color: ink.water });
    for (const road of roads) {
      const shown = zoom >= road.from;
      road.body.setStyle({ color: ink[road.fill], weight: Math.max(0.8, road.width * scale), opacity: shown ? 1 : 0 });
      if (road.casing) road.casing.setStyle({ color: road.fill === 'main' ? ink.mainCasing : ink.casing, weight: Math.max(0.8, road.width * scale) + 1.6, opacity: shown ? 1 : 0 });
    }
    rail.setStyle({ color: ink.rail, weight: 2.6 * Math.max(0.7, scale) });
    ties.setStyle({ color: ink.land, weight: 1.3 * Math.max(0.7, scale) });
  };
  return { group, paint };
}

function areasOf(data, canvas, pick) {
  const zones = L.layerGroup(), closures = L.layerGroup();
  const shape = (area, extra) => {
    const points = area.ring ? unpack(area.ring) : [place(area.at), place(area.at)];
    const options = { renderer: canvas, interactive: false, ...extra };
    return area.closed ? L.polygon(points, options) : L.polyline(points, options);
  };
  const zoneShapes = data.zones.map((zone) => ({ zone, layer: shape(zone, { weight: 1.6, dashArray: '7 5', fillOpacity: 0.05 }).addTo(zones) }));
  const marks = data.closures.map((closure) => {
    const sign = h('div', { class: 'vm-mark vm-closure', title: closure.name, 'data-closure': closure.id });
    const marker = L.marker(place(centre(closure)), { icon: L.divIcon({ html: sign, className: '', iconSize: null }), keyboard: false });
    marker.on('click', () => pick('closure', closure.id));
    return { closure, marker, layer: shape(closure, { weight: closure.closed ? 2 : 5, fillOpacity: 0.2 }) };
  });
  let shown = null;
  return {
    zones, closures,
    paint: (ink) => {
      for (const { zone, layer } of zoneShapes) layer.setStyle({ color: ink[zone.kind] || ink.outer, fillColor: ink[zone.kind] || ink.outer });
      for (const { layer } of marks) layer.setStyle({ color: ink.closure, fillColor: ink.closure });
    },
    setTime: (second) => {
      const active = marks.filter(({ closure }) => !closure.span || second === null || (closure.span[0] <= second && second < closure.span[1]));
      const key = active.map(({ closure }) => closure.id).join();
      if (key === shown) return;
      shown = key;
      closures.clearLayers();
      for (const { layer, marker } of active) { closures.addLayer(layer); closures.addLayer(marker); }
    },
  };
}

/** The middle of an area's box, as a coded point. */
function centre(area) {
  if (!area.ring) return area.at;
  const points = unpack(area.ring), box = L.latLngBounds(points).getCenter();
  const at = area.closed ? [box.lat, box.lng] : points[points.length >> 1];
  return [at[1] * PER_DEGREE, at[0] * PER_DEGREE];
}

function sectionsOf(data, canvas, pick, edit) {
  const group = L.layerGroup(), visits = visitsOf(data.tours);
  let ink = LIGHT, minute = null;
  const lines = data.sections.filter((s) => s.way).map((section) => {
    const layer = L.polyline(unpack(section.way), { renderer: canvas, weight: 5, bubblingMouseEvents: Boolean(edit) }).addTo(group);
    layer.on('click', () => pick('section', section.id));
    const state = !section.gaps.length ? 'off' : section.gaps.some((g) => g[3] > g[2]) ? 'broken' : 'kept';
    return { section, layer, state, visits: visits.get(section.id) || [] };
  });
  const dress = ({ layer, state, section }) => {
    const near = section.cls === 'station_approach' || section.cls === 'bridge';
    layer.setStyle({ color: ink[state], weight: state === 'off' ? 2 : near ? 6 : 4, opacity: state === 'off' ? 0.5 : 0.85, dashArray: state === 'broken' ? '9 5' : null });
  };
  return {
    group,
    paint: (next) => { ink = next; lines.forEach(dress); },
    /** By the minute: how long each has been unseen against what is promised then. */
    setTime: (second) => {
      const now = Math.floor(second / 60);
      if (now === minute) return;
      minute = now;
      for (const line of lines) {
        const state = sectionState(line.section, line.visits, second);
        if (state !== line.state) { line.state = state; dress(line); }
      }
    },
  };
}

/** Seconds since a section was last seen, for as long as is asked, in the span that promises something then; null where nothing is promised. */
function unseenFor(section, visits, second) {
  const row = rowAt(section.gaps, second);
  if (row === null) return null;
  let last = row[0];
  for (const [arrive, leave] of visits) {
    if (arrive > second) break;
    if (leave - arrive < row[5]) continue;
    last = Math.max(last, Math.min(leave, second));
  }
  return second - last;
}

function sectionState(section, visits, second) {
  const unseen = unseenFor(section, visits, second);
  return unseen === null ? 'off' : unseen > rowAt(section.gaps, second)[2] ? 'broken' : 'kept';
}

/** What is in sight of each site now, in percent of one unit of people: a number, and a ring that grows with it. */
function sightOf(data, canvas) {
  const group = L.layerGroup(), spots = new Map(data.sites.map((s) => [s.id, place(s.at)]));
  let ink = LIGHT, shown = null, last = 0;
  const draw = (second) => {
    const rows = data.presence.filter((row) => row[1] <= second && second < row[2] && spots.has(row[0]));
    const key = rows.join(';');
    if (key === shown) return;
    shown = key;
    group.clearLayers();
    for (const [site, , , people, barriers, cameras] of rows) {
      const all = people + barriers + cameras;
      L.circleMarker(spots.get(site), { renderer: canvas, interactive: false, color: ink.sight, weight: 2, radius: 10 + Math.min(26, all / 12), fillColor: ink.sight, fillOpacity: 0.14 }).addTo(group);
      L.marker(spots.get(site), { icon: L.divIcon({ html: h('div', { class: 'vm-sight', 'data-sight': site }, `${all} %`), className: '', iconSize: null }), interactive: false, keyboard: false }).addTo(group);
    }
  };
  return { group, paint: (next) => { ink = next; shown = null; draw(last); }, setTime: (second) => { last = second; draw(second); } };
}

/** Sites as filled, ringed or red circles: shape and colour both say how many reach them in time now. */
function sitesOf(data, canvas, pick) {
  const group = L.layerGroup();
  const radius = { 1: 9, 2: 7.5, 3: 6 };
  const marks = data.sites.map((site) => {
    const layer = L.circleMarker(place(site.at), { renderer: canvas, radius: radius[site.cls] || 6, weight: 2.5, bubblingMouseEvents: false }).addTo(group);
    layer.on('click', () => pick('site', site.id));
    return { site, layer, state: '' };
  });
  let ink = LIGHT;
  const dress = (mark) => mark.layer.setStyle({
    color: mark.state === 'twice' ? ink.paper : ink[mark.state], fillColor: mark.state === 'once' ? ink.paper : ink[mark.state],
    fillOpacity: mark.state === 'free' ? 0.35 : 1, weight: mark.state === 'once' ? 3 : 2,
  });
  /** Far away the circles shrink, so that a town's sites do not become one blot. */
  const resize = (zoom) => marks.forEach(({ site, layer }) => layer.setRadius((radius[site.cls] || 6) * Math.min(1, Math.max(0.6, 0.6 + (zoom - 12) * 0.16))));
  return {
    group, resize,
    paint: (next) => { ink = next; marks.forEach(dress); },
    setTime: (second) => {
      for (const mark of marks) {
        const state = siteState(mark.site, second);
        if (state !== mark.state) { mark.state = state; dress(mark); }
      }
    },
  };
}

function siteState(site, second) {
  const row = rowAt(site.cover, second);
  return row === null ? 'free' : row[2] === null ? 'bare' : row[4] === null ? 'once' : 'twice';
}

/** Thin lines from each site to whoever reaches it first now. */
function linksOf(data, canvas) {
  const group = L.layerGroup();
  const home = new Map(data.posts.flatMap((p) => [[p.id, place(p.at)], [p.place, place(p.at)]]));
  let ink = LIGHT, shown = null, last = 0;
  const draw = (second) => {
    const rows = data.sites.map((site) => [site, rowAt(site.cover, second)]).filter(([, row]) => row && home.has(row[2]));
    const key = rows.map(([site, row]) => `${site.id}>${row[2]}>${row[4]}`).join();
    if (key === shown) return;
    shown = key;
    group.clearLayers();
    for (const [site, row] of rows) {
      const line = (to, extra) => L.polyline([place(site.at), home.get(to)], { renderer: canvas, interactive: false, color: ink.twice, weight: 1.4, opacity: 0.75, ...extra }).addTo(group);
      line(row[2]);
      if (row[4] !== null && home.has(row[4]) && row[4] !== row[2]) line(row[4], { dashArray: '2 5', opacity: 0.6 });
    }
  };
  return { group, paint: (next) => { ink = next; shown = null; draw(last); }, setTime: (second) => { last = second; draw(second); } };
}

// One colour for each post's territory; light and dark paper need their own.
const LANDS = ['#1b6ca8', '#c2410c', '#2b8a3e', '#8f3fb0', '#b8860b', '#0c8599', '#c2255c', '#5f6f00', '#6741d9', '#8d5a2b', '#495057', '#d6336c'];
const LANDS_DARK = ['#74c0fc', '#ffa94d', '#69db7c', '#da9bf5', '#ffd43b', '#3bc9db', '#faa2c1', '#c0eb75', '#b197fc', '#e0b084', '#ced4da', '#ff8787'];

/** Posts that have a territory at some time, each with its place among the colours. */
function landsOf(data) {
  return new Map([...new Set(data.territories.map((row) => row[2]))].sort().map((post, k) => [post, k % LANDS.length]));
}

/** Who answers for what: a spoke and a ring in the post's colour for each of its sites, dashed where it comes late. */
function territoriesOf(data, canvas) {
  const group = L.layerGroup(), hues = landsOf(data);
  const home = new Map(data.posts.map((p) => [p.id, place(p.at)])), spots = new Map(data.sites.map((s) => [s.id, place(s.at)]));
  let dark = false, shown = null, last = 0;
  const draw = (second) => {
    const rows = data.territories.filter((row) => row[0] <= second && second < row[1] && home.has(row[2]));
    const key = rows.map((row) => `${row[2]}>${row[3]}`).join(';');
    if (key === shown) return;
    shown = key;
    group.clearLayers();
    for (const [, , post, sites, late] of rows) {
      const color = (dark ? LANDS_DARK : LANDS)[hues.get(post)], base = { renderer: canvas, interactive: false, color };
      for (const [site] of sites.filter(([id]) => spots.has(id))) {
        L.polyline([home.get(post), spots.get(site)], { ...base, weight: 3.5, opacity: 0.85, dashArray: late.includes(site) ? '3 7' : null }).addTo(group);
        L.circleMarker(spots.get(site), { ...base, radius: 12, weight: 3, fillColor: color, fillOpacity: 0.18 }).addTo(group);
      }
      L.circleMarker(home.get(post), { ...base, radius: 16, weight: 3, fillColor: color, fillOpacity: 0.25 }).addTo(group);
    }
  };
  return {
    group,
    legend: [...hues].map(([post, k]) => ({ text: post, light: LANDS[k], dark: LANDS_DARK[k] })),
    paint: (ink) => { dark = ink === DARK; shown = null; draw(last); },
    setTime: (second) => { last = second; draw(second); },
  };
}

/** Ways that stay open for blue lights, as they run now. */
function lightsOf(data, canvas) {
  const group = L.layerGroup();
  let shown = null;
  return {
    group,
    setTime: (second) => {
      const now = data.lights.filter((way) => way.way && (second === null || (way.span[0] <= second && second < way.span[1])));
      const key = now.map((way) => `${way.from}>${way.to}@${way.span[0]}`).join();
      if (key === shown) return;
      shown = key;
      group.clearLayers();
      for (const way of now) {
        const line = unpack(way.way);
        L.polyline(line, { renderer: canvas, interactive: false, color: '#1c5fd6', weight: 6, opacity: 0.55 }).addTo(group);
        L.polyline(line, { renderer: canvas, interactive: false, color: '#ffffff', weight: 1.6, opacity: 0.9, dashArray: '2 9' }).addTo(group);
      }
    },
  };
}

/** A mark that Tab reaches: it has a name, and Enter or Space does what a click does. */
function reachable(marker, name, act) {
  return marker.on('add', () => {
    const node = marker.getElement();
    node.setAttribute('aria-label', name);
    node.addEventListener('keydown', (e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); act(); } });
  });
}

function postsOf(data, pick) {
  const group = L.layerGroup();
  const marks = data.posts.map((post) => {
    const badge = h('div', { class: 'vm-mark vm-post', title: `${post.id} ${post.name}`, 'data-post': post.id }, post.id);
    const marker = L.marker(place(post.at), { icon: L.divIcon({ html: badge, className: '', iconSize: null }), alt: `${post.id} ${post.name}`, riseOnHover: true }), act = () => pick('post', post.id);
    reachable(marker, `${post.id} ${post.name}`, act).on('click', act).addTo(group);
    return { post, badge };
  });
  const setTime = (second) => {
    for (const { post, badge } of marks) {
      badge.classList.toggle('vm-idle', !rowAt(post.manned, second));
      badge.classList.toggle('vm-lacking', Boolean(rowAt(post.lacking, second)));
    }
  };
  return { group, setTime };
}

function patrolsOf(data, canvas, pick) {
  const marksGroup = L.layerGroup(), routes = L.layerGroup();
  const signs = [...new Set(data.tours.map((tour) => tour.sign))];
  const tours = data.tours.map((tour) => {
    const hue = HUES[signs.indexOf(tour.sign) % HUES.length];
    const badge = h('div', { class: tour.manned ? 'vm-mark vm-patrol' : 'vm-mark vm-patrol vm-lacking', title: `${tour.sign} ${tour.unit}`, 'data-patrol': tour.sign, style: { background: hue } }, tour.sign);
    const marker = L.marker(place(tour.depot), { icon: L.divIcon({ html: badge, className: '', iconSize: null }), alt: tour.sign, zIndexOffset: 500, riseOnHover: true });
    reachable(marker, `${tour.sign} ${tour.unit}`, () => pick('patrol', tour.id)).on('click', () => pick('patrol', tour.id));
    const ways = [...new Set([...tour.legs.map((leg) => leg[2]), ...tour.stops.map((stop) => stop[9])])].filter((n) => n >= 0).map((n) => unpack(data.lines[n]));
    const route = L.polyline(ways, { renderer: canvas, interactive: false, color: hue, weight: 3, opacity: 0.75, dashArray: tour.manned ? null : '3 8' });
    return { tour, badge, marker, route, where: moverOf(tour, data.lines) };
  });
  let chosen = null, last = 0;
  const setTime = (second) => {
    last = second;
    for (const { tour, badge, marker, route, where } of tours) {
      const spot = where(second), out = spot.state !== 'before' && spot.state !== 'after';
      if (out) marker.setLatLng(spot.at);
      if (out !== marksGroup.hasLayer(marker)) { if (out) marksGroup.addLayer(marker); else marksGroup.removeLayer(marker); }
      badge.classList.toggle('vm-resting', spot.state === 'rest');
      const lit = chosen === null ? out : tour.id === chosen;
      if (lit !== routes.hasLayer(route)) { if (lit) routes.addLayer(route); else routes.removeLayer(route); }
    }
  };
  const choose = (id) => {
    chosen = id;
    for (const { tour, route } of tours) route.setStyle({ weight: tour.id === id ? 5 : 3, opacity: tour.id === id ? 0.9 : 0.75 });
    setTime(last);
  };
  return { marks: marksGroup, routes, setTime, choose, find: (id) => tours.find((t) => t.tour.id === id) };
}

/** Names that do not run into each other: posts are kept free, then sites by class, then the ground's own. */
function namesOf(map, data) {
  const pane = map.getPane('names'), pen = document.createElement('canvas').getContext('2d');
  const rank = (site) => site.cls || 3;
  const wanted = [...data.sites].sort((a, b) => rank(a) - rank(b)).map((site) => [site.name, place(site.at), `vm-name vm-name-${rank(site)}`, 12, 12])
    .concat(data.ground.labels.map(([text, lon, lat]) => [text, place([lon, lat]), 'vm-name vm-name-ground', 0, 11]));
  const posts = data.posts.map((post) => place(post.at));
  let on = true, own = [];
  const draw = () => {
    pane.replaceChildren();
    if (!on) return;
    const size = map.getSize(), zoom = map.getZoom(), taken = posts.map((at) => { const p = map.latLngToContainerPoint(at); return [p.x - 18, p.y - 12, p.x + 18, p.y + 12]; });
    const hits = (b) => taken.some((t) => b[0] < t[2] && b[2] > t[0] && b[1] < t[3] && b[3] > t[1]);
    for (const [text, at, cls, away, px] of [...own, ...wanted]) {
      if (zoom < 12.5 && cls.endsWith('-3')) continue;
      const p = map.latLngToContainerPoint(at);
      if (p.x < -80 || p.y < -20 || p.x > size.x + 80 || p.y > size.y + 20) continue;
      pen.font = `600 ${px}px sans-serif`;
      const w = pen.measureText(text).width + 6, spots = away ? [[away, -8], [-w - away, -8], [-w / 2, away - 2], [-w / 2, -away - 14]] : [[-w / 2, -8]];
      const spot = spots.find(([x, y]) => !hits([p.x + x, p.y + y, p.x + x + w, p.y + y + 16]));
      if (!spot) continue;
      taken.push([p.x + spot[0], p.y + spot[1], p.x + spot[0] + w, p.y + spot[1] + 16]);
      const q = map.latLngToLayerPoint(at);
      pane.append(h('div', { class: cls, style: { left: `${Math.round(q.x + spot[0])}px`, top: `${Math.round(q.y + spot[1])}px` } }, text));
    }
  };
  map.on('moveend zoomend resize', draw);
  map.on('zoomstart', () => pane.replaceChildren());
  return { show: (value) => { on = value; draw(); }, draw, more: (rows) => { own = rows; draw(); } };
}

/** What is being drawn: an area by its corners, which can be dragged, and the closure points that it makes. */
function sketchOf(map, canvas, hooks) {
  const group = L.layerGroup().addTo(map);
  const mark = (at, cls, text, title, more) => L.marker(at, { icon: L.divIcon({ html: h('div', { class: `vm-mark ${cls}`, title, 'data-gate': cls.startsWith('vm-gate') ? text : null, 'data-corner': cls === 'vm-corner' ? text : null }, text), className: '', iconSize: null }), alt: title || text, keyboard: cls.startsWith('vm-gate'), ...more });
  let last = null, dark = false, drawn = true;
  const draw = () => {
    group.clearLayers();
    drawn = true;
    if (!last || !last.corners) return;
    const corners = last.corners.map(([lon, lat]) => L.latLng(lat, lon)), color = dark ? '#da9bf5' : '#7a1fa2';
    const outline = corners.length > 1 ? (corners.length > 2 ? L.polygon : L.polyline)(corners, { renderer: canvas, interactive: false, color, weight: 2.5, dashArray: '8 5', fillColor: color, fillOpacity: 0.08 }).addTo(group) : null;
    const moves = Boolean(hooks.moved && last.drag);
    if (!last.gates.length || moves) corners.forEach((at, k) => {
      const corner = mark(at, 'vm-corner', String(k + 1), '', { draggable: moves, zIndexOffset: 400 }).addTo(group);
      corner.on('drag', (e) => { if (outline) outline.setLatLngs(corners.map((one, n) => (n === k ? e.latlng : one))); });
      corner.on('dragend', () => { const to = corner.getLatLng(); drawn = false; hooks.moved({ kind: 'corner', index: k, lon: Math.round(to.lng * 1e6) / 1e6, lat: Math.round(to.lat * 1e6) / 1e6 }); });
    });
    for (const gate of last.gates) mark([gate.lat, gate.lon], `vm-gate vm-gate-${gate.kind}`, gate.id, gate.title).on('click', () => (hooks.chosen ? hooks.chosen('gate', gate.id) : hooks.picked && hooks.picked('gate', gate.id))).addTo(group);
  };
  return {
    set: (sketch) => { const text = JSON.stringify([sketch && sketch.corners, sketch && sketch.gates]); if (drawn && text === JSON.stringify([last && last.corners, last && last.gates])) return; last = sketch; draw(); },
    paint: (ink) => { dark = ink === DARK; draw(); },
    idle: () => { if (hooks.chosen) hooks.chosen(null, null); },
  };
}
