"""A whole explanation as headed lists of sentences, in the order a planner reads them."""

from __future__ import annotations

from collections.abc import Sequence

from scheduler.roster.explain.engine import Case, Explanation
from scheduler.roster.explain.words import Words, stay


def sentences(
    found: Explanation, words: Words, more: Sequence[Sequence[str]] = ()
) -> list[tuple[str, list[str]]]:
    """The whole explanation as headed lists of sentences, in the order a planner reads them.

    ``more`` are further ways out of each case, found by whoever knows more than the roster.
    """
    if found.state == "manned":
        return [("Every needed seat is filled; nothing is short.", [])]
    n = len(found.empty)
    if found.state == "better":
        head = "The plan leaves seats empty that the same people can fill under the same rules: plan again, longer."
        return [(head, [f"{n} {stay(n)} empty in it; a roster that fills all of them was found."])]
    if found.state == "unknown":
        head = "Stopped at the limit without a roster. That does not mean none exists."
        return [(head, [words.lift(one) for one in found.lifts])]
    parts: list[tuple[str, list[str]]] = []
    if found.state == "contradiction":
        parts.append(("The hard rules exclude one another, whatever seats stay empty. This is proven.", []))
    else:
        rung = "mandatory" if found.level == 0 else "needed"
        sure = "This is proven: these people under these rules cannot fill all of them."
        text = f"{n} {rung} {stay(n)} empty. {sure if found.proven else 'It is not proven that they must.'}"
        parts.append((text, []))
    many = len(found.cases) > 1
    for k, case in enumerate(found.cases, start=1):
        others = more[k - 1] if len(more) >= k else ()
        parts += _case_sentences(case, words, f"Shortage {k}" if many else "", others)
    told = {one for case in found.cases for one in case.lifts}
    rest = [words.lift(one) for one in found.lifts if one not in told]
    return [*parts, ("Counting alone also shows", rest)] if rest else parts


def _case_sentences(
    case: Case, words: Words, title: str, more: Sequence[str]
) -> list[tuple[str, list[str]]]:
    parts: list[tuple[str, list[str]]] = []
    if case.empty:
        n = len(case.empty)
        head = f"{title}: {n} {stay(n)} empty" if title else "Empty"
        parts.append((head, words.empty(case.empty)))
    if case.lifts:
        parts.append(("Counting alone shows", [words.lift(one) for one in case.lifts]))
    if not case.looked_into:
        return [*parts, ("Its ways out were not looked for in the time given.", [])]
    ways = [words.remedy(one) for one in case.remedies] + list(more)
    if ways:
        alone = " (the other shortages stay)" if case.others else ""
        any_one = "Any one of these mends it" if len(ways) > 1 else "This mends it"
        head = f"{any_one}{alone}, shown by a roster made with it"
        parts.append((head, ways))
    else:
        parts.append(("No way out by a single step was found in the time given.", []))
    if case.conflict is not None:
        whole = "These cannot all hold together; without any one of them it would work"
        part = "These cannot all hold together (not yet the smallest such set; give it more time)"
        parts.append((whole if case.conflict.smallest else part, words.conflict(case.conflict)))
    return parts
