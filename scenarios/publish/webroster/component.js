// The page's side: one timeline for its place; the coded plan comes by its name (parts.js), all else with each change.

const LINES = new WeakMap();
const PARTS = globalThis.vedetteParts || (globalThis.vedetteParts = { kept: new Map(), waiting: new Set() });

export default function (component) {
  const root = component.parentElement;
  let entry = LINES.get(root);
  if (!entry) {
    entry = { view: null, part: null, wake: () => draw(root, entry) };
    LINES.set(root, entry);
    PARTS.waiting.add(entry.wake);
  }
  entry.component = component;
  draw(root, entry);
  return () => {
    const last = LINES.get(root);
    if (!last) return;
    PARTS.waiting.delete(last.wake);
    if (last.view) last.view.destroy();
    LINES.delete(root);
  };
}

/** Put the timeline up, or anew where the plan is another one; then tell it how things stand. */
function draw(root, entry) {
  const { data } = entry.component, box = root.querySelector('.vr-box');
  box.style.height = data.height;
  const part = PARTS.kept.get(data.part), engine = globalThis.vedetteRoster;
  if (!engine || part === undefined) {
    if (!entry.view) box.replaceChildren(Object.assign(document.createElement('div'), { className: 'vr-loading', textContent: data.words.loading }));
    return;
  }
  if (entry.part !== part) {
    if (entry.view) entry.view.destroy();
    if (!root.querySelector('style.vr-style')) box.before(Object.assign(document.createElement('style'), { className: 'vr-style', textContent: engine.style }));
    // What is reported goes through the component as it is then, not as it was when the timeline was made.
    const tell = (name, value) => entry.component.setTriggerValue(name, value);
    entry.view = engine.create(box, JSON.parse(part.value), {
      picked: (seat) => tell('picked', { seat }), lifted: (seat) => tell('lifted', { seat }), asked: (seat, person) => tell('asked', { seat, person }),
      dropped: (edit) => tell('dropped', edit), step: (name) => tell('step', { name }),
    });
    entry.part = part;
  }
  entry.view.set(data);
}
