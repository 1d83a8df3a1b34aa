"""The siting Problem: which posts to open, with which units, in which period. Numbers only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import ProblemError

LEVELS = ("must_bare", "bare", "single", "posts", "response")


@dataclass(frozen=True, slots=True)
class Site:
    """A place to protect.

    Attributes
    ----------
    id
        Name in the scenario.
    weight
        Importance as a positive integer.
    standard_s
        Response standard: a unit must arrive within this many seconds.
    must
        Leaving it bare counts on the first level.
    backup
        It wants a second, distinct post in time (P3).
    kinds
        Indices of unit kinds allowed to answer; empty means all that respond.
    standard_by_kind_s
        Response standard for each unit kind, by its index; empty: ``standard_s`` for all (P2).
    """

    id: str
    weight: int
    standard_s: int
    must: bool = False
    backup: bool = False
    kinds: tuple[int, ...] = ()
    standard_by_kind_s: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A candidate post.

    ``price`` is charged on the level ``posts`` for each period it is open; ``capacity`` is the most units
    that can stand there; ``kinds`` the unit kinds that may (empty: all). ``required`` posts stand in every
    period of ``[open_s, close_s)`` with at least ``units`` units; ``forbidden`` ones never. A post may stand
    only in periods inside ``[open_s, close_s)`` (None: no limit on that side); periods are cut at windows,
    so a period that straddles one is a fault. ``existing`` posts stand already when the first period
    begins: keeping them is no opening. Posts that exclude each other are in ``Problem.apart``.
    """

    id: str
    price: int = 1
    capacity: int = 1
    kinds: tuple[int, ...] = ()
    required: bool = False
    forbidden: bool = False
    existing: bool = False
    units: int = 1
    open_s: int | None = None
    close_s: int | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of unit (car crew, foot pair, stewards); only kinds that respond cover a site."""

    id: str
    responds: bool = True


@dataclass(frozen=True, slots=True)
class Ring:
    """A group of posts with numbers of its own (core, buffer, outer ring; P7).

    In each period of ``[open_s, close_s)`` (None: no limit on that side) its ``posts`` (indices) hold at least
    ``least`` and at most ``most`` units (None: no limit) of ``kinds`` (indices; empty: of any kind).
    """

    id: str
    posts: tuple[int, ...]
    least: int = 0
    most: int | None = None
    kinds: tuple[int, ...] = ()
    open_s: int | None = None
    close_s: int | None = None


@dataclass(frozen=True)
class Reach:
    """Seconds from posts to points on one network, as sparse rows.

    Attributes
    ----------
    indptr
        int64 ``[n_posts + 1]``.
    point
        int32 ``[n_pairs]`` index into the Problem's points, ascending inside a row.
    seconds
        int32 ``[n_pairs]`` travel seconds, rounded up. A pair that is not listed is out of reach.
    """

    indptr: NDArray[np.int64]
    point: NDArray[np.int32]
    seconds: NDArray[np.int32]


@dataclass(frozen=True)
class Period:
    """A span in which network, weights, windows and stock stay the same.

    Attributes
    ----------
    reach
        For each unit kind, the index of its Reach in ``Problem.reaches``.
    active
        bool ``[n_sites]``: which sites need cover in this period.
    stock
        For each unit kind, the most units that siting may spend in this period.
    most_posts
        At most so many posts, None for no limit.
    weight
        int64 ``[n_sites]``: weights of this period in place of ``Site.weight``; None keeps those.
    """

    id: str
    start_s: int
    end_s: int
    reach: tuple[int, ...]
    active: NDArray[np.bool_]
    stock: tuple[int, ...]
    most_posts: int | None = None
    weight: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Problem:
    """A siting problem; checks itself when built and raises ProblemError with every fault.

    ``point_site[k]`` is the site that point ``k`` belongs to: a site with several points (a rail section,
    a square) is covered only when each of its points is. ``apart`` lists pairs of posts that may not both
    be open (P4); ``apart_alike`` lists ``(post, post, kind)``: units of that kind may not stand at both.
    ``levels`` is the lexicographic order, a selection from ``LEVELS``.

    Attributes
    ----------
    move_price
        Charged on the level ``posts`` for each opening: a post that stands in a period and did not stand
        in the period before it in the list (or, in the first period, is not ``existing``).
    late_s
        Seconds charged on the level ``response`` for a site that no open post reaches, and the most that
        is charged for any site. None: one second more than the longest listed pair.
    rings
        Groups of posts with a least and a most number of units (P7).
    """

    sites: tuple[Site, ...]
    posts: tuple[Post, ...]
    kinds: tuple[Kind, ...]
    periods: tuple[Period, ...]
    reaches: tuple[Reach, ...]
    point_site: NDArray[np.int32]
    apart: tuple[tuple[int, int], ...] = ()
    levels: tuple[str, ...] = LEVELS
    names: dict[str, str] = field(default_factory=dict)
    move_price: int = 1
    late_s: int | None = None
    rings: tuple[Ring, ...] = ()
    apart_alike: tuple[tuple[int, int, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a Problem that is not sound, with every fault found.

        Raises
        ------
        ProblemError
            Repeated ids, weights below 0, a standard of 0 or less, indices or array lengths that do not
            fit, required and forbidden at once, windows that cut a period, and the like.
        """
        from scheduler.siting.faults import find_faults  # the checks need the forms above

        faults = find_faults(self)
        if faults:
            raise ProblemError(faults)

    def weights(self, period: int) -> NDArray[np.int64]:
        """int64 ``[n_sites]``: what each site weighs in one period, 0 where it is not active."""
        its = self.periods[period]
        weight = its.weight if its.weight is not None else [site.weight for site in self.sites]
        return np.where(its.active, np.asarray(weight, dtype=np.int64), 0)

    def standards(self) -> NDArray[np.int64]:
        """int64 ``[n_kinds, n_sites]``: within how many seconds a unit of each kind is in time."""
        n = len(self.kinds)
        rows = [site.standard_by_kind_s or (site.standard_s,) * n for site in self.sites]
        return np.array(rows, dtype=np.int64).reshape(-1, n).T

    @property
    def longest_s(self) -> int:
        """The most seconds the level ``response`` charges for one site (``late_s`` or its default)."""
        if self.late_s is not None:
            return self.late_s
        return 1 + max((int(r.seconds.max()) for r in self.reaches if r.seconds.size), default=0)


def dense_reach(
    seconds: NDArray[np.integer[Any]],
    reachable: NDArray[np.bool_] | None = None,
    limit: int | None = None,
) -> Reach:
    """Sparse Reach from a dense table.

    Parameters
    ----------
    seconds
        Integers ``[n_posts, n_points]``, travel seconds rounded up.
    reachable
        bool of the same shape; False pairs are left out. None: all are reachable.
    limit
        Pairs beyond so many seconds are left out as well (saves memory); None keeps all.

    Raises
    ------
    ProblemError
        Shapes that differ, or a table that is not of integers.
    """
    table = np.asarray(seconds)
    faults = []
    if table.ndim != 2 or not np.issubdtype(table.dtype, np.integer):
        faults.append(
            f"seconds: integers [posts, points] expected, found {table.dtype} {table.shape}."
        )
    keep = (
        np.ones(table.shape, dtype=bool) if reachable is None else np.asarray(reachable, dtype=bool)
    )
    if keep.shape != table.shape:
        faults.append(f"reachable: shape {table.shape} like seconds expected, found {keep.shape}.")
    if faults:
        raise ProblemError(faults)
    if limit is not None:
        keep = keep & (table <= limit)
    post, point = np.nonzero(keep)
    indptr = np.zeros(table.shape[0] + 1, dtype=np.int64)
    np.cumsum(np.bincount(post, minlength=table.shape[0]), out=indptr[1:])
    return Reach(indptr, point.astype(np.int32), table[post, point].astype(np.int32))
