"""What lies outside a network's main part: pieces that can be entered only, left only, or neither; and where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from geodata.crs import to_lonlat
from geodata.errors import Finding
from geodata.network import RoadNetwork

Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]

_LEAST_MAIN = 0.9
_BORDER_M = 250.0
_MOST_AT = 3


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces of one kind, the longest first.

    Attributes
    ----------
    n_nodes : int64 [p]
        Junctions of each piece.
    length_m : float64 [p]
        Road of each piece.
    way : int64 [p]
        One way of each, that of its longest edge; ids are given by it, since nodes are hard to look up.
    xy : float64 [p, 2]
        The middle of that edge, in metres.
    at_border : bool [p]
        Whether a junction of it lies at the rim of the map, where the other half of a road is often cut off.
    """

    n_nodes: Int64
    length_m: Float64
    way: Int64
    xy: Float64
    at_border: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.way)


def pieces(network: RoadNetwork) -> dict[str, Pieces]:
    """Sort the junctions outside the main part by how they are joined with it.

    Returns
    -------
    dict
        ``"trap"`` (can be entered from the main part, not left towards it), ``"source"`` (the reverse) and
        ``"island"`` (neither); each with its pieces. Junctions of one kind that an edge joins are one piece.
    """
    kind = _kinds(network)
    u, v = network.edge_u.astype(np.int64), network.edge_v.astype(np.int64)
    same = (kind[u] == kind[v]) & (kind[u] > 0)
    n = network.n_nodes
    joined = csr_matrix((np.ones(int(same.sum())), (u[same], v[same])), shape=(n, n))
    _, label = connected_components(joined, directed=False)
    # An edge between two kinds belongs to the end outside of the main part.
    owner = np.where(kind[u] > 0, u, v)
    edges = np.flatnonzero((kind[u] > 0) | (kind[v] > 0))
    border = _at_border(network)
    return {
        name: _pieces(network, number, kind, label, owner, edges, border)
        for number, name in ((1, "trap"), (2, "source"), (3, "island"))
    }


def _kinds(network: RoadNetwork) -> Int64:
    """0 for the main part, 1 entered only, 2 left only, 3 neither, int64 ``[n]``."""
    arcs, n = network.arcs, network.n_nodes
    main = network.component == 0
    tail = np.repeat(np.arange(n), np.diff(arcs.indptr))
    ahead = csr_matrix((np.ones(len(tail)), (tail, arcs.head)), shape=(n, n))
    start = int(np.flatnonzero(main)[0])
    entered, left = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    entered[breadth_first_order(ahead, start, return_predecessors=False)] = True
    left[breadth_first_order(ahead.T.tocsr(), start, return_predecessors=False)] = True
    return np.where(main, 0, np.where(entered, 1, np.where(left, 2, 3))).astype(np.int64)


def _at_border(network: RoadNetwork) -> npt.NDArray[np.bool_]:
    hull = shapely.convex_hull(shapely.multipoints(network.node_xy))
    rim = shapely.boundary(hull) if shapely.get_dimensions(hull) == 2 else hull
    near = shapely.dwithin(shapely.points(network.node_xy), rim, _BORDER_M)
    return np.asarray(near, dtype=bool)


def _pieces(
    network: RoadNetwork, number: int, kind: Int64, label: npt.NDArray[np.int32], owner: Int64, edges: Int64,
    border: npt.NDArray[np.bool_],
) -> Pieces:  # fmt: skip
    nodes = np.flatnonzero(kind == number)
    names, row = np.unique(label[nodes], return_inverse=True)
    of_edge = edges[kind[owner[edges]] == number]
    piece = np.searchsorted(names, label[owner[of_edge]])
    p = len(names)
    length = np.bincount(piece, network.edge_length_m[of_edge], minlength=p).astype(np.float64)
    longest = np.zeros(p, dtype=np.int64)
    order = np.argsort(network.edge_length_m[of_edge], kind="stable")
    longest[piece[order]] = of_edge[order]  # the last one written is the longest
    at_border = np.zeros(p, dtype=bool)
    at_border[row[border[nodes]]] = True
    first = np.argsort(-length, kind="stable")
    middle = np.array([_middle(network.shape_of(k)) for k in longest[first].tolist()])
    return Pieces(
        np.bincount(row, minlength=p)[first], length[first], network.edge_way[longest[first]],
        middle.reshape(-1, 2), at_border[first],
    )  # fmt: skip


def _middle(shape: Float64) -> tuple[float, float]:
    x, y = (shape[(len(shape) - 1) // 2] + shape[len(shape) // 2]) / 2
    return float(x), float(y)


def check_pieces(name: str, network: RoadNetwork) -> list[Finding]:
    """Islands, and ends that can be entered and not left or the reverse: how many, how long, where, and at the rim.

    Parameters
    ----------
    name
        Of the profile, for the sentences.
    """
    if not len(network.component) or not network.component.any():
        return []
    found = []
    share = float(np.mean(network.component == 0))
    by_kind = pieces(network)
    if share < _LEAST_MAIN:
        found.append(_main_part(name, network, share, by_kind))
    for kind, code, what, mend in _SENTENCES:
        some = by_kind[kind]
        if not len(some):
            continue
        n, nodes = len(some), int(some.n_nodes.sum())
        border = int(some.at_border.sum())
        text = (
            f"{name}: {_count(n, 'piece')} with {_count(nodes, 'junction')} and {_km(some.length_m.sum())} of road "
            f"{what}" + (f", the longest of {_km(some.length_m[0])}" if n > 1 else "")
            + (f"; {_of(border, n)} at the rim of the map" if border else "")
        )  # fmt: skip
        found.append(
            Finding(code, "info", text, n, tuple(f"w{way}" for way in some.way[:3].tolist()), mend,
                    _places(some.xy, network.crs))
        )  # fmt: skip
    return found


_SENTENCES = (
    ("island", "islands", "are joined with the main part in neither direction",
     "Nothing there is reached or sent from; look for a barrier, a private road or a bridge cut off."),
    ("trap", "one-way-trap", "can be entered from the main part but not left towards it",
     "At the rim the way back is often cut off; elsewhere check the oneway tag."),
    ("source", "one-way-source", "can be left towards the main part but not entered from it",
     "At the rim the way there is often cut off; elsewhere check the oneway tag."),
)  # fmt: skip


def _main_part(
    name: str, network: RoadNetwork, share: float, by_kind: dict[str, Pieces]
) -> Finding:
    every = list(by_kind.values())
    length, way = (np.concatenate([getattr(p, what) for p in every]) for what in ("length_m", "way"))
    xy = np.concatenate([p.xy for p in every])
    order = np.argsort(-length, kind="stable")
    outside = int(np.sum(network.component != 0))
    return Finding(
        "main-part", "warning",
        f"{name}: only {share:.1%} of {_count(network.n_nodes, 'junction')} are joined with each other both ways; "
        f"{_count(outside, 'junction')} with {_km(length.sum())} of road are not",
        outside, tuple(f"w{w}" for w in way[order[:3]].tolist()),
        "Posts and sites are laid onto the main part; take a larger extract if the rest matters.",
        _places(xy[order], network.crs),
    )  # fmt: skip


def _places(xy: Float64, crs: str) -> tuple[tuple[float, float], ...]:
    if not len(xy):
        return ()
    lonlat = to_lonlat(xy[:_MOST_AT], crs)
    return tuple((float(lon), float(lat)) for lon, lat in lonlat.tolist())


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _of(part: int, n: int) -> str:
    return "all of them" if part == n and n > 1 else "it lies" if n == 1 else f"{part:,} of them"


def _km(metres: float) -> str:
    return f"{metres / 1000:,.1f} km" if metres >= 950 else f"{metres:,.0f} m"
