"""Compiled list of all standing rounds whose reduced worth is above a floor.

Column generation makes the rounds that a relaxation asks for; the best whole plan may need others. Every round of a
better plan, though, has a reduced worth above a known floor (route enumeration, Baldacci, Christofides and Mingozzi
2008), so that a complete list of those proves the choice among them.
"""

# ruff: noqa: ANN001, ANN201
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators
# fmt: off

from __future__ import annotations

import numba as nb
import numpy as np

jit = nb.njit(cache=True, nogil=True, error_model="numpy")


@jit
def every(w, core, gain, sigma, longest, cell, a, floor, comp, used, path, length, val, routes, sizes, had, most):
    """List the true rounds from core place ``a`` with worth above ``floor``; each place at most once.

    Lengths of ``w`` and ``longest`` are true ones, ``sigma`` the price of one unit of them; ``comp[v, rest]`` bounds
    what is still to be gained with ``rest`` cells left. ``routes[had:]`` take the rounds. Returns (rounds now, steps);
    rounds -1 when ``routes`` or ``most`` steps did not suffice and nothing is proven.
    """
    n = core.shape[0]
    used[:] = False
    used[a] = True
    path[0], length[0], val[0] = a, 0, gain[a]
    after = np.zeros(n + 1, np.int64)  # the next place to try at each depth
    deep, steps = 0, 0
    while deep >= 0:
        v, u = path[deep], after[deep]
        if u == 0 and not core[v] and length[deep] + w[v, a] <= longest and val[deep] - sigma * w[v, a] > floor:
            if had == routes.shape[0]:
                return -1, steps
            for p in range(deep + 1):
                routes[had, p] = path[p]
            sizes[had] = deep + 1
            had += 1
        if u == n:
            used[v] = False
            deep -= 1
            continue
        after[deep] += 1
        steps += 1
        if steps > most:
            return -1, steps
        if used[u] or (core[u] and not core[v]):
            continue
        far = length[deep] + w[v, u]
        if far > longest:
            continue
        now = val[deep] + gain[u]
        if not (core[u] and core[v]):
            now -= sigma * w[v, u]
        if now + comp[u, (longest - far) // cell] <= floor:
            continue
        deep += 1
        path[deep], length[deep], val[deep], after[deep] = u, far, now, 0
        used[u] = True
    return had, steps
