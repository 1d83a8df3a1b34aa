"""Tables, reach, closures and alternatives against the peers that do the same exactly."""

from __future__ import annotations

import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.travel_networks import at_nodes, fresh, on_edges, some_nodes
from benchmarks.travel_peers import Igraph, Networkx, RoutingKit, Scipy
from benchmarks.travel_timing import Book, interleave
from geodata.network import RoadNetwork
from geodata.router import Router

_LARGE = 40_000  # nodes; from here on the slow peers are timed on a part of the rows


def equal(name: str, own: npt.NDArray[Any], peer: npt.NDArray[Any]) -> None:
    """Stop the run where two libraries disagree by a millisecond: their times would mean nothing."""
    if not np.array_equal(own, peer):
        bad = np.argwhere(np.asarray(own) != np.asarray(peer))
        raise SystemExit(
            f"{name}: {len(bad)} of {own.size} answers differ, first at {bad[0].tolist()}: "
            f"{own[tuple(bad[0])]} and {peer[tuple(bad[0])]}"
        )


def matrix(
    book: Book, name: str, net: RoadNetwork, *, size: int, rounds: int, cold: bool = True, seed: int = 1
) -> None:
    """Warm and cold ``size`` x ``size`` tables between nodes, and a table between points on edges."""
    rng = np.random.default_rng(seed)
    sources, targets = some_nodes(net, size, rng), some_nodes(net, size, rng)
    origins, ends = at_nodes(net, sources), at_nodes(net, targets)
    router = Router(fresh(net)).prepare()
    kit, scipy = RoutingKit(net), Scipy(net)
    cch = kit.prepare()
    own = router.matrix_ms(origins, ends)
    part = sources[: max(1, size // 5)] if net.n_nodes >= _LARGE else sources
    scale = size / len(part)
    equal(f"{name}: pyroutingkit", own, kit.as_ms(kit.matrix(cch, sources, targets)))
    equal(f"{name}: scipy", own[: len(part)], scipy.matrix(part, targets))
    scaled = f"scipy timed on {len(part)} rows and scaled" if scale > 1 else ""

    warm = interleave(
        {
            "own": lambda: router.matrix_ms(origins, ends),
            "pyroutingkit": lambda: kit.matrix(cch, sources, targets),
            "scipy": lambda: scipy.matrix(part, targets),
        },
        rounds,
        repeats={"own": 5},
    )
    own_s, kit_s, scipy_s = warm.median["own"], warm.median["pyroutingkit"], warm.median["scipy"] * scale
    shape = f"{name} {size}x{size}"
    bar = 15 if size >= 1000 else None
    at_least = 100 if net.n_nodes < 80_000 else 250
    book.note("matrix, warm", shape, own_s, "pyroutingkit", kit_s, at_least=bar)
    book.note("matrix, warm", shape, own_s, "scipy", scipy_s,
              at_least=at_least if size >= 1000 else None, how=scaled)  # fmt: skip

    if cold:
        _cold(book, shape, net, places=(sources, targets), part=part, rounds=max(3, rounds // 2))

    starts, stops = on_edges(net, size, rng), on_edges(net, size, rng)
    between = interleave(
        {
            "points": lambda: router.matrix_ms(starts, stops),
            "nodes": lambda: router.matrix_ms(origins, ends),
            "table": lambda: router.matrix(starts, stops),
        },
        rounds,
        repeats={"points": 3, "nodes": 3, "table": 3},
    )
    book.note("matrix between points on edges", shape, between.median["points"], "own, at nodes",
              between.median["nodes"])  # fmt: skip
    book.note("TravelTimes in seconds", shape, between.median["table"], "own, at nodes", between.median["nodes"])


def _cold(
    book: Book,
    shape: str,
    net: RoadNetwork,
    *,
    places: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    part: npt.NDArray[np.int64],
    rounds: int,
) -> None:
    """One table with everything that must be prepared for it; arcs and matrices are handed over ready-made."""
    sources, targets = places
    origins, ends = at_nodes(net, sources), at_nodes(net, targets)
    kit, scipy, scale = RoutingKit(net), Scipy(net), len(sources) / len(part)
    how = f"scipy timed on {len(part)} rows and scaled" if scale > 1 else ""
    bare = [fresh(net) for _ in range(rounds)]  # arcs made outside the clock, as the peers' are

    def own() -> npt.NDArray[np.float64]:
        # An empty folder each time: nothing is read from an earlier run, and what is kept for the next one is paid for.
        return Router(bare.pop(), cache_dir=Path(tempfile.mkdtemp())).prepare().matrix_ms(origins, ends)

    cold = interleave(
        {
            "own": own,
            "pyroutingkit": lambda: kit.matrix(kit.prepare(), sources, targets),
            "scipy": lambda: scipy.matrix(part, targets),
        },
        rounds,
    )
    own_s, kit_s, scipy_s = cold.median["own"], cold.median["pyroutingkit"], cold.median["scipy"] * scale
    wanted = len(sources) >= 1000
    book.note("matrix, cold", shape, own_s, "pyroutingkit", kit_s, at_least=8 if wanted else None)
    book.note("matrix, cold", shape, own_s, "scipy", scipy_s, at_least=20 if wanted else None, how=how)


def coverage(
    book: Book, name: str, net: RoadNetwork, limit_s: int, *, posts: int, rounds: int, seed: int = 2
) -> None:
    """Nodes that posts reach within a limit, as sparse rows."""
    rng = np.random.default_rng(seed)
    nodes = some_nodes(net, posts, rng)
    places = at_nodes(net, nodes)
    router = Router(fresh(net))
    scipy, graph = Scipy(net), Networkx(net)
    few = nodes[:40]
    part = nodes if net.n_nodes < 200_000 else nodes[: posts // 5]
    limit_ms = limit_s * 1000
    batch = _best_batch(scipy, nodes, limit_ms)

    reached = router.node_coverage(places, limit_s)
    ends, found, ms = scipy.coverage(part, limit_ms, batch)
    whole = int(ends[-1])
    equal(f"{name}: rows", np.asarray(reached.indptr[: len(ends)]), ends)
    equal(f"{name}: members", np.asarray(reached.target[:whole]), found)
    equal(f"{name}: seconds", np.asarray(reached.seconds[:whole]), np.ceil(ms / 1000).astype(np.int64))
    settled = int(reached.indptr[len(few)])  # posts reach unlike many nodes: the few are scaled by nodes, not posts
    for k, node in enumerate(few.tolist()):
        theirs = graph.within(node, limit_ms)
        equal(f"{name}: networkx", np.sort(np.fromiter(theirs, dtype=np.int64)), np.asarray(reached.of(k)[0]))

    timed = interleave(
        {
            "own": lambda: router.node_coverage(places, limit_s),
            "scipy": lambda: scipy.coverage(part, limit_ms, batch),
            "networkx": lambda: [graph.within(node, limit_ms) for node in few.tolist()],
        },
        rounds,
        repeats={"own": 2},
    )
    where = f"{name} {posts} posts {limit_s} s"
    mean = round(len(reached.target) / posts)
    own_s = timed.median["own"]
    how = f"{len(part)} rows, limit= in batches of {batch}, the best size"
    book.note("coverage", where, own_s, "scipy", timed.median["scipy"] * posts / len(part),
              at_least=4, nodes_per_post=mean, how=how)  # fmt: skip
    book.note("coverage", where, own_s, "networkx", timed.median["networkx"] * len(reached.target) / settled,
              at_least=60, nodes_per_post=mean, how=f"{len(few)} posts, scaled by nodes reached")  # fmt: skip


def _best_batch(scipy: Scipy, nodes: npt.NDArray[np.int64], limit_ms: float) -> int:
    """The batch size that suits scipy best, tried on a hundred posts."""
    sizes = (5, 20, 50)
    timed = interleave(
        {str(n): lambda n=n: scipy.coverage(nodes[:100], limit_ms, n) for n in sizes},  # type: ignore[misc]
        3,
    )
    return min(sizes, key=lambda n: timed.median[str(n)])


def closures(book: Book, name: str, net: RoadNetwork, *, size: int, rounds: int, seed: int = 3) -> None:
    """Five edges closed: the variant and its table, in units of the table before."""
    rng = np.random.default_rng(seed)
    sources, targets = some_nodes(net, size, rng), some_nodes(net, size, rng)
    origins, ends = at_nodes(net, sources), at_nodes(net, targets)
    router = Router(fresh(net)).prepare()
    kit, scipy = RoutingKit(net), Scipy(net)
    cch = kit.prepare()
    row = scipy.matrix(sources[:20], targets)
    before = router.matrix_ms(origins, ends)
    equal(f"{name}: before", before[:20], row)
    used = np.union1d(origins.edge, ends.edge)  # a point on a closed edge has left the network for us alone
    for kind, edges in _five(net, used, rng).items():
        weight = kit.closed(edges)

        def theirs(weight: npt.NDArray[np.uint32] = weight) -> npt.NDArray[np.uint32]:
            cch.customize_weights(weight)
            return kit.matrix(cch, sources, targets)

        def ours(edges: npt.NDArray[np.int64] = edges) -> npt.NDArray[np.float64]:
            return router.with_closures(edges).matrix_ms(origins, ends)

        after = ours()
        equal(f"{name}: {kind} closures", after, kit.as_ms(theirs()))
        closed = Scipy(net.with_closures(edges))
        equal(f"{name}: {kind} closures, scipy", after[:20], closed.matrix(sources[:20], targets))
        timed = interleave(
            {
                "closed": ours,
                "before": lambda: router.matrix_ms(origins, ends),
                "pyroutingkit": theirs,
                "scipy": lambda closed=closed: closed.matrix(sources[:20], targets),
            },
            rounds,
            repeats={"closed": 3, "before": 3},
        )
        own_s, before_s = timed.median["closed"], timed.median["before"]
        where = f"{name} {size}x{size}, {kind}"
        book.note("5 closures, in tables", where, own_s, "own table before", before_s,
                  ratio=own_s / before_s, at_most=2.5, scipy_s=round(timed.median["scipy"] * size / 20, 3),
                  pairs_changed=round(float((after != before).mean()), 5))  # fmt: skip
        book.note("5 closures", where, own_s, "pyroutingkit", timed.median["pyroutingkit"])


def _five(
    net: RoadNetwork, taken: npt.NDArray[Any], rng: np.random.Generator
) -> dict[str, npt.NDArray[np.int64]]:
    """Five edges anywhere, five of the busiest, and five side by side."""
    free = np.setdiff1d(np.flatnonzero(net.edge_u != net.edge_v), taken)
    kmh = net.edge_length_m * 3600.0 / np.maximum(np.maximum(net.ahead_ms, net.back_ms), 1)
    fast = free[np.argsort(-kmh[free], kind="stable")[: max(50, len(free) // 100)]]
    centre = net.node_xy[net.edge_u[rng.choice(free)]]
    near = free[np.argsort(np.hypot(*(net.node_xy[net.edge_u[free]] - centre).T), kind="stable")[:5]]
    return {
        "anywhere": rng.choice(free, 5, replace=False),
        "arterial": rng.choice(fast, 5, replace=False),
        "local": near,
    }


def ways(book: Book, name: str, net: RoadNetwork, *, pairs: int, rounds: int, seed: int = 4) -> None:
    """Alternatives between two places: ours with little in common, against Yen's three shortest paths."""
    from geodata.alternatives import alternatives

    rng = np.random.default_rng(seed)
    sources, targets = some_nodes(net, pairs, rng), some_nodes(net, pairs, rng)
    origins, ends = at_nodes(net, sources), at_nodes(net, targets)
    router = Router(fresh(net)).prepare()
    yen = Igraph(net)
    each = [(origins.take([k]), ends.take([k])) for k in range(pairs)]
    ours = [alternatives(router, a, b) for a, b in each]
    theirs = [yen.paths(int(a), int(b)) for a, b in zip(sources, targets, strict=True)]
    for (a, b), found, paths in zip(each, ours, theirs, strict=True):
        first = float(router.matrix_ms(a, b)[0, 0])
        equal(f"{name}: fastest way", np.array([first]), np.array([float(yen.ms[paths[0]].sum())]))
        equal(f"{name}: first is fastest", np.array([found[0].seconds]), np.array([int(np.ceil(first / 1000))]))
    timed = interleave(
        {
            "own": lambda: [alternatives(router, a, b) for a, b in each],
            "igraph": lambda: [yen.paths(int(a), int(b)) for a, b in zip(sources, targets, strict=True)],
        },
        rounds,
        repeats={"own": 3},
    )
    share = [_shared(net, [path.edges for path in found]) for found in ours]
    yens = [_shared(net, [yen.edge[path] for path in paths]) for paths in theirs]
    stretch = [path.seconds / found[0].seconds for found in ours for path in found[1:]]
    where = f"{name} k=3, mean of {pairs} pairs"
    book.note("alternatives", where, timed.median["own"] / pairs, "igraph (Yen)", timed.median["igraph"] / pairs,
              at_least=30, paths=sum(map(len, ours)), of=3 * pairs,
              stretch_median=round(float(np.median(stretch)), 3) if stretch else None)  # fmt: skip
    most = max(share, default=0.0)
    book.fact("alternatives, most shared of any pair", name,
              f"{most:.0%} (Yen: {np.median(yens):.0%} in the median)", met=most <= 0.7 + 1e-9)  # fmt: skip


def _shared(net: RoadNetwork, paths: list[npt.NDArray[Any]]) -> float:
    """The largest share of the shorter path that two of the paths have in common, by length."""
    worst = 0.0
    for a, b in combinations(paths, 2):
        common = net.edge_length_m[np.intersect1d(a, b)].sum()
        shorter = min(net.edge_length_m[np.unique(p)].sum() for p in (a, b))
        worst = max(worst, float(common / shorter) if shorter else 0.0)
    return worst
