"""The clock of Today: it follows the wall while the event runs, else the reader's choice, which the address keeps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from scenarios import jobs
from tests.app_pages.test_pages import app, house, on, texts  # noqa: F401 - fixtures
from tests.scenarios.finished import finished
from tests.scenarios.publish.webmap_town import town


def kept(start: datetime) -> jobs.Job:
    """A plan of a town whose event began then, as a finished job."""
    return finished(replace(town(), start=start))


def shown(page: AppTest) -> str:
    """The time the page is about."""
    return str(page.metric[0].value)


@pytest.mark.parametrize("hours", [1, 5])
def test_the_clock_follows_the_wall_while_the_event_runs(app: AppTest, hours: int) -> None:  # noqa: F811
    """Not followed any more, a moment is chosen and stays over a change of page."""
    begun = datetime.now(UTC) - timedelta(hours=hours)
    app.query_params["plan"] = kept(begun).id
    page = on(app, "today")
    zone = town().clock(0).tzinfo
    wall = datetime.now(UTC).astimezone(zone)
    assert shown(page) in {f"{wall - timedelta(minutes=k):%H:%M}" for k in (0, 1)}
    assert "The event runs" in texts(page)
    page.toggle(key="today_follow").set_value(False).run()
    page.select_slider(key="today_at").set_value(3600).run()
    first = (begun + timedelta(hours=1)).astimezone(zone)
    assert shown(page) == f"{first:%H:%M}"
    assert page.query_params["at"] in ("3600", ["3600"])
    assert shown(on(on(app, "roster"), "today")) == f"{first:%H:%M}"


def test_an_event_of_another_day_opens_before_most_report(app: AppTest) -> None:  # noqa: F811
    """Nonsense in the address is passed over; a shipped scenario is offered to be copied."""
    app.query_params["plan"] = kept(datetime(2026, 6, 12, 15, tzinfo=UTC)).id
    app.query_params["at"] = "99999999999"
    page = on(app, "today")
    assert "The event is not running" in texts(page)
    assert page.button(key="start_day").label == "Start the day"
    assert not page.exception


def test_a_plan_that_was_mended_on_the_day_has_its_map_and_papers_without_files(app: AppTest) -> None:  # noqa: F811
    """A replan leaves the plan and its view alone: what is handed out is made when it is asked for."""
    job = kept(datetime(2026, 6, 12, 15, tzinfo=UTC))
    app.query_params["plan"] = job.id
    page = on(app, "map")
    assert [one.proto.label for one in page.get("download_button")][:1] == ["Map as a file"]
    page = on(page, "papers")
    assert not page.exception
    assert "All as one ZIP" in [one.proto.label for one in page.get("download_button")]
    assert "Files of the run" not in [one.label for one in page.expander]
