"""Which language papers are told in: wholly the one asked for, or wholly English where no font could set it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app_pages import _papers
from scenarios import drafts
from scenarios.publish import fonts, sheet
from scenarios.publish.fonts import FontBook
from scenarios.publish.orders import can_print
from scenarios.tongue import say, speaking
from scenarios.view import PlanView
from scenarios.viewwords import worded
from tests.scenarios.finished import finished
from tests.scenarios.publish.webmap_town import town


def chinese(glyphs: frozenset[int]) -> FontBook:
    """The fonts at hand, said to hold these characters."""
    return replace(fonts.open_fonts(), glyphs=glyphs)


def plan() -> PlanView:
    """A view one of whose sentences is said."""
    return worded(lambda: replace(town(), summary=(say("Seats filled"),)))


@pytest.mark.parametrize(("code", "glyphs", "said"), [
    ("zh", frozenset({ord("岗")}), "席位到位"), ("zh", frozenset(), "Seats filled"),
    ("en", frozenset({ord("岗")}), "Seats filled"),
])  # fmt: skip
def test_a_paper_speaks_one_language(
    monkeypatch: pytest.MonkeyPatch, code: str, glyphs: frozenset[int], said: str
) -> None:
    """By hand: a Chinese reader asks for papers where fonts hold Chinese, and where none does."""
    monkeypatch.setattr(sheet, "open_fonts", lambda *_args, **_named: chinese(glyphs))
    _papers._press.clear()
    job = finished(plan())
    with speaking("zh"):
        press, _stamp = _papers.press_of(drafts.find("crossroads"), job, code)
        assert press.view.summary == (said,)
        assert press.words("Posts") == ("岗位" if said == "席位到位" else "Posts")
        assert can_print(press, code) == bool(glyphs)
    _papers._press.clear()
