"""Who could take one seat of a plan, ranked, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scenarios.audit import PlanAudit, audit_plan
from scenarios.desk import Desk, prepare
from scenarios.errors import Fault, ScenarioError
from scenarios.levels import cost_title
from scenarios.load import Loaded
from scenarios.plan import Plan
from scenarios.raw import nearest
from scenarios.sentences import Teller
from scenarios.tongue import say as _
from scenarios.tongue.lists import inside, listed
from scheduler.errors import ProblemError
from scheduler.outcome import Breach
from scheduler.roster.repair import Candidate, Ranking
from scheduler.roster.rules import explain


@dataclass(frozen=True, eq=False)
class Listed:
    """Candidates for one seat and the sentences about them."""

    seat: str
    head: str
    rows: tuple[tuple[Candidate, str], ...]

    @property
    def able(self) -> tuple[str, ...]:
        """Those who can, the best first."""
        return tuple(text for one, text in self.rows if one.state != "excluded")

    @property
    def unable(self) -> tuple[str, ...]:
        """Those who cannot, with the reason."""
        return tuple(text for one, text in self.rows if one.state == "excluded")

    def to_json(self) -> dict[str, Any]:
        """Plain data, the best first."""
        return {
            "seat": self.seat,
            "head": self.head,
            "candidates": [
                {
                    "person": one.person, "state": one.state, "rank": one.rank, "leaves": one.leaves,
                    "then": one.then, "price": one.price, "costs": dict(one.costs), "short": list(one.short),
                    "travel_s": one.travel_s, "hours": round(one.hours_s / 3600, 2),
                    "rules": sorted({b.rule for b in one.reasons}), "text": text,
                }
                for one, text in self.rows
            ],
        }  # fmt: skip


@dataclass(eq=False)
class SeatDesk:
    """A plan laid out for asking seat after seat; answers take a few hundredths of a second."""

    desk: Desk
    plan: Plan
    audit: PlanAudit
    ranking: Ranking
    teller: Teller

    @classmethod
    def of(cls, loaded: Loaded, plan: Plan, at_s: int | None = None, desk: Desk | None = None) -> SeatDesk:
        """Lay out a plan, legal or not."""
        desk = desk or prepare(loaded)
        audit = audit_plan(desk, plan)
        ranking = Ranking.of(audit.rebuilt.roster.problem, plan.roster, at_s)
        return cls(desk, plan, audit, ranking, Teller(desk, audit))

    def ask(self, seat: str, *, whole: bool = True) -> Listed:
        """Everybody for one seat.

        Parameters
        ----------
        whole
            Whether to look for who takes over what somebody leaves, and to say why others cannot.

        Raises
        ------
        ScenarioError
            The plan has no such seat.
        """
        seat = seat.strip()
        self._refuse_unknown(seat)
        try:
            found = self.ranking.candidates(seat) if whole else self.ranking.able(seat)
        except ProblemError as error:
            faults = [Fault("SEAT", None, "", seat, _("a seat that is held or empty"), text) for text in error.faults]
            raise ScenarioError(faults) from None
        holder = next((d.person for d in self.plan.roster.duties if f"{d.group}/{d.seat}" == seat), None)
        name = seat if seat in self.ranking.group_of else seat.rpartition("/")[0]
        its = self.audit.rebuilt.roster.seats[name]
        clock = self.teller.clock
        held = _("held by {person}", person=self.teller.name(holder)) if holder else _("empty")
        head = _(
            "{seat}: {start}-{end} at {place}, {kind}, {held}", seat=seat, start=clock(its.report_s),
            end=clock(its.release_s)[-5:], place=its.need.place, kind=its.need.kind, held=held,
        )  # fmt: skip
        return Listed(seat, head, tuple((one, self._text(one)) for one in found))

    def _refuse_unknown(self, seat: str) -> None:
        """Say what a seat looks like where the plan has none of that name."""
        groups = {group.id: group for group in self.ranking.problem.groups}
        name, slash, number = (seat, "", "") if seat in groups else seat.rpartition("/")
        known = groups.get(name)
        # "²" is a digit and no number, and "01" is no other name of seat 1.
        counts = number.isascii() and number.isdigit() and len(number) < 7 and str(int(number)) == number
        if known is not None and (not slash or (counts and 1 <= int(number) <= known.most)):
            return
        if known is not None:
            expected = _("a seat of {group}, which has {n}", group=name, n=known.most)
            remedy = _("write {group}/1", group=name)
            if known.most > 1:
                remedy = _("write {group}/1 to {group}/{n}", group=name, n=known.most)
        else:
            like = nearest(name or seat, groups) if seat else None
            expected = _("a seat of the plan, such as {group}/1", group=min(groups, default="G12"))
            it = _("take it from a duty sheet or roster.xlsx")
            remedy = _('did you mean "{like}"?', like=like) if like else it
        raise ScenarioError([Fault("SEAT", None, "", seat, expected, remedy)])

    def _text(self, one: Candidate) -> str:
        name = self.teller.name(one.person)
        if one.state == "excluded" and not one.reasons:
            return f"{name}."
        if one.state == "excluded":
            first, more = self._why(one.reasons[0]), len(one.reasons) - 1
            if more:
                return _("{name}: {reason} And {n} more.", name=name, reason=first, n=more)
            return _("{name}: {reason}", name=name, reason=first)
        parts = []
        if one.state == "chain":
            parts.append(_("leaves {group}", group=one.leaves))
            if one.then:
                parts.append(_("which {person} can take", person=self.teller.name(one.then)))
            elif any(n > 0 for n in one.short):
                parts.append(_("which then lacks one"))
            else:
                parts.append(_("which can spare one"))
        else:
            parts.append(_("free"))
        if one.travel_s is not None:
            parts.append(_("{n} min from home", n=-(-one.travel_s // 60)))
        parts.append(_("{hours:g} h so far", hours=one.hours_s / 3600))
        parts += [f"{inside(cost_title(rule))} {by:+,}" for rule, by in one.costs]
        return _("{rank}. {name}: {what}.", rank=one.rank, name=name, what=listed(parts))

    def _why(self, breach: Breach) -> str:
        return self.teller.named(explain(self.ranking.problem, breach, self.teller.clock), breach)


def candidates_of(loaded: Loaded, plan: Plan, seat: str, at_s: int | None = None) -> Listed:
    """Everybody for one seat of a plan, the best first."""
    return SeatDesk.of(loaded, plan, at_s).ask(seat)
