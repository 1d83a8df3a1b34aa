"""What differs between two plans on the map: posts that came, went, moved or changed, and rounds that are others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from scenarios.compare import tour_text
from scenarios.publish.webmap.data import stamp_of
from scenarios.publish.webmap.encode import Coder
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.tongue.lists import parted
from scenarios.view import PlanView, PostView, TourView

Kind = Literal["added", "removed", "moved", "changed", "same"]
ORDER: tuple[Kind, ...] = ("added", "removed", "moved", "changed", "same")
TITLES: dict[Kind, str] = {
    "added": mark("added"), "removed": mark("removed"), "moved": mark("moved"), "changed": mark("changed"),
    "same": mark("the same"),
}  # fmt: skip
SIGNS: dict[Kind, str] = {"added": "+", "removed": "−", "moved": "→", "changed": "≠", "same": ""}


@dataclass(frozen=True)
class PostDifference:
    """One post in either plan: ``before`` and ``after`` are None where it is not there."""

    kind: Kind
    before: PostView | None
    after: PostView | None

    @property
    def number(self) -> str:
        """Its number, in the later plan where it has one there."""
        post = self.after or self.before
        return post.number if post is not None else ""


@dataclass(frozen=True)
class RoundDifference:
    """One crew's tour in either plan."""

    kind: Kind
    sign: str
    before: TourView | None
    after: TourView | None


def post_differences(base: PlanView, other: PlanView) -> tuple[PostDifference, ...]:
    """Every post of both, by what became of it.

    A post is the same where its place is; one whose number stands elsewhere now has moved.
    """
    old, new = ({p.place: p for p in view.posts} for view in (base, other))
    found = [
        PostDifference("same" if _stands(base, old[place]) == _stands(other, post) else "changed", old[place], post)
        for place, post in new.items()
        if place in old
    ]
    gone = {p.number: p for place, p in old.items() if place not in new}
    for place, post in new.items():
        if place not in old:
            before = gone.pop(post.number, None)
            found.append(PostDifference("added" if before is None else "moved", before, post))
    found += [PostDifference("removed", post, None) for post in gone.values()]
    return tuple(sorted(found, key=lambda d: (ORDER.index(d.kind), d.number)))


def _stands(view: PlanView, post: PostView) -> tuple[tuple[str, str, int], ...]:
    return tuple((view.span(s.start_s, s.end_s), s.kind, s.n_units) for s in post.stands)


def round_differences(base: PlanView, other: PlanView) -> tuple[RoundDifference, ...]:
    """Every tour that is not the same in both, by call sign and time."""
    old, new = ({t.crew: t for t in view.tours} for view in (base, other))
    found = []
    for crew in {**old, **new}:
        before, after = old.get(crew), new.get(crew)
        tour = after or before
        if tour is None:
            continue
        kind: Kind = "added" if before is None else "removed" if after is None else "changed"
        if before is not None and after is not None and _way(base, before) == _way(other, after):
            continue
        found.append(RoundDifference(kind, tour.call_sign, before, after))
    return tuple(sorted(found, key=lambda d: (d.sign, (d.after or d.before).depart_s)))  # type: ignore[union-attr]


def _way(view: PlanView, tour: TourView) -> tuple[Any, ...]:
    stops = tuple((s.place, view.hhmm(s.arrive_s), view.hhmm(s.leave_s), s.reverse) for s in tour.stops)
    return view.span(tour.depart_s, tour.return_s), stops


def difference_map(
    ground: Mapping[str, Any], base: PlanView, other: PlanView, rounds: Iterable[RoundDifference] = ()
) -> dict[str, Any]:
    """The map script's data of what differs.

    Parameters
    ----------
    ground
        ``map_data`` of the other plan: its ground, sites, zones and closures are drawn below.
    rounds
        Tours whose way before and now is drawn.
    """
    was, now = Coder(base.crs), Coder(other.crs)
    marks = [_mark(one, was, now) for one in post_differences(base, other)]
    lines = [
        {
            "id": f"round-{one.sign}", "kind": one.kind, "title": one.sign,
            "was": was.lines(one.before.lines) if one.before is not None else [],
            "now": now.lines(one.after.lines) if one.after is not None else [],
        }
        for one in rounds
    ]  # fmt: skip
    empty: dict[str, Any] = {"posts": [], "tours": [], "sections": [], "territories": [], "lights": [], "lines": []}
    rest = {**ground, **empty, "differences": [*lines, *marks]}
    # Another comparison is another map; the ground is the same and need not travel again.
    return {**rest, "stamp": stamp_of({name: value for name, value in rest.items() if name not in {"ground", "stamp"}})}


def _mark(one: PostDifference, was: Coder, now: Coder) -> dict[str, Any]:
    before, after = one.before, one.after
    at = now.point(after.xy) if after is not None else was.point(before.xy) if before is not None else None
    name = after.name if after is not None else before.name if before is not None else ""
    row: dict[str, Any] = {
        "id": f"{one.kind}-{one.number}", "kind": one.kind, "label": one.number, "at": at,
        "title": _("{number} {name}: {what}", number=one.number, name=name, what=_(TITLES[one.kind])),
    }  # fmt: skip
    if one.kind == "moved" and before is not None:
        row["from"] = was.point(before.xy)
    return row


def post_rows(base: PlanView, other: PlanView) -> list[dict[str, str]]:
    """The same as a table: what became of each post, where it was and where it is."""
    return [
        {
            _("What"): f"{SIGNS[one.kind]} {_(TITLES[one.kind])}".strip(), _("Post"): one.number,
            _("Before"): _told(base, one.before), _("After"): _told(other, one.after),
        }
        for one in post_differences(base, other)
        if one.kind != "same"
    ]  # fmt: skip


def _told(view: PlanView, post: PostView | None) -> str:
    if post is None:
        return "–"
    stands = parted(
        _("{when}: {n} {kind}", when=view.span(s.start_s, s.end_s), n=s.n_units, kind=s.kind) for s in post.stands
    )
    return _("{name} ({what})", name=post.name, what=stands) if stands else post.name


def round_rows(base: PlanView, other: PlanView) -> list[dict[str, str]]:
    """Rounds that are others, as a table."""
    return [
        {
            _("What"): f"{SIGNS[one.kind]} {_(TITLES[one.kind])}".strip(), _("Crew"): one.sign,
            _("Before"): _round(base, one.before), _("After"): _round(other, one.after),
        }
        for one in round_differences(base, other)
    ]  # fmt: skip


def _round(view: PlanView, tour: TourView | None) -> str:
    return "–" if tour is None else tour_text(view, tour)
