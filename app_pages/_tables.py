"""Tables of a plan for the pages: plain rows with clock times and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

import pandas as pd

from app_pages._words import unique
from scenarios.dutywords import short_place, what, where
from scenarios.plainwords import plain
from scenarios.tongue import dates, mark
from scenarios.tongue import say as _
from scenarios.view import DutyView, PlanView, SeatsView

#: Columns of the tables.
DUTY_HEAD = (
    mark("When"), mark("Where"), mark("Task"), mark("Name"), mark("Rank"),
    mark("Unit"), mark("Reports"), mark("Lead"),
)  # fmt: skip
SEAT_HEAD = (
    mark("Place"), mark("When"), mark("Needed"), mark("Filled"), mark("Short"),
    mark("Who may"), mark("Why this number"), mark("Source"), mark("People"),
)  # fmt: skip
PERSON_HEAD = (
    mark("Name"), mark("Rank"), mark("Category"), mark("Duties"),
    mark("Hours"), mark("Nights"), mark("Hours carried over"),
)  # fmt: skip
STOP_HEAD = (mark("Arrive"), mark("Leave"), mark("Stop"), mark("Task"))
COVER_HEAD = (mark("When"), mark("First"), mark("after"), mark("Second"), mark("then after"))


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
    head = [_(name) for name in DUTY_HEAD]
    when: dict[tuple[int, int], str] = {}
    rows = []
    for d in in_order(duties):
        span = (d.start_s, d.end_s)
        if span not in when:
            when[span] = view.span(*span)
        rows.append((
            when[span], where(d), what(d), d.name, plain(d.rank), view.units.get(d.unit, d.unit), view.hhmm(d.report_s),
            view.leads.get(d.lead, d.lead),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=head)


def seat_rows(view: PlanView, seats: Iterable[SeatsView]) -> pd.DataFrame:
    """Seat groups with what each asks, how its number came about and who fills it; the short ones first."""
    when: dict[tuple[int, int], str] = {}
    ordered = sorted(seats, key=lambda s: (-s.n_short, s.start_s, s.place_name))
    for its in ordered:
        span = (its.start_s, its.end_s)
        if span not in when:
            when[span] = view.span(*span)
    names = {p.id: p.name for p in view.people}
    head = [_(name) for name in SEAT_HEAD]
    rows = [
        (
            s.place_name, when[s.start_s, s.end_s], s.need, len(s.people), s.n_short, s.asks, s.formula, s.source,
            ", ".join(names.get(p, p) for p in s.people),
        )
        for s in ordered
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=head)


def person_rows(view: PlanView, unit: str) -> pd.DataFrame:
    """People of a unit with their hours."""
    head = [_(name) for name in PERSON_HEAD]
    rows = [
        (
            p.name, plain(p.rank), plain(p.category), p.n_duties, round(p.hours, 1), p.nights,
            round(p.ledger_hours, 1),
        )
        for p in view.people
        if not unit or p.unit == unit
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=head)


def days_of(view: PlanView) -> dict[str, tuple[int, int]]:
    """Local days of the horizon as spans ``[start_s, end_s)``; the clock's change makes one of 23 or 25 hours."""
    days: dict[str, tuple[int, int]] = {}
    start_s = 0
    while start_s < view.horizon_s:
        now = view.clock(start_s)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=1)
        left_s = round((midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds())
        end_s = min(view.horizon_s, start_s + left_s)
        days[dates.short_day(now)] = (start_s, end_s)
        start_s = end_s
    return days


def grid_rows(
    view: PlanView, unit: str, first_s: int, last_s: int, step_s: int, people: Collection[str] | None = None
) -> pd.DataFrame:
    """People by hours, each cell the place of the duty: the timeline as a table that can be read aloud."""
    starts = range(first_s, last_s, step_s)
    several = view.clock(first_s).date() != view.clock(max(first_s, last_s - step_s)).date()
    # when the clock is put back an hour comes twice, and a table has no two columns of one name
    head = unique([dates.weekday_moment(view.clock(s)) if several else view.hhmm(s) for s in starts])
    by_person: dict[str, list[DutyView]] = defaultdict(list)
    for duty in view.duties:
        by_person[duty.person].append(duty)
    rows: list[list[Any]] = []
    for person in view.people:
        if (unit and person.unit != unit) or (people is not None and person.id not in people):
            continue
        cells = [""] * len(starts)
        for duty in by_person[person.id]:
            first = max(0, (duty.start_s - first_s) // step_s)
            for k in range(first, min(len(cells), -(-(duty.end_s - first_s) // step_s))):
                cells[k] = cells[k] or short_place(duty)
        rows.append([person.name, *cells])
    return pd.DataFrame(rows, columns=[_("Full name"), *head])


def picked_table(view: PlanView, kind: str, ident: str) -> Table | None:
    """What was clicked on the map, once more as a table."""
    if kind == "post":
        post = next((p for p in view.posts if p.number == ident), None)
        if post is None:
            return None
        duties = tuple(d for d in view.duties if d.party == ident or d.place == post.place)
        title = _("{number} {name}: who stands there", number=post.number, name=post.name)
        return Table(title, duty_rows(view, duties))
    if kind == "patrol":
        tour = next((t for t in view.tours if f"{t.call_sign}@{t.depart_s}" == ident), None)
        if tour is None:
            return None
        head = [_(name) for name in STOP_HEAD]
        stops = [(view.hhmm(s.arrive_s), view.hhmm(s.leave_s), s.name, s.task) for s in tour.stops]
        return Table(_("{sign}: stops", sign=tour.call_sign), pd.DataFrame(stops, columns=head))
    if kind == "site":
        site = next((s for s in view.sites if s.id == ident), None)
        if site is None or not site.cover:
            return None
        head = [_(name) for name in COVER_HEAD]
        nobody = _("nobody in time")
        cover = [
            (view.span(c.start_s, c.end_s), c.first or nobody, _minutes(c.first_s), c.second or "",
             _minutes(c.second_s))
            for c in site.cover
        ]  # fmt: skip
        return Table(_("{site}: response cover", site=site.name), pd.DataFrame(cover, columns=head))
    return None


def _minutes(seconds: int | None) -> str:
    return "" if seconds is None else _("{time} min", time=f"{seconds // 60}:{seconds % 60:02d}")
