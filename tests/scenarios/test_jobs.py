"""Jobs in real child processes, with a stand-in for the solvers: progress, stop, crash, turn, re-attachment."""

import json
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from scenarios import jobs
from scenarios.jobs import Job, Options
from scenarios.viewfile import read_view

FAKE = Path(__file__).parent / "fake_worker.py"
#: Far beyond anything seen; only a broken worker comes near it.
PATIENCE_S = 60.0


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project_root: Path):
    """A data folder of the test's own, workers with the stand-in, and nobody left running."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPATH", str(project_root))
    monkeypatch.setattr(jobs, "_command", lambda folder: [sys.executable, str(FAKE), str(folder)])
    yield
    for child in jobs._CHILDREN.values():
        if child.poll() is None:
            child.kill()
            child.wait()
    jobs._CHILDREN.clear()


def wait(job: Job, *, until=lambda job: not job.running) -> Job:
    """The job once ``until`` holds."""
    began = time.monotonic()
    while not until(now := jobs.read(job.id)):
        assert time.monotonic() - began < PATIENCE_S, (now, jobs.log_tail(job.id))
        time.sleep(0.05)
    return now


def solving(job: Job) -> bool:
    return any(event.kind == "solution" for event in job.events) or not job.running


def test_a_job_plans_and_leaves_everything_behind() -> None:
    """Progress in order, options passed on, papers and the pages' view in its own folder."""
    job = wait(
        jobs.start("short", options=Options(seed=7, workers=3, repeatable=True), title="My <plan>")
    )
    assert (job.state, job.title) == ("done", "My <plan>")
    kinds = [event.kind for event in job.events]
    assert kinds == [
        "queued",
        "started",
        "stage",
        "stage",
        *["solution"] * 3,
        "done",
        "stage",
        "end",
    ]
    assert [event.value for event in job.events if event.kind == "solution"] == [40, 30, 20]
    assert job.result is not None
    assert job.result.files == ("summary.txt",)
    assert (job.out / "summary.txt").is_file()
    assert read_view(job.view_path).title == "short seed 7 workers 3 repeatable True"
    assert list(job.events) == sorted(
        job.events, key=lambda event: event.t if event.kind != "queued" else -1
    )


def test_stop_keeps_the_best_plan() -> None:
    """A stop file ends the search, not the plan."""
    job = wait(jobs.start("long"), until=solving)
    assert job.state == "running"
    jobs.stop(job.id)
    job = wait(job)
    assert job.state == "stopped"
    assert job.result is not None
    assert job.result.has_plan
    assert job.view_path.is_file()


def test_a_killed_worker_is_a_crash_and_lets_go_of_its_turn() -> None:
    """After kill -9 there is no result; the next job is not kept waiting by the dead one."""
    dead = wait(jobs.start("killed"))
    assert dead.state == "crashed"
    assert wait(jobs.start("short")).state == "done"


def test_a_worker_killed_from_outside_is_seen_by_another_process() -> None:
    """Without the parent's handle (after a restart of the server) the lock tells."""
    job = wait(jobs.start("long"), until=solving)
    child = jobs._CHILDREN.pop(job.id)
    assert jobs.read(job.id).state == "running"
    os.kill(int((job.folder / "pid").read_text()), signal.SIGKILL)
    child.wait()
    assert wait(job).state == "crashed"


def test_a_defect_of_ours_is_a_crash_with_its_traceback() -> None:
    """What no user caused is not dressed up as a result."""
    job = wait(jobs.start("broken"))
    assert job.state == "crashed"
    assert "a defect of ours" in jobs.log_tail(job.id)


def test_wrong_input_is_a_result_with_every_fault() -> None:
    """The page shows the same sentences as the command."""
    job = wait(jobs.start("wrong"))
    assert job.state == "failed"
    assert job.result is not None
    assert job.result.exit_code == 2
    assert job.result.faults == (
        'people.csv row 7, unit "U9": expected a unit id. Add U9 to units.csv.',
    )


def test_one_job_at_a_time() -> None:
    """The second waits in its queue until the first ends; a stop reaches it there too."""
    first = wait(jobs.start("long"), until=solving)
    second = wait(jobs.start("short"), until=lambda job: bool(job.events))
    third = wait(jobs.start("short"), until=lambda job: bool(job.events))
    assert (second.state, third.state) == ("queued", "queued")
    jobs.stop(third.id)
    third = wait(third)
    assert third.state == "stopped"
    assert third.result is not None
    assert not third.result.has_plan
    assert jobs.read(first.id).state == "running"
    jobs.stop(first.id)
    assert wait(second).state == "done"


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc", "20260101-000000-0000000g", "20260101-000000-00000000"]
)
def test_only_generated_names_are_looked_for(name: str) -> None:
    """An id comes from the address line: nothing but a generated name may become a path."""
    with pytest.raises(KeyError):
        jobs.read(name)
    with pytest.raises(KeyError):
        jobs.stop(name)


def test_jobs_are_listed_newest_first_and_half_made_ones_left_out() -> None:
    """Also by somebody who did not start them."""
    a = wait(jobs.start("wrong"))
    time.sleep(1.1)
    b = wait(jobs.start("wrong"))
    (jobs.home() / "jobs" / jobs.new_id()).mkdir()
    (jobs.home() / "jobs" / "notes").mkdir()
    strange = jobs.home() / "jobs" / jobs.new_id()
    strange.mkdir()
    (strange / "request.json").write_text('{"from": "tomorrow"}')
    assert [job.id for job in jobs.jobs()] == [b.id, a.id]


def test_a_job_is_deleted_once_it_is_over() -> None:
    """A running one stays."""
    job = wait(jobs.start("long"), until=solving)
    jobs.delete(job.id)
    assert jobs.read(job.id).running
    jobs.stop(job.id)
    wait(job)
    jobs.delete(job.id)
    assert not job.folder.exists()


def test_a_line_half_written_is_not_read() -> None:
    """The reader may come while the worker writes."""
    job = wait(jobs.start("wrong"))
    with (job.folder / "progress.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"t": 1.0, "kind": "stage"})[:-4])
    assert jobs.read(job.id).events == job.events


def test_tabs_that_ask_at_once_get_one_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six ask for ways out in the same moment: one search is begun, and all are handed it; later there is another."""
    job = wait(jobs.start("wrong"))
    begun: list[Path] = []

    def idle(folder: Path) -> list[str]:
        begun.append(folder)
        assert json.loads((folder / "request.json").read_text(encoding="utf-8"))["key"]
        return [sys.executable, "-c", "import time; time.sleep(60)"]

    monkeypatch.setattr(jobs, "_command", idle)
    gate = Barrier(6)

    def ask(n: int) -> Job:
        gate.wait()
        return jobs.explain(job.id, "town", f"plan {n}", whatifs=["one", f"two {n}"], key=f"key {n}")

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(ask, range(6)))
    assert len(begun) == 1
    assert len({(one.id, one.key, one.created) for one in found}) == 1
    its = found[0].folder
    n = found[0].key[-1]
    assert [(its / name).read_text() for name in ("plan.json", "whatif-1.toml", "whatif-2.toml")] == [
        f"plan {n}", "one", f"two {n}"
    ]  # fmt: skip
    jobs._CHILDREN[found[0].id].kill()
    jobs._CHILDREN[found[0].id].wait()
    again = jobs.explain(job.id, "town", "new", key="another")
    assert (again.key, again.running, len(begun)) == ("another", True, 2)
    assert sorted(p.name for p in job.folder.glob("explain*")) == ["explain", "explain.lock"]
    assert not (again.folder / "whatif-1.toml").exists()
