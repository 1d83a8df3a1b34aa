"""The seats of a kept plan: who was planned for each, and the plan with what was set by hand since."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, select

from scenarios.store.errors import refuse
from scenarios.store.files import read_bytes
from scenarios.store.rows import Key, duties_sheet
from scenarios.store.tables import PLANS
from scenarios.tongue import say as _


@dataclass(frozen=True)
class Planned:
    """Who sits where in a plan as it was made."""

    sizes: Mapping[str, int]
    people: Mapping[str, str]

    def person(self, seat: str) -> str | None:
        """Who was planned for a seat; KeyError where the plan has no such seat."""
        group, _, number = seat.rpartition("/")
        if not (number.isascii() and number.isdigit() and len(number) < 7 and 1 <= int(number) <= self.sizes[group]):
            raise KeyError(seat)
        if str(int(number)) != number:  # G/01 is no other name of G/1
            raise KeyError(seat)
        return self.people.get(seat)


def planned(conn: Connection, scenario: str, plan: str) -> Planned:
    """The seats of one of the scenario's plans.

    Raises
    ------
    StoreError
        The scenario has no such plan, or its job has left none.
    """
    asked = select(PLANS.c.body).where(PLANS.c.id == plan, PLANS.c.ref == scenario)
    sha = conn.execute(asked).scalar_one_or_none()
    if sha is None:
        raise refuse("edit", _("a plan of this scenario"), _("plan it first"), value=plan)
    known = _KNOWN.get(sha)
    if known is None:
        known = _KNOWN[sha] = seats_of(read_bytes(conn, sha))
        while len(_KNOWN) > 8:
            _KNOWN.pop(next(iter(_KNOWN)), None)
    return known


_KNOWN: dict[str, Planned] = {}


def seats_of(body: bytes) -> Planned:
    """The seats of a ``plan.json``."""
    data = _read(body)
    sizes = {group["id"]: int(group["number"]) for group in data["groups"]}
    people = {duty["seat"]: duty["person"] for duty in data["roster"]["duties"]}
    return Planned(MappingProxyType(sizes), MappingProxyType(people))


@lru_cache(maxsize=2)
def _read(body: bytes) -> Any:
    return json.loads(body)


def hand_set(rows: Mapping[Key, Any], plan: str) -> dict[str, str | None]:
    """Seats of a plan that were set by hand: seat -> person, None where it was emptied."""
    sheet = duties_sheet(plan)
    return {key: row["person"] for (its, key), row in rows.items() if its == sheet}


def by_hand(body: bytes, rows: Mapping[Key, Any], plan: str) -> dict[str, Any]:
    """The plan as it stands with the duties set by hand: JSON data, marked ``edited`` where anything differs."""
    data = dict(_read(body))
    set_by_hand = hand_set(rows, plan)
    if not set_by_hand:
        return data
    people = {duty["seat"]: duty["person"] for duty in data["roster"]["duties"]} | set_by_hand
    duties = [{"seat": seat, "person": person} for seat, person in sorted(people.items()) if person is not None]
    return {**data, "roster": {**data["roster"], "duties": duties}, "edited": True}
