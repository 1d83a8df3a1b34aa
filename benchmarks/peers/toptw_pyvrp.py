"""PyVRP alone on a team orienteering instance, beside our engine: ``python -m benchmarks.peers.toptw_pyvrp FILE ...``.

Prizes count 10,000 times their value and travel counts once: priced at nothing, its search loses its way.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

from benchmarks.toptw import decimals_of, read

PRIZE = 10_000


def main() -> None:
    """Solve each file with each seed and print the prize gained."""
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", type=Path, nargs="+")
    parser.add_argument("--teams", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    for path in args.instance:
        vertices = read(path)
        scale = 10 ** decimals_of(path)
        model = Model()
        home = vertices[0]
        spots = [model.add_location(x=v.x, y=v.y) for v in vertices]
        depot = model.add_depot(
            spots[0], tw_early=round(home.opens * scale), tw_late=round(home.closes * scale)
        )
        model.add_vehicle_type(
            args.teams,
            start_depot=depot,
            end_depot=depot,
            tw_early=round(home.opens * scale),
            tw_late=round(home.closes * scale),
        )
        for v, spot in zip(vertices[1:], spots[1:], strict=True):
            model.add_client(
                spot,
                service_duration=round(v.stay * scale),
                tw_early=math.ceil(v.opens * scale),
                tw_late=math.floor(v.closes * scale),
                prize=round(v.prize) * PRIZE,
                required=False,
            )
        for i, one in enumerate(vertices):
            for j, two in enumerate(vertices):
                if i != j:
                    way = math.floor(math.hypot(one.x - two.x, one.y - two.y) * scale + 1e-9)
                    model.add_edge(spots[i], spots[j], distance=way, duration=way)
        began = time.perf_counter()
        found = model.solve(MaxRuntime(args.seconds), seed=args.seed, display=False)
        tours = [
            [vertices[stop.idx + 1] for stop in route if stop.is_client()]
            for route in found.best.routes()
        ]
        gained = sum(v.prize for tour in tours for v in tour)
        told = {
            "peer": "pyvrp",
            "instance": path.name,
            "teams": args.teams,
            "objective": round(gained),
            "feasible": found.best.is_feasible(),
            "routes": [[v.number for v in tour] for tour in tours],
            "seconds": round(time.perf_counter() - began, 2),
            "seed": args.seed,
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
