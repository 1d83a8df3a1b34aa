"""What one network costs: seconds to prepare, to customise and to answer, and memory, in a process of its own."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.travel_networks import at_nodes, drawn, some_nodes
from benchmarks.travel_timing import once
from geodata.network import RoadNetwork


def _rss_mib(key: str) -> float:
    """``VmRSS`` (now) or ``VmHWM`` (the most since the last reset) of this process."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(key):
            return int(line.split()[1]) / 1024
    raise SystemExit("memory is measured on Linux only")


def save(net: RoadNetwork, to: Path) -> None:
    """Write a network's arrays."""
    arrays = {f.name: getattr(net, f.name) for f in fields(net) if isinstance(getattr(net, f.name), np.ndarray)}
    np.savez(to, **arrays)


def load(path: Path) -> RoadNetwork:
    """Read them back."""
    with np.load(path) as arrays:
        return RoadNetwork(
            profile="car", crs="EPSG:32632", class_names=("residential",), names=("",),
            **{name: arrays[name] for name in arrays.files},
        )  # fmt: skip


def measure(path: Path) -> dict[str, Any]:
    """Load, prepare, customise, answer; memory counts from after the libraries are loaded and the code compiled."""
    from geodata.router import Router
    from geodata.routing import warm_up

    warm_up()
    before = _rss_mib("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    net = load(path)
    _ = net.arcs
    held = _rss_mib("VmRSS") - before
    router, prepare_s = once(lambda: Router(net).prepare())
    prepared = _rss_mib("VmRSS") - before
    rng = np.random.default_rng(6)
    a, b = (at_nodes(net, some_nodes(net, 1000, rng)) for _ in range(2))
    router.matrix_ms(a, b)
    matrix_s = statistics.median(once(lambda: router.matrix_ms(a, b))[1] for _ in range(5))
    factor = rng.uniform(0.7, 1.0, net.n_edges)
    customise_s = statistics.median(once(lambda: router.with_speeds(factor).prepare())[1] for _ in range(3))
    return {
        "nodes": net.n_nodes,
        "arcs": len(net.arcs.head),
        "prepare_s": prepare_s,
        "customise_s": customise_s,
        "matrix_s": matrix_s,
        "network_mib": held,
        "prepared_mib": prepared,
        "peak_mib": _rss_mib("VmHWM") - before,
    }


def curve(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """Measure drawn networks of several sizes, each in its own process."""
    told = []
    with tempfile.TemporaryDirectory() as folder:
        for n in sizes:
            path = Path(folder) / f"{n}.npz"
            save(drawn(n), path)
            run = subprocess.run(
                [sys.executable, "-m", "benchmarks.travel_size", str(path)], capture_output=True, text=True, check=False
            )
            if run.returncode:
                raise SystemExit(f"{n} nodes: {run.stderr.strip().splitlines()[-1:]}")
            told.append(json.loads(run.stdout))
            path.unlink()
    return told


def curve_table(rows: list[dict[str, Any]]) -> str:
    """The curve as a Markdown table."""
    lines = [
        "| nodes | arcs | prepare s | customise s | 1000x1000 s | network MiB | prepared MiB | peak MiB |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {row['nodes']:,} | {row['arcs']:,} | {row['prepare_s']:.3g} | {row['customise_s']:.3g} | "
        f"{row['matrix_s']:.3g} | {row['network_mib']:.0f} | {row['prepared_mib']:.0f} | {row['peak_mib']:.0f} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.travel_size", description=__doc__)
    parser.add_argument("network", type=Path, help="an .npz of the network's arrays")
    print(json.dumps(measure(parser.parse_args().network)))
