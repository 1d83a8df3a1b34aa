"""The one error of this package: every fault of an input in one report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.saying import say


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: what, which, what was expected and how to mend it.

    Attributes
    ----------
    what : str
        The finding, for example ``"points further than 150 m from any road"``.
    ids : tuple of str
        At most three offenders; ``n`` is how many there are in all.
    n : int
        Number of offenders.
    expected, mend : str
        What would have been right, and what a person can do about it.
    """

    what: str
    ids: tuple[str, ...] = ()
    n: int = 1
    expected: str = ""
    mend: str = ""

    def sentence(self) -> str:
        """The fault in one line, in the reader's language; what is shown of faults of scenarios too."""
        return str(self)

    def __str__(self) -> str:
        text = self.what
        if self.ids:
            ids, more = ", ".join(self.ids), self.n - len(self.ids)
            text = say("{what}: {ids}", what=text, ids=say("{ids} and {n} more", ids=ids, n=more) if more > 0 else ids)
        if self.expected:
            text = say("{what}; expected {expected}", what=text, expected=self.expected)
        text = say("{sentence}.", sentence=text)
        return say("{fault} {remedy}", fault=text, remedy=self.mend) if self.mend else text


class GeodataError(ValueError):
    """Maps or places cannot be used; ``faults`` lists every reason found, not only the first."""

    def __init__(self, faults: Iterable[Fault] | str) -> None:
        self.faults: tuple[Fault, ...] = (
            (Fault(faults),) if isinstance(faults, str) else tuple(faults)
        )
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[GeodataError], tuple[tuple[Fault, ...]]]:
        return GeodataError, (self.faults,)


class Faults:
    """Collects faults so that one report can name them all."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(
        self,
        what: str,
        ids: Sequence[object] = (),
        *,
        n: int | None = None,
        expected: str = "",
        mend: str = "",
    ) -> None:
        """Note one fault; only three of ``ids`` are kept, the count is not lost."""
        count = n if n is not None else max(1, len(ids))
        self.found.append(Fault(what, tuple(str(i) for i in ids[:3]), count, expected, mend))

    def raise_any(self) -> None:
        """Raise :class:`GeodataError` when anything was noted."""
        if self.found:
            raise GeodataError(self.found)


@dataclass(frozen=True)
class Finding:
    """One line of a map's health report.

    Attributes
    ----------
    code : str
        Short and stable, for tests and filters.
    level : str
        ``info`` or ``warning``.
    text : str
        A sentence with its numbers.
    n : int
        How many.
    ids : tuple of str
        Three examples.
    remedy : str
    at : tuple of (float, float)
        Where they are, longitude and latitude in degrees, those of ``ids`` first; empty where there is no place.
    """

    code: str
    level: str
    text: str
    n: int
    ids: tuple[str, ...]
    remedy: str
    at: tuple[tuple[float, float], ...] = ()

    def __str__(self) -> str:
        ids = f" ({', '.join(self.ids)})" if self.ids else ""
        return f"{self.text}{ids}. {self.remedy}"


@dataclass(frozen=True)
class Dropped:
    """Something of the map that was left out or changed, why, how often, and three examples."""

    reason: str
    count: int
    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.count} x {self.reason} (such as {', '.join(self.ids)})"


class Drops:
    """Counts what is left out by reason, in order of first sight."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}
        self._ids: dict[str, list[str]] = {}

    def add(self, reason: str, osm_id: object, n: int = 1) -> None:
        """Count ``n`` more for ``reason``; the first three ids are kept."""
        self._count[reason] = self._count.get(reason, 0) + n
        ids = self._ids.setdefault(reason, [])
        if len(ids) < 3 and str(osm_id) not in ids:
            ids.append(str(osm_id))

    def add_all(self, reason: str, kind: str, osm_ids: npt.NDArray[np.int64]) -> None:
        """Count many things of one kind ("w" for ways) for one reason."""
        first = list(dict.fromkeys(osm_ids.tolist()))[:3]  # an id may come more than once: a way in pieces
        for k, osm_id in enumerate(first):
            self.add(reason, f"{kind}{osm_id}", 0 if k else len(osm_ids))

    def result(self) -> tuple[Dropped, ...]:
        """Return all reasons, most frequent first."""
        rows = [Dropped(reason, n, tuple(self._ids[reason])) for reason, n in self._count.items()]
        return tuple(sorted(rows, key=lambda row: (-row.count, row.reason)))
