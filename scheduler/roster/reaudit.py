"""The audit again after a few duties have changed: rules about one person are asked for those people alone.

A rule of the forms ``fits``, ``follows`` and ``step`` looks at one person's duties; its findings about others stay.
Rules of the form ``rows`` may speak of several people at once and are asked whole. The answer is the audit's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scheduler.outcome import Audit
from scheduler.roster.audit import audit
from scheduler.roster.forms import Duties, Finding
from scheduler.roster.plan import RosterPlan
from scheduler.roster.problem import Problem
from scheduler.roster.rules import ActiveRule


@dataclass(eq=False)
class _Known:
    """One setting of a rule: the duties it was asked about, and what it found by person."""

    duties: Duties
    found: Mapping[str, list[Finding]]


@dataclass(eq=False)
class Reaudit:
    """Audits plan after plan of one Problem; what was found about people whose duties stay is remembered."""

    problem: Problem
    _known: dict[tuple[str, bool, int, tuple[int, ...]], _Known] = field(default_factory=dict)

    def of(self, plan: RosterPlan) -> Audit:
        """The same as ``audit(problem, plan)``."""
        return audit(self.problem, plan, check=self._check)

    def _check(self, rule: ActiveRule, duties: Duties) -> list[Finding]:
        if rule.rule.form == "rows":
            return rule.check(self.problem, duties)
        key = (rule.name, rule.hard, rule.price, rule.people)
        known = self._known.get(key)
        if known is None:
            found = _by_person(rule.check(self.problem, duties))
        else:
            changed = tuple(p for p in rule.people if known.duties[p] != duties[p])
            names = {self.problem.people[p].id for p in changed}
            again = rule.rule.module.check(self.problem, rule.params, changed, duties) if changed else []
            found = {who: its for who, its in known.found.items() if who not in names} | _by_person(again)
        self._known[key] = _Known(list(duties), found)
        order = (self.problem.people[p].id for p in rule.people)
        return [one for who in order for one in found.get(who, ())]


def _by_person(findings: list[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in findings:
        found.setdefault(one.who[0], []).append(one)
    return found
