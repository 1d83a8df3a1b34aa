"""The proof that cutting leaves no seat empty: pieces against needs, breaks against pieces, second by second.

Written apart from ``scenarios.demand.tours`` and ``scenarios.demand.breaks`` and sharing nothing with them but the
settings and the data: it says what is wrong, and finds nothing in a sound plan.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence

from scenarios.demand.breaks import Break
from scenarios.demand.need import Need, Seats
from scenarios.schema import Scenario

_LISTED = 3


def check_cutting(scenario: Scenario, needs: Iterable[Need], seats: Sequence[Seats]) -> list[str]:
    """What is wrong with pieces: a second of a need that no piece holds, or two do, a tour too long, no hand-over."""
    rules = scenario.demand
    longest_s = round(rules.tour_h * 3600)
    pieces: dict[str, list[Seats]] = defaultdict(list)
    for piece in seats:
        pieces[piece.need.id].append(piece)
    wrong = []
    known = set()
    for need in needs:
        known.add(need.id)
        mine = sorted(pieces.get(need.id, ()), key=lambda p: p.start_s)
        at = need.start_s
        for k, piece in enumerate(mine):
            if piece.start_s != at:
                who = "no piece" if at < piece.start_s else "two"
                wrong.append(f"{need.id}: second {min(at, piece.start_s)} is held by {who}")
            if piece.need.number != need.number:
                wrong.append(f"{piece.id} has {piece.need.number} seats, {need.number} are needed")
            if not need.uncut and piece.end_s - piece.start_s > longest_s:
                wrong.append(f"{piece.id} lasts longer than a tour of {rules.tour_h:g} h")
            if not piece.report_s <= piece.start_s < piece.end_s <= piece.release_s:
                wrong.append(f"{piece.id} is out of order")
            if k and mine[k - 1].release_s - piece.report_s < rules.handover_min * 60:
                wrong.append(f"{piece.id} takes over in less than {rules.handover_min} min")
            at = piece.end_s
        if at != need.end_s:
            wrong.append(f"{need.id}: second {at} is held by no piece")
    wrong += [f"{name} is cut from no need" for name in pieces if name not in known]
    return wrong


def check_breaks(scenario: Scenario, seats: Sequence[Seats], breaks: Sequence[Break]) -> list[str]:
    """What is wrong with a timetable: a seat left alone, a relief in two places, a meal or a pause that is missing.

    ``seats`` are the pieces of the programme's fixed needs: posts that siting opens and crews share their meals among
    themselves.
    """
    if scenario.demand.breaks != "timed":
        return []
    known = {piece.id: piece for piece in seats}
    by_seat: dict[tuple[str, int], list[Break]] = defaultdict(list)
    by_relief: dict[tuple[str, int], list[Break]] = defaultdict(list)
    for one in breaks:
        by_seat[one.seats, one.seat].append(one)
        if one.relief:
            by_relief[one.relief, one.relief_seat].append(one)
    wrong = [f"a break of {b.seats}, which is no seat" for b in breaks if b.seats not in known]
    wrong += _seats_kept(scenario, seats, by_seat, known)
    for (name, number), jobs in by_relief.items():
        piece = known.get(name)
        if piece is None or number > piece.need.number:
            wrong.append(f"{name}/{number} relieves and is no seat")
            continue
        own = by_seat.get((name, number), [])
        wrong += _relief_possible(scenario, piece, f"{name}/{number}", jobs, own)
    return wrong


def _seats_kept(
    scenario: Scenario, seats: Sequence[Seats], by_seat: dict[tuple[str, int], list[Break]], known: dict[str, Seats]
) -> list[str]:
    wrong = []
    static = {"gate", "search", "steward", "guard", "post", "relief"}
    for piece in seats:
        if piece.need.kind not in static or piece.need.uncut:
            continue
        for k in range(1, piece.need.number + 1):
            mine = sorted(by_seat.get((piece.id, k), ()), key=lambda b: b.start_s)
            name = f"{piece.id}/{k}"
            for b in mine:
                relief = known.get(b.relief)
                if piece.need.kind != "relief" and (relief is None or relief.need.kind != "relief"):
                    wrong.append(f"{name} is left alone at second {b.start_s}")
                elif relief is not None and not set(piece.need.qualifications) <= set(relief.need.qualifications):
                    wrong.append(f"{b.relief} stands in for {name} without what it asks")
                if not piece.start_s <= b.start_s < b.end_s <= piece.end_s:
                    wrong.append(f"{name} has a break outside its tour")
            if any(b.start_s < a.end_s for a, b in itertools.pairwise(mine)):
                wrong.append(f"{name} has two breaks at once")
            wrong += _enough(scenario, piece, name, mine)
    return wrong


def _enough(scenario: Scenario, piece: Seats, name: str, mine: Sequence[Break]) -> list[str]:
    """A meal of the right length in a long tour; no seat stood for longer than allowed."""
    rules = scenario.demand
    wrong = []
    minutes = (piece.end_s - piece.start_s) // 60
    if minutes >= rules.meal_from_h * 60:
        wanted = next((m for h, m in ((6, 30), (7, 35), (8, 40), (9, 45), (10, 50)) if minutes < 60 * h), 60)
        meals = [b for b in mine if b.kind == "meal"]
        if [b.end_s - b.start_s for b in meals] != [wanted * 60]:
            wrong.append(f"{name} has no meal of {wanted} min in a tour of {minutes} min")
    if rules.standing_h and "standing" in piece.need.tags and piece.need.kind != "relief":
        edges = [piece.start_s, *(t for b in mine for t in (b.start_s, b.end_s)), piece.end_s]
        longest = max(b - a for a, b in zip(edges[::2], edges[1::2], strict=True))
        if longest > rules.standing_h * 3600:
            wrong.append(f"{name} is stood for {longest // 60} min without a change")
    return wrong


def _relief_possible(
    scenario: Scenario, piece: Seats, name: str, jobs: Sequence[Break], own: Sequence[Break]
) -> list[str]:
    """A relief officer is in one place at a time, within the tour, with time to walk, and does not stand too long."""
    rules = scenario.demand
    wrong = []
    every = sorted([*jobs, *own], key=lambda b: b.start_s)
    for a, b in itertools.pairwise(every):
        walk_s = rules.relief_walk_min * 60 if a.place != b.place and a.relief and b.relief else 0
        if b.start_s < a.end_s + walk_s:
            wrong.append(f"{name} relieves {a.seats} and {b.seats} at once")
    if any(not piece.start_s <= b.start_s < b.end_s <= piece.end_s for b in every):
        wrong.append(f"{name} relieves outside its tour")
    if rules.standing_h and "standing" in piece.need.tags:
        since = until = None
        for b in sorted(jobs, key=lambda b: b.start_s):
            if since is None or until is None or b.start_s - until >= rules.pause_min * 60:
                since = b.start_s
            until = b.end_s
            if until - since > rules.standing_h * 3600:
                wrong.append(f"{name} stands for {(until - since) // 60} min without a change")
    return wrong


def told(wrong: Sequence[str]) -> str:
    """The first few of what is wrong and how many there are."""
    more = f" and {len(wrong) - _LISTED} more" if len(wrong) > _LISTED else ""
    return "; ".join(wrong[:_LISTED]) + more
