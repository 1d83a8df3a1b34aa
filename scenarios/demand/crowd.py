"""Sessions -> seats: static ones first (gates, search lanes, stage, command post), then ratios (P8, D8).

Every number is a default that the scenario's ``[demand]`` or the session's own row can change.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scenarios.demand.bodies import INDOOR, Maker, stewards
from scenarios.demand.headcount import FLOWING, STEP_S, HeadCount, head_count
from scenarios.demand.layers import blocks
from scenarios.demand.need import Need
from scenarios.demand.shifts import label
from scenarios.schema import Scenario, Session

#: Police ratio by the session's risk, in percent of the plain ratio.
RISK_PCT = {"low": 50, "medium": 100, "high": 200}
#: P12: exits are doubled from half an hour before the end.
_EGRESS_BEFORE_S = 1800
#: The search goes on for those who come late.
_LATE_S = 900


def session_count(scenario: Scenario, session: Session) -> HeadCount:
    """Head counts of a session in the scenario's seconds."""
    return head_count(
        start_s=scenario.seconds(session.start),
        end_s=scenario.seconds(session.end),
        attendance=session.attendance,
        flowing=session.kind in FLOWING,
        arrive_s=session.arrive_min * 60,
        egress_s=session.egress_min * 60,
        stay_s=scenario.demand.stay_min * 60,
    )


def session_needs(scenario: Scenario, session: Session) -> Iterator[Need]:
    """All seats of one session."""
    site = next(s for s in scenario.sites if s.id == session.site)
    maker = Maker(scenario, site.id, site.owner, site.lead)
    count = session_count(scenario, session)
    strain = ("standing",) if site.kind in INDOOR else ("standing", "outdoor")
    if scenario.demand.plan_stewards:
        yield from _static(scenario, session, maker, count, strain)
        yield from _stewards(scenario, session, maker, count, strain)
    yield from _command(scenario, session, maker)
    yield from _police(scenario, session, maker, strain)


def _static(
    scenario: Scenario, session: Session, maker: Maker, count: HeadCount, strain: tuple[str, ...]
) -> Iterator[Need]:
    rules = scenario.demand
    start_s, end_s = scenario.seconds(session.start), scenario.seconds(session.end)
    open_s, empty_s = start_s - session.arrive_min * 60, end_s + session.egress_min * 60
    build_s, away_s = open_s - rules.build_up_min * 60, empty_s + rules.breakdown_min * 60
    who = stewards(scenario)
    gates = {"gates": session.gates, "per_gate": rules.per_gate}
    shared: dict[str, Any] = {"party": f"{session.id}.gates", "categories": who, "tags": strain}
    yield from maker.make(
        f"{session.id}.gate", kind="gate", start_s=build_s, end_s=away_s, number=session.gates if rules.per_gate else 0,
        formula=f"{session.gates} gates x 1 from build-up to breakdown = {session.gates}", inputs=gates,
        source="P8 static posts first; P10 posts by phase", **shared,
    )  # fmt: skip
    more = session.gates * max(0, rules.per_gate - 1)
    yield from maker.make(
        f"{session.id}.gate.open", kind="gate", start_s=open_s, end_s=empty_s, number=more,
        formula=f"{session.gates} gates x ({rules.per_gate} - 1) while open = {more}", inputs=gates,
        source="P8 static posts first; P9 exits staffed while open", **shared,
    )  # fmt: skip
    yield from maker.make(
        f"{session.id}.egress", kind="gate", start_s=end_s - _EGRESS_BEFORE_S, end_s=empty_s, number=session.gates,
        formula=f"{session.gates} gates x 1 more from 30 min before the end = {session.gates}", inputs=gates,
        source="P12 exits doubled at the end", importance="very important", **shared,
    )  # fmt: skip
    if session.search:
        rate = rules.lane_rate_per_h
        lanes = -(-count.peak_per_h // rate)
        yield from maker.make(
            f"{session.id}.search", party=f"{session.id}.search", kind="search", start_s=open_s,
            end_s=start_s + _LATE_S, number=lanes * rules.per_lane, categories=who, tags=strain,
            qualifications=(rules.search_qualification,) if rules.search_qualification else (),
            formula=f"⌈{count.peak_per_h} arrivals in the peak hour / {rate} per lane⌉ = {lanes} lanes "
            f"x {rules.per_lane}",
            inputs={"peak_per_h": count.peak_per_h, "lane_rate_per_h": rate, "per_lane": rules.per_lane},
            source="D13 search lanes by peak arrivals",
        )  # fmt: skip
    if session.standing:
        front = max(2, -(-count.peak // rules.stage_per))
        yield from maker.make(
            f"{session.id}.stage", party=f"{session.id}.stage", kind="steward", start_s=open_s, end_s=empty_s,
            number=front, categories=who, tags=strain,
            formula=f"max(2, ⌈{count.peak} standing / {rules.stage_per}⌉) in front of the stage = {front}",
            inputs={"peak": count.peak, "stage_per": rules.stage_per}, source="P8 stage; practice, check locally",
        )  # fmt: skip


def _command(scenario: Scenario, session: Session, maker: Maker) -> Iterator[Need]:
    rules = scenario.demand
    if rules.command_from and session.attendance >= rules.command_from:
        start_s = scenario.seconds(session.start) - (session.arrive_min + rules.build_up_min) * 60
        end_s = scenario.seconds(session.end) + (session.egress_min + rules.breakdown_min) * 60
        yield from maker.mixed(
            f"{session.id}.command", party=f"{session.id}.command", kind="post", start_s=start_s, end_s=end_s,
            number=2, formula=f"{session.attendance} expected >= {rules.command_from}: a command post of 2",
            inputs={"attendance": session.attendance, "command_from": rules.command_from},
            source="P16 command post; D1 plan from 1,000 expected",
        )  # fmt: skip


def _stewards(
    scenario: Scenario, session: Session, maker: Maker, count: HeadCount, strain: tuple[str, ...]
) -> Iterator[Need]:
    ratio = scenario.demand.steward_ratio
    wanted = [-(-n // ratio) for n in count.inside]
    names: dict[str, int] = {}
    for block in blocks(wanted, start_s=count.start_s, high_s=scenario.horizon_s):
        a, b = block.start_s - count.start_s, block.end_s - count.start_s
        peak = max(count.inside[max(0, a // STEP_S) : max(1, -(-b // STEP_S))], default=0)
        at = label(scenario, block.start_s)
        names[at] = names.get(at, 0) + 1
        suffix = at if names[at] == 1 else f"{at}.{names[at]}"
        yield from maker.make(
            f"{session.id}.steward.{suffix}", party=f"{session.id}.stewards", kind="steward", start_s=block.start_s,
            end_s=block.end_s, number=block.number, categories=stewards(scenario), tags=strain,
            formula=f"⌈heads / {ratio}⌉ over time, up to ⌈{peak} / {ratio}⌉ = {-(-peak // ratio)}; "
            f"{block.number} of them now",
            inputs={"heads": peak, "steward_ratio": ratio, "attendance": session.attendance},
            source="D8 rule of thumb 1:250 beside static posts, not law",
        )  # fmt: skip


def _police(
    scenario: Scenario, session: Session, maker: Maker, strain: tuple[str, ...]
) -> Iterator[Need]:
    ratio, pct = scenario.demand.police_ratio, RISK_PCT[session.risk]
    if session.attendance == 0:
        return
    plain = -(-session.attendance * pct // (100 * ratio))
    number = max(2, plain)
    start_s, end_s = scenario.seconds(session.start), scenario.seconds(session.end)
    yield from maker.mixed(
        f"{session.id}.police", party=f"{session.id}.police", kind="post", tags=strain,
        start_s=start_s - session.arrive_min * 60, end_s=end_s + session.egress_min * 60, number=number,
        formula=f"max(2, ⌈{session.attendance} x {pct} % / {ratio}⌉) = {number}",
        inputs={"attendance": session.attendance, "risk": session.risk, "risk_pct": pct, "police_ratio": ratio},
        source="ratio after static posts (P8); two officers at least (R16); practice, check locally",
    )  # fmt: skip
