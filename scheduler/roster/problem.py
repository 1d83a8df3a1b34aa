"""The roster Problem: which named officer does which duty. Numbers only, seconds since the horizon's start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Qualified:
    """A dated proof of a skill: valid for duties that lie inside ``[from_s, until_s)``."""

    qualification: int
    from_s: int
    until_s: int


@dataclass(frozen=True, slots=True)
class Absence:
    """Approved leave, medical check, training or court: no duty may touch ``[start_s, end_s)`` (R20)."""

    start_s: int
    end_s: int
    kind: str = "leave"


@dataclass(frozen=True, slots=True)
class Wish:
    """A weighted wish about ``[start_s, end_s)``: to work (``wanted``) or not, in any group or those named.

    ``price`` is what missing it costs, once; groups are ids.
    """

    start_s: int
    end_s: int
    wanted: bool
    price: int
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Worked:
    """A duty done before the horizon (times below 0), which rest, hours and run rules still count.

    ``shift`` is its type of shift, as in ``SeatGroup``.
    """

    start_s: int
    end_s: int
    place: int
    paid_s: int
    shift: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One officer, or one numbered place of a unit whose names are not known yet (``numbered``).

    Attributes
    ----------
    unit, home, category
        Indices into the Problem's units, places and categories.
    rank
        Level of command, higher commands lower.
    tags
        Restriction tags ("no_night", "no_standing", ...): no diagnosis, only what is ruled out (R19).
    ledger_s, ledger
        Paid seconds and other burdens (nights, ...) carried over from earlier events.
    other_work
        Spans of work for others that was announced (R39).
    share_pct
        Contract share in percent of full time.
    seniority
        Breaks ties: higher serves longer.
    """

    id: str
    unit: int
    home: int
    category: int
    rank: int
    qualified: tuple[Qualified, ...] = ()
    tags: frozenset[str] = frozenset()
    absences: tuple[Absence, ...] = ()
    wishes: tuple[Wish, ...] = ()
    worked: tuple[Worked, ...] = ()
    ledger_s: int = 0
    ledger: Mapping[str, int] = field(default_factory=dict)
    share_pct: int = 100
    seniority: int = 0
    numbered: bool = False
    other_work: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SeatGroup:
    """n like seats at one place and span: the common coin of posts, crews, supervisors and reserves.

    ``G12/3`` is the third seat of group ``G12``. The duty of whoever takes a seat is
    ``report_s <= start_s < end_s <= release_s``: on post during ``[start_s, end_s)``, bound to work during
    ``[report_s, release_s)``; ``paid_s`` is what counts as hours.

    Attributes
    ----------
    party
        What stands or rides together: id of the post, crew, command or reserve the seats belong to. Rules
        about who may serve beside whom (R15, R16) look at all groups of one party at one moment.
    kind
        "post", "crew", "supervisor", "lead", "reserve", "base", "gate", "guard" ...
    report_place, release_place
        Where the duty begins and ends; a crew may end elsewhere.
    need, want, most
        Below ``need`` seats are short (charged ``price_short`` each on ``level``), below ``want`` each costs
        ``price_want`` on the soft level, above ``most`` none may serve.
    level
        Rung of the shortage: 0 is the most important (mandatory seats), then 1, 2 ...
    categories
        Indices of categories that may serve; empty means any.
    rank_min, qualifications
        What each seat asks of its officer.
    unit
        Only people of this unit (R22), None for any; ``owner`` is the unit whose task it is (R28).
    tags
        Kinds of strain ("night", "standing", "outdoor", "armed") that restriction tags rule out.
    team
        Groups of one team are manned whole or not at all, None for single.
    uses
        (resource index, amount per filled seat) of cars, radios, weapons (R34).
    sector
        The places under one named lead; spans of control are counted in it (R17).
    shift
        Type of shift ("E", "L", "N", ...): follow-ups (R09), patterns (R12) and caps (R47) speak of it.
    """

    id: str
    party: str
    kind: str
    report_place: int
    release_place: int
    start_s: int
    end_s: int
    report_s: int
    release_s: int
    paid_s: int
    need: int
    want: int
    most: int
    level: int = 0
    price_short: int = 1
    price_want: int = 0
    price_over: int = 0
    categories: frozenset[int] = frozenset()
    rank_min: int = 0
    qualifications: frozenset[int] = frozenset()
    unit: int | None = None
    owner: int | None = None
    tags: frozenset[str] = frozenset()
    team: str | None = None
    uses: tuple[tuple[int, int], ...] = ()
    sector: str = ""
    shift: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """A station or agency: its place, and what must stay on duty at home (R22)."""

    id: str
    place: int
    base_need: int = 0


@dataclass(frozen=True, slots=True)
class Watch:
    """A unit's shift ``[start_s, end_s)`` that wants a duty lead of sufficient rank (R14)."""

    unit: int
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True)
class Resource:
    """Cars, radios or weapons: at most ``stock`` in use at once (R34)."""

    id: str
    stock: int


@dataclass(frozen=True, slots=True)
class Weather:
    """What is forecast for ``[start_s, end_s)``, in whole degrees Celsius (R37)."""

    start_s: int
    end_s: int
    celsius: int


@dataclass(frozen=True, slots=True)
class Pin:
    """A planner's decision: this person does (``on``) or never does (not ``on``) this group (R29)."""

    person: str
    group: str
    on: bool = True


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """One rule as the scenario sets it.

    Attributes
    ----------
    name
        Registry name, e.g. ``"minimum_rest"``.
    hard
        Hard rules may never be broken; soft ones cost ``price`` for each unit of amount.
    price
        Positive integer for soft rules, made from importance words by ``scenarios``.
    params
        Values for the rule's Params; missing ones take the rule's defaults.
    people
        Person indices the setting applies to, None for all. ``scenarios`` splits settings so that for each
        person exactly one setting of a name applies (the narrowest wins).
    """

    name: str
    hard: bool
    price: int = 1
    params: Mapping[str, object] = field(default_factory=dict)
    people: frozenset[int] | None = None


@dataclass(frozen=True)
class Problem:
    """A roster problem; checks itself when built and raises ProblemError with every fault.

    Attributes
    ----------
    travel_s, reachable
        int32 and bool ``[n_places, n_places]``: seconds between places, row = from.
    distance_m
        int32 ``[n_places, n_places]`` metres by road, for costs by distance (R28).
    days
        Starts of local calendar days as seconds since the horizon's start, ascending, covering the horizon
        and the history (negative values) and one past the end; clock changes make days of 23 or 25 hours.
    nights
        Spans ``[start_s, end_s)`` that count as night, covering history and horizon.
    first_weekday
        Weekday of ``days[0]``, Monday = 0; the days follow one another without gaps.
    holidays
        Indices into ``days`` of public holidays.
    published
        (person, group) ids of the roster people already hold, from which a new one should differ little (R30); ids
        that no longer exist are passed over.
    weather
        The forecast, for rules about heat and cold (R37).
    rules
        Settings of the rules that are on; a rule left out is off.
    """

    people: tuple[Person, ...]
    groups: tuple[SeatGroup, ...]
    units: tuple[Unit, ...]
    places: tuple[str, ...]
    categories: tuple[str, ...]
    qualifications: tuple[str, ...]
    travel_s: NDArray[np.int32]
    reachable: NDArray[np.bool_]
    distance_m: NDArray[np.int32]
    horizon_s: int
    days: tuple[int, ...]
    nights: tuple[tuple[int, int], ...]
    watches: tuple[Watch, ...] = ()
    resources: tuple[Resource, ...] = ()
    pins: tuple[Pin, ...] = ()
    rules: tuple[RuleSetting, ...] = ()
    first_weekday: int = 0
    holidays: frozenset[int] = frozenset()
    published: tuple[tuple[str, str], ...] = ()
    weather: tuple[Weather, ...] = ()

    def __post_init__(self) -> None:
        """Check the whole Problem and name every fault.

        Raises
        ------
        ProblemError
            With all faults.
        """
        from scheduler.errors import ProblemError
        from scheduler.roster.selfcheck import faults_of

        faults = faults_of(self)
        if faults:
            raise ProblemError(faults)
