"""Faults in Chinese; every planted fault of ``spoil.faults`` is told in both languages, here is what those leave."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from geodata.errors import GeodataError
from geodata.mapfile import read_map
from scenarios import tongue
from scenarios.errors import Fault, ScenarioError
from scenarios.starting.workbook import empty_workbook, read_workbook
from scenarios.tongue import lists
from scenarios.valuewords import told
from tests.scenarios.spoil import copy_town, edit, faults, replace
from tests.scenarios.tongue.plain import english_in, in_english

#: Where ``expected`` and ``remedy`` stand in the calls that make faults.
PLACES: dict[str, tuple[int, ...]] = {
    "Fault": (4, 5), "fault": (2, 3), "warn": (2, 3), "setting_fault": (2, 3), "_doubt": (3, 4),
    "_plain_warning": (3, 4), "cell_fault": (2, 3), "_fault": (1, 2), "_ring_fault": (1, 2),
    "refuse": (1, 2), "bad": (0,), "_bad": (0,),
}  # fmt: skip
#: What only commands say stays English.
COMMANDS = {
    "cli_cordon.py", "cli_store.py", "console.py", "event.py", "explain.py", "mapcommand.py", "outfiles.py", "run.py",
}  # fmt: skip


def texts(call: ast.Call) -> Iterator[ast.expr]:
    """What a call says to people: the arguments that are texts, and both sides of a choice."""
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name not in PLACES:
        return
    places = PLACES[name] if name != "fault" or isinstance(call.func, ast.Attribute) else (1, 2)
    said = [arg for n, arg in enumerate(call.args) if n in places]
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
    assert [text for path in paths if path.name not in COMMANDS for text in bare(path)] == []


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
    assert all(fault.file.startswith("工作表 ") for fault in caught.value.faults)


def test_many_faults_at_once(spoilt: Path) -> None:
    """All of them, each in Chinese from end to end, with what people wrote left as it is."""
    faults(spoilt)  # the same faults in both languages


class Odd(BaseModel):
    """One field for each way in which a parameter of a rule goes wrong."""

    number: int = Field(ge=1)
    few: float = Field(lt=2)
    word: str
    sure: bool
    day: date
    pair: tuple[str, str]
    table: dict[str, int]
    one: Literal["a", "b"]


def test_what_the_validator_says_is_told_too() -> None:
    """Its own words in English, ours in Chinese; none is left."""
    wrong = {"number": 0, "few": 3.5, "word": 1, "sure": "may be", "day": "2026-13-01", "pair": ["a"], "table": 5}
    with pytest.raises(ValidationError) as caught:
        Odd.model_validate(wrong | {"one": "c"})
    more = [{"number": "x", "few": "y", "day": 1.5}, {"number": 1.5, "pair": ["a", "b", "c"], "sure": []}]
    errors = caught.value.errors()
    for values in more:
        with pytest.raises(ValidationError) as caught:
            Odd.model_validate(values)
        errors += caught.value.errors()
    for error in errors:
        english = error["msg"].removeprefix("Input should be ")
        assert told(error) == english
        with tongue.speaking("zh"):
            assert told(error) != english or error["type"] == "literal_error", error
            assert english_in(told(error)) == [] or error["type"] == "literal_error", error


def test_lists_as_a_language_has_them() -> None:
    """Marks between things, and where a space stands."""
    things = ["a", "b", "c"]
    english = (lists.listed(things), lists.either(things), lists.both(things), lists.parted(things))
    assert english == ("a, b, c", "a or b or c", "a and b and c", "a; b; c")
    assert (lists.begun("mend it"), lists.beside("text")) == ("Mend it", "text")
    with tongue.speaking("zh"):
        chinese = (lists.listed(things), lists.either(things), lists.both(things), lists.parted(things))
        assert chinese == ("a、b、c", "a 或 b 或 c", "a 和 b 和 c", "a；b；c")
        assert (lists.begun("lon 写反了"), lists.beside("UTF-8 文本"), lists.beside("文本")) == (
            "lon 写反了", " UTF-8 文本", "文本"
        )  # fmt: skip


def test_a_map_that_is_none_is_told_in_chinese(tmp_path: Path) -> None:
    """What geodata says goes through the same catalogue."""
    page = tmp_path / "town.osm"
    page.write_text("<html>no map</html>", encoding="utf-8")
    with tongue.speaking("zh"), pytest.raises(GeodataError) as caught:
        read_map(page)
    assert str(caught.value).startswith("town.osm 是网页，不是地图；应为地图（")
    with pytest.raises(GeodataError) as caught:
        read_map(page)
    assert str(caught.value).startswith("town.osm is a web page, not a map; expected a map (")
