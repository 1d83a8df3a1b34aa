"""Exceptions to a rule: each as a sentence that can be taken away, and a small form for one more."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages._changes import save
from app_pages._unsent import ABOUT_PEOPLE, Unsent
from scenarios import drafts
from scenarios.parameters import Parameter
from scenarios.rule_edits import put_rule
from scenarios.rule_exceptions import WHO, named
from scenarios.rule_list import MODES, RuleLine
from scenarios.schema import Scenario
from scenarios.tongue import say as _


def exceptions_part(source: drafts.Source, scenario: Scenario, line: RuleLine) -> None:
    """What is there, and one more; only rules about one person have any."""
    for n, text in enumerate(line.exceptions_say):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(":material/person_alert: " + text, width="stretch")
            if st.button(
                _("Take away"), key=f"exception-{line.name}-{n}-{len(line.exceptions)}", icon=":material/delete:",
                type="tertiary",
            ):  # fmt: skip
                _put(source, line, [one for k, one in enumerate(line.exceptions) if k != n])
    if not line.by_person:
        return
    begun = bool(_form(source, line).kept)
    with st.expander(_("New exception"), icon=":material/person_add:", expanded=begun):
        _one_more(source, scenario, line)


def _form(source: drafts.Source, line: RuleLine) -> Unsent:
    return Unsent(f"exception-{line.name}", source.ref, days=ABOUT_PEOPLE)


@st.fragment
def _one_more(source: drafts.Source, scenario: Scenario, line: RuleLine) -> None:
    """For whom, how it holds for them, and the numbers that differ."""
    form = _form(source, line)
    kind = form.pick(_("For"), "for", list(WHO), start="person", format_func=lambda k: _(WHO[k]))
    known = named(scenario, kind)
    who = form.several(_("Who"), f"who-{kind}", list(known), format_func=lambda i: known.get(i, i))
    mode = form.pick(_("Holds"), "holds", list(MODES), start=line.mode, format_func=lambda m: _(MODES[m]))
    numbers = [p for p in line.parameters if p.kind in {int, float} and not p.open and p.name != "rank_min"]
    given = {p.name: _field(form, p) for p in numbers}
    if st.button(_("Add the exception"), key=f"add_exception-{line.name}"):
        if not who:
            st.warning(_("Choose for whom it is."))
            return
        own = {p.name: given[p.name] for p in numbers if given[p.name] != p.value}
        _put(source, line, [*line.exceptions, {kind: who, "mode": mode, **own}], form)


def _field(form: Unsent, its: Parameter) -> Any:
    low, high = (None if limit is None else its.kind(limit) for limit in (its.low, its.high))
    return form.number(
        its.label, f"own-{its.name}", low, high, start=its.kind(its.value), step=its.kind(1),
        format="%g" if its.kind is float else None,
    )  # fmt: skip


def _put(source: drafts.Source, line: RuleLine, exceptions: list[Any], form: Unsent | None = None) -> None:
    values = {"exceptions": [dict(one) for one in exceptions] or None}
    save(source, lambda who, seen: put_rule(source.ref, line, values, seen=seen, who=who), form=form)
