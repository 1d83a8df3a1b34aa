// Editing: things that can be moved and reshaped, and tools that draw new ones. All of it is told to the page, which saves it.

/** What each tool draws. */
const TOOLS = { site: 'point', post: 'point', zone: 'point', line: 'line', close_point: 'point', close_line: 'line', close_area: 'area', perimeter: 'area' };
/** Ink of each kind of thing on light and on dark paper; shape and sign tell them apart, too. */
const KINDS = {
  site: ['#0b5f8a', '#5cc2f0'], line: ['#0b5f8a', '#5cc2f0'], post: ['#12355f', '#8fb8ee'], zone: ['#7b4fb3', '#c3a5ef'], closure: ['#c21d25', '#ff7a7a'], perimeter: ['#7a1fa2', '#da9bf5'],
};
const lonlat = (at) => [Math.round(at.lng * 1e6) / 1e6, Math.round(at.lat * 1e6) / 1e6];
const latlng = (point) => L.latLng(point[1], point[0]);

/** Things on the map and the tools; ``hooks`` has chosen(kind, id), moved(change) and drawn(tool, points). */
function editorOf(map, canvas, words, hooks) {
  const group = L.layerGroup().addTo(map), handles = L.layerGroup().addTo(map), draft = L.layerGroup().addTo(map), rings = L.layerGroup().addTo(map);
  const bar = h('div', { class: 'vm-card vm-draw', role: 'toolbar', 'aria-label': words.draw }), hint = h('div', { class: 'vm-card vm-hint', role: 'status' });
  let things = [], told = '', chosen = null, tool = null, points = [], dark = false, held = null;
  const ink = (kind) => (KINDS[kind] || KINDS.site)[dark ? 1 : 0];
  const icon = (cls, text, title, data) => L.divIcon({ html: h('div', { class: `vm-mark ${cls}`, title, ...data }, text), className: '', iconSize: null });
  /** What was done is drawn; what the page makes of it is drawn anew, also where that is the same as before. */
  const moved = (change) => { told = ''; hooks.moved(change); };
  const middle = (thing, at) => (thing.at ? latlng(thing.at) : thing.closed ? L.latLngBounds(at).getCenter() : at[at.length >> 1]);
  const isChosen = (thing) => chosen !== null && chosen[0] === thing.kind && chosen[1] === thing.id;

  function shapeOf(thing, at, spot) {
    const style = { renderer: canvas, interactive: false, color: ink(thing.look || thing.kind), weight: thing.look === 'line' ? 5 : isChosen(thing) ? 3.5 : 2, fillOpacity: 0.1, dashArray: thing.kind === 'zone' ? '7 5' : null, ...(thing.kind === 'zone' ? { fillOpacity: 0.04 } : {}) };
    if (at) return (thing.closed ? L.polygon : L.polyline)(at, style);
    return thing.radius_m ? L.circle(spot, { ...style, radius: thing.radius_m }) : null;
  }

  function add(thing) {
    const at = thing.points ? thing.points.map(latlng) : null, spot = middle(thing, at), shape = shapeOf(thing, at, spot);
    if (shape) shape.addTo(group);
    const cls = `vm-thing vm-thing-${thing.look || thing.kind}${isChosen(thing) ? ' vm-chosen' : ''}${thing.dim ? ' vm-dim' : ''}`;
    const marker = L.marker(spot, { icon: icon(cls, thing.sign || '', thing.name, { 'data-thing': thing.id }), draggable: !thing.fixed, alt: `${words[thing.look || thing.kind] || ''} ${thing.name}`.trim(), riseOnHover: true, zIndexOffset: isChosen(thing) ? 900 : 0 }).addTo(group);
    marker.on('click', () => (tool ? place(spot) : hooks.chosen(thing.kind, thing.id)));
    marker.on('dragstart', () => { held = thing; handles.clearLayers(); });
    marker.on('drag', (e) => { if (shape) { if (at) shape.setLatLngs(shifted(at, spot, e.latlng)); else shape.setLatLng(e.latlng); } });
    marker.on('dragend', () => {
      const now = marker.getLatLng();
      held = null;
      moved(at ? { kind: thing.kind, id: thing.id, points: shifted(at, spot, now).map(lonlat) } : { kind: thing.kind, id: thing.id, lon: lonlat(now)[0], lat: lonlat(now)[1] });
    });
    const node = marker.getElement();
    node?.setAttribute('aria-label', `${words[thing.look || thing.kind] || ''} ${thing.name}`.trim());
    node?.addEventListener('keydown', (e) => { if (e.key === 'Enter' && !tool) { e.preventDefault(); hooks.chosen(thing.kind, thing.id); } else if (!thing.fixed) nudge(e, marker); });
    if (isChosen(thing) && !thing.fixed) grips(thing, at, spot, shape);
  }

  /** All points of a shape, moved as its mark was. */
  function shifted(at, from, to) {
    return at.map((p) => L.latLng(p.lat + to.lat - from.lat, p.lng + to.lng - from.lng));
  }

  /** Arrow keys move what has the focus; it is told when the keys have rested. */
  function nudge(e, marker) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[e.key];
    if (!step) return;
    e.preventDefault();
    e.stopPropagation();
    const far = e.shiftKey ? 20 : 4, p = map.latLngToContainerPoint(marker.getLatLng());
    marker.setLatLng(map.containerPointToLatLng(L.point(p.x + far * step[0], p.y + far * step[1])));
    clearTimeout(marker.rest);
    marker.rest = setTimeout(() => marker.fire('dragend'), 500);
  }

  /** Handles of what is chosen: one at each corner, a hollow one between two for a new corner, one for the radius. */
  function grips(thing, at, spot, shape) {
    const grip = (where, cls, title, onDrag, onEnd) => {
      const marker = L.marker(where, { icon: icon(`vm-grip ${cls}`, '', title), draggable: true, keyboard: false, zIndexOffset: 1000 }).addTo(handles);
      return marker.on('dragstart', () => { held = thing; }).on('drag', (e) => onDrag(e.latlng)).on('dragend', () => { held = null; onEnd(marker.getLatLng()); });
    };
    const reshaped = (list) => moved({ kind: thing.kind, id: thing.id, points: list.map(lonlat) });
    if (!at) {
      if (!thing.radius_m) return;
      const edge = L.latLng(spot.lat, spot.lng + thing.radius_m / (111320 * Math.cos((spot.lat * Math.PI) / 180)));
      const size = (to) => Math.max(1, Math.round(map.distance(spot, to)));
      grip(edge, 'vm-grip-size', words.drag_radius, (to) => shape.setRadius(size(to)), (to) => moved({ kind: thing.kind, id: thing.id, radius_m: size(to) }));
      return;
    }
    const least = thing.closed ? 3 : 2, put = (list, k, n, to) => [...list.slice(0, k), to, ...list.slice(k + n)];
    at.forEach((corner, k) => {
      const mark = grip(corner, '', words.drag_corner, (to) => shape.setLatLngs(put(at, k, 1, to)), (to) => reshaped(put(at, k, 1, to)));
      mark.on('contextmenu', () => { if (at.length > least) reshaped([...at.slice(0, k), ...at.slice(k + 1)]); });
      const next = at[(k + 1) % at.length];
      if (k + 1 === at.length && !thing.closed) return;
      grip(L.latLng((corner.lat + next.lat) / 2, (corner.lng + next.lng) / 2), 'vm-grip-new', words.drag_new, (to) => shape.setLatLngs(put(at, k + 1, 0, to)), (to) => reshaped(put(at, k + 1, 0, to)));
    });
  }

  function draw() {
    if (held) return;
    group.clearLayers();
    handles.clearLayers();
    things.forEach(add);
  }

  // -------------------------------------------------------------- tools
  function button(name) {
    return h('button', { type: 'button', 'data-tool': name, 'aria-pressed': 'false', onclick: () => use(tool === name ? null : name) }, h('span', { class: `vm-tool vm-tool-${name}`, 'aria-hidden': 'true' }), words[`tool_${name}`]);
  }

  function use(name) {
    tool = name;
    points = [];
    draft.clearLayers();
    for (const one of bar.querySelectorAll('[data-tool]')) one.setAttribute('aria-pressed', String(one.dataset.tool === (name || 'move')));
    map.getContainer().classList.toggle('vm-asking', Boolean(name));
    if (name) map.doubleClickZoom.disable(); else map.doubleClickZoom.enable();
    say();
  }

  function say() {
    const sort = tool && TOOLS[tool], least = sort === 'area' ? 3 : 2;
    hint.replaceChildren(h('span', {}, tool ? words[`ask_${sort}`] : words.ask_move));
    if (tool && sort !== 'point') hint.append(
      h('button', { type: 'button', class: 'vm-done', disabled: points.length < least, onclick: done }, words.done),
      h('button', { type: 'button', disabled: !points.length, onclick: () => { points.pop(); sketch(); } }, words.undo_corner));
    if (tool) hint.append(h('button', { type: 'button', onclick: () => use(null) }, words.cancel));
  }

  function sketch() {
    draft.clearLayers();
    const style = { renderer: canvas, interactive: false, color: ink(tool === 'perimeter' ? 'perimeter' : tool.startsWith('close') ? 'closure' : 'site'), weight: 3, dashArray: '8 5', fillOpacity: 0.08 };
    if (points.length > 1) (TOOLS[tool] === 'area' && points.length > 2 ? L.polygon : L.polyline)(points, style).addTo(draft);
    points.forEach((at, k) => L.marker(at, { icon: icon('vm-corner', String(k + 1)), interactive: false, keyboard: false }).addTo(draft));
    say();
  }

  /** A click with a tool in hand: a point is done at once, a line or an area grows. */
  function place(at) {
    if (!tool) return false;
    const last = points[points.length - 1];
    if (last && map.latLngToContainerPoint(last).distanceTo(map.latLngToContainerPoint(at)) < 4) return true;  // the second half of a double click
    points.push(at);
    if (TOOLS[tool] === 'point') done(); else sketch();
    return true;
  }

  function done() {
    if (!tool || points.length < { point: 1, line: 2, area: 3 }[TOOLS[tool]]) return;
    const name = tool, all = points.map(lonlat);
    use(null);
    // It is seen at once; the page's answer draws it anew.
    all.forEach((point) => L.marker(latlng(point), { icon: icon('vm-grip', ''), interactive: false, keyboard: false }).addTo(draft));
    hooks.drawn(name, all);
  }

  function keys(e) {
    if (!tool) return;
    if (e.key === 'Escape') use(null);
    else if (e.key === 'Enter' && !(e.target instanceof HTMLButtonElement)) done();
  }
  map.getContainer().addEventListener('keydown', keys);
  map.on('dblclick', () => { if (tool && TOOLS[tool] !== 'point') done(); });

  return {
    bar, hint, place,
    get busy() { return tool !== null; },
    setTools: (names) => {
      bar.hidden = hint.hidden = !names.length;
      if (bar.dataset.names === names.join()) return;
      bar.dataset.names = names.join();
      bar.replaceChildren(h('button', { type: 'button', 'data-tool': 'move', 'aria-pressed': 'true', onclick: () => use(null) }, h('span', { class: 'vm-tool vm-tool-move', 'aria-hidden': 'true' }), words.tool_move), ...names.map(button));
      use(null);
    },
    set: (next) => {
      const text = JSON.stringify(next);
      draft.clearLayers();
      if (tool && points.length) sketch();
      if (text === told) return;
      told = text;
      things = next.things || [];
      chosen = next.chosen || null;
      draw();
      rings.clearLayers();
      for (const ring of next.rings || []) L.marker(latlng(ring.at), { icon: icon(`vm-ring${ring.strong ? ' vm-ring-strong' : ''}`, ring.sign, ring.title, { 'data-ring': ring.sign }), keyboard: false, zIndexOffset: -100 }).addTo(rings);
    },
    names: () => things.filter((thing) => thing.name).map((thing) => [thing.name, middle(thing, thing.points && thing.points.map(latlng)), `vm-name vm-name-${thing.look === 'line' || thing.kind === 'site' ? 1 : 2}`, 12, 12]),
    bounds: () => things.flatMap((thing) => (thing.points ? thing.points.map(latlng) : [latlng(thing.at)])),
    paint: (colours) => { dark = colours === DARK; draw(); },
  };
}
