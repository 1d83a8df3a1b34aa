"""Which posts and patrols have all their people. Those that lack some are drawn and count for nothing, as audited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scenarios.view import PlanView, PostView, TourView

Span = tuple[int, int]


@dataclass(frozen=True)
class Manned:
    """A plan asked for what can be counted on.

    Attributes
    ----------
    empty
        Spans in which a party lacks somebody it must have.
    periods
        Spans into which posts are planned: a post counts for a whole period or not at all.
    """

    empty: Mapping[str, Sequence[Span]]
    periods: Sequence[Span]

    @classmethod
    def of(cls, view: PlanView) -> Manned:
        """Read from the seats that stand."""
        empty: dict[str, list[Span]] = defaultdict(list)
        for seats in view.seats:
            if seats.n_short:
                empty[seats.party].append((seats.start_s, seats.end_s))
        return cls(empty, view.periods)

    def rides(self, tour: TourView) -> bool:
        """Whether a crew is whole for all of its tour."""
        gaps = self.empty.get(tour.party, ())
        if not tour.party:  # a view kept before tours said whose seats are theirs
            mine = {member.party for member in tour.members}
            gaps = [
                gap for party, gaps in self.empty.items()
                if (party in mine if mine else party.startswith(f"{tour.call_sign}.")) for gap in gaps
            ]
        return not any(_meet(gap, (tour.depart_s, tour.return_s)) for gap in gaps)

    def spans(self, post: PostView) -> tuple[Span, ...]:
        """When a post stands with all its people, in order; spans that touch are one."""
        return self._split(post, lacks=False)

    def lacking(self, post: PostView) -> tuple[Span, ...]:
        """When it should stand and lacks somebody it must have."""
        return self._split(post, lacks=True)

    def _split(self, post: PostView, *, lacks: bool) -> tuple[Span, ...]:
        gaps = self.empty.get(post.number, ())
        found: list[Span] = []
        for stand in sorted((s.start_s, s.end_s) for s in post.stands):
            for piece in _pieces(stand, self.periods or gaps):
                if any(_meet(gap, piece) for gap in gaps) is not lacks:
                    continue
                if found and piece[0] <= found[-1][1]:
                    found[-1] = (found[-1][0], max(found[-1][1], piece[1]))
                else:
                    found.append(piece)
        return tuple(found)


def _meet(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _pieces(span: Span, at: Sequence[Span]) -> list[Span]:
    """A span cut where others begin and end."""
    inside = {cut for piece in at for cut in piece if span[0] < cut < span[1]}
    cuts = [span[0], *sorted(inside), span[1]]
    return list(pairwise(cuts))
