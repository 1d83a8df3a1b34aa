"""What arithmetic proves before any search."""

from __future__ import annotations

from scenarios.assemble.patrols import assemble_patrols
from scenarios.assemble.siting import assemble_siting
from scenarios.demand import demand_needs
from scenarios.desk import Desk, prepare
from scenarios.foresight import foreseen
from scenarios.load import load_checked
from scenarios.schema import ResponseSettings
from scenarios.tongue import speaking
from tests.scenarios.tongue.plain import english_in


def _foreseen(desk: Desk) -> str:
    scenario = desk.scenario
    siting = assemble_siting(scenario, desk.places, desk.ways, desk.budget())
    patrols = assemble_patrols(scenario, desk.places, desk.ways, desk.budget())
    said = foreseen(desk, siting, patrols, demand_needs(scenario))
    with speaking("zh"):
        chinese = foreseen(desk, siting, patrols, demand_needs(scenario))
    assert len(chinese) == len(said)
    assert [text for text in chinese if english_in(text, desk.loaded.raw)] == []
    return "\n".join(said)


def _desk(**changes: object) -> Desk:
    desk = prepare(load_checked("crossroads"))
    scenario = desk.scenario.model_copy(update=changes)
    desk.loaded = type(desk.loaded)(**{**vars(desk.loaded), "scenario": scenario})
    return desk


def test_the_shipped_scenario_has_nothing_out_of_reach() -> None:
    assert _foreseen(prepare(load_checked("crossroads"))) == ""


def test_a_standard_nobody_can_keep_is_named_by_site_and_clock() -> None:
    """With twenty seconds for each tier no post is near enough to some."""
    text = _foreseen(_desk(response=ResponseSettings(class_1_s=20, class_2_s=20, class_3_s=20)))
    assert "the standard is 20 s" in text
    assert "Fri 18:00-Fri 23:00" in text


def test_a_gap_shorter_than_the_way_is_named() -> None:
    """Two minutes between visits to a station nobody stays at."""
    desk = prepare(load_checked("crossroads"))
    sites = tuple(
        s.model_copy(update={"gaps": ("concert:2",)}) if s.id in ("station", "fuel") else s
        for s in desk.scenario.sites
    )
    text = _foreseen(_desk(sites=sites))
    assert "Crossroads Station (station) wants a visit every 2 min" in text
    assert "The smallest gap for a passing crew is 3 min." in text


def test_more_hours_than_people_have_are_counted() -> None:
    """Without stewards their hours are short from the start."""
    desk = prepare(load_checked("crossroads"))
    people = tuple(p for p in desk.scenario.people if p.category != "steward")
    short = _desk(people=people)
    short.staff = type(short.staff)(short.scenario, people, frozenset())
    text = _foreseen(short)
    assert "hours of steward; all of them together can give 0." in text
    with speaking("zh"):
        siting = assemble_siting(short.scenario, short.places, short.ways, short.budget())
        patrols = assemble_patrols(short.scenario, short.places, short.ways, short.budget())
        (chinese,) = foreseen(short, siting, patrols, demand_needs(short.scenario))
    assert "保安" in chinese
    assert "steward" not in chinese
