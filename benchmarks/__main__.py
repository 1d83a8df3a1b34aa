"""``python -m benchmarks KIND INSTANCE ...``: public instances through the engine that plans events.

Prints one JSON object a line: kind, instance, status, objective, bound, gap, seconds, peak_mib, seed.
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
    "siting_scale",
    "siting_mix",
    "toptw",
    "hot_spot",
    "patrol_graph",
    "revisit",
    "shift_scheduling",
    "events",
)  # each offers KINDS: name -> run(path, limits, seed, workers, **its own options)


def main() -> None:
    """Read the command line, run, print."""
    from scheduler.outcome import Limits

    kinds, named, options = {}, {}, {}
    for name in MODULES:
        if importlib.util.find_spec(f"benchmarks.{name}") is not None:
            module = importlib.import_module(f"benchmarks.{name}")
            kinds.update(module.KINDS)
            named.update(getattr(module, "NAMED", {}))
            options.update(getattr(module, "OPTIONS", {}))
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("kind", choices=sorted(kinds))
    parser.add_argument(
        "instance",
        type=Path,
        nargs="+",
        help="files, folders for kinds that are one, or a size of event",
    )
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2, help="cores")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--solution",
        type=Path,
        help="where the solution goes, as the scorer reads it; a folder for several instances",
    )
    parser.add_argument("--teams", type=int, default=1, help="toptw: how many teams")
    parser.add_argument("--cars", type=int, default=3, help="hot_spot: how many cars")
    parser.add_argument("--length", type=float, default=20.8, help="hot_spot: longest tour, miles")
    parser.add_argument(
        "--core",
        type=float,
        nargs=3,
        metavar=("LAT", "LON", "MILES"),
        help="hot_spot: where the core is",
    )
    args = parser.parse_args()
    known = named.get(args.kind)
    lost = [str(p) for p in args.instance if (str(p) not in known if known else not p.exists())]
    if lost:
        parser.error(
            f"{f'not one of {known}' if known else 'no such file or folder'}: {', '.join(lost)}"
        )
    for path in args.instance:
        result, solution = kinds[args.kind](
            path,
            Limits(seconds=args.seconds),
            args.seed,
            args.workers,
            **{name: getattr(args, name) for name in options.get(args.kind, ())},
        )
        if args.solution is not None:
            _write(args.solution, path, solution, several=len(args.instance) > 1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        told = {
            "kind": args.kind,
            "instance": path.name,
            **result,
            "seconds": round(result["seconds"], 3),
            "peak_mib": round(peak / (2**20 if sys.platform == "darwin" else 2**10)),
            "seed": args.seed,
        }
        print(json.dumps(told), flush=True)


def _write(out: Path, instance: Path, solution: object, *, several: bool) -> None:
    if several:
        out.mkdir(parents=True, exist_ok=True)
        out = out / f"{instance.stem}.json"
    out.write_text(json.dumps(solution), encoding="utf-8")


if __name__ == "__main__":
    main()
