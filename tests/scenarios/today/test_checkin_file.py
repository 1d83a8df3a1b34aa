"""Check-ins from files: matched to duties, every fault with its row, nothing hostile let through."""

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from scenarios.errors import ScenarioError
from scenarios.today.board import local
from scenarios.today.checkin_file import MOST_BYTES, MOST_ROWS, read_checkins, template
from scenarios.view import PersonView, PlanView
from tests.scenarios.publish.webmap_town import town
from tests.scenarios.today.people import duty

H = 3600


def person(ident: str, name: str) -> PersonView:
    return PersonView(ident, name, "police", "sworn", "officer", 0.0, 0, 1, 0.0, True)


@pytest.fixture(scope="module")
def view() -> PlanView:
    duties = (
        duty("A1", "G#1", "gate", 2 * H, 2 * H, 4 * H), duty("A1", "G#2", "post", 5 * H, 5 * H, 6 * H),
        duty("B2", "P#1", "post", 2 * H, 2 * H, 3 * H), duty("C3", "P#2", "post", 2 * H, 2 * H, 3 * H),
    )  # fmt: skip
    people = (person("A1", "李雷"), person("B2", "Ben Example"), person("C3", "Ben Example"))
    return replace(town(), duties=duties, people=people)


def read(view: PlanView, text: str, known=None, now_s: int = 2 * H):
    found = read_checkins(text.encode(), "in.csv", view, known or {}, now_s)
    return list(found.entries), [(f.row, f.value) for f in found.faults]


def test_ids_names_and_times(view: PlanView) -> None:
    """No time means now; a time of day is the nearest one; a name that two have is told."""
    at = view.clock(2 * H + 300)
    entries, faults = read(view, f"Person;Time\n李雷;{at:%H:%M}\nB2;\nBen Example;\nNobody;\n;\nB2;late\n")
    assert entries == [("A1", "G#1", local(view, 2 * H + 300)), ("B2", "P#1", local(view, 2 * H))]
    assert faults == [(4, "Ben Example"), (5, "Nobody"), (7, "late")]


def test_the_next_open_duty_is_taken_each_once(view: PlanView) -> None:
    """Checked in twice: the second row finds the duty after, if it is near, else nothing."""
    entries, faults = read(view, "id\nA1\nA1\nA1\n", now_s=3 * H)
    assert [group for _, group, _ in entries] == ["G#1", "G#2"]
    assert faults == []
    entries, _ = read(view, "id\nA1\n", known={("A1", "G#1"): "x"}, now_s=3 * H)
    assert [group for _, group, _ in entries] == ["G#2"]


def test_a_time_without_a_duty_is_a_fault(view: PlanView) -> None:
    entries, faults = read(view, "person\nB2\n", now_s=9 * H)
    assert (entries, faults) == ([], [(2, "B2")])


def test_excel_and_chinese_encodings(view: PlanView) -> None:
    book = openpyxl.Workbook()
    book.active.append(["人员", "时间"])
    book.active.append(["李雷", view.clock(2 * H).replace(tzinfo=None)])
    out = io.BytesIO()
    book.save(out)
    found = read_checkins(out.getvalue(), "in.xlsx", view, {}, 0)
    assert found.entries == (("A1", "G#1", local(view, 2 * H)),)
    for encoding in ("gb18030", "utf-8-sig", "utf-16"):
        found = read_checkins("姓名\r李雷\r".encode(encoding), "in.csv", view, {}, 2 * H)
        assert [e[0] for e in found.entries] == ["A1"]


def test_letters_of_the_west_are_not_taken_for_hanzi(view: PlanView) -> None:
    """The bytes of Müller in Latin-1 are signs in GB18030 too: refused with what to do, not a person unknown."""
    with pytest.raises(ScenarioError) as caught:
        read_checkins("person\nJürgen Müller\n".encode("latin-1"), "in.csv", view, {}, 0)
    assert [(f.row, f.expected) for f in caught.value.faults] == [(None, "text in UTF-8 or GBK")]


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"0" * (51 * 2**20))
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe\x00\x81", b"PK\x03\x04rubbish", b"time\n18:00\n", b"x" * (MOST_BYTES + 1),
     b"person\n" + b"A1\n" * (MOST_ROWS + 1), b"person\n\0\n"],
)  # fmt: skip
def test_what_is_no_list_is_refused(view: PlanView, content: bytes) -> None:
    with pytest.raises(ScenarioError):
        read_checkins(content, "in.csv", view, {}, 0)


def test_a_packed_bomb_is_not_unpacked(view: PlanView) -> None:
    with pytest.raises(ScenarioError):
        read_checkins(_bomb(), "in.xlsx", view, {}, 0)


def test_the_list_to_fill_in_comes_back(view: PlanView) -> None:
    """Its own columns are understood, and a name is never a formula."""
    spiked = replace(view, duties=(replace(view.duties[0], name="=1+1"), *view.duties[1:]))
    assert b"'=1+1" in template(spiked)
    entries, faults = read(view, template(view).decode("utf-8-sig"), now_s=2 * H)
    assert [group for _, group, _ in entries] == ["G#1", "P#1", "P#2", "G#2"]
    assert faults == []
