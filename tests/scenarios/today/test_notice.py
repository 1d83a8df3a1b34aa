"""The change notice as a paper: who is affected, from what to what, in the language of the papers."""

import io
from dataclasses import replace

import pypdf
import pytest

from scenarios.publish.changenotice import change_notice
from scenarios.publish.sheet import Press
from scenarios.today.changelist import Affected, Told, told
from scenarios.tongue import speaking
from tests.scenarios.publish.webmap_town import town

PEOPLE = (Affected("A1", "Ada Ahrens", "North", ("Fri 18:00-22:00 Gate",), ("Fri 18:00-22:00 Post",), True, ("Lea",)),)


WORDS = [("en", ("Change notice", "Until now", "Told")), ("zh", ("变更通知单", "原勤务"))]


@pytest.mark.parametrize(("code", "words"), WORDS)
def test_everybody_stands_in_it(code: str, words: tuple[str, ...]) -> None:
    """Each person with old and new duty, what happened, what is to be minded."""
    press = Press(replace(town(), language=code))
    if code == "zh" and ord("岗") not in press.fonts.glyphs:
        pytest.skip("no font of this machine holds Chinese")
    its = Told("One changes.", PEOPLE, ("Gate stays empty",), True)
    found = change_notice(press, its, ["Ben is ill."], "Fri 17:00")
    text = pypdf.PdfReader(io.BytesIO(found)).pages[0].extract_text()
    for part in (*words, "Ada Ahrens", "22:00 Gate", "22:00 Post", "Ben is ill.", "stays empty", "Fri 17:00"):
        assert part in text


def test_changes_are_told_by_names_and_in_both_languages() -> None:
    """Groups that a plan does not know keep their id; a replan without a plan says so."""
    view = town()
    seats = view.seats[0]
    person = view.people[0].id
    changes = {
        "status": "planned", "proven_least": False, "kept": {"siting": False, "patrols": True}, "short": ["x"],
        "breaches": ["y"], "words": {"zh": {"short": ["甲"], "breaches": ["乙"]}},
        "changes": [{"person": person, "left": [seats.id, "gone#1"], "taken": [], "moved": [], "forced": False}],
    }  # fmt: skip
    found = told(changes, view, view)
    assert found.headline == "1 person changes; whether fewer would do is not proven."
    (one,) = found.people
    assert one.name == view.people[0].name
    assert one.left[0] == "gone#1"
    assert seats.place_name in one.left[1]
    assert found.doubts[1:] == ("Stays empty: x", "Breaks a rule: y")
    with speaking("zh"):
        doubts = told(changes, view, view).doubts[1:]
        assert [line[-1] for line in doubts] == ["甲", "乙"]
        assert "1 人勤务有变动" in told(changes, view, view).headline
        assert "周" in told(changes, view, view).people[0].left[1]
    nothing = told({**changes, "status": "no plan", "changes": []}, view, None)
    assert not nothing.plan
    assert "does not mean none exists" in nothing.headline
