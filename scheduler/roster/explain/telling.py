"""A whole explanation as headed lists of sentences, in the order a planner reads them."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.roster.explain.engine import Case, Explanation
from scheduler.roster.explain.words import Words
from scheduler.saying import mark, say, says


def sentences(
    found: Explanation, words: Words, more: Sequence[Sequence[str]] = ()
) -> list[tuple[str, list[str]]]:
    """The whole explanation as headed lists of sentences, in the order a planner reads them.

    ``more`` are further ways out of each case, found by whoever knows more than the roster.
    """
    if found.state == "manned":
        return [(say("Every needed seat is filled; nothing is short."), [])]
    n = len(found.empty)
    if found.state == "better":
        head = say(
            "The plan leaves seats empty that the same people can fill under the same rules: plan again, longer."
        )
        line = says(
            "{n} seat stays empty in it; a roster that fills all of them was found.",
            "{n} seats stay empty in it; a roster that fills all of them was found.", n,
        )  # fmt: skip
        return [(head, [line])]
    if found.state == "unknown":
        head = say("Stopped at the limit without a roster. That does not mean none exists.")
        return [(head, [words.lift(one) for one in found.lifts])]
    parts: list[tuple[str, list[str]]] = []
    if found.state == "contradiction":
        parts.append((say("The hard rules exclude one another, whatever seats stay empty. This is proven."), []))
    else:
        if found.level == 0:
            text = says("{n} mandatory seat stays empty.", "{n} mandatory seats stay empty.", n)
        else:
            text = says("{n} needed seat stays empty.", "{n} needed seats stay empty.", n)
        sure = say("It is not proven that they must.")
        if found.proven:
            sure = say("This is proven: these people under these rules cannot fill all of them.")
        parts.append((f"{text} {sure}", []))
    many = len(found.cases) > 1
    for k, case in enumerate(found.cases, start=1):
        others = more[k - 1] if len(more) >= k else ()
        parts += _case_sentences(case, words, say("Shortage {n}", n=k) if many else "", others)
    told = {one for case in found.cases for one in case.lifts}
    rest = [words.lift(one) for one in found.lifts if one not in told]
    return [*parts, (say("Counting alone also shows"), rest)] if rest else parts


def _case_sentences(
    case: Case, words: Words, title: str, more: Sequence[str]
) -> list[tuple[str, list[str]]]:
    parts: list[tuple[str, list[str]]] = []
    if case.empty:
        n = len(case.empty)
        head = say("Empty")
        if title:
            head = says("{title}: {n} seat stays empty", "{title}: {n} seats stay empty", n, title=title)
        parts.append((head, words.empty(case.empty)))
    if case.lifts:
        parts.append((say("Counting alone shows"), [words.lift(one) for one in case.lifts]))
    if not case.looked_into:
        return [*parts, (say("Its ways out were not looked for in the time given."), [])]
    ways = [words.remedy(one) for one in case.remedies] + list(more)
    if ways:
        alone = say(" (the other shortages stay)") if case.others else ""
        form = mark("Any one of these mends it{alone}, shown by a roster made with it")
        if len(ways) == 1:
            form = mark("This mends it{alone}, shown by a roster made with it")
        parts.append((say(form, alone=alone), ways))
    else:
        parts.append((say("No way out by a single step was found in the time given."), []))
    if case.conflict is not None:
        whole = say("These cannot all hold together; without any one of them it would work")
        part = say("These cannot all hold together (not yet the smallest such set; give it more time)")
        parts.append((whole if case.conflict.smallest else part, words.conflict(case.conflict)))
    return parts
