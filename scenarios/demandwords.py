"""Why so many people are needed: each Need as one sentence in the reader's language, said anew from its own numbers.

The short formula that a Need carries is for files; pages say the whole derivation, so that nobody has to know the
model. What the sentence needs and a Need does not have is left to its formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from scenarios.demand.need import Need
from scenarios.plainwords import plain
from scenarios.tongue import mark
from scenarios.tongue import say as _

#: Kinds of seats as planners call them.
KINDS: Mapping[str, str] = {
    "gate": mark("gate"), "search": mark("bag search"), "steward": mark("steward"), "post": mark("police post"),
    "guard": mark("guard"), "crew": mark("patrol"), "supervisor": mark("supervisor"), "lead": mark("duty lead"),
    "reserve": mark("reserve"), "base": mark("station watch"), "relief": mark("meal relief"),
    "other": mark("other task"),
}  # fmt: skip
#: Risk of a session, as the table of sessions writes it.
RISKS: Mapping[str, str] = {"low": mark("low"), "medium": mark("medium"), "high": mark("high")}
#: Where numbers come from; the codes are those of ``docs/models-*.md``.
SOURCES: Mapping[str, str] = {
    text: text
    for text in (
        mark("P8 static posts first; P10 posts by phase"),
        mark("P8 static posts first; P9 exits staffed while open"),
        mark("P12 exits doubled at the end"),
        mark("D13 search lanes by peak arrivals"),
        mark("P8 stage; practice, check locally"),
        mark("P16 command post; D1 plan from 1,000 expected"),
        mark("D8 rule of thumb 1:250 beside static posts, not law"),
        mark("ratio after static posts (P8); two officers at least (R16); practice, check locally"),
        mark("R16 two officers where law is enforced; planner's own number"),
        mark("P7 hazard site with a demand of its own; planner's own number"),
        mark("P13 rail guard point; planner's own number"),
        mark("seats.csv"),
        mark("R11 meal break by length of tour"),
        mark("R11 meal break by length of tour; R36 static-post rotation"),
        mark("R22 base coverage"),
        mark("R14 duty lead"),
        mark("R17 span of control"),
        mark("R23 reserve"),
        mark("chosen by siting; make-up of the kind (Q5)"),
        mark("chosen by patrols; make-up of the kind (Q5)"),
    )
}


def kind_word(kind: str) -> str:
    """What seats of a kind are called."""
    return _(KINDS[kind]) if kind in KINDS else kind.replace("_", " ")


def risk_word(risk: str) -> str:
    """What a risk is called."""
    return _(RISKS[risk])


def source_words(need: Need) -> str:
    """Where a Need's number comes from."""
    return _(SOURCES[need.source]) if need.source in SOURCES else need.source


def because(need: Need) -> str:
    """How a Need's number came about, in one sentence; its formula where no sentence fits."""
    try:
        told = _SENTENCES[_form(need)](need, need.inputs)
    except KeyError:
        return need.formula
    if need.id.endswith(".beside"):
        return told + _(" {n} of them may be auxiliaries.", n=need.number)
    return told


def _form(need: Need) -> str:
    """Which of the sentences a Need takes: by its kind, and by what its number was made from."""
    if "need" in need.inputs:
        return "given"
    if need.kind == "gate":
        return "egress" if "P12" in need.source else "gate_open" if "P9" in need.source else "gate"
    if "stage_per" in need.inputs:
        return "stage"
    if "command_from" in need.inputs:
        return "command"
    if need.kind == "relief" and "breaks" in need.inputs:
        return "relief_timed"
    if "per_unit" in need.inputs or "per_crew" in need.inputs:
        return "made_up"
    return need.kind


_SENTENCES: Mapping[str, Callable[[Need, Mapping[str, Any]], str]] = {
    "made_up": lambda n, i: _(
        "{units} x {kind}, {each} in this line of its make-up: {n}.",
        units=i.get("units", 1), kind=i.get("kind_title") or plain(i["kind"]),
        each=i.get("per_unit", i.get("per_crew")), n=n.number,
    ),
    "given": lambda _n, i: _("{n} as the planner wrote.", n=i["need"]),
    "gate": lambda n, i: _("One at each gate ({gates}) from build-up to breakdown: {n}.", gates=i["gates"], n=n.number),
    "gate_open": lambda n, i: _(
        "{each} at each gate ({gates}) while open, one of them counted before: {n} more.",
        gates=i["gates"], each=i["per_gate"], n=n.number,
    ),
    "egress": lambda n, i: _(
        "One more at each gate ({gates}) from 30 minutes before the end: {n}.", gates=i["gates"], n=n.number
    ),
    "search": lambda n, i: _(
        "Up to {peak:,} arrive in an hour and a lane searches {rate:,}: {lanes} lanes with {each} each make {n}.",
        peak=i["peak_per_h"], rate=i["lane_rate_per_h"], lanes=-(-i["peak_per_h"] // i["lane_rate_per_h"]),
        each=i["per_lane"], n=n.number,
    ),
    "stage": lambda n, i: _(
        "Up to {peak:,} stand there, one in front of the stage for each {per:,}, at least 2: {n}.",
        peak=i["peak"], per=i["stage_per"], n=n.number,
    ),
    "command": lambda _n, i: _(
        "{people:,} are expected, {least:,} or more: a command post of 2.",
        people=i["attendance"], least=i["command_from"],
    ),
    "steward": lambda n, i: _(
        "Up to {heads:,} are there, one steward for each {per:,}: {whole} at the peak, {n} of them in this wave.",
        heads=i["heads"], per=i["steward_ratio"], whole=-(-i["heads"] // i["steward_ratio"]), n=n.number,
    ),
    "post": lambda _n, i: _(
        "{people:,} are expected, one officer for each {per:,}, times {pct} % at {risk} risk, at least 2: {n}.",
        people=i["attendance"], per=i["police_ratio"], pct=i["risk_pct"], risk=risk_word(i["risk"]),
        n=max(2, -(-i["attendance"] * i["risk_pct"] // (100 * i["police_ratio"]))),
    ),
    "guard": lambda _n, i: _("The site itself asks for guards ({guards}).", guards=i["guards"]),
    "base": lambda _n, i: _("{n} stay at home in every watch, whatever goes on.", n=i["base_need"]),
    "lead": lambda _n, i: _("One lead of rank {rank} or above in each watch.", rank=plain(i["rank"])),
    "relief": lambda _n, i: _(
        "Steps in at {seats} seats while their officers eat, by the length of the break and of the tour.",
        seats=i["seats"],
    ),
    "relief_timed": lambda n, i: _(
        "{n} step in at {seats} seats by timetable: {breaks} breaks, none of them late.",
        n=n.number, seats=i["seats"], breaks=i["breaks"],
    ),
    "supervisor": lambda _n, i: _(
        "Up to {peak:,} are at work in the sector, one supervisor for each {span}: {n} at the peak.",
        peak=i["peak"], span=i["supervisor_span"], n=-(-i["peak"] // i["supervisor_span"]),
    ),
    "reserve": lambda _n, i: _(
        "{pct} % of the up to {peak:,} at work at once: {n} at the peak, ready within {notice} minutes.",
        pct=i["reserve_pct"], peak=i["peak"], n=-(-i["peak"] * i["reserve_pct"] // 100), notice=i["notice_min"],
    ),
}  # fmt: skip
