"""Fine moves between contiguous areas: streets at borders change sides, and no area ever falls apart.

Taking the street ``(u, v)`` out of a connected area leaves at most two parts, one at each end, because all streets
that meet in a junction hang together there. A search from both ends at once finds out at the price of the smaller
part; that part may go along with the street.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from geodata.areacut import Float64, Int64, Streets, sums

_MOST_ALONG = 4000
_BORDER_SHARE = 0.3


class Moves:
    """Areas under change; :meth:`even_out` then :meth:`polish`.

    Parameters
    ----------
    streets, area, far_ms
        As :func:`geodata.areacut.first_cut` takes and gives them; every area connected.
    tolerance
        Share of the mean work up to which deviations are as good as none.
    """

    def __init__(self, streets: Streets, area: Int64, far_ms: Float64, tolerance: float) -> None:
        self.streets = streets
        self.n_areas = len(far_ms)
        self.area: list[int] = area.tolist()
        self.u: list[int] = streets.u.tolist()
        self.v: list[int] = streets.v.tolist()
        self.work: list[float] = streets.work.tolist()
        self.pinned: list[bool] = (streets.pin >= 0).tolist()
        self.at: list[list[int]] = [[] for _ in range(streets.n_nodes)]
        for edge, (a, b) in enumerate(zip(self.u, self.v, strict=True)):
            self.at[a].append(edge)
            if b != a:
                self.at[b].append(edge)
        self.got: list[float] = sums(area, streets.work, self.n_areas).tolist()
        self.n_in: list[int] = np.bincount(area, minlength=self.n_areas).tolist()
        self.mean = sum(self.got) / self.n_areas
        self.free = tolerance * self.mean + 1e-9
        self.far_ms = far_ms
        self.size = streets.length_m / max(float(streets.length_m.mean()), 1e-9)
        radius = float(np.min(far_ms, axis=0).mean())
        self.border_price = _BORDER_SHARE * radius

    # ------------------------------------------------------------------ what may move

    def areas_at(self, edge: int) -> set[int]:
        """Areas that meet the edge, its own left out."""
        met = {self.area[other] for other in self.at[self.u[edge]]}
        met.update(self.area[other] for other in self.at[self.v[edge]])
        met.discard(self.area[edge])
        return met

    def group(self, edge: int, most_work: float) -> list[int] | None:
        """The edge with what it would cut off, or None: too much, pinned, or nothing would be left."""
        if self.pinned[edge]:
            return None
        mine = self.area[edge]
        ends = (self.u[edge], self.v[edge])
        alone = [all(o == edge or self.area[o] != mine for o in self.at[end]) for end in ends]
        if ends[0] == ends[1] or any(alone):
            return [edge] if self.n_in[mine] > 1 else None
        cut = self._cut_off(edge, mine, most_work)
        if cut is None or any(self.pinned[other] for other in cut):
            return None
        return [edge, *cut] if len(cut) + 1 < self.n_in[mine] else None

    def _cut_off(self, edge: int, mine: int, most_work: float) -> list[int] | None:
        """Edges of the area that hang on it by ``edge`` alone (empty if none); None where that is too much."""
        seen: dict[int, int] = {self.u[edge]: 0, self.v[edge]: 1}
        fronts = [[self.u[edge]], [self.v[edge]]]
        edges: list[dict[int, None]] = [{}, {}]
        heavy = [0.0, 0.0]
        while True:
            for side in (0, 1):
                if heavy[side] > most_work and heavy[1 - side] > most_work:
                    return None
                if not fronts[side]:
                    return list(edges[side]) if heavy[side] <= most_work else None
                node = fronts[side].pop()
                for other in self.at[node]:
                    if self.area[other] != mine or other == edge or other in edges[side]:
                        continue
                    edges[side][other] = None
                    heavy[side] += self.work[other]
                    end = self.u[other] + self.v[other] - node
                    where = seen.get(end)
                    if where is None:
                        seen[end] = side
                        fronts[side].append(end)
                    elif where != side:
                        return []
                if len(edges[0]) + len(edges[1]) > _MOST_ALONG:
                    return None

    def move(self, group: Iterable[int], to: int) -> None:
        """Give edges of one area to another."""
        for edge in group:
            mine = self.area[edge]
            self.got[mine] -= self.work[edge]
            self.got[to] += self.work[edge]
            self.n_in[mine] -= 1
            self.n_in[to] += 1
            self.area[edge] = to

    def price(self, group: list[int], to: int) -> float:
        """What a move costs in shape: time to the centres by metres of street, and ragged borders."""
        mine = self.area[group[0]]
        if len(group) == 1:
            edge = group[0]
            gap = float(self.far_ms[to, edge] - self.far_ms[mine, edge]) * float(self.size[edge])
        else:
            rows = np.array(group)
            gap = float((self.far_ms[to, rows] - self.far_ms[mine, rows]) @ self.size[rows])
        nodes = {end for edge in group for end in (self.u[edge], self.v[edge])}
        going = set(group)
        border = 0
        for node in nodes:
            around = self.at[node]
            before = {self.area[o] for o in around}
            after = {to if o in going else self.area[o] for o in around}
            border += len(after) - len(before)
        return float(gap + border * self.border_price)

    # ------------------------------------------------------------------ balance by flow

    def even_out(self, rounds: int = 40) -> None:
        """Let work flow from full areas to empty ones, over areas between them; the best state is kept."""
        best, best_worst, stale = list(self.area), self.worst(), 0
        for _ in range(rounds):
            if best_worst <= self.free or stale >= 6:
                break
            if not self._flow_once():
                break
            worst = self.worst()
            if worst < best_worst - 1e-9:
                best, best_worst, stale = list(self.area), worst, 0
            else:
                stale += 1
        self._restore(best)

    def worst(self) -> float:
        """Greatest deviation from the mean work."""
        return float(max(abs(got - self.mean) for got in self.got))

    def _restore(self, area: list[int]) -> None:
        self.area = list(area)
        rows = np.array(area)
        self.got = sums(rows, self.streets.work, self.n_areas).tolist()
        self.n_in = np.bincount(rows, minlength=self.n_areas).tolist()

    def borders(self) -> dict[tuple[int, int], list[int]]:
        """Edges of each area that meet each other area, by ordered pair."""
        area = np.array(self.area)
        n = self.streets.n_nodes
        low, high = np.full(n, self.n_areas), np.full(n, -1)
        for ends in (self.streets.u, self.streets.v):
            np.minimum.at(low, ends, area)
            np.maximum.at(high, ends, area)
        mixed = low != high
        rows = np.flatnonzero(mixed[self.streets.u] | mixed[self.streets.v])
        found: dict[tuple[int, int], list[int]] = {}
        for edge in rows.tolist():
            for other in sorted(self.areas_at(edge)):
                found.setdefault((self.area[edge], other), []).append(edge)
        return found

    def _flow_once(self) -> bool:
        borders = self.borders()
        pairs = sorted(pair for pair in borders if pair[0] < pair[1])
        if not pairs:
            return False
        laplace = np.zeros((self.n_areas, self.n_areas))
        for a, b in pairs:
            laplace[a, a] += 1
            laplace[b, b] += 1
            laplace[a, b] -= 1
            laplace[b, a] -= 1
        level = np.linalg.lstsq(laplace, np.array(self.got) - self.mean, rcond=None)[0]
        flows = [(level[a] - level[b], a, b) for a, b in pairs]
        flows += [(-flow, b, a) for flow, a, b in flows]
        moved = False
        for flow, a, b in sorted(flows, key=lambda item: (-round(item[0], 6), item[1], item[2])):
            if flow > self.free * 0.05 and self._hand_over(a, b, flow, borders[a, b]):
                moved = True
        return moved

    def _hand_over(self, a: int, b: int, amount: float, border: list[int]) -> bool:
        """Move streets worth about ``amount`` of work from ``a`` to ``b``, those that cost least shape first."""
        heap = [(float(self.far_ms[b, e] - self.far_ms[a, e]), e) for e in border]
        heapq.heapify(heap)
        tried: set[int] = set()
        moved, left = False, amount
        while heap and left > 1e-9:
            _, edge = heapq.heappop(heap)
            if edge in tried or self.area[edge] != a:
                continue
            tried.add(edge)
            group = self.group(edge, 2 * left)
            if group is None:
                continue
            weight = sum(self.work[e] for e in group)
            if weight >= 2 * left or b not in self.areas_at(edge):
                continue
            self.move(group, b)
            left -= weight
            moved = True
            for going in group:
                for node in (self.u[going], self.v[going]):
                    for other in self.at[node]:
                        if self.area[other] == a:
                            tried.discard(other)
                            gap = float(self.far_ms[b, other] - self.far_ms[a, other])
                            heapq.heappush(heap, (gap, other))
        return moved

    # ------------------------------------------------------------------ balance and shape, move by move

    def polish(self, rounds: int = 12) -> None:
        """Moves that improve deviations, or keep them and improve shape, until none is left."""
        for _ in range(rounds):
            n_moved = 0
            for (a, b), border in sorted(self.borders().items()):
                for edge in border:
                    if self.area[edge] == a and self._try(edge, b):
                        n_moved += 1
            if n_moved == 0:
                break

    def _try(self, edge: int, to: int) -> bool:
        mine = self.area[edge]
        group = self.group(edge, 0.1 * self.mean + self.work[edge])
        if group is None or to not in self.areas_at(edge):
            return False
        verdict = self._verdict(mine, to, sum(self.work[e] for e in group))
        if verdict > 0 or (verdict == 0 and self.price(group, to) >= -1e-6):
            return False
        self.move(group, to)
        return True

    def _verdict(self, a: int, b: int, weight: float) -> int:
        """Whether handing ``weight`` from ``a`` to ``b`` makes deviations better (-1), equal (0) or worse (1)."""
        before = self._pair(self.got[a], self.got[b])
        after = self._pair(self.got[a] - weight, self.got[b] + weight)
        if after[0] < before[0] - 1e-9:
            return -1
        if after[0] > before[0] + 1e-9:
            return 1
        return (after[1] > before[1] + 1e-9) - (after[1] < before[1] - 1e-9)

    def _pair(self, first: float, second: float) -> tuple[float, float]:
        gaps = max(abs(first - self.mean), self.free), max(abs(second - self.mean), self.free)
        return max(gaps), min(gaps)

    def swap(self, most: int = 80) -> bool:
        """Two streets, or groups, change sides at once between the worst area and a neighbour; True if it helped."""
        if self.worst() <= self.free:
            return False
        order = sorted(range(self.n_areas), key=lambda k: (-abs(self.got[k] - self.mean), k))
        borders = self.borders()
        for a in order[:3]:
            for one, other in sorted(pair for pair in borders if pair[0] == a):
                if self._swap_pair(one, other, borders[one, other][:most], most):
                    return True
        return False

    def _swap_pair(self, a: int, b: int, border: list[int], most: int) -> bool:
        before = self._pair(self.got[a], self.got[b])
        for edge in border:
            out = self.group(edge, self.mean)
            if out is None:
                continue
            self.move(out, b)
            going = set(out)
            back = [e for e in self.borders_of(b, a, out) if e not in going][:most]
            for other in back:
                group = self.group(other, self.mean)
                if group is None or not going.isdisjoint(group) or a not in self.areas_at(other):
                    continue
                weight = sum(self.work[e] for e in group)
                if self._pair(self.got[a] + weight, self.got[b] - weight) < before:
                    after = self._pair(self.got[a] + weight, self.got[b] - weight)
                    if after[0] < before[0] - 1e-9 or after[1] < before[1] - 1e-9:
                        self.move(group, a)
                        return True
            self.move(out, a)
        return False

    def borders_of(self, a: int, b: int, near: Iterable[int]) -> list[int]:
        """Edges of ``a`` that meet ``b`` in all the map (small maps) or near some edges (large ones)."""
        if len(self.area) <= 3000:
            return self.borders().get((a, b), [])
        nodes = {end for edge in near for end in (self.u[edge], self.v[edge])}
        around = {e for node in nodes for e in self.at[node]}
        wide = {e for c in around for node in (self.u[c], self.v[c]) for e in self.at[node]}
        return sorted(e for e in wide if self.area[e] == a and b in self.areas_at(e))

    def result(self) -> npt.NDArray[np.int64]:
        """Area of every edge, int64 ``[m]``."""
        return np.array(self.area, dtype=np.int64)
