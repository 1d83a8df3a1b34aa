// The front end's side: one map for each place on a page; called again whenever its data changes.
// Large parts come by their names (parts.js); what is edited, words and wishes come here.

const MAPS = new WeakMap();
const PARTS = globalThis.vedetteParts || (globalThis.vedetteParts = { kept: new Map(), waiting: new Set() });

export default function (component) {
  const root = component.parentElement;
  let entry = MAPS.get(root);
  if (!entry) {
    entry = { map: null, made: null, wake: () => draw(root, entry) };
    MAPS.set(root, entry);
    PARTS.waiting.add(entry.wake);
  }
  entry.component = component;
  draw(root, entry);
  return () => {
    const last = MAPS.get(root);
    if (!last) return;
    PARTS.waiting.delete(last.wake);
    if (last.map) last.map.destroy();
    MAPS.delete(root);
  };
}

/** Put the map up, or anew where its parts or its language are others; then tell it what is edited. */
function draw(root, entry) {
  const { data, setStateValue, setTriggerValue } = entry.component, box = root.querySelector('.vm-box');
  box.style.height = data.height;
  const parts = data.parts.map((name) => PARTS.kept.get(name)), engine = globalThis.vedetteEngine;
  if (!engine || parts.some((part) => part === undefined)) {
    if (!entry.map) box.replaceChildren(Object.assign(document.createElement('div'), { className: 'vm-loading', textContent: data.words.loading }));
    return;
  }
  const same = entry.made && entry.made.language === data.language && entry.made.edit === Boolean(data.tools) && entry.made.parts.every((part, k) => part === parts[k]);
  if (!same) {
    const view = entry.map ? entry.map.view() : { second: data.second };
    if (entry.map) entry.map.destroy();
    const hooks = {
      picked: (kind, id) => setStateValue('picked', kind ? { kind, id } : null), place: (lon, lat) => setTriggerValue('place', { lon, lat }),
      chosen: (kind, id) => setTriggerValue('chosen', { kind, id }), moved: (change) => setTriggerValue('moved', change), drawn: (tool, points) => setTriggerValue('drawn', { tool, points }),
    };
    const plan = Object.assign({}, ...parts.map((part) => part.value), { words: data.words, language: data.language });
    if (!root.querySelector('style.vm-style')) box.before(Object.assign(document.createElement('style'), { className: 'vm-style', textContent: engine.style }));
    entry.map = engine.create(box, plan, { hooks, view, edit: Boolean(data.tools), things: data.sketch });
    entry.made = { language: data.language, edit: Boolean(data.tools), parts };
  }
  entry.map.setTools(data.tools || []);
  entry.map.setAsking(data.asking);
  entry.map.setSketch(data.sketch || null);
  entry.map.setTheme();
}
