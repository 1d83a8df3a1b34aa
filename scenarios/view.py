"""A plan as people see it: names, clock times and geometry joined, the one source of every paper, map and page.

Nothing here decides anything; ``scenarios.viewing`` builds it from a scenario, its ground and its plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from scenarios.tongue.dates import short_day

XY = NDArray[np.float64]  # [k, 2] metres in the view's metric CRS


@dataclass(frozen=True)
class PersonView:
    """One officer, with what the roster gives them."""

    id: str
    name: str
    unit: str
    category: str
    rank: str
    hours: float
    nights: int
    n_duties: int
    ledger_hours: float
    synthetic: bool


@dataclass(frozen=True)
class DutyView:
    """One person in one seat; times in seconds since the horizon's start."""

    person: str
    name: str
    unit: str
    category: str
    rank: str
    group: str
    seat: int
    party: str
    kind: str
    place: str
    place_name: str
    task: str
    report_s: int
    start_s: int
    end_s: int
    release_s: int
    lead: str
    owner: str
    role: str = ""
    borrowed: bool = False


@dataclass(frozen=True)
class SeatsView:
    """One seat group: what was asked, why, and who fills it."""

    id: str
    party: str
    kind: str
    place: str
    place_name: str
    start_s: int
    end_s: int
    need: int
    want: int
    people: tuple[str, ...]
    owner: str
    lead: str
    formula: str
    source: str
    asks: str

    @property
    def n_short(self) -> int:
        """Seats below the need that stay empty."""
        return max(0, self.need - len(self.people))


@dataclass(frozen=True)
class CoverView:
    """Who reaches a site in one period, and how fast; None where nobody does in time."""

    start_s: int
    end_s: int
    first: str | None
    first_s: int | None
    second: str | None
    second_s: int | None


@dataclass(frozen=True)
class SiteView:
    """A place to protect."""

    id: str
    name: str
    kind: str
    cls: int
    weight: int
    xy: tuple[float, float]
    lonlat: tuple[float, float]
    owner: str
    lead: str
    standard_s: int
    cover: tuple[CoverView, ...]
    gaps: tuple[GapView, ...]
    polygon: XY | None = None
    windows: tuple[WindowView, ...] = ()

    @property
    def uncovered(self) -> tuple[CoverView, ...]:
        """The periods in which it wants cover and has none in time."""
        return tuple(c for c in self.cover if c.first is None)


@dataclass(frozen=True)
class GapView:
    """A promised longest gap and the longest stretch left unseen; visits shorter than ``dwell_s`` do not count."""

    start_s: int
    end_s: int
    promised_s: int
    longest_s: int
    longest_from_s: int
    dwell_s: int = 0


@dataclass(frozen=True)
class WindowView:
    """A span in which a patrol must call, and when it does (None: never)."""

    start_s: int
    end_s: int
    visit_s: int | None


@dataclass(frozen=True)
class SectionView:
    """A section of rail line under promise (or off)."""

    id: str
    line: str
    cls: str
    xy: XY
    length_m: int
    gaps: tuple[GapView, ...]
    crossings: tuple[tuple[float, float], ...] = ()
    windows: tuple[WindowView, ...] = ()


@dataclass(frozen=True)
class StandView:
    """A post manned during a span."""

    start_s: int
    end_s: int
    kind: str
    n_units: int


@dataclass(frozen=True)
class PostView:
    """A post: its number never changes."""

    number: str
    place: str
    name: str
    xy: tuple[float, float]
    lonlat: tuple[float, float]
    owner: str
    lead: str
    stands: tuple[StandView, ...]
    covers: tuple[str, ...]
    worth: str = ""


@dataclass(frozen=True)
class TerritoryView:
    """The sites that one post answers for during a span, with the seconds to each.

    ``load`` is their weight, ``share`` the most the post should have by its units; ``late`` are sites that it reaches
    after their standard.
    """

    start_s: int
    end_s: int
    post: str
    sites: tuple[tuple[str, int], ...]
    late: tuple[str, ...]
    load: int
    share: int


@dataclass(frozen=True)
class StopView:
    """One stop of a patrol; ``earliest_s``..``latest_s`` is the arrival window printed on the card.

    ``way`` is what the crew goes along during the stop where it sees a line from end to end (None: it stays).
    """

    place: str
    name: str
    kind: str
    xy: tuple[float, float]
    arrive_s: int
    leave_s: int
    earliest_s: int
    latest_s: int
    task: str
    reverse: bool = False
    way: XY | None = None


@dataclass(frozen=True)
class LegView:
    """The way between two stops or the depot, on the network; before ``depart_s`` the crew waits where it is."""

    depart_s: int
    arrive_s: int
    metres: int
    xy: XY


@dataclass(frozen=True)
class TourView:
    """One crew's tour in a shift, ``party`` that of its seats. ``legs[i]`` leads to ``stops[i]``, the last leg home."""

    call_sign: str
    crew: str
    unit: str
    kind: str
    mode: str
    depart_s: int
    return_s: int
    depot: str
    depot_xy: tuple[float, float]
    stops: tuple[StopView, ...]
    legs: tuple[LegView, ...]
    rests: tuple[tuple[int, int], ...]
    members: tuple[DutyView, ...]
    metres: int
    party: str = ""

    @property
    def lines(self) -> tuple[XY, ...]:
        """Everything gone along, in order: the leg to each stop and the line seen there, and the leg home."""
        ways = [*(stop.way for stop in self.stops), None]
        found = [part for leg, way in zip(self.legs, ways, strict=False) for part in (leg.xy, way)]
        return tuple(part for part in found if part is not None and len(part))

    @property
    def km(self) -> float:
        """Way in kilometres."""
        return self.metres / 1000


@dataclass(frozen=True)
class AreaView:
    """A closure or a zone on the map."""

    id: str
    name: str
    kind: str
    xy: XY
    start_s: int | None = None
    end_s: int | None = None


@dataclass(frozen=True)
class Background:
    """What lies under the plan: roads by class, rail, water, green; metres in the view's CRS."""

    roads: Mapping[str, tuple[XY, ...]]
    rail: tuple[XY, ...]
    water: tuple[XY, ...] = ()
    green: tuple[XY, ...] = ()
    labels: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Kpi:
    """One figure of the report; ``better`` says which way is good ("down", "up", "")."""

    key: str
    title: str
    value: float
    text: str
    unit: str = ""
    better: str = ""
    group: str = ""


@dataclass(frozen=True)
class TradeOff:
    """What the best siting with at most ``n_posts`` posts at any moment reaches.

    ``in_time_pct`` and ``backed_pct`` are shares of the weight of sites that want cover, and of those that want a
    second unit, over all periods; ``mean_s`` is the weighted mean response. None where no plan keeps the rules.
    ``proven`` says that nothing better exists; ``here`` that the plan has so many posts.
    """

    n_posts: int
    in_time_pct: float | None
    backed_pct: float | None
    mean_s: float | None
    must_bare: int | None
    proven: bool
    here: bool = False


@dataclass(frozen=True)
class CordonView:
    """Who mans which exit so that the last is manned soonest; rows are ``(exit, where from, seconds)``, by exit.

    ``last_s`` and ``total_s`` are least, in this order, by proof; None where no unit can man some exit.
    """

    id: str
    title: str
    at_s: int
    rows: tuple[tuple[str, str, int], ...]
    last_s: int | None
    total_s: int | None


@dataclass(frozen=True)
class LightView:
    """A blue-light way during a span: seconds with nothing closed and with what is closed then (None: no way)."""

    origin: str
    target: str
    start_s: int
    end_s: int
    free_s: int | None
    seconds: int | None
    xy: XY


@dataclass(frozen=True)
class PresenceView:
    """What is in sight of a site during a span, each in percent of one unit of people; only responders answer."""

    site: str
    start_s: int
    end_s: int
    people: int
    barriers: int
    cameras: int
    responders: int


@dataclass(frozen=True)
class NextPlace:
    """Where one more post would do most, and what it would add."""

    place: str
    name: str
    lonlat: tuple[float, float]
    adds: str


@dataclass(frozen=True)
class ForceView:
    """The question turned round: what the force at hand can keep, and what force a standard takes.

    ``standard_s`` is the smallest time within which ``n_posts`` at once reach every site, set by ``site`` during
    ``[start_s, end_s)``; None where no time is enough. ``least_posts`` reach every site that can be reached within
    its own standard (``asked_s`` where another is asked for all); ``bare`` are those that no number of posts reaches.
    """

    n_posts: int
    standard_s: int | None
    standard_proven: bool
    site: str
    start_s: int
    end_s: int
    least_posts: int | None
    least_proven: bool
    bare: tuple[str, ...]
    asked_s: int | None = None
    next_places: tuple[NextPlace, ...] = ()


@dataclass(frozen=True)
class PlanView:
    """Everything a paper, a map or a page shows of one plan, in English; ``words`` is ``scenarios.viewwords``'."""

    scenario: str
    title: str
    version: str
    classification: str
    language: str
    credit: str
    crs: str
    timezone: str
    start: datetime
    horizon_s: int
    synthetic: bool
    units: Mapping[str, str]
    leads: Mapping[str, str]
    sessions: tuple[Mapping[str, object], ...]
    sites: tuple[SiteView, ...]
    posts: tuple[PostView, ...]
    tours: tuple[TourView, ...]
    sections: tuple[SectionView, ...]
    zones: tuple[AreaView, ...]
    closures: tuple[AreaView, ...]
    seats: tuple[SeatsView, ...]
    duties: tuple[DutyView, ...]
    people: tuple[PersonView, ...]
    background: Background
    kpis: tuple[Kpi, ...]
    summary: tuple[str, ...]
    breaches: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    engines: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    tradeoff: tuple[TradeOff, ...] = ()
    territories: tuple[TerritoryView, ...] = ()
    force: ForceView | None = None
    cordons: tuple[CordonView, ...] = ()
    lights: tuple[LightView, ...] = ()
    presence: tuple[PresenceView, ...] = ()
    periods: tuple[tuple[int, int], ...] = ()
    words: Mapping[str, Mapping[str, Mapping[str, tuple[str, ...]]]] = field(default_factory=dict)

    def clock(self, second: int) -> datetime:
        """The local time ``second`` seconds after the horizon's start, clock changes included."""
        moment = self.start.astimezone(UTC) + timedelta(seconds=second)
        return moment.astimezone(ZoneInfo(self.timezone))

    def hhmm(self, second: int) -> str:
        """Local time as 24-hour ``HH:MM``."""
        return self.clock(second).strftime("%H:%M")

    def span(self, start_s: int, end_s: int) -> str:
        """``Fri 28 Aug 18:00-02:00 (+1)``: the day of the start, and how many midnights lie between."""
        a, b = self.clock(start_s), self.clock(end_s)
        over = (b.date() - a.date()).days
        mark = f" (+{over})" if over else ""
        return f"{short_day(a)} {a:%H:%M}-{b:%H:%M}{mark}"
