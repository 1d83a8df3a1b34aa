"""How far back the days and nights of a roster Problem must reach, so that rules about days see their whole window."""

from __future__ import annotations

import math
from typing import Any

from scenarios.schema import RuleRow, Scenario
from scheduler.roster import rules as registry

LEAST_DAYS = 8
"""A week and a day: enough for every rule as it comes."""


def days_back(scenario: Scenario) -> int:
    """Local days before the horizon's first that some rule in force looks back on, at least ``LEAST_DAYS``.

    Rules say how many days they look at in parameters whose names end in ``_days``; what was worked before the first
    of a Problem's days is worked on no day known.
    """
    longest: float = LEAST_DAYS
    for name, rule in registry.load().items():
        if not rule.info.by_day:
            continue
        row = scenario.rules.get(name) or RuleRow(mode=rule.info.default_mode)
        settings: list[dict[str, Any]] = [{"mode": row.mode, **row.params}]
        settings += [{"mode": row.mode, **row.params, **one} for one in row.exceptions]
        defaults = rule.params_type().model_dump()
        for setting in settings:
            if setting["mode"] != "off":
                given = {**defaults, **setting}
                longest = max(longest, *(1 + math.ceil(given[key]) for key in defaults if key.endswith("_days")), 0)
    return int(longest)
