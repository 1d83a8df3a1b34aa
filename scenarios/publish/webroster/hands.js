// A duty in hand: taken with the mouse or the keyboard, held over a row, dropped. What comes of it is judged elsewhere.

const FAR = 5; // pixels before a press is a drag
const EDGE = 36, PACE = 14; // near the edge the rows move on by themselves
const DWELL = 180; // milliseconds over somebody before it is asked what that would do

function handsOf(its) {
  const { made, hooks } = its;
  let press = null, rolling = 0, asking = 0;

  made.scroll.addEventListener('pointerdown', (event) => {
    const node = event.button === 0 && event.target.closest('[data-seat]');
    closeMenu();
    if (!node || its.lift) return;
    const bar = its.model.holder.get(node.dataset.seat) || its.model.holes.get(node.dataset.seat);
    if (!bar) return;
    its.active = { row: Number(node.closest('[data-row]').dataset.row), seat: bar.seat };
    press = { bar, x: event.clientX, y: event.clientY, id: event.pointerId };
  });
  made.scroll.addEventListener('pointermove', (event) => {
    if (press && !its.lift && its.data.editing && Math.hypot(event.clientX - press.x, event.clientY - press.y) > FAR) {
      made.scroll.setPointerCapture(press.id);
      lift(press.bar, 'mouse');
    }
    if (its.lift && its.lift.by === 'mouse') { its.lift.x = event.clientX; its.lift.y = event.clientY; aim(); roll(); }
  });
  made.scroll.addEventListener('pointerup', () => {
    const was = press;
    press = null;
    if (its.lift && its.lift.by === 'mouse') drop();
    else if (was && its.data.editing) hooks.picked(was.bar.seat);
    if (was) its.redraw();
  });
  made.scroll.addEventListener('pointercancel', () => { press = null; if (its.lift && its.lift.by === 'mouse') cancel(); });
  made.scroll.addEventListener('dragstart', (event) => event.preventDefault());

  function lift(bar, by) {
    its.lift = { bar, by, x: 0, y: 0, target: null, slots: slotsOf(its.model, bar, its.data.span) };
    made.frame.classList.add('vr-holding');
    // Whatever is said meanwhile, the rows stay where they are under the pointer.
    made.state.style.height = `${made.state.offsetHeight}px`;
    made.slots.replaceChildren();
    const home = its.rows.findIndex((row) => (row.bars || []).some((one) => one.seat === bar.seat));
    its.lift.home = home;
    if (home >= 0) made.slots.append(...its.lift.slots.map((slot) => h('div', { class: 'vr-row', style: { top: `${home * its.height}px` } }, h('div', { class: 'vr-track' }, h('div', { class: 'vr-slot', style: placed(its.data, slot) })))));
    hooks.lifted(bar.seat);
    its.redraw();
    tellLift();
  }

  /** What lies under the pointer: nobody, an empty seat, a person, another time in its own row. */
  function under(x, y) {
    const { bar, slots, home } = its.lift, box = made.body.getBoundingClientRect(), top = made.nobody.getBoundingClientRect();
    const edge = made.scroll.getBoundingClientRect();
    if (x < edge.left || x > edge.right || y < edge.top || y > edge.bottom) return null;
    if (y >= top.top && y < top.bottom) return bar.person < 0 ? null : { what: 'nobody' };
    if (y < top.bottom) return null;
    const k = Math.floor((y - box.top) / its.height), row = its.rows[k];
    if (!row || row.kind === 'head') return null;
    const track = made.lines.firstChild.getBoundingClientRect(), [first, last] = its.data.span;
    const second = first + ((x - track.left) / track.width) * (last - first);
    const held = (row.bars || []).find((one) => one.start <= second && second < one.end && one.seat !== bar.seat);
    if (k === home) {
      const slot = slots.find((one) => one.start <= second && second < one.end);
      return slot ? { what: 'slot', slot, row: k } : null;
    }
    if (row.kind === 'empty') {
      if (bar.person < 0) return null;
      return held ? { what: 'seat', seat: held, row: k } : { what: 'nobody' };
    }
    return { what: 'person', person: row.person, row: k, over: held };
  }

  function aim() {
    const { lift: held } = its;
    place(under(held.x, held.y));
    const goal = targetWords(its);
    if (goal) tipAt(its, held.x, held.y, goal.lines, goal.tone);
    else made.tip.hidden = true;
  }

  /** Show where the duty would go, and say so. */
  function place(target) {
    const { lift: held } = its, before = held.target;
    held.target = target;
    const same = before === target || (before && target && before.what === target.what && before.row === target.row && before.over === target.over && before.slot === target.slot);
    const bar = target && target.slot ? target.slot : target && target.seat ? target.seat : held.bar;
    made.ghost.hidden = !target || target.what === 'nobody';
    made.nobody.classList.toggle('vr-target', Boolean(target && target.what === 'nobody'));
    if (!made.ghost.hidden) {
      const track = made.lines.firstChild, at = placed(its.data, bar), name = made.frame.querySelector('.vr-name').offsetWidth;
      made.ghost.className = `vr-bar vr-ghost ${look(its.read, held.bar.kind)}`;
      for (const [key, value] of Object.entries(colours(its.read, held.bar.kind))) made.ghost.style.setProperty(key, value);
      Object.assign(made.ghost.style, {
        top: `${target.row * its.height + 2}px`, height: `${its.height - 4}px`,
        left: `${name + (parseFloat(at.left) / 100) * track.clientWidth}px`, width: `${(parseFloat(at.width) / 100) * track.clientWidth}px`,
      });
      made.ghost.textContent = held.bar.short;
    }
    if (same) return;
    if (before && its.shown.get(before.row)) its.shown.get(before.row).classList.remove('vr-target');
    if (target && its.shown.get(target.row)) its.shown.get(target.row).classList.add('vr-target');
    clearTimeout(asking);
    // Who has to leave another duty is asked what is meant first; all others are judged before they are let go.
    const known = target && target.what === 'person' && verdictOf(its, target.person);
    if (known && known.state !== 'c' && held.asked !== target.person) {
      asking = setTimeout(() => { held.asked = target.person; hooks.asked(held.bar.seat, its.read.people[target.person].id); }, DWELL);
    }
    tellLift();
  }

  function tellLift() {
    const goal = targetWords(its), { words } = its.data;
    const what = h('strong', {}, `${its.lift.bar.short} ${its.read.clock.hhmm(its.lift.bar.start)}–${its.read.clock.hhmm(its.lift.bar.end)}`);
    its.say(goal ? [what, ` → ${goal.lines.join('; ')}`] : [what, ' ', words.holding], goal ? goal.tone : 'calm');
  }

  /** The rows move on while the duty is held at their edge. */
  function roll() {
    if (rolling) return;
    const step = () => {
      rolling = 0;
      const held = its.lift;
      if (!held || held.by !== 'mouse') return;
      const edge = made.scroll.getBoundingClientRect(), top = made.nobody.getBoundingClientRect().bottom;
      const near = held.y > edge.bottom - EDGE && held.y < edge.bottom + 60 ? PACE : held.y > top && held.y < top + EDGE ? -PACE : 0;
      if (!near || made.scroll.scrollTop + near < 0) return;
      const was = made.scroll.scrollTop;
      made.scroll.scrollTop += near;
      if (made.scroll.scrollTop === was) return;
      aim();
      rolling = requestAnimationFrame(step);
    };
    rolling = requestAnimationFrame(step);
  }

  function cancel() {
    if (!its.lift) return;
    letGo();
    its.redraw();
    tellLast(its);
  }

  function letGo() {
    clearTimeout(asking);
    its.lift = null;
    made.frame.classList.remove('vr-holding');
    made.state.style.height = '';
    made.ghost.hidden = true;
    made.tip.hidden = true;
    made.slots.replaceChildren();
    made.nobody.classList.remove('vr-target');
    closeMenu();
  }

  /** Let the duty go where it is; where somebody has a duty already, it is asked which of two things is meant. */
  function drop() {
    const { bar, target } = its.lift;
    if (!target) { cancel(); return; }
    if (target.what === 'nobody') send('empty', [[bar.seat, null]]);
    else if (target.what === 'seat') send('move', [[bar.seat, null], [target.seat.seat, bar.person]], { other: target.seat.seat });
    else if (target.what === 'slot') taken(target.slot);
    else {
      const { start, end } = bar, its_ = its.model.bars[target.person], give = () => send('give', [[bar.seat, target.person]], { person: its.read.people[target.person].id });
      const others = bar.person < 0 ? [] : [...new Set([target.over, ...its_.filter((one) => one.start < end && start < one.end)].filter(Boolean))];
      if (!others.length) { give(); return; }
      ask(others, give, its.read.people[target.person].name);
    }
  }

  /** Another seat instead of this one: an empty one is taken, with who holds one it is changed. */
  function taken(other) {
    const { bar } = its.lift;
    if (bar.person < 0) { if (other.person >= 0) send('move', [[other.seat, null], [bar.seat, other.person]], { seat: other.seat, other: bar.seat }); else cancel(); return; }
    if (other.person < 0) send('move', [[bar.seat, null], [other.seat, bar.person]], { other: other.seat });
    else swap(other);
  }

  function swap(other) {
    const { bar } = its.lift;
    send('swap', [[bar.seat, other.person], [other.seat, bar.person]], { other: other.seat });
  }

  function send(way, moves, more) {
    const n = Date.now(), seat = its.lift.bar.seat;
    its.pending = { n, moves };
    its.active.seat = moves[moves.length - 1][0];
    letGo();
    its.model = standingRoster(its.read, its.data, its.pending);
    its.redraw();
    follow();
    tellLast(its);
    hooks.dropped({ n, way, seat, ...more });
  }

  /** What has the focus goes along with its duty. */
  function follow() {
    const k = its.rows.findIndex((row) => (row.bars || []).some((bar) => bar.seat === its.active.seat));
    if (k >= 0) its.active.row = k;
    its.paint();
  }

  function ask(others, give, name) {
    const { words } = its.data, { menu, frame, scroll } = made;
    its.lift.asks = true;
    made.tip.hidden = true;
    const choice = (title, act) => h('button', { type: 'button', role: 'menuitem', onclick: act }, title);
    const when = (bar) => `${bar.short} ${its.read.clock.hhmm(bar.start)}–${its.read.clock.hhmm(bar.end)}`;
    menu.replaceChildren(
      ...others.slice(0, 4).map((other) => choice(fill(words.swap, { name, what: when(other) }), () => swap(other))),
      choice(fill(words.give, { name }), give), choice(words.cancel, () => { cancel(); scroll.focus(); }));
    menu.setAttribute('aria-label', fill(words.choose, { name }));
    menu.hidden = false;
    const around = frame.getBoundingClientRect(), box = made.ghost.getBoundingClientRect();
    const up = box.bottom - around.top + 4;
    menu.style.left = `${Math.max(6, Math.min(box.left - around.left, around.width - menu.offsetWidth - 8))}px`;
    menu.style.top = `${up + menu.offsetHeight > around.height ? Math.max(4, box.top - around.top - menu.offsetHeight - 4) : up}px`;
    menu.querySelector('button').focus({ preventScroll: true });
  }

  function closeMenu() {
    if (made.menu.hidden) return;
    made.menu.hidden = true;
    made.menu.replaceChildren();
    if (its.lift && its.lift.asks) cancel();
  }
  made.menu.addEventListener('keydown', (event) => {
    const all = [...made.menu.children], at = all.indexOf(made.menu.getRootNode().activeElement);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') all[(at + (event.key === 'ArrowDown' ? 1 : -1) + all.length) % all.length].focus();
    else if (event.key === 'Escape') { cancel(); made.scroll.focus(); } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    lift, place, drop, cancel, follow,
    /** After news from the desk: the duty in hand stays in hand, and what is known of its target is said anew. */
    refresh: () => {
      follow();
      if (!its.lift || its.lift.asks) return;
      if (!its.model.holder.has(its.lift.bar.seat) && !its.model.holes.has(its.lift.bar.seat)) { cancel(); return; }
      const { target } = its.lift;
      if (target) { its.lift.target = null; place(target); if (its.lift.by === 'mouse') aim(); else tellLift(); } else tellLift();
    },
  };
}

/** What is said of the place where the duty in hand would go. */
function targetWords(its) {
  const { lift, data, read } = its, { words } = data, target = lift.target;
  if (!target) return null;
  if (target.what === 'nobody') return { lines: [words.nobody, words.would_empty], tone: 'warn' };
  const other = target.slot || target.seat;
  if (other) return { lines: [read.clock.span(other.start, other.end), other.person < 0 ? words.would_move : fill(words.would_swap, { name: read.people[other.person].name })], tone: 'calm' };
  const name = read.people[target.person].name, told = verdictOf(its, target.person);
  const why = data.why && data.why.seat === lift.bar.seat && data.why.person === read.people[target.person].id ? data.why : null;
  if (why) return { lines: [name, why.head, ...why.lines.slice(0, 3)], tone: why.tone };
  if (told) return { lines: [name, `${told.sign} ${told.text}`], tone: { f: 'ok', c: 'warn', x: 'bad' }[told.state] };
  return { lines: [name, words.unjudged], tone: 'calm' };
}
