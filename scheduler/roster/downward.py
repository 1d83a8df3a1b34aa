"""Rules that can only be kept better with fewer duties: what some duties break under them, no further duty mends."""

from __future__ import annotations

import numpy as np

from scheduler.roster.forms import Scope
from scheduler.roster.problem import Problem, RuleSetting
from scheduler.roster.rules import read_settings

#: Step rules that more duties may mend, so that leaving a seat empty is no smaller question.
RUNS = frozenset({"shortest_run_of_duty", "shortest_run_off", "duty_pattern"})


def downward(problem: Problem, setting: RuleSetting) -> bool:
    """Whether a rule, as set, can only be kept better with fewer duties."""
    rule = read_settings([setting], len(problem.people))[0][0]
    if rule.rule.form != "rows":
        return rule.name not in RUNS
    scope = Scope(rule.people, np.ones((len(problem.people), len(problem.groups)), dtype=bool))
    rows = rule.rule.module.rows(problem, rule.params, scope)
    return all((row.low is None or row.low <= 0) and all(t.coef >= 0 for t in row.terms) for row in rows)
