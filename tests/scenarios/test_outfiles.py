"""What commands leave behind: whole files, never over what is not ours, one run at a time."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scenarios import cli, explaincommand, outfiles, run
from scenarios import replan as replan_module
from scenarios.errors import ScenarioError
from scenarios.outfiles import HEAD, claimed, refuse_others, write_whole
from scenarios.run import Planned, keep_plan, read_plan


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as end:
        cli.main(list(arguments))
    got = capsys.readouterr()
    code = end.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), " ".join((got.out + got.err).split())


def _change(tmp_path: Path, text: str = "") -> Path:
    path = tmp_path / "change.toml"
    path.write_text(f'schema = 1\nbase = "crossroads"\ntitle = "A change"\n{text}', encoding="utf-8")
    return path


# ------------------------------------------------------------ files
def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_whole(tmp_path / "plan.json", "old")
    fresh = tmp_path / "fresh"
    fresh.touch()
    assert path.stat().st_mode == fresh.stat().st_mode
    fresh.unlink()

    def broken(*_: object) -> None:
        raise OSError("no room")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", broken)
        with pytest.raises(OSError, match="no room"):
            write_whole(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    write_whole(path, b"new")
    assert path.read_text() == "new"


def test_only_our_own_files_are_written_over(tmp_path: Path) -> None:
    mine, theirs, folder = tmp_path / "mine.txt", tmp_path / "theirs.txt", tmp_path / "folder"
    mine.write_text(f"{HEAD} explain\nwords\n")
    theirs.write_text("the only copy of something\n" * 40 + HEAD)
    folder.mkdir()
    refuse_others([mine, tmp_path / "new.txt"])
    with pytest.raises(ScenarioError) as refused:
        refuse_others([mine, theirs, folder])
    assert [fault.value for fault in refused.value.faults] == [str(theirs), str(folder)]
    refuse_others([theirs], force=True)
    with pytest.raises(ScenarioError):
        refuse_others([folder], force=True)


def test_papers_of_another_plan_are_taken_away_and_nothing_else(tmp_path: Path, crossroads: Planned) -> None:
    """No folder holds the route cards of one plan and the roster of another, even when a run ends half-way."""
    papers = ("route_cards.pdf", "changes.md", "breaks.csv", "run.jsonl", "calendars.zip")
    for name in (*papers, "notes.txt"):
        (tmp_path / name).write_text("x")
    keep_plan(crossroads.plan, tmp_path)  # no plan lay there: whose files these are is not known
    assert all((tmp_path / name).exists() for name in papers)
    keep_plan(crossroads.plan, tmp_path)  # the same plan
    assert all((tmp_path / name).exists() for name in papers)
    keep_plan(replace(crossroads.plan, seed=7), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "plan.json"]


# ------------------------------------------------------------ one run at a time
def test_two_runs_do_not_share_a_folder(
    crossroads: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out, change = tmp_path / "out", _change(tmp_path)
    held = tmp_path / "held.json"
    held.write_text(crossroads.plan.dumps(), encoding="utf-8")
    monkeypatch.setattr(run, "plan_scenario", lambda *_, **__: pytest.fail("it planned all the same"))
    monkeypatch.setattr(replan_module, "replan", lambda *_, **__: pytest.fail("it planned all the same"))
    with claimed(out):
        for command in (
            ("plan", "crossroads"), ("compare", "crossroads", str(change)),
            ("replan", "crossroads", str(held), "--change", str(change)),
        ):  # fmt: skip
            code, text = _run(capsys, *command, "--out", str(tmp_path / "." / "out"))
            assert code == 2, text
            assert "no other run is writing into" in text
        with claimed(tmp_path / "elsewhere"):
            pass
    assert not out.exists()
    monkeypatch.setattr(run, "plan_scenario", lambda *_, **__: replace(crossroads, exit_code=4))
    assert _run(capsys, "plan", "crossroads", "--out", str(out))[0] == 4


def test_without_a_place_for_locks_a_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(outfiles, "default_cache", lambda _what: tmp_path / "file")
    with claimed(tmp_path / "out"):
        pass


# ------------------------------------------------------------ the commands
def test_explain_keeps_its_hands_off_other_files(
    crossroads: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held, notes = tmp_path / "held.json", tmp_path / "notes.txt"
    held.write_text(crossroads.plan.dumps(), encoding="utf-8")
    notes.write_text("my notes")
    seat = crossroads.plan.roster.duties[0].group + "/1"
    asked = ("explain", "crossroads", "--plan", str(held), "--seat", seat, "--out", str(notes))
    with monkeypatch.context() as patch:
        patch.setattr(explaincommand, "why", lambda *_, **__: pytest.fail("it looked all the same"))
        code, text = _run(capsys, *asked)
    assert code == 2
    assert "--force" in text
    assert notes.read_text() == "my notes"
    assert _run(capsys, *asked, "--force")[0] == 0
    assert notes.read_text().startswith(f"{HEAD} explain\n")
    assert _run(capsys, *asked)[0] == 0  # now it is ours
    for suffix in ("txt", "json"):
        out = tmp_path / f"why.{suffix}"
        for _ in range(2):
            assert _run(capsys, "explain", "crossroads", "--plan", str(held), "--out", str(out))[0] in (0, 3)


def test_a_start_from_another_events_plan_is_refused(
    crossroads: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(replace(crossroads.plan, scenario="harvest").dumps(), encoding="utf-8")
    monkeypatch.setattr(run, "plan_scenario", lambda *_, **__: pytest.fail("it planned all the same"))
    code, text = _run(capsys, "plan", "crossroads", "--from", str(path))
    assert code == 2
    assert "a plan for crossroads, not for harvest" in text


# ------------------------------------------------------------ Ctrl-C
def test_ctrl_c_keeps_the_plan_before_anything_is_made_of_it(
    crossroads: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """plan.json is there as soon as the audit agrees; what else is told of a plan is left out."""
    real, out = run.plan_scenario, tmp_path / "out"

    def pressed(*given: Any, stop: Any, **options: Any) -> Planned:
        signal.raise_signal(signal.SIGINT)
        assert stop()
        return real(*given, stop=stop, **options)

    def papers(planned: Planned, folder: Path, **_: object) -> tuple[Path, ...]:
        assert (folder / "plan.json").read_text(encoding="utf-8") == planned.plan.dumps()
        return ()

    monkeypatch.setattr(run, "plan_scenario", pressed)
    monkeypatch.setattr(run, "publish_all", papers)
    monkeypatch.setattr(run, "trade_off", lambda *_, **__: pytest.fail("it went on"))
    monkeypatch.setattr(run, "answered", lambda *_, **__: pytest.fail("it went on"))
    code, text = _run(capsys, "plan", "crossroads", "--out", str(out))
    assert code in (0, 3)
    assert "Stopping: the best plan so far" in text
    assert (out / "plan.json").is_file()


def test_ctrl_c_during_a_replan_tells_the_best_repair(
    crossroads: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held = tmp_path / "held.json"
    held.write_text(crossroads.plan.dumps(), encoding="utf-8")
    who = crossroads.plan.roster.duties[0].person
    change = _change(tmp_path, f'[[away]]\npeople = ["{who}"]\nstart = "2026-06-10 00:00"\nend = "2026-06-16 00:00"\n')
    real = replan_module.repair

    def pressed(*given: Any, stop: Any, **options: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        assert stop()
        return real(*given, stop=stop, **options)

    monkeypatch.setattr(replan_module, "repair", pressed)
    out = tmp_path / "out"
    code, text = _run(capsys, "replan", "crossroads", str(held), "--change", str(change), "--out", str(out))
    assert code in (0, 3)
    assert "Stopping: the best repair so far" in text
    plan = read_plan(out / "plan.json")
    assert who not in {duty.person for duty in plan.roster.duties}


def test_ctrl_c_during_a_comparison_ends_after_the_plan_at_hand(
    crossroads: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[bool] = []

    def pressed(*_: object, stop: Any, **__: object) -> Planned:
        signal.raise_signal(signal.SIGINT)
        made.append(stop())
        return crossroads

    monkeypatch.setattr(run, "plan_scenario", pressed)
    code, text = _run(capsys, "compare", "crossroads", str(_change(tmp_path)))
    assert made == [True]
    assert code == 0
    assert "change: not planned" in text


def test_ctrl_c_during_an_explanation_tells_what_was_found(
    crossroads: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held = tmp_path / "held.json"
    gone = replace(crossroads.plan, roster=type(crossroads.plan.roster)(crossroads.plan.roster.duties[5:]), edited=True)
    held.write_text(gone.dumps(), encoding="utf-8")
    real = explaincommand.explain_plan

    def pressed(*given: Any, stop: Any, **options: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        assert stop()
        return real(*given, stop=stop, **options)

    monkeypatch.setattr(explaincommand, "explain_plan", pressed)
    code, text = _run(capsys, "explain", "crossroads", "--plan", str(held))
    assert code in (0, 3, 4)
    assert "Stopping: what was found so far is told" in text
    assert "Traceback" not in text
