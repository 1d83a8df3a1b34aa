"""What posts, patrols and the demand model keep, as rules: each in one sentence with its values in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from scenarios.schema import Scenario
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scheduler.siting.rules import load as load_siting


@dataclass(frozen=True)
class GroundRule:
    """One of them.

    Attributes
    ----------
    statement
        One sentence; ``{names}`` are filled with values.
    section
        Where the values stand in the settings.
    fields
        Name of each value -> what it is, in one phrase.
    """

    id: str
    name: str
    group: str
    title: str
    statement: str
    source: str
    section: tuple[str, ...] = ("siting",)
    fields: Mapping[str, str] = field(default_factory=dict)

    def settings(self, scenario: Scenario) -> BaseModel:
        """The section of a scenario."""
        found: Any = scenario
        for name in self.section:
            found = getattr(found, name)
        return found  # type: ignore[no-any-return]

    def says(self, values: Mapping[str, Any]) -> str:
        """The sentence with its values."""
        free = _("any number of")
        return _(self.statement).format(**{name: free if value is None else value for name, value in values.items()})


#: Values of the siting rules of the registry; those not named here follow from places and their own tables.
_SITING: Mapping[str, Mapping[str, str]] = {
    "spread": {"apart_m": mark("Metres between any two posts.")},
    "alike": {"apart_alike_m": mark("Metres between two posts with units of one kind; 0 for none.")},
    "most_posts": {"most_posts": mark("Posts that stand at once; empty for any number.")},
    "stock": {"most_units": mark("Units that stand at posts at once.")},
    "required": {
        "keep_existing": mark("Whether every existing post stands in all its times."),
        "add_posts": mark("Posts beside the existing and required ones; empty for any number."),
    },
}


def siting_rules() -> tuple[GroundRule, ...]:
    """The registry's siting rules, in its order."""
    return tuple(
        GroundRule(its.id, f"siting.{its.name}", "posts", its.title, its.statement, its.source,
                   fields=_SITING.get(its.name, {}))
        for its in (rule.RULE for rule in load_siting().values())
    )


_PRACTICE = mark("Practice, check locally")
_OWN = mark("planner's choice")
GROUND: tuple[GroundRule, ...] = (
    GroundRule(
        "P2", "response", "posts", mark("Response times"),
        mark("Sites of class 1, 2 and 3 are reached within {class_1_s}, {class_2_s} and {class_3_s} seconds."),
        mark("1-3-5 minute response practice; what the minutes mean is the planner's own"), ("response",),
        {
            "class_1_s": mark("Seconds to sites of class 1."), "class_2_s": mark("Seconds to sites of class 2."),
            "class_3_s": mark("Seconds to sites of class 3."),
            "both_ways": mark("Whether the slower of the way there and the way back counts."),
        },
    ),
    GroundRule(
        "P1", "candidates", "posts", mark("Places looked at"),
        mark("Places for posts are looked at every {candidate_spacing_m} m of road."), _OWN, ("siting",),
        {"candidate_spacing_m": mark("Metres of road between two places that are looked at.")},
    ),
    GroundRule(
        "P15", "blue_lights", "posts", mark("Blue-light ways stay free"),
        mark("No post stands within {clear_m} m of them, and no closure costs them more than {most_delay_s} s."),
        _PRACTICE, ("blue_lights",),
        {
            "clear_m": mark("Metres beside a blue-light way without a post."),
            "most_delay_s": mark("Seconds that a closure may cost such a way."),
        },
    ),
    GroundRule(
        "Q17", "slack", "patrols", mark("Time in hand"),
        mark("{slack_pct} % of every tour stays free for interruptions."), _PRACTICE, ("patrols",),
        {"slack_pct": mark("Percent of a tour that stays free.")},
    ),
    GroundRule(
        "Q10", "breaks", "patrols", mark("Breaks of crews"),
        mark("Every crew has a break of {break_min} min in its tour."),
        _PRACTICE, ("patrols",), {"break_min": mark("Minutes of a crew's break.")},
    ),
    GroundRule(
        "Q13", "core", "patrols", mark("Crews in the core"), mark("{core_crews} crews are always inside the core."),
        _PRACTICE, ("patrols",), {"core_crews": mark("Crews inside the core at any time; 0 for none.")},
    ),
    GroundRule(
        "Q16", "stagger", "patrols", mark("Staggered ends"),
        mark("Shifts of one name end {stagger_min} min apart, at most {change_most} crews at once (0: half of them)."),
        _PRACTICE, ("patrols",),
        {
            "stagger_min": mark("Minutes between ends of shifts of one name; 0 for none."),
            "change_most": mark("Crews that change at once; 0 for half of them."),
        },
    ),
    GroundRule(
        "Q12", "balance", "patrols", mark("Even work of crews"),
        mark("All ways together may be {balance_pct} % longer for work that is spread evenly."), _OWN, ("patrols",),
        {"balance_pct": mark("Percent of longer ways that even work may cost.")},
    ),
    GroundRule(
        "Q9", "variants", "patrols", mark("Not predictable"),
        mark("{variants} plans of near-equal value are made, each with at most {more_driving_pct} % more driving."),
        _PRACTICE, ("patrols",),
        {
            "variants": mark("Plans that are made; 1 for one plan only."),
            "more_driving_pct": mark("Percent of more driving that a further plan may have."),
        },
    ),
    GroundRule(
        "Q12", "beats", "patrols", mark("Beats"),
        mark("Crews keep to {number} areas of like work, each within {reach_min} min of its middle (0: no limit)."),
        _PRACTICE, ("patrols", "beats"),
        {
            "number": mark("Areas that crews keep to; 0 for none."),
            "reach_min": mark("Minutes by car from the middle of an area to its edge; 0 for no limit."),
        },
    ),
    GroundRule(
        "P8", "gates", "demand", mark("Stewards at gates"), mark("Each gate has {per_gate} stewards while it is open."),
        mark("P8 static posts first; practice, check locally"), ("demand",),
        {"per_gate": mark("Stewards at each gate.")},
    ),
    GroundRule(
        "P8", "stewards", "demand", mark("Stewards for the crowd"),
        mark("One steward for each {steward_ratio} people there, and one before the stage for each {stage_per}."),
        mark("D8 rule of thumb 1:250 beside static posts, not law"), ("demand",),
        {
            "steward_ratio": mark("People for each steward."),
            "stage_per": mark("Standing people for each steward before the stage."),
        },
    ),
    GroundRule(
        "R16", "police", "demand", mark("Police for the crowd"),
        mark("One officer for each {police_ratio} expected at medium risk; a command post from {command_from} on."),
        mark("ratio after static posts (P8); two officers at least (R16); practice, check locally"), ("demand",),
        {
            "police_ratio": mark("People expected for each officer at medium risk."),
            "command_from": mark("People expected from which there is a command post; 0 for none."),
        },
    ),
    GroundRule(
        "P11", "search", "demand", mark("Bag search"),
        mark("A lane searches {lane_rate_per_h} people an hour and has {per_lane} searchers."),
        mark("D13 search lanes by peak arrivals"), ("demand",),
        {
            "lane_rate_per_h": mark("People that a lane searches in an hour."),
            "per_lane": mark("Searchers in each lane."),
        },
    ),
    GroundRule(
        "R17", "supervisors", "demand", mark("Supervisors planned"),
        mark("One supervisor for each {supervisor_span} at work in a sector, from {supervisor_from} on."),
        mark("FEMA ICS, 3 to 7"), ("demand",),
        {
            "supervisor_span": mark("Officers for each supervisor."),
            "supervisor_from": mark("Officers in a sector from which it has a supervisor."),
        },
    ),
    GroundRule(
        "R23", "reserve", "demand", mark("Reserve planned"),
        mark("{reserve_pct} % of all at work stand by, ready within {reserve_notice_min} min."),
        mark("Spare staff of 10 to 20 %"), ("demand",),
        {
            "reserve_pct": mark("Percent of all at work that stand by."),
            "reserve_notice_min": mark("Minutes within which the reserve is ready."),
        },
    ),
    GroundRule(
        "P10", "phases", "demand", mark("Before and after"),
        mark("Gates are manned {build_up_min} min before the doors open and {breakdown_min} min after the last left."),
        mark("P10 posts by phase; practice, check locally"), ("demand",),
        {
            "build_up_min": mark("Minutes of building up before the doors open."),
            "breakdown_min": mark("Minutes of taking down after the last has left."),
        },
    ),
    GroundRule(
        "R32", "muster", "demand", mark("Muster and debriefing"),
        mark("People report {report_min} min before the time on post and are released {release_min} min after it."),
        _PRACTICE, ("demand",),
        {
            "report_min": mark("Minutes from report to post."),
            "release_min": mark("Minutes from post to release."),
        },
    ),
    GroundRule(
        "R11", "meals", "demand", mark("Tours and meals"),
        mark("Long duties are cut into tours of {tour_h:g} h; from {meal_from_h:g} h on there is a meal break."),
        mark("R11 meal break by length of tour"), ("demand",),
        {
            "tour_h": mark("Hours of a tour."), "meal_from_h": mark("Hours of a tour from which it has a meal break."),
            "meal_relief": mark("Whether somebody steps in while others eat."),
        },
    ),
)  # fmt: skip
