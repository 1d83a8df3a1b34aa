"""Rows of a scenario's tables: one class for each kind of row, frozen, unknown columns are faults."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from scenarios.fields import Names, Text, When

Importance = Literal["must", "very important", "important", "nice"]
#: Importance words become integer prices here and nowhere else.
PRICE: dict[str, int] = {"must": 100, "very important": 50, "important": 20, "nice": 5}

#: How a crew moves: on a network, through the air, or not at all.
MoveName = Literal["car", "bike", "foot", "drone", "camera"]
#: How a line is seen: from one access, or from end to end along its roads or on foot.
Serve = Literal["look", "drive", "walk"]
Count = Annotated[int, Field(ge=0, le=100_000)]
Percent = Annotated[int, Field(ge=0, le=100)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class Row(BaseModel):
    """Base of every table row: frozen, unknown columns are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Point(Row):
    """A place given by the map (``osm``: id of a key site found there) or by coordinates (WGS-84)."""

    osm: Text | None = None
    lon: Lon | None = None
    lat: Lat | None = None


class Session(Row):
    """One gathering: ``sessions.csv``. ``attendance`` is a head count, people are never named."""

    id: Text
    title: Text
    site: Text
    kind: Literal["concert", "match", "exhibition", "market", "ceremony", "parade", "other"]
    start: When
    end: When
    attendance: Count
    arrive_min: Count = 90
    egress_min: Count = 45
    gates: Count = 1
    search: bool = False
    standing: bool = False
    risk: Literal["low", "medium", "high"] = "medium"


class Site(Point):
    """A place to protect: ``sites.csv``.

    ``class_`` 1, 2 or 3 sets the response tier. ``cover``, ``gaps`` and ``visits`` name spans of the
    scenario: when it wants response cover; ``span:minutes`` or ``span:minutes:dwell`` promises; ``span``,
    ``span:crews`` or ``span:crews:dwell`` where a patrol must call in each interval, so many crews together.
    ``guards`` posts static officers, e.g. ``festival:2``, each with ``qualifications``. ``line`` makes the site a line
    to be seen from end to end, as ``serve`` says; it is in reach where each of its points is. ``modes`` may serve it.
    A visit that nobody must make is worth ``prize``, once in ``prize_min`` minutes of ``prize_hours``. ``answers`` are
    the kinds of unit that may answer for it (none: all), ``weights`` its weight in some spans in place of ``weight``,
    e.g. ``school-morning:200``.
    """

    id: Text
    name: Text
    kind: Text
    class_: Annotated[int, Field(ge=1, le=3, alias="class")]
    weight: Annotated[int, Field(ge=1, le=1000)] = 10
    owner: Text
    lead: Text
    cover: Names = ()
    backup: bool = False
    gaps: Names = ()
    visits: Names = ()
    dwell_min: Annotated[int, Field(ge=1, le=240)] = 10
    guards: Names = ()
    core: bool = False
    qualifications: Names = ()
    line: Text | None = None
    serve: Serve = "walk"
    modes: Names = ("car", "bike", "foot")
    prize: Annotated[int, Field(ge=0, le=10_000)] = 0
    prize_min: Annotated[int, Field(ge=5, le=1440)] = 60
    prize_hours: Names = ()
    answers: Names = ()
    weights: Names = ()


class Zone(Point):
    """An area with rules of its own: ``zones.csv``, a ring of ``radius_m`` around a point."""

    id: Text
    name: Text
    kind: Literal["core", "buffer", "outer"]
    radius_m: Annotated[int, Field(ge=10, le=100_000)]
    owner: Text
    lead: Text


class Unit(Point):
    """A station or agency with its home on the map: ``units.csv``.

    ``base_need`` officers stay on duty at home at every hour (R22). ``duty_lead`` asks for a lead of rank in
    every watch shift (R14). ``strength`` gives the unit as numbers
    only (``sworn:6;auxiliary:4``) while names are not known.
    """

    id: Text
    name: Text
    kind: Text = "station"
    base_need: Count = 0
    duty_lead: bool = True
    strength: Names = ()


class Person(Row):
    """One officer: ``people.csv``. ``synthetic`` marks staff that do not exist."""

    id: Text
    name: Text
    unit: Text
    category: Text
    rank: Text
    share_pct: Annotated[int, Field(ge=10, le=100)] = 100
    seniority: Count = 0
    tags: Names = ()
    synthetic: bool = False


class Qualification(Row):
    """Dated proof of a skill: ``qualifications.csv``."""

    person: Text
    qualification: Text
    valid_from: When
    valid_until: When


class AbsenceRow(Row):
    """Approved leave, medical check, training or court: ``absences.csv`` (never a diagnosis)."""

    person: Text
    start: When
    end: When
    kind: Literal["leave", "medical", "training", "court", "other"] = "leave"


class WishRow(Row):
    """A wish: ``wishes.csv``; about any duty, or about the seat groups named."""

    person: Text
    start: When
    end: When
    wish: Literal["work", "free"]
    importance: Importance = "nice"
    groups: Names = ()


class History(Row):
    """A duty done just before the horizon: ``history.csv``; ``place`` is a unit or site id, ``shift`` its type."""

    person: Text
    start: When
    end: When
    place: Text
    shift: Text | None = None


class OtherWork(Row):
    """Announced work for others: ``other_work.csv`` (R39)."""

    person: Text
    start: When
    end: When


class Published(Row):
    """A duty of the roster that people already hold: ``published.csv`` (R30)."""

    person: Text
    group: Text


class Ledger(Row):
    """Hours and burdens carried over from earlier events: ``ledger.csv``."""

    person: Text
    hours: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)] = 0.0
    nights: Count = 0
    holidays: Count = 0
    standing: Count = 0


class Resource(Row):
    """Cars, radios, weapons in limited number: ``resources.csv``."""

    id: Text
    name: Text
    number: Count


class PostRow(Point):
    """A post that the planner already knows: ``posts.csv``, taken as given beside the computed ones.

    ``state``: ``required`` stands, ``existing`` may be used at no opening price, ``candidate`` may be used,
    ``forbidden`` keeps a stretch of road free of posts. ``site`` puts the post inside a site: its reach is
    then the site's entrance plus ``walk_s``. ``kind`` are the kinds of unit that may stand there (none: all).
    ``radius_m`` is how far around a ``forbidden`` point roads stay free.
    """

    id: Text
    name: Text
    state: Literal["required", "existing", "candidate", "forbidden"] = "candidate"
    kind: Names = ()
    capacity: Annotated[int, Field(ge=1, le=100)] = 1
    site: Text | None = None
    walk_s: Count = 0
    radius_m: Annotated[int, Field(ge=1, le=10_000)] = 100
    spans: Names = ()
    owner: Text
    lead: Text


class SeatRow(Row):
    """Seats that the planner already knows: ``seats.csv``. ``place`` is a site, post or unit id.

    Rows of one ``team`` are manned whole or not at all, tour by tour.
    """

    id: Text
    place: Text
    kind: Literal["post", "gate", "guard", "supervisor", "lead", "reserve", "base", "other"] = "post"
    start: When
    end: When
    need: Count
    want: Count | None = None
    most: Count | None = None
    categories: Names = ()
    rank_min: Text | None = None
    qualifications: Names = ()
    unit: Text | None = None
    importance: Importance = "must"
    tags: Names = ()
    team: Text | None = None
    shift: Text | None = None
    owner: Text
    lead: Text


class Closure(Point):
    """Roads closed for a span: ``closures.csv``; a disc of ``radius_m`` or a WKT line or area in ``shape``."""

    id: Text
    name: Text
    start: When
    end: When
    radius_m: Count | None = None
    shape: Text | None = None
    profiles: Names = ("car",)


class PinRow(Row):
    """A planner's decision about one person and one seat group: ``pins.csv``."""

    person: Text
    group: Text
    on: bool = True
