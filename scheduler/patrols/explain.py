"""A patrol breach or cost as a sentence that names who, where and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.errors import name_some
from scheduler.outcome import Breach
from scheduler.saying import mark, say

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
    start, end = clock(breach.start_s or 0), clock(breach.end_s or 0)
    when = "" if breach.start_s is None else say(" from {start} to {end}", start=start, end=end)
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
        return name_some(self.crews) or say("a crew")

    @property
    def where(self) -> str:
        return name_some(self.places) or say("the depot")

    def tell(self, text: str, **more: object) -> str:
        """A sentence with who, where and when, and whatever else it names."""
        return say(text, who=self.who, where=self.where, when=self.when, n=self.breach.amount, **more)

    def minutes(self, key: str) -> str:
        return _minutes(self.breach.data.get(key))


def _unknown(said: _Said) -> str:
    if said.breach.data.get("kind") == "crew":
        return said.tell(mark("The plan names what the scenario does not know: {who}."))
    return said.tell(mark("The plan names what the scenario does not know: {where}, in the tour of {who}{when}."))


def _missed(said: _Said) -> str:
    wanted = said.breach.data.get("crews")
    if isinstance(wanted, int):
        there = wanted - said.breach.amount
        if not there:
            return said.tell(
                mark("{where} wants {wanted} crews together{when}; none of them can be there at once."), wanted=wanted
            )
        return said.tell(
            mark("{where} wants {wanted} crews together{when}; {there} of them can be there at once."),
            wanted=wanted, there=there,
        )  # fmt: skip
    return said.tell(mark("{where} is not visited{when}, as it must be."))


def _late(said: _Said) -> str:
    came_s = said.breach.data.get("arrive_s")
    came = said.clock(came_s) if isinstance(came_s, int) else say("later")
    return said.tell(mark("{who} comes too late to {where}: at {came}, a visit must begin{when}."), came=came)


def _bad_leg(said: _Said) -> str:
    data = said.breach.data
    way = say("between {where} and the depot", where=said.where)
    if len(said.places) == 2:
        way = say("from {a} to {b}", a=said.places[0], b=said.places[1])
    if data.get("reachable") is False:
        return said.tell(mark("{who} cannot get {way}{when}: there is no open way."), way=way)
    return said.tell(
        mark("{who} cannot get {way}{when}: the way takes {wanted} s, the plan leaves {found} s."),
        way=way, wanted=data.get("wanted_s"), found=data.get("found_s"),
    )  # fmt: skip


def _wrong_dwell(said: _Said) -> str:
    data = said.breach.data
    return said.tell(
        mark("{who} stays {found} s at {where}{when}; {wanted} s are wanted."),
        found=data.get("found_s"), wanted=data.get("wanted_s"),
    )  # fmt: skip


def _broken_break(said: _Said) -> str:
    why = say(str(said.breach.data.get("why", "")))
    at = f" ({name_some(said.places)})" if said.places else ""
    return said.tell(mark("{who} does not get a break as owed{when}: {why}{at}."), why=why, at=at)


_WORDS: dict[str, Callable[[_Said], str]] = {
    "gap": lambda s: s.tell(
        mark("{where} stays unseen{when}: {unseen} min, promised are {promised}."),
        unseen=s.minutes("unseen_s"), promised=s.minutes("gap_s"),
    ),
    "missed": _missed,
    "late": _late,
    "core_left": lambda s: s.tell(
        mark("The core lacks {short} crews{when} ({n} crew-minutes)."), short=s.breach.data.get("short_crews")
    ),
    "unknown": _unknown,
    "double_crew": lambda s: s.tell(
        mark("{who} has {tours} tours; one crew rides one tour."), tours=s.breach.amount + 1
    ),
    "missing_crew": lambda s: s.tell(mark("{who} is ordered to ride{when} and has no tour.")),
    "unqualified": lambda s: s.tell(
        mark("{who} cannot serve {where}{when}: not by {mode}."), mode=s.breach.data.get("mode", "its way of moving")
    ),
    "off_beat": lambda s: s.tell(
        mark("{who} calls at {where}{when}, which lies in area {beat}, not in its own."), beat=s.breach.data.get("beat")
    ),
    "bad_leg": _bad_leg,
    "wrong_dwell": _wrong_dwell,
    "overlong": lambda s: s.tell(
        mark("{who} is out{when}, {minutes} min outside its shift."), minutes=_minutes(s.breach.amount)
    ),
    "broken_break": _broken_break,
    "little_slack": lambda s: s.tell(
        mark("{who} has too little time left for interruptions{when}: {minutes} min short of {pct} %."),
        minutes=_minutes(s.breach.amount), pct=s.breach.data.get("wanted_pct"),
    ),
    "change_together": lambda s: s.tell(
        mark("{crews} crews ({who}) end their shifts{when}; at most {most} may at once."),
        crews=len(s.crews), most=s.breach.data.get("most"),
    ),
    "pool_exceeded": lambda s: s.tell(
        mark("{where} can send {most} crews{when}; {crews} are out ({who})."),
        most=s.breach.data.get("most"), crews=len(s.crews),
    ),
}  # fmt: skip


def _minutes(seconds: object) -> str:
    """Started minutes of some seconds."""
    return str(-(-int(seconds) // 60)) if isinstance(seconds, int) else "?"
