"""Duty sheets (E1): for each unit, day by day, who reports where and when for which duty."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

from scenarios.publish.parts import Only, asked
from scenarios.publish.sheet import Press
from scenarios.view import DutyView

ROWS_A_PAGE = 30
"""About so many duties fill a page."""

_HEADS = (
    "Name",
    "Report",
    "Where",
    "Post / call sign",
    "On duty",
    "Task",
    "Lead",
    "Break",
    "Relief",
    "Marks",
    "Signed",
)


def duty_sheets(press: Press, only: Only = None) -> bytes:
    """The PDF of the duty sheets of all units (or of ``only`` these), a unit after the other, each on its own page."""
    w = press.words
    by_unit: dict[str, list[DutyView]] = defaultdict(list)
    for duty in press.view.duties:
        by_unit[duty.unit].append(duty)
    order = [*press.view.units, *sorted(set(by_unit) - set(press.view.units))]
    chosen = [u for u in order if by_unit.get(u) and asked(only, u)][: press.few]
    return press.pdf(
        "dutysheets",
        {
            "title": w("Duty sheet"), "days": w.days(),
            "units": [_unit(press, u, by_unit[u]) for u in chosen],
            "heads": [w(h) for h in _HEADS],
            "words": {k: w(k) for k in ("Duty sheet", "duties", "people", "All times are 24-hour local time",
                                        "All people named here are synthetic.")},
            "timezone": press.view.timezone, "all_synthetic": press.view.synthetic,
        },
    )  # fmt: skip


def _unit(press: Press, unit: str, duties: list[DutyView]) -> dict[str, object]:
    ordered = sorted(duties, key=lambda d: (d.report_s, d.start_s, d.party, d.seat, d.person))
    ordered = ordered[: None if press.few is None else press.few * ROWS_A_PAGE]
    days = []
    for _, group in groupby(ordered, key=lambda d: press.view.clock(d.report_s).date()):
        rows = list(group)
        days.append(
            {"day": press.words.day(rows[0].report_s), "rows": [_row(press, d) for d in rows]}
        )
    return {"name": press.unit(unit), "id": unit, "days": days, "n": len(duties),
            "n_people": len({d.person for d in duties})}  # fmt: skip


def _row(press: Press, d: DutyView) -> dict[str, object]:
    w, view = press.words, press.view
    tour = press.tour_of.get((d.person, d.group))
    rests = ", ".join(w.hours(a, b) for a, b in tour.rests) if tour else ""
    return {
        "name": d.name, "rank": " · ".join(x for x in (w.clean(d.rank), w.clean(d.category)) if x),
        "report": view.hhmm(d.report_s), "place": d.place_name, "party": press.party(d),
        "inner": "" if press.party(d) == d.party or tour else d.party,
        "span": w.hours(d.start_s, d.end_s), "task": d.task,
        "lead": w("lead") if d.lead == d.name else press.lead(d.lead), "is_lead": d.lead == d.name,
        "role": w.clean(d.role) if d.role and d.role != "lead" else "",
        "break": rests or "–", "relief": relief(press, d), "marks": marks(press, d),
    }  # fmt: skip


def relief(press: Press, d: DutyView) -> str:
    """Who takes over at the end of a duty, or that it ends there."""
    after = press.reliefs(d)
    if not after:
        return press.words("ends")
    lead = next((n.name for n in after if n.lead == n.name), after[0].name)
    return lead if len(after) == 1 else f"{lead} +{len(after) - 1}"


def marks(press: Press, d: DutyView) -> str:
    """``N`` for a duty that touches 00:00-05:00, ``+1`` for one that ends on a later day."""
    a, b = press.view.clock(d.start_s), press.view.clock(d.end_s)
    over = (b.date() - a.date()).days
    touches_night = a.hour < 5 or (over >= 1 and (b.hour, b.minute) != (0, 0)) or over > 1
    return " ".join((["N"] if touches_night else []) + ([f"+{over}"] if over else []))
