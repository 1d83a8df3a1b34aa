"""Tiny roster problems: by hand with few words, and drawn by Hypothesis so that limits are hit exactly."""

import dataclasses
from itertools import product

import numpy as np
from hypothesis import strategies as st

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

HOUR = 3600
CATEGORIES = ("sworn", "auxiliary", "steward")
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


def small_params(name, scale, draw, n_people=1):
    """Parameters in the range of the drawn times."""
    hours = st.integers(0, 6).map(lambda k: k * scale / HOUR)
    if name == "minimum_rest":
        return {"rest_h": draw(hours), "same_tour_h": draw(hours)}
    if name == "maximum_tour":
        return {"longest_h": draw(st.integers(1, 6)) * scale / HOUR, "gap_h": draw(hours)}
    if name == "transfer_time":
        return {"handover_min": draw(st.integers(0, 2)) * scale / 60}
    if name == "hours_cap":
        window = draw(st.integers(2, 8)) * scale / 86400
        return {"cap_h": draw(hours), "window_days": window}
    if name == "balanced_hours":
        return {"band_h": draw(st.integers(0, 2)) / 60, "unit_min": 1}
    if name == "duty_lead":
        return {"rank_min": 2}
    if name == "police_lead_auxiliary":
        return {"per_lead": draw(st.integers(1, 2))}
    if name == "span_of_control":
        return {"most_span": draw(st.integers(1, 2))}
    if name == "reserve_share":
        return {"per": draw(st.integers(1, 2))}
    if name == "borrowed_cap":
        return {"most": draw(st.integers(0, 1))}
    if name == "home_area_first":
        return {"free_km": draw(st.integers(0, 1)), "borrowed_km": draw(st.integers(0, 2))}
    if name == "consecutive_duty_days":
        return {"most_days": draw(st.integers(0, 3))}
    if name in {"shortest_run_of_duty", "shortest_run_off"}:
        return {"least_days": draw(st.integers(1, 4))}
    if name == "weekends":
        long = ("monday", "wednesday", "thursday", "saturday", "sunday")
        days = draw(st.sampled_from([("saturday", "sunday"), long]))
        return {"most_weekends": draw(st.integers(0, 2)), "weekdays": days}
    if name == "total_hours":
        least = draw(st.integers(0, 8)) * scale // 60
        return {"least_min": least, "most_min": draw(st.sampled_from([least, least + 1, least + 4, 10**6]))}
    if name == "shift_type_cap":
        return {"most": draw(st.dictionaries(st.sampled_from(["E", "N"]), st.integers(0, 2)))}
    if name == "sequence":
        return {
            "barred": {"N": draw(st.sampled_from([(), ("E",), ("E", "N")]))},
            "night_to_morning": draw(st.booleans()),
            "night_min": max(1, draw(st.integers(1, 3)) * scale // 60),
            "morning_until_h": draw(hours),
        }
    if name == "forward_rotation":
        return {"tolerance_h": draw(hours)}
    if name == "two_officer":
        return {"least": draw(st.integers(1, 3)), "least_sworn": draw(st.integers(0, 2))}
    if name == "consecutive_nights":
        return {"most_nights": draw(st.integers(0, 2)), "night_min": max(1, draw(st.integers(1, 2)) * scale // 60)}
    if name == "weekly_rest":
        rest = draw(st.integers(1, 4))
        return {"rest_h": rest * scale / HOUR, "window_days": (rest + draw(st.integers(1, 6))) * scale / 86400}
    if name == "rest_after_night":
        return {
            "night_min": max(1, draw(st.integers(1, 2)) * scale // 60),
            "long_h": draw(st.integers(1, 6)) * scale / HOUR,
            "same_tour_h": draw(hours),
        }
    if name == "balanced_burdens":
        kinds = st.sampled_from(["night", "holiday", "armed"])
        return {"burdens": draw(st.lists(kinds, min_size=1)), "band": draw(st.integers(0, 1)), "night_min": 1}
    if name == "night_average":
        return {"average_h": draw(st.integers(0, 24)), "all_people": draw(st.booleans())}
    if name == "duty_pattern":
        letters = st.sampled_from(["E", "E", "N", "N", "-", "*"])
        pattern = draw(st.lists(letters, min_size=2, max_size=4))
        return {"pattern": pattern, "phase": draw(st.sampled_from([-1, -1, -1, 0, 3]))}
    if name == "stability":
        return {"near_h": draw(hours), "near_weight": draw(st.integers(1, 3))}
    if name == "standing_time":
        pause = max(1, draw(st.integers(1, 3)) * scale // 60)
        return {"longest_h": draw(st.integers(1, 4)) * scale / HOUR, "pause_min": pause}
    if name == "minimum_duty":
        return {"least_duties": draw(st.integers(1, 2))}
    if name == "home_distance":
        return {"most": draw(st.integers(0, 2)), "measure": draw(st.sampled_from(["km", "min"]))}
    if name == "duty_level":
        return {"share_pct": draw(st.sampled_from([0, 34, 50, 100]))}
    if name == "weather_limit":
        return {"most_h": draw(st.integers(0, 2)) * scale / HOUR}
    if name == "volunteers":
        return {
            "volunteer": ["steward"],
            "training": draw(st.sampled_from(["", "driving"])),
            "per_guide": draw(st.integers(1, 2)),
        }
    if name == "total_with_other_work":
        return {"day_h": draw(hours), "week_h": draw(hours), "window_days": draw(st.integers(2, 4))}
    if name == "report_time":
        return {"least_min": draw(st.integers(0, 2))}
    if name == "handover":
        return {"least_min": draw(st.integers(0, 8)) * scale // 60}
    if name == "pairing":
        pairs = [f"P{a}+P{b}" for b in range(n_people) for a in range(b)]
        side = {pair: draw(st.sampled_from(["together", "apart", "free"])) for pair in pairs}
        return {word: [pair for pair in pairs if side[pair] == word] for word in ("together", "apart")}
    return {}


@st.composite
def people_and_groups(draw, max_people=3, max_groups=4, *, asks=True):
    """A whole tiny Problem without rules."""
    scale = draw(st.sampled_from([1, 60, 60, 97]))
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
                most=max(1, want),
                report_s=start - draw(st.integers(0, 1)) * scale,
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
                uses=draw(st.sampled_from([(), ((0, 1),), ((0, 2),)])),
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
                worked += (Worked(-9 * scale, -8 * scale, 0, scale),)
        wishes = ()
        if draw(st.booleans()):
            named = draw(st.sampled_from([(), ("G0",)]))
            wishes = (Wish(*span(), draw(st.booleans()), draw(st.integers(0, 3)), named),)
        people.append(
            person(
                f"P{p}",
                unit=draw(st.integers(0, 1)),
                home=draw(st.integers(0, 2)),
                category=draw(st.integers(0, 2)),
                rank=draw(st.integers(0, 2)),
                qualified=tuple(qualified),
                tags=frozenset(
                    draw(st.sets(st.sampled_from(["no_night", "no_armed", "search_men", "night_worker"])))
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
    travel = [[0 if i == j else draw(cells) for j in range(3)] for i in range(3)]
    metres = [[0 if i == j else draw(st.integers(0, 4)) * 700 for j in range(3)] for i in range(3)]
    reachable = np.ones((3, 3), dtype=bool)
    if draw(st.booleans()):
        reachable[0, 1] = False
    names = st.tuples(st.sampled_from(["P0", "P1", "gone"]), st.sampled_from(["G0", "G1", "gone"]))
    weather = (Weather(*span(-2, 14), draw(st.sampled_from([-30, 20, 38, 41]))) for _ in range(draw(st.integers(0, 2))))
    day_length, shifted = draw(st.integers(2, 5)), draw(st.integers(0, 1))
    made = problem(
        people,
        groups,
        travel_s=np.array(travel, dtype=np.int32),
        distance_m=np.array(metres, dtype=np.int32),
        reachable=reachable,
        horizon_s=13 * scale,
        days=tuple((day_length * d + shifted) * scale for d in range(-12, 16)),
        nights=tuple((a * scale, b * scale) for a, b in draw(st.sets(st.sampled_from([(-6, -3), (0, 2), (5, 8)])))),
        first_weekday=draw(st.integers(0, 6)),
        published=tuple(sorted(draw(st.sets(names, max_size=3)))),
        weather=tuple(weather),
        holidays=frozenset(draw(st.sets(st.integers(10, 20), max_size=3))),
        watches=(Watch(draw(st.integers(0, 1)), *span()),),
        resources=(Resource("car", draw(st.integers(0, 2))),),
        pins=pins,
        units=(Unit("A", 0, draw(st.integers(0, 1))), Unit("B", 1, draw(st.integers(0, 1)))),
    )
    return made, scale


@st.composite
def with_one_rule(draw, name, *, hard):
    """A Problem with this rule alone, and any duties that the seats themselves admit."""
    made, scale = draw(people_and_groups(max_people=3, max_groups=5, asks=False))
    setting = RuleSetting(name, hard, 1, small_params(name, scale, draw, len(made.people)))
    made = dataclasses.replace(made, rules=(setting,))
    return made, draw(any_pairs(made))


@st.composite
def any_pairs(draw, made):
    """Any duties (person, group), never more than a group's most."""
    pairs = []
    often = st.sampled_from([True, True, False])  # so that people have several duties, and limits are met
    for g, one in enumerate(made.groups):
        who = [p for p in range(len(made.people)) if draw(often)]
        pairs += [(p, g) for p in who[: one.most]]
    return pairs


@st.composite
def with_many_rules(draw, max_people=3, max_groups=4):
    """A Problem with a random mix of all rules, hard or soft."""
    made, scale = draw(people_and_groups(max_people, max_groups))
    settings = []
    for name in sorted(draw(st.sets(st.sampled_from(sorted(load())), max_size=8))):
        hard, price = draw(st.booleans()), draw(st.integers(1, 3))
        params = small_params(name, scale, draw, len(made.people))
        settings.append(RuleSetting(name, hard, price, params))
    return dataclasses.replace(made, rules=tuple(settings))
