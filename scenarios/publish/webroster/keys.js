// The same by keyboard: arrows go from duty to duty, Enter takes one up, arrows choose who gets it, Enter drops it.

function keysOf(its, hands) {
  const { made, hooks } = its;
  const people = (k, step) => {
    let row = k;
    do row += step; while (row >= 0 && row < its.rows.length && its.rows[row].kind === 'head');
    return row;
  };

  made.scroll.addEventListener('keydown', (event) => {
    if (event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      const key = event.key.toLowerCase(), name = key === 'y' || (key === 'z' && event.shiftKey) ? 'redo' : key === 'z' ? 'undo' : '';
      if (!name || !its.data.editing || !its.data[name]) return;
      hooks.step(name);
    } else if (!(its.lift ? carry(event.key) : walk(event.key))) return;
    event.preventDefault();
    event.stopPropagation();
  });
  made.scroll.addEventListener('focus', () => { if (its.active.row < 0) walk('Home'); else show(); });

  const PAGE = () => Math.max(1, Math.floor(made.scroll.clientHeight / its.height) - 3);
  const steps = (key) => ({ ArrowUp: -1, ArrowDown: 1, PageUp: -PAGE(), PageDown: PAGE() })[key];

  /** Nothing in hand: go about. */
  function walk(key) {
    const { active, rows } = its, by = steps(key);
    if (!rows.length) return false;
    const row = rows[active.row], bars = row ? row.bars || [] : [], at = bars.findIndex((bar) => bar.seat === active.seat);
    if (by || key === 'Home' || key === 'End') {
      let k = key === 'Home' ? people(-1, 1) : key === 'End' ? rows.length - 1 : Math.min(rows.length - 1, Math.max(0, active.row + by));
      if (rows[k] && rows[k].kind === 'head') k = people(k, by < 0 ? -1 : 1);
      if (k < 0 || k >= rows.length) return true;
      const middle = at >= 0 ? (bars[at].start + bars[at].end) / 2 : its.data.span[0];
      const near = [...(rows[k].bars || [])].sort((a, b) => Math.abs((a.start + a.end) / 2 - middle) - Math.abs((b.start + b.end) / 2 - middle))[0];
      its.active = { row: k, seat: near ? near.seat : null };
    } else if (key === 'ArrowLeft' || key === 'ArrowRight') {
      const next = at + (key === 'ArrowLeft' ? -1 : 1);
      if (bars[next]) its.active = { row: active.row, seat: bars[next].seat };
    } else if ((key === 'Enter' || key === ' ') && at >= 0 && its.data.editing) {
      hands.lift(bars[at], 'keys');
      its.lift.at = active.row;
      return true;
    } else if (key === 'Delete' && at >= 0 && bars[at].person >= 0 && its.data.editing) {
      hands.lift(bars[at], 'keys');
      its.lift.target = { what: 'nobody' };
      hands.drop();
      return true;
    } else return false;
    show();
    return true;
  }

  /** A duty in hand: choose where it goes. */
  function carry(key) {
    const { lift, rows } = its, by = steps(key);
    if (key === 'Escape') { hands.cancel(); show(); return true; }
    if (key === 'Enter' || key === ' ') {
      if (lift.target) hands.drop();
      else { hands.cancel(); hooks.picked(lift.bar.seat); }
      return true;
    }
    if (by || key === 'Home') {
      let k = key === 'Home' ? -1 : lift.at + by;
      if (rows[k] && rows[k].kind === 'head') k = people(k, by < 0 ? -1 : 1);
      k = Math.max(-1, Math.min(rows.length - 1, k));
      lift.at = k;
      const row = rows[k];
      if (!row) aimed(lift.bar.person < 0 ? null : { what: 'nobody' });
      else if (k === lift.home) aimed(null);
      else if (row.kind === 'empty') aimed(lift.bar.person < 0 ? null : { what: 'seat', seat: row.bars[0], row: k });
      else aimed({ what: 'person', person: row.person, row: k });
      return true;
    }
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      const now = lift.target && lift.target.slot, all = lift.slots, forward = key === 'ArrowRight';
      if (rows[lift.at] && rows[lift.at].kind === 'empty' && lift.target) {
        const { bars } = rows[lift.at], next = bars[bars.indexOf(lift.target.seat) + (forward ? 1 : -1)];
        if (next) aimed({ what: 'seat', seat: next, row: lift.at });
        return true;
      }
      const from = now ? now.start : lift.bar.start;
      const next = forward ? all.find((slot) => slot.start > from) : [...all].reverse().find((slot) => slot.start < from);
      if (next) { lift.at = lift.home; aimed({ what: 'slot', slot: next, row: lift.home }); }
      return true;
    }
    return key === 'Tab' ? (hands.cancel(), false) : false;
  }

  function aimed(target) {
    its.active.row = target && target.row !== undefined ? target.row : its.lift.home;
    reveal(its.active.row);
    hands.place(target);
  }

  function reveal(k) {
    const top = k * its.height, head = made.nobody.offsetHeight + made.axis.offsetHeight, { scroll } = made;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (top + its.height + head > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = top + its.height + head - scroll.clientHeight;
    its.paint();
  }

  /** What has the focus is in sight, is told, and has a ring. */
  function show() {
    reveal(Math.max(0, its.active.row));
    ring();
  }

  function ring() {
    for (const old of made.body.querySelectorAll('#vr-active')) { old.removeAttribute('id'); old.classList.remove('vr-active'); }
    const row = its.shown.get(its.active.row);
    const node = row && ([...row.querySelectorAll('[data-seat]')].find((one) => one.dataset.seat === its.active.seat) || row.querySelector('[data-name]'));
    if (!node) { made.scroll.removeAttribute('aria-activedescendant'); return; }
    node.id = 'vr-active';
    node.classList.add('vr-active');
    made.scroll.setAttribute('aria-activedescendant', 'vr-active');
  }

  const repaint = its.paint;
  its.paint = () => { repaint(); ring(); };
  const redraw = its.redraw;
  its.redraw = () => { redraw(); ring(); };
  return { refresh: ring };
}
