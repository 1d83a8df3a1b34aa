"""Tiny roster problems: by hand with few words, and drawn by Hypothesis so that limits are hit exactly."""

import dataclasses
from itertools import pairwise, product

import numpy as np

from scheduler.roster.audit import audit
from scheduler.roster.plan import Duty, RosterPlan
from scheduler.roster.problem import (
    Absence,
    Person,
    Pin,
    Problem,
    Qualified,
    Resource,
    RuleSetting,
    SeatGroup,
    Unit,
    Watch,
    Weather,
    Wish,
    Worked,
)
from scheduler.roster.rules import load
from tests.scheduler.roster import dice as st
from tests.scheduler.roster.dice import Drawn
from tests.scheduler.roster.small import HOUR, small_params

CATEGORIES = ("sworn", "auxiliary", "steward")
CELSIUS = (-26, -25, -24, 20, 36, 37, 38, 39, 40, 41)
TAGS = ("night", "armed", "standing", "outdoor", "search_men")


def person(name, **more):
    return Person(**{"id": name, "unit": 0, "home": 0, "category": 0, "rank": 1, **more})


def group(name, start, end, **more):
    need = more.pop("need", 1)
    fields = {
        "id": name,
        "party": name,
        "kind": "post",
        "report_place": 0,
        "release_place": 0,
        "start_s": start,
        "end_s": end,
        "report_s": start,
        "release_s": end,
        "paid_s": end - start,
        "need": need,
        "want": need,
        "most": need,
    }
    return SeatGroup(**{**fields, **more})


def problem(people, groups, rules=(), **more):
    n = more.pop("n_places", 3)
    travel = more.pop("travel_s", np.zeros((n, n), dtype=np.int32))
    fields = {
        "people": tuple(people),
        "groups": tuple(groups),
        "units": (Unit("A", 0), Unit("B", 1)),
        "places": tuple(f"place{i}" for i in range(n)),
        "categories": CATEGORIES,
        "qualifications": ("armed", "driving"),
        "travel_s": np.asarray(travel, dtype=np.int32),
        "reachable": np.ones((n, n), dtype=bool),
        "distance_m": np.zeros((n, n), dtype=np.int32),
        "horizon_s": 72 * HOUR,
        "days": tuple(24 * HOUR * d for d in range(-8, 5)),
        "nights": (),
        "rules": tuple(RuleSetting(r, hard=True) if isinstance(r, str) else r for r in rules),
    }
    return Problem(**{**fields, **more})


def plan(*seats):
    """``plan("G1/1 P1", ...)``."""
    duties = []
    for text in seats:
        seat, who = text.split()
        name, number = seat.split("/")
        duties.append(Duty(name, int(number), who))
    return RosterPlan(tuple(duties))


def plan_of(made, pairs):
    """A plan from (person, group) indices, seats numbered as they come (never above ``most`` by itself)."""
    seats: dict[int, int] = {}
    duties = []
    for p, g in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
        seats[g] = seats.get(g, 0) + 1
        duties.append(Duty(made.groups[g].id, seats[g], made.people[p].id))
    return RosterPlan(tuple(duties))


def brute_force(made, cells):
    """Least levels over all legal plans made of ``cells``, None where no plan is legal."""
    best = None
    for taken in product((0, 1), repeat=len(cells)):
        pairs = [cell for cell, on in zip(cells, taken, strict=True) if on]
        found = audit(made, plan_of(made, pairs))
        if found.ok:
            value = tuple(v for _, v in found.levels)
            best = value if best is None else min(best, value)
    return best


def local_days(draw, scale):
    """Starts of 28 local days, the 13th about second 0; clocks change once, by a day longer or shorter than others."""
    length, shifted = draw(st.integers(2, 5)), draw(st.integers(0, 1))
    change, longer = draw(st.integers(-3, 4)), draw(st.sampled_from([0, 0, -1, 1]))
    return tuple((length * d + shifted + (longer if d > change else 0)) * scale for d in range(-12, 16))


@Drawn
def people_and_groups(draw, max_people=3, max_groups=4, *, asks=True):
    """A whole tiny Problem without rules."""
    scale = draw(st.sampled_from([1, 60, 60, 97, 3600, 21600]))
    times = st.integers(0, 12)

    def span(low=0, high=12):
        a = draw(st.integers(low, high - 1))
        return a * scale, draw(st.integers(a + 1, high)) * scale

    groups = []
    for g in range(draw(st.integers(1, max_groups))):
        start, end = span()
        need = draw(st.integers(0, 2))
        want = need + draw(st.integers(0, 1))
        groups.append(
            group(
                f"G{g}",
                start,
                end,
                need=need,
                want=want,
                most=max(draw(st.sampled_from([1, 1, 1, 0])), want),
                report_s=start - draw(st.sampled_from([0, 0, 1, 3])) * scale,
                release_s=end + draw(st.integers(0, 1)) * scale,
                paid_s=draw(times) * scale,
                party=draw(st.sampled_from(["north", "south"])),
                kind=draw(st.sampled_from(["post", "post", "post", "crew", "supervisor", "reserve", "base"])),
                sector=draw(st.sampled_from(["", "S1", "S2"])),
                shift=draw(st.sampled_from(["", "E", "N"])),
                report_place=draw(st.integers(0, 2)),
                release_place=draw(st.integers(0, 2)),
                level=draw(st.integers(0, 1)),
                price_short=draw(st.integers(1, 2)),
                price_want=draw(st.integers(0, 2)),
                price_over=draw(st.integers(0, 1)),
                rank_min=draw(st.integers(0, 2)) if asks else 0,
                categories=frozenset(draw(st.sets(st.integers(0, 2)))) if asks else frozenset(),
                qualifications=frozenset(draw(st.sets(st.integers(0, 1)))),
                unit=draw(st.sampled_from([None, None, 0, 1])) if asks else None,
                owner=draw(st.sampled_from([None, 0, 1])),
                tags=frozenset(tag for tag in TAGS if draw(st.booleans())),
                uses=draw(st.sampled_from([(), ((0, 1),), ((0, 2),), ((1, 1),), ((0, 1), (1, 2)), ((1, 0),)])),
                team=draw(st.sampled_from([None, None, None, "T"])) if asks else None,
            )
        )
    people = []
    for p in range(draw(st.integers(1, max_people))):
        qualified = [
            Qualified(q, a, b) for q in draw(st.sets(st.integers(0, 1))) for a, b in [span(-2, 14)]
        ]
        worked = ()
        if draw(st.booleans()):
            back = draw(st.integers(1, 6))
            worked = (
                Worked(
                    -back * scale,
                    (draw(st.integers(1, 6)) - back) * scale,
                    draw(st.integers(0, 2)),
                    draw(times) * scale,
                    draw(st.sampled_from(["", "N"])),
                ),
            )
            if draw(st.booleans()):
                pause, length = draw(st.integers(0, 4)), draw(st.integers(1, 3))
                earlier_s = worked[0].start_s - pause * scale
                shift = draw(st.sampled_from(["", "E", "N"]))
                worked += (Worked(earlier_s - length * scale, earlier_s, 0, draw(times) * scale, shift),)
        wishes = ()
        if draw(st.booleans()):
            named = draw(st.sampled_from([(), ("G0",)]))
            wishes = (Wish(*span(), draw(st.booleans()), draw(st.integers(0, 3)), named),)
        people.append(
            person(
                f"P{p}",
                unit=draw(st.sampled_from([0, 0, 1, 1, 2])),
                home=draw(st.integers(0, 2)),
                category=draw(st.integers(0, 2)),
                rank=draw(st.integers(0, 2)),
                qualified=tuple(qualified),
                tags=frozenset(
                    draw(st.sets(st.sampled_from(["no_night", "no_armed", "is_armed", "search_men", "night_worker"])))
                ),
                absences=(Absence(*span()),) if draw(st.integers(0, 3)) == 0 else (),
                wishes=wishes,
                worked=worked,
                ledger_s=draw(times) * scale,
                ledger={"night": draw(st.sampled_from([0, 1, 5])), "armed": draw(st.integers(0, 1))},
                other_work=(span(-4, 14),) if draw(st.integers(0, 3)) == 0 else (),
                share_pct=draw(st.sampled_from([50, 100])),
            )
        )
    pins = ()
    if draw(st.booleans()):
        pins = (
            Pin(draw(st.sampled_from(people)).id, draw(st.sampled_from(groups)).id, draw(st.booleans())),
        )
        if pins[0].on and next(g for g in groups if g.id == pins[0].group).most < 1:
            pins = ()
    cells = st.integers(0, 3).map(lambda k: k * scale)
    travel = [[0 if i == j and draw(st.integers(0, 3)) else draw(cells) for j in range(3)] for i in range(3)]
    far = st.sampled_from([0, 1, 700, 999, 1000, 1001, 1400, 2000, 2001, 2800])
    metres = [[0 if i == j else draw(far) for j in range(3)] for i in range(3)]
    reachable = np.ones((3, 3), dtype=bool)
    if draw(st.booleans()):
        reachable[0, 1] = False
    names = st.tuples(st.sampled_from(["P0", "P1", "gone"]), st.sampled_from(["G0", "G1", "gone"]))
    weather = (Weather(*span(-2, 14), draw(st.sampled_from(CELSIUS))) for _ in range(draw(st.integers(0, 2))))
    days = local_days(draw, scale)
    made = problem(
        people,
        groups,
        travel_s=np.array(travel, dtype=np.int32),
        distance_m=np.array(metres, dtype=np.int32),
        reachable=reachable,
        horizon_s=draw(st.sampled_from([13, 13, 13, 10, 7])) * scale,
        days=days,
        nights=tuple((a * scale, b * scale) for a, b in draw(st.sets(st.sampled_from([(-6, -3), (0, 2), (5, 8)])))),
        first_weekday=draw(st.integers(0, 6)),
        published=tuple(sorted(draw(st.sets(names, max_size=3)))),
        weather=tuple(weather),
        holidays=frozenset(draw(st.sets(st.integers(10, 20), max_size=3))),
        watches=(Watch(draw(st.integers(0, 1)), *span()),),
        resources=(Resource("car", draw(st.integers(0, 2))), Resource("radio", draw(st.integers(0, 2)))),
        pins=pins,
        units=(Unit("A", 0, draw(st.integers(0, 2))), Unit("B", 1, draw(st.integers(0, 1))), Unit("C", 2)),
    )
    return made, scale


def settings_of(draw, name, hard, scale, n_people):
    """One setting for all, or (as when the narrowest wins) two settings for some each; perhaps none for others."""
    one = RuleSetting(name, hard, draw(st.integers(1, 3)), small_params(name, scale, draw, n_people))
    if not load()[name].info.by_person or draw(st.integers(0, 2)):
        return [one]
    side = [draw(st.integers(0, 2)) for _ in range(n_people)]
    parts = []
    for k in (0, 1):
        people = frozenset(p for p in range(n_people) if side[p] == k)
        params = one.params if k == 0 else small_params(name, scale, draw, n_people)
        parts.append(dataclasses.replace(one, params=params, people=people))
    return parts


def leaning(draw, name, made, scale):
    """Groups changed so that a rule which rarely has anything to say has something to say."""
    draws = {
        "base_coverage": {"kind": ["base", "base", "post"], "owner": [0, 0, 1], "unit": [None, None, 0]},
        "span_of_control": {"kind": ["post", "supervisor", "lead", "reserve"], "sector": ["S1", "S1", "S2", ""]},
        "reserve_share": {"kind": ["post", "crew", "reserve", "base"]},
        "handover": {"kind": ["post", "post", "post", "crew"], "party": ["north", "north", "north", "south"]},
        "volunteers": {"categories": [frozenset(), frozenset({2}), frozenset({2}), frozenset({0, 2})]},
        "minimum_duty": {"categories": [frozenset(), frozenset({1})], "rank_min": [0, 1, 2], "unit": [None, None, 1]},
        "duty_lead": {"kind": ["post", "base", "crew"]},
        "sequence": {"shift": ["E", "N", "N"]},
    }.get(name, {})
    if name in {"consecutive_nights", "sequence", "rest_after_night", "balanced_burdens"}:
        spans = draw(st.sampled_from([((0, 2), (5, 8)), ((-2, 1), (3, 6), (8, 11)), ((1, 4), (6, 7)), ((2, 9),)]))
        made = dataclasses.replace(made, nights=tuple((a * scale, b * scale) for a, b in spans))
    if name == "shortest_run_of_duty" and draw(st.booleans()):  # worked this very day already, and some days ago
        past = (Worked(-scale, 0, 0, scale), Worked(-7 * scale, -6 * scale, 0, scale))
        worked = [past if draw(st.booleans()) else one.worked for one in made.people]
        people = (dataclasses.replace(one, worked=w) for one, w in zip(made.people, worked, strict=True))
        made = dataclasses.replace(made, people=tuple(people), days=tuple(t - scale for t in made.days))
    if name == "stability":
        cells = [(one.id, group.id) for one in made.people for group in made.groups]
        cells += [("P0", "gone"), ("gone", "G0")]
        made = dataclasses.replace(made, published=tuple(cell for cell in cells if draw(st.booleans())))
    groups = [
        dataclasses.replace(one, **{field: draw(st.sampled_from(values)) for field, values in draws.items()})
        for one in made.groups
    ]
    if name == "handover":  # one relieves the other, or nearly
        for one, then in pairwise(range(len(groups))):
            near_s = draw(st.integers(-1, 1)) * scale
            late_s = groups[one].end_s - groups[then].start_s + near_s
            moved = {key: getattr(groups[then], key) + late_s for key in ("report_s", "start_s", "end_s", "release_s")}
            groups[then] = dataclasses.replace(groups[then], **moved)
    return dataclasses.replace(made, groups=tuple(groups))


def short_calendar(draw, made):
    """The same days without those that nothing needs: history before the first, the horizon's end on the last."""
    starts = [group.start_s for group in made.groups]
    first = max(d for d, t in enumerate(made.days) if t <= min([0, *starts])) if draw(st.integers(0, 3)) else 0
    last = min(d for d, t in enumerate(made.days) if t >= max([made.horizon_s, *(s + 1 for s in starts)]))
    days = made.days[first : last + 1]
    holidays = frozenset(d - first for d in made.holidays if first <= d <= last)
    return dataclasses.replace(made, days=days, holidays=holidays)


@Drawn
def with_one_rule(draw, name, *, hard, max_people=3, max_groups=5):
    """A Problem with this rule alone, and any duties that the seats themselves admit."""
    made, scale = draw(people_and_groups.die(max_people, max_groups, asks=False))
    made = leaning(draw, name, made, scale)
    if load()[name].info.by_day and not draw(st.integers(0, 2)):
        made = short_calendar(draw, made)
    rules = settings_of(draw, name, hard, scale, len(made.people))
    made = dataclasses.replace(made, rules=tuple(rules))
    return made, draw(any_pairs.die(made))


@Drawn
def any_pairs(draw, made):
    """Any duties (person, group), never more than a group's most."""
    pairs = []
    often = st.sampled_from([True, True, False])  # so that people have several duties, and limits are met
    for g, one in enumerate(made.groups):
        who = [p for p in range(len(made.people)) if draw(often)]
        pairs += [(p, g) for p in who[: one.most]]
    return pairs


@Drawn
def with_many_rules(draw, max_people=3, max_groups=4):
    """A Problem with a random mix of all rules, hard or soft."""
    made, scale = draw(people_and_groups.die(max_people, max_groups))
    settings = []
    for name in sorted(draw(st.sets(st.sampled_from(sorted(load())), max_size=8))):
        settings += settings_of(draw, name, draw(st.booleans()), scale, len(made.people))
    return dataclasses.replace(made, rules=tuple(settings))
