"""Words of the pages: states, stages and figures as planners say them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal, TypeVar

from scenarios.jobs import Job
from scenarios.levels import level_title
from scenarios.tongue import dates, mark
from scenarios.tongue import say as _

Key = TypeVar("Key")


class Told(Mapping[Key, str]):
    """A table of marked words, told in the reader's language whenever one is looked up."""

    def __init__(self, words: dict[Key, str]) -> None:
        self._words = words

    def __getitem__(self, key: Key) -> str:
        return _(self._words[key])

    def __iter__(self) -> Iterator[Key]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)


STAGES = Told({
    "ground": mark("Read the map"),
    "siting": mark("Choose posts"),
    "patrols": mark("Lay out patrols"),
    "roster": mark("Fill the roster"),
    "audit": mark("Check the plan"),
    "tradeoff": mark("See what one more post buys"),
    "papers": mark("Print the papers"),
})  # fmt: skip
STATES = Told({
    "queued": mark("waiting for its turn"),
    "running": mark("planning"),
    "done": mark("planned"),
    "stopped": mark("stopped early"),
    "failed": mark("input has faults"),
    "crashed": mark("broke off"),
})  # fmt: skip
ENDS = Told({
    0: mark("planned"),
    2: mark("input has faults"),
    3: mark("seats short"),
    4: mark("no plan"),
    6: mark("withheld"),
})  # fmt: skip
_PROOFS = Told({
    "optimal": mark("proven best"),
    "feasible": mark("good, not proven best"),
    "infeasible": mark("proven impossible"),
    "unknown": mark("nothing found in the time"),
    "invalid": mark("refused"),
})  # fmt: skip
_PROOF_COLOURS = {"optimal": "green", "feasible": "blue", "infeasible": "red", "unknown": "orange", "invalid": "red"}


class _Proofs(Mapping[str, tuple[str, str]]):
    """How an engine's end is told: words, colour."""

    def __getitem__(self, status: str) -> tuple[str, str]:
        return _PROOFS[status], _PROOF_COLOURS[status]

    def __iter__(self) -> Iterator[str]:
        return iter(_PROOFS)

    def __len__(self) -> int:
        return len(_PROOFS)


PROOFS = _Proofs()


def level_words(name: str) -> str:
    """What a step of improvement measures, in plain words."""
    return level_title(name)


def state_mark(job: Job) -> str:
    """One or two words on how a job stands."""
    if job.state == "done" and job.result is not None:
        return ENDS.get(job.result.exit_code, STATES["done"])
    return STATES[job.state]


def state_colour(job: Job) -> Literal["blue", "green", "orange", "red"]:
    """The colour of that word."""
    if job.running:
        return "blue"
    if job.state == "done" and job.result is not None and job.result.exit_code == 0:
        return "green"
    return "orange" if job.has_plan else "red"


def when_text(created: str) -> str:
    """``22 Nov 14:05`` or ``11月22日 14:05``, in this machine's own zone, where the job ran."""
    return dates.moment(datetime.fromisoformat(created).astimezone())


def begun_text(ident: str) -> str:
    """When a draft or job was begun, from its id; nothing where that says none."""
    try:
        return dates.moment(datetime.strptime(ident[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC).astimezone())
    except ValueError:
        return ""


def lasting(seconds: float) -> str:
    """``75`` -> ``1 min 15 s``."""
    whole = round(seconds)
    if whole < 60:
        return _("{n} s", n=whole)
    if whole < 3600:
        return _("{m} min {s:02d} s", m=whole // 60, s=whole % 60)
    return _("{h} h {m:02d} min", h=whole // 3600, m=whole % 3600 // 60)


#: What Markdown and Streamlit read as marks: anywhere, and where a text begins.
_MARKS = re.compile(r"[\\`*_\[\]<>$~|]|:(?=[A-Za-z/+])")
_FIRST = re.compile(r"^(\s*\d*)([-+#.)])")


def typed(text: str) -> str:
    """What people have typed, as text and no more: else stars, dollars, colours, pictures and links in it would act."""
    return _FIRST.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", text))


def unique(titles: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """Titles that differ from each other and from ``taken``: a table cannot have two columns of one name."""
    found: list[str] = []
    for title in titles:
        n, new = 1, title
        while new in found or new in taken:
            n += 1
            new = f"{title} ({n})"
        found.append(new)
    return found


def apart(labels: Mapping[Key, str], more: Mapping[Key, str] | None = None) -> dict[Key, str]:
    """Labels of a list to choose from, no two alike: those that are get ``more`` after them, and else a number.

    Streamlit finds what was chosen by its words, so of two that look alike it could only ever take one.
    """
    several = {text for text, n in Counter(labels.values()).items() if n > 1}
    tail = {key: (more or {}).get(key) for key, text in labels.items() if text in several}
    told = [f"{text} · {tail[key]}" if tail.get(key) else text for key, text in labels.items()]
    return dict(zip(labels, unique(told), strict=True))
