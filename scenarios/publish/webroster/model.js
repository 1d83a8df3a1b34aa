// The coded roster as bars: who has which seat when, what stands empty, what is broken; and the rows that show it.

/** The coded plan, read once: bars of each person as it was made, and what is looked up again and again. */
function readRoster(base) {
  const group = base.groups.map(([id, start, end, kind, place, short]) => ({ id, start, end, kind, place: base.texts[place], short: base.texts[short] }));
  const number = new Map(group.map((its, g) => [its.id, g])), alike = new Map();
  group.forEach((its, g) => {
    const key = `${its.kind}|${its.place}`;
    if (!alike.has(key)) alike.set(key, []);
    alike.get(key).push(g);
  });
  const people = base.people.map(([id, name, unit, rank]) => ({ id, name, unit, rank, low: name.toLocaleLowerCase() }));
  const known = new Map(people.map((person, i) => [person.id, i]));
  const read = { base, group, number, people, known, alike, clock: clockOf(base) };
  read.bars = base.duties.map((flat, i) => {
    const found = [];
    for (let k = 0; k < flat.length; k += 3) found.push(barOf(read, flat[k], flat[k + 1], base.texts[flat[k + 2]], i));
    return found;
  });
  return read;
}

/** One seat as a bar; ``person`` is a number in the list of people, -1 where the seat is empty. */
function barOf(read, g, n, what, person, must) {
  const its = read.group[g];
  return { seat: `${its.id}/${n}`, g, n, start: its.start, end: its.end, kind: its.kind, place: its.place, short: its.short, what, person, must };
}

/** The roster as it stands: the coded one, what was changed since, and what was dropped and not answered yet. */
function standingRoster(read, data, pending) {
  const bars = read.bars.slice(), holder = new Map();
  for (const [i, rows] of Object.entries(data.changed)) bars[i] = rows.map(([g, n, what]) => barOf(read, g, n, what, Number(i)));
  for (const rows of bars) for (const bar of rows) holder.set(bar.seat, bar);
  const holes = new Map(data.holes.map(([g, n, must]) => { const bar = barOf(read, g, n, '', -1, Boolean(must)); return [bar.seat, bar]; }));
  for (const [seat, person] of pending ? pending.moves : []) {
    const was = holder.get(seat) || holes.get(seat);
    if (!was) continue;
    if (was.person >= 0) bars[was.person] = bars[was.person].filter((bar) => bar.seat !== seat);
    holes.delete(seat);
    holder.delete(seat);
    const now = { ...was, person: person === null ? -1 : person, waits: true };
    if (person === null) { holes.set(seat, { ...now, must: true }); continue; }
    bars[person] = [...bars[person], now].sort((a, b) => a.start - b.start);
    holder.set(seat, now);
  }
  return { read, bars, holder, holes, broken: brokenOf(read, data.broken) };
}

/** What is broken: sentences by person, and by seat group where the rule names it. */
function brokenOf(read, rows) {
  const people = new Map(), duties = new Map();
  const add = (map, key, text) => map.set(key, [...(map.get(key) || []), text]);
  for (const [who, where, text] of rows) {
    for (const i of who) {
      add(people, i, text);
      for (const g of where) add(duties, `${i}|${g}`, text);
    }
  }
  return { people, of: (bar) => duties.get(`${bar.person}|${bar.g}`) || [] };
}

/** Rows from top to bottom: lanes of empty seats, then people by unit; ``bars`` are those of the span. */
function rowsOf(model, data) {
  const { read } = model, [first, last] = data.span, find = data.find.toLocaleLowerCase();
  const inside = (bar) => bar.start < last && first < bar.end;
  const fits = (bar) => !find || [bar.place, bar.seat].some((text) => text.toLocaleLowerCase().includes(find));
  const rows = [];
  if (data.editing) {
    const empty = [...model.holes.values()].filter((bar) => inside(bar) && fits(bar)).sort((a, b) => a.start - b.start || a.end - b.end);
    if (empty.length) rows.push({ kind: 'head', key: 'empty', title: data.words.empty, n: empty.length });
    lanesOf(empty).forEach((bars, k) => rows.push({ kind: 'empty', key: `e${k}`, bars, lanes: 1 }));
  }
  const several = !data.unit, units = new Map();
  read.people.forEach((person, i) => {
    if (data.unit && read.base.units[person.unit][0] !== data.unit) return;
    const bars = model.bars[i].filter(inside), named = !find || person.low.includes(find);
    const some = bars.filter((bar) => named || fits(bar));
    if (!some.length && !(data.editing && named)) return;
    for (const bar of bars) bar.faint = !some.includes(bar);
    const row = { kind: 'person', key: `p${i}`, person: i, bars, lanes: stacked(bars) };
    if (!units.has(person.unit)) units.set(person.unit, []);
    units.get(person.unit).push(row);
  });
  for (const [unit, its] of [...units].sort((a, b) => a[0] - b[0])) {
    if (several && units.size > 1) rows.push({ kind: 'head', key: `u${unit}`, title: read.base.units[unit][1], n: its.length });
    rows.push(...its);
  }
  return rows;
}

/** Bars that do not overlap share a lane. */
function lanesOf(bars) {
  const lanes = [];
  for (const bar of bars) {
    let lane = lanes.find((one) => one[one.length - 1].end <= bar.start);
    if (!lane) { lane = []; lanes.push(lane); }
    lane.push(bar);
  }
  return lanes;
}

/** Duties of one person that overlap stand above each other: how many are above each other at most. */
function stacked(bars) {
  const lanes = lanesOf([...bars].sort((a, b) => a.start - b.start));
  lanes.forEach((lane, k) => { for (const bar of lane) bar.lane = k; });
  return Math.max(1, lanes.length);
}

/** Seats of the same kind at the same place at other times within the span: a duty can be changed for one of them. */
function slotsOf(model, bar, span) {
  const { read } = model, mine = new Set(bar.person < 0 ? [] : model.bars[bar.person].map((one) => one.g));
  const found = [];
  for (const g of read.alike.get(`${bar.kind}|${bar.place}`) || []) {
    const its = read.group[g];
    if (g === bar.g || mine.has(g) || its.start >= span[1] || its.end <= span[0]) continue;
    const hole = [...model.holes.values()].find((one) => one.g === g);
    const held = hole || model.holder.get(`${its.id}/${bar.n}`) || model.holder.get(`${its.id}/1`);
    if (held) found.push(held);
  }
  return found.sort((a, b) => a.start - b.start);
}
