"""The forms a roster rule may take, and the plain records that pass between rules and the engine.

A rule file holds RULE, Params, exactly one form, ``check`` and ``explain``. The forms, weakest first::

    fits(problem, params) -> int32 [n_people, n_groups]                         amount or NO
    follows(problem, params, first, then) -> amount or NO                       two duties of one person
    start(problem, params, person), step(problem, params, state, t_s, duty)     small state over one person's time
    rows(problem, params, scope) -> Row ...                                     linear

Set hard, any amount above 0 means NO. ``check`` works on plain duty lists and shares no helper with the forms.
A rule whose parameters name people may say which of them do not exist: ``faults(problem, params) -> list[str]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal, overload

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from scheduler.roster.problem import SeatGroup, Worked
from scheduler.saying import among

NO: Final = -1
"""Answer of a form: not at all, whatever the price."""

Mode = Literal["hard", "soft", "off"]
Form = Literal["fits", "follows", "step", "rows"]
Clock = Callable[[int], str]
Duties = Sequence[Sequence[int]]
"""For each person index the indices of the groups served, ascending by report time."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What lists, pages and reports say about a rule without running it.

    Attributes
    ----------
    id, name
        Catalogue number (``"R03"``) and registry name (the file's name).
    title, title_zh
        The field's words for it.
    statement
        One sentence; ``{names}`` are filled from the Params.
    unit
        What one unit of amount is ("minutes", "officers").
    default_mode, default_importance
        How the rule stands when a scenario says nothing more; importance is one of
        "must", "very important", "important", "nice".
    source
        Where the rule comes from.
    by_person
        False for a rule about everyone at once (a stock, a reserve): it takes one setting for all.
    by_day
        True for a rule that counts local days: the Problem's ``days`` must then cover every duty.
    """

    id: str
    name: str
    title: str
    title_zh: str
    statement: str
    unit: str
    default_mode: Mode
    default_importance: str
    source: str
    by_person: bool = True
    by_day: bool = False

    @property
    def called(self) -> str:
        """Its title in the reader's language."""
        return among({"en": self.title, "zh": self.title_zh})


class RuleParams(BaseModel):
    """Base of every rule's Params: frozen, and an unknown name is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def param(default: Any, description: str, source: str, **bounds: Any) -> Any:
    """Declare one parameter with its words and where the default comes from."""
    return Field(default, description=description, json_schema_extra={"source": source}, **bounds)


def written(value: Any, sign: str) -> Any:
    """A table as the short texts that pages and files show: ``{"L": ["E"]}`` with ``">"`` is ``("L>E",)``."""
    if not isinstance(value, Mapping):
        return value
    return tuple(
        f"{key}{sign}{one}"
        for key, given in sorted(value.items())
        for one in (given if isinstance(given, list | tuple) else (given,))
    )


def hours_s(hours: float) -> int:
    """Whole seconds of a parameter given in hours."""
    return round(hours * 3600)


@dataclass(frozen=True, slots=True)
class Stint:
    """One duty as times and places: a seat group's, or one worked before the horizon (``group`` -1)."""

    report_s: int
    start_s: int
    end_s: int
    release_s: int
    paid_s: int
    report_place: int
    release_place: int
    group: int = -1
    kind: str = ""
    shift: str = ""

    @classmethod
    def of_group(cls, index: int, group: SeatGroup) -> Stint:
        """The duty that a seat of this group is."""
        return cls(
            group.report_s,
            group.start_s,
            group.end_s,
            group.release_s,
            group.paid_s,
            group.report_place,
            group.release_place,
            index,
            group.kind,
            group.shift,
        )

    @classmethod
    def of_worked(cls, worked: Worked) -> Stint:
        """A duty done before the horizon."""
        return cls(
            worked.start_s,
            worked.start_s,
            worked.end_s,
            worked.end_s,
            worked.paid_s,
            worked.place,
            worked.place,
            shift=worked.shift,
        )


@dataclass(frozen=True, slots=True)
class Stints:
    """Many duties as int64 arrays ``[n]``, for the vectorised variant of ``follows``."""

    report_s: NDArray[np.int64]
    release_s: NDArray[np.int64]
    report_place: NDArray[np.int64]
    release_place: NDArray[np.int64]
    stints: tuple[Stint, ...]

    @classmethod
    def of(cls, stints: Sequence[Stint]) -> Stints:
        """Columns of these duties."""

        def column(name: str) -> NDArray[np.int64]:
            return np.array([getattr(stint, name) for stint in stints], dtype=np.int64)

        return cls(
            column("report_s"),
            column("release_s"),
            column("report_place"),
            column("release_place"),
            tuple(stints),
        )


Who = int | frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Term:
    """``coef`` times the number of seats of ``group`` filled by one person, by any of a set, or by anyone (None)."""

    who: Who
    group: int
    coef: int = 1


class Terms(Sequence[Term]):
    """Many terms of one ``who`` as int64 arrays, for rows over hundreds of seat groups."""

    __slots__ = ("coefs", "groups", "who")

    def __init__(self, who: Who, groups: NDArray[np.int64], coefs: NDArray[np.int64]) -> None:
        self.who = who
        self.groups = groups
        self.coefs = coefs

    def __len__(self) -> int:
        return len(self.groups)

    @overload
    def __getitem__(self, i: int) -> Term: ...

    @overload
    def __getitem__(self, i: slice) -> Terms: ...

    def __getitem__(self, i: int | slice) -> Term | Terms:
        """One term, or some of them."""
        if isinstance(i, slice):
            return Terms(self.who, self.groups[i], self.coefs[i])
        return Term(self.who, int(self.groups[i]), int(self.coefs[i]))


class Chain(Sequence[Term]):
    """Several ``Terms`` one after the other: a row over more than one ``who``."""

    __slots__ = ("parts",)

    def __init__(self, *parts: Terms) -> None:
        self.parts = parts

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    @overload
    def __getitem__(self, i: int) -> Term: ...

    @overload
    def __getitem__(self, i: slice) -> list[Term]: ...

    def __getitem__(self, i: int | slice) -> Term | list[Term]:
        """One term, or some of them."""
        return [term for part in self.parts for term in part][i]

    def __iter__(self) -> Iterator[Term]:
        for part in self.parts:
            yield from part


@dataclass(frozen=True, slots=True)
class Row:
    """``low <= sum of terms <= high``; what is missing or too much is the amount, each unit weighing ``weight``.

    ``once`` caps the amount at 1 ("missed or not"), whatever the size of the miss. ``key`` names the row for
    people (ids, not numbers).
    """

    key: tuple[str, ...]
    terms: Sequence[Term]
    low: int | None = None
    high: int | None = None
    weight: int = 1
    once: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """What rows are asked for: the people the setting speaks of, and who may serve where at all.

    ``hard`` says that only keeping or breaking counts: rows that others contain may then be left out.
    """

    people: tuple[int, ...]
    allowed: NDArray[np.bool_]
    hard: bool = False

    @property
    def set(self) -> frozenset[int]:
        """The same people as a set."""
        return frozenset(self.people)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule's ``check`` found in a plan: an amount above 0, and who, where, when."""

    amount: int
    who: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    start_s: int | None = None
    end_s: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


def slices(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int, tuple[int, ...]]]:
    """Cut time at every start and end; give each piece with the positions of the spans that hold it.

    Pieces held by no span are left out. For forms only: checks cut time on their own.
    """
    cuts = sorted({t for span in spans for t in span})
    starts = np.array([span[0] for span in spans], dtype=np.int64)
    ends = np.array([span[1] for span in spans], dtype=np.int64)
    pieces = []
    for begin, finish in pairwise(cuts):
        held = np.nonzero((starts <= begin) & (ends >= finish))[0]
        if len(held):
            pieces.append((begin, finish, tuple(int(i) for i in held)))
    return pieces
