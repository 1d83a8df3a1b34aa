"""What the programme asks of the force, before anything is planned: numbers that no force of this size could give."""

from __future__ import annotations

from scenarios.demand.crowd import session_needs
from scenarios.demand.layers import concurrent
from scenarios.parsing import Draft
from scenarios.schema import Scenario
from scenarios.staff import staff_of
from scenarios.tongue import say as _

#: So many times the force is no shortage any more but a slip of the pen.
_ABSURD_TIMES = 10


def check_programme(draft: Draft, scenario: Scenario) -> None:
    """Doubt sessions that ask for more people at once than there are, fault many times as many (B29)."""
    force = len(staff_of(scenario).people)
    rows = {row.item.id: row for row in draft.rows["sessions"]}
    for session in scenario.sessions:
        if not force or session.id not in rows:
            continue
        needs = [need for need in session_needs(scenario, session) if need.importance == "must"]
        most = max(concurrent(needs, scenario.horizon_s), default=0)
        if most <= force:
            continue
        gates = sum(need.number for need in needs if need.kind == "gate")
        column = "gates" if 2 * gates > most else "attendance"
        if most > _ABSURD_TIMES * force:
            draft.fault(
                rows[session.id], column, _("a number the force of {force} can be asked for", force=force),
                _("it asks for {most:,} officers at once; check the number of digits", most=most),
            )  # fmt: skip
        else:
            draft.warn(
                rows[session.id], column, _("at most the {force} people of the force", force=force),
                _("{most} are asked for at once, so seats will stay empty; ask for less, or add people", most=most),
            )  # fmt: skip
