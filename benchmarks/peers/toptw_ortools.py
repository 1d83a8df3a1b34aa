"""OR-Tools routing alone on a team orienteering instance: ``python -m benchmarks.peers.toptw_ortools FILE ...``.

Every vertex may be left out at the price of its prize times 10,000, travel counts once; guided local search.
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
    """Solve each file and print the prize gained."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("instance", type=Path, nargs="+")
    parser.add_argument("--teams", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10)
    args = parser.parse_args()
    for path in args.instance:
        vertices = read(path)
        scale = 10 ** decimals_of(path)
        n = len(vertices)
        ways = [
            [math.floor(math.hypot(a.x - b.x, a.y - b.y) * scale + 1e-9) for b in vertices] for a in vertices
        ]
        manager = pywrapcp.RoutingIndexManager(n, args.teams, 0)
        routing = pywrapcp.RoutingModel(manager)

        def way(i: int, j: int, ways: list[list[int]] = ways, manager: pywrapcp.RoutingIndexManager = manager) -> int:
            return ways[manager.IndexToNode(i)][manager.IndexToNode(j)]

        stays = [round(v.stay * scale) for v in vertices]

        def on(
            i: int, j: int, ways: list[list[int]] = ways, stays: list[int] = stays,
            manager: pywrapcp.RoutingIndexManager = manager,
        ) -> int:  # fmt: skip
            a = manager.IndexToNode(i)
            return ways[a][manager.IndexToNode(j)] + stays[a]

        routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(way))
        last = round(vertices[0].closes * scale)
        routing.AddDimension(routing.RegisterTransitCallback(on), last, last, False, "time")
        clock = routing.GetDimensionOrDie("time")
        for v in range(1, n):
            vertex = vertices[v]
            at = manager.NodeToIndex(v)
            routing.AddDisjunction([at], round(vertex.prize) * PRIZE)
            clock.CumulVar(at).SetRange(math.ceil(vertex.opens * scale), min(last, math.floor(vertex.closes * scale)))
        asked = pywrapcp.DefaultRoutingSearchParameters()
        asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
        asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
        asked.time_limit.FromSeconds(args.seconds)
        began = time.perf_counter()
        found = routing.SolveWithParameters(asked)
        seconds = time.perf_counter() - began
        routes: list[list[int]] = []
        for team in range(args.teams if found else 0):
            at, route = routing.Start(team), []
            while not routing.IsEnd(at):
                route.append(manager.IndexToNode(at))
                at = found.Value(routing.NextVar(at))
            routes.append([vertices[v].number for v in route[1:]])
        gained = sum(v.prize for v in vertices if any(v.number in route for route in routes))
        told = {
            "peer": "ortools",
            "instance": path.name,
            "teams": args.teams,
            "objective": round(gained),
            "routes": routes,
            "seconds": round(seconds, 2),
        }
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
