"""A made-up three-day event of any size for the roster engine, and how well and fast it is solved.

``python -m benchmarks.roster_event --people 180 --seconds 60`` prints one JSON object;
``python -m benchmarks.roster_event --curve 100 300 1000 3000 10000 --seconds 60`` one line of a table for each size,
each solved in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np

from scheduler.outcome import Limits, Progress
from scheduler.roster import problem as rp
from scheduler.roster.audit import audit
from scheduler.roster.solve import solve

HOUR = 3600
RULES = (
    "no_double_duty", "transfer_time", "minimum_rest", "maximum_tour", "hours_cap", "duty_lead",
    "police_lead_auxiliary", "qualification_valid", "restriction_tags", "leave_locked", "pins_locked",
    "resource_cap",
)
SOFT = {
    "span_of_control": 20, "base_coverage": 50, "reserve_share": 10, "balanced_hours": 4,
    "preferences": 1, "home_area_first": 1,
}


def make_event(n_people: int = 180, days: int = 3, seed: int = 0, load: float = 1.0) -> rp.Problem:
    """An event with five units: posts, crews, supervisors, a reserve and home duty, about 1.7 groups a person."""
    rng = np.random.default_rng(seed)
    n_places = 40
    spot = rng.uniform(0, 8000, size=(n_places, 2))
    metres = np.ceil(np.abs(spot[:, None] - spot[None, :]).sum(-1)).astype(np.int32)
    travel = np.ceil(metres / 9).astype(np.int32)
    units = tuple(rp.Unit(f"U{u}", u, 2) for u in range(5))
    people = []
    for p in range(n_people):
        unit = int(rng.integers(5))
        category = int(rng.choice(3, p=[0.55, 0.35, 0.10]))
        rank = int(rng.choice([1, 2, 3, 4], p=[0.5, 0.3, 0.15, 0.05])) if category == 0 else 1
        skills = [q for q, share in enumerate((0.5, 0.3, 0.6, 0.4)) if rng.random() < share]
        away = ((int(rng.integers(days)) * 24 * HOUR, 24 * HOUR),) if rng.random() < 0.06 else ()
        worked = ()
        if rng.random() < 0.4:
            end = -int(rng.integers(0, 14)) * HOUR
            worked = (rp.Worked(min(-1, end - 8 * HOUR), min(end, 0), unit, 8 * HOUR),)
        wishes = ()
        if rng.random() < 0.25:
            day = int(rng.integers(days)) * 24 * HOUR
            wishes = (rp.Wish(day, day + 24 * HOUR, bool(rng.random() < 0.3), 10),)
        people.append(
            rp.Person(
                f"P{p:03d}", unit, unit, category, rank,
                tuple(rp.Qualified(q, -10**7, 10**7) for q in skills),
                frozenset({"no_night"}) if rng.random() < 0.05 else frozenset(),
                tuple(rp.Absence(a, a + b) for a, b in away), wishes, worked,
                ledger_s=int(rng.integers(0, 20)) * HOUR,
            )
        )
    groups: list[rp.SeatGroup] = []

    def add(party: str, kind: str, place: int, start_h: float, hours: float, need: int, **more: object) -> None:
        start = round(start_h * HOUR)
        end = start + round(hours * HOUR)
        fields: dict[str, object] = {
            "want": need, "most": need, "level": 0, "paid_s": end - start + HOUR // 2, "owner": None,
            "tags": frozenset({"night"}) if (start_h % 24) >= 21 or (start_h + hours) % 24 <= 5 else frozenset(),
        }
        fields.update(more)
        groups.append(
            rp.SeatGroup(
                id=f"G{len(groups):04d}", party=party, kind=kind, report_place=place, release_place=place,
                start_s=start, end_s=end, report_s=start - 1800, release_s=end, need=need, **fields,  # type: ignore[arg-type]
            )
        )

    scale = n_people / 180 * load
    watches = []
    for day in range(days):
        t = 24 * day
        for u in range(5):
            for w, (begin, hours) in enumerate(((6, 8), (14, 8), (22, 8))):
                add(f"base{u}", "base", u, t + begin, hours, max(1, round(2 * scale)), unit=u, owner=u,
                    categories=frozenset({0}), rank_min=3 if w < 0 else 0)
                watches.append(rp.Watch(u, (t + begin) * HOUR, (t + begin + hours) * HOUR))
        for s in range(max(1, round(4 * scale))):
            for begin, hours in ((8, 7), (15, 7), (22, 6)):
                add(f"cmd{s}", "supervisor", 6 + s % 4, t + begin, hours, 1, rank_min=3,
                    categories=frozenset({0}), sector=f"S{s}")
        for k in range(round(16 * scale)):
            begin = float(rng.choice([9, 12, 14, 16, 17]))
            hours = float(rng.choice([5, 6, 7, 8]))
            need = int(rng.integers(2, 6))
            optional = bool(rng.random() < 0.25)
            add(f"post{k}", "post", int(rng.integers(5, n_places)), t + begin, hours, need,
                level=1 if optional else 0, most=need + 1, want=need + int(rng.random() < 0.3), price_want=8,
                owner=int(rng.integers(5)), sector=f"S{k % max(1, round(4 * scale))}",
                categories=frozenset({0, 1, 2}) if rng.random() < 0.6 else frozenset({0}))
            if rng.random() < 0.5:
                add(f"post{k}", "post", int(rng.integers(5, n_places)), t + begin, hours, 1,
                    qualifications=frozenset({int(rng.integers(4))}), categories=frozenset({0}),
                    sector=f"S{k % max(1, round(4 * scale))}")
        for c in range(round(8 * scale)):
            for begin, hours in ((6, 8), (14, 8), (22, 7)):
                place = int(rng.integers(5))
                add(f"crew{c}-{begin}-{day}", "crew", place, t + begin, hours, 1, categories=frozenset({0}),
                    qualifications=frozenset({2}), uses=((0, 1),), owner=place)
                add(f"crew{c}-{begin}-{day}", "crew", place, t + begin, hours, 1,
                    categories=frozenset({0, 1}), owner=place)
        for begin in (10, 16, 22):
            add("reserve", "reserve", 5, t + begin, 6, max(1, round(4 * scale)), level=1)
    params = {"duty_lead": {"rank_min": 2}}
    rules = tuple(rp.RuleSetting(name, True, params=params.get(name, {})) for name in RULES)
    rules += tuple(rp.RuleSetting(name, False, price) for name, price in SOFT.items())
    days_s = tuple(24 * HOUR * d for d in range(-8, days + 2))
    return rp.Problem(
        people=tuple(people), groups=tuple(groups), units=units,
        places=tuple(f"place{i}" for i in range(n_places)), categories=("sworn", "auxiliary", "steward"),
        qualifications=("armed", "traffic", "driving", "first_aid"), travel_s=travel,
        reachable=np.ones((n_places, n_places), dtype=bool), distance_m=metres,
        horizon_s=(24 * days + 8) * HOUR, days=days_s,
        nights=tuple((d + 22 * HOUR, d + 30 * HOUR) for d in days_s), watches=tuple(watches),
        resources=(rp.Resource("car", max(1, round(9 * scale))),), rules=rules,
    )


def curve(sizes: list[int], seconds: float, seed: int, workers: int) -> None:
    """Time, memory and gap against size, as a table."""
    print("| people | groups | seats | duties | built s | first plan s | seconds | peak GiB | gap | audit |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for size in sizes:
        more = ["--people", str(size), "--seconds", str(seconds), "--seed", str(seed), "--workers", str(workers)]
        command = [sys.executable, "-m", "benchmarks.roster_event", *more]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        if said.returncode:
            print(f"| {size} | no answer: {said.stderr.strip().splitlines()[-1:]} |", flush=True)
            continue
        got = json.loads(said.stdout)
        gap = "none" if got["gap"] is None else f"{got['gap']:.1%} ({got['level']})"
        print(
            f"| {got['people']:,} | {got['groups']:,} | {got['seats']:,} | {got['settings'].get('duties', 0):,} | "
            f"{got['built_s']} | {got['first_s']} | {got['seconds']} | {got['peak_mib'] / 1024:.2f} | {gap} | "
            f"{'agrees' if got.get('agrees') and not got.get('breaches') else 'differs'} |",
            flush=True,
        )


def main() -> None:
    """Measure one event, or many sizes."""
    read = argparse.ArgumentParser()
    read.add_argument("--people", type=int, default=180)
    read.add_argument("--days", type=int, default=3)
    read.add_argument("--load", type=float, default=1.0)
    read.add_argument("--seed", type=int, default=0)
    read.add_argument("--seconds", type=float, default=60)
    read.add_argument("--work", type=float, default=None)
    read.add_argument("--workers", type=int, default=2)
    read.add_argument("--verbose", action="store_true")
    read.add_argument("--curve", type=int, nargs="+", metavar="PEOPLE", help="one line for each size")
    args = read.parse_args()
    if args.curve:
        curve(args.curve, args.seconds, args.seed, args.workers)
        return
    problem = make_event(args.people, args.days, args.seed, args.load)

    told: dict[str, float] = {}

    def show(progress: Progress) -> None:
        told.setdefault(progress.kind, round(progress.seconds, 1))
        if args.verbose:
            state = f"{progress.kind:9} {progress.level:9} {progress.value} {progress.bound}"
            print(f"{progress.seconds:7.1f} {state} {progress.text}", flush=True)

    began = time.monotonic()
    limits = Limits(None if args.work else args.seconds, args.work)
    outcome = solve(problem, limits=limits, seed=args.seed, workers=args.workers, on_progress=show)
    took = time.monotonic() - began
    result: dict[str, object] = {
        "people": len(problem.people), "groups": len(problem.groups), "seats": sum(g.need for g in problem.groups),
        "hours": round(sum(g.need * g.paid_s for g in problem.groups) / 3600),
        "status": outcome.status.value, "seconds": round(took, 2), "gap": outcome.gap,
        "level": outcome.first_open.name if outcome.first_open else "costs",
        "built_s": told.get("stage"), "first_s": told.get("solution"),
        "levels": {lv.name: [lv.value, lv.bound] for lv in outcome.levels},
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "seed": args.seed,
        "settings": dict(outcome.settings), "note": outcome.note,
    }
    if outcome.plan is not None:
        checked = audit(problem, outcome.plan)
        result["breaches"] = [(b.rule, b.who, b.where) for b in checked.breaches[:5]]
        result["agrees"] = checked.levels == tuple((lv.name, lv.value) for lv in outcome.levels)
        parts: dict[str, int] = {}
        for cost in checked.costs:
            parts[cost.rule] = parts.get(cost.rule, 0) + cost.price
        result["costs"] = parts
    print(json.dumps(result))


if __name__ == "__main__":
    main()
