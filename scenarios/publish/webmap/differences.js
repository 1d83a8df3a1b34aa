// What differs between two plans: posts by shape and sign, rounds as lines; colour is never alone.

const DIFFERENCES = [
  ['added', '+', '#0b7a5c', '#35c79a'], ['removed', '−', '#d3222a', '#ff5c5c'], ['moved', '→', '#c2410c', '#ffa94d'], ['changed', '≠', '#1456a8', '#74a9ff'],
  ['same', '', '#5c6b7a', '#93a3b5'],
];
const NOW = ['#7b2cbf', '#c49bff'], WAS = ['#c2410c', '#ffa94d'];

function differencesOf(data, canvas, words) {
  const group = L.layerGroup(), lines = [];
  const its = data.differences || [];
  const line = (points, inks, dashed) => {
    const layer = L.polyline(points, { renderer: canvas, weight: dashed ? 8 : 3.5, dashArray: dashed ? '9 9' : null, opacity: dashed ? 0.6 : 1, lineCap: 'butt', interactive: false }).addTo(group);
    lines.push({ layer, inks });
  };
  for (const one of its) {
    for (const way of one.was || []) line(unpack(way), WAS, true);
    for (const way of one.now || []) line(unpack(way), NOW, false);
    if (one.from && one.at) line([place(one.from), place(one.at)], WAS, true);
  }
  for (const one of its.filter((d) => d.at)) {
    const row = DIFFERENCES.find(([kind]) => kind === one.kind);
    const badge = h('div', { class: `vm-mark vm-diff vm-diff-${one.kind}`, title: one.title, 'data-diff': one.id, style: { '--light': row[2], '--dark': row[3] } },
      h('b', {}, row[1]), one.label ? h('span', {}, one.label) : null);
    L.marker(place(one.at), { icon: L.divIcon({ html: badge, className: '', iconSize: null }), alt: one.title, riseOnHover: true, zIndexOffset: one.kind === 'same' ? -200 : 200 }).addTo(group);
  }
  const there = new Set(its.map((d) => d.kind));
  const legend = DIFFERENCES.filter(([kind]) => there.has(kind)).map(([kind, sign, light, dark]) => ({ text: `${sign} ${words[`diff_${kind}`]}`.trim(), light, dark }));
  if (its.some((d) => d.now)) legend.push({ text: words.diff_now, light: NOW[0], dark: NOW[1] });
  if (its.some((d) => d.was)) legend.push({ text: words.diff_was, light: WAS[0], dark: WAS[1] });
  return { group, legend, paint: (ink) => { for (const { layer, inks } of lines) layer.setStyle({ color: inks[ink === DARK ? 1 : 0] }); } };
}
