"""The guided first run: a panel above the page says what to look at; left at any time, called again from Start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app_pages import _state
from scenarios import firstrun
from scenarios.firstrun import STEPS
from scenarios.tongue import say as _

Kind = Literal["primary", "secondary"]
_KEY = "vedette_guide"
_ADDRESS = "guide"


def begin() -> None:
    """Settle which step it is, from the address or as it was; called by the frame."""
    told = st.query_params.get(_ADDRESS, "")
    if told.isdecimal() and told.isascii() and 1 <= int(told) <= len(STEPS):
        _keep(int(told))
    else:
        _keep(st.session_state.get(_KEY, 0))


def step() -> int:
    """The step that is on, from 1; 0 while there is none."""
    found: int = st.session_state.get(_KEY, 0)
    return found


def _keep(number: int) -> None:
    st.session_state[_KEY] = number
    if number:
        st.query_params[_ADDRESS] = str(number)
    elif _ADDRESS in st.query_params:
        del st.query_params[_ADDRESS]


def _leave() -> None:
    firstrun.decline(_state.person())
    _keep(0)


def show_call() -> None:
    """On Start: the way back to it for whoever said no, or has made something already."""
    if step() or firstrun.offered(_state.person()):
        return
    if st.button(_("Guided tour"), icon=":material/signpost:", key="guide_call", type="tertiary"):
        _start()


def show_offer() -> None:
    """On Start: the offer, for whoever has made nothing here yet."""
    if step() or not firstrun.offered(_state.person()):
        return
    with st.container(border=True, key="guide_offer"):
        st.markdown(_("**New here?** Five short steps on a real town show the way from an event to printed cards."))
        with st.container(horizontal=True):
            if st.button(_("Show me"), key="guide_start", type="primary", icon=":material/signpost:"):
                _start()
            st.button(_("No, thanks"), key="guide_decline", on_click=_leave)


def _start() -> None:
    _keep(1)
    if not firstrun.is_its(_state.current().scenario):
        _state.choose(scenario=firstrun.SCENARIO, plan="")
    st.rerun()


def show_panel(pages: Mapping[str, StreamlitPage], here: str) -> None:
    """Above the page: the step, what to look at, where that is, and the way on, back and out."""
    number = step()
    if not number:
        return
    its = STEPS[number - 1]
    there = its.pages
    with st.container(border=True, key="guide_panel", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            title = _("Step {n} of {all}: {title}", n=number, all=len(STEPS), title=_(its.title))
            st.markdown(f":primary[:material/signpost:] **{title}**", width="stretch")
            for page in there:
                first = page == there[0] and here not in there
                go = _("Go to {page}", page=pages[page].title)
                if page != here and st.button(go, key=f"guide_to_{page}", type="primary" if first else "secondary"):
                    st.switch_page(pages[page])
            if number > 1:
                st.button(_("Back"), key="guide_back", on_click=_keep, args=(number - 1,))
            kind: Kind = "primary" if here in there else "secondary"
            if number == len(STEPS):
                st.button(_("Done"), key="guide_done", type=kind, on_click=_leave)
            elif st.button(_("Next"), key="guide_next", type=kind):
                _go_on(pages, number + 1, here)
            st.button(_("Leave the tour"), key="guide_leave", type="tertiary", icon=":material/close:", on_click=_leave)
        st.markdown(_(its.text))


def _go_on(pages: Mapping[str, StreamlitPage], number: int, here: str) -> None:
    _keep(number)
    there = STEPS[number - 1].pages
    if here not in there:
        st.switch_page(pages[there[0]])
    st.rerun()
