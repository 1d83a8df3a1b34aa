"""The parts of Start: a card for each scenario, and the forms for new ones."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from zoneinfo import available_timezones

import streamlit as st

from app_pages import _data, _state
from app_pages._changes import show_faults
from app_pages._sign import MEANING, badge
from app_pages._unsent import NOWHERE, Unsent
from app_pages._words import typed
from app_pages.frame import FIRST
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.starting.begin import MAPS, from_map_file, from_template, from_workbook
from scenarios.starting.given import Event
from scenarios.starting.workbook import empty_workbook, read_workbook
from scenarios.store.parcel_in import take_in_bytes
from scenarios.store.place import Store, open_store
from scenarios.store.plans import Standing
from scenarios.tongue import say as _
from scenarios.tongue import spoken

A_ROW = 3
#: The server takes no more at once (``server.maxUploadSize``).
MOST_MB = 512
#: Where a map will be: as high as it, so that nothing jumps.
BLANK = '<div style="aspect-ratio:16/9;border-radius:6px;background:rgba(128,140,155,0.12)"></div>'
FORM = "%Y-%m-%d %H:%M"
TEMPLATE, MAP = "template", "map"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cards(sources: Sequence[drafts.Source], states: Mapping[str, Standing]) -> None:
    """A card for each scenario, three in a row; maps that were never drawn come after everything else stands."""
    waiting = []
    for at in range(0, len(sources), A_ROW):
        for cell, source in zip(st.columns(A_ROW), sources[at : at + A_ROW], strict=False):
            with cell, st.container(border=True, height="stretch"):
                slot = st.empty()
                slot.html(BLANK)
                waiting.append((slot, source))
                state = states[source.ref]
                st.markdown(f"**{typed(source.label)}**")
                with st.container(horizontal=True, vertical_alignment="center"):
                    badge(state)
                    st.caption(MEANING[state])
                if source.about:
                    st.caption(typed(source.about))
                st.space("stretch")
                if st.button(_("Open {name}", name=typed(source.label)), key=f"open-{source.ref}", width="stretch"):
                    _state.choose(scenario=source.ref, plan="")
                    st.switch_page(FIRST)
    for slot, source in waiting:
        try:
            slot.html(_picture(_data.small_map_of(source), _("Map of {name}", name=source.label)))
        except (ScenarioError, GeodataError):
            slot.caption(":material/warning: " + _("It has faults: open it to see them."))


def _picture(svg: str, alt: str) -> str:
    """As an image of its own: a page's filter takes drawings apart that stand in it openly."""
    data = b64encode(svg.encode()).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(alt)}" style="width:100%;display:block">'


def new_scenario(found: Sequence[drafts.Source]) -> None:
    """The four ways to a new scenario. What is typed outlives a reload; a file has to be chosen again after one."""
    begun = [bool(Unsent(name, NOWHERE).kept) for name in (TEMPLATE, MAP)]
    titles = [_("From a template"), _("From a map file"), _("From Excel"), _("From a Vedette file")]
    forms = (lambda: template_form(found), map_form, workbook_form, parcel_form)
    with st.expander(_("New scenario"), icon=":material/add:", expanded=any(begun)):
        first = titles[1] if begun == [False, True] else titles[0]
        for tab, form in zip(st.tabs(titles, default=first), forms, strict=True):
            with tab:
                form()


@st.fragment
def template_form(found: Sequence[drafts.Source]) -> None:
    """A shipped scenario or an own folder, to be changed under a new name."""
    form, known = Unsent(TEMPLATE, NOWHERE), {s.ref: s.label for s in found if s.draft is None}
    cells = st.columns(2)
    with cells[0]:
        ref = form.one(_("Template"), "ref", list(known), start=next(iter(known), None), format_func=known.__getitem__)
    with cells[1]:
        name = form.text(_("Name"), "name")
    if st.button(_("Make it"), key="make_template", type="primary"):
        _made(lambda store: from_template(store, ref, name, who=_state.person()), form)


@st.fragment
def map_form() -> None:
    """A map, an event, and how many there are to plan with; the key sites come from the map."""
    form, endings = Unsent(MAP, NOWHERE), _("One of {endings}", endings=", ".join(MAPS))
    file = st.file_uploader(_("Map file"), help=endings, key="map_file", max_upload_size=MOST_MB)
    event = _event_fields(form)
    cells = st.columns(3)
    with cells[0]:
        attendance = form.number(_("Attendance"), "attendance", 0, 1_000_000, start=3000, step=500)
    with cells[1]:
        officers = form.number(_("Officers"), "officers", 2, 5000, start=40)
    with cells[2]:
        stewards = form.number(_("Stewards"), "stewards", 0, 5000, start=20)
    if st.button(_("Make it"), key="make_map", type="primary"):
        if file is None or not event.title:
            st.warning(_("Give it a map file and a title."))
            return
        _made(
            lambda store: from_map_file(
                store, event, file.name, file.getvalue(), officers=int(officers), stewards=int(stewards),
                attendance=int(attendance), who=_state.person(),
            ),
            form,
        )  # fmt: skip


@st.fragment
def workbook_form() -> None:
    """People, units, leave and sites typed into Excel, and a map."""
    st.download_button(
        _("Empty workbook"), data=spoken(empty_workbook), file_name="vedette.xlsx", mime=WORKBOOK,
        icon=":material/download:", on_click="ignore",
    )  # fmt: skip
    cells = st.columns(2)
    book = cells[0].file_uploader(_("Workbook"), type=["xlsx"], key="book_file", max_upload_size=20)
    file = cells[1].file_uploader(_("Map file"), key="book_map", max_upload_size=MOST_MB)
    if st.button(_("Make it"), key="make_workbook", type="primary"):
        if book is None or file is None:
            st.warning(_("Give it both: the workbook and the map file."))
            return
        _made(
            lambda store: from_workbook(
                store, read_workbook(book.getvalue(), book.name), file.name, file.getvalue(), who=_state.person()
            )
        )


@st.fragment
def parcel_form() -> None:
    """A scenario from another machine."""
    file = st.file_uploader(_("Vedette file"), type=["vedette"], key="parcel_file", max_upload_size=MOST_MB)
    if st.button(_("Take it in"), key="make_parcel", type="primary"):
        if file is None:
            st.warning(_("Give it a file."))
            return
        _made(
            lambda store: take_in_bytes(
                store, file.getvalue(), file.name, who=_state.person(), known=drafts.known_parent
            )
        )


def _event_fields(form: Unsent) -> Event:
    title = form.text(_("Title of the event"), "title").strip()
    cells = st.columns(3)
    noon = datetime.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=7)  # noqa: DTZ005 - local, as typed
    with cells[0]:
        start = form.moment(_("From"), "from", noon.replace(hour=16))
    with cells[1]:
        end = form.moment(_("To"), "to", noon.replace(hour=23))
    zones = sorted(available_timezones())
    here = st.context.timezone or "UTC"
    with cells[2]:
        zone = form.one(_("Time zone"), "zone", zones, start=here if here in zones else zones[0])
    return Event(title, zone, f"{start:{FORM}}", f"{end:{FORM}}")


def _made(make: Callable[[Store], str], form: Unsent | None = None) -> None:
    """Make it and open it, or tell every fault."""
    try:
        with st.spinner(_("Reading")):
            ref = make(open_store())
    except (ScenarioError, GeodataError) as error:
        show_faults(error, _("nothing was kept."))
        return
    if form is not None:
        form.sent()
    _state.choose(scenario=ref, plan="")
    st.switch_page(FIRST)
