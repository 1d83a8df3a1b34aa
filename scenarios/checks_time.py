"""Times and numbers that must fit together: spans, sessions, leave, certificates, history, strength, demand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from scenarios.errors import Fault
from scenarios.parsing import Draft, Parsed
from scenarios.raw import listed
from scenarios.tongue import say as _

#: Column names of start and end, by table.
PAIRS: Mapping[str, tuple[str, str]] = {
    "sessions": ("start", "end"),
    "seats": ("start", "end"),
    "absences": ("start", "end"),
    "wishes": ("start", "end"),
    "history": ("start", "end"),
    "other_work": ("start", "end"),
    "closures": ("start", "end"),
    "qualifications": ("valid_from", "valid_until"),
}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LONGEST_DAYS = 92
_ABSURD = 10_000


def check_times(draft: Draft) -> None:
    """Ends come after starts, and everything lies where the horizon is."""
    _check_horizon(draft)
    for table, (a, b) in PAIRS.items():
        for row in draft.rows[table]:
            start, end = getattr(row.item, a), getattr(row.item, b)
            if end <= start:
                draft.fault(
                    row, b, _("a moment after {column} {value}", column=a, value=row.raw.values.get(a)),
                    _("if it ends after midnight, write the next day's date"),
                )  # fmt: skip
    horizon = _horizon(draft)
    if horizon is None:
        return
    for table in ("sessions", "seats"):
        for row in draft.rows[table]:
            _check_inside(draft, row, horizon)
    _check_spans(draft, horizon)
    _check_history(draft, horizon)
    _check_certificates(draft, horizon)
    _check_weather(draft)
    for table in ("absences", "wishes", "closures"):
        for row in draft.rows[table]:
            if row.item.end <= horizon[0] or row.item.start >= horizon[1]:
                draft.warn(
                    row, "start", _("a span that touches the horizon"), _("it has no effect; check the date")
                )


def _horizon(draft: Draft) -> tuple[datetime, datetime] | None:
    start, end = draft.setting("start"), draft.setting("end")
    if isinstance(start, datetime) and isinstance(end, datetime) and start < end:
        return start, end
    return None


def _check_horizon(draft: Draft) -> None:
    start, end = draft.setting("start"), draft.setting("end")
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        return
    if end <= start:
        draft.setting_fault(
            ("end",), draft.raw.settings.get("end"), _("a moment after the scenario's start"), _("correct the date")
        )
    elif (end - start).days > _LONGEST_DAYS:
        draft.setting_fault(
            ("end",), draft.raw.settings.get("end"), _("at most {n} days after the start", n=_LONGEST_DAYS),
            _("check the year, or plan the event in parts"),
        )  # fmt: skip


def _check_inside(draft: Draft, row: Parsed, horizon: tuple[datetime, datetime]) -> None:
    for column in ("start", "end"):
        moment = getattr(row.item, column)
        if not horizon[0] <= moment <= horizon[1]:
            draft.fault(
                row, column,
                _(
                    "a moment inside the horizon {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}",
                    start=horizon[0], end=horizon[1],
                ),
                _("correct the date, or widen start and end in scenario.toml"),
            )  # fmt: skip
            return


def _check_spans(draft: Draft, horizon: tuple[datetime, datetime]) -> None:
    for n, span in enumerate(draft.setting("spans") or ()):
        if not span.times:
            draft.setting_fault(
                ("spans", n, "times"), "[]", _("at least one start and end"), _("write times = [{ start, end }]")
            )
        for m, times in enumerate(span.times):
            at = ("spans", n, "times", m)
            if times.end <= times.start:
                draft.setting_fault(
                    (*at, "end"), f"{times.end:%Y-%m-%d %H:%M}", _("a moment after its start"),
                    _("if it ends after midnight, write the next day's date"),
                )  # fmt: skip
            elif times.end <= horizon[0] or times.start >= horizon[1]:
                draft.setting_fault(
                    at, f"{times.start:%Y-%m-%d %H:%M}", _("times inside the horizon"), _("correct the date")
                )
    roster = draft.setting("roster")
    if roster is not None:
        for text in roster.night:
            if not _CLOCK.fullmatch(text):
                draft.setting_fault(
                    ("roster", "night"), text, _("two times such as 22:00"), _("write hours and minutes")
                )


def _check_weather(draft: Draft) -> None:
    for n, span in enumerate(draft.setting("weather") or ()):
        if span.end <= span.start:
            draft.setting_fault(
                ("weather", n, "end"), f"{span.end:%Y-%m-%d %H:%M}", _("a moment after its start"),
                _("correct the date"),
            )


def _check_history(draft: Draft, horizon: tuple[datetime, datetime]) -> None:
    before: dict[str, Parsed] = {}
    for row in sorted(draft.rows["history"], key=lambda r: r.item.start):
        if row.item.end > horizon[0]:
            draft.fault(
                row, "end", _("a moment before the horizon starts ({start:%Y-%m-%d %H:%M})", start=horizon[0]),
                _("duties inside the horizon belong into seats.csv and pins.csv"),
            )  # fmt: skip
        last = before.get(row.item.person)
        if last is not None and row.item.start < last.item.end:
            draft.fault(
                row, "start", _("a duty after the one in row {row} ends", row=last.raw.row),
                _("one person cannot do two duties at once; correct one of them"),
            )  # fmt: skip
        before[row.item.person] = row
    rules = draft.setting("rules") or {}
    rest = rules.get("minimum_rest")
    if not draft.rows["history"] and draft.rows["people"] and rest is not None and rest.mode != "off":
        file, number = draft.raw.where(("start",))
        draft.warnings.append(
            _plain_warning(
                file, number, "history.csv", _("the duties worked just before the horizon"),
                _("without them people may come off a night straight into the first duty"),
            )
        )


def _plain_warning(file: str, row: int | None, field: str, expected: str, remedy: str) -> Fault:


    return Fault(file, row, field, "", expected, remedy)


def _check_certificates(draft: Draft, horizon: tuple[datetime, datetime]) -> None:
    until: dict[tuple[str, str], datetime] = {}
    for row in draft.rows["qualifications"]:
        key = (row.item.person, row.item.qualification)
        until[key] = max(until.get(key, row.item.valid_until), row.item.valid_until)
    for row in draft.rows["qualifications"]:
        end = row.item.valid_until
        if horizon[0] < end < horizon[1] and until[row.item.person, row.item.qualification] == end:
            draft.warn(
                row, "valid_until", _("a certificate that lasts through the event"),
                _(
                    "{person} gets no {qualification} duty after this moment; renew it if it can be",
                    person=row.item.person, qualification=row.item.qualification,
                ),
            )  # fmt: skip


def check_numbers(draft: Draft) -> None:
    """Numbers of seats, people and strength that make sense together."""
    force = len(draft.rows["people"]) + sum(
        int(part.rpartition(":")[2])
        for row in draft.rows["units"]
        for part in row.item.strength
        if part.rpartition(":")[2].strip().isdigit()
    )
    for row in draft.rows["seats"]:
        _check_seat_numbers(draft, row, force)
    for row in draft.rows["sites"]:
        _check_counts(draft, row, "guards", force)
    for row in draft.rows["units"]:
        _check_counts(draft, row, "strength", 0)
        if row.item.base_need >= _ABSURD or (force and row.item.base_need > 10 * force):
            _too_many(draft, row, "base_need", force)
    for row in draft.rows["sessions"]:
        if row.item.attendance == 0:
            draft.warn(row, "attendance", _("how many people are expected"), _("0 asks for no stewards or gates"))
    if force == 0 and not draft.raw.faults and not draft.raw.tables.get("people"):
        draft.faults.append(
            _plain_warning(
                "people.csv", None, "", _("people, or units with a strength"),
                _("add people.csv, or write strength in units.csv, e.g. sworn:6"),
            )
        )
    _check_namesakes(draft)
    _check_strength(draft)


def _check_counts(draft: Draft, row: Parsed, column: str, force: int) -> None:
    """Numbers in entries such as ``evening:3``."""
    for text in getattr(row.item, column):
        number = text.rpartition(":")[2].strip()
        if number.isdigit() and (int(number) >= _ABSURD or (force and int(number) > 10 * force)):
            _too_many(draft, row, column, force, text)


def _too_many(draft: Draft, row: Parsed, column: str, force: int, value: str | None = None) -> None:
    most = _("fewer than {n:,}", n=_ABSURD)
    expected = _("a number the force of {force} can be asked for", force=force) if force else most
    draft.fault(row, column, expected, _("check the number of digits"), value)


def _check_seat_numbers(draft: Draft, row: Parsed, force: int) -> None:
    need, want, most = row.item.need, row.item.want, row.item.most
    if need == 0 and not want:
        draft.fault(row, "need", _("at least one officer"), _("give a number, or remove the row"))
    if want is not None and want < need:
        draft.fault(row, "want", _("at least the need of {need}", need=need), _("raise want or leave it blank"))
    if most is not None and most < max(need, want or 0):
        draft.fault(row, "most", _("at least {limit}", limit=max(need, want or 0)), _("raise most or leave it blank"))
    if need >= _ABSURD or (force and need > 10 * force):
        _too_many(draft, row, "need", force)
    elif force and need > force:
        draft.warn(row, "need", _("at most the {force} people of the force", force=force), _("seats will stay empty"))


def _check_namesakes(draft: Draft) -> None:
    first: dict[str, Parsed] = {}
    for row in draft.rows["people"]:
        name = row.item.name
        if name in first and first[name].item.id != row.item.id:
            other = first[name]
            draft.warn(
                row, "name", _("one row for each person"),
                _(
                    "row {row} has the same name in unit {unit}; if it is one person on loan, keep one row",
                    row=other.raw.row, unit=other.item.unit,
                ),
            )  # fmt: skip
        first.setdefault(name, row)


def _check_strength(draft: Draft) -> None:
    away: dict[str, list[str]] = {}
    named: dict[str, int] = {}
    horizon = _horizon(draft)
    for row in draft.rows["people"]:
        named[row.item.unit] = named.get(row.item.unit, 0) + 1
    unit_of = {row.item.id: row.item.unit for row in draft.rows["people"]}
    for row in draft.rows["absences"]:
        touches = horizon and row.item.start < horizon[1] and row.item.end > horizon[0]
        if touches and row.item.person in unit_of:
            away.setdefault(unit_of[row.item.person], []).append(row.item.person)
    for row in draft.rows["units"]:
        unit = row.item
        if unit.strength and unit.id in away:
            gone = sorted(set(away[unit.id]))
            draft.warn(
                row, "strength", _("the people who are there"),
                _(
                    "it counts {n} on leave during the event ({names}); take them off",
                    n=len(gone), names=listed(gone, 3),
                ),
            )  # fmt: skip
        present = named.get(unit.id, 0) - len(set(away.get(unit.id, [])))
        if unit.base_need > max(present, 0) and not unit.strength:
            draft.warn(
                row, "base_need", _("at most the {n} people who are there", n=max(present, 0)),
                _("seats at home will stay empty"),
            )  # fmt: skip
