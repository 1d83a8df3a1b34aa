"""Who is due at a moment, where, and who has reported: places and duties, never a judgement of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scenarios.store.checkins import Pair
from scenarios.view import DutyView, PlanView

State = Literal["late", "due", "here", "later", "over"]
FORM = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Line:
    """One duty at the moment asked.

    Attributes
    ----------
    state
        ``late``: the report time has passed and nobody has reported; ``due``: it comes within the hours asked;
        ``here``: checked in; ``later`` and ``over``: outside those hours.
    told_at
        When it was reported, local time; "" where it was not, or goes on from a duty before at the same place.
    late_min
        Whole minutes since the report time.
    """

    duty: DutyView
    state: State
    told_at: str = ""
    late_min: int = 0

    @property
    def pair(self) -> Pair:
        """Person and seat group: what a check-in is about."""
        return self.duty.person, self.duty.group


@dataclass(frozen=True)
class Place:
    """What one post, site or crew has at the moment: seats filled by the plan, and how many of them reported."""

    name: str
    unit: str
    planned: int
    here: int


@dataclass(frozen=True)
class Board:
    """Every duty at one moment, in order of report time."""

    lines: tuple[Line, ...]

    def of(self, *states: State) -> tuple[Line, ...]:
        """The lines in these states, in order of report time."""
        return tuple(line for line in self.lines if line.state in states)

    def count(self, state: State) -> int:
        """How many are in a state."""
        return sum(line.state == state for line in self.lines)

    def on_duty(self, second: int) -> tuple[Line, ...]:
        """Those whose service runs at that second, by the plan."""
        return tuple(line for line in self.lines if line.duty.start_s <= second < line.duty.end_s)

    def places(self, second: int) -> tuple[Place, ...]:
        """Posts, sites and crews that are manned at that second by the plan, by unit and name."""
        found: dict[tuple[str, str], list[bool]] = defaultdict(list)
        for line in self.on_duty(second):
            found[line.duty.unit, line.duty.place_name].append(line.state == "here")
        return tuple(Place(name, unit, len(its), sum(its)) for (unit, name), its in sorted(found.items()))


def now_in(view: PlanView, wall: datetime) -> int | None:
    """Seconds since the horizon's start of a zone-aware moment; None outside the horizon."""
    second = int((wall - view.start).total_seconds())
    return second if 0 <= second < view.horizon_s else None


def opening(view: PlanView) -> int:
    """Where the clock stands when the event is not running: half an hour before most people have reported."""
    reports = sorted(duty.report_s for duty in view.duties)
    if not reports:
        return 0
    first_day = [s for s in reports if s < reports[0] + 86400]
    middle = first_day[len(first_day) // 2]
    return max(0, middle // 300 * 300 - 1800)


def board(view: PlanView, checkins: Mapping[Pair, str], now_s: int, ahead_s: int = 7200) -> Board:
    """Judge every duty at a moment.

    Who goes on at the same place without a break need not report again.
    """
    here: dict[str, list[tuple[int, str]]] = defaultdict(list)
    found = []
    for duty in sorted(view.duties, key=lambda d: (d.report_s, d.place_name, d.group, d.seat)):
        at = checkins.get((duty.person, duty.group), "")
        goes_on = any(end_s >= duty.report_s and place == duty.place for end_s, place in here[duty.person])
        present = bool(at) or goes_on
        if present:
            here[duty.person].append((duty.release_s, duty.place))
        late = (now_s - duty.report_s) // 60 if not present else 0
        found.append(Line(duty, _state(duty, present, now_s, ahead_s), at, max(0, late)))
    return Board(tuple(found))


def _state(duty: DutyView, present: bool, now_s: int, ahead_s: int) -> State:
    if duty.end_s <= now_s:
        return "over"
    if present:
        return "here"
    if duty.report_s < now_s:
        return "late"
    return "due" if duty.report_s <= now_s + ahead_s else "later"


def local(view: PlanView, second: int) -> str:
    """A second as check-ins keep it: ``2026-06-12 18:05``."""
    return view.clock(second).strftime(FORM)


def entries(lines: Iterable[Line], at: str | None) -> list[tuple[str, str, str | None]]:
    """What ``CheckIn`` takes for these lines."""
    return [(*line.pair, at) for line in lines]
