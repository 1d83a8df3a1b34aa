"""A Problem laid out for judging exchanges of duties: who may serve where, what excludes what, and every row by seat.

Nothing here numbers columns: a row stays what its rule said (so much of these people in those groups), and is asked
only when an exchange touches a seat that it counts. So a roster of thousands is laid out in a second or two.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scheduler.roster.build import Builder
from scheduler.roster.forms import Chain, Row, Terms, Who
from scheduler.roster.linear import Ints
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule

Bools = NDArray[np.bool_]
BY_PINS = "pins_locked"
"""The one rule that reads the Problem's pins: it is asked person by person, so that pins come and go."""


@dataclass(frozen=True, slots=True)
class LaidRow:
    """One row: its limits, its price (0: hard), and its terms by who is counted."""

    name: str
    low: int | None
    high: int | None
    price: int
    once: bool
    parts: tuple[tuple[Who, Ints, Ints], ...]

    def amount(self, value: int) -> int:
        """How far a value is outside the limits."""
        off = 0
        if self.low is not None:
            off = max(off, self.low - value)
        if self.high is not None:
            off = max(off, value - self.high)
        return min(off, 1) if self.once else off


@dataclass(eq=False)
class RowBook:
    """Rows found by person or by seat group."""

    rows: list[LaidRow] = field(default_factory=list)
    mine: dict[int, list[int]] = field(default_factory=dict)
    """Rows that count one person's own duties, by person."""
    _by_group: dict[int, list[tuple[int, frozenset[int] | None, int]]] = field(default_factory=dict)

    def close(self, n_groups: int) -> None:
        """Sort what crowds are counted in by group; call once, when all rows are in."""
        group, row, part, coef = [], [], [], []
        for r, one in enumerate(self.rows):
            for k, (who, groups, coefs) in enumerate(one.parts):
                if isinstance(who, int):
                    its = self.mine.setdefault(who, [])
                    if not its or its[-1] != r:
                        its.append(r)
                    continue
                group.append(groups)
                coef.append(coefs)
                row.append(np.full(len(groups), r, dtype=np.int64))
                part.append(np.full(len(groups), k, dtype=np.int64))
        none = np.zeros(0, dtype=np.int64)
        at = np.concatenate([*group, none])
        order = np.argsort(at, kind="stable")
        self._first = np.searchsorted(at[order], np.arange(n_groups + 1))
        self._row, self._part, self._coef = (np.concatenate([*its, none])[order] for its in (row, part, coef))

    def _crowds(self, g: int) -> list[tuple[int, frozenset[int] | None, int]]:
        """(row, who is counted, coefficient) of each crowd that is counted in a group."""
        known = self._by_group.get(g)
        if known is None:
            known, span = [], slice(self._first[g], self._first[g + 1])
            for r, k, coef in zip(*(its[span].tolist() for its in (self._row, self._part, self._coef)), strict=True):
                who = self.rows[r].parts[k][0]
                assert not isinstance(who, int)  # noqa: S101  # those stand in ``mine``
                known.append((r, who, coef))
            self._by_group[g] = known
        return known

    def touched(self, p: int, g: int) -> list[tuple[int, int]]:
        """(row, by how much its value rises) when a person takes a seat of a group."""
        found = [(r, coef) for r, who, coef in self._crowds(g) if who is None or p in who]
        for r in self.mine.get(p, ()):
            for who, groups, coefs in self.rows[r].parts:
                if who == p and len(groups):
                    found += [(r, int(c)) for c in coefs[groups == g]]
        return found


@dataclass(eq=False)
class Laid:
    """A Problem laid out.

    Attributes
    ----------
    allowed
        bool ``[n_people, n_groups]``: by seat, one duty alone, and what was worked before.
    conflict, conflict_of
        For each kind of person bool ``[n_groups, n_groups]``, never both; int32 ``[n_people]`` the kind.
    levels
        Position of each shortage level of the groups, the most important first.
    counted
        bool like ``allowed``: duties that rows know of; a plan with others is laid out anew.
    """

    problem: Problem
    active: tuple[ActiveRule, ...]
    allowed: Bools
    conflict: dict[int, Bools]
    conflict_of: NDArray[np.int32]
    hard: RowBook
    soft: RowBook
    levels: dict[int, int]
    counted: Bools

    @classmethod
    def of(cls, problem: Problem, held: Iterable[tuple[int, int]] = ()) -> Laid:
        """Ask every rule once.

        Parameters
        ----------
        held
            (person, group) of a plan at hand: rows count its duties also where nobody may serve so.

        Raises
        ------
        ProblemError
            A rule setting that cannot be read.
        """
        made = Builder(problem, lambda: False)
        made.run_fits()
        made.run_follows()
        allowed = made.allowed.copy()
        for p, g in held:
            made.allowed[p, g] = True
        made.active = tuple(rule for rule in made.active if rule.name != BY_PINS)
        counted = made.allowed.copy()
        hard, soft = RowBook(), RowBook()
        for rule, row in made.gather_rows():
            (hard if rule.hard else soft).rows.append(_laid(rule, row))
        allowed &= made.allowed | ~counted
        for book in (hard, soft):
            book.close(len(problem.groups))
        pairs = made.pairs
        return cls(
            problem, pairs.active, allowed, pairs.conflict, pairs.kind_of, hard, soft, made.level_of, counted
        )  # fmt: skip

    def with_pins(self, problem: Problem) -> Laid:
        """The same for a Problem that differs in its pins alone."""
        again = copy.copy(self)
        again.problem = problem
        return again


def _laid(rule: ActiveRule, row: Row) -> LaidRow:
    price = 0 if rule.hard else rule.price * row.weight
    return LaidRow(rule.name, row.low, row.high, price, row.once, tuple(_parts(row.terms)))


def _parts(terms: Sequence[object]) -> list[tuple[Who, Ints, Ints]]:
    if isinstance(terms, Terms):
        return [(terms.who, np.asarray(terms.groups, dtype=np.int64), np.asarray(terms.coefs, dtype=np.int64))]
    if isinstance(terms, Chain):
        return [part for its in terms.parts for part in _parts(its)]
    by_who: dict[Who, tuple[list[int], list[int]]] = {}
    for term in terms:
        groups, coefs = by_who.setdefault(term.who, ([], []))  # type: ignore[attr-defined]
        groups.append(term.group)  # type: ignore[attr-defined]
        coefs.append(term.coef)  # type: ignore[attr-defined]
    return [
        (who, np.array(groups, dtype=np.int64), np.array(coefs, dtype=np.int64))
        for who, (groups, coefs) in by_who.items()
    ]
