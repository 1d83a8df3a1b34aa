"""Tables of a plan for the pages: plain rows with clock times and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

import pandas as pd

from app_pages._words import unique
from scenarios.view import DutyView, PlanView


@dataclass(frozen=True)
class Table:
    """A headed table."""

    title: str
    rows: pd.DataFrame


def in_order(duties: Iterable[DutyView]) -> tuple[DutyView, ...]:
    """Duties in order of time, place and seat."""
    return tuple(sorted(duties, key=lambda d: (d.start_s, d.place_name, d.seat, d.name)))


def duty_rows(view: PlanView, duties: Iterable[DutyView]) -> pd.DataFrame:
    """Who does what where, in order of time."""
    return pd.DataFrame(
        [
            {
                "When": view.span(d.start_s, d.end_s),
                "Where": where(d),
                "Task": d.role or d.task,
                "Name": d.name,
                "Rank": d.rank.replace("_", " "),
                "Unit": view.units.get(d.unit, d.unit),
                "Reports": view.hhmm(d.report_s),
                "Lead": view.leads.get(d.lead, d.lead),
            }
            for d in in_order(duties)
        ],
        columns=["When", "Where", "Task", "Name", "Rank", "Unit", "Reports", "Lead"],
    )


def seat_rows(view: PlanView) -> pd.DataFrame:
    """Every seat group with what it asks, how its number came about and who fills it."""
    names = {p.id: p.name for p in view.people}
    return pd.DataFrame(
        [
            {
                "Place": s.place_name,
                "When": view.span(s.start_s, s.end_s),
                "Needed": s.need,
                "Filled": len(s.people),
                "Short": s.n_short,
                "Who may": s.asks,
                "Why this number": s.formula,
                "Source": s.source,
                "People": ", ".join(names.get(p, p) for p in s.people),
            }
            for s in sorted(view.seats, key=lambda s: (-s.n_short, s.start_s, s.place_name))
        ]
    )


def person_rows(view: PlanView, unit: str) -> pd.DataFrame:
    """People of a unit with their hours."""
    return pd.DataFrame(
        [
            {
                "Name": p.name,
                "Rank": p.rank.replace("_", " "),
                "Category": p.category.replace("_", " "),
                "Duties": p.n_duties,
                "Hours": round(p.hours, 1),
                "Nights": p.nights,
                "Hours carried over": round(p.ledger_hours, 1),
            }
            for p in view.people
            if not unit or p.unit == unit
        ]
    )


def days_of(view: PlanView) -> dict[str, tuple[int, int]]:
    """Local days of the horizon as spans ``[start_s, end_s)``; the clock's change makes one of 23 or 25 hours."""
    days: dict[str, tuple[int, int]] = {}
    start_s = 0
    while start_s < view.horizon_s:
        now = view.clock(start_s)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)
        left_s = round((midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds())
        end_s = min(view.horizon_s, start_s + left_s)
        days[f"{now:%a %d %b}"] = (start_s, end_s)
        start_s = end_s
    return days


def grid_rows(
    view: PlanView, unit: str, first_s: int, last_s: int, step_s: int, people: Collection[str] | None = None
) -> pd.DataFrame:
    """People by hours, each cell the place of the duty: the timeline as a table that can be read aloud."""
    starts = range(first_s, last_s, step_s)
    several = view.clock(first_s).date() != view.clock(max(first_s, last_s - step_s)).date()
    # when the clock is put back an hour comes twice, and a table has no two columns of one name
    head = unique([f"{view.clock(s):%a %H:%M}" if several else view.hhmm(s) for s in starts])
    by_person: dict[str, list[DutyView]] = defaultdict(list)
    for duty in view.duties:
        by_person[duty.person].append(duty)
    rows: list[dict[str, Any]] = []
    for person in view.people:
        if (unit and person.unit != unit) or (people is not None and person.id not in people):
            continue
        cells = {
            text: next(
                (
                    short_place(d)
                    for d in by_person[person.id]
                    if d.start_s < s + step_s and s < d.end_s
                ),
                "",
            )
            for text, s in zip(head, starts, strict=True)
        }
        rows.append({"Name": person.name, **cells})
    return pd.DataFrame(rows, columns=["Name", *head])


def short_place(duty: DutyView) -> str:
    """A post's number or a patrol's call sign, else what or where in a word or two."""
    if (
        duty.kind in {"post", "crew"}
        and duty.party.split(".")[0][:1] in "PK"
        and duty.party[1:3].isdigit()
    ):
        return duty.party.split(".")[0]
    if duty.kind in {"reserve", "lead", "supervisor"}:
        return duty.kind
    return duty.place_name if len(duty.place_name) <= 18 else f"{duty.place_name[:17]}…"


def where(duty: DutyView) -> str:
    """Where a duty is done; a crew is where its patrol is."""
    return f"Patrol {duty.party.split('.')[0]}" if duty.kind == "crew" else duty.place_name


def picked_table(view: PlanView, kind: str, ident: str) -> Table | None:
    """What was clicked on the map, once more as a table."""
    if kind == "post":
        post = next((p for p in view.posts if p.number == ident), None)
        if post is None:
            return None
        duties = tuple(d for d in view.duties if d.party == ident or d.place == post.place)
        return Table(f"{post.number} {post.name}: who stands there", duty_rows(view, duties))
    if kind == "patrol":
        tour = next((t for t in view.tours if f"{t.call_sign}@{t.depart_s}" == ident), None)
        if tour is None:
            return None
        rows = [
            {
                "Arrive": view.hhmm(s.arrive_s),
                "Leave": view.hhmm(s.leave_s),
                "Stop": s.name,
                "Task": s.task,
            }
            for s in tour.stops
        ]
        return Table(f"{tour.call_sign}: stops", pd.DataFrame(rows))
    if kind == "site":
        site = next((s for s in view.sites if s.id == ident), None)
        if site is None:
            return None
        rows = [
            {
                "When": view.span(c.start_s, c.end_s),
                "First": c.first or "nobody in time",
                "after": _minutes(c.first_s),
                "Second": c.second or "",
                "then after": _minutes(c.second_s),
            }
            for c in site.cover
        ]
        return Table(f"{site.name}: response cover", pd.DataFrame(rows)) if rows else None
    return None


def _minutes(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds // 60}:{seconds % 60:02d} min"
