"""Times and numbers that must fit together: spans, sessions, leave, certificates, history, strength, demand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from scenarios.errors import Fault
from scenarios.parsing import Draft, Parsed
from scenarios.raw import listed

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
                    row, b, f"a moment after {a} {row.raw.values.get(a)}",
                    "if it ends after midnight, write the next day's date",
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
                    row, "start", "a span that touches the horizon", "it has no effect; check the date"
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
            ("end",), draft.raw.settings.get("end"), "a moment after the scenario's start", "correct the date"
        )
    elif (end - start).days > _LONGEST_DAYS:
        draft.setting_fault(
            ("end",), draft.raw.settings.get("end"), f"at most {_LONGEST_DAYS} days after the start",
            "check the year, or plan the event in parts",
        )  # fmt: skip


def _check_inside(draft: Draft, row: Parsed, horizon: tuple[datetime, datetime]) -> None:
    for column in ("start", "end"):
        moment = getattr(row.item, column)
        if not horizon[0] <= moment <= horizon[1]:
            draft.fault(
                row, column,
                f"a moment inside the horizon {horizon[0]:%Y-%m-%d %H:%M} to {horizon[1]:%Y-%m-%d %H:%M}",
                "correct the date, or widen start and end in scenario.toml",
            )  # fmt: skip
            return


def _check_spans(draft: Draft, horizon: tuple[datetime, datetime]) -> None:
    for n, span in enumerate(draft.setting("spans") or ()):
        if not span.times:
            draft.setting_fault(
                ("spans", n, "times"), "[]", "at least one start and end", "write times = [{ start, end }]"
            )
        for m, times in enumerate(span.times):
            at = ("spans", n, "times", m)
            if times.end <= times.start:
                draft.setting_fault(
                    (*at, "end"), f"{times.end:%Y-%m-%d %H:%M}", "a moment after its start",
                    "if it ends after midnight, write the next day's date",
                )  # fmt: skip
            elif times.end <= horizon[0] or times.start >= horizon[1]:
                draft.setting_fault(
                    at, f"{times.start:%Y-%m-%d %H:%M}", "times inside the horizon", "correct the date"
                )
    roster = draft.setting("roster")
    if roster is not None:
        for text in roster.night:
            if not _CLOCK.fullmatch(text):
                draft.setting_fault(
                    ("roster", "night"), text, "two times such as 22:00", "write hours and minutes"
                )


def _check_weather(draft: Draft) -> None:
    for n, span in enumerate(draft.setting("weather") or ()):
        if span.end <= span.start:
            draft.setting_fault(
                ("weather", n, "end"), f"{span.end:%Y-%m-%d %H:%M}", "a moment after its start", "correct the date"
            )


def _check_history(draft: Draft, horizon: tuple[datetime, datetime]) -> None:
    before: dict[str, Parsed] = {}
    for row in sorted(draft.rows["history"], key=lambda r: r.item.start):
        if row.item.end > horizon[0]:
            draft.fault(
                row, "end", f"a moment before the horizon starts ({horizon[0]:%Y-%m-%d %H:%M})",
                "duties inside the horizon belong into seats.csv and pins.csv",
            )  # fmt: skip
        last = before.get(row.item.person)
        if last is not None and row.item.start < last.item.end:
            draft.fault(
                row, "start", f"a duty after the one in row {last.raw.row} ends",
                "one person cannot do two duties at once; correct one of them",
            )  # fmt: skip
        before[row.item.person] = row
    rules = draft.setting("rules") or {}
    rest = rules.get("minimum_rest")
    if not draft.rows["history"] and draft.rows["people"] and rest is not None and rest.mode != "off":
        file, number = draft.raw.where(("start",))
        draft.warnings.append(
            _plain_warning(
                file, number, "history.csv", "the duties worked just before the horizon",
                "without them people may come off a night straight into the first duty",
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
                row, "valid_until", "a certificate that lasts through the event",
                f"{row.item.person} gets no {row.item.qualification} duty after this moment; renew it if it can be",
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
            draft.warn(row, "attendance", "how many people are expected", "0 asks for no stewards or gates")
    if force == 0 and not draft.raw.faults and not draft.raw.tables.get("people"):
        draft.faults.append(
            _plain_warning(
                "people.csv", None, "", "people, or units with a strength",
                "add people.csv, or write strength in units.csv, e.g. sworn:6",
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
    expected = f"a number the force of {force} can be asked for" if force else f"fewer than {_ABSURD:,}"
    draft.fault(row, column, expected, "check the number of digits", value)


def _check_seat_numbers(draft: Draft, row: Parsed, force: int) -> None:
    need, want, most = row.item.need, row.item.want, row.item.most
    if need == 0 and not want:
        draft.fault(row, "need", "at least one officer", "give a number, or remove the row")
    if want is not None and want < need:
        draft.fault(row, "want", f"at least the need of {need}", "raise want or leave it blank")
    if most is not None and most < max(need, want or 0):
        draft.fault(row, "most", f"at least {max(need, want or 0)}", "raise most or leave it blank")
    if need >= _ABSURD or (force and need > 10 * force):
        _too_many(draft, row, "need", force)
    elif force and need > force:
        draft.warn(row, "need", f"at most the {force} people of the force", "seats will stay empty")


def _check_namesakes(draft: Draft) -> None:
    first: dict[str, Parsed] = {}
    for row in draft.rows["people"]:
        name = row.item.name
        if name in first and first[name].item.id != row.item.id:
            other = first[name]
            draft.warn(
                row, "name", "one row for each person",
                f"row {other.raw.row} has the same name in unit {other.item.unit}; if it is one person on loan, "
                "keep one row",
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
                row, "strength", "the people who are there",
                f"it counts {len(gone)} on leave during the event ({listed(gone, 3)}); take them off",
            )  # fmt: skip
        present = named.get(unit.id, 0) - len(set(away.get(unit.id, [])))
        if unit.base_need > max(present, 0) and not unit.strength:
            draft.warn(
                row, "base_need", f"at most the {max(present, 0)} people who are there",
                "seats at home will stay empty",
            )  # fmt: skip
