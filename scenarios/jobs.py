"""Solving in a child process: it outlives the page that started it, can be stopped, and its crash is seen.

A job is a folder with a generated name under the data folder::

    request.json     what to plan: scenario, what-ifs, options, title, when it was asked for
    whatif-1.toml    the patches as they were then, if there are any
    pid              the worker's process id, written once it holds its lock
    alive            locked by the worker while it lives: a lock cannot outlive its process
    progress.jsonl   one JSON object a line (see ``Event``)
    stop             made by ``stop``: end soon and keep the best plan so far
    result.json      how it ended (see ``Result``); absent while it runs and after a crash
    log.txt          what the worker said, with the traceback of a crash
    out/             plan.json, papers, and view.json.gz for the pages
    explain/         the same once more for the search for ways out of what the plan leaves short as it stands: its
                     id is ``ID/explain``, what it finds is ways.json, and plan.json is the plan it is about

One job plans at a time on a machine; the others wait in the state ``queued``.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scenarios.jobfiles import Event, Options, Result, State, events_of, result_of, write_json
from scenarios.locking import holds, take, wait_for

__all__ = [
    "EXPLAIN", "OVER", "Event", "Job", "Options", "Result", "State", "delete", "explain", "explanation", "home",
    "is_id", "jobs", "log_tail", "main", "new_id", "read", "start", "stop", "write_json",
]  # fmt: skip
OVER: frozenset[str] = frozenset({"done", "stopped", "failed", "crashed"})

#: Part of a job's folder, and of its id, for the search for ways out of its plan.
EXPLAIN = "explain"

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
#: A worker that has not even written its pid by then never will.
_START_LIMIT_S = 60.0
_CHILDREN: dict[str, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Job:
    """One job as its folder tells it at this moment."""

    id: str
    folder: Path
    out: Path
    scenario: str
    title: str
    source: str
    created: str
    options: Options
    state: State
    events: tuple[Event, ...] = ()
    result: Result | None = None
    elapsed_s: float = 0.0
    #: What a search for ways out was made of.
    key: str = ""

    @property
    def running(self) -> bool:
        """True until the job has ended in any way."""
        return self.state not in OVER

    @property
    def has_plan(self) -> bool:
        """Whether a plan may be shown."""
        return self.result is not None and self.result.has_plan

    @property
    def view_path(self) -> Path:
        """Where the pages' view of the plan lies, once there is a plan."""
        return self.out / "view.json.gz"


def home() -> Path:
    """The data folder: ``VEDETTE_HOME``, else the place that the platform keeps for such things."""
    given = os.environ.get("VEDETTE_HOME")
    if given:
        return Path(given).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "Vedette"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Vedette"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "vedette"


def new_id() -> str:
    """A name for a folder: time and chance, never typed text."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"


def is_id(text: str) -> bool:
    """Whether ``text`` (from an address line, say) has the form of a generated name."""
    return _ID.fullmatch(text) is not None


def start(
    scenario: str | Path,
    out_folder: Path | None = None,
    *,
    options: Options | None = None,
    whatifs: Sequence[Path] = (),
    title: str = "",
    source: str = "",
    base_plan: Path | None = None,
    replan: Mapping[str, Any] | None = None,
    files: Mapping[str, str] | None = None,
) -> Job:
    """Start planning in a child process and return at once.

    Parameters
    ----------
    scenario
        A shipped name or a scenario folder.
    out_folder
        Where plan and papers go; the job's own ``out`` when not given.
    whatifs
        Patches (TOML) over the scenario, applied in this order.
    title
        What people call it; only ever shown, never part of a path.
    source
        The ref under which the front end finds the plans of one scenario, what-if or draft again.
    base_plan
        An earlier ``plan.json`` whose post numbers and call signs are to be kept.
    replan
        Mend a plan in place of making one: what ``scenarios.today.replan_job`` reads.
    files
        Further texts that the worker finds in its folder.
    """
    job_id = new_id()
    folder = home() / "jobs" / job_id
    folder.mkdir(parents=True)
    out = out_folder if out_folder is not None else folder / "out"
    # Copies: a draft may be changed while its plan is still being made.
    patches = [folder / f"whatif-{i}.toml" for i in range(1, len(whatifs) + 1)]
    for patch, given in zip(patches, whatifs, strict=True):
        patch.write_bytes(given.read_bytes())
    request = {
        "scenario": str(scenario),
        "whatifs": [str(patch) for patch in patches],
        "base_plan": None if base_plan is None else str(base_plan),
        "source": source or str(scenario),
        "out": str(out),
        "title": title or str(scenario),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "options": asdict(options or Options()),
        **({"replan": dict(replan)} if replan is not None else {}),
    }
    for name, text in (files or {}).items():
        (folder / name).write_text(text, encoding="utf-8")
    write_json(folder / "request.json", request)
    return _spawn(job_id, folder)


def explain(
    job_id: str, scenario: str, plan: str, *, whatifs: Sequence[str] = (), key: str = "", seconds: float = 30.0
) -> Job:
    """Look for ways out of what a plan leaves short, in a child process of its own.

    A search for the same job before is forgotten; one that still runs is handed back as it is. Whoever asks at the
    same moment gets the same search.

    Parameters
    ----------
    scenario
        A shipped name or a scenario folder.
    plan
        The text of the ``plan.json`` to be explained: the job's own, or as it stands by now.
    whatifs
        Texts of the patches over the scenario, applied in this order.
    key
        What all of this was made of (``Job.key``), so that it can be told later whether it still is.

    Raises
    ------
    KeyError
        No such job.
    """
    job, ident = read(job_id), f"{job_id}/{EXPLAIN}"
    folder, made, gone = (job.folder / name for name in (EXPLAIN, f"{EXPLAIN}.part", f"{EXPLAIN}.gone"))
    patches = {f"whatif-{number}.toml": text for number, text in enumerate(whatifs, start=1)}
    with wait_for(job.folder / f"{EXPLAIN}.lock"):
        before = explanation(job_id)
        if before is not None and before.running:
            return before
        for left in (made, gone):
            shutil.rmtree(left, ignore_errors=True)
        made.mkdir()
        for name, text in {"plan.json": plan, **patches}.items():
            (made / name).write_text(text, encoding="utf-8")
        options = replace(job.options, seconds=seconds)
        request = {
            "scenario": scenario, "whatifs": [str(folder / name) for name in patches], "source": job.source,
            "title": job.title, "options": asdict(options), "out": str(folder), "base_plan": None,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "explain": str(folder / "plan.json"), "key": key,
        }  # fmt: skip
        write_json(made / "request.json", request)
        # Nobody reads half a search: the old one goes as a whole, and the new one comes as a whole.
        _CHILDREN.pop(ident, None)
        if folder.exists():
            folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)
        made.rename(folder)
        return _spawn(ident, folder)


def explanation(job_id: str) -> Job | None:
    """The search for ways out of a plan, as it is now; None where none was begun."""
    try:
        return read(f"{job_id}/{EXPLAIN}")
    except (KeyError, FileNotFoundError):  # there is none, or it gives way to another just now
        return None


def _spawn(job_id: str, folder: Path) -> Job:
    """Start the worker of a folder that holds its request."""
    with (folder / "log.txt").open("wb") as log:
        _CHILDREN[job_id] = subprocess.Popen(
            _command(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
            env=_environment(),
        )
    return read(job_id)


def _command(folder: Path) -> list[str]:
    return [sys.executable, "-m", "scenarios.jobs", str(folder)]


def _environment() -> dict[str, str]:
    """The worker starts in its own folder: from a bare checkout it must be told where the packages lie."""
    folder = Path(__file__).resolve().parent.parent
    if folder.name in {"site-packages", "dist-packages"}:
        return {**os.environ, "PYTHONUNBUFFERED": "1"}
    root = str(folder)
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)),
        "PYTHONUNBUFFERED": "1",
    }


def stop(job_id: str) -> None:
    """Ask a job to end soon; the best plan it has by then is kept."""
    _folder(job_id).joinpath("stop").touch()


def read(job_id: str) -> Job:
    """What a job's folder tells now.

    Raises
    ------
    KeyError
        No such job (or a text that is no job's name).
    """
    return _read(job_id, with_events=True)


def _read(job_id: str, *, with_events: bool) -> Job:
    folder = _folder(job_id)
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    # The order matters: a worker writes its result before it lets go of its lock.
    alive = _alive(job_id, folder, request["created"])
    result = result_of(folder / "result.json")
    begun = folder / "begun"
    state: State
    if result is not None:
        state = result.state
    elif not alive:
        state = "crashed"
    else:
        state = "running" if begun.is_file() else "queued"
    running_s = max(0.0, time.time() - begun.stat().st_mtime) if state == "running" else 0.0
    events = tuple(events_of(folder / "progress.jsonl")) if with_events else ()
    if result is not None:
        running_s = result.seconds
    elif state == "crashed" and events:
        running_s = events[-1].t
    return Job(
        id=job_id,
        folder=folder,
        out=Path(request["out"]),
        scenario=request["scenario"],
        title=request["title"],
        source=request["source"],
        created=request["created"],
        options=Options(**request["options"]),
        state=state,
        events=events,
        result=result,
        elapsed_s=running_s,
        key=request.get("key", ""),
    )


def jobs() -> tuple[Job, ...]:
    """All jobs without their events, the newest first; folders that are none, or half made, are left out."""
    root = home() / "jobs"
    if not root.is_dir():
        return ()
    names = sorted((p.name for p in root.iterdir() if is_id(p.name)), reverse=True)
    return tuple(job for name in names if (job := _listed(root / name)) is not None)


def _listed(folder: Path) -> Job | None:
    if not (folder / "request.json").is_file():
        return None
    try:
        return _read(folder.name, with_events=False)
    except (KeyError, TypeError, ValueError):
        # Kept by another version, or damaged: its papers still lie in its folder.
        return None


def delete(job_id: str) -> None:
    """Remove a job with its plan and papers; a running one, or one whose ways out are looked for, is left alone."""
    its = explanation(job_id)
    if not read(job_id).running and (its is None or not its.running):
        shutil.rmtree(_folder(job_id))


def log_tail(job_id: str, n_lines: int = 20) -> str:
    """The last lines that the worker said: what people are shown after a crash."""
    path = _folder(job_id) / "log.txt"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return "\n".join(text.splitlines()[-n_lines:])


def _folder(job_id: str) -> Path:
    ident, _, part = job_id.partition("/")
    folder = home() / "jobs" / ident / part
    if not is_id(ident) or part not in {"", EXPLAIN} or not (folder / "request.json").is_file():
        raise KeyError(job_id)
    return folder


def _alive(job_id: str, folder: Path, created: str) -> bool:
    child = _CHILDREN.get(job_id)
    if child is not None:
        # Asking also buries a child that has ended.
        return child.poll() is None
    if (folder / "pid").is_file():
        return holds(folder / "alive")
    age = datetime.now(UTC) - datetime.fromisoformat(created)
    return age.total_seconds() < _START_LIMIT_S


def main(argv: list[str] | None = None) -> int:
    """``python -m scenarios.jobs JOBDIR``: hold the job's lock, wait for the turn, plan, write how it ended."""
    from scenarios.worker import work

    folder = Path((argv if argv is not None else sys.argv[1:])[0])
    with take(folder / "alive"):
        (folder / "pid").write_text(str(os.getpid()), encoding="ascii")
        root = folder.parent.parent if folder.name == EXPLAIN else folder.parent
        return work(folder, turn=root / "turn")


if __name__ == "__main__":
    raise SystemExit(main())
