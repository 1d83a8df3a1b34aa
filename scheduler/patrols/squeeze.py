"""Exact timing of a fixed plan whose gaps cannot all be kept: the least weighted excess, by a linear program."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from scheduler.patrols import kernels as k
from scheduler.patrols.tables import Tables


def least_excess(tables: Tables, plan: k.Plan) -> bool:
    """Set the plan's early times to a timetable of least weighted gap excess.

    Variables are the begins ``x`` of all visits and breaks and the excess ``y >= 0`` of each open link; rows are
    ``x_b - x_a >= dwell_a + way`` along tours, ``x_j - x_i <= dwell_i + gap`` along kept links and
    ``x_j - x_i - y <= dwell_i + gap`` along open ones. All rows are differences, so that a vertex is whole seconds.

    Parameters
    ----------
    tables, plan
        The plan must have a feasible timetable in E.

    Returns
    -------
    bool
        True when a timetable was found and written to E; False leaves the plan as it was.
    """
    data, S = tables.data, plan.S
    placed = [
        v
        for v in range(tables.n_nodes)
        if S[k.TOUR, v] >= 0 or S[k.CNEXT, v] >= 0 or S[k.CPREV, v] >= 0
    ]
    column = {v: n for n, v in enumerate(placed)}
    rows: list[list[tuple[int, int]]] = []
    limits: list[int] = []
    prices: list[int] = []
    for v in placed:
        if S[k.TOUR, v] >= 0 and data.kind[v] != k.END:
            b = int(S[k.NEXT, v])
            mode = int(data.tour[S[k.TOUR, v], k.MODE])
            way = 0 if data.kind[b] == k.BREAK else int(data.travel[mode, S[k.EXT, v], S[k.ENT, b]])
            rows.append([(column[v], 1), (column[b], -1)])
            limits.append(-int(S[k.DW, v]) - way)
        j = int(S[k.CNEXT, v])
        if j >= 0:
            chain = data.chain[S[k.CHAIN, v]]
            row = [(column[j], 1), (column[v], -1)]
            if S[k.MISS, v] > 0 or S[k.OVER, v] > 0:
                row.append((len(placed) + len(prices), -1))
                prices.append(int(chain[k.C_WEIGHT]))
            rows.append(row)
            limits.append(int(S[k.DW, v]) + int(chain[k.C_GAP]))
    entries = [(r, c, x) for r, row in enumerate(rows) for c, x in row]
    where = np.array(entries, np.int64)
    shape = (len(rows), len(placed) + len(prices))
    matrix = csr_array((where[:, 2].astype(np.float64), (where[:, 0], where[:, 1])), shape=shape)
    low = np.concatenate([S[k.LO, placed], np.zeros(len(prices))]).astype(np.float64)
    high = np.concatenate([S[k.HI, placed], np.full(len(prices), np.inf)]).astype(np.float64)
    found = milp(
        np.array([0] * len(placed) + prices, np.float64),
        constraints=[LinearConstraint(matrix, -np.inf, np.array(limits, np.float64))],
        bounds=Bounds(low, high),
    )
    if not found.success:
        return False
    times = np.rint(found.x).astype(np.int64)
    if (matrix.astype(np.int64) @ times > np.array(limits)).any():
        return False
    S[k.E, placed] = times[: len(placed)]
    return True
