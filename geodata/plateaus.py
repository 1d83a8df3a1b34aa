"""Compiled search for alternative ways between two trees of fastest ways; one closed file, used by ``alternatives``.

The forward tree holds for every node ``f`` milliseconds from the origin and ``fa`` the arc it was reached by; the
backward tree ``b`` milliseconds to the target and ``ba`` the arc towards it. An arc lies on a *plateau* if it is tight
in both: fastest ways from the origin and to the target both run over it.
"""

# Compiled functions get their types from what they are called with; annotations would only be decoration.
# ruff: noqa: ANN001, ANN201
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np

try:
    import numba as nb
except ImportError:  # the same code, uncompiled: slow and equal

    def jit(function):
        """Leave a function as it is."""
        return function

else:
    jit = nb.njit(cache=True, nogil=True, error_model="numpy")


@jit
def via_nodes(f, fa, b, ba, tail, head, w, limit, least):
    """Find first nodes of plateaus whose way is within ``limit``, with the straightness of that way in milliseconds.

    On the way over a plateau from p's successor to q's predecessor all that ends before q, and all that begins after p,
    is a fastest way. What is not must hold the plateau and both arcs that bound it: their time is the straightness, and
    any part of the way that takes less is a fastest way. Ways with a straightness of at most ``least`` are left out.
    """
    n = len(f)
    ahead, back = np.full(n, -1.0), np.full(n, -1.0)
    stack = np.empty(n, dtype=np.int32)
    nodes, straight = np.empty(n, dtype=np.int32), np.empty(n)
    count = 0
    for x in range(n):
        if not f[x] + b[x] <= limit:
            continue
        a = fa[x]
        if a >= 0 and ba[tail[a]] == a:
            continue
        # Follow tight arcs to the end of the plateau or to a node that was followed before; lengths on the way back.
        y, top = x, 0
        while ahead[y] < 0:
            arc = ba[y]
            if arc < 0:
                ahead[y] = np.inf
            elif f[head[arc]] != f[y] + w[arc]:
                ahead[y] = w[arc]
            else:
                stack[top] = y
                top += 1
                y = head[arc]
        while top > 0:
            top -= 1
            z = stack[top]
            ahead[z] = ahead[y] + w[ba[z]]
            y = z
        y = x
        while back[y] < 0:
            arc = fa[y]
            if arc < 0:
                back[y] = np.inf
                break
            t = tail[arc]
            if b[t] != b[y] + w[arc]:
                back[y] = w[arc]
                break
            stack[top] = y
            top += 1
            y = t
        while top > 0:
            top -= 1
            z = stack[top]
            back[z] = back[y] + w[fa[z]]
            y = z
        if ahead[x] + back[x] > least:
            nodes[count] = x
            straight[count] = ahead[x] + back[x]
            count += 1
    return nodes[:count].copy(), straight[:count].copy()


@jit
def choose(
    nodes, fa, ba, tail, head, edge, edge_m,
    node_o, part_o, edge_o, at_o, node_t, part_t, edge_t, at_t,
    first_edges, first_o, first_t, first_low, first_high, first_m, k, shared,
):  # fmt: skip
    """Take ways greedily that are simple and share little enough with those taken; the fastest is taken already.

    A point lies ``at`` metres along its edge, and ``part`` holds the metres to that edge's start and end, -1 where the
    way does not lead over that side; ``node`` are the two ends. ``first_*`` tell of the fastest way: whole edges, sides
    (-1: none), the stretch of the points' common edge if it never leaves that (else empty), metres.

    Returns the places in ``nodes`` that were taken, at most ``k - 1``.
    """
    used = np.zeros(len(edge_m), dtype=np.int64)
    seen = np.full(len(fa), -1, dtype=np.int32)
    side_o, side_t = np.full(k, -1, dtype=np.int64), np.full(k, -1, dtype=np.int64)
    length = np.zeros(k)
    taken = np.full(k, -1, dtype=np.int64)
    way = np.empty(len(fa) + 1, dtype=np.int32)
    common = np.zeros(k)
    for e in first_edges:
        used[e] |= 1
    side_o[0], side_t[0], length[0] = first_o, first_t, first_m
    n_taken = 1
    for place in range(len(nodes)):
        if n_taken == k:
            break
        n_way, simple = 0, True
        start = end = nodes[place]
        seen[start] = place
        while fa[start] >= 0:
            arc = fa[start]
            way[n_way] = edge[arc]
            n_way += 1
            start = tail[arc]
            seen[start] = place
        while ba[end] >= 0:
            arc = ba[end]
            way[n_way] = edge[arc]
            n_way += 1
            end = head[arc]
            if seen[end] == place:
                simple = False
                break
            seen[end] = place
        if not simple:
            continue
        so = 0 if node_o[0] == start and part_o[0] >= 0 else 1
        st = 0 if node_t[0] == end and part_t[0] >= 0 else 1
        po, pt = part_o[so], part_t[st]
        # Points lie within their edges: a way that drives over such an edge whole passes the point a second time.
        for i in range(n_way):
            if (way[i] == edge_o and po > 0) or (way[i] == edge_t and pt > 0):
                simple = False
        if not simple:
            continue
        total = po + pt
        common[:] = 0.0
        for i in range(n_way):
            e = way[i]
            total += edge_m[e]
            if e == edge_o:
                common[0] += first_high - first_low
            if used[e]:
                for j in range(n_taken):
                    if (used[e] >> j) & 1:
                        common[j] += edge_m[e]
        low_o, high_o = (at_o - po, at_o) if so == 0 else (at_o, at_o + po)
        low_t, high_t = (at_t - pt, at_t) if st == 0 else (at_t, at_t + pt)
        common[0] += max(0.0, min(high_o, first_high) - max(low_o, first_low))
        common[0] += max(0.0, min(high_t, first_high) - max(low_t, first_low))
        for j in range(n_taken):
            if side_o[j] == so:
                common[j] += po
            if side_t[j] == st:
                common[j] += pt
            if common[j] > shared * min(total, length[j]):
                simple = False
        if not simple:
            continue
        for i in range(n_way):
            used[way[i]] |= np.int64(1) << n_taken
        side_o[n_taken], side_t[n_taken], length[n_taken] = so, st, total
        taken[n_taken] = place
        n_taken += 1
    return taken[1:n_taken]
