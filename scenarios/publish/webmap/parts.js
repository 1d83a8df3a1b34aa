// Large data of a map, kept once in the page: it travels over the wire only when it changes, whatever else does.

export default function ({ data }) {
  const parts = globalThis.vedetteParts || (globalThis.vedetteParts = { kept: new Map(), waiting: new Set() });
  const known = parts.kept.get(data.name);
  const value = known && known.stamp === data.stamp ? known : data;
  if (known === value) return () => drop();
  parts.kept.set(data.name, value);
  for (const wake of [...parts.waiting]) wake();
  return () => drop();

  function drop() {
    if (parts.kept.get(data.name) === value) parts.kept.delete(data.name);
  }
}
