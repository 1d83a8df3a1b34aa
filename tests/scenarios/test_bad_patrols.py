"""What no patrol can keep, written into scenario files: named before solving, with the nearest value that would do."""

from __future__ import annotations

from pathlib import Path

import pytest

from scenarios.desk import prepare
from scenarios.foresight import patrols_foreseen
from scenarios.load import load_checked

from .spoil import add, copy_town, edit, faults, read, replace, write

SITE = (
    "line1",
    "Mill Path",
    "line",
    "3",
    "10",
    "police",
    "C01",
    "",
    "",
    "",
    "",
    "concert:120",
    "",
    "5",
    "",
    "no",
)


def _told(folder: Path) -> str:
    return "\n".join(patrols_foreseen(prepare(load_checked(folder))))


def _column(folder: Path, name: str, site: str, value: str) -> None:
    """Add a column to the sites, filled for one of them."""
    rows = read(folder / "sites.csv")
    place = rows[0].index("id")
    write(
        folder / "sites.csv",
        [[*rows[0], name], *([*r, value if r[place] == site else ""] for r in rows[1:])],
    )


def test_a_window_that_no_crew_reaches_names_when_they_could(tmp_path: Path) -> None:
    """The crew's tour begins at 17:00 with the horizon; the school is a drive away."""
    town = copy_town(tmp_path)
    replace(
        town,
        '[[shifts]]\nid = "evening"\nstart = "17:00"\nhours = 7',
        '[[shifts]]\nid = "evening"\nstart = "19:00"\nhours = 5',
    )
    replace(
        town, "[[shifts]]",
        '[[spans]]\nid = "gate"\ntimes = [{ start = "2026-06-12 18:00", end = "2026-06-12 18:30" }]\n\n[[shifts]]',
    )  # fmt: skip
    edit(town, "sites", 4, "visits", "gate")
    told = _told(town)
    assert (
        "No crew can begin a visit at Hill School (school) between Fri 18:00 and Fri 18:30" in told
    )
    assert "crews can be there Fri 19:0" in told


def test_a_gap_shorter_than_the_shortest_round_names_the_shortest(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    edit(town, "sites", 3, "gaps", "concert:2")
    told = _told(town)
    assert "Crossroads Station (station) wants a visit every 2 min" in told
    assert "The smallest gap for a passing crew is 3 min." in told


def test_a_gap_before_the_first_crew_names_the_smallest_that_holds(tmp_path: Path) -> None:
    """Crews from 21:00, the promise from 18:00: three hours and the way there are unseen whatever the plan."""
    town = copy_town(tmp_path)
    replace(
        town,
        '[[shifts]]\nid = "evening"\nstart = "17:00"\nhours = 7',
        '[[shifts]]\nid = "evening"\nstart = "21:00"\nhours = 3',
    )
    assert "The smallest gap that is feasible is 18" in _told(town)


PIECES = {
    "apart": (
        "MULTILINESTRING ((10.000 50.000, 10.001 50.000), (10.003 50.000, 10.004 50.000))",
        "piece 1 ends 143 m from where piece 2 begins",
    ),
    "wrong order": (
        "MULTILINESTRING ((10.000 50, 10.001 50), (10.002 50, 10.003 50), (10.001 50, 10.002 50))",
        "list the pieces as 1, 3, 2",
    ),
    "turned": (
        "MULTILINESTRING ((10.000 50.000, 10.001 50.000), (10.002 50.000, 10.001 50.000))",
        "list the pieces as 1, 2 turned round",
    ),
    "points in disorder": (
        "LINESTRING (10.000 50.000, 10.002 50.001, 10.002 50.000, 10.000 50.001)",
        "its points stand in the wrong order",
    ),
    "no line": ("POINT (10.0 50.0)", "a line as WKT, longitude first"),
    "not to be read": ("LINE 10 50", "a line as WKT, longitude first"),
}


@pytest.mark.parametrize("case", PIECES)
def test_a_line_in_pieces_or_disorder(tmp_path: Path, case: str) -> None:
    town = copy_town(tmp_path)
    row = add(town, "sites", *SITE)
    text, words = PIECES[case]
    _column(town, "line", "line1", text)
    (found,) = faults(town)
    assert f"sites.csv row {row}" in found
    assert words in found.lower() or words in found


def test_a_crew_without_a_mode(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    replace(town, 'title = "car patrol"\nmode = "car"\n', 'title = "car patrol"\n')
    (found,) = faults(town)
    assert "kinds[2].mode" in found


def test_a_mode_nobody_knows(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    replace(town, 'title = "car patrol"\nmode = "car"\n', 'title = "car patrol"\nmode = "horse"\n')
    (found,) = faults(town)
    assert "horse" in found
    assert "drone" in found


@pytest.mark.parametrize(("minutes", "sound"), [(180, True), (181, False), (500, False)])
def test_a_break_longer_than_the_tour_has_room_for(
    tmp_path: Path, minutes: int, sound: bool
) -> None:
    """Seven hours less two at either end leave 180 minutes."""
    town = copy_town(tmp_path)
    replace(town, "break_min = 20", f"break_min = {minutes}")
    if sound:
        load_checked(town)
    else:
        (found,) = faults(town)
        assert f'patrols.break_min "{minutes}"' in found
        assert "at most 180 min" in found


def test_sites_that_no_mode_on_offer_reaches(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    _column(town, "modes", "station", "drone;camera")
    (found,) = faults(town)
    assert "sites.csv row 3" in found
    assert "a mode that some crew on offer has: car" in found


def test_unknown_modes_spans_and_places_are_all_told_at_once(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    _column(town, "modes", "station", "cra")
    edit(town, "sites", 6, "gaps", "konzert:120:5")
    edit(town, "sites", 7, "visits", "evening:0")
    replace(
        town, "break_min = 20",
        'break_min = 20\nslow = [{ modes = ["foot"], spans = ["rush"], pace_pct = 50 }]\n'
        'beats = { number = 2, kinds = ["foot_patrol"], free = ["sqare"] }\n'
        'pins = [{ site = "stattion", start = "2026-06-12 19:00", end = "2026-06-12 18:00" }]',
    )  # fmt: skip
    found = "\n".join(faults(town))
    for words in (
        'Did you mean "car"?', '"konzert:120:5": expected a span that exists', '"evening:0": expected span, span:crews',
        "patrols.slow[1].spans", "patrols.beats.kinds", 'Did you mean "square"?', 'Did you mean "station"?',
        "patrols.pins[1].end",
    ):  # fmt: skip
        assert words in found, words


def test_a_joint_visit_of_more_crews_than_a_shift_has(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    edit(town, "sites", 4, "visits", "evening:2")
    (found,) = faults(town)
    assert "at most 1 crew together" in found
    assert "Offer 1 more, or write evening:1" in found


def test_prizes_are_not_for_cameras_and_posts_not_for_drones(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    _column(town, "modes", "station", "car;camera")
    _column(town, "prize", "station", "5")
    replace(
        town, 'title = "car on standby"\nmode = "car"', 'title = "car on standby"\nmode = "drone"'
    )
    found = "\n".join(faults(town))
    assert "no prize where cameras may serve" in found
    assert "car, bike or foot for the kind that stands at posts" in found


def test_a_core_to_be_held_without_a_core(tmp_path: Path) -> None:
    town = copy_town(tmp_path)
    edit(town, "sites", 2, "core", "no")
    replace(town, "break_min = 20", 'break_min = 20\ncore_crews = 1\ncore_spans = ["concert"]')
    (found,) = faults(town)
    assert "a site inside the core to be at" in found
