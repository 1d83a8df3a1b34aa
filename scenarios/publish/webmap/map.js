// The map as one: puts the layers and the panels together and answers clicks.

function create(root, data, options) {
  const words = data.words, clock = clockOf(data), hooks = options.hooks || {}, edit = Boolean(options.edit);
  const lists = { site: data.sites, post: data.posts, patrol: data.tours, section: data.sections, closure: data.closures, zone: data.zones };
  const pane = h('div', { class: 'vm-map' });
  const frame = h('div', { class: 'vm' }, pane);
  root.replaceChildren(frame);
  const map = L.map(pane, { zoomControl: false, attributionControl: false, preferCanvas: true, zoomSnap: 0.5, wheelPxPerZoomLevel: 90, minZoom: 9, maxZoom: 19 });
  const canvases = panesOf(map);
  const editor = edit ? editorOf(map, canvases.work, words, hooks) : null;
  if (editor) editor.set(options.things || {});
  const box = boundsOf(data, editor ? editor.bounds() : []);
  const room = () => (editor ? { paddingTopLeft: [165, 20], paddingBottomRight: [110, 55] } : frame.clientWidth > 860 ? { paddingTopLeft: [60, 20], paddingBottomRight: [250, 115] } : { paddingTopLeft: [20, 60], paddingBottomRight: [60, 115] });
  const view = options.view || {};
  if (view.center) map.setView(view.center, view.zoom, { animate: false }); else map.fitBounds(box, { animate: false, ...room() });

  const ground = groundOf(map, data, canvases.ground), areas = areasOf(data, canvases.areas, pick), rail = sectionsOf(data, canvases.work, editor ? chooseSection : pick, edit);
  const sight = sightOf(data, canvases.routes), links = linksOf(data, canvases.routes), lands = territoriesOf(data, canvases.routes), lights = lightsOf(data, canvases.areas), patrols = patrolsOf(data, canvases.routes, pick), sites = sitesOf(data, canvases.work, pick);
  const posts = postsOf(data, pick), names = namesOf(map, data);
  const differences = differencesOf(data, canvases.routes, words);
  const sketch = sketchOf(map, canvases.areas, hooks);
  const painted = [sketch, differences, ground, areas, rail, links, lands, sites, sight, ...(editor ? [editor] : [])], timed = [areas, lights, links, lands, sight, sites, posts, patrols, rail];
  const shown = (name, group, on, legend) => {
    if (on) map.addLayer(group);
    return { name, on, legend, set: (value) => (value ? map.addLayer(group) : map.removeLayer(group)) };
  };
  const some = (list, row) => (list.length ? [row] : []), lacks = data.posts.some((post) => post.lacking.length) || data.tours.some((tour) => !tour.manned);
  const switches = [
    ...some(data.differences || [], shown('differences', differences.group, true, differences.legend)),
    ...some(data.posts, shown('posts', posts.group, true, lacks ? ['lacking'] : [])), ...some(data.tours, shown('patrols', patrols.marks, true, lacks && !data.posts.length ? ['lacking'] : [])), ...some(data.tours, shown('routes', patrols.routes, true)),
    ...some(data.sites, shown('sites', sites.group, true, ['twice', 'once', 'bare', 'free'])), ...some(data.sites, shown('coverage', links.group, false)),
    ...some(data.presence, shown('sight', sight.group, false)),
    ...some(data.territories, shown('territories', lands.group, false, lands.legend)),
    ...some(data.sections, shown('rail', rail.group, true, ['kept', 'broken', 'off'])), ...some(data.closures, shown('closures', areas.closures, true)),
    ...some(data.lights, shown('lights', lights.group, true)),
    ...some(data.zones, shown('zones', areas.zones, true)), { name: 'labels', on: true, set: names.show }, shown('ground', ground.group, true),
  ];

  let chosen = null, asking = false, choice = null, asked = null, focused = null;
  const story = storyOf(data, words, clock, pick);
  const details = h('section', { class: 'vm-card vm-details', 'aria-label': words.details, hidden: true });
  // A scenario without a plan stands still: no time bar, every closure shown.
  const still = !data.posts.length && !data.tours.length;
  const bar = timeBar(data, words, clock, frame.clientWidth, (second) => { for (const layer of timed) layer.setTime(still && (layer === areas || layer === lights) ? null : second); if (chosen && chosen.kind === 'patrol') halo(); });
  const layers = layersCard(words, switches);
  const tools = h('div', { class: 'vm-card vm-tools' },
    tool('plus', words.zoom_in, () => map.zoomIn()), tool('minus', words.zoom_out, () => map.zoomOut()), tool('fit', words.fit, () => map.fitBounds(box, room())),
    still ? null : tool('print', words.print, toPaper),
    options.page ? tool('theme', words.theme, () => setTheme(!frame.classList.contains('vm-dark'))) : null);
  const credit = h('div', { class: 'vm-credit' }, data.credit);
  const left = h('div', { class: 'vm-left' }, options.page ? titleOf(data, words) : null, editor ? editor.bar : searchBox(data, words, pick), details);
  const ask = h('div', { class: 'vm-ask', role: 'status', hidden: true }, words.pick);
  frame.append(left, h('div', { class: 'vm-side' }, tools, layers), credit, ask, ...(editor ? [editor.hint] : []));
  if (!still) frame.append(bar.node);
  frame.classList.toggle('vm-still', still);
  for (const node of [left, layers, tools, bar.node, ...(editor ? [editor.hint] : [])]) { L.DomEvent.disableClickPropagation(node); L.DomEvent.disableScrollPropagation(node); }
  L.control.scale({ imperial: false, position: 'bottomleft', maxWidth: 140 }).addTo(map);
  if (still || (frame.clientWidth && frame.clientWidth < 760)) layers.querySelector('.vm-head').click();

  function tool(name, title, act) {
    return h('button', { type: 'button', title, 'aria-label': title, onclick: act }, sign(name));
  }

  /** Paper is white: the map is drawn light for it, then as it was. */
  function toPaper() {
    const dark = frame.classList.contains('vm-dark');
    setTheme(false);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      printMap(root, frame, pane, data, words, `${clock.day(bar.second)} ${clock.hhmm(bar.second)}`);
      setTheme(dark);
    }));
  }

  /** A ring around what is chosen; on a patrol it goes along. */
  function halo() {
    const at = spotOf(chosen.kind, chosen.thing);
    if (choice) choice.setLatLng(at);
    else choice = L.circleMarker(at, { radius: 17, weight: 3, color: '#1c7ed6', fill: false, interactive: false, renderer: canvases.routes }).addTo(map);
  }

  function spotOf(kind, thing) {
    if (kind === 'patrol') return patrols.find(thing.id).where(bar.second).at;
    if (kind === 'section') { const way = unpack(thing.way); return way[way.length >> 1]; }
    if (kind === 'closure' || kind === 'zone') return place(centre(thing));
    return place(thing.at);
  }

  function pick(kind, id, fly) {
    const thing = lists[kind].find((one) => one.id === id);
    if (!thing) return;
    chosen = { kind, thing };
    if (kind === 'patrol' && fly && (bar.second < thing.span[0] || bar.second >= thing.span[1])) bar.go(thing.span[0]);
    patrols.choose(kind === 'patrol' ? id : null);
    const [title, sort, ...body] = story(kind, thing, bar.second);
    const shut = h('button', { type: 'button', class: 'vm-shutter', 'aria-label': words.close, title: words.close, onclick: drop }, sign('close'));
    details.replaceChildren(h('header', {}, h('div', {}, h('small', {}, sort), h('h3', {}, title)), shut), h('div', { class: 'vm-body' }, ...body.flat(3)));
    details.hidden = false;
    if (choice) { choice.remove(); choice = null; }
    halo();
    if (fly) map.setView(spotOf(kind, thing), Math.max(map.getZoom(), 15), { animate: false });
    if (hooks.picked) hooks.picked(kind, id);
  }

  function drop() {
    chosen = null;
    details.hidden = true;
    patrols.choose(null);
    if (choice) { choice.remove(); choice = null; }
    if (hooks.picked) hooks.picked(null, null);
  }

  /** Dark when asked, else as the page around us is, else as the reader's system is. */
  function setTheme(dark) {
    const around = getComputedStyle(root).getPropertyValue('--st-background-color').trim();
    const is = dark !== undefined ? dark : around ? isDark(around) : matchMedia('(prefers-color-scheme: dark)').matches;
    frame.classList.toggle('vm-dark', is);
    const ink = is ? DARK : LIGHT;
    pane.style.background = ink.land;
    for (const layer of painted) layer.paint(ink);
  }

  map.on('zoomend', () => { ground.paint(frame.classList.contains('vm-dark') ? DARK : LIGHT); sites.resize(map.getZoom()); });
  /** A rail section is told to the page, which knows what it is; a tool in hand comes first. */
  function chooseSection(kind, id) {
    if (!editor.busy) hooks.chosen(kind, id);
  }

  map.on('click', (e) => {
    if (editor) { if (!editor.place(e.latlng)) sketch.idle(); return; }
    if (!asking || !hooks.place) return;
    if (asked) asked.remove();
    // a corner of an area is drawn with the area itself
    if (asking === true) asked = L.circleMarker(e.latlng, { radius: 9, weight: 3, color: '#d3222a', fillOpacity: 0.25, interactive: false, renderer: canvases.work }).addTo(map);
    hooks.place(Math.round(e.latlng.lng * 1e6) / 1e6, Math.round(e.latlng.lat * 1e6) / 1e6);
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => setTheme());
  const watcher = new ResizeObserver(() => map.invalidateSize({ animate: false }));
  watcher.observe(pane);
  setTheme();
  sites.resize(map.getZoom());
  names.draw();
  bar.go(view.second ?? firstMoment(data));
  return {
    setTheme,
    setAsking: (on) => { asking = on; ask.hidden = !on; ask.textContent = words[on] || words.pick; pane.classList.toggle('vm-asking', Boolean(on)); },
    setSketch: (next) => {
      sketch.set(next);
      if (editor) { editor.set(next || {}); names.more(editor.names()); }
      const go = next && next.focus;
      if (go && go.n !== focused) { focused = go.n; map.setView([go.lat, go.lon], Math.max(map.getZoom(), 16), { animate: false }); }
    },
    setTools: (list) => { if (editor) editor.setTools(list); },
    view: () => ({ center: map.getCenter(), zoom: map.getZoom(), second: bar.second }),
    destroy: () => { bar.play(false); watcher.disconnect(); map.remove(); root.replaceChildren(); },
  };
}

function titleOf(data, words) {
  return h('header', { class: 'vm-card vm-title' }, data.classification ? h('span', { class: 'vm-class' }, data.classification) : null,
    h('h1', {}, data.title), h('div', { class: 'vm-soft' }, [data.scenario, data.version, data.synthetic ? words.synthetic : ''].filter(Boolean).join(' · ')));
}

/** The box of what the plan is about: sites, posts and depots; the ground where there are none. */
function boundsOf(data, more) {
  const points = more.length > 1 ? [...more] : [...data.sites, ...data.posts].map((one) => place(one.at)).concat(data.tours.map((t) => place(t.depot)));
  if (points.length < 2) for (const lines of Object.values(data.ground.roads)) for (const line of lines) points.push(unpack(line)[0]);
  if (!points.length) points.push([0, 0]);
  return L.latLngBounds(points).pad(0.03);
}

/** The page opens when most posts are manned and most patrols are out: there is most to see then. */
function firstMoment(data) {
  let best = 0, most = -1;
  const all = data.posts.length + data.tours.length + 1;  // those with their people first, then as many as are planned
  for (let second = 0; second < data.horizon_s; second += 900) {
    const posts = data.posts.filter((post) => rowAt(post.stands, second)), tours = data.tours.filter((t) => t.span[0] <= second && second < t.span[1]);
    const out = (posts.filter((post) => rowAt(post.manned, second)).length + tours.filter((t) => t.manned).length) * all + posts.length + tours.length;
    if (out > most) { most = out; best = second; }
  }
  return best;
}

/** Whether a CSS colour is a dark one. */
function isDark(color) {
  const pen = document.createElement('canvas').getContext('2d');
  pen.fillStyle = color;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}
