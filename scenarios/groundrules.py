"""What the audit of a whole plan asks of posts on the ground: blue-light ways free, territories that can be."""

from __future__ import annotations

from scenarios.assemble.places import Places, Ways
from scenarios.assemble.siting import SitingTables
from scenarios.bluelights import blocked
from scenarios.plan import Plan
from scenarios.schema import Scenario
from scenarios.territory import check, readable
from scheduler.outcome import Breach


def check_ground_rules(
    scenario: Scenario, places: Places, ways: Ways, tables: SitingTables, plan: Plan, served: Plan
) -> tuple[list[Breach], list[str]]:
    """Breaches, and sentences where the plan claims other figures.

    Parameters
    ----------
    served
        The plan with only those posts whose mandatory seats are filled: nobody else can answer for a site.
    """
    spots = {spot.id: spot for spot in tables.posts}
    periods = {period.id: period for period in tables.problem.periods}
    inside = {row.id for row in scenario.posts if row.site is not None and row.lon is None and row.osm is None}
    numbers = {place: number for number, place in plan.posts.items()}
    standing = [
        (numbers.get(s.post, s.post), spots[s.post].xy, periods[s.period].start_s, periods[s.period].end_s)
        for s in plan.siting.stands
        if s.post in spots and s.period in periods and s.post not in inside
    ]
    breaches = blocked(scenario, places, ways, standing)
    wrong, differ = check(tables.problem, readable(tables.problem, served.siting), plan.territories)
    return breaches + wrong, differ
