"""What a worker makes of its request in the same process: all faults in both languages, doubts, and ways out."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from scenarios import desk, jobs, run, worker
from scenarios.jobfiles import events_of, result_of
from scenarios.load import Loaded
from scenarios.run import Planned
from scheduler.errors import ProblemError
from tests.scenarios import spoil


def never() -> bool:
    """Nobody asks to stop."""
    return False


@pytest.fixture
def diary(tmp_path: Path) -> worker.Diary:
    """A diary in an empty folder."""
    return worker.Diary(tmp_path / "progress.jsonl")


def request(scenario: Path | str, **more: Any) -> dict[str, Any]:
    """What ``jobs.start`` writes."""
    options = asdict(jobs.Options(seconds=4.0, workers=1, repeatable=True))
    return {"scenario": str(scenario), "whatifs": [], "base_plan": None, "out": "", "options": options, **more}


def test_all_faults_are_told_in_both_languages(tmp_path: Path, diary: worker.Diary) -> None:
    """One that is seen at once and one that only shows on a scenario without it: more posts than cars."""
    town = spoil.copy_town(tmp_path)
    spoil.edit(town, "sessions", 2, "attendance", "-250")
    spoil.edit(town, "posts", 2, "state", "required")
    for ident, lon, lat in (("gate", "10.0088", "50.0091"), ("east", "10.0030", "50.0010")):
        spoil.add(town, "posts", ident, ident, "required", "car_post", "1", lon, lat, "", "0", "", "", "police", "C01")
    result = worker._done(tmp_path, request(town), diary, never)
    assert (result.state, result.exit_code, result.has_plan) == ("failed", 2, False)
    assert any("attendance" in fault for fault in result.faults)
    assert any("required" in fault for fault in result.faults)
    chinese = result.faults_in["zh"]
    assert len(chinese) == len(result.faults) > 1
    assert all(any("\u4e00" <= sign <= "\u9fff" for sign in fault) for fault in chinese)
    jobs.write_json(tmp_path / "result.json", asdict(result))
    assert result_of(tmp_path / "result.json") == result


def test_doubts_are_told_in_both_languages(diary: worker.Diary, tmp_path: Path) -> None:
    """Each sentence with its wording in the other language; where the numbers of sentences differ, in English."""
    from scenarios.tongue import language

    def said(*chinese: str) -> Callable[[], tuple[str, ...]]:
        return lambda: ("one", "two") if language() == "en" else chinese

    worker.foretell(diary, said("一", "二"))
    worker.foretell(diary, said("一"))
    events = events_of(tmp_path / "progress.jsonl")
    assert [event.told("en") for event in events] == ["one", "two", "one", "two"]
    assert [event.told("zh") for event in events] == ["一", "二", "one", "two"]


def test_ways_out_are_kept_in_both_languages(tmp_path: Path, crossroads: Planned, diary: worker.Diary) -> None:
    """The plan of all people explained for fewer: the file has the same ways by language."""
    gone = tmp_path / "gone.toml"
    people = '[[remove]]\ntable = "people"\nids = ["C04", "C10"]\n'
    gone.write_text(f'schema = 1\nbase = "crossroads"\ntitle = "Gone"\n\n{people}', encoding="utf-8")
    plan = tmp_path / "plan.json"
    plan.write_text(crossroads.plan.dumps(), encoding="utf-8")
    result = worker._done(tmp_path, request("crossroads", whatifs=[str(gone)], explain=str(plan)), diary, never)
    assert (result.state, result.files, result.has_plan) == ("done", ("ways.json",), False)
    told = json.loads((tmp_path / "ways.json").read_text(encoding="utf-8"))
    english, chinese = ([one["whatif"] for case in told[code]["cases"] for one in case["remedies"]] for code in told)
    assert english == chinese != []


def told(*_given: Any, **_more: Any) -> Any:
    """What a cutting that is not sound says, of whichever language."""
    raise ProblemError(["seats are not cut soundly"])


def test_a_fault_of_the_problem_is_told_and_no_crash(
    tmp_path: Path, diary: worker.Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes again when the scenario is laid out for the other language."""
    for module in (run, desk):
        monkeypatch.setattr(module, "prepare", told)
    result = worker._done(tmp_path, request("crossroads"), diary, never)
    assert (result.state, result.exit_code, result.faults) == ("failed", 2, ("seats are not cut soundly",))


def test_what_fails_after_the_map_is_not_read_again(
    tmp_path: Path, diary: worker.Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The map is laid out once, however late the fault is found."""
    read: list[Loaded] = []
    prepare = desk.prepare

    def counted(loaded: Loaded) -> desk.Desk:
        read.append(loaded)
        return prepare(loaded)

    for module in (run, desk):
        monkeypatch.setattr(module, "prepare", counted)
    monkeypatch.setattr(run, "run_chain", told)
    result = worker._done(tmp_path, request("crossroads"), diary, never)
    assert (result.state, result.faults, result.faults_in) == ("failed", ("seats are not cut soundly",), {})
    assert len(read) == 1
