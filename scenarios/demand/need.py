"""What must be manned: a Need is a number with its formula, a Seats is a Need cut into tours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Need:
    """``number`` officers at ``place`` during ``[start_s, end_s)``, and why.

    Attributes
    ----------
    id
        Stable: made from the place, kind and part, e.g. ``"markt.gate"``; the same after replanning.
    party
        Post, crew, command or reserve the seats belong to (``"P07"``, ``"K03.d1-late"``).
    place, release_place
        Site, post or unit id where the duty begins and ends.
    kind
        "post", "crew", "gate", "guard", "search", "steward", "supervisor", "lead", "reserve", "base", "relief".
    want, most
        None means the same as ``number``.
    importance
        Word; "must" seats stand on the first shortage level.
    owner, lead
        The unit whose task it is, and the named lead of its sector.
    team
        Needs of one team are manned whole or not at all, tour by tour; "" for seats that stand for themselves.
    shift
        Type of shift where the planner says it; "" for the one it shares most time with.
    sector
        Places under one lead, counted by the span of control.
    formula, inputs, source
        The formula in words, the numbers that went in, and where it comes from: one click answers "why 14".
    """

    id: str
    party: str
    place: str
    kind: str
    start_s: int
    end_s: int
    number: int
    formula: str
    inputs: Mapping[str, object]
    source: str
    owner: str
    lead: str
    release_place: str = ""
    want: int | None = None
    most: int | None = None
    importance: str = "must"
    categories: tuple[str, ...] = ()
    rank_min: str | None = None
    qualifications: tuple[str, ...] = ()
    unit: str | None = None
    tags: tuple[str, ...] = ()
    sector: str = ""
    uses: Mapping[str, int] = field(default_factory=dict)
    report_min: int | None = None
    release_min: int | None = None
    uncut: bool = False
    team: str = ""
    shift: str = ""


@dataclass(frozen=True, slots=True)
class Seats:
    """One tour's worth of a Need: what becomes a seat group (``id`` is the group id, e.g. ``"G012"``)."""

    id: str
    need: Need
    start_s: int
    end_s: int
    report_s: int
    release_s: int
    paid_s: int
