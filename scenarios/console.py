"""What the command shows in a terminal: live progress, tables and sentences."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from scenarios.errors import Fault, ScenarioError
from scenarios.levels import level_title
from scheduler.outcome import Progress

if TYPE_CHECKING:
    from scenarios.compare import Comparison
    from scenarios.request import Request
    from scenarios.view import PlanView

STAGES = {
    "ground": "Map",
    "siting": "Posts",
    "patrols": "Patrols",
    "roster": "Roster",
    "audit": "Audit",
    "tradeoff": "One more",
    "papers": "Papers",
}


class Board:
    """A live table of stages: what runs, what it has reached and what is proven."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.began = time.monotonic()
        self.rows: dict[str, tuple[str, float]] = {}
        self.live = Live(console=console, refresh_per_second=4, transient=not console.is_terminal)

    def __enter__(self) -> Self:
        self.live.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.live.__exit__(None, None, None)

    def __call__(self, event: Progress) -> None:
        """Take one event; may be called from a solver's thread."""
        text = event.text or (level_title(event.level) if event.level else "")
        if event.value is not None:
            text = f"{level_title(event.level)}: {event.value:,}"
            if event.bound is not None:
                text += f"  (no less than {event.bound:,})"
        self.rows[event.engine] = (text, time.monotonic() - self.began)
        if self.console.is_terminal:
            self.live.update(self._table())

    def _table(self) -> Table:
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
        for engine, title in STAGES.items():
            if engine in self.rows:
                text, at = self.rows[engine]
                table.add_row(f"[bold]{title}[/bold]", Text(text), f"[dim]{at:5.1f} s[/dim]")
        return table


def show_faults(console: Console, faults: Iterable[Fault], head: str) -> None:
    """Every fault, grouped by file."""
    rows = list(faults)
    console.print(Text(head, style="bold red"))
    for fault in sorted(rows, key=lambda f: (f.file, f.row or 0, f.field)):
        console.print(Text("  " + fault.sentence()))


def show_view(console: Console, view: PlanView) -> None:
    """Summary, figures and what is short."""
    console.print(f"\n[bold]{escape(view.title)}[/bold]  [dim]{escape(view.scenario)} {view.version}[/dim]")
    for line in view.summary:
        console.print(Text("  " + line))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    group = ""
    for kpi in view.kpis:
        head = kpi.group if kpi.group != group else ""
        group = kpi.group
        table.add_row(f"[bold]{head}[/bold]", kpi.title, Text(kpi.text))
    console.print(table)


def show_list(console: Console, head: str, lines: Iterable[str], limit: int = 40) -> None:
    """A headed list; what is cut off is counted."""
    rows = list(lines)
    if not rows:
        return
    console.print(Text(head, style="bold"))
    for line in rows[:limit]:
        console.print(Text("  " + line))
    if len(rows) > limit:
        console.print(f"  ... and {len(rows) - limit} more")


def show_comparison(console: Console, comparison: Comparison, limit: int = 12) -> None:
    """Figures side by side, then the changes by place and person."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("")
    for title in comparison.titles:
        table.add_column(escape(title), justify="right")
    colour = {"better": "green", "worse": "red"}
    for figure in comparison.figures:
        cells = [
            Text(text, style=colour.get(v, ""))
            for text, v in zip(figure.texts, figure.verdicts, strict=True)
        ]
        table.add_row(figure.title, *cells)
    console.print(table)
    for title, changes in zip(comparison.titles[1:], comparison.changes, strict=True):
        lines = [
            f"{c.what} {c.name}: {'; '.join(c.before) or 'none'} -> {'; '.join(c.after) or 'none'}"
            for c in changes
        ]
        n = f"{len(lines)} {'change' if len(lines) == 1 else 'changes'}"
        show_list(console, f"\n{title}: {n} from {comparison.titles[0]}", lines, limit)


def show_presets(console: Console, name: str | None = None) -> None:
    """Every preset of rules, or every value of one with its source; an unknown name is a ScenarioError."""
    from scenarios.presets import presets

    known = presets()
    if name is None:
        for preset in known.values():
            console.print(f"[bold]{preset.name}[/bold]  {escape(preset.title)}, {len(preset.values)} values")
            console.print(Text("  " + preset.note, style="dim"))
        console.print('\nIn scenario.toml: [rules] preset = "NAME". What the scenario sets itself wins.', markup=False)
        return
    if name not in known:
        raise ScenarioError([Fault("NAME", None, "", name, f"one of {', '.join(known)}", "take one of these")])
    table = Table(show_edge=False, pad_edge=False)
    for head in ("Setting", "Value", "Source"):
        table.add_column(head, overflow="fold", no_wrap=head == "Setting")
    for value in known[name].values:
        table.add_row(value.name, str(value.value), Text(value.source))
    console.print(Text(known[name].note, style="dim"))
    console.print(table)


def show_request(console: Console, request: Request) -> None:
    """What each unit owes: most heads at once, head hours, names still unknown, what is missing."""
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("Unit")
    for head in ("Most at once", "Head hours", "Names unknown", "Missing at once"):
        table.add_column(head, justify="right")
    for unit in request.units:
        counts = request.heads.get(unit, (0,))
        numbers = (max(counts), sum(counts), request.n_unknown(unit), request.missing_at_once(unit))
        table.add_row(escape(request.view.units.get(unit, unit)), *map(str, numbers))
    console.print(table)
