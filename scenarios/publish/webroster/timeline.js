// The timeline: one row for each person, of which only those in sight are in the page; bars lie on one clock.

const SPARE = 8; // rows drawn beyond the edge, so that scrolling never shows a gap

function createTimeline(root, base, hooks) {
  const read = readRoster(base), made = frameOf(root);
  const its = {
    read, made, hooks, data: null, model: null, rows: [], at: new Map(), shown: new Map(), height: 24, version: 0,
    active: { row: -1, seat: null }, lift: null, pending: null,
  };
  its.paint = () => paint(its);
  its.redraw = () => { its.version += 1; layOut(its); paint(its); };
  its.say = (text, tone) => tell(its, text, tone);
  let asked = false;
  made.scroll.addEventListener('scroll', () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; paint(its); });
  }, { passive: true });
  const watcher = new ResizeObserver(() => { if (its.data) its.redraw(); });
  watcher.observe(made.scroll);
  watcher.observe(made.probe);
  const hands = handsOf(its), keys = keysOf(its, hands);
  tipsOf(its);
  return {
    set: (data) => {
      const before = its.data;
      its.data = data;
      if (its.pending && data.answered >= its.pending.n) its.pending = null;
      if (!data.editing) hands.cancel();
      made.frame.classList.toggle('vr-edit', data.editing);
      made.frame.lang = data.language;
      its.model = standingRoster(read, data, its.pending);
      if (before && (before.unit !== data.unit || before.find !== data.find || String(before.span) !== String(data.span))) made.scroll.scrollTop = 0;
      its.redraw();
      hands.refresh();
      keys.refresh();
      if (!its.lift) tellLast(its);
    },
    destroy: () => { watcher.disconnect(); hands.cancel(); root.replaceChildren(); },
  };
}

/** What never changes of the page's part. */
function frameOf(root) {
  const legend = h('div', { class: 'vr-legend', role: 'list' }), state = h('div', { class: 'vr-state' });
  const says = h('div', { class: 'vr-says', role: 'status' }), buttons = h('div', { class: 'vr-buttons' });
  const axis = h('div', { class: 'vr-axis', 'aria-hidden': 'true' }), nobody = h('div', { class: 'vr-nobody' });
  const body = h('div', { class: 'vr-body', role: 'rowgroup' }), lines = h('div', { class: 'vr-lines', 'aria-hidden': 'true' });
  const ghost = h('div', { class: 'vr-bar vr-ghost', 'aria-hidden': 'true', hidden: true }), slots = h('div', { class: 'vr-slots', 'aria-hidden': 'true' });
  const scroll = h('div', { class: 'vr-scroll', tabindex: 0, role: 'grid', 'aria-readonly': 'true' }, h('div', { class: 'vr-top', role: 'presentation' }, axis, nobody), body);
  const tip = h('div', { class: 'vr-tip', hidden: true, 'aria-hidden': 'true' }), menu = h('div', { class: 'vr-menu', role: 'menu', hidden: true });
  const nothing = h('div', { class: 'vr-none', hidden: true }), probe = h('div', { class: 'vr-probe', 'aria-hidden': 'true' });
  body.append(lines, slots, ghost);
  state.append(says, buttons);
  const frame = h('div', { class: 'vr' }, state, scroll, legend, nothing, tip, menu, probe);
  root.replaceChildren(frame);
  return { frame, legend, state, says, buttons, axis, nobody, body, lines, ghost, slots, scroll, tip, menu, nothing, probe };
}

/** What a change of data, of size or of theme changes at once: rows, axis, legend. */
function layOut(its) {
  const { data, made, read } = its, { words } = data;
  made.frame.classList.toggle('vr-dark', isDark(getComputedStyle(made.frame).getPropertyValue('--st-background-color').trim() || '#fff'));
  its.rows = rowsOf(its.model, data);
  its.at = new Map(its.rows.map((row, k) => [row.key, k]));
  its.height = Math.max(18, Math.round(made.probe.getBoundingClientRect().height)) || 24;
  made.frame.style.setProperty('--row', `${its.height}px`);
  made.body.style.height = `${its.rows.length * its.height}px`;
  made.scroll.setAttribute('aria-label', words.title);
  made.scroll.setAttribute('aria-rowcount', its.rows.length);
  made.nothing.hidden = its.rows.length > 0;
  made.nothing.textContent = words.nothing;
  made.state.hidden = !data.editing;
  made.nobody.hidden = !data.editing;
  made.nobody.replaceChildren(h('div', { class: 'vr-name' }, words.nobody), h('div', { class: 'vr-track' }, h('span', { class: 'vr-soft' }, words.nobody_hint)));
  const kinds = new Set();
  for (const row of its.rows) for (const bar of row.bars || []) kinds.add(bar.kind);
  made.legend.replaceChildren(...[...kinds].sort((a, b) => a - b).map((k) => h('span', { class: 'vr-key', role: 'listitem' }, h('i', { class: look(read, k), style: colours(read, k) }), read.base.kinds[k][1])));
  its.track = Math.max(100, made.lines.clientWidth);
  drawAxis(its);
}

/** Ticks as close as their words allow; days where the span is longer than one. */
function drawAxis(its) {
  const { data, made, read } = its, [first, last] = data.span, { clock } = read;
  const room = its.track, em = parseFloat(getComputedStyle(made.axis).fontSize), several = last - first > 30 * 3600;
  const step = [1, 2, 3, 4, 6, 12, 24].find((n) => room / ((last - first) / 3600 / n) > em * (n >= 24 ? 5.5 : 3.2)) || 24;
  const midnight = (s) => clock.hhmm(s) === '00:00';
  const every = clock.marks(step).filter((s) => s >= first && s < last);
  const wide = (s) => (several && midnight(s) ? 4.6 : 2.4) * em;
  // A tick whose words do not fit before the edge is left out.
  const ticks = every.filter((s) => ((last - s) / (last - first)) * room > wide(s));
  // A day's name is longer than an hour: the hour after it is left out where they would touch.
  const clear = (s, i) => i === 0 || ((s - ticks[i - 1]) / (last - first)) * room >= wide(ticks[i - 1]);
  const at = (s) => `${((s - first) / (last - first)) * 100}%`;
  made.axis.replaceChildren(h('div', { class: 'vr-name' }, data.words.name), h('div', { class: 'vr-track' }, ...ticks.filter(clear).map((s) =>
    h('span', { class: several && midnight(s) ? 'vr-day' : '', style: { left: at(s) } }, several && midnight(s) ? clock.day(s) : clock.hhmm(s)))));
  made.lines.replaceChildren(h('div', { class: 'vr-track' }, ...ticks.map((s) => h('i', { class: several && midnight(s) ? 'vr-day' : '', style: { left: at(s) } }))));
}

/** Put the rows in sight into the page, take the others out. */
function paint(its) {
  const { made, rows, height, shown } = its;
  const top = made.scroll.scrollTop, first = Math.max(0, Math.floor(top / height) - SPARE);
  const last = Math.min(rows.length, Math.ceil((top + made.scroll.clientHeight) / height) + SPARE);
  const wanted = new Set();
  for (let k = first; k < last; k++) wanted.add(k);
  if (its.active.row >= 0 && its.active.row < rows.length) wanted.add(its.active.row);
  for (const [k, node] of shown) if (!wanted.has(k) || node.vrVersion !== its.version) { node.remove(); shown.delete(k); }
  const fresh = shown.size;
  for (const k of wanted) {
    if (shown.has(k)) continue;
    const node = rowNode(its, rows[k], k);
    node.vrVersion = its.version;
    shown.set(k, node);
  }
  // In the order in which they are read.
  if (shown.size > fresh) made.body.append(...[...shown].sort((a, b) => a[0] - b[0]).map(([, node]) => node));
}

/** One row: its name, what is told of it, its bars. */
function rowNode(its, row, k) {
  const { read, data, model } = its, { words } = data;
  const shell = (name, ...rest) => h('div', { class: `vr-row vr-${row.kind}`, role: 'row', 'aria-rowindex': k + 1, 'data-row': k, style: { top: `${k * its.height}px` } }, name, ...rest);
  if (row.kind === 'head') return shell(h('div', { class: 'vr-title', role: 'rowheader' }, row.title, h('small', {}, row.n)));
  const person = row.kind === 'person' ? read.people[row.person] : null;
  const broken = person ? model.broken.people.get(row.person) || [] : [];
  const told = person ? verdictOf(its, row.person) : null;
  const name = h('div', { class: 'vr-name', role: 'rowheader', 'data-name': k, 'aria-label': [person ? person.name : words.empty, person && person.rank, ...broken, told && told.text].filter(Boolean).join('; ') },
    told ? h('b', { class: `vr-sign vr-${told.state}`, 'aria-hidden': 'true' }, told.sign) : broken.length ? h('b', { class: 'vr-sign vr-x', 'aria-hidden': 'true' }, '!') : null,
    h('span', {}, person ? person.name : ''));
  const bars = row.bars.map((bar) => barNode(its, bar, row));
  return shell(name, h('div', { class: 'vr-track', role: 'presentation' }, ...bars));
}

/** One duty. Its words are cut where it is short; the tip and what is read aloud have all of them. */
function barNode(its, bar, row) {
  const { read, data, model } = its, broken = model.broken.of(bar);
  const classes = ['vr-bar', bar.person < 0 ? (bar.must ? 'vr-hole vr-must' : 'vr-hole') : look(read, bar.kind)];
  if (bar.faint) classes.push('vr-faint');
  if (broken.length) classes.push('vr-broken');
  if (row.lanes > 1) classes.push('vr-half');
  if (bar.waits) classes.push('vr-waits');
  if (data.chosen === bar.seat) classes.push('vr-chosen');
  if (its.lift && its.lift.bar.seat === bar.seat) classes.push('vr-lifted');
  const part = 100 / row.lanes;
  const style = { ...placed(data, bar), ...colours(read, bar.kind) };
  if (row.lanes > 1) { style.top = `calc(${part * bar.lane}% + 1px)`; style.height = `calc(${part}% - 1px)`; }
  return h('div', { class: classes.join(' '), role: 'gridcell', 'data-seat': bar.seat, 'aria-label': lineOf(its, bar), 'aria-selected': data.chosen === bar.seat ? 'true' : 'false', style },
    broken.length ? h('b', { 'aria-hidden': 'true' }, '!') : null, fits(its, bar) ? h('span', {}, bar.short) : null);
}

/** Whether a bar is wide enough for its words, or for the first few of them. */
function fits(its, bar) {
  const [first, last] = its.data.span, em = its.height / 2, wide = ((Math.min(bar.end, last) - Math.max(bar.start, first)) / (last - first)) * its.track;
  const words = [...bar.short].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e7f ? 1 : 0.55), 0.6) * em;
  return wide >= Math.min(words, 4 * em);
}

/** Where a bar lies on the clock of the span. */
function placed(data, bar) {
  const [first, last] = data.span, a = Math.max(bar.start, first), b = Math.min(bar.end, last);
  return { left: `${((a - first) / (last - first)) * 100}%`, width: `${((b - a) / (last - first)) * 100}%` };
}

const look = (read, k) => (read.base.kinds[k][4] ? 'vr-striped' : '');
const colours = (read, k) => ({ '--light': read.base.kinds[k][2], '--dark': read.base.kinds[k][3] });

/** A duty in one line: who, when, where, what; and what it breaks. */
function lineOf(its, bar) {
  const who = bar.person < 0 ? its.data.words[bar.must ? 'must' : 'wish'] : its.read.people[bar.person].name;
  return [who, its.read.clock.span(bar.start, bar.end), bar.place, bar.what, ...its.model.broken.of(bar)].filter(Boolean).join('; ');
}

/** What is known of giving the duty in hand to somebody: a sign, a word, and what it costs. */
function verdictOf(its, person) {
  const { lift, data } = its, { words } = data;
  if (!lift || person === lift.bar.person) return null;
  const known = data.hints && data.hints.seat === lift.bar.seat ? data.hints : null;
  const state = known ? known.states[person] : '';
  if (!state || state === '-') return null;
  const sign = { f: '✓', c: '⇄', x: '✕' }[state], price = known.prices[person];
  const cost = state !== 'x' && price ? fill(price > 0 ? words.more : words.less, { n: Math.abs(price).toLocaleString() }) : '';
  return { state, sign, text: [{ f: words.free, c: words.leaves, x: words.breaks }[state], cost].filter(Boolean).join('; ') };
}

/** The line above the rows: what is in hand, or what the last change did. */
function tell(its, parts, tone) {
  const { made } = its;
  made.state.className = `vr-state vr-${tone || 'calm'}`;
  made.says.replaceChildren(...parts);
}

function tellLast(its) {
  const { data, made } = its, { words, last } = data;
  if (!data.editing) return;
  if (its.pending) tell(its, [h('strong', {}, words.judging)]);
  else if (last) tell(its, [h('strong', {}, last.head), last.lines.length ? h('ul', {}, ...last.lines.map((line) => h('li', {}, line))) : null].filter(Boolean), last.tone);
  else tell(its, [words.hint]);
  // The way back stands beside what was done, as long as there is one.
  const button = (name, title) => (data[name] ? h('button', { type: 'button', 'aria-label': `${title}: ${data[name]}`, title: data[name], onclick: () => its.hooks.step(name) }, title) : null);
  made.buttons.replaceChildren(...[button('undo', words.undo), button('redo', words.redo)].filter(Boolean));
}

/** A bar's words beside the pointer. */
function tipsOf(its) {
  const { made } = its;
  made.scroll.addEventListener('pointermove', (event) => {
    if (its.lift) return;
    const node = event.target.closest && event.target.closest('[data-seat]');
    const bar = node && (its.model.holder.get(node.dataset.seat) || its.model.holes.get(node.dataset.seat));
    const name = !bar && event.target.closest && event.target.closest('[data-name]');
    const row = name && its.rows[name.dataset.name];
    const broken = row && row.kind === 'person' ? its.model.broken.people.get(row.person) || [] : [];
    if (bar) tipAt(its, event.clientX, event.clientY, lineOf(its, bar).split('; '));
    else if (row && row.kind === 'person') tipAt(its, event.clientX, event.clientY, [its.read.people[row.person].name, its.read.people[row.person].rank, ...broken].filter(Boolean));
    else made.tip.hidden = true;
  });
  made.scroll.addEventListener('pointerleave', () => { if (!its.lift) made.tip.hidden = true; });
}

function tipAt(its, x, y, lines, tone) {
  const { tip, frame } = its.made, around = frame.getBoundingClientRect();
  tip.className = `vr-tip vr-${tone || 'calm'}`;
  tip.replaceChildren(h('strong', {}, lines[0]), ...lines.slice(1).map((line) => h('div', {}, line)));
  tip.hidden = false;
  const left = x - around.left + 14, up = y - around.top + 16;
  tip.style.left = `${Math.max(4, Math.min(left, around.width - tip.offsetWidth - 6))}px`;
  tip.style.top = `${up + tip.offsetHeight > around.height ? Math.max(4, up - tip.offsetHeight - 26) : up}px`;
}

/** ``{name}`` in a sentence. */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_all, name) => String(values[name] ?? ''));
}

/** Whether a CSS colour is a dark one. */
function isDark(color) {
  const pen = document.createElement('canvas').getContext('2d');
  pen.fillStyle = color;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  return 0.3 * r + 0.59 * g + 0.11 * b < 128;
}
