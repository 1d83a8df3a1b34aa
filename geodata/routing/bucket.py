"""Compiled kernels of the bucket search: exact travel times from few starts, to all nodes or within a limit.

One file on purpose: numba renews its cache of a function when its own file changes, not when a callee's does. Only
what is called from outside is cached, and always with the same types: two processes that compile at once then write
the same code, and neither can load what was meant for other types.

Labels wait in a ring of buckets, ``2**shift`` milliseconds wide each (Dial's queue with wide buckets). Within a
bucket labels may be corrected, so the width decides about speed and never about the result. An entry whose key is
no longer the node's label is stale and dropped when it comes up.

Everything in the hot loop is uint32: numba would test signed indices for counting from the end. Labels start at
``far``, the least time that is out of reach: one comparison tells both whether a label is better and whether it is
within the limit. Nodes are numbered along a curve through the plane (see ``searches``), so that neighbours share
cache lines.
"""

# Compiled functions get their types from what they are called with; annotations would only be decoration.
# ruff: noqa: ANN001, ANN201, ANN202
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators, disable-error-code="assignment"

from __future__ import annotations

import numba as nb
import numpy as np

FAR = 1 << 30
"""Labels stay below; ways longer than 298 hours are searched by scipy."""

NONE = (1 << 32) - 1
"""No entry."""

jit = nb.njit(cache=True, nogil=True, error_model="numpy")
inner = nb.njit(nogil=True, error_model="numpy")


@inner
def _search(indptr, adj, starts, starts_ms, far, dist, touched, ring, pool, shift, wanted, n_wanted):
    """Label every node below ``far``; return how many were touched, or -1 - that number if the pool was too small.

    ``wanted[node] == 1`` counts towards an early end: once ``n_wanted`` such nodes are final, the rest is left alone.
    Labels of touched nodes are final up to the last finished bucket; of the others they are upper bounds.
    """
    one, none = np.uint64(1), np.uint32(NONE)
    width = np.uint64(shift)
    mask, cap = np.uint64(len(ring) - 1), np.uint64(len(pool))
    n_touched, used, live = np.uint64(0), np.uint64(0), 0
    free = none
    current = np.uint64(far) >> width
    for s in range(len(starts)):
        if starts_ms[s] >= np.int64(dist[starts[s]]):
            continue
        x, t = np.uint64(starts[s]), np.uint64(starts_ms[s])
        if used == cap:
            ring[:] = none
            return -1 - np.int64(n_touched)
        if dist[x] == far:
            touched[n_touched] = x
            n_touched += one
        dist[x] = t
        slot = (t >> width) & mask
        pool[used, 0], pool[used, 1], pool[used, 2] = x, t, ring[slot]
        ring[slot] = used
        used += one
        live += 1
        current = min(current, t >> width)
    while live > 0:
        here = current & mask
        while ring[here] != none:
            entry = ring[here]
            v, d = pool[entry, 0], pool[entry, 1]
            ring[here] = pool[entry, 2]
            pool[entry, 2] = free
            free = entry
            live -= 1
            if d != dist[v]:
                continue
            if n_wanted > 0 and wanted[v] == 1:
                wanted[v] = 2
                n_wanted -= 1
            for k in range(indptr[v], indptr[v + one]):
                x = adj[k, 0]
                t = np.uint64(d) + np.uint64(adj[k, 1])
                if t < np.uint64(dist[x]):
                    if dist[x] == far:
                        touched[n_touched] = x
                        n_touched += one
                    dist[x] = t
                    if free != none:
                        entry = free
                        free = pool[entry, 2]
                    elif used < cap:
                        entry = np.uint32(used)
                        used += one
                    else:
                        ring[:] = none
                        return -1 - np.int64(n_touched)
                    slot = (t >> width) & mask
                    pool[entry, 0], pool[entry, 1], pool[entry, 2] = x, t, ring[slot]
                    ring[slot] = entry
                    live += 1
        current += one
        if n_wanted == 0 and live > 0:
            ring[:] = none
            live = 0
    return np.int64(n_touched)


@jit
def tree(indptr, adj, starts, starts_ms, far, dist, touched, ring, pool, shift, wanted, n_wanted):
    """One search whose labels stay in ``dist`` (``far`` before the call); returns as the search does."""
    return _search(indptr, adj, starts, starts_ms, far, dist, touched, ring, pool, shift, wanted, n_wanted)


@jit
def entered(indptr, adj, rows, dist, far, is_start, out):
    """Row of the first tight arc of every labelled node that is no start, -1 elsewhere.

    ``indptr, adj, rows`` list the arcs *against* the search; rows rise within a node, so the first is the smallest.
    """
    for v in range(len(indptr) - 1):
        out[v] = -1
        if dist[v] == far or is_start[v] == np.int64(dist[v]):
            continue
        for k in range(indptr[v], indptr[v + 1]):
            if dist[adj[k, 0]] != far and dist[adj[k, 0]] + adj[k, 1] == dist[v]:
                out[v] = rows[k]
                break


@jit
def walk(indptr, adj, rows, dist, starts, starts_ms, node, out):
    """Follow first tight arcs from ``node`` back to a start, rows of arcs into ``out``; return hops and start node.

    Labels are final at ``node`` and wherever they are smaller, so a search that ended early will do.
    """
    hops = 0
    while True:
        for s in range(len(starts)):
            if starts[s] == node and starts_ms[s] == np.int64(dist[node]):
                return hops, node
        before = node
        for k in range(indptr[node], indptr[node + 1]):
            if dist[adj[k, 0]] + adj[k, 1] == dist[node]:
                out[hops] = rows[k]
                hops += 1
                before = np.int64(adj[k, 0])
                break
        if before == node:
            return -1, node
        node = before


@inner
def _lowest(word, index_of_bit):
    """Lowest set bit of a word, and its index by multiplication with a de Bruijn number."""
    low = word & (~word + np.uint64(1))
    return low, index_of_bit[(low * np.uint64(0x03F79D71B4CB0A89)) >> np.uint64(58)]


@jit
def reach(
    indptr, adj, start_ptr, starts, starts_ms, far, dist, touched, ring, pool, shift, wanted, n_wanted,
    item_ptr, item_id, item_ms, near_ptr, near_id, near_ms, best, bits, index_of_bit,
    first, out_ptr, out_id, out_ms,
):
    """Items (with milliseconds) that each origin from ``first`` on reaches below ``far``, by rising item.

    Items hang on nodes: node ``v`` owns ``item_ptr[v]:item_ptr[v + 1]`` of ``item_id, item_ms`` (at node plus so much).
    Origin ``i`` further reaches ``near_ptr[i]:near_ptr[i + 1]`` of ``near_id, near_ms`` without any node. Returns the
    first origin that was not answered (because an output is full), or -1 - that origin if the pool was too small; and
    the largest time met, of nodes and items.
    """
    fill = out_ptr[first]
    peak = np.int64(0)
    for i in range(first, len(start_ptr) - 1):
        begin, end = start_ptr[i], start_ptr[i + 1]
        n_touched = _search(
            indptr, adj, starts[begin:end], starts_ms[begin:end], far, dist, touched, ring, pool, shift,
            wanted, n_wanted,
        )
        failed = n_touched < 0
        if failed:
            n_touched = -1 - n_touched
        count, low, high = 0, len(bits), -1
        for k in range(n_touched):
            v = touched[k]
            peak = max(peak, np.int64(dist[v]))
            for a in range(item_ptr[v], item_ptr[v + 1]):
                item, t = item_id[a], np.int64(dist[v]) + item_ms[a]
                peak = max(peak, t)
                if t < best[item]:
                    if best[item] == far:
                        word = item >> 6
                        bits[word] |= np.uint64(1) << np.uint64(item & 63)
                        low, high = min(low, word), max(high, word)
                        count += 1
                    best[item] = t
            dist[v] = far
            if wanted[v] == 2:
                wanted[v] = 1
        for a in range(near_ptr[i], near_ptr[i + 1]):
            item, t = near_id[a], near_ms[a]
            if t < best[item]:
                if best[item] == far:
                    word = item >> 6
                    bits[word] |= np.uint64(1) << np.uint64(item & 63)
                    low, high = min(low, word), max(high, word)
                    count += 1
                best[item] = t
        short = fill + count > len(out_id)
        for word in range(low, high + 1):
            rest = bits[word]
            bits[word] = np.uint64(0)
            while rest != np.uint64(0):
                lowest, bit = _lowest(rest, index_of_bit)
                rest ^= lowest
                item = (word << 6) + np.int64(bit)
                if not (short or failed):
                    out_id[fill], out_ms[fill] = item, best[item]
                    fill += 1
                best[item] = far
        if failed:
            return -1 - i, peak
        if short:
            return i, peak
        out_ptr[i + 1] = fill
    return len(start_ptr) - 1, peak


@jit
def table(
    indptr, adj, start_ptr, starts, starts_ms, far, dist, touched, ring, pool, shift, wanted, n_wanted,
    end_node, end_ms, first, out,
):
    """Milliseconds from every origin to every target through its ends ``[m, 2]``, infinite if there is no way.

    Returns the first origin that was not answered (the pool was too small) or their number, and the largest time met.
    """
    peak = np.uint32(0)
    for i in range(first, len(start_ptr) - 1):
        begin, end = start_ptr[i], start_ptr[i + 1]
        n_touched = _search(
            indptr, adj, starts[begin:end], starts_ms[begin:end], far, dist, touched, ring, pool, shift,
            wanted, n_wanted,
        )
        failed = n_touched < 0
        if failed:
            n_touched = -1 - n_touched
        else:
            for j in range(len(end_node)):
                one, two = dist[end_node[j, 0]], dist[end_node[j, 1]]
                ms = np.inf
                if one < far:
                    ms = one + end_ms[j, 0]
                if two < far:
                    ms = min(ms, two + end_ms[j, 1])
                out[i, j] = ms
        for k in range(np.uint64(n_touched)):
            v = touched[k]
            peak = max(peak, dist[v])
            dist[v] = far
            if wanted[v] == 2:
                wanted[v] = 1
        if failed:
            return i, np.int64(peak)
    return len(start_ptr) - 1, np.int64(peak)


@jit
def reach_nodes(
    indptr, adj, start_ptr, starts, starts_ms, far, dist, touched, ring, pool, shift, wanted, old_of, new_of,
    bits, index_of_bit, first, out_ptr, out_id, out_ms, out_s,
):
    """Nodes (with milliseconds and seconds, rounded up) that each origin reaches below ``far``, by rising old number.

    Returns as :func:`reach` does.
    """
    zero, one, six, last = np.uint64(0), np.uint64(1), np.uint64(6), np.uint64(63)
    up = np.uint32(999)
    fill = np.uint64(out_ptr[first])
    peak = np.uint32(0)
    for i in range(first, len(start_ptr) - 1):
        begin, end = start_ptr[i], start_ptr[i + 1]
        n_touched = _search(
            indptr, adj, starts[begin:end], starts_ms[begin:end], far, dist, touched, ring, pool, shift, wanted, -1
        )
        failed = n_touched < 0
        if failed:
            n_touched = -1 - n_touched
        short = np.int64(fill) + n_touched > len(out_id)
        if failed or short:
            for k in range(n_touched):
                dist[touched[k]] = far
            return -1 - i if failed else i, np.int64(peak)
        low, high = np.uint64(len(bits)), np.uint64(0)
        for k in range(np.uint64(n_touched)):
            node = np.uint64(old_of[touched[k]])
            word = node >> six
            bits[word] |= one << (node & last)
            low, high = min(low, word), max(high, word)
        for word in range(low, high + one):
            rest = bits[word]
            bits[word] = zero
            while rest != zero:
                lowest, bit = _lowest(rest, index_of_bit)
                rest ^= lowest
                node = (word << six) + bit
                v = new_of[node]
                ms = dist[v]
                dist[v] = far
                peak = max(peak, ms)
                out_id[fill], out_ms[fill] = node, ms
                out_s[fill] = np.uint32(ms + up) // np.uint32(1000)
                fill += one
        out_ptr[i + 1] = fill
    return len(start_ptr) - 1, np.int64(peak)


def bit_index() -> np.ndarray:
    """Table for the index of the only set bit of a word, by multiplication with a de Bruijn number."""
    table = np.zeros(64, np.uint64)
    for bit in range(64):
        table[((0x03F79D71B4CB0A89 << bit) & ((1 << 64) - 1)) >> 58] = bit
    return table
