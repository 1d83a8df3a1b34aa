"""Differences on the map, by hand: posts that came, went, moved and changed, and rounds that are others."""

from dataclasses import replace

import pytest

from scenarios.mapdiff import (
    difference_map,
    post_differences,
    post_rows,
    round_differences,
    round_rows,
)
from scenarios.publish.webmap import map_data
from scenarios.tongue import speaking
from scenarios.view import PlanView, StandView
from tests.scenarios.publish.webmap_town import town


@pytest.fixture(scope="module")
def view() -> PlanView:
    return town()


def kinds(base: PlanView, other: PlanView) -> dict[str, str]:
    return {one.number: one.kind for one in post_differences(base, other)}


def test_a_plan_against_itself_has_none(view: PlanView) -> None:
    assert set(kinds(view, view).values()) == {"same"}
    assert round_differences(view, view) == ()
    assert post_rows(view, view) == []


def test_each_kind_by_hand(view: PlanView) -> None:
    """The first goes, the second moves and keeps its number, the third is manned otherwise, a new one comes."""
    first, second, third = view.posts[:3]
    moved = replace(second, place="elsewhere", xy=(second.xy[0] + 100, second.xy[1]))
    changed = replace(third, stands=(StandView(0, 3600, "car", 7),))
    new = replace(first, number="P99", place="new")
    other = replace(view, posts=(moved, changed, new, *view.posts[3:]))
    found = kinds(view, other)
    assert (found["P99"], found[first.number]) == ("added", "removed")
    assert (found[second.number], found[third.number]) == ("moved", "changed")
    rows = {row["Post"]: row for row in post_rows(view, other)}
    assert set(rows) == {"P99", first.number, second.number, third.number}
    assert rows[first.number]["After"] == "–"
    assert rows["P99"]["What"] == "+ added"
    assert "7 car" in rows[third.number]["After"]
    with speaking("zh"):
        (told,) = [row["现在"] for row in post_rows(view, other) if row["岗位"] == third.number]
    assert told.endswith("：7 car）")


def test_a_renumbered_post_in_its_place_is_the_same(view: PlanView) -> None:
    """Two plans that number otherwise: the place tells."""
    posts = tuple(replace(post, number=f"Q{k}") for k, post in enumerate(view.posts))
    assert set(kinds(view, replace(view, posts=posts)).values()) == {"same"}


def test_rounds_differ_by_a_single_minute(view: PlanView) -> None:
    tour = view.tours[0]
    late = replace(tour, stops=(replace(tour.stops[0], arrive_s=tour.stops[0].arrive_s + 60), *tour.stops[1:]))
    other = replace(view, tours=(late, *view.tours[1:]))
    (one,) = round_differences(view, other)
    assert (one.kind, one.sign) == ("changed", tour.call_sign)
    gone = replace(view, tours=view.tours[1:])
    assert [d.kind for d in round_differences(view, gone)] == ["removed"]
    assert [d.kind for d in round_differences(gone, view)] == ["added"]
    assert round_rows(view, gone)[0]["After"] == "–"


def test_the_map_draws_both_ways_and_every_post(view: PlanView) -> None:
    """A moved post has where it was; nothing of the plan itself is drawn a second time."""
    post = view.posts[0]
    moved = replace(post, place="elsewhere", xy=(post.xy[0] + 500, post.xy[1]))
    other = replace(view, posts=(moved, *view.posts[1:]), tours=view.tours[1:])
    data = difference_map(map_data(other), view, other, round_differences(view, other))
    marks = {one["id"]: one for one in data["differences"]}
    its = marks[f"moved-{post.number}"]
    assert its["from"] != its["at"]
    assert len([one for one in data["differences"] if "at" in one]) == len(view.posts)
    ways = marks[f"round-{view.tours[0].call_sign}"]
    assert ways["was"]
    assert ways["now"] == []
    assert (data["posts"], data["tours"]) == ([], [])
    assert data["ground"] == map_data(other)["ground"]
    assert data["stamp"] != difference_map(map_data(other), view, other)["stamp"]
