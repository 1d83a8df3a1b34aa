"""Which streets can be one area at all: parts that roads join, barriers, islands, and how many areas each part gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from geodata.areacut import Float64, Int64, Streets, first_cut, least_graph
from geodata.areamoves import Moves
from geodata.errors import Fault, Faults, GeodataError
from geodata.network import NO_WAY, RoadNetwork
from geodata.saying import say

Bool = npt.NDArray[np.bool_]
_OWN_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class Parts:
    """The streets to be shared out: ``rows`` of the network, work of all its edges, and which edges meet a barrier."""

    network: RoadNetwork
    rows: Int64
    load: Float64
    crossing: Bool


@dataclass(frozen=True, eq=False)
class Shared:
    """``area_of`` int64 ``[n_edges]`` (-1 outside), islands as rows of edges, barrier crossings that were needed."""

    area_of: Int64
    islands: tuple[Int64, ...]
    crossings: Int64


@dataclass
class _Joined:
    """Parts that areas may not span, and the barrier crossings opened to join small ones."""

    part: Int64
    u: Int64
    v: Int64
    opened: Bool
    islands: list[int] = field(default_factory=list)


def share_out(
    parts: Parts, n_areas: int, pins: Sequence[Int64], tolerance: float, seed: int, n_starts: int
) -> Shared:
    """Share streets out; pinned areas get the rows ``0 .. len(pins) - 1``."""
    net, rows = parts.network, parts.rows
    pin = np.full(net.n_edges, -1, dtype=np.int64)
    for k, edges in enumerate(pins):
        pin[edges] = k
    joined = _join(parts, n_areas)
    plan, homes = _apportion(parts, joined, n_areas, pin[rows], len(pins))
    area = np.full(len(rows), -1, dtype=np.int64)
    hosts = _hosts(parts, joined, homes, pin[rows])
    load = parts.load[rows]
    np.add.at(load, [hosts[k] for k in joined.islands], np.bincount(joined.part, load)[joined.islands])  # fmt: skip
    for part, names in plan.items():
        members = np.flatnonzero(joined.part == part)
        streets = _streets(parts, joined, members, pin, names, load)
        cut = _cut(streets, len(names), tolerance, seed, n_starts)
        area[members] = np.array(names)[cut]
    for part in joined.islands:
        at = hosts[part]
        area[joined.part == part] = homes[part] if part in homes else area[at]
    area_of = np.full(net.n_edges, -1, dtype=np.int64)
    area_of[rows] = area
    islands = tuple(rows[joined.part == part] for part in joined.islands)
    return Shared(area_of, islands, _needed(parts, joined, area))


def _join(parts: Parts, n_areas: int) -> _Joined:
    """Parts without barrier crossings, small ones joined to a neighbour over the barrier where a street crosses."""
    net, rows = parts.network, parts.rows
    u, v = net.edge_u[rows].astype(np.int64), net.edge_v[rows].astype(np.int64)
    shut = parts.crossing[rows].copy()
    opened = np.zeros(len(rows), dtype=bool)
    mean = parts.load[rows].sum() / n_areas
    while True:
        # A shut crossing hangs on its first end only; its second end is a node of its own.
        end = np.where(shut, net.n_nodes + np.arange(len(rows)), v)
        part = _parts(u, end, net.n_nodes + len(rows))
        work = np.bincount(part, parts.load[rows])
        small = work < _OWN_SHARE * mean
        over = np.flatnonzero(shut)
        far_side = np.full(net.n_nodes, -1)
        far_side[v[over]] = part[over]  # where only crossings meet, one of them stands for the place
        far_side[u], far_side[end[~shut]] = part, part[~shut]
        gone = far_side[v[over]]
        pairs = np.column_stack([part[over], gone])
        useful = (gone >= 0) & (pairs[:, 0] != pairs[:, 1])
        must = small if len(work) - small.sum() <= n_areas else np.ones(len(work), dtype=bool)
        useful &= must[pairs[:, 0]] | must[np.where(gone >= 0, gone, 0)]
        if not useful.any():
            break
        pairs, over = np.sort(pairs[useful], axis=1), over[useful]
        least = np.where(must, work, np.inf)
        low = np.minimum(least[pairs[:, 0]], least[pairs[:, 1]])
        mine = low == low.min()
        kinds, n_each = np.unique(pairs[mine], axis=0, return_counts=True)
        chosen = kinds[int(np.argmax(n_each))]
        hit = over[(pairs == chosen).all(axis=1)]
        shut[hit], opened[hit] = False, True
    order = np.argsort(-work, kind="stable")
    own = [int(k) for k in order if not small[k]][:n_areas] or [int(order[0])]
    joined = _Joined(part, u, end, opened)
    joined.islands = sorted(set(range(len(work))) - set(own))
    return joined


def _parts(u: Int64, v: Int64, n: int) -> Int64:
    """Row of the connected part of each edge, by first appearance."""
    graph = csr_matrix((np.ones(len(u)), (u, v)), shape=(n, n))
    label = connected_components(graph, directed=False)[1][u]
    _, first, row = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[row]


def _apportion(
    parts: Parts, joined: _Joined, n_areas: int, pin: Int64, n_pinned: int
) -> tuple[dict[int, list[int]], dict[int, int]]:
    """Areas of each part that has its own, and the area each pinned island must ride with."""
    work = np.bincount(joined.part, parts.load[parts.rows])
    homes: dict[int, int] = {}
    pinned_in: dict[int, set[int]] = {}
    for k in range(n_pinned):
        for part in np.unique(joined.part[pin == k]).tolist():
            pinned_in.setdefault(part, set()).add(k)
    faults = Faults()
    own = [part for part in range(len(work)) if part not in set(joined.islands)]
    for part in joined.islands:
        if len(pinned_in.get(part, ())) > 1:
            what = say("areas are pinned to one island that is too small to part")
            faults.add(what, sorted(pinned_in[part]))
        elif part in pinned_in:
            homes[part] = min(pinned_in[part])
    seen: dict[int, int] = {}
    for part in own:
        for k in pinned_in.get(part, ()):
            if seen.setdefault(k, part) != part:
                what = say("pinned area {n} lies in parts that no road joins", n=k + 1)
                faults.add(what, mend=say("Pin it on one side."))
    n_of = {part: max(1, len(pinned_in.get(part, ()))) for part in own}
    # Areas pinned to islands alone take streets of the largest part too.
    homeless = sorted(set(homes.values()) - set(seen))
    main = max(own, key=lambda part: (work[part], -part))
    n_of[main] = max(n_of[main], len(pinned_in.get(main, ())) + len(homeless))
    if sum(n_of.values()) > n_areas:
        faults.add(
            say("{n} areas cannot be shared between {parts} parts as pinned", n=n_areas, parts=len(own)),
            expected=say("at least {n} areas", n=sum(n_of.values())),
        )
    faults.raise_any()
    for _ in range(n_areas - sum(n_of.values())):
        can = [p for p in own if np.count_nonzero(joined.part == p) > n_of[p]]
        part = max(can or own, key=lambda p: (work[p] / n_of[p], -p))
        n_of[part] += 1
    plan: dict[int, list[int]] = {}
    fresh = n_pinned
    for part in own:
        names = sorted(pinned_in.get(part, ())) + (homeless if part == main else [])
        more = n_of[part] - len(names)
        plan[part] = names + list(range(fresh, fresh + more))
        fresh += more
    return plan, homes


def _streets(
    parts: Parts, joined: _Joined, members: Int64, pin: Int64, names: list[int], load: Float64
) -> Streets:
    net, rows = parts.network, parts.rows[members]
    nodes, ends = np.unique(
        np.concatenate([joined.u[members], joined.v[members]]), return_inverse=True
    )
    xy = np.empty((len(nodes), 2))
    real = nodes < net.n_nodes
    xy[real] = net.node_xy[nodes[real]]
    xy[~real] = net.node_xy[net.edge_v[parts.rows[nodes[~real] - net.n_nodes]]]
    ahead, back = (net.ahead_ms[rows].astype(np.float64), net.back_ms[rows].astype(np.float64))
    ahead[ahead == NO_WAY], back[back == NO_WAY] = np.inf, np.inf
    row_of = {name: k for k, name in enumerate(names)}
    local = np.array([row_of.get(k, -1) for k in pin[rows].tolist()], dtype=np.int64)
    return Streets(
        ends[: len(rows)], ends[len(rows) :], np.maximum(np.minimum(ahead, back), 1.0), load[members],
        net.edge_length_m[rows], xy, local,
    )  # fmt: skip


def _cut(streets: Streets, n_areas: int, tolerance: float, seed: int, n_starts: int) -> Int64:
    """The best of some starts: least deviation beyond the tolerance, then shape."""
    if n_areas == 1:
        return np.zeros(len(streets.u), dtype=np.int64)
    cores = _cores(streets, n_areas)
    best: Int64 | None = None
    best_key = (np.inf, np.inf)
    for start in range(n_starts):
        rng = np.random.default_rng([seed, start])
        area, far_ms = first_cut(streets, n_areas, [nodes for nodes, _ in cores], rng)
        for k, (_, edges) in enumerate(cores):
            area[edges] = k
        area = _whole(streets, area, n_areas)
        moves = Moves(streets, area, far_ms, tolerance)
        _fill_empty(moves)
        if 0 in moves.n_in:
            raise GeodataError(
                [Fault(say("{n_areas} areas cannot each have a street of their own in one part of the network",
                           n_areas=n_areas),
                       mend=say("Ask for fewer areas, or pin fewer streets."))]
            )  # fmt: skip
        moves.even_out()
        moves.polish()
        for _ in range(8):
            if not moves.swap():
                break
            moves.polish(2)
        found = moves.result()
        shape = float(far_ms[found, np.arange(len(found))] @ moves.size)
        key = (max(round(moves.worst(), 6), moves.free), shape)
        if key < best_key:
            best, best_key = found, key
    assert best is not None  # noqa: S101 - at least one start is made
    return best


def _cores(streets: Streets, n_areas: int) -> list[tuple[Int64, Int64]]:
    """For each area the nodes and edges that join what is pinned to it, empty where nothing is.

    Pinned streets are joined by fastest ways that use no street of another area.
    """
    none = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    cores, owned = [none] * n_areas, streets.pin.copy()
    faults = Faults()
    for k in range(n_areas):
        edges = np.flatnonzero(streets.pin == k)
        if len(edges) == 0:
            continue
        usable = np.flatnonzero((owned == -1) | (owned == k))
        graph = least_graph(
            streets.u[usable], streets.v[usable], streets.ms[usable], streets.n_nodes
        )
        by_ends = {
            frozenset((int(streets.u[e]), int(streets.v[e]))): int(e)
            for e in usable[np.argsort(-streets.ms[usable], kind="stable")]
        }
        core = {int(edges[0])}
        nodes = {int(streets.u[edges[0]]), int(streets.v[edges[0]])}
        for edge in edges[1:].tolist():
            reach, before, _ = dijkstra(
                graph, directed=False, indices=sorted(nodes), min_only=True, return_predecessors=True
            )  # fmt: skip
            at = min((int(streets.u[edge]), int(streets.v[edge])), key=lambda n: (reach[n], n))
            if not np.isfinite(reach[at]):
                faults.add(say("pinned streets cannot be joined without streets of another area"), [edge])
                break
            while at not in nodes:
                core.add(by_ends[frozenset((at, int(before[at])))])
                nodes.add(at)
                at = int(before[at])
            core.add(edge)
            nodes |= {int(streets.u[edge]), int(streets.v[edge])}
        rows = np.array(sorted(core), dtype=np.int64)
        owned[rows] = k
        cores[k] = (np.array(sorted(nodes), dtype=np.int64), rows)
    faults.raise_any()
    return cores


def _whole(streets: Streets, area: Int64, n_areas: int) -> Int64:
    """Each area's main piece (the pinned one, else the one with most work) kept, others given to who surrounds them."""
    n = streets.n_nodes
    piece = _parts(streets.u * n_areas + area, streets.v * n_areas + area, n * n_areas)
    n_pieces = int(piece.max()) + 1
    work = np.bincount(piece, streets.work + 1e-6 * streets.length_m, n_pieces)
    work[np.unique(piece[streets.pin >= 0])] = np.inf
    owner = np.zeros(n_pieces, dtype=np.int64)
    owner[piece] = area
    order = np.lexsort([np.arange(n_pieces), -work, owner])
    main = np.zeros(n_pieces, dtype=bool)
    main[order[np.unique(owner[order], return_index=True)[1]]] = True
    result = area.copy()
    loose = ~main[piece]
    while loose.any():
        at_node = np.full(n, -1, dtype=np.int64)
        firm = ~loose
        at_node[streets.u[firm]] = result[firm]
        at_node[streets.v[firm]] = result[firm]
        near = np.maximum(at_node[streets.u], at_node[streets.v])
        now = loose & (near >= 0)
        result[now] = near[now]
        loose &= ~now
    return result


def _fill_empty(moves: Moves) -> None:
    """An area that lost its centre to others begins anew with one street of the fullest."""
    for k in range(moves.n_areas):
        if moves.n_in[k]:
            continue
        for donor in sorted(range(moves.n_areas), key=lambda a: (-moves.got[a], a)):
            groups = (
                moves.group(edge, moves.mean)
                for edge in range(len(moves.area))
                if moves.area[edge] == donor
            )
            group = next((g for g in groups if g is not None), None)
            if group is not None:
                moves.move(group, k)
                break


def _hosts(parts: Parts, joined: _Joined, homes: dict[int, int], pin: Int64) -> dict[int, int]:
    """The nearest street of a part with areas of its own, for each island: it carries the island's work with it."""
    net, rows = parts.network, parts.rows
    if not joined.islands:
        return {}
    firm = np.flatnonzero(~np.isin(joined.part, joined.islands))
    ends = np.concatenate([net.edge_u[rows[firm]], net.edge_v[rows[firm]]])
    from scipy.spatial import cKDTree

    tree = cKDTree(net.node_xy[ends])
    hosts = {}
    for part in joined.islands:
        members = np.flatnonzero(joined.part == part)
        if part in homes and (pin[firm] == homes[part]).any():
            hosts[part] = int(firm[np.flatnonzero(pin[firm] == homes[part])[0]])
            continue
        gap, near = (np.atleast_1d(x) for x in tree.query(net.node_xy[net.edge_u[rows[members]]]))
        hosts[part] = int(firm[int(near[int(np.argmin(gap))]) % len(firm)])
    return hosts


def _needed(parts: Parts, joined: _Joined, area: Int64) -> Int64:
    """Opened crossings whose two ends lie in one area."""
    rows = parts.rows[joined.opened]
    mine = area[joined.opened]
    around = np.full((parts.network.n_nodes, 2), -1, dtype=np.int64)
    other = ~joined.opened
    around[joined.u[other], 0] = area[other]
    inside = joined.v[other] < parts.network.n_nodes
    around[joined.v[other][inside], 1] = area[other][inside]
    near_u = (around[joined.u[joined.opened]] == mine[:, None]).any(axis=1)
    near_v = (around[joined.v[joined.opened]] == mine[:, None]).any(axis=1)
    return np.sort(rows[near_u & near_v])
