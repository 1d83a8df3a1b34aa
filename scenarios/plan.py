"""The whole plan: ids only, schema number, no clock times of its making and no paths on a machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scheduler.patrols.plan import PatrolPlan
from scheduler.roster.plan import RosterPlan
from scheduler.siting.plan import SitingPlan

SCHEMA = 1


@dataclass(frozen=True)
class EngineResult:
    """What one engine claimed: status, levels and settings, as plain data."""

    status: str
    levels: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Plan:
    """Posts, patrols, seat groups and duties of one scenario.

    Attributes
    ----------
    scenario, digest
        Name of the scenario and the digest of everything that shaped it; a plan is stale when they differ.
    posts
        Post number (``P07``) -> candidate or known post id. Numbers survive replanning and are never reused.
    crews
        Call sign (``K03``) -> crew ids (one for each shift) of the patrol problem.
    retired
        Numbers that are not to be used again.
    groups
        Seat groups as plain data: id, need, party, place, span, number, what each seat asks.
    base_plan, changes
        Where this plan changes an earlier one: the fingerprint of that one, and what changes for each person.
    variants
        Further patrol plans of near-equal value for the same crews and seats.
    rounds
        What each round of the shared-force loop spent and gave up, the chosen one marked.
    territories
        For each period, the sites that each manned post answers for (``scenarios.territory``).
    """

    scenario: str
    digest: str
    seed: int
    posts: Mapping[str, str]
    crews: Mapping[str, str]
    siting: SitingPlan
    patrols: PatrolPlan
    roster: RosterPlan
    groups: tuple[Mapping[str, Any], ...]
    results: Mapping[str, EngineResult]
    rounds: tuple[Mapping[str, Any], ...] = ()
    retired: tuple[str, ...] = ()
    edited: bool = False
    base_plan: str = ""
    changes: tuple[Mapping[str, Any], ...] = ()
    territories: tuple[Mapping[str, Any], ...] = ()
    variants: tuple[PatrolPlan, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data; equal plans give equal bytes through ``dumps``."""
        return {
            "schema": SCHEMA,
            "scenario": self.scenario,
            "digest": self.digest,
            "seed": self.seed,
            "edited": self.edited,
            "posts": dict(sorted(self.posts.items())),
            "crews": dict(sorted(self.crews.items())),
            "retired": sorted(self.retired),
            "siting": self.siting.to_json(),
            "patrols": self.patrols.to_json(),
            "groups": [dict(g) for g in self.groups],
            "roster": self.roster.to_json(),
            "results": {
                engine: {
                    "status": r.status,
                    "levels": [dict(level) for level in r.levels],
                    "settings": dict(r.settings),
                    "note": r.note,
                }
                for engine, r in sorted(self.results.items())
            },
            "rounds": [dict(r) for r in self.rounds],
            **({"variants": [v.to_json() for v in self.variants]} if self.variants else {}),
            **({"territories": [dict(t) for t in self.territories]} if self.territories else {}),
            **({"base_plan": self.base_plan, "changes": [dict(c) for c in self.changes]} if self.base_plan else {}),
        }

    def fingerprint(self) -> str:
        """A short name of exactly this plan."""
        return hashlib.sha256(self.dumps().encode()).hexdigest()[:16]

    def dumps(self) -> str:
        """The text of ``plan.json``."""
        return json.dumps(self.to_json(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Read what ``to_json`` wrote; ``scenarios.load`` reports files that are not of this form."""
        return cls(
            scenario=str(data["scenario"]),
            digest=str(data["digest"]),
            seed=int(data["seed"]),
            edited=bool(data.get("edited", False)),
            posts=dict(data["posts"]),
            crews=dict(data["crews"]),
            retired=tuple(data.get("retired", ())),
            siting=SitingPlan.from_json(data["siting"]),
            patrols=PatrolPlan.from_json(data["patrols"]),
            groups=tuple(data["groups"]),
            roster=RosterPlan.from_json(data["roster"]),
            results={
                engine: EngineResult(
                    r["status"], tuple(r["levels"]), dict(r["settings"]), r.get("note", "")
                )
                for engine, r in data["results"].items()
            },
            rounds=tuple(data.get("rounds", ())),
            base_plan=str(data.get("base_plan", "")),
            changes=tuple(data.get("changes", ())),
            territories=tuple(data.get("territories", ())),
            variants=tuple(PatrolPlan.from_json(v) for v in data.get("variants", ())),
        )
