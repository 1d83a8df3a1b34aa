"""Real alternatives to the fastest way: little slower, mostly on other streets, each of them sensible by itself.

The k shortest paths of Yen's algorithm differ by a side street and are no use to a patrol. Here one tree of fastest
ways from the origin and one towards the target are laid over each other: where both run along the same streets lies a
*plateau*, and each plateau stands for one way over it. Any part of such a way that takes no longer than its plateau is
a fastest way itself, so long plateaus make ways without kinks (plateaus: Cambridge Vehicle Information Technology's
Choice Routing; local optimality: Abraham, Delling, Goldberg and Werneck, Alternative Routes in Road Networks, 2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geodata import plateaus
from geodata.errors import Faults
from geodata.network import NO_WAY, RoadNetwork, Snapped
from geodata.router import Router
from geodata.routing.paths import joined_path
from geodata.travel import Float64, Int32, Int64, Path

_AT_END_M = 0.01
_MS = 1000
_MOST = 60


def alternatives(
    router: Router,
    origin: Snapped,
    target: Snapped,
    *,
    k: int = 3,
    stretch: float = 1.4,
    shared: float = 0.7,
    local: float = 0.1,
) -> tuple[Path, ...]:
    """Up to ``k`` ways between two points that differ, the fastest first, then by rising time.

    Parameters
    ----------
    router
        Over the network of the hour, with its closures.
    origin, target
        One point each.
    k
        Most ways wanted, 1 to 60.
    stretch
        No way takes longer than this times the fastest.
    shared
        Of any two ways returned, the metres they have in common are at most this share of the shorter one. A street
        counts as one whichever way it is driven; two carriageways drawn apart are two streets.
    local
        Every part of a way, from junction to junction, that takes at most this share of the fastest time is itself a
        fastest way between its ends: no kinks. Higher values give fewer and straighter ways.

    Returns
    -------
    tuple of Path
        Empty if the target cannot be reached, one if there is no other sensible way. No junction is passed twice. Of
        streets that join the same two junctions only the fastest is used.

    Raises
    ------
    GeodataError
        More than one point, or numbers out of range.

    Notes
    -----
    Costs two searches over the network and a pass over its nodes. Ways are ranked by twice their time less their
    straightness (:func:`geodata.plateaus.via_nodes`) and taken greedily; another set of ways may share less.
    """
    _check(origin, target, k, stretch, shared, local)
    if not (origin.ok[0] and target.ok[0]):
        return ()
    net = router.network
    at_o, at_t = _place(net, origin, leaving=True), _place(net, target, leaving=False)
    direct = _direct(router, origin, target)
    there = router.tree(origin)
    f = there.ms
    limit_s = _limit_s(net, f, at_t, stretch)
    if limit_s is None or (k == 1 and direct is not None):
        return () if direct is None else (direct,)
    back = router.tree(target, reverse=True, limit_s=limit_s)
    b = back.ms
    fa, ba = (
        _rooted(net, there.arc, at_o, reverse=False),
        _rooted(net, back.arc, at_t, reverse=True),
    )
    ways = _Ways(net, origin, target, at_o, at_t, fa, ba)
    if direct is None:
        ends = [int(x) for x in at_t.node if np.isfinite(f[x] + b[x]) and ba[x] < 0]
        end = min(ends, key=lambda x: float(f[x] + b[x]))
        best_ms = float(f[end] + b[end])
        first = _First(ways.path(end, best_ms), ways.inner(end), ways.sides(end), (0.0, 0.0))
    else:
        best_ms = float(router.matrix_ms(origin, target)[0, 0])
        low_m, high_m = sorted((at_o.along_m, at_t.along_m))
        first = _First(direct, np.zeros(0, dtype=np.int32), (-1, -1), (low_m, high_m))
    if k == 1 or best_ms == 0:
        return (first.path,)
    return (first.path, *_others(ways, first, f, b, best_ms, k, stretch, shared, local))


@dataclass(frozen=True, eq=False)
class _First:
    """The fastest way, as the choice of the others needs it; see :func:`geodata.plateaus.choose`."""

    path: Path
    inner: Int32
    sides: tuple[int, int]
    straight_m: tuple[float, float]


def _others(
    ways: _Ways, first: _First, f: Float64, b: Float64,
    best_ms: float, k: int, stretch: float, shared: float, local: float,
) -> list[Path]:  # fmt: skip
    net, arcs, at_o, at_t = ways.net, ways.net.arcs, ways.at_o, ways.at_t
    nodes, straight_ms = plateaus.via_nodes(
        f,
        ways.fa,
        b,
        ways.ba,
        net.arc_tail,
        arcs.head,
        arcs.w_ms,
        best_ms * stretch,
        best_ms * local,
    )
    ms = f[nodes] + b[nodes]
    order = np.lexsort((nodes, ms, 2 * ms - np.minimum(straight_ms, ms)))
    taken = plateaus.choose(
        nodes[order], ways.fa, ways.ba, net.arc_tail, arcs.head, arcs.edge, net.edge_length_m,
        at_o.node, at_o.part_m, at_o.edge, at_o.along_m, at_t.node, at_t.part_m, at_t.edge, at_t.along_m,
        first.inner, *first.sides, *first.straight_m, first.path.length_m, k, shared,
    )  # fmt: skip
    chosen = order[taken]
    chosen = chosen[np.argsort(ms[chosen], kind="stable")]
    return [ways.path(int(nodes[i]), float(ms[i])) for i in chosen]


def _limit_s(net: RoadNetwork, f: Float64, at_t: _Place, stretch: float) -> int | None:
    """How far to search from the target: no way of interest takes longer. None if no way reaches its edge."""
    whole_ms = max(int(net.ahead_ms[at_t.edge]), int(net.back_ms[at_t.edge]))
    usable = at_t.node[at_t.part_m >= 0]
    reached = f[usable[np.isfinite(f[usable])]]
    if not len(reached):
        return None
    return int(np.ceil(stretch * (float(reached.min()) + whole_ms) / _MS)) + 1


@dataclass(frozen=True, eq=False)
class _Place:
    """A point on its edge: the nodes at both sides, and the metres to them, -1 where no way leads over that side."""

    edge: int
    along_m: float
    node: Int64
    part_m: Float64


def _place(net: RoadNetwork, point: Snapped, *, leaving: bool) -> _Place:
    edge, along = int(point.edge[0]), float(point.along_m[0])
    length = float(net.edge_length_m[edge])
    node = np.array([net.edge_u[edge], net.edge_v[edge]], dtype=np.int64)
    part = np.array([along, length - along])
    at_end = part <= _AT_END_M
    ms = np.array([net.back_ms[edge], net.ahead_ms[edge]][:: 1 if leaving else -1])
    shut = (ms == NO_WAY) | bool(net.closed[edge])
    part[shut] = -1.0
    if at_end.any():
        # The point is the junction; what leads away over the other end is an ordinary edge.
        part = np.where(at_end, 0.0, -1.0)
    elif node[0] == node[1] and not shut.any():
        # A loop ends in one junction, by the quicker of its two sides.
        share = along / length
        part[int(ms[0] * share <= ms[1] * (1 - share))] = -1.0
    return _Place(edge, along, node, part)


def _rooted(net: RoadNetwork, arc: Int32, at: _Place, *, reverse: bool) -> Int32:
    """The tree with the far end of a point's edge hung under the near end, if the point is a junction."""
    if at.node[0] == at.node[1] or sorted(at.part_m.tolist()) != [-1.0, 0.0]:
        return arc
    near, far = at.node[np.argsort(-at.part_m)].tolist()
    if arc[far] >= 0:
        return arc
    tail, head = (far, near) if reverse else (near, far)
    arcs = net.arcs
    rows = np.arange(arcs.indptr[tail], arcs.indptr[tail + 1])
    own = rows[(arcs.head[rows] == head) & (arcs.edge[rows] == at.edge)]
    hung = arc.copy()
    hung[far] = own[0] if len(own) else -1
    return hung


@dataclass(frozen=True, eq=False)
class _Ways:
    """Ways over nodes, read from both trees."""

    net: RoadNetwork
    origin: Snapped
    target: Snapped
    at_o: _Place
    at_t: _Place
    fa: Int32
    ba: Int32

    def walk(self, via: int) -> tuple[int, list[int], int]:
        """First node, arcs and last node of the way over a node."""
        arcs, tails = self.net.arcs, self.net.arc_tail
        start = end = via
        before, after = [], []
        while (arc := int(self.fa[start])) >= 0:
            before.append(arc)
            start = int(tails[arc])
        while (arc := int(self.ba[end])) >= 0:
            after.append(arc)
            end = int(arcs.head[arc])
        return start, before[::-1] + after, end

    def inner(self, via: int) -> Int32:
        """Edges that the way drives whole."""
        return self.net.arcs.edge[self.walk(via)[1]]

    def sides(self, via: int) -> tuple[int, int]:
        """The ends of the points' edges that the way leads over, 0 or 1."""
        start, _, end = self.walk(via)
        return _side(self.at_o, start), _side(self.at_t, end)

    def path(self, via: int, ms: float) -> Path:
        """The way over a node as a path; its ends are parts of the points' edges."""
        start, walked, end = self.walk(via)
        sides = (_side(self.at_o, start), _side(self.at_t, end))
        rows = np.array(walked, dtype=np.int64)
        return joined_path(self.net, self.origin, self.target, sides, rows, int(np.ceil(ms / _MS)))


def _side(at: _Place, node: int) -> int:
    return 0 if at.node[0] == node and at.part_m[0] >= 0 else 1


def _direct(router: Router, origin: Snapped, target: Snapped) -> Path | None:
    """The straight way along the one edge that both points lie on, where that is the fastest."""
    if origin.edge[0] != target.edge[0]:
        return None
    path = router.path(origin, target)
    gap = abs(float(origin.along_m[0]) - float(target.along_m[0]))
    if path is None or path.edges.tolist() not in ([], [int(origin.edge[0])]):
        return None
    return path if abs(path.length_m - gap) <= _AT_END_M else None


def _check(
    origin: Snapped, target: Snapped, k: int, stretch: float, shared: float, local: float
) -> None:
    faults = Faults()
    if len(origin) != 1 or len(target) != 1:
        faults.add(
            "alternatives asks for one origin and one target",
            [f"{len(origin)} origins", f"{len(target)} targets"],
            expected="two single points",
        )
    for name, value, good, expected in (
        ("k", k, 1 <= k <= _MOST, f"1..{_MOST}"),
        ("stretch", stretch, np.isfinite(stretch) and stretch >= 1, "1 or more"),
        ("shared", shared, 0 <= shared < 1, "0 or more, below 1"),
        ("local", local, 0 <= local <= 1, "0..1"),
    ):
        if not good:
            faults.add(f"{name} is {value:g}", expected=expected)
    faults.raise_any()
