"""``make bench-travel``: travel against its peers, every bar with its ratio, one JSON line each and a table at the end.

Rounds are interleaved in one process on one thread; times are processor seconds, medians over the rounds; answers are
compared to the millisecond before any time is printed. Exit 1 when a bar is missed or answers differ.
"""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from benchmarks import travel_equality, travel_maps, travel_matrix
from benchmarks.travel_networks import DATA, drawn, real
from benchmarks.travel_size import curve, curve_table
from benchmarks.travel_timing import Book
from geodata.network import RoadNetwork

SHIPPED = Path(__file__).resolve().parents[1] / "scenarios/library/neubrandenburg/neubrandenburg.osm.pbf"
MIB_BAR = 1024
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")


@cache
def network(name: str) -> RoadNetwork | None:
    """``s10k`` and the like are drawn, others are real ones where the data lies beside the checkout."""
    return drawn(int(name[1:-1]) * 1000) if name.startswith("s") else real(name)


def matrices(book: Book, args: argparse.Namespace) -> None:
    """Tables, warm and cold."""
    plan = [("s3k", 200, 3)] if args.quick else [("s10k", 200, 9), ("s10k", 1000, 9), ("wuhan", 1000, 5),
                                                 ("porto", 1000, 5), ("s100k", 200, 5), ("s100k", 1000, 5)]  # fmt: skip
    for name, size, rounds in plan:
        net = network(name)
        if net is not None:
            travel_matrix.matrix(book, name, net, size=size, rounds=rounds)
    if args.large:
        travel_matrix.matrix(book, "s500k", _some(network("s500k")), size=1000, rounds=3, cold=False)


def coverages(book: Book, args: argparse.Namespace) -> None:
    """Reach of posts within a limit."""
    plan = [("s3k", 300, 100, 3)] if args.quick else [("wuhan", 300, 1000, 5), ("s100k", 600, 1000, 3)]
    if args.large:
        plan.append(("s500k", 300, 1000, 3))
    for name, limit_s, posts, rounds in plan:
        net = network(name)
        if net is not None:
            travel_matrix.coverage(book, name, net, limit_s, posts=posts, rounds=rounds)


def closings(book: Book, args: argparse.Namespace) -> None:
    """Five edges closed."""
    plan = [("s3k", 200, 3)] if args.quick else [("s10k", 1000, 7), ("wuhan", 1000, 5), ("s100k", 1000, 5)]
    for name, size, rounds in plan:
        net = network(name)
        if net is not None:
            travel_matrix.closures(book, name, net, size=size, rounds=rounds)


def alternative_ways(book: Book, args: argparse.Namespace) -> None:
    """Alternatives against Yen."""
    plan = [("s3k", 4, 3)] if args.quick else [("s10k", 12, 3), ("wuhan", 6, 3)]
    for name, pairs, rounds in plan:
        net = network(name)
        if net is not None:
            travel_matrix.ways(book, name, net, pairs=pairs, rounds=rounds)


def _maps(args: argparse.Namespace) -> list[tuple[Path, int]]:
    """Maps to read with the number of rounds."""
    further = [(DATA / "osm/liechtenstein.osm.pbf", 7), (DATA / "osm/columbus.osm.pbf", 3)]
    here = [] if args.quick else [each for each in further if each[0].is_file()]
    return [(SHIPPED, 3), *here]


def readings(book: Book, args: argparse.Namespace) -> None:
    """OpenStreetMap files."""
    for path, rounds in _maps(args):
        travel_maps.reading(book, path, rounds=rounds)


def snappings(book: Book, args: argparse.Namespace) -> None:
    """Points onto roads."""
    for path, rounds in _maps(args):
        travel_maps.snapping(book, path, n_points=2000 if args.quick else 10_000, rounds=rounds)


def equalities(book: Book, args: argparse.Namespace) -> None:
    """Random multigraphs and every real map."""
    travel_equality.multigraphs(book, 100 if args.quick else args.multigraphs)
    further = [] if args.quick else sorted((DATA / "osm").glob("*.osm*"))
    also = [path for path in further if path.name != SHIPPED.name and not path.name.endswith(".bz2")]
    travel_equality.maps(book, [SHIPPED, *also])


def sizes(book: Book, args: argparse.Namespace) -> None:
    """Cost against size."""
    rows = curve((3_000,) if args.quick else (10_000, 30_000, 100_000, 250_000, 500_000))
    for row in rows:
        peak = row["peak_mib"]
        book.fact("memory beyond the libraries", f"{row['nodes']:,} nodes", f"{peak:.0f} MiB",
                  met=peak < MIB_BAR if row["nodes"] >= 500_000 else None, **row)  # fmt: skip
    print("\n" + curve_table(rows) + "\n", flush=True)


SECTIONS: dict[str, Callable[[Book, argparse.Namespace], None]] = {
    "matrix": matrices,
    "coverage": coverages,
    "closures": closings,
    "alternatives": alternative_ways,
    "reading": readings,
    "snapping": snappings,
    "curve": sizes,
    "equality": equalities,
}


def _some(net: RoadNetwork | None) -> RoadNetwork:
    assert net is not None
    return net


def _measure(book: Book, sections: list[str], args: argparse.Namespace) -> None:
    from geodata.routing import warm_up

    warm_up()
    for name in sections:
        try:
            SECTIONS[name](book, args)
        except SystemExit as stopped:  # answers differ: no time of this section is worth printing
            book.fact(f"{name}: STOPPED", "", str(stopped), met=False)
        gc.collect()


def main() -> None:
    """Read the command line, measure section by section, print the table."""
    if any(os.environ.get(name) != "1" for name in THREADS):
        # Libraries read these when they are loaded, which has happened by now: begin again.
        os.environ.update(dict.fromkeys(THREADS, "1"))
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.travel", *sys.argv[1:]])  # noqa: S606
    parser = argparse.ArgumentParser(prog="python -m benchmarks.travel", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small networks, about a minute; bars are not judged")
    parser.add_argument("--large", action="store_true", help="tables and reach at 500,000 nodes too (ten minutes more)")
    parser.add_argument("--equality", action="store_true", help="only compare answers, on many more graphs and maps")
    parser.add_argument("--multigraphs", type=int, default=None, help="random multigraphs to compare")
    parser.add_argument("--only", help=f"sections, by commas: {','.join(SECTIONS)}")
    parser.add_argument("--out", type=Path, help="where the lines of JSON go as well")
    args = parser.parse_args()
    if args.multigraphs is None:
        args.multigraphs = 5000 if args.equality else 500
    chosen = args.only.split(",") if args.only else ["equality"] if args.equality else list(SECTIONS)
    if set(chosen) - set(SECTIONS):
        parser.error(f"--only knows {', '.join(SECTIONS)}")
    logging.getLogger("geodata").setLevel(logging.ERROR)

    begin, book = time.monotonic(), Book(judged=not args.quick)
    with tempfile.TemporaryDirectory() as folder:
        # Prepared networks of earlier runs are left aside, and this run leaves none behind.
        os.environ["VEDETTE_HOME"] = tempfile.tempdir = folder
        _measure(book, chosen, args)
    tempfile.tempdir = None
    if args.out is not None:
        args.out.write_text("".join(json.dumps(line) + "\n" for line in book.lines), encoding="utf-8")
    bars = [line for line in book.lines if line["met"] is not None]
    print("\n" + book.table())
    print(f"\n{len(bars) - len(book.missed)} of {len(bars)} bars met; {time.monotonic() - begin:.0f} s")
    raise SystemExit(1 if book.missed else 0)


if __name__ == "__main__":
    main()
