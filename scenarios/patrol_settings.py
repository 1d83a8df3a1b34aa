"""Settings of patrols and rail: crews offered, how each way of moving goes, what lines ask for, rules on the whole."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scenarios.fields import Names, Text, When
from scenarios.rows import Count, MoveName, Percent, Serve

BREAK_AFTER_S = 2 * 3600
"""No break in the first and last two hours of a shift, so that it really parts the tour."""
NO_BREAK_S = 5 * 3600
"""Shifts of up to so long owe no break where none fits between those hours."""


class Offer(BaseModel):
    """Patrol crews that a unit can send: up to ``number`` of ``kind`` in each of the ``shifts``.

    Tours begin at the place ``start_at`` and end at ``end_at`` (a unit or a site), at the unit's home where nothing is
    said (Q10).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    unit: Text
    kind: Text
    number: Annotated[int, Field(ge=1, le=200)]
    shifts: tuple[Text, ...]
    start_at: Text | None = None
    end_at: Text | None = None

    @property
    def depots(self) -> tuple[str, str]:
        """Where tours begin and end."""
        return self.start_at or self.unit, self.end_at or self.unit


class RailClass(BaseModel):
    """Promises for one class of rail section; empty is off.

    ``serve`` says how a section is seen: a ``look`` from its nearest access, a ``drive`` along its access roads or a
    ``walk`` along the track, both from one end to the other (Q6).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    gaps: Names = ()
    visits: Names = ()
    dwell_min: Annotated[int, Field(ge=1, le=240)] = 2
    weight: Annotated[int, Field(ge=1, le=1000)] = 10
    serve: Serve = "look"


class RailSettings(BaseModel):
    """Rail lines: who owns them, how near counts as event area, and each section class's promises."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    on: bool = True
    owner: Text = ""
    lead: Text = ""
    section_m: Annotated[int, Field(ge=100, le=2000)] = 500
    event_area_m: Count = 5000
    access_limit_m: Count = 250
    walk_kmh: Annotated[float, Field(ge=1, le=8)] = 3.0
    classes: dict[
        Literal["station_approach", "bridge", "tunnel", "crossing", "open_line"], RailClass
    ] = Field(default_factory=dict)


class Moving(BaseModel):
    """How crews of one mode move and see, where that differs from the network's own speeds (Q11).

    A drone flies straight at ``kmh``; a camera round goes from picture to picture in ``switch_s`` without leaving its
    room; the others go ``pace_pct`` as fast as the network says. A visit lasts ``dwell_pct`` of the place's dwell.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    mode: MoveName
    pace_pct: Annotated[int, Field(ge=10, le=200)] = 100
    dwell_pct: Annotated[int, Field(ge=5, le=400)] = 100
    kmh: Annotated[int, Field(ge=5, le=120)] = 36
    switch_s: Annotated[int, Field(ge=0, le=3600)] = 20


class Slow(BaseModel):
    """Times at which crews of some modes are slower, for example through crowds (Q15).

    A tour that touches one of the ``spans`` is planned at this pace from end to end, so that no leg is ever too short.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    modes: tuple[MoveName, ...]
    spans: tuple[Text, ...]
    pace_pct: Annotated[int, Field(ge=10, le=100)]


class Beats(BaseModel):
    """Contiguous patrol areas with like work, to which crews of the ``kinds`` named keep (Q12); ``number`` 0 is off.

    ``free`` sites may be served by every crew. With ``reach_min`` above 0 every place lies within so many minutes by
    car of the middle of its area; areas too large for that are told, with a number that would do (Q4).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: Annotated[int, Field(ge=0, le=60)] = 0
    kinds: tuple[Text, ...] = ()
    free: tuple[Text, ...] = ()
    reach_min: Annotated[int, Field(ge=0, le=240)] = 0


class PatrolPin(BaseModel):
    """A visit that the planner fixes by hand: it begins at ``site`` within ``[start, end)``."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    site: Text
    start: When
    end: When
    crews: Annotated[int, Field(ge=1, le=9)] = 1


class PatrolSettings(BaseModel):
    """Offers of crews and what they must keep.

    Attributes
    ----------
    slack_pct
        Share of every tour that stays free for interruptions (Q17).
    core_crews, core_spans
        So many crews are always inside the core (Q13).
    stagger_min, change_most
        Shifts of one name end so many minutes apart, at most ``change_most`` crews at once; 0 is half of those offered
        (Q16).
    balance_pct
        So much longer may all ways together be for work that is spread evenly (Q12).
    variants, more_driving_pct
        How many plans of near-equal value are made, each with so much more driving at most (Q9).
    choose
        ``best`` takes the plan with the least driving, ``unlike_days`` the one whose days give each other away least.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    offers: tuple[Offer, ...] = ()
    slack_pct: Percent = 0
    break_min: Count = 30
    core_crews: Count = 0
    core_spans: tuple[Text, ...] = ()
    stagger_min: Annotated[int, Field(ge=0, le=240)] = 0
    change_most: Count = 0
    balance_pct: Percent = 0
    variants: Annotated[int, Field(ge=1, le=30)] = 1
    more_driving_pct: Percent = 15
    choose: Literal["best", "unlike_days"] = "best"
    modes: tuple[Moving, ...] = ()
    slow: tuple[Slow, ...] = ()
    beats: Beats = Beats()
    pins: tuple[PatrolPin, ...] = ()
