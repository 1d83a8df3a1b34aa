"""Hand-over, meals and pauses by timetable, and the check that finds what a cutting leaves empty."""

import csv
import io
import itertools
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.assemble.cutting import check_breaks, check_cutting
from scenarios.breaktable import write_breaks
from scenarios.demand import Need, cut, demand_needs, timetable
from scenarios.demand.breaks import Break
from scenarios.load import library, load_scenario
from scenarios.run import Planned, open_scenario, plan_scenario
from scenarios.schema import Scenario

H = 3600
BASE = load_scenario("crossroads")
START = datetime(2026, 8, 28, 4, tzinfo=UTC)


def scene(hours: float = 24, **demand: object) -> Scenario:
    """Crossroads without sessions, with breaks by timetable."""
    rules = {"breaks": "timed", "meal_relief": True, "tour_h": 8.0, "report_min": 15, "release_min": 15, **demand}
    return BASE.model_copy(
        update={
            "start": START, "end": START + timedelta(hours=hours), "sessions": (), "sites": (), "seats": (),
            "demand": BASE.demand.model_copy(update=rules),
        }
    )  # fmt: skip


def need(start_h: float, end_h: float, number: int = 1, **more: object) -> Need:
    fields: dict[str, object] = {
        "id": "gate", "party": "gate", "place": "square", "kind": "gate", "formula": "f", "inputs": {}, "source": "s",
        "owner": "police", "lead": "C01", "sector": "C01", "categories": ("steward",), "tags": ("standing",), **more,
    }  # fmt: skip
    return Need(start_s=round(start_h * H), end_s=round(end_h * H), number=number, **fields)


def proven(scenario: Scenario, needs: list[Need]) -> tuple[tuple[Need, ...], tuple[Break, ...]]:
    """The timetable of some needs, once both checks are silent about it."""
    table = timetable(scenario, needs)
    every = [*needs, *table.needs]
    seats = cut(every, scenario)
    assert check_cutting(scenario, every, seats) == []
    assert check_breaks(scenario, seats, table.breaks) == []
    return table.needs, table.breaks


def test_nothing_is_timed_unless_asked_for() -> None:
    plain = scene(breaks="pooled")
    assert timetable(plain, [need(0, 8)]).breaks == ()
    for name in ("crossroads", "neubrandenburg"):
        scenario = load_scenario(name)
        assert scenario.demand.breaks == "pooled"
        assert all(n.kind != "relief" or n.source.startswith("R11 meal") for n in demand_needs(scenario))


def test_one_seat_of_eight_hours_by_hand() -> None:
    """8 h: 45 min off, not in the first or last 90 min; one relief officer, there from 1:30 on, who eats too."""
    (relief,), breaks = proven(scene(), [need(0, 8)])
    assert (relief.number, relief.start_s, relief.end_s, relief.kind) == (1, 5400, 8 * H, "relief")
    (meal,) = [b for b in breaks if b.seats == "gate#1"]
    assert (meal.kind, meal.end_s - meal.start_s, meal.relief) == ("meal", 45 * 60, f"{relief.id}#1")
    assert meal.start_s >= 5400
    assert meal.end_s <= 8 * H - 5400
    (own,) = [b for b in breaks if b.relief == ""]
    assert own.end_s - own.start_s == 35 * 60  # a tour of six and a half hours
    assert own.end_s <= meal.start_s or meal.end_s <= own.start_s


def test_seven_seats_take_one_relief_officer_and_eight_take_two() -> None:
    """Of 6.5 h with a meal of 35 min in the middle: 45 min each until the last meal may begin, 5 h after the first."""
    one, _ = proven(scene(), [need(0, 8, 5)])
    two, _ = proven(scene(), [need(0, 8, 8)])
    assert (one[0].number, two[0].number) == (1, 2)


def test_short_tours_take_no_meal() -> None:
    assert timetable(scene(), [need(0, 3.9)]).needs == ()
    assert timetable(scene(), [need(0, 4)]).needs != ()


def test_nobody_stands_longer_than_two_hours() -> None:
    """R36: pauses of 15 min before two hours are stood; the meal is one of them."""
    scenario = scene(standing_h=2.0)
    _, breaks = proven(scenario, [need(0, 8, 4)])
    for k in range(1, 5):
        mine = sorted((b.start_s, b.end_s) for b in breaks if (b.seats, b.seat) == ("gate#1", k))
        edges = [0, *itertools.chain(*mine), 8 * H]
        assert max(b - a for a, b in zip(edges[::2], edges[1::2], strict=True)) <= 2 * H
        assert sum(b.kind == "meal" for b in breaks if (b.seats, b.seat) == ("gate#1", k)) == 1


def test_a_relief_officer_has_what_the_seat_asks() -> None:
    plain, searching = need(0, 8, id="gate"), need(0, 8, id="lane", kind="search", qualifications=("first_aid",))
    reliefs, breaks = proven(scene(), [plain, searching])
    asked = {r.id: r.qualifications for r in reliefs}
    assert sorted(asked.values()) == [(), ("first_aid",)]
    assert all(asked[b.relief.rsplit("#", 1)[0]] == ("first_aid",) for b in breaks if b.seats == "lane#1")


def test_hand_over_overlaps() -> None:
    """R33: with 30 min asked and 15 min of release, the relief reports 15 min before; with 0 and 0 it reports 30."""
    for report, release, before in ((0, 15, 15), (0, 0, 30), (20, 15, 20), (60, 0, 60)):
        scenario = scene(handover_min=30, report_min=report, release_min=release)
        first, second = cut([need(0, 16)], scenario)
        assert second.start_s - second.report_s == before * 60
        assert first.release_s - second.report_s >= 30 * 60
        assert first.report_s == -report * 60
        assert check_cutting(scenario, [need(0, 16)], (first, second)) == []
    loose = scene(handover_min=30, report_min=0, release_min=15)
    early = replace(second, report_s=second.start_s)
    assert any("takes over in less than 30 min" in w for w in check_cutting(loose, [need(0, 16)], (first, early)))


def test_a_long_need_is_held_through_every_change() -> None:
    _, breaks = proven(scene(hours=48, standing_h=2.0, handover_min=15), [need(0, 48, 3)])
    assert len({b.seats for b in breaks if b.seats.startswith("gate")}) == 6


@pytest.mark.parametrize("fault", ["gap", "twice", "fewer", "long", "lost"])
def test_the_check_of_the_cutting_finds_what_is_planted(fault: str) -> None:
    scenario = scene()
    gate = need(0, 16)
    first, second = cut([gate], scenario)
    pieces = {
        "gap": [first, replace(second, start_s=second.start_s + 1)],
        "twice": [first, replace(second, start_s=second.start_s - 1, report_s=second.report_s - 1)],
        "fewer": [first, replace(second, need=replace(gate, number=2))],
        "long": [replace(first, end_s=16 * H, release_s=17 * H)],
        "lost": [first],
    }[fault]
    words = {"gap": "no piece", "twice": "two", "fewer": "2 seats", "long": "longer than a tour", "lost": "no piece"}
    assert words[fault] in " ".join(check_cutting(scenario, [gate], pieces))


@pytest.mark.parametrize("fault", ["alone", "both", "none", "short", "stood", "outside", "unfit"])
def test_the_check_of_the_timetable_finds_what_is_planted(fault: str) -> None:
    scenario = scene(standing_h=2.0)
    needs = [need(0, 8, 3, qualifications=("first_aid",))]
    table = timetable(scenario, needs)
    seats = cut([*needs, *table.needs], scenario)
    breaks = list(table.breaks)
    k = next(k for k, b in enumerate(breaks) if b.seats == "gate#1" and b.kind == "meal")
    meal = breaks[k]
    other = next(b for b in breaks if b.seats == "gate#1" and b.seat != meal.seat and b.relief == meal.relief)
    if fault == "alone":
        breaks[k] = replace(meal, relief="", relief_seat=0)
    elif fault == "both":
        breaks[k] = replace(meal, start_s=other.start_s, end_s=other.start_s + meal.end_s - meal.start_s)
    elif fault == "none":
        del breaks[k]
    elif fault == "short":
        breaks[k] = replace(meal, end_s=meal.end_s - 300)
    elif fault == "stood":
        breaks = [b for b in breaks if b.kind == "meal"]
    elif fault == "outside":
        breaks[k] = replace(meal, start_s=8 * H, end_s=8 * H + 45 * 60)
    else:
        plain = {s.id: replace(s, need=replace(s.need, qualifications=())) for s in seats if s.need.kind == "relief"}
        seats = tuple(plain.get(s.id, s) for s in seats)
    words = {
        "alone": "left alone", "both": "at once", "none": "no meal", "short": "no meal", "stood": "is stood for",
        "outside": "outside its tour", "unfit": "without what it asks",
    }  # fmt: skip
    assert words[fault] in " ".join(check_breaks(scenario, seats, breaks))


SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(2, 48), st.integers(1, 6), st.sampled_from(["square", "station"])),
    min_size=1, max_size=4,
)  # fmt: skip


@given(SPANS, st.sampled_from([0.0, 1.5, 2.0]), st.sampled_from([0, 30, 90]), st.sampled_from([6.0, 8.0, 10.0]))
@settings(max_examples=60, deadline=None)
def test_any_programme_is_kept(
    spans: list[tuple[int, int, int, str]], standing_h: float, edge: int, tour_h: float
) -> None:
    """Quarter hours, up to four needs in a sector at two places: the checks find nothing in what we hand out."""
    scenario = scene(hours=48, standing_h=standing_h, meal_edge_min=edge, tour_h=tour_h)
    needs = [
        need(a / 4, (a + n) / 4, number, id=f"n{k}", party=f"n{k}", place=place)
        for k, (a, n, number, place) in enumerate(spans)
    ]
    proven(scenario, needs)


def test_the_timetable_goes_out_with_names(tmp_path: Path) -> None:
    """Crossroads with timed breaks, planned for real: every break names who is off and who stands in."""
    folder = tmp_path / "town"
    shutil.copytree(library()["crossroads"], folder)
    text = (folder / "scenario.toml").read_text(encoding="utf-8")
    asked = 'breaks = "timed"\nstanding_h = 2\nhandover_min = 15\nmeal_relief = true'
    (folder / "scenario.toml").write_text(text.replace("meal_relief = false", asked), encoding="utf-8")
    planned = plan_scenario(open_scenario(folder), seconds=4, seed=0, repeatable=True)
    assert planned.audit.agrees
    (path,) = write_breaks(planned.desk, planned.plan, tmp_path)
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    short = dict(planned.audit.short)
    for row in rows:
        groups = [seat.rpartition("/")[0] for seat in (row["seat"], row["relief_seat"]) if seat]
        if not any(group in short for group in groups):
            assert row["person"]
            assert bool(row["relief_person"]) == bool(row["relief_seat"])
            assert row["person"] != row["relief_person"]
    assert {row["kind"] for row in rows} == {"meal", "pause"}


def test_no_timetable_no_table(crossroads: Planned, tmp_path: Path) -> None:
    assert write_breaks(crossroads.desk, crossroads.plan, tmp_path) == ()
