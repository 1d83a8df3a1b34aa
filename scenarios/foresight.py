"""What arithmetic already proves about a scenario, before any search: hours short, sites and promises out of reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from scenarios.assemble.patrol_areas import MORE_AREAS, areas_that_would_do
from scenarios.assemble.patrols import PatrolTables, assemble_patrols
from scenarios.assemble.siting import SitingTables
from scenarios.demand.need import Need
from scenarios.desk import Desk
from scenarios.plainwords import plain
from scenarios.reach import far, out_of_reach
from scenarios.strength import lifts
from scenarios.tongue import ENGLISH, speaking
from scenarios.tongue import say as _
from scenarios.tongue.dates import weekday_moment
from scenarios.tongue.lists import listed
from scheduler.patrols.faults import precheck as precheck_patrols
from scheduler.siting.precheck import precheck as precheck_siting


def foreseen(
    desk: Desk, siting: SitingTables, patrols: PatrolTables, needs: Iterable[Need]
) -> tuple[str, ...]:
    """Sentences on what cannot be kept whatever the plan: with ids, times and the smallest value that could be."""
    found = [
        _(
            "{start}-{end} asks for {needed:.0f} hours of {who}; all of them together can give {available:.0f}.",
            start=_clock(desk, lift.start_s), end=_clock(desk, lift.end_s), needed=lift.needed_h,
            who=_("everybody") if lift.category == "all" else plain(lift.category),
            available=lift.available_h,
        )
        for lift in lifts(desk.scenario, desk.staff, needs)
        if lift.ratio < 1
    ]  # fmt: skip
    problem = siting.problem
    with speaking(ENGLISH):
        unreached = any("reaches it at all" in text for text in precheck_siting(problem))
    if unreached:
        problem = far(desk, siting)  # then the nearest place is told, however far it is
    for text in precheck_siting(problem):
        for period in siting.problem.periods:
            # The engine knows periods by their ids; people know them by the clock.
            text = text.replace(period.id, f"{_clock(desk, period.start_s)}-{_clock(desk, period.end_s)}")  # noqa: PLW2901
        found.append(text)
    return (*found, *unkept(desk, patrols))


def before_solving(desk: Desk) -> tuple[str, ...]:
    """What a person should hear before a plan is begun: sites out of reach, promises of patrols that none can keep."""
    return (*(fault.sentence() for fault in out_of_reach(desk)), *patrols_foreseen(desk))


def patrols_foreseen(desk: Desk) -> tuple[str, ...]:
    """The same for patrols alone, before anything is solved: with all the force there is."""
    return unkept(desk, assemble_patrols(desk.scenario, desk.places, desk.ways, desk.budget()))


def unkept(desk: Desk, patrols: PatrolTables) -> tuple[str, ...]:
    """Windows and longest gaps that no crew on offer can keep, by the clock, with the smallest value that could be."""
    names = {s.id: _("{name} ({id})", name=s.name, id=s.id) for s in desk.scenario.sites}
    names.update({s.id: _("{name} ({id})", name=s.place, id=s.id) for s in patrols.sections})
    found = precheck_patrols(patrols.problem, lambda second: _clock(desk, second), lambda i: names.get(i, i))
    return (*found, *_areas_too_large(desk, patrols))


def _areas_too_large(desk: Desk, patrols: PatrolTables) -> list[str]:
    """Patrol areas with a place that their middle is too far from (Q4)."""
    asked = desk.scenario.patrols.beats
    large = [beat for beat in patrols.beats if asked.reach_min and beat.worst_s > 60 * asked.reach_min]
    if not large:
        return []
    enough = areas_that_would_do(desk.ways, patrols.problem, patrols.xy, asked.number, 60 * asked.reach_min)
    worst = max(beat.worst_s for beat in large)
    said = _("even {n} areas would not do", n=asked.number + MORE_AREAS)
    if enough:
        said = _("{n} areas would do", n=enough)
    told = _(
        "{n} of {all} patrol areas ({names}) have a place more than {reach} min by car from their middle, the farthest "
        "{worst} min: {said}; with these areas reach_min = {worst} can be kept.",
        n=len(large), all=len(patrols.beats), names=listed(b.name for b in large[:3]), reach=asked.reach_min,
        worst=-(-worst // 60), said=said,
    )  # fmt: skip
    return [told]


def _clock(desk: Desk, second: int) -> str:
    moment = desk.scenario.start.astimezone(UTC) + timedelta(seconds=second)
    return weekday_moment(moment.astimezone(ZoneInfo(desk.scenario.timezone)))
