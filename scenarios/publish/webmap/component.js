// The front end's side: one map for each place on a page; called again whenever its data changes.

const MAPS = new WeakMap();

export default function (component) {
  const { parentElement: root, data, setStateValue, setTriggerValue } = component;
  let entry = MAPS.get(root);
  if (entry && entry.key !== data.key) { entry.map.destroy(); entry = null; }
  if (!entry) {
    const box = root.querySelector('.vm-box');
    box.style.height = data.height;
    const hooks = {};
    entry = { key: data.key, hooks, map: VedetteMap.create(box, data.plan, { hooks, second: data.second }) };
    MAPS.set(root, entry);
  }
  entry.hooks.picked = (kind, id) => setStateValue('picked', kind ? { kind, id } : null);
  entry.hooks.place = (lon, lat) => setTriggerValue('place', { lon, lat });
  entry.map.setAsking(data.asking);
  entry.map.setSketch(data.sketch || null);
  entry.map.setTheme();
  return () => { const last = MAPS.get(root); if (last) { last.map.destroy(); MAPS.delete(root); } };
}
