"""The commands by hand: listed, backed up, restored, moved to another machine, and told in the log."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios import drafts, jobs, standing
from scenarios.cli_store import app
from scenarios.store import contacts, plans
from scenarios.store.errors import StoreError
from scenarios.store.operations import Assign
from scenarios.store.place import open_store
from tests.scenarios.store.samples import SESSION, plan_body


def run(*words: object) -> str:
    """What a command says; whatever it raises is raised here."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def fair() -> drafts.Draft:
    """A draft with one change, renamed."""
    draft = drafts.add("crossroads", "session", SESSION, who="Ann")
    return drafts.rename(draft, "Fair", who="Ann")


def test_backup_and_restore_are_one_command_each(fair: drafts.Draft, tmp_path: Path) -> None:
    file = tmp_path / "all.vdb"
    assert "1 scenarios" in run("backup", file)
    with pytest.raises(StoreError, match="--force"):
        run("backup", file)
    drafts.rename(fair, "Market", who="Ben")
    with pytest.raises(StoreError, match="expected an empty store"):
        run("restore", file)
    said = run("restore", file, "--force")
    assert drafts.find(fair.id).label == "Fair"
    aside = re.search(r"kept in (\S+\.db)", said.replace("\n", ""))
    assert aside is not None
    run("restore", aside[1], "--force")
    assert drafts.find(fair.id).label == "Market"


def test_a_scenario_goes_to_another_machine_and_is_the_same_there(
    fair: drafts.Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over the same shipped scenario it stays a change of it; where that is not the same, it brings its files."""
    contacts.set_contacts(open_store(), fair.id, {"C01": "+49 1"}, who="Ann")
    digest = drafts.loaded(drafts.find(fair.id)).digest
    run("export", "Fair", tmp_path / "fair.vedette")
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "elsewhere"))
    assert fair.id in run("import", tmp_path / "fair.vedette").replace("\n", "")
    source = drafts.find(fair.id)
    assert (source.base, source.about) == ("crossroads", "1 change to crossroads")
    assert drafts.loaded(source).digest == digest
    assert contacts.contacts(open_store(), fair.id) == {}
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "third"))
    monkeypatch.setattr(drafts, "known_parent", lambda _: None)
    run("import", tmp_path / "fair.vedette")
    source = drafts.find(fair.id)
    assert source.about == "1 change to files of its own"
    assert drafts.loaded(source).digest == digest
    assert drafts.loaded(source).scenario.sessions[0].attendance == 400


def test_the_list_and_the_log(fair: drafts.Draft) -> None:
    (line,) = json.loads(run("list", "--json"))
    assert line == {"id": fair.id, "name": "Fair", "state": "draft", "about": "1 change to crossroads"}
    assert "1 scenario in store.db." in run("list")
    said = run("log", "Fair").splitlines()
    assert [re.sub(r"^\S+  ", "", line) for line in said] == [
        'Ann  created: Scenario "crossroads, changed" is made over crossroads.',
        "Ann  edit: Lantern concert expects 400 people.",
        'Ann  edit: "crossroads, changed" is now called "Fair".',
    ]
    entry = json.loads(run("log", fair.id, "--last", 1, "--json"))[0]
    assert (entry["before"], entry["after"]) == (
        {"scenario/name": "crossroads, changed"}, {"scenario/name": "Fair"}
    )  # fmt: skip
    drafts.delete(drafts.find(fair.id).draft, who="Ben")
    assert "Ben  deleted" in run("log", fair.id)
    with pytest.raises(StoreError, match="There is none yet"):
        run("log", "Fair")
    drafts.add("crossroads", "session", SESSION)
    drafts.add("crossroads", "session", SESSION)
    with pytest.raises(StoreError, match="Several have it"):
        run("log", "crossroads, changed")


def test_a_kept_plan_comes_out_with_what_was_set_by_hand(
    fair: drafts.Draft, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job's own folder may be gone by then; its plan was kept when it ended."""
    job = jobs.new_id()

    class Started:
        id = job

    monkeypatch.setattr(jobs, "start", lambda *_, **__: Started)
    drafts.plan(drafts.find(fair.id), jobs.Options(), who="Ann")
    plans.take_in(open_store(), job, plan_body())
    drafts.edit(fair, Assign(job, "G/3", "C05"), who="Ann")
    run("plan", job, tmp_path / "plan.json", "--publish")
    data = json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    assert data["edited"] is True
    assert {"seat": "G/3", "person": "C05"} in data["roster"]["duties"]
    assert standing.standings()[fair.id] == "published"
    with pytest.raises(StoreError, match="--force"):
        run("plan", job, tmp_path / "plan.json")
    with pytest.raises(StoreError, match="a plan of the store"):
        run("plan", jobs.new_id(), tmp_path / "none.json")


def test_the_commands_belong_to_vedette(capsys: pytest.CaptureFixture[str]) -> None:
    """Registered, and a fault ends in a sentence and the exit code of bad input."""
    from scenarios.cli import main

    with pytest.raises(SystemExit) as done:
        main(["store", "export", "nobody", "x.vedette"])
    assert done.value.code == 2
    assert 'store "nobody": expected a scenario of the store.' in capsys.readouterr().err.replace("\n", " ")
