"""``python -m benchmarks KIND INSTANCE``: one public instance through the engine that plans events.

Prints one JSON object: kind, instance, status, objective, bound, gap, seconds, peak_mib, seed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import sys
from pathlib import Path

MODULES = (
    "siting",
    "patrols",
    "roster",
)  # each offers KINDS: name -> run(path, limits, seed, workers)


def main() -> None:
    """Read the command line, run, print."""
    from scheduler.outcome import Limits

    kinds = {}
    for name in MODULES:
        if importlib.util.find_spec(f"benchmarks.{name}") is not None:
            kinds.update(importlib.import_module(f"benchmarks.{name}").KINDS)
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("kind", choices=sorted(kinds))
    parser.add_argument("instance", type=Path, help="a file, or a folder for kinds that are one")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2, help="cores")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--solution", type=Path, help="where the solution goes, as the scorer reads it"
    )
    args = parser.parse_args()
    if not args.instance.exists():
        parser.error(f"no such file or folder: {args.instance}")
    result, solution = kinds[args.kind](
        args.instance, Limits(seconds=args.seconds), args.seed, args.workers
    )
    if args.solution is not None:
        args.solution.write_text(json.dumps(solution), encoding="utf-8")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {
        "kind": args.kind,
        "instance": args.instance.name,
        **result,
        "seconds": round(result["seconds"], 3),
        "peak_mib": round(peak / (2**20 if sys.platform == "darwin" else 2**10)),
        "seed": args.seed,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
