"""The two forms a siting rule takes, and what it says about itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scheduler.outcome import Breach
    from scheduler.siting.problem import Problem

OPEN = -1  # a Term's kind that stands for "the post is open", not for units of a kind

Units = Mapping[tuple[int, int, int], int]
"""``(post, period, kind) -> units``: a plan by indices, every number 1 or more."""


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """What people and tables read about a rule."""

    id: str
    name: str
    title: str
    statement: str
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Term:
    """``factor`` times the units of ``kind`` at ``post``, or times its being open (kind OPEN).

    With ``manned`` it is times there being any unit of ``kind``, however many.
    """

    factor: int
    post: int
    kind: int = OPEN
    manned: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """``low <= sum of terms <= high`` in one period (None: no limit on that side)."""

    key: str
    terms: tuple[Term, ...]
    low: int | None = None
    high: int | None = None


class Rule(Protocol):
    """A rule module: RULE, one or both of the forms, and the check that shares nothing with them."""

    RULE: RuleInfo

    def fits(self, problem: Problem, period: int) -> NDArray[np.bool_]:
        """Answer, as bool ``[n_posts, n_kinds]``: may units of the kind stand there in the period."""

    def rows(self, problem: Problem, period: int) -> Iterable[Row]:
        """Linear rows of one period."""

    def check(self, problem: Problem, units: Units) -> list[Breach]:
        """Every breach of the rule in a plan."""

    def explain(self, problem: Problem, breach: Breach) -> str:
        """One sentence for people."""
