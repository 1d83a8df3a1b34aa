"""A patrol breach or cost as a sentence that names who, where and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.errors import name_some
from scheduler.outcome import Breach

Clock = Callable[[int], str]


def explain(breach: Breach, clock: Clock, name: Callable[[str], str] = str) -> str:
    """Say what is wrong.

    Parameters
    ----------
    clock
        Second of the horizon -> local time.
    name
        Id of a crew or place -> the name people use.
    """
    words = _WORDS.get(breach.rule)
    if words is None:
        return f"{breach.rule.replace('_', ' ')}: {breach.amount} {breach.unit}."
    start_s, end_s = breach.start_s or 0, breach.end_s or 0
    when = "" if breach.start_s is None else f" from {clock(start_s)} to {clock(end_s)}"
    return words(
        _Said(breach, clock, [name(w) for w in breach.who], [name(w) for w in breach.where], when)
    )


@dataclass(frozen=True)
class _Said:
    """A breach with its names and times already in words; ``when`` begins with a space or is empty."""

    breach: Breach
    clock: Clock
    crews: list[str]
    places: list[str]
    when: str

    @property
    def who(self) -> str:
        return name_some(self.crews) or "a crew"

    @property
    def where(self) -> str:
        return name_some(self.places) or "the depot"

    def minutes(self, key: str) -> str:
        return _minutes(self.breach.data.get(key))


def _unknown(said: _Said) -> str:
    what = said.who if said.breach.data.get("kind") == "crew" else said.where
    whose = (
        "" if said.breach.data.get("kind") == "crew" else f", in the tour of {said.who}{said.when}"
    )
    return f"The plan names what the scenario does not know: {what}{whose}."


def _missed(said: _Said) -> str:
    wanted = said.breach.data.get("crews")
    if isinstance(wanted, int):
        there = wanted - said.breach.amount
        return f"{said.where} wants {wanted} crews together{said.when}; {there or 'none'} of them can be there at once."
    return f"{said.where} is not visited{said.when}, as it must be."


def _late(said: _Said) -> str:
    came_s = said.breach.data.get("arrive_s")
    came = said.clock(came_s) if isinstance(came_s, int) else "later"
    return f"{said.who} comes too late to {said.where}: at {came}, a visit must begin{said.when}."


def _bad_leg(said: _Said) -> str:
    data = said.breach.data
    way = f"between {said.where} and the depot"
    if len(said.places) == 2:
        way = f"from {said.places[0]} to {said.places[1]}"
    if data.get("reachable") is False:
        return f"{said.who} cannot get {way}{said.when}: there is no open way."
    return (
        f"{said.who} cannot get {way}{said.when}: the way takes {data.get('wanted_s')} s, "
        f"the plan leaves {data.get('found_s')} s."
    )


def _wrong_dwell(said: _Said) -> str:
    data = said.breach.data
    return f"{said.who} stays {data.get('found_s')} s at {said.where}{said.when}; {data.get('wanted_s')} s are wanted."


def _broken_break(said: _Said) -> str:
    why = str(said.breach.data.get("why", ""))
    at = f" ({name_some(said.places)})" if said.places else ""
    return f"{said.who} does not get a break as owed{said.when}: {why}{at}."


_WORDS: dict[str, Callable[[_Said], str]] = {
    "gap": lambda s: (
        f"{s.where} stays unseen{s.when}: {s.minutes('unseen_s')} min, promised are {s.minutes('gap_s')}."
    ),
    "missed": _missed,
    "late": _late,
    "core_left": lambda s: (
        f"The core lacks {s.breach.data.get('short_crews')} crews{s.when} ({s.breach.amount} crew-minutes)."
    ),
    "unknown": _unknown,
    "double_crew": lambda s: f"{s.who} has {s.breach.amount + 1} tours; one crew rides one tour.",
    "missing_crew": lambda s: f"{s.who} is ordered to ride{s.when} and has no tour.",
    "unqualified": lambda s: (
        f"{s.who} cannot serve {s.where}{s.when}: not by {s.breach.data.get('mode', 'its way of moving')}."
    ),
    "off_beat": lambda s: (
        f"{s.who} calls at {s.where}{s.when}, which lies in area {s.breach.data.get('beat')}, not in its own."
    ),
    "bad_leg": _bad_leg,
    "wrong_dwell": _wrong_dwell,
    "overlong": lambda s: (
        f"{s.who} is out{s.when}, {_minutes(s.breach.amount)} min outside its shift."
    ),
    "broken_break": _broken_break,
    "little_slack": lambda s: (
        f"{s.who} has too little time left for interruptions{s.when}: {_minutes(s.breach.amount)} min short of "
        f"{s.breach.data.get('wanted_pct')} %."
    ),
    "change_together": lambda s: (
        f"{len(s.crews)} crews ({s.who}) end their shifts{s.when}; at most {s.breach.data.get('most')} may at once."
    ),
    "pool_exceeded": lambda s: (
        f"{s.where} can send {s.breach.data.get('most')} crews{s.when}; {len(s.crews)} are out ({s.who})."
    ),
}


def _minutes(seconds: object) -> str:
    """Started minutes of some seconds."""
    return str(-(-int(seconds) // 60)) if isinstance(seconds, int) else "?"
