"""What tests of the store put into it."""

import json

SESSION = {"id": "lanterns", "title": "Lantern concert", "attendance": 400}
OTHER = {"id": "lanterns", "title": "Lantern concert", "attendance": 999}
CLOSURE = {
    "id": "closed1", "name": "市场街", "lon": 10.005, "lat": 50.0027, "radius_m": 30,
    "start": "2026-06-12 18:30", "end": "2026-06-12 23:00", "profiles": ["car"],
}  # fmt: skip
RULE = {"name": "minimum_rest", "title": "Minimum rest", "mode": "hard", "importance": "important", "params": {}}


def plan_body(people: dict[str, str] | None = None) -> bytes:
    """As much of a ``plan.json`` as the store reads: groups G (3 seats) and H (1 seat), and who sits where."""
    duties = [{"seat": seat, "person": person} for seat, person in (people or {"G/1": "P1", "G/2": "P2"}).items()]
    groups = [{"id": "G", "number": 3}, {"id": "H", "number": 1}]
    return json.dumps({"schema": 1, "groups": groups, "roster": {"duties": duties}, "edited": False}).encode()
