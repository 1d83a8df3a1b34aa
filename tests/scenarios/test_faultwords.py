"""Faults of a draft's edits, by the rows that people edited."""

from pathlib import Path

import pytest

from scenarios import drafts, tongue
from scenarios.errors import ScenarioError
from scenarios.sources import faults_met


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> drafts.Source:
    """A draft with a slip in a row of the scenario, one in a new row, a blank that must be filled and a setting."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))
    draft = drafts.put("crossroads", "people", {"id": "C03"}, {"rank": "sargent"}, title="C03")
    new = {"name": "Max Example", "unit": "polize", "category": "sworn", "rank": "officer"}
    draft = drafts.put(draft.id, "people", {"id": "C13"}, new, title="C13")
    draft = drafts.put(draft.id, "sites", {"id": "station"}, {"owner": ""}, title="station")
    draft = drafts.put_setting(draft.id, "demand", {"reserve_pct": 200})
    return drafts.find(draft.id)


def told(source: drafts.Source) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        drafts.loaded(source)
    assert {fault.file for fault in caught.value.faults} == {"whatif.toml"}
    return [fault.sentence() for fault in faults_met(source, caught.value)]


def test_edits_are_told_by_their_rows(faulty: drafts.Source) -> None:
    """No line of a file that nobody sees; the same in Chinese."""
    assert sorted(told(faulty)) == [
        'Person C03 (Cleo Example), rank "sargent": expected a rank that exists. Did you mean "sergeant"?',
        'Person C13 (Max Example), unit "polize": expected a unit that exists. Did you mean "police"?',
        'Settings, demand.reserve_pct "200": expected at most 100. Correct the number.',
        (
            "Site station (Crossroads Station), owner: expected the unit that answers for it, not a blank. "
            "Name a unit by id."
        ),
    ]
    with tongue.speaking("zh"):
        assert sorted(told(faulty)) == [
            "人员 C03 (Cleo Example)，职级“sargent”：应为已有的职级。是否应为“sergeant”？",
            "人员 C13 (Max Example)，单位“polize”：应为已有的单位。是否应为“police”？",
            "设置，demand.reserve_pct“200”：应为不大于 100 的数。请更正数字。",
            "重点部位 station (Crossroads Station)，责任单位：应为负责单位，不能空白。请填写单位编号。",
        ]


def test_files_of_the_scenario_are_cited_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault that an edit causes in another row stands where that row was written."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path))
    draft = drafts.put("crossroads", "units", {"id": "police"}, {"lon": 0.0}, title="police")
    source = drafts.find(drafts.put(draft.id, "zones", {"id": "ring"}, {"lead": "nobody"}, title="ring").id)
    with pytest.raises(ScenarioError) as caught:
        drafts.loaded(source)
    known = [fault for fault in caught.value.faults if fault.file != "whatif.toml"]
    assert [fault for fault in faults_met(source, caught.value) if fault in known] == known
