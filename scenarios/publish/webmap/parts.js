// Large data of a map, kept once in the page: it travels over the wire only when it changes, whatever else does.
// Where a page is laid out anew the same part may come at its new place before it goes from the old one, so it is
// dropped only when nobody has brought it for a moment.

const HELD_MS = 1000;

export default function ({ data, parentElement }) {
  const parts = globalThis.vedetteParts || (globalThis.vedetteParts = { kept: new Map(), waiting: new Set() });
  const places = parts.places || (parts.places = new Map());
  if (!places.has(data.name)) places.set(data.name, new Set());
  places.get(data.name).add(parentElement);
  const known = parts.kept.get(data.name);
  if (!known || known.stamp !== data.stamp) {
    parts.kept.set(data.name, data);
    for (const wake of [...parts.waiting]) wake();
  }
  return () => {
    places.get(data.name).delete(parentElement);
    setTimeout(() => { if (!places.get(data.name).size) parts.kept.delete(data.name); }, HELD_MS);
  };
}
