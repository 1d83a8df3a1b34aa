"""What a document can be made of alone: a unit's duty sheet, a post's card, a crew's route cards, one calendar."""

from __future__ import annotations

from collections.abc import Collection

from scenarios.view import PlanView

#: Ids that a document is made of; None is all there are.
Only = Collection[str] | None
#: Id -> what people call it.
Parts = dict[str, str]


def asked(only: Only, ident: str) -> bool:
    """Whether one part is wanted."""
    return only is None or ident in only


def units(view: PlanView) -> Parts:
    """Units whose people have duties, in the scenario's order."""
    there = {duty.unit for duty in view.duties}
    order = [*view.units, *sorted(there - set(view.units))]
    return {unit: view.units.get(unit, unit) for unit in order if unit in there}


def posts(view: PlanView) -> Parts:
    """Posts by number, with where they are."""
    return {post.number: f"{post.number} {post.name}" for post in view.posts}


def crews(view: PlanView) -> Parts:
    """Call signs in order of their first departure, with the unit that rides under them."""
    found: Parts = {}
    for tour in sorted(view.tours, key=lambda t: (t.depart_s, t.call_sign)):
        found.setdefault(tour.call_sign, f"{tour.call_sign} {view.units.get(tour.unit, tour.unit)}")
    return found


def people(view: PlanView) -> Parts:
    """Everybody who has a duty, by name."""
    found = {duty.person: f"{duty.name} ({duty.person})" for duty in view.duties}
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))
