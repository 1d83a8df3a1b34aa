"""Exceptions to a rule: each as a sentence that can be taken away, and a small form for one more."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app_pages._changes import save
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
    with st.expander(_("New exception"), icon=":material/person_add:"):
        _one_more(source, scenario, line)


def _one_more(source: drafts.Source, scenario: Scenario, line: RuleLine) -> None:
    """For whom, how it holds for them, and the numbers that differ."""
    key = f"{line.name}-{len(line.exceptions)}"
    kind = st.segmented_control(
        _("For"), list(WHO), key=f"for-{key}", default="person", required=True, format_func=lambda k: _(WHO[k])
    )
    known = named(scenario, kind or "person")
    with st.form(f"exception-{key}", border=False):
        who = st.multiselect(_("Who"), list(known), key=f"who-{key}-{kind}", format_func=lambda i: known.get(i, i))
        mode = st.segmented_control(
            _("Holds"), list(MODES), key=f"holds-{key}", default=line.mode, required=True,
            format_func=lambda m: _(MODES[m]),
        )  # fmt: skip
        numbers = [p for p in line.parameters if p.kind in {int, float} and not p.open and p.name != "rank_min"]
        given = {p.name: _field(p, key) for p in numbers}
        if st.form_submit_button(_("Add the exception")):
            if not who:
                st.warning(_("Choose for whom it is."))
                return
            own = {p.name: given[p.name] for p in numbers if given[p.name] != p.value}
            _put(source, line, [*line.exceptions, {kind or "person": who, "mode": mode, **own}])


def _field(its: Parameter, key: str) -> Any:
    low, high = (None if limit is None else its.kind(limit) for limit in (its.low, its.high))
    return st.number_input(
        its.label, low, high, its.value, key=f"own-{key}-{its.name}", step=its.kind(1),
        format="%g" if its.kind is float else None,
    )  # fmt: skip


def _put(source: drafts.Source, line: RuleLine, exceptions: list[Any]) -> None:
    values = {"exceptions": [dict(one) for one in exceptions] or None}
    save(source, lambda who, seen: put_rule(source.ref, line, values, seen=seen, who=who))
