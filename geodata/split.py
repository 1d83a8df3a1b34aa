"""Cut OpenStreetMap ways into edges: at junctions, way ends, barriers and turning points, by shared node ids only.

Lines that merely cross on the map are never joined, so bridges, tunnels and layers stay apart by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.errors import Drops

if TYPE_CHECKING:
    from geodata.osm import OsmWays

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class RawEdges:
    """Edges between cut points, in degrees.

    Attributes
    ----------
    piece : int64 [e]
        Row of the way piece in ``OsmWays``.
    u, v : int64 [e]
        Node rows at the start and the end.
    node_osm : int64 [n]
        OSM id of each node row; several rows share one id where a barrier parts a way.
    node_lonlat : float64 [n, 2]
    start : int64 [e + 1]
        Edge ``k`` owns rows ``start[k]:start[k + 1]`` of ``lonlat``.
    lonlat : float64 [p, 2]
    flipped : bool [e], optional
        Edges that run against their piece.
    """

    piece: IntArray
    u: IntArray
    v: IntArray
    node_osm: IntArray
    node_lonlat: FloatArray
    start: IntArray
    lonlat: FloatArray
    flipped: BoolArray | None = None


def split_ways(ways: OsmWays, chosen: IntArray, blocked: frozenset[int], drops: Drops) -> RawEdges:
    """Cut the chosen way pieces into edges.

    Parameters
    ----------
    ways
        All pieces.
    chosen
        Rows of ``ways`` to use.
    blocked
        OSM node ids that may not be passed: the way ends there from both sides.
    drops
        Takes note of edges drawn twice over themselves and of ways that name one node only.
    """
    rows, piece, first, last = _occurrences(ways, chosen, drops)
    ref = ways.ref[rows]
    unique, node = np.unique(ref, return_inverse=True)
    is_blocked = np.isin(unique, np.array(sorted(blocked), dtype=np.int64))[node]
    used = np.bincount(node, minlength=len(unique)) > 1
    turn = np.zeros(len(rows), dtype=bool)
    turn[1:-1] = (ref[:-2] == ref[2:]) & ~first[1:-1] & ~last[1:-1]
    cut = first | last | used[node] | turn | is_blocked
    at = np.flatnonzero(cut)
    begins = ~last[at]
    begin, end = at[begins], at[np.flatnonzero(begins) + 1]

    node_osm, node_lonlat = unique, np.empty((len(unique), 2))
    node_lonlat[node] = ways.lonlat[rows]
    u, v = node[begin].copy(), node[end].copy()
    for ends, where in ((u, begin), (v, end)):
        # Each edge gets an end of its own at a barrier, so nothing passes from one side to the other.
        apart = np.flatnonzero(is_blocked[where])
        ends[apart] = len(node_osm) + np.arange(len(apart))
        node_osm = np.concatenate([node_osm, ref[where[apart]]])
        node_lonlat = np.concatenate([node_lonlat, ways.lonlat[rows[where[apart]]]])

    keep = _not_twice(ways, piece[begin], ref, begin, end, drops)
    begin, end, u, v = begin[keep], end[keep], u[keep], v[keep]
    node_osm, node_lonlat, u, v = _only_used(node_osm, node_lonlat, u, v)
    n_points = end - begin + 1
    start = np.concatenate([[0], np.cumsum(n_points)]).astype(np.int64)
    points = np.arange(start[-1]) - np.repeat(start[:-1] - begin, n_points)
    return RawEdges(piece[begin], u, v, node_osm, node_lonlat, start, ways.lonlat[rows[points]])


def merge_through(raw: RawEdges, along: IntArray, against: IntArray) -> RawEdges:
    """Join edges into one where nothing but two alike pieces of road meet.

    Parameters
    ----------
    raw
        From :func:`split_ways`.
    along, against
        Int64 ``[e]``: what an edge is to those who drive it as drawn and against that; equal numbers are alike.

    Returns
    -------
    RawEdges
        Junctions and dead ends keep their ids and places, courses and lengths stay; a joined edge carries the piece it
        begins with. Rings without a junction are left as they are, since a ring of one edge could not be driven.
    """
    n = len(raw.piece)
    node = np.column_stack([raw.u, raw.v]).ravel()  # edge e ends at rows 2 e (start) and 2 e + 1 (end)
    order = np.argsort(node, kind="stable")
    count = np.bincount(node, minlength=len(raw.node_osm))
    first = order[(np.cumsum(count) - count)[count == 2]]
    second = order[(np.cumsum(count) - 1)[count == 2]]
    leaving = np.column_stack([along, against]).ravel()  # as seen by one who sets out from that end
    arriving = np.column_stack([against, along]).ravel()
    alike = (leaving[second] == arriving[first]) & (leaving[first] == arriving[second])
    alike &= first // 2 != second // 2
    partner = np.full(2 * n, -1, dtype=np.int64)
    partner[first[alike]], partner[second[alike]] = second[alike], first[alike]
    chains = _chains(partner.tolist())
    members = np.array([end for chain in chains for end in chain], dtype=np.int64)
    size = np.array([len(chain) for chain in chains], dtype=np.int64)
    return _joined(raw, members, size)


def _chains(partner: list[int]) -> list[list[int]]:
    """Runs of edges as the ends they are entered by; each begins with its lowest free edge."""
    seen = [False] * (len(partner) // 2)
    chains = []
    for end, other in enumerate(partner):
        if other >= 0 or seen[end // 2]:
            continue
        chain, at = [end], end
        seen[end // 2] = True
        while (at := partner[at ^ 1]) >= 0:
            chain.append(at)
            seen[at // 2] = True
        # A course keeps the direction in which most of it was drawn.
        if 2 * sum(at & 1 for at in chain) > len(chain):
            chain = [at ^ 1 for at in reversed(chain)]
        chains.append(chain)
    return chains + [[2 * edge] for edge, done in enumerate(seen) if not done]


def _joined(raw: RawEdges, members: IntArray, size: IntArray) -> RawEdges:
    edge, backward = members // 2, members % 2 == 1
    first = np.cumsum(size) - size
    last = first + size - 1
    n_points = (raw.start[1:] - raw.start[:-1])[edge]
    begin = np.where(backward, raw.start[1:][edge] - 1, raw.start[:-1][edge])
    leads = np.zeros(len(members), dtype=bool)
    leads[first] = True
    taken = n_points - ~leads  # a later member's first point is the last one's end
    offset = np.cumsum(taken) - taken
    step = np.where(backward, -1, 1)
    count = np.arange(int(taken.sum())) - np.repeat(offset - ~leads, taken)
    rows = np.repeat(begin, taken) + count * np.repeat(step, taken)
    u = np.where(backward, raw.v[edge], raw.u[edge])[first]
    v = np.where(backward, raw.u[edge], raw.v[edge])[last]
    node_osm, node_lonlat, u, v = _only_used(raw.node_osm, raw.node_lonlat, u, v)
    start = np.concatenate([offset[first], [len(rows)]]).astype(np.int64)
    piece, flipped = raw.piece[edge][first], backward[first]
    return RawEdges(piece, u, v, node_osm, node_lonlat, start, raw.lonlat[rows], flipped)


def _occurrences(
    ways: OsmWays, chosen: IntArray, drops: Drops
) -> tuple[IntArray, IntArray, BoolArray, BoolArray]:
    """Rows of all node occurrences of the chosen pieces, repeats in a row removed, with their piece and end marks."""
    counts = (ways.start[1:] - ways.start[:-1])[chosen]
    total = int(counts.sum())
    offset = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows = np.arange(total) - np.repeat(offset[:-1] - ways.start[:-1][chosen], counts)
    piece = np.repeat(chosen, counts)
    fresh = np.ones(total, dtype=bool)
    fresh[1:] = (ways.ref[rows[1:]] != ways.ref[rows[:-1]]) | (piece[1:] != piece[:-1])
    rows, piece = rows[fresh], piece[fresh]
    change = piece[1:] != piece[:-1]
    first = np.concatenate([[True], change])[: len(rows)]
    last = np.concatenate([change, [True]])[-len(rows) :] if len(rows) else first
    alone = first & last
    for k in piece[alone].tolist():
        drops.add("way that names one node only, over and over", f"w{ways.way[k]}")
    return rows[~alone], piece[~alone], first[~alone], last[~alone]


def _not_twice(
    ways: OsmWays, piece: IntArray, ref: IntArray, begin: IntArray, end: IntArray, drops: Drops
) -> npt.NDArray[np.bool_]:
    """Mark edges to keep: a way drawn there and back (A B A) holds each stretch twice.

    The second copy is dropped unless it runs backwards on a one-way, where it is the other lane.
    """
    low, high = np.minimum(ref[begin], ref[end]), np.maximum(ref[begin], ref[end])
    _, group, size = np.unique(
        np.column_stack([piece, low, high]), axis=0, return_inverse=True, return_counts=True
    )
    keep = np.ones(len(begin), dtype=bool)
    seen: set[tuple[int, tuple[int, ...]]] = set()
    for k in np.flatnonzero(size[group.ravel()] > 1):
        path = tuple(ref[begin[k] : end[k] + 1].tolist())
        tags = ways.tags[int(piece[k])]
        both_ways = tags.get("oneway") in (None, "no")
        key = (int(piece[k]), min(path, path[::-1]) if both_ways else path)
        if key in seen:
            keep[k] = False
            drops.add("stretch drawn twice by one way", f"w{ways.way[piece[k]]}")
        seen.add(key)
    return keep


def _only_used(
    node_osm: IntArray, node_lonlat: FloatArray, u: IntArray, v: IntArray
) -> tuple[IntArray, FloatArray, IntArray, IntArray]:
    """Keep the nodes that edges end at, in an order that holds neighbours together (a Z curve)."""
    used = np.unique(np.concatenate([u, v]))
    order = used[np.argsort(_z_order(node_lonlat[used]), kind="stable")]
    row = np.full(len(node_osm), -1, dtype=np.int64)
    row[order] = np.arange(len(order))
    return node_osm[order], node_lonlat[order], row[u], row[v]


def _z_order(points: FloatArray) -> npt.NDArray[np.uint64]:
    if len(points) == 0:
        return np.zeros(0, dtype=np.uint64)
    low = points.min(axis=0)
    span = np.maximum(points.max(axis=0) - low, 1e-12)
    cell = ((points - low) / span * 65_535).astype(np.uint64)
    code = np.zeros(len(points), dtype=np.uint64)
    for bit in range(16):
        for axis in range(2):
            code |= ((cell[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return code
