"""Compiled kernels of the bucket search: exact travel times from few starts, to all nodes or within a limit.

One file on purpose: numba renews its cache of a function when its own file changes, not when a callee's does.

Labels wait in a ring of buckets, ``2**shift`` milliseconds wide each (Dial's queue with wide buckets). Within a
bucket labels may be corrected, so the width decides about speed and never about the result. An entry whose key is
no longer the node's label is stale and dropped when it comes up.
"""

# Compiled functions get their types from what they are called with; annotations would only be decoration.
# ruff: noqa: ANN001, ANN201, ANN202
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numba as nb
import numpy as np

FAR = np.int64(1) << np.int64(62)
"""Label of a node that was not reached."""

jit = nb.njit(cache=True, nogil=True, error_model="numpy")


@jit
def _search(indptr, adj, starts, starts_ms, limit, dist, touched, ring, pool, shift, wanted, n_wanted):
    """Label every node within ``limit``; return how many were touched, or -1 - that number if the pool was too small.

    ``wanted[node] == 1`` counts towards an early end: once ``n_wanted`` such nodes are final, the rest is left alone.
    Labels of touched nodes are final up to the last finished bucket; of the others they are upper bounds.
    """
    mask = len(ring) - 1
    cap = len(pool)
    n_touched = 0
    free, used, live = -1, 0, 0
    current = FAR
    for s in range(len(starts)):
        x, t = starts[s], starts_ms[s]
        if t > limit or t >= dist[x]:
            continue
        if used == cap:
            ring[:] = -1
            return -1 - n_touched
        if dist[x] == FAR:
            touched[n_touched] = x
            n_touched += 1
        dist[x] = t
        slot = (t >> shift) & mask
        pool[used, 0], pool[used, 1], pool[used, 2] = x, t, ring[slot]
        ring[slot] = used
        used += 1
        live += 1
        current = min(current, t >> shift)
    while live > 0:
        here = current & mask
        while ring[here] >= 0:
            entry = ring[here]
            v, d = pool[entry, 0], pool[entry, 1]
            ring[here] = pool[entry, 2]
            pool[entry, 2] = free
            free = entry
            live -= 1
            if d != dist[v]:
                continue
            if wanted[v] == 1:
                wanted[v] = 2
                n_wanted -= 1
            for k in range(indptr[v], indptr[v + 1]):
                x = adj[k, 0]
                t = d + adj[k, 1]
                if t < dist[x] and t <= limit:
                    if dist[x] == FAR:
                        touched[n_touched] = x
                        n_touched += 1
                    dist[x] = t
                    if free >= 0:
                        entry = free
                        free = pool[entry, 2]
                    elif used < cap:
                        entry = used
                        used += 1
                    else:
                        ring[:] = -1
                        return -1 - n_touched
                    slot = (t >> shift) & mask
                    pool[entry, 0], pool[entry, 1], pool[entry, 2] = x, t, ring[slot]
                    ring[slot] = entry
                    live += 1
        current += 1
        if n_wanted == 0 and live > 0:
            ring[:] = -1
            live = 0
    return n_touched


@jit
def tree(indptr, adj, starts, starts_ms, limit, dist, touched, ring, pool, shift, wanted, n_wanted):
    """One search whose labels stay in ``dist`` (FAR before the call); returns as the search does."""
    return _search(indptr, adj, starts, starts_ms, limit, dist, touched, ring, pool, shift, wanted, n_wanted)


@jit
def entered(indptr, adj, rows, dist, is_start, out):
    """Row of the first tight arc of every labelled node that is no start, -1 elsewhere.

    ``indptr, adj, rows`` list the arcs *against* the search; rows rise within a node, so the first is the smallest.
    """
    for v in range(len(indptr) - 1):
        out[v] = -1
        if dist[v] == FAR or is_start[v] == dist[v]:
            continue
        for k in range(indptr[v], indptr[v + 1]):
            if dist[adj[k, 0]] != FAR and dist[adj[k, 0]] + adj[k, 1] == dist[v]:
                out[v] = rows[k]
                break


@jit
def reach(
    indptr, adj, start_ptr, starts, starts_ms, limit, dist, touched, ring, pool, shift, wanted, n_wanted,
    item_ptr, item_id, item_ms, near_ptr, near_id, near_ms, best, bits, index_of_bit,
    first, out_ptr, out_id, out_ms,
):
    """Items (with milliseconds) that each origin from ``first`` on reaches within the limit, by rising item.

    Items hang on nodes: node ``v`` owns ``item_ptr[v]:item_ptr[v + 1]`` of ``item_id, item_ms`` (at node plus so much).
    Origin ``i`` further reaches ``near_ptr[i]:near_ptr[i + 1]`` of ``near_id, near_ms`` without any node. Returns the
    first origin that was not answered (because an output is full), or -1 - that origin if the pool was too small.
    """
    fill = out_ptr[first]
    for i in range(first, len(start_ptr) - 1):
        begin, end = start_ptr[i], start_ptr[i + 1]
        n_touched = _search(
            indptr, adj, starts[begin:end], starts_ms[begin:end], limit, dist, touched, ring, pool, shift,
            wanted, n_wanted,
        )
        failed = n_touched < 0
        if failed:
            n_touched = -1 - n_touched
        count, low, high = 0, len(bits), -1
        for k in range(n_touched):
            v = touched[k]
            for a in range(item_ptr[v], item_ptr[v + 1]):
                item, t = item_id[a], dist[v] + item_ms[a]
                if t <= limit and t < best[item]:
                    if best[item] == FAR:
                        word = item >> 6
                        bits[word] |= np.uint64(1) << np.uint64(item & 63)
                        low, high = min(low, word), max(high, word)
                        count += 1
                    best[item] = t
            dist[v] = FAR
            if wanted[v] == 2:
                wanted[v] = 1
        for a in range(near_ptr[i], near_ptr[i + 1]):
            item, t = near_id[a], near_ms[a]
            if t <= limit and t < best[item]:
                if best[item] == FAR:
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
                lowest = rest & (~rest + np.uint64(1))
                item = (word << 6) + index_of_bit[(lowest * np.uint64(0x03F79D71B4CB0A89)) >> np.uint64(58)]
                rest ^= lowest
                if not (short or failed):
                    out_id[fill], out_ms[fill] = item, best[item]
                    fill += 1
                best[item] = FAR
        if failed:
            return -1 - i
        if short:
            return i
        out_ptr[i + 1] = fill
    return len(start_ptr) - 1


def bit_index() -> np.ndarray:
    """Table for the index of the only set bit of a word, by multiplication with a de Bruijn number."""
    table = np.zeros(64, np.int64)
    for bit in range(64):
        table[((0x03F79D71B4CB0A89 << bit) & ((1 << 64) - 1)) >> 58] = bit
    return table
