"""The scenario as planners write it: event, map, forces, rules. Times are zone-aware, ids are strings.

A scenario is a folder: ``scenario.toml`` for settings and one CSV table for each kind of row. ``load.py``
reads the folder and reports every fault; the classes here say what a sound scenario looks like.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from scenarios.fields import Text, When
from scenarios.patrol_settings import Offer, PatrolSettings, RailClass, RailSettings
from scenarios.rows import (
    PRICE,
    AbsenceRow,
    Closure,
    Count,
    History,
    Importance,
    Lat,
    Ledger,
    Lon,
    MoveName,
    OtherWork,
    Percent,
    Person,
    PinRow,
    Point,
    PostRow,
    Published,
    Qualification,
    Resource,
    Row,
    SeatRow,
    Session,
    Site,
    Unit,
    WishRow,
    Zone,
)
from scenarios.siting_settings import (
    BlueLights,
    CordonSettings,
    Fixture,
    ResponseSettings,
    RingSettings,
    SitingSettings,
)

__all__ = [
    "PRICE",
    "SCHEMA",
    "AbsenceRow",
    "BlueLights",
    "Closure",
    "CordonSettings",
    "Count",
    "DemandSettings",
    "Fixture",
    "History",
    "Importance",
    "Interval",
    "Kind",
    "KindSeat",
    "Lat",
    "Ledger",
    "Lon",
    "MapSettings",
    "Offer",
    "OtherWork",
    "PatrolSettings",
    "Percent",
    "Person",
    "PinRow",
    "Point",
    "PostRow",
    "Published",
    "Qualification",
    "RailClass",
    "RailSettings",
    "Resource",
    "ResponseSettings",
    "RingSettings",
    "RosterSettings",
    "Row",
    "RuleRow",
    "Scenario",
    "SeatChange",
    "SeatRow",
    "Session",
    "Shift",
    "Site",
    "SitingSettings",
    "Span",
    "Unit",
    "Weather",
    "WishRow",
    "Zone",
]  # fmt: skip

SCHEMA = 1


class Interval(BaseModel):
    """``[start, end)`` of a named span."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    start: When
    end: When


class Span(BaseModel):
    """A named set of intervals, e.g. ``festival``: written once, used by sites, rail and rules."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Text
    title: Text = ""
    times: tuple[Interval, ...]


class Shift(BaseModel):
    """A daily shift pattern: local start, length, and on which days of the horizon (0 = first) it runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Text
    start: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    hours: Annotated[float, Field(gt=0, le=24)]
    days: tuple[int, ...] | None = None


class KindSeat(BaseModel):
    """One line of a kind's make-up."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    number: Annotated[int, Field(ge=1, le=50)] = 1
    categories: tuple[Text, ...] = ()
    qualifications: tuple[Text, ...] = ()
    rank_min: Text | None = None
    uses: dict[str, int] = Field(default_factory=dict)


class Kind(BaseModel):
    """A kind of unit that stands at posts or rides patrols, and who sits in it (Q5).

    A ``whole`` one goes with every seat filled or not at all. ``turnout_s`` is from the call to moving off (P2),
    ``presence_pct`` what one unit weighs where it is seen (P18).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Text
    title: Text
    mode: MoveName
    responds: bool = True
    seats: tuple[KindSeat, ...]
    tags: tuple[Text, ...] = ()
    whole: bool = False
    turnout_s: Annotated[int, Field(ge=0, le=3600)] = 0
    presence_pct: Annotated[int, Field(ge=0, le=1000)] = 100

    @property
    def n_people(self) -> int:
        """Heads in one unit of this kind."""
        return sum(seat.number for seat in self.seats)


class MapSettings(BaseModel):
    """Which map, in which CRS, and how far a place may lie from a road."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    file: Text
    crs: Text | None = None
    credit: Text
    snap_limit_m: Annotated[int, Field(ge=10, le=5000)] = 250


class DemandSettings(BaseModel):
    """Numbers of the demand model; each default's source stands in ``scenarios/demand``.

    ``stewards`` and ``support`` (auxiliaries who serve beside police) are categories; ``stewards`` defaults to
    those that are neither police nor support. ``reserve_at`` is the unit at whose home the reserve waits.
    ``plan_stewards = false`` leaves gates, search lanes, the stage and stewards by head count to the organiser.
    ``breaks = "timed"`` gives every static seat its meal and, with ``standing_h``, its pauses by timetable.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    per_gate: Count = 2
    steward_ratio: Annotated[int, Field(ge=50, le=2000)] = 250
    police_ratio: Annotated[int, Field(ge=100, le=20000)] = 1000
    lane_rate_per_h: Annotated[int, Field(ge=20, le=2000)] = 200
    supervisor_span: Annotated[int, Field(ge=1, le=50)] = 7
    reserve_pct: Percent = 10
    reserve_notice_min: Count = 15
    build_up_min: Count = 60
    breakdown_min: Count = 30
    report_min: Count = 15
    release_min: Count = 15
    stay_min: Annotated[int, Field(ge=15, le=1440)] = 120
    tour_h: Annotated[float, Field(gt=0, le=24)] = 8.0
    meal_from_h: Annotated[float, Field(ge=0, le=24)] = 4.0
    meal_relief: bool = True
    breaks: Literal["pooled", "timed"] = "pooled"
    meal_edge_min: Annotated[int, Field(ge=0, le=360)] = 90
    standing_h: Annotated[float, Field(ge=0, le=12)] = 0.0
    pause_min: Annotated[int, Field(ge=5, le=120)] = 15
    relief_walk_min: Annotated[int, Field(ge=0, le=60)] = 5
    handover_min: Annotated[int, Field(ge=0, le=120)] = 0
    per_lane: Annotated[int, Field(ge=1, le=10)] = 1
    search_qualification: Text | None = None
    stage_per: Annotated[int, Field(ge=50, le=20000)] = 1000
    command_from: Count = 1000
    plan_stewards: bool = True
    stewards: tuple[Text, ...] = ()
    support: tuple[Text, ...] = ()
    supervisor_rank: Text | None = None
    supervisor_from: Annotated[int, Field(ge=1, le=50)] = 5
    lead_rank: Text | None = None
    reserve_at: Text | None = None


class Weather(BaseModel):
    """What is forecast for a time, in whole degrees Celsius (R37)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    start: When
    end: When
    celsius: Annotated[int, Field(ge=-60, le=60)]


class SeatChange(BaseModel):
    """What one seat group of a plan asks for, where that is not what follows from the programme."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: Text
    number: Annotated[int, Field(ge=0, le=10_000)] | None = None
    categories: tuple[Text, ...] = ()
    rank_min: Text | None = None
    any_unit: bool = False


class RosterSettings(BaseModel):
    """Clock spans and words the roster rules need.

    ``shift_types`` are the shifts whose names duties go by (follow-ups, patterns, caps on a type): a duty is of the one
    it shares most time with, unless its row of ``seats.csv`` says another. ``holidays`` are public ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    night: tuple[str, str] = ("22:00", "06:00")
    watch_shifts: tuple[Text, ...] = ()
    shift_types: tuple[Text, ...] = ()
    holidays: tuple[date, ...] = ()
    share_pct: Percent = 100


class RuleRow(BaseModel):
    """One roster rule as the scenario sets it; ``params`` are checked by the rule itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    mode: Literal["hard", "soft", "off"]
    importance: Importance = "important"
    params: dict[str, Any] = Field(default_factory=dict)
    exceptions: tuple[dict[str, Any], ...] = ()


def _as_the_catalogue_says(rules: Any) -> Any:
    """Rows that only change parameters keep the mode and the importance that the rule itself proposes."""
    from scheduler.roster.rules import load

    if not isinstance(rules, dict):
        return rules
    known = {name: rule.info for name, rule in load().items()}
    return {
        name: {"mode": known[name].default_mode, "importance": known[name].default_importance, **row}
        if name in known and isinstance(row, dict) and "mode" not in row
        else row
        for name, row in rules.items()
    }


class Scenario(BaseModel):
    """Everything a plan is made from. ``people`` and other tables keep the order of their files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: Annotated[int, Field(alias="schema", ge=1)]
    name: Text
    title: Text
    timezone: Text
    start: When
    end: When
    classification: Text = ""
    language: Literal["en", "zh"] = "en"
    synthetic_staff: bool = False
    categories: tuple[Text, ...]
    police: tuple[Text, ...]
    ranks: tuple[Text, ...]
    qualifications_known: tuple[Text, ...] = ()
    tags_known: tuple[Text, ...] = ()
    map: MapSettings
    response: ResponseSettings = ResponseSettings()
    spans: tuple[Span, ...] = ()
    shifts: tuple[Shift, ...] = ()
    kinds: tuple[Kind, ...] = ()
    demand: DemandSettings = DemandSettings()
    siting: SitingSettings
    blue_lights: BlueLights = BlueLights()
    cordons: tuple[CordonSettings, ...] = ()
    fixtures: tuple[Fixture, ...] = ()
    patrols: PatrolSettings = PatrolSettings()
    rail: RailSettings = RailSettings()
    roster: RosterSettings = RosterSettings()
    weather: tuple[Weather, ...] = ()
    seat_changes: tuple[SeatChange, ...] = ()
    rules: Annotated[dict[str, RuleRow], BeforeValidator(_as_the_catalogue_says)] = Field(default_factory=dict)

    sessions: tuple[Session, ...] = ()
    sites: tuple[Site, ...] = ()
    zones: tuple[Zone, ...] = ()
    units: tuple[Unit, ...] = ()
    people: tuple[Person, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    absences: tuple[AbsenceRow, ...] = ()
    wishes: tuple[WishRow, ...] = ()
    history: tuple[History, ...] = ()
    ledger: tuple[Ledger, ...] = ()
    resources: tuple[Resource, ...] = ()
    posts: tuple[PostRow, ...] = ()
    seats: tuple[SeatRow, ...] = ()
    closures: tuple[Closure, ...] = ()
    pins: tuple[PinRow, ...] = ()
    other_work: tuple[OtherWork, ...] = ()
    published: tuple[Published, ...] = ()

    def seconds(self, when: datetime) -> int:
        """Whole seconds from the horizon's start to ``when``."""
        # Through UTC: Python subtracts two times of one zone by the wall clock, an hour wrong over a change.
        return round((when.astimezone(UTC) - self.start.astimezone(UTC)).total_seconds())

    def clock(self, second: int) -> datetime:
        """Local time ``second`` seconds after the horizon's start."""
        moment = self.start.astimezone(UTC) + timedelta(seconds=second)
        return moment.astimezone(ZoneInfo(self.timezone))

    @property
    def horizon_s(self) -> int:
        """Length of the horizon in seconds."""
        return self.seconds(self.end)
