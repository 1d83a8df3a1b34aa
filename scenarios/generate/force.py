"""People who do not exist: units, officers with ranks and proofs, leave, history, wishes and a ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from scenarios.generate.sizes import Size
from scenarios.generate.town import BLOCK_M, XY, Town, lonlat

Cells = dict[str, str]

RANKS = ("officer", "senior", "sergeant", "inspector", "chief")
#: Share of each rank from the second on, in thousandths; the rest are officers. Leads and supervisors are sergeants.
_RANKED = ((20, "chief"), (70, "inspector"), (220, "sergeant"), (200, "senior"))
#: Within the police of an event: armed and auxiliaries; the rest are sworn.
_SHARES = {"armed": 0.13, "auxiliary": 0.22}
_GIVEN = (
    "Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hana", "Ike", "Joy", "Kai", "Lea", "Max", "Nora", "Otto", "Pia",
    "Quin", "Rosa", "Sam", "Tia", "Uwe", "Vera", "Wim", "Xenia", "Yan", "Zoe", "Arno", "Bea", "Curt", "Dora", "Emil",
    "Fay", "Gus", "Hedi", "Ines", "Jan", "Kira", "Lars", "Mona", "Nils",
)  # fmt: skip
_FIRST = ("ahorn", "birke", "eiche", "erle", "esche", "fichte", "ginko", "hasel", "linde", "mispel", "pappel", "quitte",
          "tanne", "ulme", "weide", "zeder", "buche", "kiefer", "larche", "eibe")  # fmt: skip
_LAST = ("bach", "berg", "dorf", "feld", "furt", "grund", "hain", "hof", "kamp", "land", "moor", "rain", "ried", "see",
         "stein", "tal", "wald", "wiese", "zell", "au")  # fmt: skip
#: Share of each category that holds a proof.
_PROOFS = {
    "sworn": (("driving", 0.75), ("first_aid", 0.3), ("traffic", 0.3), ("armed", 0.15)),
    "armed": (("driving", 0.8), ("armed", 1.0), ("first_aid", 0.4)),
    "auxiliary": (("traffic", 0.3), ("first_aid", 0.2)),
    "steward": (("search", 0.5), ("first_aid", 0.2)),
}
_TAGS = (("no_night", 0.03), ("no_standing", 0.03))
_AWAY = 0.04
_WORKED = 0.35
_WISHES = 0.2


@dataclass(frozen=True)
class UnitPlan:
    """A unit before its people: the categories it holds in equal parts of what there is of them."""

    id: str
    name: str
    kind: str
    xy: XY
    categories: tuple[str, ...]
    base_need: int

    def cells(self) -> Cells:
        """Row of ``units.csv``."""
        lon, lat = lonlat(self.xy)
        return {
            "id": self.id, "name": self.name, "kind": self.kind, "lon": f"{lon:.6f}", "lat": f"{lat:.6f}",
            "base_need": str(self.base_need), "duty_lead": "no" if self.kind == "stewards" else "yes",
        }  # fmt: skip


def unit_plans(size: Size, town: Town, rng: Random) -> tuple[UnitPlan, ...]:
    """Units at corners of the town: police spread evenly, rail police at stations, the others near the middle."""
    found: list[UnitPlan] = []
    plan = town.plan
    for k in range(size.police_units):
        spot = _spread(k, size.police_units, plan.n_x, plan.n_y, rng)
        name = "Sample Police Headquarters" if k == 0 else f"Sample Police Station {k + 1}"
        found.append(UnitPlan(f"police{k + 1}", name, "police", _corner(town, *spot), ("sworn", "auxiliary"), 2))
    for k in range(size.rail_units):
        _, at = town.stations[1 + k * (len(town.stations) - 1) // size.rail_units]
        col, row = _nearest(town, at)
        name = f"Sample Rail Police {k + 1}"
        found.append(UnitPlan(f"rail{k + 1}", name, "police", _corner(town, col, row), ("sworn",), 1))
    for kind, title, number, who in (
        ("support", "Sample Armed Support", size.support_units, ("armed",)),
        ("stewards", "Sample Stewards", size.steward_units, ("steward",)),
    ):
        for k in range(number):
            col, row = (round(n / 2 + (rng.random() - 0.5) * n / 3) for n in (plan.n_x, plan.n_y))
            found.append(UnitPlan(f"{kind}{k + 1}", f"{title} {k + 1}", kind, _corner(town, col, row), who, 0))
    return tuple(found)


def _spread(k: int, n: int, n_x: int, n_y: int, rng: Random) -> tuple[int, int]:
    """Corner of the ``k``-th of ``n`` districts of even size; the first is the middle one."""
    if k == 0:
        return n_x // 2, n_y // 2
    across = max(1, round(n**0.5))
    down = -(-n // across)
    col = ((k % across) + 0.3 + 0.4 * rng.random()) * n_x / across
    row = ((k // across) + 0.3 + 0.4 * rng.random()) * n_y / down
    return min(n_x - 1, round(col)), min(n_y - 1, round(row))


def _corner(town: Town, col: int, row: int) -> XY:
    return town.nodes[town.corner[col, row] - 1][0]


def _nearest(town: Town, xy: XY) -> tuple[int, int]:
    limits = (town.plan.n_x - 1, town.plan.n_y - 1)
    col, row = (min(max(round(value / BLOCK_M), 0), limit) for value, limit in zip(xy, limits, strict=True))
    return col, row


def strengths(size: Size, units: tuple[UnitPlan, ...], steward_share: float) -> dict[str, dict[str, int]]:
    """Heads by unit and category: whole numbers that add up to the size's people."""
    n_stewards = round(size.n_people * steward_share)
    n_police = size.n_people - n_stewards
    heads = {c: round(n_police * share) for c, share in _SHARES.items()}
    heads |= {"sworn": n_police - sum(heads.values()), "steward": n_stewards}
    found: dict[str, dict[str, int]] = {u.id: {} for u in units}
    for category, number in heads.items():
        holders = [u.id for u in units if category in u.categories]
        # Rail police are half as large as a station, headquarters twice.
        weights = [1 if h.startswith("rail") else 4 if h == "police1" else 2 for h in holders]
        passed = 0
        for holder, weight in zip(holders, weights, strict=True):
            before = number * passed // sum(weights)
            passed += weight
            found[holder][category] = number * passed // sum(weights) - before
    return found


def people_of(
    units: tuple[UnitPlan, ...], heads: dict[str, dict[str, int]], start: datetime, n_days: int, rng: Random
) -> dict[str, list[Cells]]:
    """Rows of every table about people. Ids count within a unit, its first people are its leads."""
    tables: dict[str, list[Cells]] = {
        t: [] for t in ("people", "qualifications", "absences", "wishes", "history", "ledger")
    }
    names = _names(sum(n for rows in heads.values() for n in rows.values()), rng)
    for unit in units:
        number = 0
        for category, n in heads[unit.id].items():
            for _ in range(n):
                number += 1
                ident = f"{unit.id}-{number:03d}"
                rank = "inspector" if number <= leads_of(unit) else _rank(rng)
                tables["people"].append({
                    "id": ident, "name": names[len(tables["people"])], "unit": unit.id, "category": category,
                    "rank": rank, "share_pct": "100" if rng.random() < 0.9 else "75",
                    "seniority": str(int(rng.random() * 30)),
                    "tags": ";".join(tag for tag, share in _TAGS if rng.random() < share), "synthetic": "yes",
                })  # fmt: skip
                _about(tables, ident, unit.id, category, start, n_days, rng)
    return tables


def leads_of(unit: UnitPlan) -> int:
    """How many of a unit's first people answer for a sector each."""
    return 4 if unit.id == "police1" else 2


def _names(number: int, rng: Random) -> list[str]:
    """Different names that nobody bears, in a drawn order."""
    whole = len(_GIVEN) * len(_FIRST) * len(_LAST)
    # Steps of a number without a common divisor visit every combination once.
    step, at = 7919, int(rng.random() * whole)
    found = []
    for _ in range(number):
        at = (at + step) % whole
        given, rest = at % len(_GIVEN), at // len(_GIVEN)
        found.append(f"{_GIVEN[given]} Muster{_FIRST[rest % len(_FIRST)]}{_LAST[rest // len(_FIRST)]}")
    return found


def _rank(rng: Random) -> str:
    drawn = rng.random() * 1000
    for share, rank in _RANKED:
        drawn -= share
        if drawn < 0:
            return rank
    return RANKS[0]


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _about(
    tables: dict[str, list[Cells]], ident: str, unit: str, category: str, start: datetime, n_days: int, rng: Random
) -> None:
    for proof, share in _PROOFS[category]:
        if rng.random() < share:
            tables["qualifications"].append({
                "person": ident, "qualification": proof, "valid_from": _stamp(start - timedelta(days=700)),
                "valid_until": _stamp(start + timedelta(days=400)),
            })  # fmt: skip
    if rng.random() < _AWAY:
        first = start + timedelta(days=int(rng.random() * n_days))
        whole = rng.random() < 0.5
        until = start + timedelta(days=n_days) if whole else first + timedelta(days=1)
        kind = "leave" if whole else ("medical", "training", "court")[int(rng.random() * 3)]
        tables["absences"].append(
            {"person": ident, "start": _stamp(start if whole else first), "end": _stamp(until), "kind": kind}
        )
    if rng.random() < _WORKED:
        begin = start - timedelta(hours=(24, 16, 8)[int(rng.random() * 3)])
        until = begin + timedelta(hours=8)
        tables["history"].append({"person": ident, "start": _stamp(begin), "end": _stamp(until), "place": unit})
    if rng.random() < _WISHES:
        day = start + timedelta(days=int(rng.random() * n_days))
        tables["wishes"].append({
            "person": ident, "start": _stamp(day), "end": _stamp(day + timedelta(hours=16)),
            "wish": "work" if rng.random() < 0.3 else "free",
            "importance": ("nice", "nice", "important", "very important")[int(rng.random() * 4)],
        })  # fmt: skip
    hours, nights = int(rng.random() * 40), int(rng.random() * 4)
    tables["ledger"].append({"person": ident, "hours": str(hours), "nights": str(nights), "holidays": "0"})
