"""Words of the pages: states, stages and figures as planners say them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from scenarios.jobs import Job

STAGES = {
    "ground": "Read the map",
    "siting": "Choose posts",
    "patrols": "Lay out patrols",
    "roster": "Fill the roster",
    "audit": "Check the plan",
    "tradeoff": "See what one more post buys",
    "papers": "Print the papers",
}
STATES = {
    "queued": "waiting for its turn",
    "running": "planning",
    "done": "planned",
    "stopped": "stopped early",
    "failed": "input has faults",
    "crashed": "broke off",
}
ENDS = {
    0: "planned",
    2: "input has faults",
    3: "seats short",
    4: "no plan",
    6: "withheld",
}
#: How an engine's end is told: words, colour.
PROOFS = {
    "optimal": ("proven best", "green"),
    "feasible": ("good, not proven best", "blue"),
    "infeasible": ("proven impossible", "red"),
    "unknown": ("nothing found in the time", "orange"),
    "invalid": ("refused", "red"),
}


#: What the steps of improvement measure, most important first within each part of the work.
LEVELS = {
    "must_bare": "important sites out of reach",
    "bare": "sites out of reach",
    "single": "sites within reach of one only",
    "posts": "effort for posts",
    "response": "response times",
    "missed": "calls missed",
    "gap_excess": "minutes unseen beyond promise",
    "core": "minutes without a crew in the core",
    "crews": "effort for crews",
    "presence": "presence given up",
    "driving": "seconds on the way",
    "balance": "uneven load of crews",
    "costs": "wishes and fairness given up",
}


def level_words(name: str) -> str:
    """A step's name in plain words; the roster's first steps count empty seats by importance."""
    if name.startswith("short_"):
        return "seats empty that must be filled" if name == "short_0" else "further seats empty"
    return LEVELS.get(name, name.replace("_", " "))


def state_mark(job: Job) -> str:
    """One or two words on how a job stands."""
    if job.state == "done" and job.result is not None:
        return ENDS.get(job.result.exit_code, "planned")
    return STATES[job.state]


def state_colour(job: Job) -> Literal["blue", "green", "orange", "red"]:
    """The colour of that word."""
    if job.running:
        return "blue"
    if job.state == "done" and job.result is not None and job.result.exit_code == 0:
        return "green"
    return "orange" if job.has_plan else "red"


def when_text(created: str) -> str:
    """``22 Nov 14:05`` in this machine's own zone, where the job ran."""
    return f"{datetime.fromisoformat(created).astimezone():%d %b %H:%M}"


def lasting(seconds: float) -> str:
    """``75`` -> ``1 min 15 s``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def count(n: int, one: str, many: str = "") -> str:
    """``1 post``, ``3 posts``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def unique(titles: Sequence[str]) -> list[str]:
    """Titles that differ: a table cannot have two columns of one name."""
    found: list[str] = []
    for title in titles:
        n = sum(one == title or one.startswith(f"{title} (") for one in found)
        found.append(title if not n else f"{title} ({n + 1})")
    return found
