"""A seeded event the size of a town festival: rail sections, schools, venues, stations, three days, two modes.

``python -m benchmarks.patrols_event --work 12 --seed 0`` prints one JSON object: levels, bounds, seconds.
"""

from __future__ import annotations

import argparse
import json

import numpy as np

from scheduler.outcome import Limits
from scheduler.patrols.problem import (
    Break,
    Crew,
    Mode,
    Place,
    Pool,
    Problem,
    Promise,
    Service,
    Window,
)
from scheduler.patrols.solve import solve

HOUR = 3600
DAYS = 3


def _spots(
    rng: np.random.Generator, n_sections: int
) -> tuple[np.ndarray, list[tuple[int, int, int]]]:
    """Four rail lines from the centre, forty sites around it, three depots."""
    spots: list[tuple[float, float]] = []
    sections = []
    for angle in (0.3, 1.7, 3.4, 4.9):
        x = y = 0.0
        first = len(spots)
        for step in range(n_sections // 4 + 1):
            spots.append((x, y))
            bend = angle + 0.3 * np.sin(step / 5)
            x, y = x + 430 * np.cos(bend), y + 430 * np.sin(bend)
        sections += [(first + s, first + s + 1, s) for s in range(n_sections // 4)]
    radius, turn = 3000 * np.sqrt(rng.random(40)), 2 * np.pi * rng.random(40)
    spots += list(zip(radius * np.cos(turn), radius * np.sin(turn), strict=True))
    spots += [(1500 * np.cos(2.1 * d), 1500 * np.sin(2.1 * d)) for d in range(3)]
    return np.array(spots), sections


def festival(
    seed: int = 0, *, n_sections: int = 120, n_close: int = 35, offered: int = 5
) -> Problem:
    """A Problem like the shipped scenario's: ``n_close`` sections keep two hours in the evenings, the rest a day."""
    rng = np.random.default_rng(seed)
    spots, sections = _spots(rng, n_sections)
    n = len(spots)
    apart_m = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    car = np.ceil(apart_m * 1.4 / 11.1 + 45 * (apart_m > 0)).astype(np.int32)
    foot = np.ceil(apart_m * 1.25 / 1.33).astype(np.int32)
    modes = tuple(
        Mode(name, t, np.ones((n, n), np.bool_)) for name, t in (("car", car), ("foot", foot))
    )
    horizon = DAYS * 24 * HOUR
    evenings = [(d * 24 * HOUR + 16 * HOUR, (d + 1) * 24 * HOUR) for d in range(DAYS)]
    close = {i for _, i in sorted((s[2], i) for i, s in enumerate(sections))[:n_close]}
    places = []
    for i, (a, b, _) in enumerate(sections):
        gaps = [(x, y, 2 * HOUR) for x, y in evenings] if i in close else [(0, horizon, 24 * HOUR)]
        both = (Service(a, b, 150), Service(a, b, 420))
        places.append(
            Place(
                f"R{i:03d}", both, tuple(Promise(*g) for g in gaps), weight=3 if i in close else 1
            )
        )
    for k in range(40):
        at = 4 * (n_sections // 4 + 1) + k
        both = (Service(at, at, 600), Service(at, at, 600))
        promises: tuple[Promise, ...] = (Promise(0, horizon, (6 + 2 * (k % 2)) * HOUR),)
        windows: tuple[Window, ...] = ()
        if k < 8:
            promises, windows = (), (Window(7 * HOUR, 27000), Window(12 * HOUR, 45000))
        elif k < 14:
            promises = tuple(Promise(x, y, (60 + 30 * (k % 3)) * 60) for x, y in evenings)
        elif k < 20:
            promises = (Promise(0, horizon, (4 * HOUR if k >= 17 else (90 + 30 * (k % 2)) * 60)),)
        places.append(Place(f"S{k:02d}", both, promises, windows, weight=2))
    crews = []
    for mode, kind in enumerate("CF"):
        for start in range(-2 * HOUR, horizon, 8 * HOUR):
            begin, end = max(0, start), min(start + 8 * HOUR, horizon)
            rest = (
                (Break(begin + 2 * HOUR, begin + 5 * HOUR, 1800),)
                if end - begin == 8 * HOUR
                else ()
            )
            crews += [
                Crew(
                    f"{kind}{begin // HOUR:02d}-{j}",
                    mode,
                    mode,
                    n - 3 + j % 3,
                    n - 3 + j % 3,
                    begin,
                    end,
                    rest,
                )
                for j in range(offered)
            ]
    pools = tuple(Pool(name, ((0, horizon, offered),)) for name in ("cars", "foot"))
    return Problem(tuple(places), tuple(crews), modes, pools, n, horizon)


def main() -> None:
    """Solve one festival and print what came out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=float, default=12.0)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--instance", type=int, default=0)
    args = parser.parse_args()
    limits = Limits(args.seconds, None if args.seconds else args.work)
    found = solve(festival(args.instance), limits=limits, seed=args.seed)
    levels = {level.name: [level.value, level.bound] for level in found.levels}
    print(
        json.dumps({"status": found.status, "levels": levels, "seconds": round(found.seconds, 2)})
    )


if __name__ == "__main__":
    main()
