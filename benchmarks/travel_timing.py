"""Interleaved rounds in processor time, and the lines and the table they end in."""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Task = Callable[[], Any]


@dataclass(frozen=True)
class Timed:
    """Processor seconds by name: the median over the rounds, and the least and the most."""

    median: Mapping[str, float]
    least: Mapping[str, float]
    most: Mapping[str, float]
    rounds: int

    def times(self, peer: str, own: str, *, scale: float = 1.0) -> float:
        """How many times as long the peer takes."""
        return self.median[peer] * scale / max(self.median[own], 1e-9)


def interleave(
    tasks: Mapping[str, Task], rounds: int, *, repeats: Mapping[str, int] | None = None
) -> Timed:
    """Run all tasks in turn, ``rounds`` times, so that whatever else the machine does meets them alike.

    A task that is over in milliseconds is called ``repeats[name]`` times a round and the mean taken; the clock is
    this process's processor time over all its threads.
    """
    took: dict[str, list[float]] = {name: [] for name in tasks}
    gc.collect()
    gc.freeze()  # nobody pays for looking through what the others hold; each pays for its own garbage, as in life
    try:
        for _ in range(rounds):
            for name, task in tasks.items():
                gc.collect()
                n = (repeats or {}).get(name, 1)
                begin = time.process_time()
                for _ in range(n):
                    task()
                took[name].append((time.process_time() - begin) / n)
    finally:
        gc.unfreeze()
    return Timed(
        {name: statistics.median(each) for name, each in took.items()},
        {name: min(each) for name, each in took.items()},
        {name: max(each) for name, each in took.items()},
        rounds,
    )


def once(task: Task) -> tuple[Any, float]:
    """Return what one call gives, and its processor seconds."""
    begin = time.process_time()
    result = task()
    return result, time.process_time() - begin


@dataclass
class Book:
    """The measurements of one run: each is printed as a line of JSON at once and kept for the table.

    Where ``judged`` is false, bars are shown but no time is held against them.
    """

    judged: bool = True
    lines: list[dict[str, Any]] = field(default_factory=list)

    def note(
        self,
        what: str,
        where: str,
        own_s: float,
        peer: str,
        peer_s: float,
        *,
        at_least: float | None = None,
        at_most: float | None = None,
        ratio: float | None = None,
        **more: Any,
    ) -> None:
        """Keep one measurement; the ratio is peer to own unless given, and the bar is ``at_least`` or ``at_most``."""
        value = peer_s / max(own_s, 1e-9) if ratio is None else ratio
        bar, met = None, None
        if at_least is not None:
            bar, met = f">= {at_least:g}", value >= at_least
        elif at_most is not None:
            bar, met = f"<= {at_most:g}", value <= at_most
        met = met if self.judged else None
        self._add(
            {
                "what": what,
                "where": where,
                "peer": peer,
                "own_s": round(own_s, 6),
                "peer_s": round(peer_s, 6),
                "ratio": round(value, 3),
                "bar": bar,
                "met": met,
                **more,
            }
        )

    def fact(self, what: str, where: str, value: str, *, met: bool | None = None, **more: Any) -> None:
        """Keep something counted, not timed."""
        self._add({"what": what, "where": where, "value": value, "bar": None, "met": met, **more})

    def _add(self, line: dict[str, Any]) -> None:
        self.lines.append(line)
        print(json.dumps(line), flush=True)

    @property
    def missed(self) -> list[dict[str, Any]]:
        """The measurements whose bar was not met."""
        return [line for line in self.lines if line["met"] is False]

    def table(self) -> str:
        """All measurements as a Markdown table, times in processor seconds; below it what was counted."""
        head = ("what", "where", "own", "peer", "peer's", "ratio", "bar", "met")
        rows = [head, tuple("-" * len(word) for word in head)]
        facts = []
        for line in self.lines:
            met = {True: "yes", False: "NO", None: ""}[line["met"]]
            if "value" in line:
                facts.append(f"- {line['what']}, {line['where']}: {line['value']}" + (f" ({met})" if met else ""))
                continue
            rows.append(
                (line["what"], line["where"], _seconds(line["own_s"]), line["peer"], _seconds(line["peer_s"]),
                 _ratio(line["ratio"]), line["bar"] or "", met)
            )  # fmt: skip
        width = [max(len(row[k]) for row in rows) for k in range(len(head))]
        table = [
            "| " + " | ".join(cell.ljust(size) for cell, size in zip(row, width, strict=True)) + " |"
            for row in rows
        ]
        return "\n".join([*(table if len(rows) > 2 else []), "", *facts])


def _seconds(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.3g} s"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"
