"""The timeline's data, by hand and against random edits; its script's words, size and good manners; its colours."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.publish.webroster import (
    KINDS,
    changed_rows,
    component_source,
    empty_seats,
    engine_source,
    roster_data,
    words,
)
from scenarios.publish.webroster.page import _text
from scenarios.tongue import speaking
from scenarios.view import PlanView
from tests.app_pages.test_contrast import SIGNS, WORDS, contrast, theme
from tests.scenarios.publish.webmap_town import HOUR, town


def seats(data: dict, changed: dict | None = None) -> dict[str, dict[str, str]]:
    """Person -> seat -> task, as the script reads it."""
    found = {}
    for i, (person, *_more) in enumerate(data["people"]):
        flat = data["duties"][i]
        rows = [(flat[k], flat[k + 1], data["texts"][flat[k + 2]]) for k in range(0, len(flat), 3)]
        rows = (changed or {}).get(i, rows)
        found[person] = {f"{data['groups'][g][0]}/{n}": what for g, n, what in rows}
    return found


def told(view: PlanView) -> dict[str, set[str]]:
    """The same from the view itself."""
    return {p.id: {f"{d.group}/{d.seat}" for d in view.duties if d.person == p.id} for p in view.people}


def test_the_town_by_hand() -> None:
    """Who holds what, each unit and kind by its name; P02 is manned from 04:00 to 10:00."""
    view = town()
    data = json.loads(json.dumps(roster_data(view)))
    assert {who: set(its) for who, its in seats(data).items()} == told(view)
    for coded, person in zip(data["people"], view.people, strict=True):
        assert coded[:2] == [person.id, person.name]
        assert data["units"][coded[2]] == [person.unit, view.units[person.unit]]
    for group, its in zip(data["groups"], view.seats, strict=True):
        assert group[:3] == [its.id, its.start_s, its.end_s]
        assert data["kinds"][group[3]][0] == its.kind
        assert data["texts"][group[4]]
    post = next(g for g, its in zip(data["groups"], view.seats, strict=True) if its.party == "P02")
    assert post[1:3] == [4 * HOUR, 10 * HOUR]
    assert data["texts"][post[5]] == "P02"
    assert data["offsets"][0][0] == 0


def test_people_of_one_name_keep_lines_of_their_own() -> None:
    """Two officers called alike are told apart by their ids."""
    view = town()
    twin = replace(view.people[1], name=view.people[0].name)
    names = [p[1] for p in roster_data(replace(view, people=(view.people[0], twin, *view.people[2:])))["people"]]
    assert names[:2] == [f"{twin.name} ({view.people[0].id})", f"{twin.name} ({twin.id})"]
    assert len(set(names)) == len(names)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_sent_after_edits_makes_the_plan_as_it_stands(data: st.DataObject) -> None:
    """Whatever duties change hands or go: the plan as made and the rows that differ are the plan as it stands."""
    base = town()
    people = [p.id for p in base.people]
    duties = []
    for duty in base.duties:
        to = data.draw(st.sampled_from([*people, None, duty.person, duty.person]))
        if to is not None:
            duties.append(duty if to == duty.person else replace(duty, person=to))
    now = replace(base, duties=tuple(duties))
    changed = changed_rows(base, now)
    assert {who: set(its) for who, its in seats(roster_data(base), changed).items()} == told(now)
    assert set(changed) == {i for i, p in enumerate(people) if told(now)[p] != told(base)[p]}
    assert changed_rows(base, base) == {}


def test_empty_seats_by_hand() -> None:
    """Three must be there and five would be good; seat 2 is held: 1 and 3 must be filled, 4 and 5 may be."""
    view = town()
    its = next(s for s in view.seats if any(d.group == s.id for d in view.duties))
    duty = replace(next(d for d in view.duties if d.group == its.id), seat=2)
    view = replace(view, seats=(replace(its, need=3, want=5, people=(duty.person,)),), duties=(duty,))
    assert empty_seats(view) == [[0, 1, 1], [0, 3, 1], [0, 4, 0], [0, 5, 0]]
    full = replace(view, seats=(replace(view.seats[0], need=1, want=1),))
    assert empty_seats(full) == []


def test_the_script_has_its_words_and_holds_none() -> None:
    """Every word it asks for is there in both languages, and none is there in vain."""
    scripts = [_text(name) for name in ("model.js", "timeline.js", "hands.js", "keys.js", "component.js")]
    asked = set(re.findall(r"words\.(\w+)", "\n".join(scripts)))
    asked |= {"must", "wish"}  # by the state of a seat
    tongues = {}
    for code in ("en", "zh"):
        with speaking(code):
            tongues[code] = words()
        assert asked == set(tongues[code])
    assert all(tongues["en"][name] != tongues["zh"][name] for name in asked)
    for name in asked:
        assert set(re.findall(r"\{\w+\}", tongues["en"][name])) == set(re.findall(r"\{\w+\}", tongues["zh"][name]))


def test_the_script_fetches_and_evaluates_nothing() -> None:
    """Our own script alone: nothing from elsewhere, no text as markup or as code; what travels often is small."""
    markup = ("innerHTML", "outerHTML", "insertAdjacentHTML")
    for source in (engine_source(), component_source()):
        for bad in ("eval(", "new Function", "fetch(", "import(", "@import", "url(", *markup):
            assert bad not in source, bad
        assert not [a for a in re.findall(r"https?://[^\s'\"`)]+", source) if not a.startswith("http://www.w3.org/")]
    assert len(component_source()) < 5_000


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_bars_are_seen_and_their_words_read(kind: str) -> None:
    """White on the light theme's bars, ink on the dark one's; and each bar on its ground."""
    light, dark, _striped = KINDS[kind]
    assert contrast("#ffffff", light) >= WORDS
    assert contrast("#0b1016", dark) >= WORDS
    assert contrast(light, theme("light")["backgroundColor"]) >= SIGNS
    assert contrast(dark, theme("dark")["backgroundColor"]) >= SIGNS


def test_kinds_are_told_apart_without_hue() -> None:
    """Kinds of one colour differ by stripes, but for the two words for one thing (a patrol and its crew)."""
    looks = [look for kind, look in KINDS.items() if kind != "crew"]
    assert len(set(looks)) == len(looks)
