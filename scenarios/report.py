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
from scenarios.tongue import dates, mark, says
from scenarios.tongue import say as _
from scenarios.variants import watched
from scenarios.view import GapView, Kpi, PlanView

PLANS_SEEN, DAYS_SEEN = mark("of {n} plans"), mark("of {n} days")


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
        Kpi("seats", _("Seats filled"), filled / need if need else 1.0, _("{n} of {all}", n=filled, all=need),
            better="up", group=_("Seats")),
        Kpi("seats_short", _("Mandatory seats short"), must, str(must), "seats", "down", _("Seats")),
        Kpi("seats_wanted", _("Other seats short"), need - filled - must, str(need - filled - must),
            "seats", "down", _("Seats")),
        Kpi("duty_hours", _("Hours on duty"), hours, _("{hours:,.0f} h", hours=hours), "h", "", _("Seats")),
        Kpi("peak", _("Most officers on duty at once"), at_once, str(at_once), "officers", "", _("Seats")),
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
        Kpi("posts", _("Posts"), len(view.posts), str(len(view.posts)), "posts", "down", _("Posts")),
        Kpi("cover", _("Sites reached in time (weighted hours)"), share, f"{share:.1%}", "", "up", _("Posts")),
        Kpi("backup", _("With a second post in time"), backed, f"{backed:.1%}", "", "up", _("Posts")),
    ]
    if worst[1]:
        time = f"{worst[0] // 60}:{worst[0] % 60:02d}"
        kpis.append(Kpi("worst_response", _("Slowest first response"), worst[0],
                        _("{time} min ({site})", time=time, site=worst[1]), "s", "down", _("Posts")))
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
        Kpi("promises", _("Longest-gap promises kept"), kept / len(gaps) if gaps else 1.0,
            _("{n} of {all}", n=kept, all=len(gaps)), better="up", group=_("Patrols")),
        Kpi("windows", _("Calls at stated times made"), made / len(calls) if calls else 1.0,
            _("{n} of {all}", n=made, all=len(calls)), better="up", group=_("Patrols")),
        Kpi("gap_excess", _("Unseen beyond promise"), over, _("{minutes:.0f} min", minutes=over),
            "min", "down", _("Patrols")),
        Kpi("rail_km", _("Rail under promise"), rail_m / 1000, f"{rail_m / 1000:.1f} km", "km", "up", _("Patrols")),
        Kpi("tours", _("Patrol tours"), len(view.tours), str(len(view.tours)), "tours", "", _("Patrols")),
        Kpi("stops", _("Stops"), stops, str(stops), "stops", "up", _("Patrols")),
        Kpi("km", _("Driven or walked"), km, f"{km:.0f} km", "km", "down", _("Patrols")),
    ]


def _watch_kpis(view: PlanView, plan: Plan) -> list[Kpi]:
    """How much of the patrols somebody could foretell who has seen every plan, or every day, before (Q9)."""
    seen = watched(plan.patrols, plan.variants, view.horizon_s)
    if seen is None:
        return []
    sight = PLANS_SEEN if seen.what == "plans" else DAYS_SEEN
    of = _(sight, n=seen.n)
    bits = seen.found.entropy_bits
    return [
        Kpi("guessed", _("Visits a watcher {of} foretells to ten minutes", of=of), seen.found.best_guess,
            f"{seen.found.best_guess:.0%}", better="down", group=_("Patrols")),
        Kpi("entropy", _("Uncertainty of first arrivals in an hour"), bits,
            _("{bits:.1f} of {most:.1f} bits", bits=bits, most=log2(min(7, seen.n))), "bits", "up", _("Patrols")),
    ]


def _beat_kpis(audit: PlanAudit) -> list[Kpi]:
    """Work of the patrol areas, the least and the most (Q12)."""
    work = [beat.work_s / 3600 for beat in audit.rebuilt.patrols.beats]
    if not work:
        return []
    return [
        Kpi("beats", _("Work of the patrol areas, least and most"), max(work) - min(work),
            _("{least:.1f} h, {most:.1f} h in {n} areas", least=min(work), most=max(work), n=len(work)),
            "h", "down", _("Patrols"))
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
        Kpi("rounds", _("Crews out when {n} places are promised; on one round (D12); at least", n=found.places), out,
            f"{out}; {found.rounds}; {found.least}", "crews", "", _("Patrols"))
    ]
    if found.rail_m:
        rows.append(
            Kpi("walkers", _("Walkers for {km:.1f} km of rail (D14); at least", km=found.rail_m / 1000),
                found.walkers, f"{found.walkers}; {found.least_walkers}", "walkers", "", _("Patrols"))
        )
    return rows


def _people_kpis(view: PlanView, audit: PlanAudit) -> list[Kpi]:
    used = [p for p in view.people if p.n_duties]
    hours = [p.hours for p in used]
    wishes = sum(1 for c in audit.engines["roster"].costs if c.rule == "preferences")
    borrowed = sum(d.borrowed for d in view.duties)
    rows = [
        Kpi("people", _("Officers with a duty"), len(used), _("{n} of {all}", n=len(used), all=len(view.people)),
            "officers", "", _("People")),
    ]
    if hours:
        rows.append(Kpi("hours_mean", _("Hours each, mean and most"), mean(hours),
                        _("{mean:.1f} h, {most:.1f} h", mean=mean(hours), most=max(hours)), "h", "down", _("People")))
    rows += [
        Kpi("nights", _("Most nights for one officer"), max((p.nights for p in used), default=0),
            str(max((p.nights for p in used), default=0)), "nights", "down", _("People")),
        Kpi("wishes", _("Wishes not met"), wishes, str(wishes), "wishes", "down", _("People")),
        Kpi("borrowed", _("Duties done for another unit"), borrowed, str(borrowed), "duties", "down", _("People")),
        Kpi("breaches", _("Hard rules broken"), len(audit.breaches), str(len(audit.breaches)), "", "down", _("People")),
    ]
    return rows


def _summary(view: PlanView, plan: Plan, audit: PlanAudit) -> list[str]:
    figure = {k.key: k for k in view.kpis}
    out = [
        _(
            "{seats} seats are filled by {people} officers; at most {peak} are on duty at once.",
            seats=figure["seats"].text, people=figure["people"].text, peak=figure["peak"].text,
        )
    ]
    if view.posts:
        out.append(
            says(
                "{n} post reaches {cover} of what wants cover in time, {backup} with a second post.",
                "{n} posts reach {cover} of what wants cover in time, {backup} with a second post.",
                len(view.posts), cover=figure["cover"].text, backup=figure["backup"].text,
            )
        )
    if view.tours:
        out.append(
            says(
                "{n} patrol tour keeps {kept} promises on {rail} of rail and the sites, over {km}.",
                "{n} patrol tours keep {kept} promises on {rail} of rail and the sites, over {km}.",
                len(view.tours), kept=figure["promises"].text, rail=figure["rail_km"].text, km=figure["km"].text,
            )
        )
    out += broken_promises(view)
    out += missed_calls(view)
    out += bare_sites(view)
    if audit.breaches:
        n = len(audit.breaches)
        out.append(says("{n} hard rule is broken; see the list.", "{n} hard rules are broken; see the list.", n))
    elif audit.agrees:
        out.append(_("No hard rule is broken; the independent audit agrees."))
    else:
        out.append(_("No hard rule is broken, but the audit comes to other figures than the plan claims."))
    if audit.short:
        out += _empty_seats(view, plan, audit)
    # A plan changed by hand can no longer say how good it is.
    gap = "" if plan.edited or not audit.agrees else _gap_text(plan)
    if gap:
        out.append(gap)
    return out


def _empty_seats(view: PlanView, plan: Plan, audit: PlanAudit) -> list[str]:
    empty = sum(n for _group, n in audit.short)
    out = [says("{n} mandatory seat stays empty:", "{n} mandatory seats stay empty:", empty)]
    out += list(view.short[:6])
    out += _proof_of_short(plan, empty)
    if (audit.served.siting, audit.served.patrols) != (plan.siting, plan.patrols):
        out.append(_("A post or patrol with an empty mandatory seat counts for nothing in these figures."))
    return out


def broken_promises(view: PlanView, limit: int = 4) -> list[str]:
    """The longest stretches unseen beyond what is promised, the worst first, the rest counted."""
    named = [(s.name, g) for s in view.sites for g in s.gaps]
    named += [(f"{s.line} {s.id}", g) for s in view.sections for g in s.gaps]
    over = sorted(
        ((g.longest_s - g.promised_s, name, g) for name, g in named if g.longest_s > g.promised_s),
        key=lambda row: (-row[0], row[1]),
    )
    out = [
        _(
            "{place} stays unseen {minutes} min from {time}, promised are {promised}.",
            place=name, minutes=-(-g.longest_s // 60), time=_when(view, g.longest_from_s), promised=g.promised_s // 60,
        )
        for _over, name, g in over[:limit]
    ]
    if len(over) > limit:
        out.append(says("{n} more promise is not kept.", "{n} more promises are not kept.", len(over) - limit))
    return out


def missed_calls(view: PlanView, limit: int = 4) -> list[str]:
    """Calls that no patrol makes in their span, in order of time, the rest counted."""
    named = [(s.name, w) for s in view.sites for w in s.windows]
    named += [(f"{s.line} {s.id}", w) for s in view.sections for w in s.windows]
    missed = sorted((w.start_s, name, w) for name, w in named if w.visit_s is None)
    out = [
        _("{place} gets no call {span}, as it should.", place=name,
          span=f"{_when(view, w.start_s)}-{view.hhmm(w.end_s)}")
        for _start, name, w in missed[:limit]
    ]
    if len(missed) > limit:
        out.append(says("{n} more call is not made.", "{n} more calls are not made.", len(missed) - limit))
    return out


def _when(view: PlanView, second: int) -> str:
    """Weekday and time; with the date where the event is longer than a week."""
    moment = view.clock(second)
    return dates.weekday_moment(moment) if view.horizon_s <= 6 * 86400 else f"{dates.short_day(moment)} {moment:%H:%M}"


def bare_sites(view: PlanView, limit: int = 4) -> list[str]:
    """Sites that no post reaches in time, the most important first, the rest counted."""
    bare = [(s, c) for s in sorted(view.sites, key=lambda s: (s.cls, -s.weight)) for c in s.uncovered]
    out = []
    for site, c in bare[:limit]:
        nearest = _("no post reaches it") if c.first_s is None else _("the nearest needs {s} s", s=c.first_s)
        out.append(
            _(
                "{site} has no post within {s} s {span}: {nearest}.",
                site=site.name, s=site.standard_s, span=view.span(c.start_s, c.end_s), nearest=nearest,
            )
        )
    if len(bare) > limit:
        out.append(says("{n} more span without a post in time.", "{n} more spans without a post in time.",
                        len(bare) - limit))
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
            return [
                _("This is proven as long as everything stays that had begun or was held fast; see vedette explain.")
            ]
        return [_("It is not proven that all of them must.")]
    if level["proven"]:
        return [_("This is proven: with these people no roster fills more of the seats called for.")]
    return [_("It is not proven that all of them must: {n} at least.", n=level["bound"] or 0)]


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
            return _(
                "Roster: {level} stand at {value:,}; no roster can be below {bound:,} (gap {gap:.1%}).",
                level=level_title(level["name"]), value=level["value"], bound=level["bound"], gap=gap,
            )
    if all(level["proven"] for level in result.levels):
        return _("Roster: proven best on every level.")
    return ""
