"""The same figures side by side, and what changed by place and by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.tongue import say as _
from scenarios.tongue import says
from scenarios.view import DutyView, PlanView, PostView, TourView


@dataclass(frozen=True)
class Figure:
    """One figure in every plan; ``delta`` is the difference from the first, None where it is missing."""

    key: str
    title: str
    group: str
    unit: str
    better: str
    texts: tuple[str, ...]
    values: tuple[float | None, ...]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """"better", "worse", "same" or "" against the first plan; what reads the same is the same."""
        base, told = self.values[0], self.texts[0]
        return tuple(
            "same" if text == told and value is not None and self.better else self._verdict(base, value)
            for text, value in zip(self.texts, self.values, strict=True)
        )

    def _verdict(self, base: float | None, value: float | None) -> str:
        if base is None or value is None or not self.better:
            return ""
        if abs(value - base) < 1e-9:
            return "same"
        return "better" if (value > base) == (self.better == "up") else "worse"


@dataclass(frozen=True)
class Change:
    """One difference of a plan from the first: at a place or for a person."""

    what: str
    ident: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Plans side by side. ``changes[k]`` lists how plan ``k + 1`` differs from the first."""

    titles: tuple[str, ...]
    figures: tuple[Figure, ...]
    changes: tuple[tuple[Change, ...], ...]


def compare(views: Sequence[PlanView], titles: Sequence[str]) -> Comparison:
    """Set plans beside the first one."""
    keys: dict[str, int] = {}
    for view in views:
        for kpi in view.kpis:
            keys.setdefault(kpi.key, len(keys))
    tables = [{k.key: k for k in view.kpis} for view in views]
    figures = []
    for key in keys:
        known = next(table[key] for table in tables if key in table)
        figures.append(
            Figure(
                key, known.title, known.group, known.unit, known.better,
                tuple(t[key].text if key in t else "-" for t in tables),
                tuple(t[key].value if key in t else None for t in tables),
            )
        )
    changes = tuple(_changes(views[0], view) for view in views[1:])
    return Comparison(tuple(titles), tuple(figures), changes)


def _changes(base: PlanView, other: PlanView) -> tuple[Change, ...]:
    return (*_post_changes(base, other), *_cover_changes(base, other), *_tour_changes(base, other),
            *_person_changes(base, other))


def _pairs(before: dict[str, tuple[str, tuple[str, ...]]], after: dict[str, tuple[str, tuple[str, ...]]],
           what: str) -> list[Change]:
    found = []
    for ident in sorted(set(before) | set(after)):
        old = before.get(ident, ("", ()))
        new = after.get(ident, ("", ()))
        if old[1] != new[1]:
            found.append(Change(what, ident, new[0] or old[0], old[1], new[1]))
    return found


def _post_changes(base: PlanView, other: PlanView) -> list[Change]:
    def table(view: PlanView) -> dict[str, tuple[str, tuple[str, ...]]]:
        return {p.place: (f"{p.number} {p.name}", _stands(view, p)) for p in view.posts}

    return _pairs(table(base), table(other), "post")


def _stands(view: PlanView, post: PostView) -> tuple[str, ...]:
    return tuple(f"{view.span(s.start_s, s.end_s)}: {s.n_units} {s.kind}" for s in post.stands)


def _cover_changes(base: PlanView, other: PlanView) -> list[Change]:
    def table(view: PlanView) -> dict[str, tuple[str, tuple[str, ...]]]:
        return {
            s.id: (s.name, tuple(_("{when}: no post in time", when=view.span(c.start_s, c.end_s)) for c in s.uncovered))
            for s in view.sites
        }

    return _pairs(table(base), table(other), "cover")


def _tour_changes(base: PlanView, other: PlanView) -> list[Change]:
    def table(view: PlanView) -> dict[str, tuple[str, tuple[str, ...]]]:
        return {t.crew: (f"{t.call_sign} {t.unit}", (tour_text(view, t),)) for t in view.tours}

    return _pairs(table(base), table(other), "tour")


def tour_text(view: PlanView, tour: TourView) -> str:
    """``Fri 28 Aug 18:00-22:00: 12 stops, 14.2 km``."""
    stops = says("{n} stop", "{n} stops", len(tour.stops))
    span = view.span(tour.depart_s, tour.return_s)
    return _("{when}: {stops}, {km:.1f} km", when=span, stops=stops, km=tour.km)


def _person_changes(base: PlanView, other: PlanView) -> list[Change]:
    def table(view: PlanView) -> dict[str, tuple[str, tuple[str, ...]]]:
        mine: dict[str, list[DutyView]] = defaultdict(list)
        for duty in view.duties:
            mine[duty.person].append(duty)
        return {
            person: (
                rows[0].name,
                tuple(f"{view.span(d.report_s, d.release_s)} {d.place_name}" for d in rows),
            )
            for person, rows in mine.items()
        }

    return _pairs(table(base), table(other), "person")
