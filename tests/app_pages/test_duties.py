"""Duties changed on the Roster page: a copy first, then every edit judged, saved, undone; filters and pins stay."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from app_pages import _data, _lines, _roster
from scenarios import drafts, handplans, jobs
from scenarios.load import load_checked
from scenarios.publish.webmap import map_data
from scenarios.run import Planned, plan_scenario
from scenarios.store.operations import Assign
from scenarios.store.rows import PINS
from tests.app_pages.test_pages import app, house, on, texts  # noqa: F401 - fixtures
from tests.scenarios.finished import finished


@pytest.fixture(scope="module")
def made() -> Planned:
    """The shipped crossroads, planned."""
    return plan_scenario(load_checked("crossroads"), seconds=4, seed=0, repeatable=True)


@pytest.fixture
def desk(app: AppTest, made: Planned) -> AppTest:  # noqa: F811
    """The Roster page on a copy of the plan, ready to change duties."""
    job = finished(made.view, made.plan)
    app.query_params["plan"] = job.id
    on(app, "roster").toggle(key="roster_edit").set_value(True).run()
    app.button(key="own_copy").click().run()
    assert not app.exception
    return app


def draft_of(app: AppTest) -> drafts.Draft:  # noqa: F811
    """The draft in view."""
    found = drafts.find(app.query_params["scenario"]).draft
    assert found is not None
    return found


def seat_box(app: AppTest):  # noqa: F811
    """The list of seats, whatever its key is by now."""
    return next(box for box in app.selectbox if box.label == "Seat")


def first_filled(app: AppTest) -> str:  # noqa: F811
    """Take the first filled seat into the panel."""
    box = seat_box(app)
    seat = next(one for one in plan_seats(app) if any(f"({one})" in text for text in box.options))
    box.set_value(seat).run()
    assert not app.exception
    return seat


def plan_seats(app: AppTest) -> dict[str, str]:  # noqa: F811
    """Seats of the plan in view as it was made."""
    body = json.loads((jobs.read(app.query_params["plan"]).out / "plan.json").read_text(encoding="utf-8"))
    return {duty["seat"]: duty["person"] for duty in body["roster"]["duties"]}


def test_a_shipped_plan_is_taken_along_and_stays_as_it_is(desk: AppTest) -> None:
    """The copy fits its scenario at once, so it is planned and not stale."""
    draft = draft_of(desk)
    assert draft.parent == "crossroads"
    assert "no hard rule broken" in texts(desk)
    assert "planned]" in texts(desk)
    assert [job.source for job in jobs.jobs()].count("crossroads") == 1


def test_a_seat_is_emptied_told_everywhere_and_taken_back(desk: AppTest) -> None:
    """The preview says what comes; afterwards the roster as it stands is shown, with the way back."""
    seat = first_filled(desk)
    way = next(g for g in desk.button_group if g.label == "What to do")
    way.set_value("empty").run()
    assert "**This**" in texts(desk)
    desk.button(key="do_edit").click().run()
    assert not desk.exception
    job = jobs.read(desk.query_params["plan"])
    assert handplans.has_edits(draft_of(desk), job.id)
    assert "**The last change**" not in texts(desk)  # the timeline tells it, beside its own rows
    desk.session_state["roster_tabs"] = "Hours"
    desk.run()
    assert "**The last change**" in texts(desk)
    assert "Against the plan as it was made" in texts(desk)
    assert "1 seat is set by hand" in texts(on(desk, "plan"))
    on(desk, "roster")
    assert desk.toggle(key="roster_edit").value
    desk.button(key="undo").click().run()
    assert not handplans.has_edits(draft_of(desk), job.id)
    assert seat in plan_seats(desk)
    desk.button(key="redo").click().run()
    assert handplans.has_edits(draft_of(desk), job.id)


def test_figures_and_map_are_of_the_plan_as_it_stands(desk: AppTest) -> None:
    """The seat that was emptied is missing in what pages show; undone, it is the kept view itself once more."""
    job = jobs.read(desk.query_params["plan"])
    kept = _data.view_of(job)
    assert _data.standing_view(drafts.find(desk.query_params["scenario"]), job) is kept
    crewed = {f"{d.group}/{d.seat}" for tour in kept.tours for d in tour.members}
    seat = next(one for one in plan_seats(desk) if one in crewed)
    drafts.edit(draft_of(desk), Assign(job.id, seat, None))
    source = drafts.find(desk.query_params["scenario"])
    view = _data.standing_view(source, job)
    assert view is _data.standing_view(source, job)
    assert len(view.duties) == len(kept.duties) - 1
    figures, before = ({k.key: k.text for k in one.kpis} for one in (view, kept))
    assert (figures["seats"], figures["seats_short"]) != (before["seats"], before["seats_short"])
    assert view.short
    maps = _data.standing_map(source, job), _data.map_of(job)
    riders, were = (sum(len(tour["members"]) for tour in one["tours"]) for one in maps)
    assert riders == were - 1
    assert maps[0] == map_data(view)
    assert _data.standing_map(source, job)["ground"] is _data.map_of(job)["ground"]
    keys = {_data.standing_key(source, job)}
    drafts.undo(draft_of(desk))
    source = drafts.find(desk.query_params["scenario"])
    assert _data.standing_view(source, job) is kept
    assert _data.standing_map(source, job) is _data.map_of(job)
    assert _data.standing_key(source, job) not in keys


def test_who_breaks_rules_may_be_chosen_and_is_shown_with_the_breach(desk: AppTest) -> None:
    """The plan is a person's own: it is saved, and says what is wrong with it, also without the panel."""
    first_filled(desk)
    desk.toggle(key="roster_everybody").set_value(True).run()
    box = next(b for b in desk.selectbox if b.label.startswith("Who, the best first"))
    bad = next(i for i, text in enumerate(box.options) if text.startswith("Breaks rules:"))
    box.select_index(bad).run()
    assert re.search(r"\*\*This\*\* breaks \d+ rule", texts(desk))
    desk.button(key="do_edit").click().run()
    assert "broken]" in texts(desk)
    desk.toggle(key="roster_edit").set_value(False).run()
    assert "broken]" in texts(desk)


def test_a_pin_is_set_and_lifted(desk: AppTest) -> None:
    first_filled(desk)
    desk.button(key="pin").click().run()
    assert not desk.exception
    assert [key for key in draft_of(desk).rows if key[0] == PINS]
    assert "older than its inputs" in texts(desk)
    desk.button(key="pin").click().run()
    assert not [key for key in draft_of(desk).rows if key[0] == PINS]
    assert "older than its inputs" not in texts(desk)


def test_filters_survive_a_change_of_page(desk: AppTest) -> None:
    desk.text_input(key="roster_find").set_value("nobody of this name").run()
    assert "No seat fits the filters." in texts(desk)
    on(desk, "plan")
    on(desk, "roster")
    assert desk.text_input(key="roster_find").value == "nobody of this name"


def test_two_people_swap_and_one_moves(desk: AppTest) -> None:
    """Each is one edit of the store; the seats hold afterwards whom they should."""
    seat = first_filled(desk)
    before = plan_seats(desk)
    next(g for g in desk.button_group if g.label == "What to do").set_value("swap").run()
    box = next(b for b in desk.selectbox if b.label == "With")
    other = next(one for one in before if f"({one})" in str(box.options[0]))
    desk.button(key="do_edit").click().run()
    assert not desk.exception
    job = desk.query_params["plan"]
    rows = {key[1]: row["person"] for key, row in draft_of(desk).rows.items() if key[0] == f"duties:{job}"}
    assert rows == {seat: before[other], other: before[seat]}

    next(g for g in desk.button_group if g.label == "What to do").set_value("empty").run()
    desk.button(key="do_edit").click().run()
    box = seat_box(desk)
    emptied = next(key[1] for key, row in draft_of(desk).rows.items() if row == {"person": None})
    mover = next(one for one in before if one not in {seat, other} and any(f"({one})" in text for text in box.options))
    box.set_value(mover).run()
    next(g for g in desk.button_group if g.label == "What to do").set_value("move").run()
    to = next(b for b in desk.selectbox if b.label == "To")
    to.set_value(emptied).run()
    desk.button(key="do_edit").click().run()
    assert not desk.exception
    rows = {key[1]: row["person"] for key, row in draft_of(desk).rows.items() if key[0] == f"duties:{job}"}
    assert (rows[mover], rows[emptied]) == (None, before[mover])


def test_a_large_roster_asks_for_a_unit_in_the_grid_and_ranks_at_once(
    desk: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells of everybody are not drawn where there are many; the timeline and the ranked list are there at any size."""
    monkeypatch.setattr(_roster, "FEW_PEOPLE", 0)
    desk.run()
    assert "people fit: choose a unit" not in texts(desk)
    desk.session_state["roster_tabs"] = "Grid"
    desk.run()
    assert "people fit: choose a unit" in texts(desk)
    first_filled(desk)
    assert next(b for b in desk.selectbox if b.label.startswith("Who, the best first")).options


def test_a_drop_is_saved_judged_and_refused_where_the_seats_have_changed(
    desk: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the timeline reports is one edit of the store; what no longer fits is told, and saves nothing."""
    source, job = drafts.find(desk.query_params["scenario"]), jobs.read(desk.query_params["plan"])
    work = handplans.laid_out(source, job)
    hand = _lines.Hand(source, job, work, handplans.as_it_stands(work, source.draft, job))
    kept: dict[str, object] = {}
    told: list[str] = []
    monkeypatch.setattr(_lines.st, "session_state", kept)
    monkeypatch.setattr(_lines.st, "toast", lambda text, **_more: told.append(text))
    first = min(hand.now.seats)
    other = next(seat for seat, who in sorted(hand.now.seats.items()) if who != hand.now.seats[first])
    _lines._drop(hand, {"n": 7, "way": "swap", "seat": first, "other": other})
    rows = draft_of(desk).rows
    assert rows[f"duties:{job.id}", first]["person"] == hand.now.seats[other]
    assert kept[_lines.ANSWERED] == 7
    assert kept["roster_before"] == {source.ref: hand.now.seats}
    n = len(draft_of(desk).rows)
    for way, seat, more in (
        ("", "", {}), ("give", first, {"person": "nobody"}), ("move", first, {"other": other}),
        ("give", "none/1", {"person": hand.now.seats[first]}),
    ):  # fmt: skip
        _lines._drop(hand, {"way": way, "seat": seat, **more})
    assert told == ["The seats have changed meanwhile: nothing was saved."] * 4
    assert len(draft_of(desk).rows) == n
    _lines._step(drafts.find(source.ref), "undo")
    assert not handplans.has_edits(draft_of(desk), job.id)
    _lines._step(drafts.find(source.ref), "redo")
    assert handplans.has_edits(draft_of(desk), job.id)
