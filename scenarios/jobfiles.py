"""What stands in a job's folder: its options, how it goes and how it ended, as ``scenarios.jobs`` lays them down."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

State = Literal["queued", "running", "done", "stopped", "failed", "crashed"]


@dataclass(frozen=True)
class Options:
    """How long and how to plan: the same switches as the command's."""

    seconds: float = 60.0
    seed: int = 0
    workers: int = 2
    repeatable: bool = False


@dataclass(frozen=True)
class Event:
    """One line of ``progress.jsonl``.

    Attributes
    ----------
    t
        Seconds since the worker began to plan.
    kind
        ``queued``, ``started``, ``stage``, ``doubt`` (what no plan can keep), ``solution``, ``bound``, ``done`` (an
        engine's end), ``papers`` or ``end``. ``stage``, ``solution``, ``bound`` and ``done`` come from
        ``scheduler.outcome.Progress``.
    engine, level
        Which engine, and which level of its objective, the numbers belong to.
    value, bound
        Best value so far and proven lower bound, None where unknown.
    seconds
        Seconds since the start of the engine's own run.
    text
        A few words for people, in English.
    words
        The same in other languages, where it is a sentence of the scenario's own.
    """

    t: float
    kind: str
    engine: str = ""
    level: str = ""
    value: int | None = None
    bound: int | None = None
    seconds: float = 0.0
    text: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def told(self, code: str) -> str:
        """Its words in a language, in English where they are not known in it."""
        return self.words.get(code, self.text)


@dataclass(frozen=True)
class Result:
    """``result.json``: how a job ended. ``exit_code`` means what it means for the command.

    ``faults_in`` has the faults in other languages than English.
    """

    state: State
    exit_code: int
    seconds: float
    faults: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    has_plan: bool = False
    faults_in: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def write_json(path: Path, data: Mapping[str, Any]) -> None:
    """Write a small JSON file; a reader never sees half of it."""
    draft = path.with_name(path.name + ".part")
    draft.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    draft.replace(path)


def events_of(path: Path) -> list[Event]:
    """The events of a ``progress.jsonl``, without a line that is still being written."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    # The last piece has no newline yet: it is empty or still being written.
    return [Event(**json.loads(line)) for line in lines[:-1] if line]


def result_of(path: Path) -> Result | None:
    """What a ``result.json`` says; None where there is none (yet)."""
    if not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    faults_in = {code: tuple(texts) for code, texts in data.get("faults_in", {}).items()}
    lists = {"faults": tuple(data["faults"]), "files": tuple(data["files"]), "faults_in": faults_in}
    return Result(**{**data, **lists})
