"""Linking rows told anew for held seats, and graphs made small: what is left says the same as before."""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from benchmarks.roster_event import make_event
from scheduler.roster.bound import Relaxation
from scheduler.roster.build import build
from scheduler.roster.columns import graph
from scheduler.roster.columns.ascent import ascend
from scheduler.roster.columns.generate import bound_at, generate, prepare
from scheduler.roster.columns.guide import start_at
from scheduler.roster.columns.held import hold
from scheduler.roster.columns.implied import told_anew
from scheduler.roster.columns.minimal import Layer, minimal, with_sum
from scheduler.roster.columns.minimal import ways as arcs_of
from scheduler.roster.columns.split import Linking, PersonalRow
from scheduler.roster.large.exchange import Exchanges
from scheduler.roster.large.price import Prices
from tests.scheduler.roster.tiny import brute_force, with_many_rules


def linking(rows, rhs, of_a=None, equal=None):
    m = len(rows)
    of_a = np.zeros((m, 0)) if of_a is None else np.array(of_a)
    n_a = of_a.shape[1]
    return Linking(
        sparse.csc_matrix(np.array(rows, dtype=np.int64)), sparse.csr_matrix((m, 0), dtype=np.int64),
        sparse.csr_matrix(of_a.astype(np.int64)), np.array(rhs, dtype=np.int64), np.ones(n_a, dtype=np.int64),
        np.zeros(n_a, dtype=np.int64), np.ones(n_a, dtype=np.int64), np.zeros(m, dtype=np.int64),
        np.zeros(m, dtype=bool) if equal is None else np.array(equal),
    )  # fmt: skip


X_GROUP = np.array([0, 0, 1, 1, 1], dtype=np.int32)
"""Two people for the first group, three for the second."""


def test_a_unit_whose_lead_seat_is_always_filled_needs_no_rows_about_leads():
    """Group 0 is the lead's seat; the third row is "others - 3 leads <= 0"."""
    rows = [[1, 1, 0, 0, 0], [-1, -1, 0, 0, 0], [-3, -3, 1, 1, 1], [0, 0, 1, 1, 1]]
    told, of_all = told_anew(linking(rows, [1, -1, 0, 3]), np.zeros(0, dtype=np.int64), X_GROUP)
    assert told.of_x.toarray().tolist() == [[0, 0, 1, 1, 1], [1, 1, 0, 0, 0]]
    assert told.rhs.tolist() == [3, 1]
    assert told.equal.tolist() == [False, True]
    # the row that went gives what it charged on every lead to the group's own multiplier
    assert (of_all @ np.array([-5, -1, -2, -4])).tolist() == [-4, -5 + 1 + 2 * 3]


def test_a_seat_that_may_stay_empty_is_not_taken_as_filled():
    """The second row may be missed by an amount; with it at 0 the group is fixed."""
    rows = [[1, 1, 0, 0, 0], [-1, -1, 0, 0, 0], [-3, -3, 1, 1, 1]]
    made = linking(rows, [1, -1, 0], [[0], [-1], [0]])
    told, _ = told_anew(made, np.array([1]), X_GROUP)
    assert told.of_x.toarray().tolist() == rows
    assert not told.equal.any()
    told, _ = told_anew(made, np.array([0]), X_GROUP)
    assert told.of_x.toarray().tolist() == [[1, 1, 0, 0, 0]]


def test_more_than_can_serve_is_not_believed():
    rows = [[1, 1, 0, 0, 0], [-1, -1, 0, 0, 0], [-3, -3, 1, 1, 1]]
    told, _ = told_anew(linking(rows, [2, -3, 0]), np.zeros(0, dtype=np.int64), X_GROUP)
    assert told.of_x.toarray().tolist() == [*rows[1:]]


def test_a_row_that_asks_for_one_of_a_fixed_group_stays():
    """Group 1 has two of three; the last row wants the first of them."""
    rows = [[0, 0, 1, 1, 1], [0, 0, -1, -1, -1], [0, 0, -1, 0, 0]]
    told, _ = told_anew(linking(rows, [2, -2, -1]), np.zeros(0, dtype=np.int64), X_GROUP)
    assert told.of_x.toarray().tolist() == [[0, 0, -1, 0, 0], [0, 0, 1, 1, 1]]


def test_what_everybody_in_a_fixed_group_adds_is_known():
    """Group 1 has two of three; the last row asks less of one of them: only he is left in it."""
    rows = [[0, 0, 1, 1, 1], [0, 0, -1, -1, -1], [1, 1, 2, 2, 1]]
    told, _ = told_anew(linking(rows, [2, -2, 4]), np.zeros(0, dtype=np.int64), X_GROUP)
    assert told.of_x.toarray().tolist() == [[1, 1, 0, 0, -1], [0, 0, 1, 1, 1]]
    assert told.rhs.tolist() == [4 - 2 * 2, 2]


@settings(max_examples=60)
@given(data=st.data())
def test_told_anew_no_plan_is_lost_and_no_bound_rises_above_the_best(data):
    """At the multipliers made from those of all rows the bound is no lower than before, and never above the best."""
    made = data.draw(with_many_rules(max_people=3, max_groups=3))
    linear = build(made)
    cells = list(zip(linear.x_person.tolist(), linear.x_group.tolist(), strict=True))
    best = None if linear.faults else brute_force(made, cells)
    if best is None:
        return
    pricing = prepare(linear)
    held = hold(pricing, best[:-1])
    m = held.of_all.shape[1]
    y = -np.array(data.draw(st.lists(st.integers(0, 1 << 18), min_size=m, max_size=m)), dtype=np.int64)
    after = bound_at(pricing, held, held.multipliers(y))[0]
    assert after <= best[-1] << 16
    if m == len(pricing.linking.rhs):
        whole = type(held)(pricing.linking, held.upper, held.cost, (), sparse.identity(m))
        assert bound_at(pricing, whole, y)[0] <= after


def ways(indptr, tail, role, cost):
    """Every way from the first node to the last: its roles and its cost."""
    into = {v: range(indptr[v], indptr[v + 1]) for v in range(len(indptr) - 1)}

    def back(v):
        if v == 0:
            return [((), 0)]
        return [
            ((*roles, *([int(role[a])] if role[a] >= 0 else [])), paid + int(cost[a]))
            for a in into[v] for roles, paid in back(int(tail[a]))
        ]  # fmt: skip

    return sorted(back(len(indptr) - 2))


def drawn_layers(data):
    """A layered graph for ``minimal``, and all its ways."""
    n_roles = data.draw(st.integers(1, 4))
    sizes = [1, *(data.draw(st.integers(1, 3)) for _ in range(n_roles)), 1]
    first = np.cumsum([0, *sizes])
    layers, arcs = [], []
    for i in range(n_roles + 1):
        heads = st.integers(-1, sizes[i + 1] - 1)
        to = [[data.draw(heads) for _ in range(sizes[i])] for _ in range(2)]
        if i == n_roles:  # behind the last role nothing is taken
            to[1] = [-1] * sizes[i]
        paid = [[data.draw(st.integers(0, 1)) for _ in range(sizes[i])] for _ in range(2)]
        layers.append(Layer(*(
            np.array([first[i + 1] + h if h >= 0 else -1 for h in to[k // 2]] if k % 2 == 0 else paid[k // 2])
            for k in range(4)
        )))  # fmt: skip
        arcs += [
            (first[i] + u, first[i + 1] + to[k][u], -1 if k == 0 else i, paid[k][u])
            for k in range(2) for u in range(sizes[i]) if to[k][u] >= 0
        ]  # fmt: skip
    n = int(first[-1])
    arcs.sort(key=lambda arc: arc[1])
    indptr = np.concatenate([[0], np.cumsum(np.bincount([arc[1] for arc in arcs], minlength=n))])
    return n_roles, layers, ways(indptr, *(np.array([arc[k] for arc in arcs]) for k in (0, 2, 3)))


@settings(max_examples=200)
@given(data=st.data())
def test_a_small_graph_has_the_same_ways(data):
    _, layers, before = drawn_layers(data)
    made = arcs_of(minimal(layers))
    assert ways(made.indptr, made.tail, made.role, made.cost) == before
    assert (made.tail < np.repeat(np.arange(len(made.layer)), np.diff(made.indptr))).all()
    taken = made.role >= 0
    assert (made.role[taken] == made.layer[made.tail[taken]]).all()


@settings(max_examples=400)
@given(data=st.data())
def test_a_graph_with_sums_has_the_ways_that_keep_them_and_what_they_cost(data):
    n_roles, layers, expected = drawn_layers(data)
    made = minimal(layers)
    for _ in range(data.draw(st.integers(1, 2))):
        least = data.draw(st.sampled_from([0, -2]))
        coefs = data.draw(st.lists(st.integers(least, 2), min_size=n_roles, max_size=n_roles))
        low = data.draw(st.integers(-3, 3))
        row = PersonalRow(
            (), low, low + data.draw(st.integers(0, 3)), 10, data.draw(st.booleans()), data.draw(st.booleans()), ""
        )
        if any(coefs):
            paid = [(roles, cost, row.amount(sum(coefs[r] for r in roles))) for roles, cost in expected]
            expected = sorted((r, c + (0 if row.hard else 10 * a)) for r, c, a in paid if not (row.hard and a))
        made = with_sum(made, row, coefs, 1000)
    found = arcs_of(made)
    assert ways(found.indptr, found.tail, found.role, found.cost) == expected


def test_a_sum_that_makes_a_graph_too_large_is_given_up():
    """Roles worth 1, 2 and 4: one, two and four sums before them, and one way behind the last."""
    layers = [Layer(np.array([i + 1]), np.zeros(1, int), np.array([i + 1]), np.zeros(1, int)) for i in range(4)]
    layers[3] = Layer(np.array([4]), np.zeros(1, int), np.array([-1]), np.zeros(1, int))
    row = PersonalRow((), 3, 3, 1, False, False, "")
    assert with_sum(minimal(layers), row, [1, 2, 4], 7) is not None
    assert with_sum(minimal(layers), row, [1, 2, 4], 6) is None


def test_prices_told_anew_prove_as_much_in_graphs():
    """Every seat is held and must be filled exactly: the prices' rows and the graphs' rows were told anew."""
    made = make_event(24, 1)
    groups = tuple(dataclasses.replace(g, want=g.need, most=g.need) for g in made.groups if g.need)
    linear = build(dataclasses.replace(made, groups=groups))
    aim = (0,) * (linear.n_levels - 1)
    prices = Prices(linear, Exchanges.of(linear, 0).table, aim)
    assert prices.known.part.nnz > 0
    assert prices.known.idle_high.any()
    prices.start()
    for k in range(10):
        prices.improve(30, (k / 10, (k + 1) / 10), lambda: False)
    assert prices.bound > 0
    pricing = prepare(linear)
    held = hold(pricing, aim)
    assert held.linking.equal.any()
    assert bound_at(pricing, held, start_at(pricing, held, prices.relaxed()))[0] >= (prices.bound - 1) << 16


def test_sums_outside_the_graphs_begin_at_no_price(monkeypatch):
    monkeypatch.setattr(graph, "NODES_AT_MOST", 0)
    linear = build(make_event(12, 3))
    pricing = prepare(linear)
    assert any(one.left_out for one in pricing.graphs)
    last = linear.n_levels - 1
    aim = ()
    for k in range(last):
        aim += (Relaxation(linear).ask(k, aim, None).bound + 1,)
    relaxed = Relaxation(linear).ask(last, aim, None)
    held = hold(pricing, aim)
    y = start_at(pricing, held, relaxed)
    nothing = np.zeros(len(y), dtype=np.int64)
    assert bound_at(pricing, held, y)[0] > bound_at(pricing, held, nothing)[0]


def test_climbing_comes_near_from_nothing_and_stops_when_asked():
    linear = build(make_event(24, 2))
    pricing = prepare(linear)
    aim = ()
    for k in range(linear.n_levels - 1):
        aim += (Relaxation(linear).ask(k, aim, None).bound,)
    held = hold(pricing, aim)
    nothing = np.zeros(len(held.linking.rhs), dtype=np.int64)
    begun, least = bound_at(pricing, held, nothing)[0], generate(pricing, held, over=lambda: False)
    assert least.closed
    ask = lambda y: bound_at(pricing, held, y)  # noqa: E731
    y, met = ascend(held, nothing, 400, lambda: False, ask)
    assert (held.linking.legal(y) == y).all()
    climbed = bound_at(pricing, held, y)[0]
    assert climbed <= least.bound << 16
    assert climbed - begun > 0.8 * ((least.bound << 16) - begun)
    assert all([column.person for column in step] == list(range(24)) for step in met)
    assert len(met) == 40
    stopped, none = ascend(held, nothing, 400, lambda: True, ask)
    assert (stopped == nothing).all()
    assert none == []
