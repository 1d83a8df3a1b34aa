"""The command: exit codes, JSON, and never a traceback for anything a user can cause."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios import chain, cli, run
from scenarios.audit import audit_plan
from scenarios.load import library
from scenarios.run import Planned
from scenarios.viewing import build_view
from scheduler.outcome import Outcome, Status, Stop


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        cli.main(list(arguments))
    out = capsys.readouterr()
    code = end.value.code
    return (code if isinstance(code, int) else 0 if code is None else 1), out.out, out.err


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch, crossroads: Planned) -> Planned:
    """The command with the plan already made, so that only the command is tried."""
    monkeypatch.setattr(run, "plan_scenario", lambda *_, **__: crossroads)
    return crossroads


def test_plan_writes_papers_and_exits_0(
    planned: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = _run(capsys, "plan", "crossroads", "--out", str(tmp_path), "--json")
    found = json.loads(out)
    assert code == 0
    assert found["status"] == "planned"
    assert found["audit"] == {
        "agrees": True, "breaches": 0, "costs": len(planned.audit.costs), "differences": []
    }
    assert found["roster"]["filled"] == found["roster"]["seats"] > 0
    assert set(found) >= {"scenario", "siting", "patrols", "roster", "seconds", "peak_mib", "files"}
    assert {"plan.json", "summary.pdf", "post_map.pdf", "route_cards.pdf", "map.html"} <= {
        p.name for p in tmp_path.iterdir()
    }
    assert sorted(found["files"]) == sorted(p.name for p in tmp_path.iterdir())


def test_check_agrees_with_a_plan_of_ours(
    planned: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(planned.plan.dumps(), encoding="utf-8")
    code, out, _ = _run(capsys, "check", "crossroads", str(path), "--json")
    assert code == 0
    assert json.loads(out) == {
        "scenario": "crossroads", "stale": False, "agrees": True, "breaches": [], "short": [], "differences": [],
        "out_of_reach": [],
    }


def test_check_exits_5_and_names_a_planted_fault(
    planned: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = planned.plan.to_json()
    duties = data["roster"]["duties"]
    twice = {**duties[0], "person": duties[1]["person"]}
    data["roster"]["duties"] = [twice, *duties[1:]]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    code, out, _ = _run(capsys, "check", "crossroads", str(path))
    assert code == 5
    assert duties[1]["person"] in out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "JSON text"),
        ("[]", "schema number"),
        ('{"schema": 99}', "newer version"),
        ('{"schema": 1}', "expected this value"),
        ('{"schema": 1, "scenario": 3, "digest": 4, "seed": "x"}', "expected a whole number"),
    ],
)
def test_check_refuses_what_is_no_plan(
    text: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text, encoding="utf-8")
    code, _, err = _run(capsys, "check", "crossroads", str(path))
    assert code == 2
    assert expected in err


def test_a_missing_plan_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capsys, "check", "crossroads", str(tmp_path / "none.json"))
    assert code == 2
    assert "none.json" in err


def test_an_unknown_scenario_names_the_shipped_ones(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = _run(capsys, "plan", "nowhere")
    assert code == 2
    assert "crossroads" in err


def test_every_fault_of_a_broken_folder_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(library()["crossroads"], folder)
    people = (folder / "people.csv").read_text(encoding="utf-8").splitlines()
    people[1] = people[1].replace("police", "polize")
    people[2] = people[2].replace("sworn", "swron")
    (folder / "people.csv").write_text("\n".join(people), encoding="utf-8")
    code, _, err = _run(capsys, "plan", str(folder))
    assert code == 2
    assert "polize" in err
    assert "swron" in err
    assert "row 2" in err


def test_a_withheld_plan_exits_6_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, crossroads: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit = replace(crossroads.audit, differences=("roster: costs is claimed as 1 and comes out as 2",))
    withheld = replace(crossroads, audit=audit, exit_code=6)
    monkeypatch.setattr(run, "plan_scenario", lambda *_, **__: withheld)
    code, _, err = _run(capsys, "plan", "crossroads", "--out", str(tmp_path / "out"), "--json")
    assert code == 6
    assert not (tmp_path / "out").exists()
    assert "Traceback" not in err


def test_scenarios_lists_what_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "scenarios")
    assert code == 0
    assert "crossroads" in out
    assert "neubrandenburg" in out


def test_an_impossible_option_is_refused_without_a_traceback() -> None:
    """Through a real process: the usual way of a user."""
    done = subprocess.run(
        [sys.executable, "-m", "scenarios.cli", "plan", "crossroads", "--seconds", "-3"],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_the_run_leaves_a_log_with_settings_versions_and_its_end(
    planned: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(capsys, "plan", "crossroads", "--out", str(tmp_path))
    rows = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows[0]["kind"] == "run"
    assert rows[0]["settings"]["seed"] == 0
    assert "ortools" in rows[0]["versions"]
    assert {"siting", "patrols", "roster"} <= {row.get("engine") for row in rows}
    assert rows[-1]["kind"] == "end"
    assert rows[-1]["exit_code"] == planned.exit_code


def test_a_defect_of_ours_is_a_sentence_and_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError(55)

    monkeypatch.setattr(run, "plan_scenario", broken)
    code, _, err = _run(capsys, "plan", "crossroads")
    assert code == 1
    assert "Traceback" not in err
    path = Path(err.strip().rsplit(" ", 1)[-1])
    assert "KeyError: 55" in path.read_text(encoding="utf-8")
    path.unlink()


@pytest.mark.parametrize("path", ["afile", "afile/deeper"])
def test_a_folder_that_cannot_be_is_refused_before_planning(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not after a minute of work that would be lost."""
    (tmp_path / "afile").write_text("", encoding="utf-8")
    monkeypatch.setattr(run, "plan_scenario", lambda *_, **__: pytest.fail("planned for nothing"))
    code, _, err = _run(capsys, "plan", "crossroads", "--out", str(tmp_path / path))
    assert code == 2
    assert "afile is a file" in err


def test_stopped_by_hand_says_so_and_exits_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "plan_scenario", stopped)
    code, _, err = _run(capsys, "plan", "crossroads")
    assert code == 130
    assert err == "Stopped before the end.\n"


@pytest.mark.parametrize(
    ("status", "code", "word"), [(Status.UNKNOWN, 4, "no plan"), (Status.INFEASIBLE, 3, "short")]
)
def test_nothing_found_is_told_apart_from_nothing_possible(
    status: Status, code: int, word: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Through the whole chain with a search for posts that ends without a plan."""
    note = "Site hall must be reached and no place for a post does."
    monkeypatch.setattr(chain, "solve_siting", lambda *_, **__: Outcome(status, None, note=note))
    options = ("--out", str(tmp_path / "out"), "--seconds", "2", "--repeatable")
    found, out, _ = _run(capsys, "plan", "crossroads", *options)
    assert found == code
    assert f"Posts: {note}" in out
    assert (tmp_path / "out").exists() == (code == 3)  # the best partial plan is still written
    found, out, _ = _run(capsys, "plan", "crossroads", "--json", *options)
    assert found == code
    assert json.loads(out)["status"] == word


def test_a_plan_of_another_scenario_is_said_so(
    planned: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(replace(planned.plan, scenario="harvest").dumps(), encoding="utf-8")
    _, out, _ = _run(capsys, "check", "crossroads", str(path))
    assert "made for harvest, not for crossroads" in out


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "--version")
    assert code == 0
    assert out.startswith("vedette ")


def test_brackets_in_names_are_shown_as_they_are_written(
    monkeypatch: pytest.MonkeyPatch, crossroads: Planned, capsys: pytest.CaptureFixture[str]
) -> None:
    view = replace(crossroads.view, title="Fest [bold]am[/bold] Markt [/red]")
    monkeypatch.setattr(run, "plan_scenario", lambda *_, **__: replace(crossroads, view=view))
    code, out, _ = _run(capsys, "plan", "crossroads")
    assert code == 0
    assert "Fest [bold]am[/bold] Markt [/red]" in out


def test_what_ifs_of_one_name_are_kept_apart(
    planned: Planned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two files called base.toml would otherwise write over the base plan and over each other."""
    kept: list[str] = []
    monkeypatch.setattr(run, "publish_all", lambda _, folder, **__: kept.append(folder.name))
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        text = 'schema = 1\nbase = "crossroads"\ntitle = "Same"\n'
        (tmp_path / folder / "base.toml").write_text(text, encoding="utf-8")
    whatifs = [str(tmp_path / folder / "base.toml") for folder in ("a", "b")]
    code, _, _ = _run(capsys, "compare", "crossroads", *whatifs, "--out", str(tmp_path / "out"))
    assert code == 0
    assert kept == ["base", "base-2", "base-3"]


@pytest.mark.parametrize("command", [("request",), ("siting", "--plan")])
def test_figures_are_not_read_off_another_events_plan(
    command: tuple[str, ...], planned: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(replace(planned.plan, scenario="harvest").dumps(), encoding="utf-8")
    code, _, err = _run(capsys, command[0], "crossroads", *command[1:], str(path))
    assert code == 2
    assert "not for harvest" in err


def test_a_plan_of_a_what_if_is_checked_against_it(
    planned: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whatif, path = tmp_path / "ill.toml", tmp_path / "plan.json"
    whatif.write_text(
        'schema = 1\nbase = "crossroads"\n[[away]]\npeople = ["C12"]\n'
        'start = "2026-06-12 17:00"\nend = "2026-06-13 00:00"\n',
        encoding="utf-8",
    )
    its = run.open_scenario("crossroads", whatif)
    path.write_text(replace(planned.plan, digest=its.digest).dumps(), encoding="utf-8")
    code, out, _ = _run(capsys, "check", "crossroads", str(path), "--whatif", str(whatif), "--json")
    found = json.loads(out)
    assert (code, found["stale"]) == (5, False)
    assert any("C12" in breach for breach in found["breaches"])
    _, out, _ = _run(capsys, "check", "crossroads", str(path), "--json")
    assert json.loads(out)["stale"]


def test_a_proof_is_not_told_wider_than_it_holds(planned: Planned) -> None:
    given = planned.plan
    seat = next(d for d in given.roster.duties if d.group.startswith("lanterns.police"))
    roster = replace(given.roster, duties=tuple(d for d in given.roster.duties if d != seat))
    proof = {"name": "short_0", "unit": "seats", "value": 1, "bound": 1, "proven": True, "conditional": False}
    results = {**given.results, "roster": replace(given.results["roster"], levels=(proof,))}
    claimed = replace(given, roster=roster, results=results)
    repaired = replace(results["roster"], settings={"method": "repair"})
    cases = (
        (claimed, "This is proven: with these people"),
        (replace(claimed, results={**results, "roster": repaired}), "This is proven as long as everything stays"),
        (replace(claimed, digest="0" * 64), None),
    )
    for plan, told in cases:
        view = build_view(planned.desk, plan, audit_plan(planned.desk, plan))
        proofs = [text for text in view.summary if text.startswith("This is proven")]
        assert [text.startswith(told or "-") for text in proofs] == ([True] if told else [])


@pytest.mark.skipif(sys.platform == "win32", reason="no signal can be sent to oneself there")
@pytest.mark.parametrize(("presses", "code"), [(1, 0), (2, 130)])
def test_ctrl_c_keeps_the_best_plan_and_twice_gives_it_up(
    presses: int, code: int, crossroads: Planned, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def pressed(*_: object, stop: Stop, **__: object) -> Planned:
        for _press in range(presses):
            assert not stop() or presses == 2
            signal.raise_signal(signal.SIGINT)
        assert stop()
        return crossroads

    monkeypatch.setattr(run, "plan_scenario", pressed)
    before = signal.getsignal(signal.SIGINT)
    ended, _, err = _run(capsys, "plan", "crossroads", "--json", "--out", str(tmp_path / "out"))
    assert ended == code
    assert "best plan so far" in err
    assert (tmp_path / "out" / "plan.json").exists() == (code == 0)
    assert signal.getsignal(signal.SIGINT) is before
