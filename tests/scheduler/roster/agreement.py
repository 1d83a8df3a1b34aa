"""The question of the agreement tests, asked of one drawn case: do a rule's form and its check say the same?

``of_forms`` is what the model may do and what that costs, ``of_checks`` the same from the audit; both are ``REFUSED``
or the levels of the objective.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from scheduler.outcome import Status
from scheduler.roster import cpsat
from scheduler.roster.audit import audit
from scheduler.roster.build import build
from scheduler.roster.forms import Stint, Stints
from scheduler.roster.rules import configure
from tests.scheduler.roster.tiny import plan_of, with_one_rule

REFUSED = "refused"


def as_x(linear, pairs):
    """Columns of the pairs, and whether all of them have one."""
    x = np.zeros(linear.n_x, dtype=np.int64)
    columns = [int(linear.x_of[p, g]) for p, g in pairs]
    for column in columns:
        if column >= 0:
            x[column] = 1
    return x, all(column >= 0 for column in columns)


def of_forms(made, pairs):
    """What the forms say of these duties, by way of the linear system that every solver part reads."""
    linear = build(made)
    x, known = as_x(linear, pairs)
    if not known or linear.faults or linear.broken(x) or not x[linear.forced].all():
        return REFUSED
    return linear.value(x)


def of_checks(made, pairs):
    """What the audit says; a soft rule still refuses what no price can buy (no way between two places)."""
    found = audit(made, plan_of(made, pairs))
    if found.breaches or any(cost.data.get("unreachable") for cost in found.costs):
        return REFUSED
    return tuple(value for _, value in found.levels)


def least_cost(model, x, linear):
    """Levels of the CP-SAT model with all duties fixed, None where it refuses them."""
    for i in np.nonzero(model.free)[0]:
        model.model.add(model.var[i] == int(x[i]))
    values = []
    for k in range(linear.n_levels):
        model.model.minimize(model.level(k))
        got = cpsat.run(model.model, seconds=None, work=5.0, seed=0, threads=1)
        if got.status is Status.INFEASIBLE:
            return None
        assert got.status is Status.OPTIMAL
        values.append(got.bound)
    return tuple(values)


def best_of_all(made):
    """The least levels over every set of duties by the audit alone, None where it allows none."""
    cells = [(p, g) for p in range(len(made.people)) for g in range(len(made.groups))]
    said = (
        of_checks(made, [cell for cell, on in zip(cells, taken, strict=True) if on])
        for taken in product((0, 1), repeat=len(cells))
    )
    return min((levels for levels in said if levels != REFUSED), default=None)


def tables_are_pairs(made):
    """Whether the vectorised variant of every follow rule equals the rule pair by pair."""
    every = Stints.of([Stint.of_group(g, one) for g, one in enumerate(made.groups)])
    for rule in configure(made):
        module = rule.rule.module
        if not hasattr(module, "follows_table"):
            continue
        table = module.follows_table(made, rule.params, every, every)
        for i, a in enumerate(every.stints):
            for j, b in enumerate(every.stints):
                if table[i, j] != module.follows(made, rule.params, a, b):
                    return False
    return True


def drawn(name, n, first=0):
    """``n`` cases of one rule, soft and hard in turn, the same ones for the same numbers."""
    for seed in range(first, first + n):
        yield with_one_rule.roll(f"{name} {seed}", name, hard=bool(seed % 2))
