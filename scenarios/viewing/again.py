"""A plan's view again after duties have changed: what hangs on who sits where is read anew, all else stays as it is.

Posts, patrols and the ground are the same. Cover, visits and territories are read anew only where a post or a crew
gained or lost its people, since those without them count for nothing. The answer is ``build_view``'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from scenarios import report
from scenarios.audit import PlanAudit
from scenarios.desk import Desk
from scenarios.plan import Plan
from scenarios.presence import presence_views
from scenarios.sentences import Teller
from scenarios.territory import readable
from scenarios.variants import pin_warnings
from scenarios.view import DutyView, PlanView, PostView, SeatsView, SiteView, TourView
from scenarios.viewing.people import duty_views, person_views, place_names
from scenarios.viewing.posts import section_views, site_views, territory_views
from scheduler.roster.plan import RosterPlan


def duties_again(base: PlanView, desk: Desk, plan: Plan, audit: PlanAudit) -> PlanView:
    """Seats, duties and people as they are now, in the view that was; nothing that follows from them.

    Only what differs is said anew: a large roster has thousands of duties, and an edit changes one or two.
    """
    known = {(d.person, d.group, d.seat): d for d in base.duties}
    now = {(d.person, d.group, d.seat) for d in plan.roster.duties}
    new = RosterPlan(tuple(d for d in plan.roster.duties if (d.person, d.group, d.seat) not in known))
    added = duty_views(desk, replace(plan, roster=new), audit.rebuilt, place_names(desk, audit.rebuilt, plan))
    kept = tuple(duty for key, duty in known.items() if key in now)
    duties = tuple(sorted((*kept, *added), key=lambda d: (d.person, d.report_s, d.group)))
    touched = {d.person for d in added} | {person for person, *_seat in known.keys() - now}
    people = {p.id: p for p in person_views(desk, audit.rebuilt, duties, touched)}
    return replace(
        base, seats=_seats(base.seats, plan), duties=duties,
        people=tuple(people.get(person.id, person) for person in base.people),
    )  # fmt: skip


def view_again(base: PlanView, before: PlanAudit, desk: Desk, plan: Plan, audit: PlanAudit) -> PlanView:
    """The whole view.

    Parameters
    ----------
    base, before
        ``build_view`` of the plan as its duties were, and the audit that it was built from.
    plan, audit
        The plan with its duties as they are, and its audit.
    """
    view = duties_again(base, desk, plan, audit)
    if (audit.served.siting, audit.served.patrols) != (before.served.siting, before.served.patrols):
        view = _served(view, desk, plan, audit)
    teller = Teller(desk, audit)
    view = replace(
        view, tours=_tours(base.tours, view.duties, audit.rebuilt.derived.parties),
        breaches=teller.breaches(), short=teller.short(),
    )  # fmt: skip
    claims = plan if plan.digest == desk.loaded.digest else replace(plan, results={})
    told = pin_warnings(desk.scenario, plan.patrols, plan.variants, teller.clock, teller.name)
    view = report.with_report(view, claims, audit)
    return replace(view, summary=(*view.summary, *told))


def _served(view: PlanView, desk: Desk, plan: Plan, audit: PlanAudit) -> PlanView:
    """Cover, visits, what is in sight and territories, with the posts and crews that have their people now."""
    rebuilt = audit.rebuilt
    sites = _same_words(view.sites, site_views(desk, audit.served, rebuilt))
    return replace(
        view, sites=sites, posts=_posts(view.posts, sites), sections=section_views(desk, audit.served, rebuilt),
        presence=presence_views(
            desk.scenario, desk.places, rebuilt.siting, readable(rebuilt.siting.problem, audit.served.siting)
        ),
        territories=territory_views(replace(audit.served, territories=plan.territories), rebuilt),
    )  # fmt: skip


def _same_words(base: Iterable[SiteView], now: Iterable[SiteView]) -> tuple[SiteView, ...]:
    """Sites as they were, with what is read anew of cover and visits."""
    found = {site.id: site for site in now}
    return tuple(
        replace(site, cover=found[site.id].cover, gaps=found[site.id].gaps, windows=found[site.id].windows)
        for site in base
    )


def _posts(base: Iterable[PostView], sites: Iterable[SiteView]) -> tuple[PostView, ...]:
    covered: dict[str, list[str]] = defaultdict(list)
    for site in sites:
        for number in dict.fromkeys(c.first for c in site.cover if c.first is not None):
            covered[number].append(site.id)
    return tuple(replace(post, covers=tuple(covered.get(post.number, ()))) for post in base)


def _seats(base: Iterable[SeatsView], plan: Plan) -> tuple[SeatsView, ...]:
    filled: dict[str, list[str]] = defaultdict(list)
    for duty in sorted(plan.roster.duties):
        filled[duty.group].append(duty.person)
    return tuple(
        its if its.people == (who := tuple(filled.get(its.id, ()))) else replace(its, people=who) for its in base
    )


def _tours(
    base: Iterable[TourView], duties: Sequence[DutyView], parties: Mapping[str, str]
) -> tuple[TourView, ...]:
    riders: dict[str, list[DutyView]] = defaultdict(list)
    for duty in duties:
        riders[duty.party].append(duty)
    return tuple(replace(tour, members=tuple(riders.get(parties.get(tour.crew, ""), ()))) for tour in base)
