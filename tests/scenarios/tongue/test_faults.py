"""Faults in Chinese; every planted fault of ``spoil.faults`` is told in both languages, here is what those leave."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from scenarios import tongue
from scenarios.errors import Fault, ScenarioError
from scenarios.starting.workbook import empty_workbook, read_workbook
from tests.scenarios.spoil import copy_town, edit, faults, replace
from tests.scenarios.tongue.plain import in_english

#: Where ``expected`` and ``remedy`` stand in the calls that make faults.
PLACES = {
    "Fault": (4, 5), "fault": (2, 3), "warn": (2, 3), "setting_fault": (2, 3), "_doubt": (3, 4),
    "_plain_warning": (3, 4), "cell_fault": (2, 3), "_fault": (1, 2), "_ring_fault": (1, 2),
}  # fmt: skip
#: What only commands say stays English.
COMMANDS = {"cli_cordon.py", "console.py", "event.py", "explain.py", "mapcommand.py", "outfiles.py", "run.py"}
#: Files that are not told in Chinese yet; the list only shrinks.
WAITING = {"replan.py"}


def texts(call: ast.Call) -> Iterator[ast.expr]:
    """What a call says to people: the arguments that are texts, and both sides of a choice."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in PLACES:
        return
    first, second = PLACES[name] if name != "fault" or isinstance(call.func, ast.Attribute) else (1, 2)
    said = [arg for n, arg in enumerate(call.args) if n in {first, second}]
    said += [k.value for k in call.keywords if k.arg in {"expected", "remedy"}]
    for one in said:
        yield from (one.body, one.orelse) if isinstance(one, ast.IfExp) else (one,)


def bare(path: Path) -> Iterator[str]:
    """Texts of faults that do not come from the catalogue."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for text in texts(node) if isinstance(node, ast.Call) else ():
            if isinstance(text, ast.JoinedStr) or (isinstance(text, ast.Constant) and " " in str(text.value)):
                yield f"{path.name}:{text.lineno}: {ast.unparse(text)[:60]}"


def test_every_fault_takes_its_words_from_the_catalogue(project_root: Path) -> None:
    """No module says a fault in words of its own."""
    paths = sorted((project_root / "scenarios").rglob("*.py"))
    assert [text for path in paths if path.name not in COMMANDS | WAITING for text in bare(path)] == []


def test_a_sentence_is_put_together_as_chinese_is() -> None:
    """No spaces between sentences, full-width marks, and the row behind the file."""
    fault = Fault("people.csv", 5, "rank", "X", "已有的职级", "请更正")
    bare_fault = Fault("map.osm", None, "", "", "可读取的文件", "")
    asking = Fault("posts.csv", 2, "", "", "岗位", "是否应为“P1”？")
    with tongue.speaking("zh"):
        assert fault.sentence() == "people.csv 第 5 行，rank“X”：应为已有的职级。请更正。"
        assert bare_fault.sentence() == "map.osm：应为可读取的文件。"
        assert asking.sentence().endswith("应为岗位。是否应为“P1”？")
        assert str(ScenarioError([bare_fault])) == "方案中有 1 处错误：\n  map.osm：应为可读取的文件。"


def test_what_is_left_in_english_is_found() -> None:
    """The rule itself: names and quotations pass, words do not."""
    assert in_english(Fault("a.csv", 1, "b", "", "已有的 rank_min，见“any words”", "写成 P01、lon 和 lat")) == []
    assert in_english(Fault("a.csv", 1, "b", "", "one seat", "请更正")) == ["one seat", "one", "seat"]
    assert in_english(Fault("a.csv", 1, "b", "", "已有的 people，不能 blank", "")) == ["blank"]


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A town with faults of many kinds at once."""
    folder = copy_town(tmp_path)
    edit(folder, "people", 2, "rank", "sargent")
    edit(folder, "sites", 2, "class", "9")
    edit(folder, "sites", 3, "owner", "")
    edit(folder, "units", 2, "base_need", "two")
    replace(folder, 'timezone = "Europe/Berlin"', 'timezone = "Europe/Berlinn"')
    return folder


def test_the_empty_workbook_is_made_and_refused_in_chinese() -> None:
    """Its hints and what they are as faults."""
    with tongue.speaking("zh"):
        made = empty_workbook()
        with pytest.raises(ScenarioError) as caught:
            read_workbook(made)
    assert [left for fault in caught.value.faults if (left := in_english(fault))] == []
    assert {fault.file for fault in caught.value.faults} == {"工作表 Event"}


def test_many_faults_at_once(spoilt: Path) -> None:
    """All of them, each in Chinese from end to end, with what people wrote left as it is."""
    faults(spoilt)  # the same faults in both languages
