"""What travel questions answer with: tables of seconds, paths, and sparse reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Float64 = npt.NDArray[np.float64]
Bool = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TravelTimes:
    """Travel seconds from every origin to every target.

    Attributes
    ----------
    seconds : int32 [n, m]
        Row = from, column = to, rounded up; -1 where not reachable (ask ``reachable``, never compare with -1).
    reachable : bool [n, m]
    """

    seconds: Int32
    reachable: Bool

    def within(self, limit_s: int) -> Bool:
        """Pairs that are reachable in at most ``limit_s``, bool ``[n, m]``."""
        hit: Bool = self.reachable & (self.seconds <= limit_s)
        return hit


@dataclass(frozen=True, eq=False)
class Path:
    """One fastest way.

    Attributes
    ----------
    seconds : int
        Rounded up, equal to the matrix entry of the same pair.
    length_m : float
    xy : float64 [k, 2]
        Line in the network's CRS from origin to target; two equal points when both are one place.
    edges : int32 [j]
        Edge rows in travel order, first and last one possibly in part.
    """

    seconds: int
    length_m: float
    xy: Float64
    edges: Int32


@dataclass(frozen=True, eq=False)
class SparseTimes:
    """Which targets each origin reaches within a limit, in CSR form.

    Attributes
    ----------
    indptr : int64 [n + 1]
        Origin ``i`` owns entries ``indptr[i]:indptr[i + 1]``, by rising target.
    target, seconds : int32 [k]
    n_targets : int
    """

    indptr: Int64
    target: Int32
    seconds: Int32
    n_targets: int

    def of(self, origin: int) -> tuple[Int32, Int32]:
        """Targets and seconds of one origin."""
        part = slice(self.indptr[origin], self.indptr[origin + 1])
        return self.target[part], self.seconds[part]

    def to_dense(self) -> TravelTimes:
        """The same as a full table; pairs over the limit count as not reachable."""
        n = len(self.indptr) - 1
        seconds = np.full((n, self.n_targets), -1, dtype=np.int32)
        rows = np.repeat(np.arange(n), np.diff(self.indptr))
        seconds[rows, self.target] = self.seconds
        return TravelTimes(seconds, seconds >= 0)


@dataclass(frozen=True, eq=False)
class NodeTimes(SparseTimes):
    """Which nodes each origin reaches within a limit; ``target`` holds node rows.

    Attributes
    ----------
    ms : int32 [k]
        Whole milliseconds, not rounded to seconds; int64 from scipy, or where ways take longer than 298 hours.
    """

    ms: Int32 | Int64


@dataclass(frozen=True, eq=False)
class Tree:
    """Fastest ways between one point and all nodes.

    Attributes
    ----------
    ms : float64 [n_nodes]
        Whole milliseconds, infinite where unreached.
    arc : int32 [n_nodes]
        Row of the network's ``arcs`` by which the node is reached (by which it is left towards the point, where the
        tree leads to a point); of equally fast ones the smallest row. -1 at starts and where unreached.
    """

    ms: Float64
    arc: Int32
