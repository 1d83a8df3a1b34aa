"""The row of a rule that holds in a scenario, whether the scenario names the rule or not."""

from __future__ import annotations

from scenarios.schema import RuleRow, Scenario
from scheduler.roster.rules import Rule


def rule_row(scenario: Scenario, rule: Rule) -> RuleRow:
    """The scenario's own row, else the registry's default.

    A rule that asks for a rank takes the scenario's rank of a duty lead where it sets none, and is off where there is
    no such rank.
    """
    row = scenario.rules.get(rule.info.name)
    if row is None:
        default = {"mode": rule.info.default_mode, "importance": rule.info.default_importance}
        row = RuleRow.model_validate(default)
    if "rank_min" not in rule.params_type.model_fields or "rank_min" in row.params:
        return row
    if scenario.demand.lead_rank is None:
        return row.model_copy(update={"mode": "off"})
    rank = scenario.ranks.index(scenario.demand.lead_rank)
    return row.model_copy(update={"params": {**row.params, "rank_min": rank}})
