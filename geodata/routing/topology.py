"""What depends on who meets whom and not on times: elimination order, chordal completion, cached on disk."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix, csc_matrix, identity
from scipy.sparse.linalg import splu

from geodata.routing import hierarchy

Int32 = npt.NDArray[np.int32]
Bool = npt.NDArray[np.bool_]

logger = logging.getLogger(__name__)

_FORMAT = "1"
"""Part of the key: raise it when the arrays' meaning changes."""


@dataclass(frozen=True, eq=False)
class Topology:
    """Contraction hierarchy of one network's edges, whatever their times, closures and directions.

    Attributes
    ----------
    rank : int32 [n]
        Place of every node in the elimination order.
    indptr, head : int32 [n + 1], [a]
        Joined arcs from lower to higher rank.
    low_at, low_arc, low_tail : int32 [n + 1], [a], [a]
        The same arcs by head.
    edge_arc : int32 [e]
        Joined arc of every edge, -1 for a self loop.
    edge_up : bool [e]
        Whether the edge as drawn leads to the higher rank.
    """

    rank: Int32
    indptr: Int32
    head: Int32
    low_at: Int32
    low_arc: Int32
    low_tail: Int32
    edge_arc: Int32
    edge_up: Bool

    def __post_init__(self) -> None:
        for value in vars(self).values():
            value.setflags(write=False)

    @property
    def n_arcs(self) -> int:
        """Number of joined arcs."""
        return len(self.head)

    @cached_property
    def arc_tail(self) -> Int32:
        """Lower node of every joined arc, int32 ``[a]``."""
        return np.repeat(np.arange(len(self.rank), dtype=np.int32), np.diff(self.indptr))

    @cached_property
    def by_arc(self) -> tuple[Int32, Int32]:
        """Edges sorted by their joined arc, and those arcs; loops left out."""
        order = np.argsort(self.edge_arc, kind="stable").astype(np.int32)
        order = order[np.searchsorted(self.edge_arc[order], 0) :]
        return order, self.edge_arc[order]

    def is_sound(self, n_nodes: int, n_edges: int) -> bool:
        """Whether shapes and ranges fit together, so that no kernel can be led out of bounds by a damaged file."""
        a = len(self.head)
        expected = {
            "rank": n_nodes, "indptr": n_nodes + 1, "head": a, "low_at": n_nodes + 1, "low_arc": a, "low_tail": a,
            "edge_arc": n_edges, "edge_up": n_edges,
        }  # fmt: skip
        for name, size in expected.items():
            value = getattr(self, name)
            kind = np.dtype(np.bool_ if name == "edge_up" else np.int32)
            if value.shape != (size,) or value.dtype != kind:
                return False
        return (
            np.array_equal(np.sort(self.rank), np.arange(n_nodes))
            and all(p[0] == 0 and p[-1] == a and (np.diff(p) >= 0).all() for p in (self.indptr, self.low_at))
            and bool((self.head > self.arc_tail).all() and (self.head < n_nodes).all())
            and bool(((self.low_arc >= 0) & (self.low_arc < a)).all())
            and np.array_equal(self.arc_tail[self.low_arc], self.low_tail)
            and bool(((self.edge_arc >= -1) & (self.edge_arc < a)).all())
        )


def topology_of(n_nodes: int, edge_u: Int32, edge_v: Int32, cache_dir: Path | None = None) -> Topology:
    """Order and complete a network, or read what an earlier run kept of the very same one.

    Parameters
    ----------
    n_nodes, edge_u, edge_v
        Node rows at both ends of every edge, int32 ``[e]``.
    cache_dir
        Folder for prepared networks; None keeps nothing on disk.
    """
    u, v = np.ascontiguousarray(edge_u, np.int32), np.ascontiguousarray(edge_v, np.int32)
    if cache_dir is None:
        return build(n_nodes, u, v)
    digest = hashlib.sha256(f"{_FORMAT} {n_nodes} ".encode())
    digest.update(u.tobytes())
    digest.update(v.tobytes())
    key = digest.hexdigest()
    file = cache_dir / f"{key[:32]}.npz"
    kept = _read(file, key, n_nodes, len(u))
    if kept is not None:
        return kept
    fresh = build(n_nodes, u, v)
    _write(file, key, fresh)
    return fresh


def build(n_nodes: int, edge_u: Int32, edge_v: Int32) -> Topology:
    """Order by minimum degree, then complete; nothing is read or kept."""
    rank = _order(n_nodes, edge_u, edge_v)
    low_ptr, low = _lower(rank, edge_u, edge_v)
    _, post = hierarchy.forest(low_ptr, low)
    # A postorder has the same fill, keeps families together in memory, and is the same wherever the forest is.
    rank = post[rank]
    low_ptr, low = _lower(rank, edge_u, edge_v)
    parent, _ = hierarchy.forest(low_ptr, low)
    a, b = rank[edge_u], rank[edge_v]
    indptr, head, low_at, low_arc, low_tail, edge_arc = hierarchy.complete(
        low_ptr, low, parent, np.minimum(a, b), np.maximum(a, b)
    )
    return Topology(rank, indptr, head, low_at, low_arc, low_tail, edge_arc, a < b)


def _order(n_nodes: int, edge_u: Int32, edge_v: Int32) -> Int32:
    """Multiple minimum degree of A + A', as SuperLU does it for a matrix of the network's shape."""
    if n_nodes < 3:
        return np.arange(n_nodes, dtype=np.int32)
    proper = edge_u != edge_v
    u, v = edge_u[proper], edge_v[proper]
    ones = np.ones(2 * len(u))
    shape = (n_nodes, n_nodes)
    joined = coo_matrix((ones, (np.concatenate([u, v]), np.concatenate([v, u]))), shape).tocsc()
    joined.data[:] = -1.0
    degree = np.diff(joined.indptr)
    # Diagonally dominant, so the factorisation never pivots and the order is the one asked for.
    heavy = csc_matrix(identity(n_nodes, format="csc"))
    heavy.data = degree + 20.0
    found = splu(
        (joined + heavy).tocsc(), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    return np.asarray(found.perm_c, np.int32)


def _lower(rank: Int32, edge_u: Int32, edge_v: Int32) -> tuple[Int32, Int32]:
    """Neighbours of lower rank of every node, each once, in CSR form."""
    n = len(rank)
    a, b = rank[edge_u].astype(np.int64), rank[edge_v].astype(np.int64)
    proper = a != b
    keys = np.unique(np.maximum(a, b)[proper] * n + np.minimum(a, b)[proper])
    high, low = np.divmod(keys, max(n, 1))
    ptr = np.concatenate([[0], np.cumsum(np.bincount(high, minlength=n))])
    return ptr.astype(np.int32), low.astype(np.int32)


def _read(file: Path, key: str, n_nodes: int, n_edges: int) -> Topology | None:
    """A kept topology, None if there is none or the file is damaged or belongs to another network."""
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                raise ValueError("it belongs to another network")
            found = Topology(**{f.name: kept[f.name] for f in fields(Topology)})
        if not found.is_sound(n_nodes, n_edges):
            raise ValueError("its arrays do not fit together")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as why:
        logger.warning("The prepared network %s is not used (%s); it is made anew.", file.name, why)
        return None
    return found


def _write(file: Path, key: str, topology: Topology) -> None:
    """Keep a topology; a folder that cannot be written to costs time at the next start and nothing else."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as out:
                np.savez(out, key=np.array(key), **{f.name: getattr(topology, f.name) for f in fields(Topology)})
            Path(name).replace(file)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as why:
        logger.info("The prepared network could not be kept in %s: %s", file.parent, why)
