"""Copies of crossroads with faults in them: what the tests of loading share."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from scenarios import tongue
from scenarios.errors import ScenarioError
from scenarios.load import library, load_checked, read_raw
from tests.scenarios.tongue.plain import in_english


def copy_town(tmp_path: Path) -> Path:
    """A copy of crossroads to spoil."""
    folder = tmp_path / "town"
    shutil.copytree(library()["crossroads"], folder)
    return folder


def read(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def edit(folder: Path, table: str, row: int, column: str, value: str) -> None:
    """Change one cell; rows are counted as a spreadsheet does, the header is row 1."""
    path = folder / f"{table}.csv"
    rows = read(path)
    rows[row - 1][rows[0].index(column)] = value
    write(path, rows)


def write(path: Path, rows: list[list[str]], *, encoding="utf-8", delimiter=",") -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))


def add(folder: Path, table: str, *cells: str) -> int:
    """Append a row and return its number."""
    path = folder / f"{table}.csv"
    rows = read(path)
    rows.append(list(cells))
    write(path, rows)
    return len(rows)


def replace(folder: Path, old: str, new: str) -> None:
    path = folder / "scenario.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def line(folder: Path, text: str) -> int:
    """The line of the settings file that holds a text, found without our own reader."""
    lines = (folder / "scenario.toml").read_text(encoding="utf-8").splitlines()
    (found,) = [n for n, content in enumerate(lines, start=1) if text in content]
    return found


def faults(folder) -> list[str]:
    """Faults of a folder as they are told in English; in Chinese they are as many, and really Chinese."""
    with pytest.raises(ScenarioError) as caught:
        load_checked(folder)
    english = caught.value.faults
    with tongue.speaking("zh"), pytest.raises(ScenarioError) as caught:
        load_checked(folder)
    _same_in_chinese(folder, english, caught.value.faults)
    return [f.sentence() for f in english]


def warnings(folder) -> list[str]:
    """What is doubtful about a folder; the same holds."""
    english = load_checked(folder).warnings
    with tongue.speaking("zh"):
        _same_in_chinese(folder, english, load_checked(folder).warnings)
    return [w.sentence() for w in english]


def _same_in_chinese(folder, english, chinese) -> None:
    places = [[(f.file, f.row, f.field, f.value) for f in told] for told in (english, chinese)]
    assert places[0] == places[1]
    raws = [read_raw(folder)] if Path(folder).is_dir() else []
    left = [(fault.sentence(), words) for fault in chinese if (words := in_english(fault, *raws))]
    assert left == []
