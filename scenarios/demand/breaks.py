"""Who takes whose seat while its officer eats or rests from standing: a timetable, in place of a share (R11, R36).

With ``breaks = "timed"`` each static seat gets its meal (by the length of its tour, not at its edges) and, where
``standing_h`` is set, a pause before it has been stood longer. Relief officers go from seat to seat; their own meals
are in the timetable too. The number of relief officers is the least with which handing out breaks by deadline, on a
grid of five minutes, misses none. ``scenarios.assemble.cutting`` checks the result on its own arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from scenarios.demand.bodies import Maker, is_police, stewards
from scenarios.demand.need import Need, Seats
from scenarios.demand.shifts import label
from scenarios.demand.tours import cut, meal_min
from scenarios.errors import Fault, ScenarioError
from scenarios.schema import Scenario
from scenarios.tongue import say as _

GRID_S = 300
#: Kinds whose seat may not be left alone; crews and response posts take turns among themselves.
STATIC = frozenset({"gate", "search", "steward", "guard", "post"})
STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Break:
    """One officer off a seat during ``[start_s, end_s)``.

    ``seats`` and ``seat`` (from 1) name the seat, ``relief`` and ``relief_seat`` who stands there meanwhile; both are
    empty for a relief officer's own break, when no seat is theirs to keep.
    """

    seats: str
    seat: int
    place: str
    kind: str
    start_s: int
    end_s: int
    relief: str = ""
    relief_seat: int = 0


@dataclass(frozen=True)
class Timetable:
    """Relief officers as needs, and every break with who stands in."""

    needs: tuple[Need, ...] = ()
    breaks: tuple[Break, ...] = ()


@dataclass(slots=True)
class _Turn:
    """An officer on a seat, or a relief officer, during one tour.

    ``standing_s`` is how long the seat may be stood without a pause; a relief officer, who also waits between seats,
    has ``limit_s`` in its place.
    """

    seats: str
    seat: int
    place: str
    start_s: int
    end_s: int
    meal_s: int
    since_s: int
    free_s: int
    standing_s: int
    edge_s: int
    pause_s: int
    limit_s: int = 0
    meal_until_s: int = 0

    def opens_s(self) -> int:
        """When the meal may begin."""
        middle = (self.start_s + self.end_s - self.meal_s) // 2
        return min(self.start_s + self.edge_s, middle) // GRID_S * GRID_S

    def closes_s(self) -> int:
        """When it must have begun."""
        return max(self.end_s - self.edge_s - self.meal_s, self.opens_s())

    def due(self) -> tuple[int, str] | None:
        """Latest start of the next break and its kind; None when nothing more is due in this tour."""
        dues = []
        if self.meal_s:
            dues.append((self.closes_s(), "meal"))
        if self.standing_s and self.end_s - self.since_s > self.standing_s:
            dues.append((min(self.since_s + self.standing_s, self.end_s - self.pause_s), "pause"))
        return min(dues, default=None)

    def may(self, now: int) -> str | None:
        """What may begin now: the meal once it is open, a pause once half the time is stood."""
        due = self.due()
        if due is None or not self.start_s <= now < self.end_s:
            return None
        if self.meal_s and self.opens_s() <= now:
            return "meal"
        half = self.standing_s // 2
        if self.standing_s and self.end_s - self.since_s > self.standing_s and now >= self.since_s + half:
            return "pause"
        return None

    def eats(self, now: int) -> bool:
        """Whether a relief officer is at the own meal now."""
        return now < self.meal_until_s

    def take(self, kind: str, now: int, length_s: int) -> None:
        """Go off now; the meal counts as a pause."""
        if kind == "meal":
            self.meal_s = 0
            self.meal_until_s = now + length_s
        self.since_s = self.free_s = now + length_s


def timetable(scenario: Scenario, needs: Iterable[Need]) -> Timetable:
    """The timetable of all static needs, and the relief officers it takes; empty unless breaks are timed."""
    if scenario.demand.breaks != "timed":
        return Timetable()
    groups: dict[tuple[object, ...], list[Need]] = {}
    for need in needs:
        if need.kind in STATIC and not need.uncut:
            groups.setdefault(_alike(scenario, need), []).append(need)
    reliefs: list[Need] = []
    breaks: list[Break] = []
    named: dict[str, int] = {}
    for group in groups.values():
        for pieces in _stretches(cut(group, scenario)):
            found = _stretch(scenario, group, pieces, named)
            if found is not None:
                reliefs.append(found[0])
                breaks += found[1]
    return Timetable(tuple(reliefs), tuple(sorted(breaks, key=lambda b: (b.start_s, b.seats, b.seat))))


def _alike(scenario: Scenario, need: Need) -> tuple[object, ...]:
    return (need.sector, _relievers(scenario, need), need.rank_min, need.qualifications, need.unit)


def _relievers(scenario: Scenario, need: Need) -> tuple[str, ...]:
    """Who may stand in: police for police and for auxiliaries beside them, stewards for stewards, else the same."""
    usual = scenario.police if is_police(scenario, need) else stewards(scenario)
    return usual if not need.categories or set(usual) <= set(need.categories) else need.categories


def _stretches(pieces: Iterable[Seats]) -> Iterator[list[Seats]]:
    """Pieces joined where they touch or overlap."""
    found: list[Seats] = []
    end = 0
    for piece in sorted(pieces, key=lambda p: (p.start_s, p.end_s, p.id)):
        if found and piece.start_s > end:
            yield found
            found = []
        end = max(end, piece.end_s) if found else piece.end_s
        found.append(piece)
    if found:
        yield found


def _turns(scenario: Scenario, pieces: Iterable[Seats], *, reliefs: bool = False) -> list[_Turn]:
    rules = scenario.demand
    found = []
    for piece in pieces:
        length_s = piece.end_s - piece.start_s
        meal_s = 60 * meal_min(length_s // 60) if length_s >= rules.meal_from_h * 3600 else 0
        stands_s = round(rules.standing_h * 3600) if STANDING in piece.need.tags else 0
        found += [
            _Turn(
                piece.id, k, piece.need.place, piece.start_s, piece.end_s, meal_s, piece.start_s, piece.start_s,
                0 if reliefs else stands_s, rules.meal_edge_min * 60, rules.pause_min * 60, stands_s if reliefs else 0,
            )
            for k in range(1, piece.need.number + 1)
        ]  # fmt: skip
    return found


def _stretch(
    scenario: Scenario, group: Sequence[Need], pieces: Sequence[Seats], named: dict[str, int]
) -> tuple[Need, list[Break]] | None:
    """The least relief for one stretch, and its breaks; None where nobody needs one."""
    turns = _turns(scenario, pieces)
    if all(turn.due() is None for turn in turns):
        return None
    start_s = min(p.start_s for p in pieces) + min([scenario.demand.meal_edge_min * 60]
                                                   + [t.standing_s // 2 for t in turns if t.standing_s])
    need = _relief(scenario, group, pieces, start_s, named)
    # No fewer than the breaks' own length takes; from there one more at a time.
    least_s = sum(max(t.meal_s, t.pause_s * ((t.end_s - t.start_s - 1) // t.standing_s) if t.standing_s else 0)
                  for t in turns)
    fewest = max(1, -(-least_s // (need.end_s - need.start_s)))
    for number in range(fewest, 2 * len(turns) + fewest + 1):
        sized = replace(need, number=number)
        tried = _hand_out(scenario, _turns(scenario, pieces), _turns(scenario, cut([sized], scenario), reliefs=True))
        if tried is not None:
            told = f"{number} relieve {len(turns)} seats by timetable: {len(tried)} breaks, none late"
            inputs = {"seats": len(turns), "breaks": len(tried)}
            return replace(sized, formula=told, inputs=inputs), tried
    raise ScenarioError([
        Fault(
            "scenario.toml", None, "demand.breaks", "timed",
            _("breaks that fit into the tours of {group}", group=group[0].id),
            _('lower meal_edge_min or pause_min, raise standing_h, or write breaks = "pooled"'),
        )
    ])  # fmt: skip


def _relief(
    scenario: Scenario, group: Sequence[Need], pieces: Sequence[Seats], start_s: int, named: dict[str, int]
) -> Need:
    first = group[0]
    weight: dict[str, int] = {}
    for piece in pieces:
        seconds = piece.need.number * (piece.end_s - piece.start_s)
        weight[piece.need.place] = weight.get(piece.need.place, 0) + seconds
    place = max(sorted(weight), key=lambda p: weight[p])
    owner = next(p.need.owner for p in pieces if p.need.place == place)
    body = "police" if is_police(scenario, first) else "stewards"
    name = ".".join(["relief", first.sector, body, *first.qualifications, label(scenario, start_s)])
    named[name] = named.get(name, 0) + 1
    name = name if named[name] == 1 else f"{name}.{named[name]}"
    end_s = max(p.end_s for p in pieces)
    return next(
        Maker(scenario, place, owner, first.sector).make(
            name, party=name, kind="relief", start_s=start_s, end_s=end_s, number=1, formula="", inputs={},
            source="R11 meal break by length of tour; R36 static-post rotation", unit=first.unit,
            categories=_relievers(scenario, first), rank_min=first.rank_min, qualifications=first.qualifications,
            tags=tuple(sorted({t for p in pieces for t in p.need.tags})),
        )
    )  # fmt: skip


def _hand_out(scenario: Scenario, turns: list[_Turn], reliefs: list[_Turn]) -> list[Break] | None:
    """Breaks in order of their deadlines by the relief officers there are; None when one comes too late."""
    rules = scenario.demand
    pause_s = rules.pause_min * 60
    walk_s = rules.relief_walk_min * 60 if len({t.place for t in turns}) > 1 else 0
    found: list[Break] = []
    times = range(min(t.start_s for t in turns) // GRID_S * GRID_S, max(t.end_s for t in turns), GRID_S)
    for now in times:
        open_turns = [t for t in turns if t.start_s <= now < t.end_s and t.free_s <= now and t.due() is not None]
        open_turns.sort(key=lambda t: (t.due() or (0, ""), t.seats, t.seat))
        here = [r for r in reliefs if r.start_s <= now < r.end_s]
        free = [r for r in reliefs if r.start_s <= now < r.end_s and r.free_s <= now]
        for relief in free:
            # Half of them at most eat at once; one alone waits while a seat would be late before the meal is over.
            if relief.may(now) == "meal":
                if len(here) == 1:
                    soon = now + relief.meal_s + GRID_S
                    wanted = any(_late(t) < soon for t in turns if t.end_s > now)
                else:
                    wanted = sum(r.eats(now) for r in here) >= len(here) // 2
                if _eats(relief, now, found, urgent=wanted):
                    continue
            if now - relief.free_s >= pause_s:
                relief.since_s = now  # waited long enough: the standing starts anew
            for turn in open_turns:
                kind = turn.may(now)
                if kind is None:
                    continue
                length_s = turn.meal_s if kind == "meal" else pause_s
                until = now + length_s
                if until > turn.end_s or not _can(relief, until, walk_s):
                    continue
                turn.take(kind, now, length_s)
                relief.free_s = until + walk_s
                found.append(Break(turn.seats, turn.seat, turn.place, kind, now, until, relief.seats, relief.seat))
                open_turns.remove(turn)
                break
        if any(_late(t) < now + GRID_S for t in open_turns) or any(_late(r) < now for r in reliefs if r.end_s > now):
            return None
    return found


def _late(turn: _Turn) -> int:
    due = turn.due()
    return due[0] if due is not None else 10**12


def _can(relief: _Turn, until: int, walk_s: int) -> bool:
    """Whether a relief officer may stand in until then: within the tour, before the own meal, not standing too long."""
    if until > relief.end_s:
        return False
    if relief.meal_s and until + walk_s > relief.closes_s():
        return False
    return not relief.limit_s or until - relief.since_s <= relief.limit_s


def _eats(relief: _Turn, now: int, found: list[Break], *, urgent: bool) -> bool:
    """Begin the relief officer's own meal where it is open, unless a seat cannot wait and the meal can."""
    if urgent and _late(relief) > now + GRID_S:
        return False
    length_s = relief.meal_s
    relief.take("meal", now, length_s)
    found.append(Break(relief.seats, relief.seat, relief.place, "meal", now, now + length_s))
    return True
