"""Who may do what: police, those who serve beside them, and stewards; and the one way a Need is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scenarios.demand.need import Need
from scenarios.schema import Scenario

#: What people do indoors is no outdoor strain.
INDOOR = frozenset(
    {"arena", "cinema", "clinic", "courthouse", "hall", "hospital", "mall", "museum", "school", "theatre", "townhall"}
)


def police(scenario: Scenario) -> tuple[str, ...]:
    """Categories that count as police."""
    return scenario.police


def with_support(scenario: Scenario) -> tuple[str, ...]:
    """Police and the auxiliaries who serve beside them, never without one (R15)."""
    return tuple(dict.fromkeys((*scenario.police, *scenario.demand.support)))


def stewards(scenario: Scenario) -> tuple[str, ...]:
    """The organiser's categories; never counted as police (R15)."""
    if scenario.demand.stewards:
        return scenario.demand.stewards
    others = set(with_support(scenario))
    return tuple(c for c in scenario.categories if c not in others)


def is_police(scenario: Scenario, need: Need) -> bool:
    """A need that police and their auxiliaries fill."""
    return not need.categories or not set(need.categories).isdisjoint(with_support(scenario))


def head_of(scenario: Scenario, unit: str) -> str:
    """The unit's most senior person, who answers for what happens at home; "" while names are not known."""
    people = [p for p in scenario.people if p.unit == unit]
    if not people:
        return scenario.people[0].id if scenario.people else ""
    ranks = {name: n for n, name in enumerate(scenario.ranks)}
    return min(people, key=lambda p: (-ranks[p.rank], -p.seniority, p.id)).id


@dataclass(frozen=True)
class Maker:
    """Makes Needs with the fields they share; clips them to the horizon and drops empty ones."""

    scenario: Scenario
    place: str
    owner: str
    lead: str

    def make(
        self,
        name: str,
        *,
        party: str,
        kind: str,
        start_s: int,
        end_s: int,
        number: int,
        formula: str,
        inputs: Mapping[str, object],
        source: str,
        **more: Any,
    ) -> Iterator[Need]:
        """One Need, or none when it is empty or outside the horizon."""
        a, b = max(0, start_s), min(self.scenario.horizon_s, end_s)
        if number <= 0 or b <= a:
            return
        yield Need(
            id=name, party=party, place=self.place, kind=kind, start_s=a, end_s=b, number=number, formula=formula,
            inputs=dict(inputs), source=source, owner=self.owner, lead=self.lead, sector=self.lead, **more,
        )  # fmt: skip

    def mixed(self, name: str, *, number: int, **fields: Any) -> Iterator[Need]:
        """Police with auxiliaries beside them: at least every second one, and always one, is police (R15, R16)."""
        beside = number // 2 if self.scenario.demand.support else 0
        yield from self.make(
            name, number=number - beside, categories=police(self.scenario), **fields
        )
        yield from self.make(
            f"{name}.beside", number=beside, categories=with_support(self.scenario), **fields
        )
