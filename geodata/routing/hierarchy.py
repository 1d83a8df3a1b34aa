"""Compiled kernels of the contraction hierarchy: chordal completion, triangles, restricted sweeps.

One file on purpose: numba renews its cache of a function when its own file changes, not when a callee's does. Only
what is called from outside is cached, and always with the same types: two processes that compile at once then write
the same code, and neither can load what was meant for other types.

Nodes are numbered by elimination (rank). Eliminating a node joins all its later neighbours; the joined graph has one
arc per pair, ``indptr/head`` from lower to higher rank, with a time upwards and one downwards. The higher neighbours
of a node are its ancestors in the elimination forest, so fastest ways go up the forest, then down.
Method: Dibbelt, Strasser, Wagner, "Customizable Contraction Hierarchies" (2016); restricted sweeps after Delling,
Goldberg, Werneck, "Faster Batched Shortest Paths in Road Networks" (2011).
"""

# Compiled functions get their types from what they are called with; annotations would only be decoration.
# ruff: noqa: ANN001, ANN201, ANN202
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numba as nb
import numpy as np

INF = np.int32((1 << 30) - 1)
"""No way. Two of them still fit into int32; real times stay below."""
LANES = 128
"""Origins swept at once: wide enough to be vectorised, small enough for the cache."""
_BLOCK = 16

_LONG = 8
"""Parts of rows at least so long are taken as vectors."""

jit = nb.njit(cache=True, nogil=True, error_model="numpy")
inner = nb.njit(nogil=True, error_model="numpy")


@jit
def forest(low_ptr, low):
    """Elimination forest (Liu 1990) of a graph given by each node's lower neighbours, and a postorder of it."""
    n = len(low_ptr) - 1
    parent = np.full(n, -1, np.int32)
    oldest = np.full(n, -1, np.int32)
    for i in range(n):
        for k in range(low_ptr[i], low_ptr[i + 1]):
            j = low[k]
            while oldest[j] != -1 and oldest[j] != i:
                older = oldest[j]
                oldest[j] = i
                j = older
            if oldest[j] == -1:
                oldest[j] = i
                parent[j] = i
    child, sibling = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    for v in range(n - 1, -1, -1):
        if parent[v] >= 0:
            sibling[v] = child[parent[v]]
            child[parent[v]] = v
    post = np.empty(n, np.int32)
    count = 0
    for root in range(n):
        if parent[root] >= 0:
            continue
        v = root
        while True:
            while child[v] >= 0:
                step = child[v]
                child[v] = sibling[step]
                v = step
            post[v] = count
            count += 1
            if v == root:
                break
            v = parent[v]
    return parent, post


@jit
def complete(low_ptr, low, parent, edge_low, edge_high):
    """Chordal completion: arcs by tail, arcs by head, and the arc of every edge (-1 for loops).

    A row of the joined graph is the part of the forest between a node's lower neighbours and itself.
    """
    n = len(parent)
    mark = np.full(n, -1, np.int32)
    indptr = np.zeros(n + 1, np.int32)
    low_at = np.zeros(n + 1, np.int32)
    total = 0
    for i in range(n):
        mark[i] = i
        for k in range(low_ptr[i], low_ptr[i + 1]):
            j = low[k]
            while mark[j] != i:
                mark[j] = i
                indptr[j + 1] += np.int32(1)
                total += 1
                j = parent[j]
        low_at[i + 1] = total
    for v in range(n):
        indptr[v + 1] += indptr[v]
    head = np.empty(total, np.int32)
    low_arc, low_tail = np.empty(total, np.int32), np.empty(total, np.int32)
    place = indptr[:-1].copy()
    mark[:] = -1
    at = 0
    for i in range(n):
        mark[i] = i
        for k in range(low_ptr[i], low_ptr[i + 1]):
            j = low[k]
            while mark[j] != i:
                mark[j] = i
                head[place[j]] = i
                low_arc[at], low_tail[at] = place[j], j
                place[j] += np.int32(1)
                at += 1
                j = parent[j]
    edge_arc = np.full(len(edge_low), -1, np.int32)
    for e in range(len(edge_low)):
        a, b = edge_low[e], edge_high[e]
        if a != b:
            edge_arc[e] = _find(head, indptr[a], indptr[a + 1], b)
    return indptr, head, low_at, low_arc, low_tail, edge_arc


@inner
def _find(sorted_part, begin, end, value):
    """First place in a sorted part that is not below ``value``."""
    while begin < end:
        middle = (begin + end) >> 1
        if sorted_part[middle] < value:
            begin = middle + 1
        else:
            end = middle
    return begin


@jit
def customise(indptr, head, low_at, low_arc, low_tail, edge_arc, edge_up, ahead, back, up, down):
    """Times of every joined arc: the edges' own, then the least over all lower triangles."""
    up[:] = INF
    down[:] = INF
    for e in range(len(edge_arc)):
        a = edge_arc[e]
        if a >= 0:
            there, again = (ahead[e], back[e]) if edge_up[e] else (back[e], ahead[e])
            up[a] = min(up[a], there)
            down[a] = min(down[a], again)
    place = np.empty(len(indptr) - 1, np.int32)
    for x in range(len(indptr) - 1):
        for k in range(indptr[x], indptr[x + 1]):
            place[head[k]] = k
        for k in range(low_at[x], low_at[x + 1]):
            a = low_arc[k]
            begin, n = a + 1, indptr[low_tail[k] + 1] - a - 1
            rise, fall = up[a], down[a]
            if n == 0 or (rise == INF and fall == INF):
                continue
            p = place[head[begin]]
            if n >= _LONG and place[head[begin + n - 1]] - p == n - 1:
                # Rows rise, so with both ends so far apart all between lie side by side: most do, near the top.
                _better(up[p : p + n], up[begin : begin + n], fall)
                _better(down[p : p + n], down[begin : begin + n], rise)
                continue
            for b in range(np.uint64(begin), np.uint64(begin + n)):
                p = np.uint32(place[np.uint32(head[b])])
                up[p] = min(up[p], np.int32(fall + up[b]))
                down[p] = min(down[p], np.int32(down[b] + rise))


@inner
def _better(mine, other, ms):
    """The lesser of each and the other plus ``ms``, in place."""
    for i in range(len(mine)):
        mine[i] = min(mine[i], np.int32(other[i] + ms))


@inner
def _push(heap, size, value):
    at = size
    while at > 0 and heap[(at - 1) >> 1] > value:
        heap[at] = heap[(at - 1) >> 1]
        at = (at - 1) >> 1
    heap[at] = value


@inner
def _pop(heap, size):
    """Take the least; ``size`` counts it still."""
    least, last = heap[0], heap[size - 1]
    at, n = 0, size - 1
    while 2 * at + 1 < n:
        down = 2 * at + 1
        if down + 1 < n and heap[down + 1] < heap[down]:
            down += 1
        if heap[down] >= last:
            break
        heap[at] = heap[down]
        at = down
    heap[at] = last
    return least


@jit
def recustomise(
    indptr, head, low_at, low_arc, low_tail, arc_tail, by_arc, by_arc_key, edge_up, ahead, back, up, down, seeds, limit
):
    """Repair ``up`` and ``down`` in place after the edges of the arcs ``seeds`` changed; False if over ``limit`` steps.

    Arcs are renewed from below, each from its own edges and all lower triangles. A changed arc calls up those whose
    time its old value explained or its new value betters.
    """
    waiting = np.zeros(len(head), np.uint8)
    heap = np.empty(min(len(head), limit + len(seeds)), np.int32)
    size = 0
    for s in range(len(seeds)):
        if not waiting[seeds[s]]:
            waiting[seeds[s]] = 1
            _push(heap, size, seeds[s])
            size += 1
    done = 0
    while size > 0:
        a = _pop(heap, size)
        size -= 1
        waiting[a] = 0
        x, y = arc_tail[a], head[a]
        done += low_at[x + 1] - low_at[x]
        if done > limit:
            return False
        rise, fall = INF, INF
        k = _find(by_arc_key, 0, len(by_arc_key), a)
        while k < len(by_arc_key) and by_arc_key[k] == a:
            e = by_arc[k]
            there, again = (ahead[e], back[e]) if edge_up[e] else (back[e], ahead[e])
            rise, fall = min(rise, there), min(fall, again)
            k += 1
        for k in range(low_at[x], low_at[x + 1]):
            vx, end = low_arc[k], indptr[low_tail[k] + 1]
            vy = _find(head, vx + 1, end, y)
            if vy < end and head[vy] == y:
                rise = min(rise, np.int32(down[vx] + up[vy]))
                fall = min(fall, np.int32(down[vy] + up[vx]))
        old_rise, old_fall = up[a], down[a]
        if rise == old_rise and fall == old_fall:
            continue
        up[a], down[a] = rise, fall
        done += indptr[x + 1] - indptr[x]
        for b in range(indptr[x], indptr[x + 1]):
            if b == a:
                continue
            low, high = (y, head[b]) if y < head[b] else (head[b], y)
            p = _find(head, indptr[low], indptr[low + 1], high)
            to_z, to_y = (up[p], down[p]) if y < head[b] else (down[p], up[p])  # y -> z and z -> y
            # y -> x -> z and z -> x -> y, before and after
            touched = (old_fall + up[b] == to_z and old_fall != fall) or fall + up[b] < to_z
            touched |= (down[b] + old_rise == to_y and old_rise != rise) or down[b] + rise < to_y
            if touched and not waiting[p]:
                if size == len(heap):
                    return False
                waiting[p] = 1
                _push(heap, size, p)
                size += 1
    return True


@jit
def restrict(indptr, head, up, down, sources, sinks):
    """Ancestors of sources and sinks as a small graph of its own, highest rank first.

    Returns the row of every node (only valid for these), the parent of each row (-1 at roots), arcs upwards and arcs
    downwards of each row as pointers and pairs (row, time) without those that lead nowhere, and whether sinks need it.
    """
    n = len(indptr) - 1
    flag = np.zeros(n, np.uint8)
    for side in range(2):
        bit = np.uint8(1 << side)
        nodes = sinks if side == 0 else sources
        for k in range(len(nodes)):
            v = nodes[k]
            while not flag[v] & bit:
                flag[v] |= bit
                if indptr[v] == indptr[v + 1]:
                    break
                v = head[indptr[v]]
    rows, most_up, most_down = 0, 0, 0
    row_of = np.empty(n, np.int32)
    for v in range(n - 1, -1, -1):
        if flag[v]:
            row_of[v] = rows
            rows += 1
            count = indptr[v + 1] - indptr[v]
            most_down += count if flag[v] & 1 else 0
            most_up += count if flag[v] & 2 else 0
    parent, needed = np.full(rows, -1, np.int32), np.empty(rows, np.uint8)
    up_ptr, down_ptr = np.zeros(rows + 1, np.int32), np.zeros(rows + 1, np.int32)
    up_arc, down_arc = np.empty((most_up, 2), np.int32), np.empty((most_down, 2), np.int32)
    n_up, n_down, row = 0, 0, 0
    for v in range(n - 1, -1, -1):
        if flag[v]:
            if indptr[v] < indptr[v + 1]:
                parent[row] = row_of[head[indptr[v]]]
            for k in range(indptr[v], indptr[v + 1]):
                if flag[v] & 2 and up[k] < INF:
                    up_arc[n_up, 0], up_arc[n_up, 1] = row_of[head[k]], up[k]
                    n_up += 1
                if flag[v] & 1 and down[k] < INF:
                    down_arc[n_down, 0], down_arc[n_down, 1] = row_of[head[k]], down[k]
                    n_down += 1
            needed[row] = flag[v] & 1
            row += 1
            up_ptr[row], down_ptr[row] = n_up, n_down
    return row_of, parent, up_ptr, up_arc, down_ptr, down_arc, needed


@inner
def _batch(D, stamp, now, starts, graph, start_row, start_ms):
    """Milliseconds from ``starts``, one for each lane, to every row that sinks need."""
    parent, up_ptr, up_arc, down_ptr, down_arc, needed = graph
    lowest = -1
    for lane in range(len(starts)):
        for side in range(2):
            s = starts[lane]
            if start_ms[s, side] < INF:
                r = start_row[s, side]
                lowest = max(lowest, r)
                while r >= 0 and stamp[r] != now:
                    stamp[r] = now
                    D[r] = INF
                    r = parent[r]
                r = start_row[s, side]
                D[r, lane] = min(D[r, lane], start_ms[s, side])
    for r in range(lowest, -1, -1):
        if stamp[r] == now:
            mine = D[r]
            k, end = up_ptr[r], up_ptr[r + 1]
            while k + 1 < end:
                one, two = D[up_arc[k, 0]], D[up_arc[k + 1, 0]]
                v, w = up_arc[k, 1], up_arc[k + 1, 1]
                for lane in range(LANES):
                    ms = mine[lane]
                    one[lane] = min(one[lane], np.int32(ms + v))
                    two[lane] = min(two[lane], np.int32(ms + w))
                k += 2
            if k < end:
                one, v = D[up_arc[k, 0]], up_arc[k, 1]
                for lane in range(LANES):
                    one[lane] = min(one[lane], np.int32(mine[lane] + v))
    for r in range(len(needed)):
        if needed[r]:
            mine = D[r]
            if stamp[r] != now:
                for lane in range(LANES):
                    mine[lane] = INF
            k, end = down_ptr[r], down_ptr[r + 1]
            while k + 3 < end:
                one, two = D[down_arc[k, 0]], D[down_arc[k + 1, 0]]
                three, four = D[down_arc[k + 2, 0]], D[down_arc[k + 3, 0]]
                t, u = down_arc[k, 1], down_arc[k + 1, 1]
                v, w = down_arc[k + 2, 1], down_arc[k + 3, 1]
                for lane in range(LANES):
                    a = min(np.int32(one[lane] + t), np.int32(two[lane] + u))
                    b = min(np.int32(three[lane] + v), np.int32(four[lane] + w))
                    mine[lane] = min(mine[lane], a, b)
                k += 4
            while k < end:
                one, t = D[down_arc[k, 0]], down_arc[k, 1]
                for lane in range(LANES):
                    mine[lane] = min(mine[lane], np.int32(one[lane] + t))
                k += 1


@jit
def sweep_ms(graph, start_row, start_ms, order, end_row, end_ms, out, lane_step, end_step):
    """Milliseconds from every start to every end, infinite if there is no way; return whether some are.

    Starts ``[n, 2]`` and ends ``[m, 2]`` are rows with an offset each; an offset of INF means no such side.
    ``out[start * lane_step + end * end_step]`` gets the answer. Starts are taken ``LANES`` at a time in ``order``.
    """
    n_rows, n, m = len(graph[5]), len(order), len(end_row)
    D = np.empty((n_rows + 1, LANES), np.int32)
    D[n_rows] = INF
    buffer = np.empty((_BLOCK, LANES), np.float64)
    stamp = np.zeros(n_rows, np.int32)
    peak, some = np.zeros(LANES, np.int32), False
    for begin in range(0, n, LANES):
        width = min(LANES, n - begin)
        _batch(D, stamp, np.int32(begin // LANES + 1), order[begin : begin + width], graph, start_row, start_ms)
        for block in range(0, m, _BLOCK):
            high = min(_BLOCK, m - block)
            for j in range(high):
                one, two = D[end_row[block + j, 0]], D[end_row[block + j, 1]]
                a, b = end_ms[block + j, 0], end_ms[block + j, 1]
                row = buffer[j]
                for lane in range(LANES):
                    ms = min(INF, np.int32(one[lane] + a), np.int32(two[lane] + b))
                    row[lane] = np.float64(ms) if ms < INF else np.inf
                    peak[lane] = max(peak[lane], ms)
            for lane in range(width):
                at = order[begin + lane] * lane_step + block * end_step
                for j in range(high):
                    out[at + j * end_step] = buffer[j, lane]
        for lane in range(width):
            some |= peak[lane] == INF
        peak[:] = 0
    return some


@jit
def sweep_seconds(graph, start_row, start_ms, order, end_row, end_ms, out, lane_step, end_step):
    """As :func:`sweep_ms`, in int32 seconds, rounded up, and -1 if there is no way."""
    n_rows, n, m = len(graph[5]), len(order), len(end_row)
    D = np.empty((n_rows + 1, LANES), np.int32)
    D[n_rows] = INF
    buffer = np.empty((_BLOCK, LANES), np.int32)
    stamp = np.zeros(n_rows, np.int32)
    peak, some = np.zeros(LANES, np.int32), False
    for begin in range(0, n, LANES):
        width = min(LANES, n - begin)
        _batch(D, stamp, np.int32(begin // LANES + 1), order[begin : begin + width], graph, start_row, start_ms)
        for block in range(0, m, _BLOCK):
            high = min(_BLOCK, m - block)
            for j in range(high):
                one, two = D[end_row[block + j, 0]], D[end_row[block + j, 1]]
                a, b = end_ms[block + j, 0], end_ms[block + j, 1]
                row = buffer[j]
                for lane in range(LANES):
                    ms = min(INF, np.int32(one[lane] + a), np.int32(two[lane] + b))
                    row[lane] = np.int32(-1) if ms == INF else np.int32(np.uint32(ms + 999) // np.uint32(1000))
                    peak[lane] = max(peak[lane], ms)
            for lane in range(width):
                at = order[begin + lane] * lane_step + block * end_step
                for j in range(high):
                    out[at + j * end_step] = buffer[j, lane]
        for lane in range(width):
            some |= peak[lane] == INF
        peak[:] = 0
    return some
