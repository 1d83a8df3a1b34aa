"""Turn restrictions: which turns a map forbids at a junction, and a network in which they cannot be made.

A junction with a restriction is split, as far as needed and no further. Traffic that must not turn everywhere arrives
at a node row of its own; streets that it may still take leave from node rows of their own; joints of 1 ms lead from the
one to the other, and that millisecond is taken from the street left by, so that every way costs what it did. Streets
keep their one row of the edge table; joints come after all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.errors import Drops
from geodata.network import NO_WAY, Int64, RoadNetwork
from geodata.osmtext import RawRelation
from geodata.profiles import Profile

JOINT = "turn"
"""Class of the joints inside a split junction."""

_KINDS = {"car": ("motorcar", "motor_vehicle"), "emergency": ("emergency", "motorcar", "motor_vehicle"),
          "bike": ("bicycle",)}  # fmt: skip
_TURNS = frozenset(
    {"no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit", "only_left_turn",
     "only_right_turn", "only_straight_on", "only_u_turn"}
)  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """One restriction that binds a profile: from ways, over a node, to ways; ``only`` forbids all other turns."""

    osm_id: int
    via: int
    from_ways: tuple[int, ...]
    to_ways: tuple[int, ...]
    only: bool
    u_turn: bool


def read_turns(
    relations: Iterable[RawRelation], rules: Profile, drops: Drops
) -> tuple[Turn, ...]:
    """Pick the restrictions that bind a profile; what cannot be applied is counted by reason.

    ``restriction`` binds all who heed signs; ``restriction:motorcar`` and the like only those named; ``except`` frees
    those named. Restrictions that hold at times (``restriction:conditional``) and those over a way instead of a node
    are not applied.
    """
    kinds = _KINDS.get(rules.name, (rules.tag or rules.name,))
    turns = []
    for relation in relations:
        tags, name = relation.tags, f"r{relation.osm_id}"
        said = _said(tags, kinds)
        if said is None:
            timed = any(key.endswith(":conditional") for key in tags)
            reason = "that holds at times only" if timed else f"that is not for {rules.name}"
            drops.add(f"turn restriction {reason}, not applied", name)
            continue
        if set(kinds) & {word.strip() for word in tags.get("except", "").split(";")}:
            drops.add(f"turn restriction that excepts {rules.name}", name)
            continue
        if said not in _TURNS:
            drops.add(f"turn restriction of a kind not known: {said}", name)
            continue
        via = [(kind, ref) for kind, ref, role in relation.members if role == "via"]
        begins, ends = (
            tuple(ref for kind, ref, r in relation.members if r == role and kind == "w")
            for role in ("from", "to")
        )
        if not begins or not ends or not via:
            drops.add("turn restriction without from, via or to, not applied", name)
        elif len(via) > 1 or via[0][0] != "n":
            drops.add("turn restriction over a way, not applied", name)
        else:
            only, u_turn = said.startswith("only"), said.endswith("u_turn")
            turns.append(Turn(relation.osm_id, via[0][1], begins, ends, only, u_turn))
    return tuple(turns)


def _said(tags: Mapping[str, str], kinds: Sequence[str]) -> str | None:
    """What a restriction says to one of these kinds of vehicle; a value for one kind beats the one for all."""
    own = [tags[f"restriction:{kind}"] for kind in kinds if f"restriction:{kind}" in tags]
    binds = tags["type"] == "restriction" or tags["type"].partition(":")[2] in kinds
    return own[0] if own else tags.get("restriction") if binds else None


def with_turns(network: RoadNetwork, turns: Sequence[Turn], drops: Drops) -> RoadNetwork:
    """Split the junctions of a network so that the turns cannot be made.

    Parameters
    ----------
    network
        As built, without closures and not yet split.
    turns
        From :func:`read_turns`.
    drops
        Takes note of restrictions that do not fit the network.

    Returns
    -------
    RoadNetwork
        With node rows added after the old ones (a junction's rows share its OSM id and place), joints added after the
        old edges, and ``back_from`` and ``back_to`` set. Between nodes that are no copies all times are exact; a street
        of less than 2 ms that leaves a split junction takes 1 ms more.
    """
    forbidden = _forbidden(network, turns, drops)
    if not forbidden:
        return replace(network, dropped=drops.result())
    return _Splitter(network).split(forbidden, drops)


Arc = tuple[int, bool]
"""Edge row, and whether it is driven as drawn."""


def _tail(net: RoadNetwork, arc: Arc) -> int:
    return int(net.edge_u[arc[0]] if arc[1] else net.edge_v[arc[0]])


def _ends_at(net: RoadNetwork, nodes: Int64) -> dict[int, tuple[list[Arc], list[Arc]]]:
    """Arcs that arrive and arcs that leave, by node row, for the rows wanted."""
    out: dict[int, tuple[list[Arc], list[Arc]]] = {int(n): ([], []) for n in nodes}
    touching = np.flatnonzero(np.isin(net.edge_u, nodes) | np.isin(net.edge_v, nodes))
    for edge in touching.tolist():
        for forward, ms in ((True, net.ahead_ms[edge]), (False, net.back_ms[edge])):
            if ms == NO_WAY:
                continue
            tail, head = _tail(net, (edge, forward)), _tail(net, (edge, not forward))
            if head in out:
                out[head][0].append((edge, forward))
            if tail in out:
                out[tail][1].append((edge, forward))
    return out


def _forbidden(
    net: RoadNetwork, turns: Sequence[Turn], drops: Drops
) -> dict[int, dict[Arc, set[Arc]]]:
    """Arcs that may not be taken after an arc, by node row and arriving arc."""
    order = np.argsort(net.node_osm, kind="stable")
    ids = net.node_osm[order]
    vias = np.array([turn.via for turn in turns], dtype=np.int64)
    first, last = np.searchsorted(ids, vias), np.searchsorted(ids, vias, side="right")
    arcs = _ends_at(net, np.unique(order[first[last - first == 1]]))
    only: dict[int, dict[Arc, set[Arc]]] = {}
    banned: dict[int, dict[Arc, set[Arc]]] = {}
    for turn, low, high in zip(turns, first.tolist(), last.tolist(), strict=True):
        name = f"r{turn.osm_id}"
        if high - low != 1:
            drops.add("turn restriction at a node where these roads have no junction", name)
            continue
        node = int(order[low])
        arriving = [arc for arc in arcs[node][0] if net.edge_way[arc[0]] in turn.from_ways]
        leaving = [arc for arc in arcs[node][1] if net.edge_way[arc[0]] in turn.to_ways]
        if not arriving or not leaving:
            drops.add("turn restriction whose roads are missing, not for this profile or one-way against it", name)
            continue
        same = set(turn.from_ways) & set(turn.to_ways)
        if not same and (len(arriving) > len(turn.from_ways) or len(leaving) > len(turn.to_ways)):
            drops.add("turn restriction whose road goes on through the junction, not applied", name)
            continue
        kept = only if turn.only else banned
        for arc in arriving:
            after = {o for o in leaving if (o[0] == arc[0]) or not (turn.u_turn and same)}
            kept.setdefault(node, {}).setdefault(arc, set()).update(after)
    for node, rows in only.items():
        for arc, allowed in rows.items():
            rest = set(arcs[node][1]) - allowed
            banned.setdefault(node, {}).setdefault(arc, set()).update(rest)
    return {node: {a: o for a, o in rows.items() if o} for node, rows in banned.items()}


class _Splitter:
    """Gathers the new node rows, joints and ends of one network."""

    def __init__(self, net: RoadNetwork) -> None:
        self.net = net
        self.origin: list[int] = []  # junction each new node row is a copy of
        self.joints: list[tuple[int, int, int]] = []  # from, to, junction
        self.u, self.v = net.edge_u.copy(), net.edge_v.copy()
        self.back_from, self.back_to = net.edge_v.copy(), net.edge_u.copy()
        self.ahead, self.back = net.ahead_ms.copy(), net.back_ms.copy()

    def split(self, forbidden: dict[int, dict[Arc, set[Arc]]], drops: Drops) -> RoadNetwork:
        """Split every junction in order of its row."""
        arcs = _ends_at(self.net, np.array(sorted(forbidden), dtype=np.int64))
        for node in sorted(forbidden):
            if forbidden[node]:
                self._junction(node, forbidden[node], arcs[node][1])
        return self._result(drops)

    def _copy(self, node: int) -> int:
        self.origin.append(node)
        return self.net.n_nodes + len(self.origin) - 1

    def _junction(self, node: int, banned: dict[Arc, set[Arc]], leaving: list[Arc]) -> None:
        """Rows for what arrives under a restriction, rows for what it may leave by, joints between them."""
        allowed = {arc: [o for o in leaving if o not in after] for arc, after in banned.items()}
        exits: dict[Arc, int] = {}
        for out in leaving:
            if any(out in outs for outs in allowed.values()):
                exits[out] = self._copy(node)
                self._leave(out, exits[out])
                self.joints.append((node, exits[out], node))
        for arc, outs in sorted(allowed.items()):
            row = self._copy(node)
            self._arrive(arc, row)
            self.joints += [(row, exits[out], node) for out in outs]

    def _leave(self, arc: Arc, row: int) -> None:
        edge, forward = arc
        ends, ms = (self.u, self.ahead) if forward else (self.back_from, self.back)
        ends[edge] = row
        ms[edge] = max(1, ms[edge] - 1)

    def _arrive(self, arc: Arc, row: int) -> None:
        edge, forward = arc
        (self.v if forward else self.back_to)[edge] = row

    def _result(self, drops: Drops) -> RoadNetwork:
        net, n = self.net, len(self.joints)
        joint = np.array(self.joints, dtype=np.int32).reshape(-1, 3)
        origin = np.array(self.origin, dtype=np.int64)
        tail, head, xy = joint[:, 0], joint[:, 1], net.node_xy[joint[:, 2]]
        zeros = np.zeros(n, dtype=bool)
        return replace(
            net,
            node_osm=np.concatenate([net.node_osm, net.node_osm[origin]]),
            node_xy=np.concatenate([net.node_xy, net.node_xy[origin]]),
            edge_u=np.concatenate([self.u, tail]),
            edge_v=np.concatenate([self.v, head]),
            back_from=np.concatenate([self.back_from, head]),
            back_to=np.concatenate([self.back_to, tail]),
            edge_way=np.concatenate([net.edge_way, np.zeros(n, dtype=np.int64)]),
            edge_length_m=np.concatenate([net.edge_length_m, np.zeros(n)]),
            ahead_ms=np.concatenate([self.ahead, np.ones(n, dtype=np.int32)]),
            back_ms=np.concatenate([self.back, np.full(n, NO_WAY, dtype=np.int32)]),
            edge_class=np.concatenate([net.edge_class, np.full(n, len(net.class_names), dtype=np.int16)]),
            edge_name=np.concatenate([net.edge_name, np.zeros(n, dtype=np.int32)]),
            class_names=(*net.class_names, JOINT),
            speed_known=np.concatenate([net.speed_known, ~zeros]),
            bridge=np.concatenate([net.bridge, zeros]),
            tunnel=np.concatenate([net.tunnel, zeros]),
            shape_start=np.concatenate([net.shape_start, net.shape_start[-1] + 2 * np.arange(1, n + 1)]),
            shape_xy=np.concatenate([net.shape_xy, np.repeat(xy, 2, axis=0)]),
            closed=np.concatenate([net.closed, zeros]),
            dropped=drops.result(),
        )
