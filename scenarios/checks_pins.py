"""Pins against what is known before planning: leave, and two duties of one person at once."""

from __future__ import annotations

import re

from scenarios.demand import cut, demand_needs
from scenarios.demand.need import Seats
from scenarios.parsing import Draft, Parsed
from scenarios.raw import nearest
from scenarios.schema import Scenario

#: Groups of posts, crews, supervisors and the reserve get their spans only in planning.
_PLANNED = re.compile(r"(P\d+|K\d+|super|reserve)\b.*")


def check_pins(draft: Draft, scenario: Scenario) -> None:
    """Fault pins that leave makes impossible, or that put one person in two places (B22, B28)."""
    if not scenario.pins:
        return
    groups = {s.id: s for s in cut(demand_needs(scenario), scenario)}
    taken: dict[str, list[tuple[Seats, Parsed]]] = {}
    for row in draft.rows["pins"]:
        group = groups.get(row.item.group)
        if group is None:
            _check_unknown(draft, row, groups)
        elif row.item.on:
            _check_leave(draft, scenario, row, group)
            for other, at in taken.get(row.item.person, []):
                if other.report_s < group.release_s and group.report_s < other.release_s:
                    draft.fault(
                        row, "group", "a duty at another time than the same person's other pins",
                        f"row {at.raw.row} pins {row.item.person} to {other.id} at the same time; remove one",
                    )  # fmt: skip
            taken.setdefault(row.item.person, []).append((group, row))


def _check_unknown(draft: Draft, row: Parsed, groups: dict[str, Seats]) -> None:
    name = row.item.group
    if _PLANNED.fullmatch(name):
        return
    like = nearest(name, groups)
    draft.fault(
        row, "group", "a seat group of this scenario",
        f'did you mean "{like}"?' if like else "take the group's id from a plan's duty sheet",
    )  # fmt: skip


def _check_leave(draft: Draft, scenario: Scenario, row: Parsed, group: Seats) -> None:
    for absence in scenario.absences:
        a, b = scenario.seconds(absence.start), scenario.seconds(absence.end)
        if absence.person == row.item.person and a < group.release_s and group.report_s < b:
            draft.fault(
                row, "group", f"a duty outside {row.item.person}'s {absence.kind}",
                f"the duty is {scenario.clock(group.start_s):%Y-%m-%d %H:%M} to "
                f"{scenario.clock(group.end_s):%H:%M}, the absence {absence.start:%Y-%m-%d %H:%M} to "
                f"{absence.end:%Y-%m-%d %H:%M}; unpin, or move the absence",
            )  # fmt: skip
