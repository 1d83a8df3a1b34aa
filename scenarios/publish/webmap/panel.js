// What stands around the map: search, layers with their legend, the time bar, the details of what was clicked.

/** Rows of a legend and switches in one card, so that what a sign means stands where it is turned off. */
function layersCard(words, switches) {
  const swatch = (name) => h('span', { class: `vm-swatch vm-swatch-${name}`, 'aria-hidden': 'true' });
  // A key is a known sign, or a text with a colour of its own; many short ones stand side by side.
  const own = ({ text, light, dark }) => h('span', { class: 'vm-chip', style: { '--light': light, '--dark': dark } }, h('i', { 'aria-hidden': 'true' }), text);
  const keysOf = (legend) => (legend.some((key) => key.text) ? h('div', { class: 'vm-chips' }, legend.map(own)) : legend.map((key) => h('div', { class: 'vm-key' }, swatch(key), words[key])));
  const rows = switches.map(({ name, on, set, legend }) => h('div', { class: 'vm-layer' },
    h('label', {}, h('input', { type: 'checkbox', checked: on, 'data-layer': name, onchange: (e) => set(e.target.checked) }), swatch(name), words[name]),
    keysOf(legend || [])));
  const body = h('div', { class: 'vm-layers-body' }, rows);
  const button = h('button', { type: 'button', class: 'vm-head', 'aria-expanded': 'true', onclick: () => {
    const open = card.classList.toggle('vm-shut') === false;
    button.setAttribute('aria-expanded', String(open));
  } }, sign('layers'), words.layers);
  const card = h('section', { class: 'vm-card vm-layers', 'aria-label': words.layers }, button, body);
  return card;
}

function searchBox(data, words, pick) {
  const all = data.posts.map((p) => ['post', p.id, `${p.id}  ${p.name}`])
    .concat(data.sites.map((s) => ['site', s.id, s.name]))
    .concat(data.tours.map((t) => ['patrol', t.id, `${t.sign}  ${t.unit}`, t.span]))
    .concat(data.closures.map((c) => ['closure', c.id, c.name]))
    .concat(data.sections.map((s) => ['section', s.id, `${s.id}  ${s.line}`]));
  const clock = clockOf(data);
  const list = h('ul', { class: 'vm-found', role: 'listbox', hidden: true });
  const input = h('input', { type: 'search', class: 'vm-search-input', placeholder: words.search, 'aria-label': words.search, autocomplete: 'off',
    oninput: () => fill(), onfocus: () => fill(), onkeydown: (e) => {
      if (e.key === 'Enter' && list.firstChild && !list.hidden) list.querySelector('button')?.click();
      if (e.key === 'Escape') { list.hidden = true; }
    } });
  const fill = () => {
    const text = input.value.trim().toLowerCase();
    list.replaceChildren();
    list.hidden = !text;
    if (!text) return;
    const found = all.filter((row) => row[2].toLowerCase().includes(text)).slice(0, 12);
    for (const [kind, id, label, span] of found) {
      const choose = () => { list.hidden = true; input.value = ''; pick(kind, id, true); };
      list.append(h('li', {}, h('button', { type: 'button', onclick: choose }, h('span', { class: 'vm-found-kind' }, words[kind]), label, span ? h('small', {}, clock.span(span[0], span[1])) : null)));
    }
    if (!found.length) list.append(h('li', { class: 'vm-none' }, words.nothing));
  };
  const box = h('div', { class: 'vm-card vm-search' }, h('span', { class: 'vm-find' }, sign('find')), input, list);
  box.addEventListener('focusout', (e) => { if (!box.contains(e.relatedTarget)) setTimeout(() => { list.hidden = true; }, 150); });
  return box;
}

/** The time bar: play, clock, how many are uncovered, a slider under a strip of days, sessions and shortfalls. */
function timeBar(data, words, clock, width, onTime) {
  let second = 0, playing = false, frame = 0, before = 0;
  const share = (s) => `${(100 * s) / data.horizon_s}%`;
  const label = h('div', { class: 'vm-clock' }), state = h('div', { class: 'vm-state', role: 'status' });
  const slider = h('input', { type: 'range', min: 0, max: data.horizon_s, step: 60, class: 'vm-slider', 'aria-label': words.time, oninput: () => go(Number(slider.value)) });
  const speed = h('select', { class: 'vm-speed', 'aria-label': `${words.speed}, ${words.minutes}`, title: `${words.speed}, ${words.minutes}` },
    [1, 5, 15, 60].map((n) => h('option', { value: String(n), selected: n === 5 }, `${n} ${words.minutes}`)));
  const button = h('button', { type: 'button', class: 'vm-play', onclick: () => play(!playing) });
  const play = (on) => {
    playing = on;
    button.replaceChildren(sign(on ? 'pause' : 'play'));
    button.setAttribute('aria-label', on ? words.pause : words.play);
    button.title = on ? words.pause : words.play;
    cancelAnimationFrame(frame);
    before = 0;
    if (on) { if (second >= data.horizon_s) go(0); frame = requestAnimationFrame(step); }
  };
  const step = (now) => {
    // A tab that slept must not jump: a frame counts for a quarter of a second at most.
    const passed = before ? Math.min(0.25, (now - before) / 1000) : 0;
    before = now;
    go(Math.min(data.horizon_s, second + passed * 60 * Number(speed.value)));
    if (second >= data.horizon_s) play(false); else frame = requestAnimationFrame(step);
  };
  const go = (next) => {
    second = next;
    slider.value = String(Math.round(next));
    label.replaceChildren(h('b', {}, clock.hhmm(next)), h('span', {}, clock.day(next)));
    slider.setAttribute('aria-valuetext', `${clock.day(next)} ${clock.hhmm(next)}`);
    const bare = data.sites.filter((site) => siteState(site, next) === 'bare').length;
    const text = bare ? `${bare} ${bare === 1 ? words.uncovered_one : words.uncovered_now}` : data.sites.some((site) => site.cover.length) ? words.all_covered : '';
    if (state.textContent !== text) { state.textContent = text; state.classList.toggle('vm-bad', bare > 0); }
    onTime(next);
  };
  const days = clock.marks(24);
  // About one label in 60 pixels of the track.
  const wish = (data.horizon_s / 3600) * 60 / Math.max(200, width - 420), every = [1, 2, 3, 6, 12, 24].find((n) => n >= wish) || 24;
  const hours = clock.marks(every);
  const strip = h('div', { class: 'vm-strip' },
    data.sessions.map((s) => h('div', { class: 'vm-session', title: `${s.title}  ${clock.span(...s.span)}`, style: { left: share(s.span[0]), width: share(s.span[1] - s.span[0]) } })),
    bareSpans(data).map(([a, b]) => h('div', { class: 'vm-bare', style: { left: share(a), width: share(b - a) } })));
  const room = (s) => s > data.horizon_s * 0.02 && s < data.horizon_s * 0.97;
  const scale = h('div', { class: 'vm-scale' }, hours.filter(room).map((s) => h('span', { class: days.includes(s) ? 'vm-day' : '', style: { left: share(s) } }, days.includes(s) ? clock.day(s) : clock.hhmm(s))));
  const node = h('section', { class: 'vm-card vm-time', 'aria-label': words.time }, button, label, h('div', { class: 'vm-track' }, strip, slider, scale), h('div', { class: 'vm-right' }, state, speed));
  play(false);
  return { node, go, play, get second() { return second; } };
}

/** Spans in which some site that wants cover has none. */
function bareSpans(data) {
  const spans = data.sites.flatMap((site) => site.cover.filter((c) => c[2] === null).map((c) => [c[0], c[1]])).sort((a, b) => a[0] - b[0]);
  const merged = [];
  for (const [a, b] of spans) {
    const last = merged[merged.length - 1];
    if (last && a <= last[1]) last[1] = Math.max(last[1], b); else merged.push([a, b]);
  }
  return merged;
}

/** The story of one thing: facts, then tables; everything that has a place is a link to it. */
function storyOf(data, words, clock, pick) {
  const zh = data.language === 'zh';
  const sites = new Map(data.sites.map((s) => [s.id, s])), posts = new Map(data.posts.flatMap((p) => [[p.place, p], [p.id, p]]));
  const facts = (rows) => h('dl', { class: 'vm-facts' }, rows.filter(([, v]) => v !== '' && v !== null && v !== undefined).map(([k, v]) => [h('dt', {}, k), h('dd', {}, v)]));
  const part = (title, ...body) => (body.flat(2).some(Boolean) ? [h('h4', {}, title), ...body] : []);
  const link = (kind, id, text) => h('button', { type: 'button', class: 'vm-link', onclick: () => pick(kind, id, true) }, text);
  const who = (id) => (id === null ? h('span', { class: 'vm-badtext' }, words.nobody) : posts.has(id) ? link('post', posts.get(id).id, `${posts.get(id).id}`) : id);
  /** Who stands there, when and by whom they are relieved, and why so many. */
  const staff = (rows, second) => rows.map(([a, b, need, names, asks, why], k) => {
    const next = rows.slice(k + 1).find((row) => row[0] >= b - 1800 && row[0] <= b && row[1] > b);
    return h('div', { class: a <= second && second < b ? 'vm-duty vm-nowrow' : 'vm-duty' },
      h('div', { class: 'vm-when' }, clock.span(a, b), h('span', { class: names.length < need ? 'vm-badtext' : 'vm-count' }, ` ${names.length}/${need}`)),
      asks ? h('div', { class: 'vm-soft' }, asks) : null, h('div', {}, names.length ? names.join(', ') : words.empty),
      next ? h('div', { class: 'vm-soft' }, `${words.relieved} ${clock.hhmm(next[0])}: ${next[3].join(', ') || words.empty}`) : null,
      why !== undefined && data.texts[why] ? h('div', { class: 'vm-why' }, h('b', {}, `${words.why}: `), data.texts[why]) : null);
  });
  const visits = visitsOf(data.tours);
  /** The last patrol before now, and the next three. */
  const seen = (id, second) => {
    const rows = visits.get(id) || [], before = rows.filter((row) => row[1] <= second).slice(-1), after = rows.filter((row) => row[1] > second).slice(0, 3);
    return [...before, ...after].map((row) => h('div', { class: row[0] <= second && second < row[1] ? 'vm-nowrow' : row[1] <= second ? 'vm-soft' : '' }, `${clock.day(row[0])} ${clock.hhmm(row[0])}–${clock.hhmm(row[1])}  `, link('patrol', row[2].id, row[2].sign)));
  };
  const gaps = (rows) => (rows.length ? h('table', { class: 'vm-table' }, h('tr', {}, h('th', {}, words.when), h('th', {}, words.promised), h('th', {}, words.longest)),
    rows.map(([a, b, promised, longest]) => h('tr', { class: longest > promised ? 'vm-badtext' : '' }, h('td', {}, clock.span(a, b)), h('td', {}, lasting(promised, zh)), h('td', {}, lasting(longest, zh))))) : null);
  const cover = (rows, second) => (rows.length ? h('table', { class: 'vm-table' }, h('tr', {}, h('th', {}, words.when), h('th', {}, words.first), h('th', {}, words.second)),
    merged(rows).map((c) => h('tr', { class: c[0] <= second && second < c[1] ? 'vm-nowrow' : '' }, h('td', {}, clock.span(c[0], c[1])),
      h('td', {}, who(c[2]), c[2] !== null && c[3] !== null ? ` ${lasting(c[3], zh)}` : ''), h('td', {}, c[4] === null ? '–' : [who(c[4]), c[5] === null ? '' : ` ${lasting(c[5], zh)}`])))) : null);
  /** The territory of a post by time, and the post of a site by time. */
  const answers = (id, second) => data.territories.filter((row) => row[2] === id && row[3].length).map(([a, b, , rows, late]) => h('div', { class: a <= second && second < b ? 'vm-nowrow' : '' },
    h('div', { class: 'vm-when' }, clock.span(a, b)), h('div', { class: 'vm-links' }, rows.map(([site, took]) => h('span', { class: late.includes(site) ? 'vm-badtext' : '', title: late.includes(site) ? words.late : null },
      sites.has(site) ? link('site', site, sites.get(site).name) : site, ` ${lasting(took, zh)}`)))));
  const answered = (id, second) => data.territories.map(([a, b, post, rows]) => [a, b, post, rows.find(([site]) => site === id)]).filter((row) => row[3]).sort((x, y) => x[0] - y[0])
    .map(([a, b, post, [, took]]) => h('div', { class: a <= second && second < b ? 'vm-nowrow' : '' }, `${clock.span(a, b)}  `, who(post), ` ${lasting(took, zh)}`));
  const sights = (id, second) => data.presence.filter((row) => row[0] === id).map(([, a, b, people, barriers, cameras]) => h('div', { class: a <= second && second < b ? 'vm-nowrow' : '' },
    `${clock.span(a, b)}  ${people} % ${words.by_people}`, barriers ? `, ${barriers} % ${words.by_barriers}` : '', cameras ? `, ${cameras} % ${words.by_cameras}` : ''));
  const unseen = (section, second) => {
    const since = unseenFor(section, visits.get(section.id) || [], second);
    return since === null ? null : h('p', { class: sectionState(section, visits.get(section.id) || [], second) === 'broken' ? 'vm-badtext' : '' }, `${clock.day(second)} ${clock.hhmm(second)}: ${words.unseen} ${lasting(since, zh)}`);
  };
  // Neighbouring periods with the same answer are one row for the reader.
  const merged = (rows) => rows.reduce((out, row) => {
    const last = out[out.length - 1];
    if (last && last[1] === row[0] && last.slice(2).join() === row.slice(2).join()) last[1] = row[1]; else out.push([...row]);
    return out;
  }, []);
  const tell = {
    site: (s, second) => [s.name, words.site, facts([[words.class, s.cls], [words.owner, s.owner], [words.lead, s.lead], [words.standard, s.cover.length ? lasting(s.standard_s, zh) : '']]),
      part(words.answered, answered(s.id, second)), part(words.cover, cover(s.cover, second)), part(words.gaps, gaps(s.gaps)), part(words.visits, seen(s.id, second)), part(words.in_sight, sights(s.id, second)), part(words.on_duty, staff(s.staff, second))],
    post: (p, second) => [`${p.id}  ${p.name}`, words.post, facts([[words.owner, p.owner], [words.lead, p.lead]]), p.worth ? h('p', { class: 'vm-soft' }, p.worth) : null,
      part(words.stands, p.stands.map(([a, b, kind, n]) => h('div', {}, `${clock.span(a, b)}  `, h('span', { class: 'vm-soft' }, `${n} × ${kind}`)))),
      part(words.lacking, p.lacking.map(([a, b]) => h('div', { class: a <= second && second < b ? 'vm-badtext vm-nowrow' : 'vm-badtext' }, clock.span(a, b)))),
      part(words.answers, answers(p.id, second)), part(words.covers, h('div', { class: 'vm-links' }, p.covers.map((id) => (sites.has(id) ? link('site', id, sites.get(id).name) : h('span', {}, id))))), part(words.visits, seen(p.place, second)), part(words.on_duty, staff(p.staff, second))],
    patrol: (t, second) => [`${t.sign}  ${t.unit}`, words.patrol, facts([[words.when, clock.span(...t.span)], [words.way, `${(t.metres / 1000).toFixed(1)} km`], [words.crew, t.members.map((m) => (m.role ? `${m.name} (${m.role})` : m.name)).join(', ') || words.empty],
      [words.lacking, t.manned ? '' : h('span', { class: 'vm-badtext' }, words.counts_not)], [words.rest, t.rests.map(([a, b]) => `${clock.hhmm(a)}–${clock.hhmm(b)}`).join(', ')]]),
      part(words.stops, h('table', { class: 'vm-table' }, h('tr', {}, h('th', {}, words.arrive), h('th', {}, words.leave), h('th', {}, words.at)),
        t.stops.map(([id, name, , , arrive, leave]) => h('tr', { class: arrive <= second && second < leave ? 'vm-nowrow' : '' }, h('td', {}, clock.hhmm(arrive)), h('td', {}, clock.hhmm(leave)), h('td', {}, sites.has(id) ? link('site', id, name) : name)))))],
    section: (s, second) => [s.id, words.section, facts([[words.line, s.line], [words.class, words[s.cls] || s.cls], [words.length, `${s.metres} m`]]), unseen(s, second), part(words.visits, seen(s.id, second)), part(words.gaps, gaps(s.gaps) || h('p', { class: 'vm-soft' }, words.off))],
    closure: (c) => [c.name, words.closure, facts([[words.when, c.span ? clock.span(...c.span) : '']])],
    zone: (z) => [z.name, words.zone, facts([[words.class, z.kind]])],
  };
  return (kind, thing, second) => tell[kind](thing, second);
}
