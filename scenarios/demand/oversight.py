"""Who stands behind the others: meal relief, supervisors by span of control, and the reserve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from scenarios.demand.bodies import Maker, head_of, is_police, stewards, with_support
from scenarios.demand.breaks import timetable
from scenarios.demand.headcount import STEP_S
from scenarios.demand.layers import Block, blocks, concurrent
from scenarios.demand.need import Need
from scenarios.demand.shifts import label
from scenarios.demand.tours import meal_min, n_tours
from scenarios.schema import Scenario

#: Kinds whose seat may not be left alone for a meal; crews and response posts take turns among themselves.
_STATIC = frozenset({"gate", "search", "steward", "guard", "post"})
#: Kinds that lead, wait or rest: they need no supervisor and ask for no reserve.
_APART = frozenset({"supervisor", "lead", "reserve", "base", "relief"})
#: Who is not led by a supervisor in the field.
_UNLED = _APART - {"relief"}
_PPM = 1_000_000


def relief_needs(scenario: Scenario, needs: Iterable[Need]) -> tuple[Need, ...]:
    """Officers who step in while others eat: by sector and body, ``⌈Σ seats x break / (tour - break)⌉`` (R11)."""
    found: list[Need] = []
    if not scenario.demand.meal_relief:
        return ()
    if scenario.demand.breaks == "timed":
        return timetable(scenario, needs).needs
    least_min = round(scenario.demand.meal_from_h * 60)
    for group, police in _sectors(scenario, needs, lambda n: n.kind in _STATIC and not n.uncut):
        share = [0] * -(-scenario.horizon_s // STEP_S)
        n_seats = 0
        for need in group:
            tour_min = (need.end_s - need.start_s) // 60 // n_tours(scenario, need)
            if tour_min < least_min:
                continue
            rest = meal_min(tour_min)
            ppm = -(-_PPM * rest // (tour_min - rest))
            n_seats += need.number
            for k in range(need.start_s // STEP_S, -(-need.end_s // STEP_S)):
                share[k] += need.number * ppm
        counts = [-(-s // _PPM) for s in share]
        found += _blocks(
            scenario, group, counts, "relief", police=police, source="R11 meal break by length of tour",
            formula="⌈Σ seats x break / (tour - break)⌉, so that no seat is empty while its officer eats",
            inputs={"seats": n_seats},
        )  # fmt: skip
    return tuple(found)


def supervisor_needs(scenario: Scenario, needs: Iterable[Need]) -> tuple[Need, ...]:
    """One supervisor for each ``supervisor_span`` officers at work in a sector, from ``supervisor_from`` on (R17).

    Stewards' own supervisors lead whole teams of them; police lead the rest, since they answer for the sector.
    """
    span, least = scenario.demand.supervisor_span, scenario.demand.supervisor_from
    rank = scenario.demand.supervisor_rank or scenario.ranks[min(1, len(scenario.ranks) - 1)]
    sectors: dict[str, dict[bool, list[Need]]] = {}
    for group, police in _sectors(scenario, needs, lambda n: n.kind not in _UNLED):
        sectors.setdefault(group[0].sector, {})[police] = group
    found: list[Need] = []
    for bodies in sectors.values():
        working = {police: concurrent(group, scenario.horizon_s) for police, group in bodies.items()}
        total = [sum(counts) for counts in zip(*working.values(), strict=True)]
        wanted = [-(-n // span) if n >= least else 0 for n in total]
        own = wanted
        if True in bodies and False in bodies:
            own = [min(w, n // span) for w, n in zip(wanted, working[False], strict=True)]
        counts = {False: own, True: [w - o for w, o in zip(wanted, own, strict=True)] if False in bodies else wanted}
        for police, group in bodies.items():
            found += _blocks(
                scenario, group, counts[police], "supervisor", police=police, source="R17 span of control",
                formula=f"⌈officers at work in the sector / {span}⌉ from {least} on, at most ⌈{max(total)} / {span}⌉",
                inputs={"peak": max(total), "supervisor_span": span}, rank_min=rank,
            )  # fmt: skip
    return tuple(found)


def reserve_needs(scenario: Scenario, needs: Iterable[Need]) -> tuple[Need, ...]:
    """Officers callable at short notice: a percentage of all who are at work at once (R23)."""
    pct, notice = scenario.demand.reserve_pct, scenario.demand.reserve_notice_min
    everything = [n for n in needs if n.kind not in {"reserve", "base"}]
    found: list[Need] = []
    for police in (True, False):
        group = [n for n in everything if is_police(scenario, n) is police]
        if not group or not pct:
            continue
        working = concurrent(group, scenario.horizon_s)
        counts = [-(-n * pct // 100) for n in working]
        unit = scenario.demand.reserve_at if police else None
        unit = unit or _main_unit(scenario, stewards(scenario) if not police else scenario.police)
        maker = Maker(scenario, unit, unit, head_of(scenario, unit))
        who = with_support(scenario) if police else stewards(scenario)
        body = "police" if police else "stewards"
        for name, block in _named(scenario, f"reserve.{body}", blocks(counts, high_s=scenario.horizon_s)):
            # Each officer of the reserve is sent alone or beside others: no one leads them while they wait.
            yield_from = maker.mixed if police else maker.make
            more = {} if police else {"categories": who}
            found += yield_from(
                name, party=name, kind="reserve", start_s=block.start_s, end_s=block.end_s, number=block.number,
                formula=f"⌈{pct} % of those at work at once⌉, at most ⌈{pct} % x {max(working)}⌉ = {max(counts)}",
                inputs={"reserve_pct": pct, "peak": max(working), "notice_min": notice}, source="R23 reserve",
                **more,
            )  # fmt: skip
    return tuple(found)


def _main_unit(scenario: Scenario, categories: Sequence[str]) -> str:
    """Return the unit with most people of these categories, the first of equals."""
    counts = {
        u.id: sum(1 for p in scenario.people if p.unit == u.id and p.category in categories)
        for u in scenario.units
    }
    return max(counts, key=lambda u: counts[u])


def _sectors(
    scenario: Scenario, needs: Iterable[Need], keep: Callable[[Need], bool]
) -> Iterator[tuple[list[Need], bool]]:
    """Needs by sector and body, in order of their ids."""
    groups: dict[tuple[str, bool], list[Need]] = {}
    for need in needs:
        if keep(need):
            groups.setdefault((need.sector, is_police(scenario, need)), []).append(need)
    for (_, police), group in sorted(groups.items()):
        yield group, police


def _named(scenario: Scenario, prefix: str, found: Iterable[Block]) -> Iterator[tuple[str, Block]]:
    """Name blocks by the time they start."""
    seen: dict[str, int] = {}
    for block in found:
        name = f"{prefix}.{label(scenario, block.start_s)}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}.{seen[name]}", block


def _blocks(
    scenario: Scenario, group: Sequence[Need], counts: Sequence[int], kind: str, *, police: bool, source: str,
    formula: str, inputs: dict[str, object], rank_min: str | None = None,
) -> Iterator[Need]:  # fmt: skip
    """Needs of one sector, at the place where most of its officers are."""
    sector = group[0].sector
    weight: dict[str, int] = {}
    for need in group:
        weight[need.place] = weight.get(need.place, 0) + need.number * (need.end_s - need.start_s)
    place = max(sorted(weight), key=lambda p: weight[p])
    owner = next(n.owner for n in group if n.place == place)
    maker = Maker(scenario, place, owner, sector)
    body = "police" if police else "stewards"
    who = (scenario.police if kind == "supervisor" else with_support(scenario)) if police else stewards(scenario)
    prefix = f"{'super' if kind == 'supervisor' else kind}.{sector}.{body}"
    for name, block in _named(scenario, prefix, blocks(counts, high_s=scenario.horizon_s)):
        # A relief officer joins the parties relieved; R15 then asks for police among those who are left.
        categories = scenario.police if police and kind == "relief" else who
        yield from maker.make(
            name, party=name, kind=kind, start_s=block.start_s, end_s=block.end_s, number=block.number,
            formula=formula, inputs=inputs, source=source, categories=categories, rank_min=rank_min,
        )  # fmt: skip
