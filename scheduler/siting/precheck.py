"""What a person should hear before solving: sites out of reach, and force that cannot suffice."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from scheduler.errors import name_some
from scheduler.saying import say
from scheduler.siting.problem import Problem


def shortages(problem: Problem) -> list[str]:
    """Proofs by arithmetic that no plan keeps all rules; empty proves nothing.

    For each period and each set of kinds: the required posts that only these kinds can man need no more
    units than are at hand (Hall's condition); required posts fit ``most_posts``; no two exclude each other.
    """
    found = []
    for period in problem.periods:
        due = [
            j
            for j, post in enumerate(problem.posts)
            if post.required
            and (post.open_s is None or post.open_s <= period.start_s)
            and (post.close_s is None or period.end_s <= post.close_s)
        ]
        every = tuple(range(len(problem.kinds)))
        sizes = range(1, len(every) + 1) if len(every) <= 8 else (1, len(every))
        for kinds in (subset for size in sizes for subset in combinations(every, size)):
            bound_to = [j for j in due if set(problem.posts[j].kinds or every) <= set(kinds)]
            need = sum(problem.posts[j].units for j in bound_to)
            have = sum(period.stock[k] for k in kinds)
            if need > have:
                found.append(
                    say(
                        "{period}: required posts {posts} need {need} units of {kinds}, {have} are at hand. "
                        "Add units or make a post optional.",
                        period=period.id, posts=name_some(problem.posts[j].id for j in bound_to), need=need,
                        kinds=", ".join(problem.kinds[k].id for k in kinds), have=have,
                    )
                )  # fmt: skip
                break  # larger sets only repeat it
        if period.most_posts is not None and len(due) > period.most_posts:
            found.append(
                say("{period}: {n} posts are required, at most {most} may stand.", period=period.id, n=len(due),
                    most=period.most_posts)
            )  # fmt: skip
        close = [(a, b) for a, b in problem.apart if a in due and b in due]
        if close:
            pairs = [say("{a} and {b}", a=problem.posts[a].id, b=problem.posts[b].id) for a, b in close]
            found.append(
                say("{period}: required posts too close to each other: {pairs}.", period=period.id,
                    pairs=name_some(pairs))
            )  # fmt: skip
    return found


def precheck(problem: Problem) -> list[str]:
    """Sentences worth reporting before solving: what can never be covered, and what contradicts.

    A site whose points no allowed post reaches within its standard is named with its nearest candidate
    and that one's seconds. Windows, stock and forbidden posts are respected, limits on numbers are not.
    """
    from scheduler.siting.layout import view_of

    found = shortages(problem)
    told: set[str] = set()
    for p, period in enumerate(problem.periods):
        view = view_of(problem, p)
        best = np.full(len(problem.point_site), np.iinfo(np.int64).max)  # seconds beyond the standard
        nearest, standard = np.full((2, len(problem.point_site)), -1)
        its_s = problem.standards()[view.kind[view.pair_column], problem.point_site[view.pair_point]]
        order = np.lexsort((view.pair_s - its_s, view.pair_point))
        points, first = np.unique(view.pair_point[order], return_index=True)
        first = order[first]
        best[points] = (view.pair_s - its_s)[first]
        nearest[points], standard[points] = view.post[view.pair_column[first]], its_s[first]
        for s in view.site.tolist():
            site = problem.sites[s]
            mine = np.flatnonzero(problem.point_site == s)
            last = mine[np.argmax(best[mine])]
            if best[last] <= 0:
                continue
            if nearest[last] < 0:
                text = say("Site {site}: no candidate post reaches it at all", site=site.id)
            else:
                post = problem.posts[int(nearest[last])].id
                text = say(
                    "Site {site}: its nearest candidate post, {post}, needs {seconds} s, the standard is {standard} s",
                    site=site.id, post=post, seconds=best[last] + standard[last], standard=standard[last],
                )  # fmt: skip
            if text not in told:
                told.add(text)
                found.append(
                    say(
                        "{text} (first in {period}). Add a candidate, raise the standard, or move the site.",
                        text=text, period=period.id,
                    )
                )  # fmt: skip
    return found
