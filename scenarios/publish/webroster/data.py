"""PlanView -> plain data for the timeline's script: short, whole numbers, each text once.

The plan as it was made travels once. How it stands since is told by what differs: the people whose duties are others,
and the seats that are empty.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from scenarios.demandwords import kind_word
from scenarios.dutywords import short_place, what, where
from scenarios.plainwords import plain
from scenarios.publish.webmap.data import offsets
from scenarios.view import DutyView, PlanView

#: Kind -> colour on light and on dark ground, and whether it is striped: told apart by light and by stripes as well
#: as by hue, and each bar bears its place in words.
KINDS: Mapping[str, tuple[str, str, bool]] = {
    "post": ("#1456a8", "#7db5f5", False),
    "patrol": ("#5b2a91", "#c9a7f5", True),
    "crew": ("#5b2a91", "#c9a7f5", True),
    "steward": ("#566200", "#c3cf57", False),
    "gate": ("#a83a05", "#ff9d66", False),
    "search": ("#7a5600", "#e6bd4a", True),
    "guard": ("#0a6674", "#58c9d9", False),
    "supervisor": ("#a81f57", "#ff92bd", False),
    "lead": ("#a81f57", "#ff92bd", True),
    "reserve": ("#59626d", "#b4bdc8", False),
    "base": ("#59626d", "#b4bdc8", True),
    "relief": ("#74461f", "#d9a577", False),
    "other": ("#2f363d", "#e2e6ea", False),
}


class _Texts:
    """Each text once."""

    def __init__(self) -> None:
        self.all: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.all.setdefault(text, len(self.all))


def roster_data(view: PlanView) -> dict[str, Any]:
    """Everything of a plan that the timeline draws, as JSON-ready data, with words in the reader's language.

    Returns
    -------
    dict
        ``start`` (seconds since 1970), ``horizon_s`` and ``offsets`` for clock times; ``units`` ``[id, name]``;
        ``people`` ``[id, name, unit's number, rank]``; ``kinds`` ``[code, word, light, dark, striped]``; ``groups``
        (seat groups) ``[id, start_s, end_s, kind's number, place, short place]``; ``duties``, for each person a flat
        list of ``group's number, seat, task``. Places and tasks are numbers in ``texts``.
    """
    texts = _Texts()
    same = Counter(p.name for p in view.people)
    units = {unit: k for k, unit in enumerate(dict.fromkeys(p.unit for p in view.people))}
    kinds = {kind: k for k, kind in enumerate(dict.fromkeys(s.kind for s in view.seats))}
    number = {s.id: g for g, s in enumerate(view.seats)}
    held = _by_person(view.duties)
    return {
        "language": view.language,
        "start": int(view.start.timestamp()),
        "horizon_s": view.horizon_s,
        "offsets": offsets(view),
        "units": [[unit, view.units.get(unit, unit)] for unit in units],
        "people": [
            [p.id, p.name if same[p.name] == 1 else f"{p.name} ({p.id})", units[p.unit], plain(p.rank)]
            for p in view.people
        ],
        "kinds": [[kind, kind_word(kind), *KINDS.get(kind, KINDS["other"])] for kind in kinds],
        "groups": [
            [s.id, s.start_s, s.end_s, kinds[s.kind], texts(where(s)), texts(short_place(s))] for s in view.seats
        ],
        "duties": [
            [n for d in held.get(p.id, ()) if d.group in number for n in (number[d.group], d.seat, texts(what(d)))]
            for p in view.people
        ],
        "texts": list(texts.all),
    }


def changed_rows(base: PlanView, now: PlanView) -> dict[int, list[list[Any]]]:
    """People whose duties are others than in ``base``: number -> ``[group's number, seat, task]`` of each duty."""
    if now.duties is base.duties:
        return {}
    number = {s.id: g for g, s in enumerate(base.seats)}
    was, is_ = ({(d.person, d.group, d.seat) for d in view.duties} for view in (base, now))
    touched = {person for person, *_seat in was ^ is_}
    held = _by_person(d for d in now.duties if d.person in touched)
    return {
        i: [[number[d.group], d.seat, what(d)] for d in held.get(p.id, ()) if d.group in number]
        for i, p in enumerate(base.people)
        if p.id in touched
    }


def empty_seats(view: PlanView) -> list[list[int]]:
    """Seats that nobody has: ``[group's number, seat, 1 where it must be filled]``."""
    wanting = {s.id for s in view.seats if len(s.people) < max(s.need, s.want)}
    taken: dict[str, set[int]] = defaultdict(set)
    for duty in view.duties:
        if duty.group in wanting:
            taken[duty.group].add(duty.seat)
    found = []
    for g, its in enumerate(view.seats):
        if its.id in wanting:
            free = [n for n in range(1, max(its.need, its.want) + 1) if n not in taken[its.id]]
            found += [[g, n, int(k < its.n_short)] for k, n in enumerate(free)]
    return found


def _by_person(duties: Iterable[DutyView]) -> dict[str, list[DutyView]]:
    held: dict[str, list[DutyView]] = defaultdict(list)
    for duty in duties:
        held[duty.person].append(duty)
    for its in held.values():
        its.sort(key=lambda d: (d.start_s, d.end_s, d.group))
    return held
