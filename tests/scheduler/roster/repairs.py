"""What the tests of replanning share: people away, and reading answers."""

import dataclasses

from scheduler.roster.problem import Absence

from .tiny import HOUR


def sick(made, *names, start=-1000 * HOUR, end=1000 * HOUR):
    """The Problem with these people away."""
    away = Absence(start, end, "sick")
    people = tuple(
        dataclasses.replace(p, absences=(*p.absences, away)) if p.id in names else p for p in made.people
    )
    return dataclasses.replace(made, people=people)


def level(found, name):
    return next(one for one in found.levels if one.name == name)


def by_person(found):
    return {c.person: (c.left, c.taken) for c in found.changes}
