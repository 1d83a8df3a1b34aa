"""Any order of edits, undos and redos by two people equals the same edits told to a plain dictionary."""

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from scenarios.store import shelf
from scenarios.store.conflict import Conflict
from scenarios.store.edits import apply, redo, revision_of, steps, undo
from scenarios.store.errors import StoreError
from scenarios.store.operations import (
    AddChange,
    Assign,
    Move,
    Pin,
    RemoveChange,
    Rename,
    SetChange,
    Swap,
    Unpin,
)
from scenarios.store.place import file_url, open_at
from scenarios.store.rows import applied, from_maps, inverse, net
from scenarios.store.trail import read_trail
from tests.scenarios.store.samples import SESSION
from tests.scenarios.store.test_edits import PLAN, with_plan

WHO = st.sampled_from(["ann", "ben"])
IDS = st.sampled_from(["a", "b", "c"])
PEOPLE = st.sampled_from(["P1", "P2", "P3"])
SEATS = st.sampled_from(["G/1", "G/2", "G/3", "H/1"])
VALUES = st.builds(lambda n: {**SESSION, "attendance": n}, st.integers(0, 3))
OPERATIONS = st.one_of(
    st.builds(Rename, st.sampled_from(["x", "y", " x "])),
    st.builds(AddChange, st.just("session"), VALUES, IDS),
    st.builds(SetChange, IDS, VALUES),
    st.builds(RemoveChange, IDS),
    st.builds(Pin, PEOPLE, st.sampled_from(["G", "H"]), st.booleans()),
    st.builds(Unpin, PEOPLE, st.sampled_from(["G", "H"])),
    st.builds(Assign, st.just(PLAN), SEATS, st.none() | PEOPLE),
    st.builds(Move, st.just(PLAN), PEOPLE, SEATS, SEATS),
    st.builds(Swap, st.just(PLAN), SEATS, SEATS),
)


class Desk(RuleBasedStateMachine):
    """The model: a list of edits in the order they were made, each with its state, and nothing else.

    The rows must be what the done edits give when they are told one after the other, wherever nobody has written
    over another's row; and always what the trail gives.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = open_at(file_url(Path(self.folder.name) / "s.db"))
        self.its = shelf.create(self.store, "x", who="ann")
        with_plan(self.store, self.its)
        self.first = dict(shelf.read(self.store, self.its).rows)
        self.stacks = {who: ([], []) for who in ("ann", "ben")}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def rows(self):
        return dict(shelf.read(self.store, self.its).rows)

    @rule(who=WHO, operation=OPERATIONS)
    def do(self, who, operation) -> None:
        before, seen = self.rows(), revision_of(self.store, self.its)
        try:
            now = apply(self.store, self.its, operation, who=who, seen=seen)
        except StoreError:
            assert self.rows() == before
            return
        if now == seen:
            assert self.rows() == before
            return
        writes = net(self.entry(now))
        after = self.rows()
        assert applied(before, writes) == after
        assert applied(after, inverse(writes)) == before
        done, undone = self.stacks[who]
        done.append(writes)
        undone.clear()

    def entry(self, revision):
        with self.store.reading() as conn:
            (found,) = [e for e in read_trail(conn, self.its) if e.revision == revision]
        return from_maps(found.before, found.after)

    @rule(who=WHO)
    def take_back(self, who) -> None:
        self.step(who, undo, *self.stacks[who], turn=inverse)

    @rule(who=WHO)
    def do_again(self, who) -> None:
        done, undone = self.stacks[who]
        self.step(who, redo, undone, done, turn=tuple)

    def step(self, who, way, source, target, turn) -> None:
        before = self.rows()
        if not source:
            assert way(self.store, self.its, who=who) is None
            assert self.rows() == before
            return
        writes = turn(source[-1])
        fits = all(before.get(w.row) == w.before for w in writes)
        try:
            way(self.store, self.its, who=who)
        except Conflict:
            assert not fits
            assert self.rows() == before
            return
        assert fits
        assert self.rows() == applied(before, writes)
        target.append(source.pop())

    @precondition(lambda self: self.stacks["ann"][0] and not self.stacks["ben"][0] and not self.stacks["ben"][1])
    @rule()
    def all_the_way_back_and_again(self) -> None:
        """One person alone: everything undone is the beginning, everything done again is the end."""
        end, n = self.rows(), len(self.stacks["ann"][0])
        for _ in range(n):
            undo(self.store, self.its, who="ann")
        assert self.rows() == self.first
        for _ in range(n):
            redo(self.store, self.its, who="ann")
        assert self.rows() == end

    @invariant()
    def the_trail_gives_the_rows(self) -> None:
        with self.store.reading() as conn:
            entries = read_trail(conn, self.its)
        rows = {}
        for entry in entries:
            if entry.revision is not None or entry.what == "created":
                rows = applied(rows, from_maps(entry.before, entry.after))
        assert rows == self.rows()

    @invariant()
    def what_can_be_undone_is_known(self) -> None:
        for who, (done, undone) in self.stacks.items():
            can = steps(self.store, self.its, who)
            assert (can.undo is not None, can.redo is not None) == (bool(done), bool(undone))


TestDesk = Desk.TestCase
MOST = min(settings.default.max_examples * 3 // 5, 400)
TestDesk.settings = settings(max_examples=MOST, stateful_step_count=12, deadline=None)
