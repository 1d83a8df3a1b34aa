"""The trade-off curve of a shipped scenario, and what the paper and the page say about it."""

import io
from dataclasses import replace

import pypdf
import pytest

from scenarios.assemble.siting import assemble_siting
from scenarios.desk import prepare
from scenarios.load import load_checked
from scenarios.publish.sheet import Press
from scenarios.publish.tradeoff import sentence, trade_off
from scenarios.tradeoff import at_once
from scenarios.tradeoff import trade_off as curve_of
from scenarios.view import TradeOff
from scenarios.viewfile import read_view, write_view
from scheduler.outcome import Limits
from scheduler.siting.audit import audit
from scheduler.siting.plan import SitingPlan
from scheduler.siting.solve import solve
from tests.scenarios.publish.webmap_town import town

POINTS = (
    TradeOff(1, None, None, None, None, proven=True),
    TradeOff(2, 60.0, 0.0, 200.5, 4, proven=True),
    TradeOff(3, 100.0, 50.0, 90.0, 0, proven=True, here=True),
    TradeOff(4, 100.0, 100.0, 60.0, 0, proven=False),
)


@pytest.fixture(scope="module")
def desk():
    return prepare(load_checked("crossroads"))


def test_the_curve_of_a_scenario(desk):
    problem = assemble_siting(desk.scenario, desk.places, desk.ways, desk.budget()).problem
    plan = solve(problem, limits=Limits(work=10)).plan
    points = curve_of(desk, plan)
    assert [p.n_posts for p in points] == list(range(1, len(points) + 1))
    assert all(p.proven for p in points)
    assert [p.n_posts for p in points if p.here] == [at_once(plan)]
    in_time = [p.in_time_pct for p in points if p.in_time_pct is not None]
    assert in_time == sorted(in_time)
    # the plan keeps the curve's promise: it reaches what the best of its size does
    weight = sum(int(problem.weights(p).sum()) for p in range(len(problem.periods)))
    (mine,) = [p for p in points if p.here]
    assert mine.in_time_pct == round(100 * (1 - audit(problem, plan).value("bare") / weight), 1)


def test_no_time_gives_no_point_and_stop_ends_it(desk):
    assert curve_of(desk, seconds=0.0) == ()
    assert curve_of(desk, stop=lambda: True) == ()


def test_what_the_curve_says():
    assert sentence(POINTS) == (
        "3 posts reach every site in time. With 4 every site that wants one has a second unit in time. "
        "This plan has at most 3 at once."
    )
    assert sentence(POINTS[:2]) == "2 posts reach 60 % of the weight in time."
    assert sentence(()) == ""
    cut = (POINTS[0], POINTS[2])
    assert sentence(cut).endswith("This plan has at most 3 at once. The time was up before 2 could be asked.")


def test_a_curve_cut_short_holds_the_number_of_the_plan(desk, monkeypatch):
    siting = desk.scenario.siting.model_copy(update={"most_units": 2})
    more = prepare(replace(desk.loaded, scenario=desk.scenario.model_copy(update={"siting": siting})))
    numbers = [p.n_posts for p in curve_of(more)]
    assert numbers == [1, 2]
    monkeypatch.setattr("scenarios.tradeoff.at_once", lambda _: 2)
    asked = iter([False])
    (point,) = curve_of(more, SitingPlan(()), stop=lambda: next(asked, True))
    assert (point.n_posts, point.here) == (2, True)


def test_the_page_of_the_report_and_the_kept_view(tmp_path):
    view = replace(town(), tradeoff=POINTS)
    pages = pypdf.PdfReader(io.BytesIO(trade_off(Press(view)))).pages
    assert len(pages) == 1
    text = pages[0].extract_text()
    for word in ("3 posts reach every site in time", "rules cannot be kept", "60.0 %", "200.5 s", "this plan"):
        assert word in text, word
    write_view(view, tmp_path / "view.json.gz")
    assert read_view(tmp_path / "view.json.gz").tradeoff == POINTS
