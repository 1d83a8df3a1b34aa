"""Documents on demand: of one part alone, with pictures of their first pages, all as one ZIP, and marked when old."""

import io
import zipfile
from dataclasses import replace

import icalendar
import openpyxl
import pypdfium2
import pytest

from scenarios.publish import KINDS
from scenarios.publish.orders import (
    Order,
    all_pages,
    bundle,
    first_pages,
    first_rows,
    fulfil,
    offered,
)
from scenarios.publish.sheet import Press
from scenarios.tongue import say, speaking
from scenarios.view import PlanView


def text(pdf: bytes) -> list[str]:
    """The words of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    finally:
        document.close()


def part_of(order: Order, press: Press) -> str:
    """What a part is called."""
    assert order.its.parts is not None
    return order.its.parts(press.view)[order.only[0]]


@pytest.mark.parametrize("kind", ["duty_sheets", "post_cards", "route_cards"])
def test_one_part_alone_is_those_pages_of_the_whole(press: Press, kind: str) -> None:
    """Each part on its own has its pages of the whole document, in order, and none of another part."""
    its = KINDS[kind].parts
    assert its is not None
    ids = list(its(press.view))
    assert len(ids) > 1
    alone = [text(fulfil(Order(kind, (ident,)), press)) for ident in ids]
    whole = text(fulfil(Order(kind), press))
    assert sum(map(len, alone)) == len(whole)

    def bare(pages: list[str]) -> list[str]:
        return sorted(page.rpartition("Page ")[0] for page in pages)

    assert bare([page for pages in alone for page in pages]) == bare(whole)
    assert fulfil(Order(kind, tuple(ids)), press) == fulfil(Order(kind), press)


def test_one_persons_calendar_is_a_file_of_its_own(press: Press) -> None:
    """Of one person the calendar itself, of two a ZIP; the file's name tells which."""
    one, two = list(KINDS["calendars"].parts(press.view))[:2]
    order = Order("calendars", (one,))
    assert order.file == f"calendars-{one}.ics"
    events = icalendar.Calendar.from_ical(fulfil(order, press)).walk("VEVENT")
    assert len(events) == sum(d.person == one for d in press.view.duties)
    both = Order("calendars", (one, two))
    assert both.file.endswith(".zip")
    assert len(zipfile.ZipFile(io.BytesIO(fulfil(both, press))).namelist()) == 2


def test_names_of_files_are_tame() -> None:
    """Ids are people's words: nothing of them can lead out of a folder."""
    assert Order("post_cards").file == "post_cards.pdf"
    assert Order("duty_sheets", ("../a b",)).file == "duty_sheets-___a_b.pdf"
    assert Order("post_cards", tuple("ABCDE")).file == "post_cards-A_B_C_2_more.pdf"


def test_pictures_are_of_the_first_pages(press: Press) -> None:
    """The summary whole with its number of pages; of many cards the first parts only; of files none."""
    looks = first_pages(Order("summary"), press)
    assert (len(looks.pages), looks.n_pages) == (1, 1)
    assert looks.pages[0].startswith(b"\x89PNG")
    card = first_pages(Order("post_cards", (press.view.posts[0].number,)), press)
    assert card.n_pages == len(card.pages) == 1
    assert first_pages(Order("roster"), press).pages == ()
    pages = all_pages(Order("post_cards"), press)
    assert len(pages) == len(press.view.posts)
    assert all(page.startswith("<svg") for page in pages)
    assert all_pages(Order("geopackage"), press) == ()


def test_first_rows_are_those_of_the_workbook(press: Press) -> None:
    """The same cells as in the whole workbook."""
    sheet = openpyxl.load_workbook(io.BytesIO(fulfil(Order("roster"), press))).worksheets[0]
    cells = sheet.iter_rows(min_row=4, values_only=True)
    whole = [["" if cell is None else str(cell) for cell in row] for row in cells]
    rows = first_rows(press, 5)
    assert len(rows) == 6
    assert rows == whole[:6]


def test_everything_in_one_zip(press: Press) -> None:
    """Each document that has content, byte for byte as it is alone; progress names what is made."""
    told: list[tuple[str, int, int]] = []
    box = zipfile.ZipFile(io.BytesIO(bundle(press, lambda *a: told.append(a))))
    assert set(box.namelist()) == {kind.file for kind in offered(press)}
    assert box.read("post_cards.pdf") == fulfil(Order("post_cards"), press)
    assert [number for _, number, _ in told] == list(range(1, len(offered(press)) + 1))


@pytest.mark.parametrize(("code", "words"), [("en", "Older than its inputs"), ("zh", "已过时")])
def test_an_old_plans_papers_say_so_on_every_page(view: PlanView, code: str, words: str) -> None:
    """In the footer, in the language of the papers; a fitting plan's papers say nothing."""
    mine = replace(view, language=code)
    if code == "zh" and Press(mine).language != "zh":
        pytest.skip("no font with Chinese glyphs on this machine")
    old = text(fulfil(Order("duty_sheets"), Press(mine, older=True)))
    assert all(words in page for page in old)
    assert not any(words in page for page in text(fulfil(Order("duty_sheets"), Press(mine))))


def test_a_document_speaks_the_papers_language_whoever_reads(view: PlanView) -> None:
    """Made for a Chinese reader, an English paper stays English."""
    press = Press(replace(view, language="en"))
    plain = fulfil(Order("summary"), press)
    with speaking("zh"):
        assert say("Seats filled") == "席位到位"
        assert fulfil(Order("summary"), press) == plain
