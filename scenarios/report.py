"""Outcome and audit -> figures and sentences in the field's own words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from math import log2
from statistics import mean

from scenarios.audit import PlanAudit
from scenarios.levels import level_title
from scenarios.plan import Plan
from scenarios.references import references
from scenarios.variants import watched
from scenarios.view import GapView, Kpi, PlanView


def with_report(view: PlanView, plan: Plan, audit: PlanAudit) -> PlanView:
    """The view with its figures and its summary."""
    patrols = (*_patrol_kpis(view), *_watch_kpis(view, plan), *_beat_kpis(audit), *_reference_kpis(audit))
    kpis = (*_seat_kpis(view, audit), *_cover_kpis(view), *patrols, *_people_kpis(view, audit))
    view = replace(view, kpis=kpis)
    return replace(view, summary=tuple(_summary(view, plan, audit)))


def _seat_kpis(view: PlanView, audit: PlanAudit) -> list[Kpi]:
    need = sum(s.need for s in view.seats)
    filled = sum(min(s.need, len(s.people)) for s in view.seats)
    must = sum(n for _, n in audit.short)
    hours = sum((s.end_s - s.start_s) / 3600 * len(s.people) for s in view.seats)
    at_once = _peak((s.start_s, s.end_s, len(s.people)) for s in view.seats)
    return [
        Kpi("seats", "Seats filled", filled / need if need else 1.0, f"{filled} of {need}", better="up", group="Seats"),
        Kpi("seats_short", "Mandatory seats short", must, str(must), "seats", "down", "Seats"),
        Kpi("seats_wanted", "Other seats short", need - filled - must, str(need - filled - must),
            "seats", "down", "Seats"),
        Kpi("duty_hours", "Hours on duty", hours, f"{hours:,.0f} h", "h", "", "Seats"),
        Kpi("peak", "Most officers on duty at once", at_once, str(at_once), "officers", "", "Seats"),
    ]


def _peak(spans: Iterable[tuple[int, int, int]]) -> int:
    steps: dict[int, int] = defaultdict(int)
    for start, end, n in spans:
        steps[start] += n
        steps[end] -= n
    level = best = 0
    for second in sorted(steps):
        level += steps[second]
        best = max(best, level)
    return best


def _cover_kpis(view: PlanView) -> list[Kpi]:
    total = in_time = double = 0
    worst: tuple[int, str] = (0, "")
    for site in view.sites:
        for c in site.cover:
            span = (c.end_s - c.start_s) * site.weight
            total += span
            in_time += span if c.first else 0
            double += span if c.second else 0
            worst = max(worst, (c.first_s or 0, site.name))
    share = in_time / total if total else 1.0
    backed = double / total if total else 1.0
    kpis = [
        Kpi("posts", "Posts", len(view.posts), str(len(view.posts)), "posts", "down", "Posts"),
        Kpi("cover", "Sites reached in time (weighted hours)", share, f"{share:.1%}", "", "up", "Posts"),
        Kpi("backup", "With a second post in time", backed, f"{backed:.1%}", "", "up", "Posts"),
    ]
    if worst[1]:
        kpis.append(Kpi("worst_response", "Slowest first response", worst[0],
                        f"{worst[0] // 60}:{worst[0] % 60:02d} min ({worst[1]})", "s", "down", "Posts"))
    return kpis


def _patrol_kpis(view: PlanView) -> list[Kpi]:
    gaps: list[tuple[GapView, int]] = [(g, 0) for s in view.sites for g in s.gaps]
    gaps += [(g, s.length_m) for s in view.sections for g in s.gaps]
    kept = sum(g.longest_s <= g.promised_s for g, _ in gaps)
    over = sum(max(0, g.longest_s - g.promised_s) for g, _ in gaps) / 60
    rail_m = sum(s.length_m for s in view.sections if s.gaps or s.windows)
    calls = [w for s in view.sites for w in s.windows]
    calls += [w for s in view.sections for w in s.windows]
    made = sum(w.visit_s is not None for w in calls)
    km = sum(t.metres for t in view.tours) / 1000
    stops = sum(len(t.stops) for t in view.tours)
    return [
        Kpi("promises", "Longest-gap promises kept", kept / len(gaps) if gaps else 1.0,
            f"{kept} of {len(gaps)}", better="up", group="Patrols"),
        Kpi("windows", "Calls at stated times made", made / len(calls) if calls else 1.0,
            f"{made} of {len(calls)}", better="up", group="Patrols"),
        Kpi("gap_excess", "Unseen beyond promise", over, f"{over:.0f} min", "min", "down", "Patrols"),
        Kpi("rail_km", "Rail under promise", rail_m / 1000, f"{rail_m / 1000:.1f} km", "km", "up", "Patrols"),
        Kpi("tours", "Patrol tours", len(view.tours), str(len(view.tours)), "tours", "", "Patrols"),
        Kpi("stops", "Stops", stops, str(stops), "stops", "up", "Patrols"),
        Kpi("km", "Driven or walked", km, f"{km:.0f} km", "km", "down", "Patrols"),
    ]


def _watch_kpis(view: PlanView, plan: Plan) -> list[Kpi]:
    """How much of the patrols somebody could foretell who has seen every plan, or every day, before (Q9)."""
    seen = watched(plan.patrols, plan.variants, view.horizon_s)
    if seen is None:
        return []
    of = f"of {seen.n} {seen.what}"
    bits = seen.found.entropy_bits
    return [
        Kpi("guessed", f"Visits a watcher {of} foretells to ten minutes", seen.found.best_guess,
            f"{seen.found.best_guess:.0%}", better="down", group="Patrols"),
        Kpi("entropy", "Uncertainty of first arrivals in an hour", bits,
            f"{bits:.1f} of {log2(min(7, seen.n)):.1f} bits", "bits", "up", "Patrols"),
    ]


def _beat_kpis(audit: PlanAudit) -> list[Kpi]:
    """Work of the patrol areas, the least and the most (Q12)."""
    work = [beat.work_s / 3600 for beat in audit.rebuilt.patrols.beats]
    if not work:
        return []
    return [
        Kpi("beats", "Work of the patrol areas, least and most", max(work) - min(work),
            f"{min(work):.1f} h, {max(work):.1f} h in {len(work)} areas", "h", "down", "Patrols")
    ]


def _reference_kpis(audit: PlanAudit) -> list[Kpi]:
    """Crews at the busiest time beside the rounds everybody knows (D12, D14) and what is proven to be the least."""
    tables = audit.rebuilt.patrols
    found = references(tables)
    if found is None:
        return []
    out = sum(
        info.start_s < found.end_s and info.end_s > found.start_s
        for info in (tables.crews[t.crew] for t in audit.served.patrols.tours if t.crew in tables.crews)
    )
    rows = [
        Kpi("rounds", f"Crews out when {found.places} places are promised; on one round (D12); at least", out,
            f"{out}; {found.rounds}; {found.least}", "crews", "", "Patrols")
    ]
    if found.rail_m:
        rows.append(
            Kpi("walkers", f"Walkers for {found.rail_m / 1000:.1f} km of rail (D14); at least",
                found.walkers, f"{found.walkers}; {found.least_walkers}", "walkers", "", "Patrols")
        )
    return rows


def _people_kpis(view: PlanView, audit: PlanAudit) -> list[Kpi]:
    used = [p for p in view.people if p.n_duties]
    hours = [p.hours for p in used]
    wishes = sum(1 for c in audit.engines["roster"].costs if c.rule == "preferences")
    borrowed = sum(d.borrowed for d in view.duties)
    rows = [
        Kpi("people", "Officers with a duty", len(used), f"{len(used)} of {len(view.people)}",
            "officers", "", "People"),
    ]
    if hours:
        rows.append(Kpi("hours_mean", "Hours each, mean and most", mean(hours),
                        f"{mean(hours):.1f} h, {max(hours):.1f} h", "h", "down", "People"))
    rows += [
        Kpi("nights", "Most nights for one officer", max((p.nights for p in used), default=0),
            str(max((p.nights for p in used), default=0)), "nights", "down", "People"),
        Kpi("wishes", "Wishes not met", wishes, str(wishes), "wishes", "down", "People"),
        Kpi("borrowed", "Duties done for another unit", borrowed, str(borrowed), "duties", "down", "People"),
        Kpi("breaches", "Hard rules broken", len(audit.breaches), str(len(audit.breaches)), "", "down", "People"),
    ]
    return rows


def _summary(view: PlanView, plan: Plan, audit: PlanAudit) -> list[str]:
    figure = {k.key: k for k in view.kpis}
    out = [
        (
            f"{figure['seats'].text} seats are filled by {figure['people'].text} officers; "
            f"at most {figure['peak'].text} are on duty at once."
        )
    ]
    if view.posts:
        out.append(
            f"{_many(len(view.posts), 'post reaches', 'posts reach')} "
            f"{figure['cover'].text} of what wants cover in time, "
            f"{figure['backup'].text} with a second post."
        )
    if view.tours:
        out.append(
            f"{_many(len(view.tours), 'patrol tour keeps', 'patrol tours keep')} "
            f"{figure['promises'].text} promises on "
            f"{figure['rail_km'].text} of rail and the sites, over {figure['km'].text}."
        )
    out += broken_promises(view)
    out += missed_calls(view)
    out += bare_sites(view)
    if audit.breaches:
        out.append(f"{_many(len(audit.breaches), 'hard rule is', 'hard rules are')} broken; see the list.")
    elif audit.agrees:
        out.append("No hard rule is broken; the independent audit agrees.")
    else:
        out.append("No hard rule is broken, but the audit comes to other figures than the plan claims.")
    if audit.short:
        empty = sum(n for _, n in audit.short)
        out.append(f"{_many(empty, 'mandatory seat stays', 'mandatory seats stay')} empty:")
        out += list(view.short[:6])
        out += _proof_of_short(plan, empty)
        if (audit.served.siting, audit.served.patrols) != (plan.siting, plan.patrols):
            out.append("A post or patrol with an empty mandatory seat counts for nothing in these figures.")
    # A plan changed by hand can no longer say how good it is.
    gap = "" if plan.edited or not audit.agrees else _gap_text(plan)
    if gap:
        out.append(gap)
    return out


def _many(n: int, one: str, more: str) -> str:
    return f"{n} {one if n == 1 else more}"


def broken_promises(view: PlanView, limit: int = 4) -> list[str]:
    """The longest stretches unseen beyond what is promised, the worst first, the rest counted."""
    named = [(s.name, g) for s in view.sites for g in s.gaps]
    named += [(f"{s.line} {s.id}", g) for s in view.sections for g in s.gaps]
    over = sorted(
        ((g.longest_s - g.promised_s, name, g) for name, g in named if g.longest_s > g.promised_s),
        key=lambda row: (-row[0], row[1]),
    )
    out = [
        f"{name} stays unseen {-(-g.longest_s // 60)} min from {_when(view, g.longest_from_s)}, "
        f"promised are {g.promised_s // 60}."
        for _, name, g in over[:limit]
    ]
    if len(over) > limit:
        out.append(f"{_many(len(over) - limit, 'more promise is', 'more promises are')} not kept.")
    return out


def missed_calls(view: PlanView, limit: int = 4) -> list[str]:
    """Calls that no patrol makes in their span, in order of time, the rest counted."""
    named = [(s.name, w) for s in view.sites for w in s.windows]
    named += [(f"{s.line} {s.id}", w) for s in view.sections for w in s.windows]
    missed = sorted((w.start_s, name, w) for name, w in named if w.visit_s is None)
    out = [
        f"{name} gets no call {_when(view, w.start_s)}-{view.hhmm(w.end_s)}, as it should."
        for _, name, w in missed[:limit]
    ]
    if len(missed) > limit:
        out.append(f"{_many(len(missed) - limit, 'more call is', 'more calls are')} not made.")
    return out


def _when(view: PlanView, second: int) -> str:
    """Weekday and time; with the date where the event is longer than a week."""
    form = "%a %H:%M" if view.horizon_s <= 6 * 86400 else "%a %d %b %H:%M"
    return view.clock(second).strftime(form)


def bare_sites(view: PlanView, limit: int = 4) -> list[str]:
    """Sites that no post reaches in time, the most important first, the rest counted."""
    bare = [(s, c) for s in sorted(view.sites, key=lambda s: (s.cls, -s.weight)) for c in s.uncovered]
    out = []
    for site, c in bare[:limit]:
        nearest = "no post reaches it" if c.first_s is None else f"the nearest needs {c.first_s} s"
        out.append(f"{site.name} has no post within {site.standard_s} s {view.span(c.start_s, c.end_s)}: {nearest}.")
    if len(bare) > limit:
        out.append(f"{_many(len(bare) - limit, 'more span', 'more spans')} without a post in time.")
    return out


def _proof_of_short(plan: Plan, empty: int) -> list[str]:
    """Whether anybody could fill more of the mandatory seats that these posts and patrols call for."""
    result = plan.results.get("roster")
    level = next((level for level in result.levels if level["name"] == "short_0"), None) if result else None
    if plan.edited or level is None or level["value"] != empty:
        return []
    if _repaired(plan):
        # What had begun stayed: from the start, another roster might fill more.
        if level["proven"]:
            return ["This is proven as long as everything stays that had begun or was held fast; see vedette explain."]
        return ["It is not proven that all of them must."]
    if level["proven"]:
        return ["This is proven: with these people no roster fills more of the seats called for."]
    return [f"It is not proven that all of them must: {level['bound'] or 0} at least."]


def _repaired(plan: Plan) -> bool:
    """Whether the roster is a changed one, whose levels were proven beside what stayed, not of every roster."""
    result = plan.results.get("roster")
    return result is not None and result.settings.get("method") == "repair"


def _gap_text(plan: Plan) -> str:
    result = plan.results.get("roster")
    if result is None or _repaired(plan) or not result.levels or any(level["value"] is None for level in result.levels):
        return ""
    for level in result.levels:
        if not level["proven"] and level["bound"] is not None:
            gap = (level["value"] - level["bound"]) / max(1, abs(level["value"]))
            return (f"Roster: {level_title(level['name'])} stand at {level['value']:,}; "
                    f"no roster can be below {level['bound']:,} (gap {gap:.1%}).")
    if all(level["proven"] for level in result.levels):
        return "Roster: proven best on every level."
    return ""
