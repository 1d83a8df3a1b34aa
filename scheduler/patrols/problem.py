"""The patrol Problem: who passes where, when. Numbers only, whole seconds since the horizon's start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scheduler.errors import ProblemError

LEVELS = ("missed", "gap_excess", "core", "crews", "presence", "driving", "balance")


@dataclass(frozen=True, slots=True)
class Promise:
    """A longest gap: inside ``[start_s, end_s)`` the place is never unseen for longer than ``gap_s``.

    The unseen stretch runs from the end of one visit (or from ``start_s``) to the start of the next (or to
    ``end_s``); which crew or shift made the visits does not matter. Visits shorter than ``dwell_s`` do not count,
    so that one place may ask for longer stays at some hours than at others.
    """

    start_s: int
    end_s: int
    gap_s: int
    dwell_s: int = 0


@dataclass(frozen=True, slots=True)
class Window:
    """One visit must begin inside ``[start_s, end_s)`` and stay its whole dwell, ``dwell_s`` at the least.

    With ``crews`` above 1 the visit is joint: so many different crews are there together for the least dwell.
    """

    start_s: int
    end_s: int
    crews: int = 1
    dwell_s: int = 0


@dataclass(frozen=True, slots=True)
class Service:
    """How one mode serves a place: its two ends (locations) and how long that takes.

    A point has ``a == b``. A section of line is an arc: entered at ``a`` and left at ``b``, or the other
    way round.
    """

    a: int
    b: int
    dwell_s: int


@dataclass(frozen=True, slots=True)
class Place:
    """A site or rail section that patrols see.

    Attributes
    ----------
    services
        One entry per mode of the Problem, None where the mode cannot serve it.
    promises, windows
        Longest gaps and must-visit windows; every window wants its own visit.
    weight
        Price of one missed window (of a joint one: of each crew that is not there), and of one minute of gap excess.
    prize
        Worth of one voluntary visit (presence), at most one per ``prize_every_s``.
    hours
        Spans in which presence is worth something; the whole horizon when empty.
    core
        A crew dwelling here counts as inside the core.
    beat
        The patrol area it lies in; empty: every crew may serve it.
    """

    id: str
    services: tuple[Service | None, ...]
    promises: tuple[Promise, ...] = ()
    windows: tuple[Window, ...] = ()
    weight: int = 1
    prize: int = 0
    prize_every_s: int = 3600
    core: bool = False
    hours: tuple[tuple[int, int], ...] = ()
    beat: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A break of ``length_s`` that begins inside ``[earliest_s, latest_s]``, taken where the crew is."""

    earliest_s: int
    latest_s: int
    length_s: int


@dataclass(frozen=True, slots=True)
class Crew:
    """One crew in one shift, which the plan may use or leave at home.

    Attributes
    ----------
    mode
        Index into ``Problem.modes``.
    pool
        Index into ``Problem.pools``: the force that pays for it.
    depart, arrive
        Locations where the tour begins and ends.
    start_s, end_s
        The shift; the whole tour, breaks and the way home lie inside.
    must
        A crew that the planner has ordered: it always runs.
    price
        What using it costs on the level ``crews``.
    beats
        The patrol areas it keeps to; empty: it may serve every place.
    """

    id: str
    mode: int
    pool: int
    depart: int
    arrive: int
    start_s: int
    end_s: int
    breaks: tuple[Break, ...] = ()
    must: bool = False
    price: int = 1
    beats: tuple[str, ...] = ()

    def serves(self, place: Place) -> bool:
        """Whether the place lies in one of its beats."""
        return not (self.beats and place.beat) or place.beat in self.beats


@dataclass(frozen=True, slots=True)
class Pool:
    """A force that crews are drawn from: at most ``most`` crews out at once in each span ``[start, end)``."""

    id: str
    caps: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Mode:
    """A way of moving: int32 ``[n_locations, n_locations]`` seconds, row = from, and what is reachable."""

    id: str
    seconds: NDArray[np.int32]
    reachable: NDArray[np.bool_]
    metres: NDArray[np.int32] | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """Staggered changes: in any ``apart_s`` seconds at most ``most`` crews in use end their shifts.

    The end of the horizon is the end of everything and no change.
    """

    apart_s: int
    most: int


@dataclass(frozen=True, slots=True)
class Rounds:
    """A standing patrol: each crew repeats one closed round for ever, begun anywhere; depots and shifts do not count.

    Attributes
    ----------
    longest_s
        No round may take longer.
    relay
        The core is held in turns: every round has exactly one core stay, and the stays of all crews together, with
        what a crew waits in the core when its round is shorter, last ``core_crews`` rounds of ``longest_s``.
    """

    longest_s: int
    relay: bool = False


@dataclass(frozen=True)
class Problem:
    """A patrol problem; checks itself when built and raises ProblemError with every fault.

    ``core_crews`` crews must be inside the core at every moment of each span of ``core_spans``.
    ``slack_pct`` is the share of every tour that stays free for interruptions. ``balance_pct`` is how much longer than
    needed all ways together may be for work that is spread more evenly.
    """

    places: tuple[Place, ...]
    crews: tuple[Crew, ...]
    modes: tuple[Mode, ...]
    pools: tuple[Pool, ...]
    n_locations: int
    horizon_s: int
    core_crews: int = 0
    core_spans: tuple[tuple[int, int], ...] = ()
    slack_pct: int = 0
    levels: tuple[str, ...] = LEVELS
    rounds: Rounds | None = None
    changes: Changes | None = None
    balance_pct: int = 0

    def __post_init__(self) -> None:
        from scheduler.patrols.faults import faults  # here, so that the forms stand alone

        found = faults(self)
        if found:
            raise ProblemError(found)
