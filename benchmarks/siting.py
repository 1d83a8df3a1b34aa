"""Public location instances as siting Problems, and our plans back: nothing is solved here.

Compiled parts are loaded before the clock starts.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from scheduler.outcome import Limits, Outcome
from scheduler.siting.audit import audit, cover
from scheduler.siting.cordon import close_exits
from scheduler.siting.plan import SitingPlan, Stand
from scheduler.siting.problem import Kind, Period, Post, Problem, Site, dense_reach
from scheduler.siting.solve import solve
from scheduler.siting.standard import smallest_standard
from scheduler.siting.warming import warm_up

FAR = 2**31 - 1
Result = dict[str, Any]


def _problem(
    table: NDArray[np.int64],
    *,
    standard: int,
    levels: tuple[str, ...],
    most_posts: int | None = None,
    prices: NDArray[np.int64] | None = None,
    weights: NDArray[np.int64] | None = None,
    required: int = 0,
    must: bool = False,
) -> Problem:
    """One period, one kind, as many units as posts; FAR marks pairs out of reach."""
    n_posts, n_sites = table.shape
    return Problem(
        sites=tuple(
            Site(str(s + 1), 1 if weights is None else int(weights[s]), standard, must=must)
            for s in range(n_sites)
        ),
        posts=tuple(
            Post(str(j + 1), 1 if prices is None else int(prices[j]), required=j < required)
            for j in range(n_posts)
        ),
        kinds=(Kind("unit"),),
        periods=(Period("all", 0, 1, (0,), np.ones(n_sites, dtype=bool), (n_posts,), most_posts),),
        reaches=(dense_reach(table, table < FAR),),
        point_site=np.arange(n_sites, dtype=np.int32),
        levels=levels,
        move_price=0,
    )


def _opened(plan: SitingPlan | None) -> list[int]:
    return sorted({int(stand.post) for stand in plan.stands}) if plan is not None else []


def _told(outcome: Outcome[SitingPlan], level: str) -> Result:
    its = next(one for one in outcome.levels if one.name == level)
    return {
        "status": str(outcome.status),
        "objective": its.value,
        "bound": its.bound,
        "gap": its.gap,
    }


# ------------------------------------------------------------------ OR-Library p-median and p-center
def _pmed(path: Path) -> tuple[int, NDArray[np.int64]]:
    numbers = [int(float(token)) for token in path.read_text(encoding="utf-8").split()]
    n, m, p = numbers[:3]
    length: dict[tuple[int, int], int] = {}
    for i in range(m):
        u, v, cost = numbers[3 + 3 * i : 6 + 3 * i]
        length[min(u, v) - 1, max(u, v) - 1] = cost  # a repeated edge: the last one counts
    ends = np.array(list(length), dtype=np.int64)
    graph = csr_array(
        (np.array(list(length.values()), dtype=float), (ends[:, 0], ends[:, 1])), (n, n)
    )
    far = shortest_path(graph, directed=False)
    return p, np.where(np.isfinite(far), far, FAR).astype(np.int64)


def _filled(opened: list[int], n: int, n_posts: int) -> list[int]:
    """Exactly so many: an optimum with fewer stays one with any others added."""
    spare = (j for j in range(1, n + 1) if j not in set(opened))
    return sorted([*opened, *(next(spare) for _ in range(n_posts - len(opened)))])


def pmedian(path: Path, limits: Limits, seed: int, workers: int) -> tuple[Result, Result]:
    """Least sum of distances with p posts."""
    p, table = _pmed(path)
    warm_up()
    begun = time.perf_counter()
    problem = _problem(table, standard=1, levels=("response",), most_posts=p)
    outcome = solve(problem, limits=limits, seed=seed, workers=workers)
    result = {**_told(outcome, "response"), "seconds": time.perf_counter() - begun}
    return result, {"open": _filled(_opened(outcome.plan), len(table), p)}


def pcenter(path: Path, limits: Limits, seed: int, _workers: int) -> tuple[Result, Result]:
    """Least longest distance with p posts."""
    p, table = _pmed(path)
    warm_up()
    begun = time.perf_counter()
    problem = _problem(table, standard=1, levels=("bare",))
    found = smallest_standard(problem, p, limits=limits, seed=seed)
    seconds = time.perf_counter() - begun
    value = found.seconds
    result = {
        "status": "unknown" if value is None else "optimal" if found.proven else "feasible",
        "objective": value,
        "bound": found.bound,
        "gap": None if value is None else (value - found.bound) / max(1, value),
        "seconds": seconds,
    }
    return result, {"open": _filled(_opened(found.plan), len(table), p)}


# ------------------------------------------------------------------ OR-Library set covering
def set_covering(path: Path, limits: Limits, seed: int, workers: int) -> tuple[Result, Result]:
    """Least price of columns that cover every row."""
    numbers = [int(float(token)) for token in path.read_text(encoding="utf-8").split()]
    n_rows, n_columns = numbers[:2]
    prices, at = np.array(numbers[2 : 2 + n_columns]), 2 + n_columns
    table = np.full((n_columns, n_rows), FAR, dtype=np.int64)
    for row in range(n_rows):
        size = numbers[at]
        table[np.array(numbers[at + 1 : at + 1 + size]) - 1, row] = 1
        at += 1 + size
    warm_up()
    begun = time.perf_counter()
    problem = _problem(table, standard=1, levels=("must_bare", "posts"), prices=prices, must=True)
    outcome = solve(problem, limits=limits, seed=seed, workers=workers)
    result = {**_told(outcome, "posts"), "seconds": time.perf_counter() - begun}
    return result, {"chosen": _opened(outcome.plan)}


# ------------------------------------------------------------------ police platforms of a city district
def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def police_platforms(path: Path, limits: Limits, seed: int, workers: int) -> tuple[Result, Result]:
    """The nine questions on district A: who is late, the blockade, fewest platforms, four more."""
    nodes = [row for row in _rows(path / "nodes.csv") if row["district"] == "1"]
    index = {int(row["node"]): i for i, row in enumerate(nodes)}
    far = np.zeros((len(nodes), len(nodes)))
    for row in _rows(path / "edges.csv"):
        u, v = index.get(int(row["u"])), index.get(int(row["v"]))
        if u is not None and v is not None:
            far[u, v] = far[v, u] = round(float(row["length_m"]) * 1000)  # whole millimetres
    metres = shortest_path(csr_array(far), directed=False)
    table = np.where(np.isfinite(metres), metres, FAR).astype(np.int64)
    at = [index[int(r["node"])] for r in _rows(path / "platforms.csv") if int(r["node"]) in index]
    others = [i for i in range(len(nodes)) if i not in set(at)]
    exits = [
        index[int(r["node"])] for r in _rows(path / "exits.csv") if r["kind"] == "districtA_exit"
    ]
    rates = np.array([round(float(row["incident_rate"]) * 10) for row in nodes], dtype=np.int64)
    names = [int(row["node"]) for row in nodes]
    within = 3_000_000

    warm_up()
    begun = time.perf_counter()
    now = _problem(table[at], standard=within, levels=("bare", "response"), weights=rates)
    standing = SitingPlan(tuple(Stand(post.id, "all", "unit", 1) for post in now.posts))
    (its,) = cover(now, standing)
    value = audit(now, standing).value("response")
    closing = close_exits(table[np.ix_(at, exits)])
    free = close_exits(np.where(table[np.ix_(at, exits)] >= 0, table[np.ix_(at, exits)], 0))
    fewest = solve(
        _problem(table, standard=within, levels=("must_bare", "posts"), must=True),
        limits=limits,
        seed=seed,
        workers=workers,
    )
    kept = table[[*at, *others]]
    more = solve(
        _problem(kept, standard=within, levels=("must_bare", "posts"), must=True, required=len(at)),
        limits=limits,
        seed=seed,
        workers=workers,
    )
    seconds = time.perf_counter() - begun
    if closing is None or free is None or fewest.plan is None or more.plan is None:
        return {
            "status": "unknown",
            "objective": None,
            "bound": None,
            "gap": None,
            "seconds": seconds,
        }, {}
    least_total = _least_total(table[np.ix_(at, exits)])
    values = [
        " ".join(str(names[s]) for s in np.flatnonzero(its.bare)),
        its.first_s.max() / 1000,
        round(value / int(rates.sum()) / 1000, 3),
        closing.last_s / 1000,
        round(closing.last_s / 1e6, 5),
        round(closing.total_s / 1000, 2),
        round(least_total / 1000, 2),
        len(fewest.plan.stands),
        len(more.plan.stands) - len(at),
    ]
    reference = [row["value"] for row in _rows(path / "reference_values.csv")]
    agree = [_same(a, b) for a, b in zip(values, reference, strict=True)]
    proven = str(fewest.status) == str(more.status) == "optimal"
    result = {
        "status": "optimal" if proven else "feasible",
        "objective": sum(agree),
        "bound": len(reference),
        "gap": 0.0 if all(agree) else None,
        "seconds": seconds,
        "values": [str(v) for v in values],
    }
    return result, {"values": [str(v) for v in values]}


def _least_total(table: NDArray[np.int64]) -> int:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(table)
    return int(table[rows, columns].sum())


def _same(found: object, wanted: str) -> bool:
    if isinstance(found, str):
        return found == wanted
    digits = len(wanted.partition(".")[2])
    return f"{float(str(found)):.{digits}f}" == wanted


# ------------------------------------------------------------------ San Francisco, 16 stores and 205 tracts
def san_francisco(path: Path, limits: Limits, seed: int, workers: int) -> tuple[Result, Result]:
    """Most people within 5,000 m of 4 stores, and the least mean distance to 4 stores; tracts covered in percent."""
    (file,) = path.glob("SF_network_distance*.csv")
    rows = _rows(file)
    stores = sorted({row["name"] for row in rows}, key=lambda name: int(name.rpartition("_")[2]))
    tracts = sorted({row["DestinationName"] for row in rows})
    exact = np.full((len(stores), len(tracts)), np.inf)
    store_at, tract_at = {n: i for i, n in enumerate(stores)}, {n: i for i, n in enumerate(tracts)}
    for row in rows:
        exact[store_at[row["name"]], tract_at[row["DestinationName"]]] = float(row["distance"])
    people = np.zeros(len(tracts), dtype=np.int64)
    for row in rows:
        people[tract_at[row["DestinationName"]]] = round(float(row["demand"]))
    table = np.where(np.isfinite(exact), np.ceil(exact * 1000), FAR).astype(np.int64)

    warm_up()
    begun = time.perf_counter()
    problem = _problem(table, standard=5_000_000, levels=("bare",), most_posts=4, weights=people)
    covering = solve(problem, limits=limits, seed=seed, workers=workers)
    median = solve(
        replace(problem, levels=("response",)), limits=limits, seed=seed, workers=workers
    )
    seconds = time.perf_counter() - begun
    chosen = [np.array(_opened(one.plan)) - 1 for one in (covering, median)]
    reached = float((exact[chosen[0]].min(axis=0) <= 5000).mean() * 100)
    mean = float(np.average(exact[chosen[1]].min(axis=0), weights=people))
    result = {
        "status": str(max(str(covering.status), str(median.status), key=lambda s: s != "optimal")),
        "objective": mean,
        "bound": mean if median.gap == 0 else None,
        "gap": median.gap,
        "seconds": seconds,
        "values": [reached, mean],
    }
    return result, {"open": [[stores[j] for j in one] for one in chosen]}


KINDS: dict[str, Callable[[Path, Limits, int, int], tuple[Result, Result]]] = {
    "pmedian": pmedian,
    "pcenter": pcenter,
    "set_covering": set_covering,
    "police_platforms": police_platforms,
    "san_francisco": san_francisco,
}
