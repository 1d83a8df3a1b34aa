"""What a scenario says of patrols, as the engine gets it: arcs, modes, areas, changes, prizes, pins; by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scenarios import foresight
from scenarios.assemble import patrol_areas
from scenarios.assemble.patrols import PatrolTables, assemble_patrols, change_most
from scenarios.demand import crew_needs
from scenarios.desk import Desk, prepare
from scenarios.foresight import unkept
from scenarios.load import check, load_checked, read_raw
from scenarios.run import open_scenario
from scenarios.whatif import load_whatif
from scheduler.outcome import Limits
from scheduler.patrols.audit import audit
from scheduler.patrols.solve import solve

from .spoil import add, copy_town, edit, read, replace, write

HOUR = 3600
OFFER = 'offers = [{ unit = "police", kind = "car_patrol", number = 1, shifts = ["evening"] }]'
KIND = '[[kinds]]\nid = "{0}"\ntitle = "{0}"\nmode = "{1}"\nseats = [{{ number = 2, categories = ["sworn"] }}]\n\n'
LINE = ("path", "Mill Path", "path", "3", "10", "police", "C01", "", "", "", "", "concert:120", "", "5", "", "no")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return copy_town(tmp_path)


def column(town: Path, name: str, **by_site: str) -> None:
    """Add a column to the sites."""
    rows = read(town / "sites.csv")
    place = rows[0].index("id")
    write(town / "sites.csv", [[*rows[0], name], *([*r, by_site.get(r[place], "")] for r in rows[1:])])


def lay_out(town: Path) -> tuple[Desk, PatrolTables]:
    desk = prepare(load_checked(town))
    return desk, assemble_patrols(desk.scenario, desk.places, desk.ways, desk.budget())


def offered(town: Path, *more: tuple[str, str], settings: str = "") -> None:
    """Offer crews of further kinds (name, mode) as well, and write further settings of patrols."""
    for name, mode in more:
        replace(town, '[[kinds]]\nid = "car_patrol"', KIND.format(name, mode) + '[[kinds]]\nid = "car_patrol"')
    rows = "".join(f', {{ unit = "police", kind = "{n}", number = 1, shifts = ["evening"] }}' for n, _ in more)
    replace(town, OFFER, OFFER[:-1] + rows + "]\n" + settings)


def place(tables: PatrolTables, ident: str) -> Callable[[str], object]:
    """The service of a place by the name of a mode."""
    (found,) = [p for p in tables.problem.places if p.id == ident]
    return lambda mode: found.services[[m.id for m in tables.problem.modes].index(mode)]


# ---------------------------------------------------------------- lines as arcs (Q1, Q6)


def serve(town: Path, how: str) -> None:
    replace(town, "[rail.classes.station_approach]", f'[rail.classes.station_approach]\nserve = "{how}"')


def test_a_section_is_looked_at_from_one_point_or_seen_from_end_to_end(town: Path) -> None:
    """R01-003: 500 m, reached 18 m from its start and 125 m from its end."""
    offered(town, ("foot_patrol", "foot"))
    desk, tables = lay_out(town)
    look = place(tables, "R01-003")("car")
    assert look.a == look.b
    serve(town, "walk")
    desk, tables = lay_out(town)
    (section,) = [s for s in tables.sections if s.id == "R01-003"]
    off = [a.distance_m for at in ("start", "end") for a in section.access if a.profile == "foot" and a.at == at]
    walk = place(tables, "R01-003")("foot")
    assert walk.a != walk.b
    # 3 km/h over the section and from and to the roads: (500 + 18 + 125) m at 0.833 m/s
    assert walk.dwell_s == math.ceil((section.length_m + sum(off)) / (3 / 3.6))
    ends = [tables.xy[spot] for spot in (walk.a, walk.b)]
    assert np.hypot(*(ends[0] - section.xy[0])) == pytest.approx(off[0], abs=0.2)
    assert np.hypot(*(ends[1] - section.xy[-1])) == pytest.approx(off[1], abs=0.2)
    # by car one walks while the other brings the car round, which is quicker here
    assert place(tables, "R01-003")("car").dwell_s == walk.dwell_s
    assert desk.scenario.rail.walk_kmh == 3


def test_a_drive_takes_the_way_along_the_access_roads(town: Path) -> None:
    serve(town, "drive")
    replace(town, "[rail.classes.crossing]", "[rail.classes.crossing]\ndwell_min = 1")
    replace(town, 'serve = "drive"', 'serve = "drive"\ndwell_min = 1')
    _, tables = lay_out(town)
    seconds = tables.problem.modes[0].seconds
    arcs = [s for p in tables.problem.places for s in p.services if s is not None and s.a != s.b]
    assert len(arcs) == 3
    for arc in arcs:
        assert arc.dwell_s == max(60, int(seconds[arc.a, arc.b]), int(seconds[arc.b, arc.a]))


def test_a_section_with_one_way_in_is_walked_out_and_back(town: Path) -> None:
    """R01-004: 428 m, reached 125 m from its start only."""
    serve(town, "walk")
    _, tables = lay_out(town)
    (section,) = [s for s in tables.sections if s.id == "R01-004"]
    (access,) = [a for a in section.access if a.profile == "car"]
    found = place(tables, "R01-004")("car")
    assert found.a == found.b
    assert found.dwell_s == 2 * math.ceil((access.distance_m + section.length_m) / (3 / 3.6))


def test_crews_may_go_along_a_line_in_either_direction(town: Path) -> None:
    """The search turns sections round where that is shorter, and its audit agrees."""
    serve(town, "drive")
    _, tables = lay_out(town)
    found = solve(tables.problem, limits=Limits(work=0.3))
    assert audit(tables.problem, found.plan).ok
    assert found.levels[0].value == found.levels[1].value == 0
    arcs = {p.id for p in tables.problem.places if p.services[0].a != p.services[0].b}
    turned = {s.reverse for t in found.plan.tours for s in t.stops if s.place in arcs}
    assert turned == {True, False}


def test_a_site_may_be_a_line(town: Path) -> None:
    """A path of two pieces: on foot its length at walking pace, by car someone brings the car round."""
    offered(town, ("foot_patrol", "foot"))
    add(town, "sites", *LINE)
    column(town, "line", path="MULTILINESTRING ((10.0052 50.0027, 10.0065 50.0035), (10.0065 50.0035, 10.0087 50.005))")
    desk, tables = lay_out(town)
    walk = place(tables, "path")("foot")
    assert walk.a != walk.b
    ends = tables.xy[[walk.a, walk.b]]
    straight = float(np.hypot(*(ends[1] - ends[0])))
    assert walk.dwell_s >= max(300, straight / 1.2)
    assert desk.places["path"].lonlat[0] == pytest.approx(10.0066, abs=0.001)


# ---------------------------------------------------------------- modes (Q11, Q15)


def test_each_mode_has_its_own_seconds(town: Path) -> None:
    drone, camera = 'mode = "drone", kmh = 36, dwell_pct = 50', 'mode = "camera", switch_s = 15, dwell_pct = 20'
    settings = f"modes = [{{ {drone} }}, {{ {camera} }}]"
    offered(
        town, ("walkers", "foot"), ("riders", "bike"), ("drones", "drone"), ("watch", "camera"), settings=settings
    )
    column(town, "modes", station="car;foot;bike;drone;camera", fuel="car;drone;camera")
    desk, tables = lay_out(town)
    modes = {m.id: m for m in tables.problem.modes}
    assert set(modes) == {"car", "foot", "bike", "drone", "camera"}
    station, fuel = place(tables, "station"), place(tables, "fuel")
    a, b = station("drone").a, fuel("drone").a
    # 10 m/s as the crow flies
    apart = float(np.hypot(*(tables.xy[a] - tables.xy[b])))
    assert modes["drone"].seconds[a, b] == math.ceil(round(apart, 6) / 10)
    assert modes["camera"].seconds[a, b] == 15
    assert modes["foot"].seconds[a, b] > modes["bike"].seconds[a, b] >= modes["car"].seconds[a, b] * 0.9
    dwell = 60 * next(s.dwell_min for s in desk.scenario.sites if s.id == "fuel")
    assert fuel("drone").dwell_s == dwell // 2
    assert fuel("camera").dwell_s == dwell // 5
    assert fuel("foot") is None
    assert fuel("bike") is None


def test_crowds_slow_whole_tours_down(town: Path) -> None:
    """Half the pace while the concert lasts: the one shift touches it, so all of its ways take twice as long."""
    offered(town, ("walkers", "foot"))
    _, free = lay_out(town)
    replace(town, "slack_pct", 'slow = [{ modes = ["foot"], spans = ["concert"], pace_pct = 50 }]\nslack_pct')
    _, slow = lay_out(town)
    assert [m.id for m in slow.problem.modes] == ["car", "foot at 50 % of its pace"]
    assert (slow.problem.modes[1].seconds == 2 * free.problem.modes[1].seconds).all()
    assert (slow.problem.modes[0].seconds == free.problem.modes[0].seconds).all()


# ---------------------------------------------------------------- shifts, depots, areas (Q10, Q12, Q16)


def test_tours_begin_and_end_where_the_offer_says(town: Path) -> None:
    replace(town, 'patrol", number = 1', 'patrol", start_at = "station", end_at = "clinic", number = 1')
    desk, tables = lay_out(town)
    (crew,) = tables.problem.crews
    assert tuple(tables.xy[crew.depart]) == pytest.approx(desk.places["station"].at, abs=0.1)
    assert tuple(tables.xy[crew.arrive]) == pytest.approx(desk.places["clinic"].at, abs=0.1)


def test_shifts_end_apart(town: Path) -> None:
    """Five crews, two at once, twenty minutes apart: ends at 23:00, 23:20 and 23:40."""
    replace(town, 'start = "17:00"\nhours = 7', 'start = "17:00"\nhours = 6')
    replace(town, "number = 1, shifts", "number = 5, shifts")
    replace(town, "slack_pct", "stagger_min = 20\nchange_most = 2\nslack_pct")
    desk, tables = lay_out(town)
    ends = [crew.end_s // 60 for crew in tables.problem.crews]
    assert ends == [360, 360, 380, 380, 400]
    assert [crew.start_s // 60 for crew in tables.problem.crews] == [0, 0, 20, 20, 40]
    assert (tables.problem.changes.apart_s, tables.problem.changes.most) == (1200, 2)
    half = desk.scenario.model_copy(update={"patrols": desk.scenario.patrols.model_copy(update={"change_most": 0})})
    assert change_most(half) == 3


def test_areas_are_contiguous_have_like_work_and_every_one_a_crew(town: Path) -> None:
    replace(town, "number = 1, shifts", "number = 3, shifts")
    replace(town, "slack_pct", 'beats = { number = 2, kinds = ["car_patrol"], free = ["station"] }\nslack_pct')
    _, tables = lay_out(town)
    assert tables.areas is not None
    assert tables.areas.certificate.faults == ()
    names = {p.id: p.beat for p in tables.problem.places}
    assert names["station"] == ""
    assert {beat.name for beat in tables.beats} == set(names.values()) - {""}
    assert sorted(c.beats for c in tables.problem.crews) == [("A1",), ("A1",), ("A2",)]
    found = solve(tables.problem, limits=Limits(work=0.2))
    assert audit(tables.problem, found.plan).ok


def test_areas_too_large_to_drive_through_are_told_with_what_would_do(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One area, its farthest place 79 s from its middle: a minute cannot be kept, two can; 78 s take four areas."""
    monkeypatch.setattr(patrol_areas, "MORE_AREAS", 3)
    monkeypatch.setattr(foresight, "MORE_AREAS", 3)
    replace(town, "slack_pct", 'beats = { number = 1, kinds = ["car_patrol"], reach_min = 1 }\nslack_pct')
    desk, tables = lay_out(town)
    assert [beat.worst_s for beat in tables.beats] == [79]
    (told,) = [text for text in unkept(desk, tables) if "patrol areas" in text]
    assert "1 of 1 patrol areas (A1) have a place more than 1 min by car from their middle, the farthest 2 min" in told
    assert "reach_min = 2 can be kept" in told
    assert "even 4 areas would not do" in told
    assert patrol_areas.areas_that_would_do(desk.ways, tables.problem, tables.xy, 1, 78) == 4
    replace(town, "reach_min = 1", "reach_min = 2")
    assert [text for text in unkept(*lay_out(town)) if "patrol areas" in text] == []


# ---------------------------------------------------------------- what sites ask (Q2, Q7, Q8, Q14) and pins


def test_prizes_joint_visits_and_stays_by_the_hour(town: Path) -> None:
    replace(town, "number = 1, shifts", "number = 2, shifts")
    column(town, "prize", square="7")
    column(town, "prize_min", square="30")
    column(town, "prize_hours", square="concert")
    edit(town, "sites", 4, "visits", "concert:2:15")
    edit(town, "sites", 3, "gaps", "concert:120:20;evening:240")
    pin = 'pins = [{ site = "hall", start = "2026-06-12 20:00", end = "2026-06-12 20:10" }]'
    replace(town, "slack_pct", f"{pin}\nslack_pct")
    _, tables = lay_out(town)
    by = {p.id: p for p in tables.problem.places}
    assert (by["square"].prize, by["square"].prize_every_s, by["square"].hours) == (7, 1800, ((HOUR, 6 * HOUR),))
    assert [(w.start_s, w.end_s, w.crews, w.dwell_s) for w in by["school"].windows] == [(HOUR, 6 * HOUR, 2, 900)]
    assert [(p.gap_s, p.dwell_s) for p in by["station"].promises] == [(240 * 60, 0), (120 * 60, 1200)]
    assert [(w.start_s, w.end_s) for w in by["hall"].windows] == [(3 * HOUR, 3 * HOUR + 600)]
    found = solve(tables.problem, limits=Limits(work=0.5))
    seen = audit(tables.problem, found.plan)
    assert seen.ok
    assert seen.value("missed") == seen.value("gap_excess") == 0
    assert seen.value("presence") < 7 * 10


def test_a_what_if_changes_all_of_it(town: Path) -> None:
    patch = town / "more.toml"
    patch.write_text(
        'schema = 1\nbase = "crossroads"\n[[sites]]\nid = "fuel"\nprize = 3\nvisits = "evening:1:10"\n'
        '[patrols]\nvariants = 4\nstagger_min = 15\n[patrols.beats]\nnumber = 2\nkinds = ["car_patrol"]\n'
        '[rail.classes.station_approach]\nserve = "walk"\n',
        encoding="utf-8",
    )
    raw, _ = load_whatif(patch, read_raw(town))
    scenario = check(raw).scenario
    assert (scenario.patrols.variants, scenario.patrols.stagger_min, scenario.patrols.beats.number) == (4, 15, 2)
    assert scenario.rail.classes["station_approach"].serve == "walk"
    assert scenario.rail.classes["station_approach"].gaps == ("concert:150",)
    (fuel,) = [s for s in scenario.sites if s.id == "fuel"]
    assert (fuel.prize, fuel.visits) == (3, ("evening:1:10",))
    assert open_scenario(town, patch).scenario == scenario


def test_gates_that_touch_are_two_visits(town: Path) -> None:
    """The hour before school and the hour after begin where the other ends: one call in each."""
    gate = '{{ start = "2026-06-12 {}:00", end = "2026-06-12 {}:00" }}'
    times = ", ".join(gate.format(a, b) for a, b in ((18, 19), (19, 20)))
    replace(town, "[[shifts]]", f'[[spans]]\nid = "gates"\ntimes = [{times}]\n\n[[shifts]]')
    edit(town, "sites", 4, "visits", "gates")
    _, tables = lay_out(town)
    (school,) = [p for p in tables.problem.places if p.id == "school"]
    assert [(w.start_s, w.end_s) for w in school.windows] == [(HOUR, 2 * HOUR), (2 * HOUR, 3 * HOUR)]


# ---------------------------------------------------------------- crews of mixed make-up as seats (Q5)


def test_a_crew_asks_for_every_line_of_its_make_up_where_its_tour_begins_and_ends(town: Path) -> None:
    """Two sworn officers, one of them driving, and one auxiliary: three lines, from the station to the clinic."""
    line = '{ number = 2, categories = ["sworn"], qualifications = ["driving"], uses = { car = 1, radio = 1 } }'
    text = (town / "scenario.toml").read_text(encoding="utf-8")
    at = text.index('id = "car_patrol"')
    old = text.index("seats = [", at)
    end = text.index("\n]", old) + 2
    seats = f'seats = [\n  {line},\n  {{ categories = ["auxiliary"], rank_min = "officer" }},\n]'
    (town / "scenario.toml").write_text(text[:old] + seats + text[end:], encoding="utf-8")
    scenario = load_checked(town).scenario
    tour = ("K01", "police.car_patrol.1@d0.evening", "police", "car_patrol", 0, 7 * HOUR, "station", "C01", "clinic")
    first, second = crew_needs(scenario, [tour])
    assert (first.number, first.categories, first.qualifications) == (2, ("sworn",), ("driving",))
    assert (second.number, second.categories, second.rank_min) == (1, ("auxiliary",), "officer")
    assert {(n.place, n.release_place, n.party) for n in (first, second)} == {("station", "clinic", first.party)}
