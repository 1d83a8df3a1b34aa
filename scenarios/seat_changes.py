"""A planner's word on single seat groups, over what the programme asks: fewer seats, other people, a lower rank.

Most seats follow from the programme and have no row of their own; ``[[seat_changes]]`` names the group that a plan's
duty sheet shows. It is applied to the tours once they are cut, so that all other seats stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from scenarios.demand.need import Seats
from scenarios.schema import Scenario, SeatChange


def with_changes(scenario: Scenario, seats: Sequence[Seats]) -> tuple[Seats, ...]:
    """The tours with the scenario's changes; a change for a group that this plan has not asks for nothing."""
    changes = {change.id: change for change in scenario.seat_changes}
    return tuple(_changed(one, changes[one.id]) if one.id in changes else one for one in seats)


def _changed(seats: Seats, change: SeatChange) -> Seats:
    need = seats.need
    if change.number is not None:  # seats given up stay wished for
        want = need.number if need.want is None else need.want
        need = replace(need, number=change.number, want=max(want, change.number))
    if change.categories:
        need = replace(need, categories=change.categories)
    if change.rank_min is not None:
        need = replace(need, rank_min=change.rank_min)
    if change.any_unit:
        need = replace(need, unit=None)
    return replace(seats, need=need)
