"""What the event as a whole is: title, times, marking, and the language of its papers; saved as it is changed."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app_pages._changes import keep
from app_pages._fields import bound
from app_pages._sessions import FORM, local
from scenarios import drafts
from scenarios.load import Loaded
from scenarios.tongue import LANGUAGES
from scenarios.tongue import say as _


def general(source: drafts.Source, loaded: Loaded) -> None:
    """The fields, and what cannot be changed as a sentence."""
    its = loaded.scenario
    begin, finish = local(its.start, loaded), local(its.end, loaded)
    left, right = st.columns(2, gap="large")
    with left:
        bound(
            st.text_input, _("Title of the event"), its.title, partial(_text, source, "title"), key="general-title",
            max_chars=120,
        )  # fmt: skip
        bound(
            st.text_input, _("Marking on every paper"), its.classification, partial(_set, source, "classification"),
            key="general-marking", max_chars=40, placeholder=_("none"),
            help=_("Stands at the top of every paper, as your service marks its documents."),
        )  # fmt: skip
    with right:
        cells = st.columns(2)
        with cells[0]:
            bound(
                st.datetime_input, _("From"), begin, lambda to: _moment(source, "start", to, to < finish),
                key="general-start", format="YYYY-MM-DD", step=900,
            )  # fmt: skip
        with cells[1]:
            bound(
                st.datetime_input, _("To"), finish, lambda to: _moment(source, "end", to, to > begin),
                key="general-end", format="YYYY-MM-DD", step=900,
            )  # fmt: skip
        bound(
            st.selectbox, _("Language of the papers"), its.language, partial(_set, source, "language"),
            key="general-language", options=list(LANGUAGES), format_func=LANGUAGES.__getitem__,
        )  # fmt: skip
    bound(
        st.toggle, _("Plan the stewards too"), its.demand.plan_stewards,
        lambda on: keep(source, lambda ref, who, seen: drafts.put_setting(
            ref, "demand", {"plan_stewards": on}, seen=seen, who=who)),
        key="general-stewards",
        help=_("Off: gates, bag search, stage and stewards are the organiser's, and only police tasks are planned."),
    )  # fmt: skip
    st.caption(
        _("Clock times are those of {zone}. Duties can be planned between these two moments only.", zone=its.timezone)
    )


def _text(source: drafts.Source, name: str, value: str) -> None:
    if value.strip():
        _set(source, name, value.strip())


def _moment(source: drafts.Source, name: str, value: Any, sound: bool) -> None:
    if sound:
        _set(source, name, f"{value:{FORM}}")
    else:
        st.toast(_("The event must end after it starts; nothing was saved."), icon=":material/error:")


def _set(source: drafts.Source, name: str, value: Any) -> None:
    keep(source, lambda ref, who, seen: drafts.put_setting(ref, "", {name: value}, seen=seen, who=who))
