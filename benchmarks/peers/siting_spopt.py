"""San Francisco by spopt: the two questions of ``python -m benchmarks san_francisco``, one JSON object a run.

Run by ``make bench-siting`` in an environment of its own; Vedette is not imported. Time is that of building the model
and solving it; reading the files is left out, as it is on our side.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pulp
import spopt
from spopt.locate import MCLP, PMedian


def main(folder: Path, repeats: int) -> None:
    """Solve both questions some times and print value and least seconds."""
    (file,) = folder.glob("SF_network_distance*.csv")
    rows = pd.read_csv(file)
    table = rows.pivot_table(values="distance", index="DestinationName", columns="name")
    people = rows.drop_duplicates("DestinationName").set_index("DestinationName").loc[table.index, "demand"]
    cost, weight = table.to_numpy(), people.to_numpy()
    best: dict[str, tuple[float, float]] = {}
    for _ in range(repeats):
        begun = time.perf_counter()
        covering = MCLP.from_cost_matrix(cost, weight, service_radius=5000, p_facilities=4)
        covering = covering.solve(pulp.PULP_CBC_CMD(msg=False))
        share = float(covering.perc_cov)
        best["covered_pct"] = least(best.get("covered_pct"), share, time.perf_counter() - begun)
        begun = time.perf_counter()
        median = PMedian.from_cost_matrix(cost, weight, p_facilities=4).solve(pulp.PULP_CBC_CMD(msg=False))
        best["mean_m"] = least(best.get("mean_m"), float(median.mean_dist), time.perf_counter() - begun)
    told = {
        "kind": "san_francisco", "peer": f"spopt {spopt.__version__}",
        "values": [best["covered_pct"][0], best["mean_m"][0]],
        "seconds": round(sum(seconds for _, seconds in best.values()), 4), "repeats": repeats,
        "checked": bool(np.isfinite(cost).all()),
    }  # fmt: skip
    print(json.dumps(told))


def least(before: tuple[float, float] | None, value: float, seconds: float) -> tuple[float, float]:
    """The value with the least seconds so far."""
    return (value, seconds if before is None else min(before[1], seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
