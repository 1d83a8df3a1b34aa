"""The child process's side of a job: plan, tell the progress, keep what was found, say how it ended."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geodata.errors import GeodataError
from scenarios.errors import ScenarioError
from scenarios.jobs import Event, Options, Result, State, write_json
from scenarios.load import Loaded, read_raw
from scenarios.locking import attempt
from scenarios.tongue import ENGLISH, LANGUAGES, speaking
from scheduler.errors import ProblemError
from scheduler.outcome import Progress

if TYPE_CHECKING:
    from scenarios.desk import Desk

_LOG = logging.getLogger(__name__)
#: What is wrong with the input and not with us.
INPUT = (ScenarioError, GeodataError, ProblemError)
#: How often the stop file is looked for, and how often a bound may be told anew.
_LOOK_S = 0.25
_BOUND_EVERY_S = 0.2


class Diary:
    """Appends events to ``progress.jsonl``; solvers call it from threads of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._zero = time.monotonic()
        self._told: dict[tuple[str, str], float] = {}
        #: Whether the scenario lies on its map: what fails from then on is not told better by reading both again.
        self.laid_out = False

    def begin(self) -> None:
        """Planning starts now: seconds count from here."""
        self._zero = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since ``begin``."""
        return time.monotonic() - self._zero

    def tell(self, kind: str, text: str = "", **more: Any) -> None:
        """Write one event."""
        event = Event(t=round(self.seconds, 3), kind=kind, text=text, **more)
        line = json.dumps(asdict(event), ensure_ascii=False) + "\n"
        with self._guard, self._path.open("a", encoding="utf-8") as file:
            file.write(line)

    def follow(self, progress: Progress) -> None:
        """``on_progress`` of the facade. Bounds come by the hundred: one of them in a while is enough."""
        key = (progress.engine, progress.level)
        now = self.seconds
        self.laid_out = self.laid_out or progress.engine != "ground"
        if progress.kind == "bound" and now - self._told.get(key, -1.0) < _BOUND_EVERY_S:
            return
        self._told[key] = now
        self.tell(
            progress.kind,
            progress.text,
            engine=progress.engine,
            level=progress.level,
            value=None if progress.value is None else int(progress.value),
            bound=None if progress.bound is None else int(progress.bound),
            seconds=round(float(progress.seconds), 3),
        )


def foretell(diary: Diary, say: Callable[[], Iterable[str]]) -> None:
    """What no plan can keep, told before any is searched for: one event for each sentence, in every language."""
    with speaking(ENGLISH):
        sentences = tuple(say())
    others = in_others(lambda: tuple(say())) if sentences else {}
    for k, text in enumerate(sentences):
        words = {code: told[k] for code, told in others.items() if len(told) == len(sentences)}
        diary.tell("doubt", text, engine="ground", words=words)


def in_others(say: Callable[[], tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Sentences in every language but English."""
    found = {}
    for code in LANGUAGES:
        if code != ENGLISH:
            with speaking(code):
                found[code] = say()
    return found


def stopper(path: Path) -> Callable[[], bool]:
    """Return a cheap question for solvers to ask often: has somebody asked us to stop."""
    seen = False
    looked = -1.0

    def asked() -> bool:
        nonlocal seen, looked
        now = time.monotonic()
        if not seen and now - looked >= _LOOK_S:
            looked, seen = now, path.exists()
        return seen

    return asked


def work(folder: Path, turn: Path) -> int:
    """Do the job in ``folder`` once ``turn`` is free; returns the process's exit code.

    What goes wrong with the input is a result; what goes wrong with us is a traceback in the log and no
    result, which readers show as a crash.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    if "replan" in request:  # whoever fell ill does not wait for another event's plan
        turn = turn.with_name("turn-replan")
    asked = stopper(folder / "stop")
    diary = Diary(folder / "progress.jsonl")
    diary.tell("queued")
    while not asked():
        with attempt(turn) as mine:
            if mine:
                diary.begin()
                (folder / "begun").touch()
                diary.tell("started")
                return _end(folder, diary, _done(folder, request, diary, asked))
        time.sleep(_LOOK_S)
    return _end(folder, diary, Result("stopped", 4, 0.0))


def _end(folder: Path, diary: Diary, result: Result) -> int:
    diary.tell("end", result.state)
    write_json(folder / "result.json", asdict(result))
    return result.exit_code


def _done(folder: Path, request: dict[str, Any], diary: Diary, asked: Callable[[], bool]) -> Result:
    """The work itself; faults of the input are a result, told in every language."""
    try:
        if "replan" in request:
            from scenarios.today.replan_job import replan_job

            return replan_job(folder, request, diary, asked)
        if "explain" in request:
            return _explain(folder, request, diary, asked)
        return _plan(request, diary, asked)
    except INPUT as error:
        faults = _sentences(error)
    others = {} if diary.laid_out else in_others(lambda: _faults(request))
    found = {code: told for code, told in others.items() if len(told) == len(faults)}
    return Result("failed", 2, round(diary.seconds, 1), faults, faults_in=found)


def _sentences(error: ScenarioError | GeodataError | ProblemError) -> tuple[str, ...]:
    if isinstance(error, ScenarioError):
        return tuple(fault.sentence() for fault in error.faults)
    return tuple(str(fault) for fault in error.faults)


def _faults(request: dict[str, Any]) -> tuple[str, ...]:
    """What is wrong with the input, in the language of the moment; nothing where it only shows later."""
    from scenarios.desk import prepare

    try:
        prepare(_load(request))
    except INPUT as error:
        return _sentences(error)
    except OSError:  # gone meanwhile: what was told first stands
        return ()
    return ()


def _load(request: dict[str, Any]) -> Loaded:
    """The scenario with its what-ifs; all its faults at once."""
    from scenarios.run import checked
    from scenarios.whatif import load_whatif

    raw = read_raw(request["scenario"])
    for path in request["whatifs"]:
        raw, _ = load_whatif(Path(path), raw)
    return checked(raw)


def _explain(folder: Path, request: dict[str, Any], diary: Diary, asked: Callable[[], bool]) -> Result:
    """Ways out of what a plan leaves short: what is found by the end of the time, or by the stop, is kept."""
    from scenarios.explain import explain_plan
    from scenarios.planform import read_plan

    options = Options(**request["options"])
    found = explain_plan(
        _load(request), read_plan(Path(request["explain"])), seconds=options.seconds, seed=options.seed,
        workers=options.workers, repeatable=options.repeatable, on_progress=diary.follow, stop=asked,
    )  # fmt: skip
    told = {}
    for code in LANGUAGES:
        with speaking(code):
            told[code] = found.to_json()
    write_json(folder / "ways.json", told)
    state: State = "stopped" if asked() else "done"
    return Result(state, 0, round(diary.seconds, 1), (), ("ways.json",))


def _plan(request: dict[str, Any], diary: Diary, asked: Callable[[], bool]) -> Result:
    from scenarios import run
    from scenarios.foresight import before_solving
    from scenarios.viewfile import write_view

    options = Options(**request["options"])
    out = Path(request["out"])
    base = request["base_plan"]

    def on_desk(desk: Desk) -> None:
        diary.laid_out = True
        foretell(diary, lambda: before_solving(desk))

    planned = run.plan_scenario(
        _load(request),
        seconds=options.seconds,
        seed=options.seed,
        workers=options.workers,
        repeatable=options.repeatable,
        on_progress=diary.follow,
        stop=asked,
        base_plan=run.read_plan(Path(base)) if base else None,
        on_desk=on_desk,
    )
    stopped = asked()
    files: tuple[str, ...] = ()
    has_plan = planned.exit_code in (0, 3)
    if has_plan:
        out.mkdir(parents=True, exist_ok=True)
        write_view(planned.view, out / "view.json.gz")
        made = run.publish_all(planned, out, on_progress=diary.follow)
        files = tuple(path.name for path in made)
    state: State = "stopped" if stopped else "done"
    _LOG.info("ended as %s with exit code %d", state, planned.exit_code)
    return Result(state, planned.exit_code, round(diary.seconds, 1), (), files, has_plan)
