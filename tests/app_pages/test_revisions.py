"""What is remembered of a revision is of that revision: another edit between finding and reading does not get in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app_pages import _data, _forces_data
from app_pages._programme import programme_of
from scenarios import drafts, standing

READS: dict[str, Callable[[drafts.Source], Any]] = {
    "files": lambda its: [row.values["weight"] for row in _data.raw_of(its).tables["sites"]],
    "scenario": lambda its: [site.weight for site in _data.scenario_of(its).scenario.sites],
    "desk": lambda its: [site.weight for site in _data.desk_of(its).scenario.sites],
    "small map": _data.small_map_of,
    "faults": lambda its: _forces_data.judged(its)[1],
    "programme": lambda its: programme_of(its).peak,
    "digest": lambda its: standing._shaped(its) or pytest.fail("no digest"),
}


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder of the test's own."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_another_edit_between_finding_and_reading(read: Callable[[drafts.Source], Any]) -> None:
    """Ann's page has found the draft, Ben edits and takes it back; then she and everybody see what is true."""
    draft = drafts.put("crossroads", "sites", {"id": "square"}, {"weight": "61"}, title="Square", who="Ann")
    seen = drafts.find(draft.id)
    want = read(drafts.find(drafts.duplicate(draft).id))
    others = drafts.put(draft.id, "sites", {"id": "square"}, {"weight": "77", "lon": "x"}, title="Square", who="Ben")
    others = drafts.put(others.id, "sessions", {"id": "lanterns"}, {"attendance": "4000"}, title="L", who="Ben")
    theirs = drafts.find(draft.id)
    assert theirs.patches == seen.patches
    first = read(seen)
    assert first == want
    drafts.undo(others, who="Ben")
    drafts.undo(drafts.find(draft.id).draft, who="Ben")
    again = drafts.find(draft.id)
    assert again.revision == seen.revision
    assert read(again) == want
