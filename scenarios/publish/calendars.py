"""Personal calendars (E8): one file for each person, one event for each duty, with ids that stay."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, Timezone

from scenarios.publish.parts import Only, asked
from scenarios.publish.sheet import Press
from scenarios.view import DutyView

_STAMP = datetime(2000, 1, 1, tzinfo=UTC)


def calendars(press: Press, only: Only = None) -> bytes:
    """A ZIP with ``<person id>.ics`` for everybody who has a duty; of one person alone the calendar itself."""
    mine: dict[str, list[DutyView]] = defaultdict(list)
    for duty in press.view.duties:
        if asked(only, duty.person):
            mine[duty.person].append(duty)
    view = press.view
    first = view.clock(0).date()
    last = (view.clock(view.horizon_s) + timedelta(days=1)).date()
    zone = Timezone.from_tzid(view.timezone, first_date=first, last_date=last)
    if only is not None and len(mine) == 1:
        return _calendar(press, next(iter(mine.values())), zone)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as box:
        for person in sorted(mine):
            text = _calendar(press, mine[person], zone)
            safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in person)
            box.writestr(zipfile.ZipInfo(f"{safe}.ics", date_time=(2000, 1, 1, 0, 0, 0)), text)
    return buffer.getvalue()


def _calendar(press: Press, duties: list[DutyView], zone: Timezone) -> bytes:
    view = press.view
    calendar = Calendar()
    calendar.add("prodid", "-//Vedette//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{view.title}: {duties[0].name}")
    calendar.add_component(zone)
    for d in sorted(duties, key=lambda d: (d.start_s, d.group, d.seat)):
        event = Event()
        # The id names the seat group and the person, so that a new version replaces the old event.
        event.add("uid", f"{view.scenario}-{d.group}-{d.person}@vedette")
        event.add("dtstamp", _STAMP)
        event.add("dtstart", view.clock(d.start_s))
        event.add("dtend", view.clock(d.end_s))
        event.add("summary", f"{press.party(d)} {d.place_name}")
        event.add("location", d.place_name)
        report = f"{press.words('Report')} {press.words.day(d.report_s)} {view.hhmm(d.report_s)}"
        event.add(
            "description",
            f"{report}. {d.task}. {press.words('Lead')}: {press.lead(d.lead)}. {view.classification}",
        )
        calendar.add_component(event)
    return bytes(calendar.to_ical())
