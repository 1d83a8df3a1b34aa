"""The kinds of values a scenario file can hold: text, lists of names, and moments in time.

Moments are zone-aware: one without an offset is local time of the scenario's zone, which the loader hands over
as validation context. They are kept with a fixed offset, since Python subtracts two moments of one zone by
their wall clocks, which is an hour wrong across a clock change.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.tongue.lists import either

_MOMENT = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"(?:[T\s]+(?P<h>\d{1,2}):(?P<min>\d{2})(?::(?P<s>\d{2})(?:\.0+)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
#: Day 0 of spreadsheet serial dates.
_SERIAL_DAY_0 = datetime(1899, 12, 30, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
TIME_FORM = mark("a date and time such as 2026-08-28 18:00")


def fault(kind: str, expected: str, remedy: str) -> PydanticCustomError:
    """Build the error that a validator raises: what was expected and how to mend it."""
    return PydanticCustomError(kind, "{expected}", {"expected": expected, "remedy": remedy})


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str):
        raise fault("text", _("text"), _('put it in quotes: "{value}"', value=value))
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        raise fault("blank", _("text, not a blank"), _("fill it in"))
    return text


def split_names(value: str) -> list[str]:
    """Parts of a ``;``-separated cell, blanks dropped, full-width semicolons understood."""
    return [part for part in (p.strip() for p in re.split(r"[;；]", value)) if part]


def _names(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return tuple(unicodedata.normalize("NFC", part) for part in split_names(value))
    if isinstance(value, Iterable) and not isinstance(value, dict):
        return tuple(_text(part) for part in value)
    raise fault(
        "names", _("a list of names"), _('write a;b;c in a table cell, or ["a", "b"] in a settings file')
    )


def moment(value: Any, zone: ZoneInfo | None) -> datetime:
    """Read a moment as people write it.

    Parameters
    ----------
    value
        ``2026-08-28 18:00``, the same with seconds or an offset, ``24:00`` for the end of a day, or a datetime.
    zone
        Zone of moments without an offset; None refuses those.

    Returns
    -------
    datetime
        Aware, with the fixed offset that holds in ``zone`` at that moment.

    Raises
    ------
    PydanticCustomError
        Not a moment, or a local time that a clock change leaves out or repeats.
    """
    if isinstance(value, datetime):
        if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise fault("moment", _("{form} of our time", form=_(TIME_FORM)), _("check the year"))
        return _aware(value, zone, str(value))
    if not isinstance(value, str):
        raise fault("moment", _(TIME_FORM), _("write both date and time in quotes, not {value!s}", value=value))
    text = unicodedata.normalize("NFKC", value).strip()
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise fault("moment", _(TIME_FORM), _guess(text))
    if found["h"] is None:
        raise fault(
            "moment", _("{form}; the time is missing", form=_(TIME_FORM)),
            _("write {text} 00:00 or {text} 24:00", text=text),
        )
    hour, minute, second = int(found["h"]), int(found["min"]), int(found["s"] or 0)
    next_day = hour == 24 and minute == 0 and second == 0
    try:
        naive = datetime(  # noqa: DTZ001 - the zone is given below
            int(found["y"]), int(found["m"]), int(found["d"]), 0 if next_day else hour, minute, second
        )
    except ValueError:
        raise fault(
            "moment",
            _("{form}; there is no such day or hour", form=_(TIME_FORM)),
            _("hours run from 00:00 to 24:00, days as in the calendar"),
        ) from None
    if not _FIRST_YEAR <= naive.year <= _LAST_YEAR:
        raise fault("moment", _("{form} of our time", form=_(TIME_FORM)), _("check the year"))
    naive += timedelta(days=next_day)
    if found["zone"] is None:
        return _aware(naive, zone, text)
    offset = found["zone"].replace(":", "")
    shift = timedelta(0)
    if offset != "Z":
        shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5]))
        if shift >= timedelta(hours=24):
            expected = _("{form}; no zone is a day away", form=_(TIME_FORM))
            raise fault("moment", expected, _("write an offset such as +02:00"))
        shift = -shift if offset[0] == "-" else shift
    return _aware(naive.replace(tzinfo=timezone(shift)), zone, text)


def _aware(value: datetime, zone: ZoneInfo | None, text: str) -> datetime:
    if value.tzinfo is not None:
        local = value.astimezone(zone) if zone is not None else value
        return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)), fold=0)
    if zone is None:
        raise fault("moment", _("a moment with its zone"), _("write {text}+00:00 or the offset that holds", text=text))
    first, second = (value.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    offsets = [w.utcoffset() or timedelta(0) for w in (first, second)]
    if offsets[0] != offsets[1]:
        if offsets[0] < offsets[1]:  # clocks went forward over this time
            raise fault(
                "moment",
                _("a local time that exists; the clocks of {key} skip this one", key=zone.key),
                _("write {value:%Y-%m-%d %H:%M}", value=value + (offsets[1] - offsets[0])),
            )
        both = either(f"{text}{_offset_text(o)}" for o in offsets)
        raise fault(
            "moment",
            _("a local time that is not repeated; the clocks of {key} show this one twice", key=zone.key),
            _("say which: {both}", both=both),
        )
    return value.replace(tzinfo=timezone(offsets[0]))


def _offset_text(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _guess(text: str) -> str:
    if _SERIAL.fullmatch(text):
        day = _SERIAL_DAY_0 + timedelta(days=float(text))
        return _(
            "this is a spreadsheet's serial date; format the cell as text: {day:%Y-%m-%d %H:%M}", day=day
        )
    if re.fullmatch(r"\d{1,2}:\d{2}", text):
        return _("add the date: 2026-08-28 {time}", time=text)
    if re.match(r"\d{1,2}[./]\d{1,2}[./]\d{4}", text):
        return _("write year, month, day in this order: 2026-08-28 18:00")
    return _("write year-month-day hour:minute, 24-hour clock")


def _when(value: Any, info: ValidationInfo) -> datetime:
    zone = (info.context or {}).get("zone")
    return moment(value, zone)


def _moment_text(value: datetime) -> str:
    return value.isoformat(timespec="seconds")


#: Text of at least one character.
Text = Annotated[str, BeforeValidator(_text)]
#: A list of names; ``;``-separated in a table cell.
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
#: An aware moment with a fixed offset.
When = Annotated[
    datetime,
    BeforeValidator(_when),
    PlainSerializer(_moment_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
