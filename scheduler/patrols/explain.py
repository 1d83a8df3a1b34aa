"""A patrol breach or cost as a sentence that names who, where and when."""

from __future__ import annotations

from collections.abc import Callable

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
    who = ", ".join(name(w) for w in breach.who) or "a crew"
    where = ", ".join(name(w) for w in breach.where) or "a place"
    when = "" if breach.start_s is None else f" at {clock(breach.start_s)}"
    span = when
    if breach.start_s is not None and breach.end_s is not None:
        span = f" {clock(breach.start_s)}-{clock(breach.end_s)}"
    data = breach.data
    if breach.rule == "gap":
        longest, wanted = _minutes(data.get("unseen_s")), _minutes(data.get("gap_s"))
        return f"{where} stays unseen{span}: {longest} min, promised are {wanted}."
    if breach.rule == "missed":
        return f"{where} is not visited{span}, as it must be."
    if breach.rule == "late":
        return f"{who} comes too late to {where}{when}."
    if breach.rule == "bad_leg":
        if data.get("reachable") is False:
            return f"{who} cannot get to {where}{when}: there is no open way."
        return (
            f"{who} cannot be at {where}{when}: the way takes {data.get('wanted_s')} s, "
            f"the plan leaves {data.get('found_s')} s."
        )
    if breach.rule == "wrong_dwell":
        return (
            f"{who} stays {data.get('found_s')} s at {where}{when}; "
            f"{data.get('wanted_s')} s are wanted."
        )
    if breach.rule == "pool_exceeded":
        return f"More crews are out{span} than {where} can send (at most {data.get('most')})."
    return _OTHER.get(breach.rule, "{who} breaks {rule} at {where}{span}.").format(
        who=who,
        where=where,
        when=when,
        span=span,
        rule=breach.rule.replace("_", " "),
        why=str(data.get("why", "")),
    )


_OTHER = {
    "unknown": "The plan names what the scenario does not know: {who}, {where}.",
    "double_crew": "{who} has two tours{span}.",
    "missing_crew": "{who} is ordered to ride and has no tour.",
    "unqualified": "{who} cannot serve {where}{when} in its way of moving.",
    "overlong": "{who} is out longer than its shift{span}.",
    "broken_break": "{who} does not get its break{span}. {why}",
    "little_slack": "{who} has too little time left for interruptions{span}.",
    "core_left": "Too few crews are inside the core{span}.",
}


def _minutes(seconds: object) -> str:
    return str(-(-int(seconds) // 60)) if isinstance(seconds, int) else "?"
