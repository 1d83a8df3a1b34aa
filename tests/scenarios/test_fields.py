"""Moments and lists as people write them; clock changes of Europe/Berlin: 2026-03-29 02:00, 2026-10-25 03:00."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from scenarios.fields import Names, Text, When, moment, split_names

BERLIN = ZoneInfo("Europe/Berlin")


class Row(BaseModel):
    model_config: ClassVar = {"frozen": True}
    text: Text = "x"
    names: Names = ()
    at: When | None = None


def expected(value, zone=BERLIN):
    with pytest.raises(PydanticCustomError) as caught:
        moment(value, zone)
    return caught.value.context["expected"], caught.value.context["remedy"]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-08-28 18:00", "2026-08-28 16:00"),
        ("2026-08-28T18:00", "2026-08-28 16:00"),
        ("2026/8/28 18:00", "2026-08-28 16:00"),
        ("2026-08-28 18：00", "2026-08-28 16:00"),  # full-width colon
        ("2026-08-28 18:00:30", "2026-08-28 16:00:30"),
        ("2026-08-28 24:00", "2026-08-28 22:00"),
        ("2026-12-31 24:00", "2026-12-31 23:00"),
        ("2026-08-28 18:00+00:00", "2026-08-28 18:00"),
        ("2026-08-28T18:00Z", "2026-08-28 18:00"),
        ("2026-08-28 18:00 -0330", "2026-08-28 21:30"),
        ("2026-10-25 02:30+02:00", "2026-10-25 00:30"),  # the first of the two
        ("2026-10-25 02:30+01:00", "2026-10-25 01:30"),
    ],
)
def test_moments(text, utc):
    assert moment(text, BERLIN) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_time_that_clocks_skip():
    assert expected("2026-03-29 02:30") == (
        "a local time that exists; the clocks of Europe/Berlin skip this one",
        "write 2026-03-29 03:30",
    )


def test_time_that_clocks_show_twice():
    assert expected("2026-10-25 02:30") == (
        "a local time that is not repeated; the clocks of Europe/Berlin show this one twice",
        "say which: 2026-10-25 02:30+02:00 or 2026-10-25 02:30+01:00",
    )


def test_hours_across_a_clock_change_are_true_hours():
    night = moment("2026-10-25 06:00", BERLIN) - moment("2026-10-24 22:00", BERLIN)
    assert night == timedelta(hours=9)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("2026-08-28", "write 2026-08-28 00:00 or 2026-08-28 24:00"),
        ("46262.75", "this is a spreadsheet's serial date; format the cell as text: 2026-08-28 18:00"),
        ("18:00", "add the date: 2026-08-28 18:00"),
        ("28.08.2026 18:00", "write year, month, day in this order: 2026-08-28 18:00"),
        ("次日02:00", "write year-month-day hour:minute, 24-hour clock"),
        ("2026-08-28 24:01", "hours run from 00:00 to 24:00, days as in the calendar"),
        ("2026-02-30 10:00", "hours run from 00:00 to 24:00, days as in the calendar"),
        ("0001-01-01 00:00", "check the year"),
        ("2026-08-28 18:00+99:00", "write an offset such as +02:00"),
    ],
)
def test_what_is_no_moment(text, remedy):
    assert expected(text)[1] == remedy


def test_naive_moment_without_a_zone_is_refused():
    with pytest.raises(ValidationError, match="a moment with its zone"):
        Row(at="2026-08-28 18:00")


def test_lists():
    assert Row(names="a; b；c;;").names == ("a", "b", "c")
    assert Row(names=["a", "b"]).names == ("a", "b")
    assert Row(names="").names == ()
    assert split_names(" ; ") == []


@pytest.mark.parametrize("value", ["", "  ", 7, True, None])
def test_text_is_text(value):
    with pytest.raises(ValidationError):
        Row(text=value)


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_a_fault(text):
    try:
        told = moment(text, BERLIN).utcoffset() is not None
    except PydanticCustomError as fault:
        told = bool(fault.context and fault.context["remedy"])
    assert told


@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - local time
def test_local_time_comes_back(when):
    text = f"{when:%Y-%m-%d %H:%M}"
    try:
        found = moment(text, BERLIN)
    except PydanticCustomError:
        return  # a clock change
    assert f"{found:%Y-%m-%d %H:%M}" == text
    assert found == datetime(*when.timetuple()[:5], tzinfo=BERLIN)
