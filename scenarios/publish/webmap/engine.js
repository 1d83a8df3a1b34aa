// The script is in the page from here on; maps that wait for it are told.

export default function () {
  const parts = globalThis.vedetteParts || (globalThis.vedetteParts = { kept: new Map(), waiting: new Set() });
  for (const wake of [...parts.waiting]) wake();
}
