"""No character may turn into an empty box without a word."""

from __future__ import annotations

import logging

import pypdfium2
import pytest

from scenarios.publish.dutysheets import duty_sheets
from scenarios.publish.fonts import open_fonts
from scenarios.publish.sheet import Press


def test_latin_is_complete_and_the_stack_exists() -> None:
    book = open_fonts()
    assert set(book.stack) <= set(book.fonts.families())
    assert book.missing("Größe, Søren, Élise; 18:00–02:00 · … • № −") == ()


def test_missing_glyphs_are_named_with_the_remedy() -> None:
    book = open_fonts(system=False)
    lost = book.missing("Anna \U000e0fff")
    assert lost == ("\U000e0fff",)
    sentence = book.complaint("Anna \U000e0fff")
    assert sentence is not None
    assert "U+E0FFF" in sentence
    assert "VEDETTE_FONTS" in sentence
    assert book.complaint("Anna") is None


def test_a_paper_without_its_glyphs_says_so_on_every_page(make_view, caplog) -> None:
    from dataclasses import replace

    view = make_view()
    # A private-use character stands for any script that the machine has no font for.
    people = {view.duties[0].person: "Anna \U000f4321"}
    duties = tuple(replace(d, name=people.get(d.person, d.name)) for d in view.duties)
    press = Press(replace(view, duties=duties))
    with caplog.at_level(logging.WARNING):
        pdf = duty_sheets(press)
    assert "U+F4321" in caplog.text
    assert len(press.complaints) == 1
    document = pypdfium2.PdfDocument(pdf)
    assert all("U+F4321" in page.get_textpage().get_text_range() for page in document)
    document.close()


def test_headings_fall_back_on_english_without_a_chinese_font(make_view) -> None:
    press = Press(make_view(zh=True), system_fonts=False)
    if ord("岗") in press.fonts.glyphs:
        pytest.skip("a Chinese font is named in VEDETTE_FONTS")
    assert press.words("Duty sheet") == "Duty sheet"


def test_chinese_papers_hold_chinese_words(make_view) -> None:
    press = Press(make_view(zh=True))
    if ord("岗") not in press.fonts.glyphs:
        pytest.skip("no font with Chinese glyphs on this machine")
    pdf = duty_sheets(press)
    assert press.complaints == []
    document = pypdfium2.PdfDocument(pdf)
    text = document[0].get_textpage().get_text_range()
    document.close()
    for word in ("勤务表", "城中派出所", "岗位/呼号", press.view.duties[0].name):
        assert word in text
