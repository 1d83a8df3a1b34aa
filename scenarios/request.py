"""What each unit owes by hour for a plan to hold: heads by category, rank and qualification, named or still unknown.

Counted are people, not seats: one person bound to work (from report to release) in any part of an hour is one head of
that hour. Seats that stay empty stand as missing with the unit that must fill them, or that answers for them.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scenarios.audit import PlanAudit
from scenarios.demand.need import Need, Seats
from scenarios.plan import Plan
from scenarios.run import Checked
from scenarios.staff import HOUR_S, Staff
from scenarios.view import PlanView


@dataclass(frozen=True, order=True)
class Sort:
    """What is asked of a head: its category, at least this rank (place in the list of ranks), these qualifications."""

    category: str
    rank: int
    qualifications: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One hour of one unit and one sort: heads with a name, heads whose name is not known yet, seats without anyone."""

    unit: str
    hour_s: int
    sort: Sort
    named: int
    unknown: int
    missing: int


@dataclass(frozen=True)
class Bid:
    """A numbered place of a unit: what the person who takes it must be, and when he or she is bound."""

    unit: str
    place: str
    sort: Sort
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Request:
    """The whole request; ``lines`` are in order of unit, hour and sort."""

    view: PlanView
    ranks: tuple[str, ...]
    lines: tuple[Line, ...]
    bids: tuple[Bid, ...]
    heads: dict[str, tuple[int, ...]]

    @property
    def units(self) -> tuple[str, ...]:
        """Units that owe anybody, in the plan's order."""
        owing = {line.unit for line in self.lines}
        return tuple(u for u in self.view.units if u in owing)

    @cached_property
    def sorts(self) -> dict[str, tuple[Sort, ...]]:
        """Sorts of heads that each unit owes."""
        found: dict[str, set[Sort]] = defaultdict(set)
        for line in self.lines:
            found[line.unit].add(line.sort)
        return {unit: tuple(sorted(sorts)) for unit, sorts in found.items()}

    def n_unknown(self, unit: str) -> int:
        """Numbered places of a unit that the plan uses."""
        return sum(bid.unit == unit for bid in self.bids)

    def missing_at_once(self, unit: str) -> int:
        """Most seats of a unit without anyone in one hour."""
        found: dict[int, int] = defaultdict(int)
        for line in self.lines:
            if line.unit == unit:
                found[line.hour_s] += line.missing
        return max(found.values(), default=0)

    def words(self, sort: Sort) -> str:
        """A sort as planners say it."""
        rank = f"{self.ranks[sort.rank]} or above" if sort.rank else ""
        parts = [sort.category, rank, *sort.qualifications]
        return ", ".join(part.replace("_", " ") for part in parts if part)


def request_of(checked: Checked, staff: Staff) -> Request:
    """Count what a checked plan asks of every unit."""
    plan, audit = checked.plan, checked.audit
    seats = {s.id: s for s in audit.rebuilt.derived.seats}
    ranks = staff.scenario.ranks
    bound: dict[tuple[str, int, Sort], dict[bool, set[str]]] = defaultdict(lambda: {True: set(), False: set()})
    heads: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    places: dict[str, list[Seats]] = defaultdict(list)
    for duty in plan.roster.duties:
        piece, row = seats.get(duty.group), staff.index.get(duty.person)
        if piece is None or row is None:
            continue
        person = staff.people[row]
        unknown = person.id in staff.numbered
        sort = _sort(piece.need, person.category, ranks)
        for hour in _hours(piece):
            bound[person.unit, hour, sort][unknown].add(person.id)
            heads[person.unit][hour].add(person.id)
        if unknown:
            places[person.id].append(piece)
    missing = _missing(plan, audit, staff)
    keys = sorted(set(bound) | set(missing))
    lines = [
        Line(unit, hour * HOUR_S, sort, len(_one(bound, unit, hour, sort, unknown=False)),
             len(_one(bound, unit, hour, sort, unknown=True)), missing.get((unit, hour, sort), 0))
        for unit, hour, sort in keys
    ]  # fmt: skip
    n_hours = -(-staff.scenario.horizon_s // HOUR_S)
    counts = {unit: tuple(len(rows.get(h, ())) for h in range(n_hours)) for unit, rows in heads.items()}
    bids = [_bid(staff, place, pieces) for place, pieces in sorted(places.items())]
    return Request(checked.view, ranks, tuple(lines), tuple(bids), counts)


def _one(
    bound: dict[tuple[str, int, Sort], dict[bool, set[str]]], unit: str, hour: int, sort: Sort, *, unknown: bool
) -> set[str]:
    rows = bound.get((unit, hour, sort))
    return set() if rows is None else rows[unknown]


def _sort(need: Need, category: str, ranks: tuple[str, ...]) -> Sort:
    rank = ranks.index(need.rank_min) if need.rank_min is not None else 0
    return Sort(category, rank, tuple(sorted(need.qualifications)))


def _hours(piece: Seats) -> range:
    return range(max(0, piece.report_s) // HOUR_S, -(-piece.release_s // HOUR_S))


def _missing(plan: Plan, audit: PlanAudit, staff: Staff) -> dict[tuple[str, int, Sort], int]:
    """Seats below the need by unit, hour and sort."""
    filled: dict[str, int] = defaultdict(int)
    for duty in plan.roster.duties:
        filled[duty.group] += 1
    found: dict[tuple[str, int, Sort], int] = defaultdict(int)
    for piece in audit.rebuilt.derived.seats:
        lacking = piece.need.number - filled[piece.id]
        if lacking <= 0:
            continue
        unit = _debtor(piece.need, staff)
        category = " or ".join(piece.need.categories) or "anyone"
        for hour in _hours(piece):
            found[unit, hour, _sort(piece.need, category, staff.scenario.ranks)] += lacking
    return found


def _debtor(need: Need, staff: Staff) -> str:
    """Who owes a seat: the unit it is for, else the one whose task it is, else the one with most who might fill it."""
    if need.unit:
        return need.unit
    able = staff.eligible(need.categories, need.qualifications, need.rank_min)
    counts: dict[str, int] = defaultdict(int)
    for person, can in zip(staff.people, able.tolist(), strict=True):
        counts[person.unit] += can
    if counts.get(need.owner) or not any(counts.values()):
        return need.owner
    return min(counts, key=lambda unit: (-counts[unit], unit))


def _bid(staff: Staff, place: str, pieces: Iterable[Seats]) -> Bid:
    person = staff.people[staff.index[place]]
    mine = sorted(pieces, key=lambda p: p.report_s)
    ranks = staff.scenario.ranks
    rank = max((ranks.index(p.need.rank_min) for p in mine if p.need.rank_min is not None), default=0)
    proofs = tuple(sorted({q for p in mine for q in p.need.qualifications}))
    return Bid(person.unit, place, Sort(person.category, rank, proofs), tuple((p.report_s, p.release_s) for p in mine))


COLUMNS = ("unit", "unit_name", "from", "to", "category", "rank_min", "qualifications", "named", "unknown", "missing")


def request_csv(request: Request) -> bytes:
    """The lines as CSV in UTF-8 with BOM, so that spreadsheets read it as it is."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    view = request.view
    for line in request.lines:
        start, end = (view.clock(s) for s in (line.hour_s, line.hour_s + HOUR_S))
        rows.writerow([
            line.unit, _plain(view.units.get(line.unit, line.unit)), f"{start:%Y-%m-%d %H:%M}", f"{end:%Y-%m-%d %H:%M}",
            _plain(line.sort.category), request.ranks[line.sort.rank], ";".join(line.sort.qualifications),
            line.named, line.unknown, line.missing,
        ])  # fmt: skip
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def write_request(request: Request, folder: Path) -> tuple[Path, ...]:
    """Write ``request.csv`` and ``request.xlsx``."""
    from scenarios.publish.request_xlsx import request_xlsx
    from scenarios.publish.sheet import Press

    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name, data in (
        ("request.csv", request_csv(request)), ("request.xlsx", request_xlsx(Press(request.view), request)),
    ):  # fmt: skip
        path = folder / name
        path.write_bytes(data)
        found.append(path)
    return tuple(found)
