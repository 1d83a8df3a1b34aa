"""Every change of a replan in words: who, from what, to what, when, whom to tell; on screen, as JSON, as a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scenarios.demand.need import Seats
from scenarios.levels import level_title
from scenarios.replan import Replanned
from scenarios.sentences import Teller
from scenarios.viewing.people import place_names
from scheduler.roster.repair import Change
from scheduler.roster.repair_count import NEWLY

Lines = tuple[str, Sequence[str]]


class ChangeTeller:
    """Words for the changes of one replan; seats that are gone are told by the plan people hold."""

    def __init__(self, done: Replanned) -> None:
        self.done = done
        self.teller = Teller(done.desk, done.audit)
        self.old: Mapping[str, Seats] = done.before.roster.seats
        self.new: Mapping[str, Seats] = done.audit.rebuilt.roster.seats
        self.places = {
            **place_names(done.desk, done.before, done.old),
            **place_names(done.desk, done.audit.rebuilt, done.plan),
        }
        self.people = {p.id: p for p in done.desk.staff.people}

    def duty(self, group: str, seats: Mapping[str, Seats]) -> str:
        """One seat group: when and where."""
        its = seats.get(group)
        if its is None:
            return group
        place = self.places.get(its.need.place, its.need.place)
        clock = self.teller.clock
        return f"{clock(its.report_s)}-{clock(its.release_s)[-5:]} {place}, {its.need.kind} ({group})"

    def in_order(self, groups: Iterable[str], seats: Mapping[str, Seats]) -> list[str]:
        """Groups by time."""
        return sorted(groups, key=lambda g: (seats[g].report_s if g in seats else 0, g))

    def change(self, change: Change) -> str:
        """One person's change as a sentence."""
        parts = []
        if change.left:
            parts.append(f"gives up {'; '.join(self.duty(g, self.old) for g in self.in_order(change.left, self.old))}")
        if change.taken:
            parts.append(f"takes {'; '.join(self.duty(g, self.new) for g in self.in_order(change.taken, self.new))}")
        parts += [f"stays in {self.duty(g, self.new)}, until now {self.duty(g, self.old)}" for g in change.moved]
        return f"{self.teller.name(change.person)} {', and '.join(parts)}."

    def told(self, change: Change) -> tuple[str, ...]:
        """Whom to tell besides the person: the named leads of the seats, and the unit's duty desk."""
        leads = [s.need.lead for g in change.left if (s := self.old.get(g))]
        leads += [s.need.lead for g in (*change.taken, *change.moved) if (s := self.new.get(g))]
        person = self.people.get(change.person)
        units = [f"unit {person.unit}"] if person is not None else []
        named = [self.teller.name(lead) for lead in dict.fromkeys(leads) if lead and lead != change.person]
        return (*named, *units)

    def levels(self) -> Iterator[str]:
        """What the change costs, against the plan at hand and in itself."""
        titles = {"changed": "people changed", "near": "changes, weighed by nearness in time",
                  "frozen_lost": "duties before the freeze line that could not be kept"}
        first = next((level.name for level in self.done.outcome.levels if level.name != "frozen_lost"), "")
        was = {str(v["name"]): v["value"] for v in (self.done.old.results["roster"].levels
                                                    if "roster" in self.done.old.results else ())}
        for level in self.done.outcome.levels:
            if not level.value and level.name not in {"changed", first}:
                continue
            proven = ", proven least" if level.proven and not level.conditional else ""
            before = was.get(level.name)
            against = f" (was {before:,})" if before is not None and before != level.value else ""
            title = titles.get(level.name) or level_title(level.name.removeprefix(NEWLY))
            title += " that the plan had filled or that are new" if level.name.startswith(NEWLY) else ""
            yield f"{title}: {level.value or 0:,}{against}{proven}"


def change_lines(done: Replanned) -> tuple[Lines, ...]:
    """Headed lists for the screen."""
    words = ChangeTeller(done)
    rows = [f"{words.change(c)} Tell: {', '.join(('the person', *words.told(c)))}." for c in done.outcome.changes]
    again = {"siting": "posts were sited again", "patrols": "patrols were given up or routed again"}
    touched = [text for engine, text in again.items() if not done.kept[engine]]
    return (
        (done.outcome.note, rows or ["Everybody keeps the duties of the plan."]),
        ("The change touches more than duties", touched),
        ("What it costs", list(words.levels())),
    )


def changes_json(done: Replanned) -> dict[str, Any]:
    """What ``--json`` prints."""
    words = ChangeTeller(done)
    return {
        "scenario": done.plan.scenario,
        "status": {0: "planned", 3: "short", 4: "no plan", 5: "broken", 6: "withheld"}[done.exit_code],
        "note": done.outcome.note,
        "proven_least": done.outcome.proven_least,
        "seconds": round(done.outcome.seconds, 2),
        "kept": dict(done.kept),
        "levels": [
            {"name": v.name, "value": v.value, "bound": v.bound, "proven": v.proven} for v in done.outcome.levels
        ],
        "changes": [
            {
                "person": c.person, "left": list(c.left), "taken": list(c.taken), "moved": list(c.moved),
                "forced": c.forced, "text": words.change(c), "tell": list(words.told(c)),
            }
            for c in done.outcome.changes
        ],
        "short": list(done.told.short()),
        "breaches": list(done.told.breaches()),
    }  # fmt: skip


def notice(done: Replanned) -> str:
    """The change notice as Markdown: one row for each person, to be ticked off when told."""
    words = ChangeTeller(done)
    lines = [f"# Change notice: {done.desk.scenario.title}", ""]
    if done.at_s is not None:
        lines += [f"As of {words.teller.clock(done.at_s)}.", ""]
    lines += [f"- {sentence}" for sentence in done.said]
    lines += ["", done.outcome.note, "", "| Told | Who | From | To | Tell also |", "|---|---|---|---|---|"]
    for change in done.outcome.changes:
        left = [words.duty(g, words.old) for g in words.in_order((*change.left, *change.moved), words.old)]
        taken = [words.duty(g, words.new) for g in words.in_order((*change.taken, *change.moved), words.new)]
        cells = ["☐", words.teller.name(change.person), *("<br>".join(its) or "-" for its in (left, taken)),
                 ", ".join(words.told(change))]
        lines.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    lines += ["", "## What it costs", "", *(f"- {text}" for text in words.levels())]
    if done.told.short():
        lines += ["", "## Mandatory seats that stay empty", "", *(f"- {text}" for text in done.told.short())]
    return "\n".join(lines) + "\n"
