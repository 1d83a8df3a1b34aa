"""What every engine hands back: a status, a plan or none, and a proven bound for each level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

PlanT = TypeVar("PlanT")


class Status(StrEnum):
    """How a solve ended. UNKNOWN (no plan within the limit) is never INFEASIBLE (proven impossible)."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of a lexicographic objective; smaller values are better on every level.

    Attributes
    ----------
    name, unit
        What is measured (``"must seats short"``) and in what (``"seats"``).
    value
        What the plan reaches, recomputed from the plan; None without a plan.
    bound
        Proven lower bound of this level, None where nothing is proven.
    proven
        True when value equals the bound by proof.
    conditional
        True when an earlier level stopped unproven, so that the bound holds only with that level frozen.
    """

    name: str
    unit: str
    value: int | None
    bound: int | None
    proven: bool
    conditional: bool = False

    @property
    def gap(self) -> float | None:
        """``(value - bound) / max(1, |value|)``, or None where either is missing."""
        if self.value is None or self.bound is None:
            return None
        return (self.value - self.bound) / max(1, abs(self.value))


@dataclass(frozen=True, slots=True)
class Limits:
    """When to stop: wall seconds, or a deterministic amount of work, or both (the first to come).

    ``work`` is in the solver's deterministic seconds, or in an engine's own counted steps scaled so
    that one unit is of the order of one second on one core. With ``seconds=None`` the run is repeatable.
    """

    seconds: float | None = None
    work: float | None = None

    def share(self, part: float) -> Limits:
        """The same limits scaled by ``part``."""
        return Limits(
            None if self.seconds is None else self.seconds * part,
            None if self.work is None else self.work * part,
        )


@dataclass(frozen=True, slots=True)
class Progress:
    """One event of a running solve.

    ``kind`` is ``stage`` (a new stage began), ``solution`` (a better plan), ``bound`` (a better bound)
    or ``done``. ``seconds`` counts from the start of the engine's run.
    """

    engine: str
    kind: str
    level: str
    value: int | None
    bound: int | None
    seconds: float
    text: str = ""


OnProgress = Callable[[Progress], None]
Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Outcome(Generic[PlanT]):
    """A status with or without a plan, and what was proven on each level.

    ``settings`` holds what shaped the run (seed, workers, limits, solver), never clock times, so that two
    repeatable runs can be compared. ``note`` says in one sentence what a person must know.
    """

    status: Status
    plan: PlanT | None
    levels: tuple[Level, ...] = ()
    seconds: float = 0.0
    settings: Mapping[str, object] = field(default_factory=dict)
    note: str = ""

    @property
    def first_open(self) -> Level | None:
        """The first level that is not proven; its gap is the gap of the outcome."""
        return next((level for level in self.levels if not level.proven), None)

    @property
    def gap(self) -> float | None:
        """Gap of the first unproven level; 0.0 when every level is proven."""
        level = self.first_open
        return 0.0 if level is None and self.plan is not None else (level.gap if level else None)


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule broken (hard) or paid for (soft), found by an audit.

    Attributes
    ----------
    rule
        Rule name from the registry or the closed list of causes of the engine.
    amount
        How much, in ``unit`` (minutes, officers, seconds...); always above 0.
    hard
        True for a breach, False for a cost.
    price
        What the objective is charged (0 for hard breaches).
    who, where
        Ids of people, crews or posts, and of places, sites or groups concerned.
    start_s, end_s
        When, in seconds since the horizon's start; None where time plays no part.
    data
        Values the sentence needs (rest found, rest wanted, ...), plain JSON data.
    level
        Name of the objective level the price stands on.
    """

    rule: str
    amount: int
    unit: str
    hard: bool
    who: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    start_s: int | None = None
    end_s: int | None = None
    price: int = 0
    data: Mapping[str, object] = field(default_factory=dict)
    level: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an engine's audit found on a plan, with the objective recomputed level by level."""

    breaches: tuple[Breach, ...]
    costs: tuple[Breach, ...]
    levels: tuple[tuple[str, int], ...]

    @property
    def ok(self) -> bool:
        """True when no hard rule is broken."""
        return not self.breaches

    def value(self, level: str) -> int:
        """The recomputed value of one level (KeyError when the level is unknown)."""
        return dict(self.levels)[level]
