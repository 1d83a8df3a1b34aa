"""One rule: how strictly it holds, its values within their bounds, and what it was; saved as it is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app_pages._changes import keep, save
from app_pages._fields import bound
from app_pages._rule_exceptions import exceptions_part
from app_pages._rules import CHOSEN
from scenarios import drafts
from scenarios.parameters import Parameter, plain_value, value_words
from scenarios.plainwords import plain
from scenarios.rule_edits import put_rule, reset
from scenarios.rule_list import IMPORTANCE, MODES, RuleLine, told_before
from scenarios.schema import Scenario
from scenarios.tongue import say as _


def rule_form(source: drafts.Source, scenario: Scenario, line: RuleLine, lines: Sequence[RuleLine]) -> None:
    """The chosen rule; the field on top chooses any other without the table."""
    titles = {one.name: f"{one.id}  {one.title}" for one in lines}
    st.selectbox(_("Rule"), list(titles), key=CHOSEN, format_func=titles.__getitem__)
    with st.container(border=True):
        st.markdown(f"**{line.says}**")
        # In a place of its own: a value that somebody is typing below is not drawn anew when the importance appears.
        with st.container():
            if line.mode:
                _strictness(source, line)
        for parameter in line.parameters:
            if parameter.name == "rank_min":
                _rank(source, scenario, line, parameter)
            else:
                _value(source, line, parameter)
        if not line.parameters and not line.mode:
            st.caption(_("It has no value of its own: it follows from the places and their tables."))
        if line.mode:
            exceptions_part(source, scenario, line)
        st.caption(_("Source: {source}", source=line.source))
        if line.changed:
            st.caption(f":material/edit: {told_before(line)}")
            if st.button(_("As it was"), key=f"reset-{line.name}", icon=":material/settings_backup_restore:"):
                save(source, lambda who, seen: reset(source, line, seen=seen, who=who))


def _strictness(source: drafts.Source, line: RuleLine) -> None:
    bound(
        st.segmented_control, _("Holds"), line.mode, lambda to: _put(source, line, {"mode": to}),
        key=f"rule-{line.name}-mode", options=list(MODES), format_func=lambda m: _(MODES[m]), required=True,
    )  # fmt: skip
    if line.mode == "soft":
        bound(
            st.segmented_control, _("Importance"), line.importance, lambda to: _put(source, line, {"importance": to}),
            key=f"rule-{line.name}-importance", options=list(IMPORTANCE), format_func=lambda i: _(IMPORTANCE[i]),
            required=True,
        )  # fmt: skip


def _rank(source: drafts.Source, scenario: Scenario, line: RuleLine, its: Parameter) -> None:
    """A rank by its name; the settings have its place among the ranks."""
    places = list(range(max(len(scenario.ranks), its.value + 1)))
    bound(
        st.selectbox, its.label, its.value, lambda to: _put(source, line, {its.name: to}),
        key=f"rule-{line.name}-{its.name}", options=places,
        format_func=lambda n: plain(scenario.ranks[n]) if n < len(scenario.ranks) else str(n),
    )  # fmt: skip


def _value(source: drafts.Source, line: RuleLine, its: Parameter) -> None:
    """The widget that fits a value; its words are the label, its default and source the help."""

    def put(value: Any) -> None:
        _put(source, line, {its.name: plain_value(value)})

    key, now = f"rule-{line.name}-{its.name}", its.value
    told = [_("Default: {value}.", value=value_words(its.default)), its.source]
    more: dict[str, Any] = {"key": key, "help": " ".join(part for part in told if part)}
    label = its.label
    if its.kind is bool:
        bound(st.checkbox, label, bool(now), put, **more)
    elif its.choices:
        bound(st.selectbox, label, now, put, options=list(its.choices), **more)
    elif its.kind in {int, float}:
        low, high = (None if limit is None else its.kind(limit) for limit in (its.low, its.high))
        if its.kind is float:
            more["format"] = "%g"
        if its.open:
            more |= {"value": None, "empty": True, "placeholder": _("any number of")}
        bound(
            st.number_input, label, now, put, min_value=low, max_value=high, step=its.kind(1), **more,
        )  # fmt: skip
    elif its.kind is tuple:
        bound(
            st.text_input, label, ", ".join(now),
            lambda text: put([part.strip() for part in text.replace("，", ",").split(",") if part.strip()]), **more,
        )  # fmt: skip
    else:
        bound(st.text_input, label, str(now), put, **more)


def _put(source: drafts.Source, line: RuleLine, values: dict[str, Any]) -> None:
    keep(source, lambda ref, who, seen: put_rule(ref, line, values, seen=seen, who=who))
