"""Days and moments as people of a language write them; clock times always have 24 hours."""

from __future__ import annotations

from datetime import date, datetime

from scenarios.tongue import ENGLISH, language

_WEEKDAYS = "一二三四五六日"


def weekday(day: date) -> str:
    """``Sat`` or ``周六``."""
    return f"{day:%a}" if language() == ENGLISH else f"周{_WEEKDAYS[day.weekday()]}"


def short_day(day: date) -> str:
    """``Sat 29 Aug`` or ``8月29日 周六``."""
    return f"{day:%a %d %b}" if language() == ENGLISH else f"{day.month}月{day.day}日 {weekday(day)}"


def long_day(day: date) -> str:
    """``Sat 29 Aug 2026`` or ``2026年8月29日 周六``."""
    return f"{short_day(day)} {day.year}" if language() == ENGLISH else f"{day.year}年{short_day(day)}"


def moment(when: datetime) -> str:
    """``29 Aug 14:05`` or ``8月29日 14:05``."""
    return f"{when:%d %b %H:%M}" if language() == ENGLISH else f"{when.month}月{when.day}日 {when:%H:%M}"


def weekday_moment(when: datetime) -> str:
    """``Sat 14:05`` or ``周六 14:05``."""
    return f"{weekday(when)} {when:%H:%M}"
