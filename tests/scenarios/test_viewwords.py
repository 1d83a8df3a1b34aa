"""A view in two languages: what is said while it is built stands in both, and nothing else changes."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.force import Asked, force_of
from scenarios.run import FORCE_WORK, Planned
from scenarios.tongue import language, speaking
from scenarios.view import DutyView, PlanView
from scenarios.viewfile import _plain, read_view, write_view
from scenarios.viewing import build_view
from scenarios.viewwords import spoken, worded
from scheduler.outcome import Limits
from tests.scenarios.publish.webmap_town import town


def duty(task: str, kind: str) -> DutyView:
    """A duty whose task is told and whose kind is a machine's word."""
    return DutyView(
        "A", "Ada", "U", "sworn", "officer", "G1", 1, "P01", kind, "p", "Place", task, 0, 0, 3600, 3600, "", "U"
    )


def test_a_word_is_told_where_it_is_said_and_nowhere_else() -> None:
    """By hand: "lead" is a task in words and a kind in tables; only the task is told in the other language."""
    def build() -> PlanView:
        task = "lead" if language() == "en" else "负责"
        return replace(town(), duties=(duty(task, "lead"), duty(task, "post")), summary=("one", task))

    view = worded(build)
    assert view.duties[0].task == "lead"
    assert view.words == {"zh": {"DutyView.task": {"lead": ("负责",)}, "PlanView.summary": {"lead": ("负责",)}}}
    other = spoken(view, "zh")
    assert [d.task for d in other.duties] == ["负责", "负责"]
    assert [d.kind for d in other.duties] == ["lead", "post"]
    assert other.summary == ("one", "负责")
    assert other.background is view.background
    assert spoken(view, "en") is view


def three(*tasks: str) -> PlanView:
    """A view of as many people, each with a task."""
    duties = (replace(duty(task, "post"), person=who) for task, who in zip(tasks, "ABCD", strict=False))
    return replace(town(), duties=tuple(duties))


def test_one_english_text_may_be_two_in_another_language() -> None:
    """By hand: three tasks read alike in English and not in Chinese; each person keeps their own, whoever goes."""
    view = worded(lambda: three("a", "a", "b", "a") if language() == "en" else three("甲", "a", "乙", "丙"))
    assert view.words["zh"] == {
        "DutyView.task@A": {"a": ("甲",)}, "DutyView.task": {"b": ("乙",)}, "DutyView.task@D": {"a": ("丙",)}
    }  # fmt: skip
    assert [d.task for d in spoken(view, "zh").duties] == ["甲", "a", "乙", "丙"]
    shorter = replace(view, duties=tuple(reversed(view.duties[1:])))
    assert [d.task for d in spoken(shorter, "zh").duties] == ["丙", "乙", "a"]


def test_forms_told_apart_by_their_place_alone_are_told_only_where_each_has_its_place() -> None:
    """By hand: two lines read alike in English and stand nowhere but in a list; with one line gone nobody can say."""
    view = worded(lambda: replace(town(), summary=("a", "a", "b") if language() == "en" else ("甲", "丙", "乙")))
    assert spoken(view, "zh").summary == ("甲", "丙", "乙")
    assert spoken(replace(view, summary=("a", "b")), "zh").summary == ("a", "乙")
    assert spoken(replace(view, summary=("a", "a", "a")), "zh").summary == ("a", "a", "a")


def test_a_view_of_an_earlier_version_stays_english(tmp_path: Path) -> None:
    """A file without words is read, and shown as it is in any language."""
    path = tmp_path / "view.json.gz"
    write_view(town(), path)
    data = json.loads(gzip.decompress(path.read_bytes()))
    del data["words"]
    path.write_bytes(gzip.compress(json.dumps(data).encode()))
    view = read_view(path)
    assert view.words == {}
    assert spoken(view, "zh") is view


@pytest.fixture(scope="module")
def both(crossroads: Planned) -> tuple[PlanView, PlanView]:
    """A planned view, and the same built again by somebody who speaks Chinese."""
    desk, plan = crossroads.desk, crossroads.plan
    with speaking("zh"):
        built = build_view(desk, plan, crossroads.audit)
        # The same limits as a repeatable run: what is said of the force is asked anew, in Chinese.
        force = force_of(Asked.of(desk), plan.siting, limits=Limits(None, FORCE_WORK))
    return crossroads.view, replace(built, tradeoff=crossroads.view.tradeoff, force=force)


def test_spoken_is_what_would_have_been_built(both: tuple[PlanView, PlanView], tmp_path: Path) -> None:
    """Every field of the kept view, told in Chinese, reads like a view built in Chinese; also from its file."""
    view, chinese = both
    path = tmp_path / "view.json.gz"
    write_view(view, path)
    write_view(chinese, tmp_path / "chinese.json.gz")
    assert without_words(spoken(view, "zh")) == without_words(chinese)
    assert without_words(spoken(read_view(path), "zh")) == without_words(read_view(tmp_path / "chinese.json.gz"))
    assert any("席位" in line for line in spoken(view, "zh").summary)
    assert not any("席位" in line for line in view.summary)
    told = spoken(view, "zh").force
    assert told is not None
    assert "平均到场" in told.next_places[0].adds


def without_words(view: PlanView) -> Mapping[str, object]:
    """Every field but the words themselves, arrays as lists, so that two views can be compared."""
    plain = _plain(view)
    del plain["words"]
    return dict(plain)
