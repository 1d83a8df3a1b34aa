"""A document before it is printed: its first pages as pictures, the download, every page laid out for a printer."""

from __future__ import annotations

import base64
import mimetypes
import re

import streamlit as st

from app_pages._words import unique
from scenarios.publish.errors import PublishError
from scenarios.publish.orders import Looks, Order, all_pages, first_pages, first_rows, fulfil
from scenarios.publish.sheet import Press
from scenarios.tongue import say as _
from scenarios.tongue import says

#: Rows of a workbook or calendar that are shown before it is taken along.
ROWS = 12
#: More pages than this are printed from the PDF: a browser takes long over them.
MOST_PRINTED = 80
#: On paper only the sheets are there, and nothing around them takes room or cuts them off.
PRINT_STYLE = """<style>
.vp-page { background: white; margin: 0 auto 1rem; box-shadow: 0 0 0 1px #c4c8ce; width: 100%; }
.vp-page img { display: block; width: 100%; }
@media print {
  @page { margin: 0; }
  body *:not(:has(.vp-sheets)):not(.vp-sheets):not(.vp-sheets *) { display: none !important; }
  html, body, body *:has(.vp-sheets) {
    display: block !important; position: static !important; overflow: visible !important; background: white !important;
    width: 100% !important; max-width: none !important; height: auto !important; min-height: 0 !important;
    max-height: none !important; padding: 0 !important; margin: 0 !important; border: 0 !important;
    transform: none !important;
  }
  .vp-page { box-shadow: none; margin: 0; break-inside: avoid; break-after: page; }
  .vp-page:last-child { break-after: auto; }
  .vp-page img { max-height: 100vh; object-fit: contain; }
}
</style>
"""


@st.cache_data(max_entries=60, show_spinner=False)
def _looks(stamp: str, code: str, order: Order, _press: Press) -> Looks:  # noqa: ARG001
    return first_pages(order, _press)


@st.cache_data(max_entries=4, show_spinner=False)
def _pages(stamp: str, code: str, order: Order, _press: Press) -> tuple[str, ...]:  # noqa: ARG001
    return all_pages(order, _press)


@st.cache_data(max_entries=8, show_spinner=False)
def _rows(stamp: str, code: str, _press: Press) -> list[list[str]]:  # noqa: ARG001
    return first_rows(_press, ROWS)


def show_document(order: Order, press: Press, stamp: str) -> None:
    """Buttons, and what it looks like."""
    title = _(order.its.title)
    with st.container(horizontal=True, vertical_alignment="center"):
        show_download(order, press, stamp)
        if order.file.endswith(".pdf"):
            st.button(
                _("Print view"), icon=":material/print:", on_click=_turn, args=(True,),
                help=_("Every page as it will be on paper; then print it from the browser."),
            )  # fmt: skip
    try:
        with st.spinner(_("Setting the first pages: {title}", title=title), show_time=True):
            looks = _looks(stamp, press.language, order, press)
    except PublishError as error:
        st.error(_("This document cannot be made: {reason}", reason=str(error)))
        return
    for sentence in looks.complaints:
        st.warning(sentence, icon=":material/font_download_off:")
    if looks.pages:
        if looks.n_pages is None:
            st.caption(_("The first pages of it; the download holds all."))
        elif looks.n_pages > len(looks.pages):
            st.caption(_("The first {n} of {all} pages.", n=len(looks.pages), all=looks.n_pages))
        for number, page in enumerate(looks.pages, start=1):
            with st.container(border=True):
                st.image(page, width="stretch", alt=_("{title}, page {n}", title=title, n=number))
    elif order.kind == "roster":
        rows = _rows(stamp, press.language, press)
        st.caption(_("The first rows of the first sheet."))
        st.dataframe(
            [dict(zip(unique(rows[0]), row, strict=True)) for row in rows[1:]], hide_index=True,
            alt=_("First rows of the roster"),
        )  # fmt: skip
    elif order.kind == "calendars":
        show_calendar(order, press)


def show_download(order: Order, press: Press, stamp: str) -> None:
    """The document itself, made when the button is pressed."""
    st.download_button(
        _("Download {file}", file=order.file), data=lambda: fulfil(order, press), file_name=order.file,
        mime=mimetypes.guess_type(order.file)[0] or "application/octet-stream", type="primary",
        icon=":material/download:", on_click="ignore", key=f"get-{stamp}-{press.language}-{order.file}",
    )  # fmt: skip


def show_calendar(order: Order, press: Press) -> None:
    """The duties that stand in one person's calendar."""
    who = order.only[0] if order.only else min((d.person for d in press.view.duties), default="")
    mine = sorted((d for d in press.view.duties if d.person == who), key=lambda d: d.start_s)
    if not mine:
        return
    st.caption(says("{who}: {n} duty", "{who}: {n} duties", len(mine), who=mine[0].name))
    rows = [
        {
            _("Report"): press.words.day(d.report_s) + " " + press.view.hhmm(d.report_s),
            _("On duty"): press.words.hours(d.start_s, d.end_s),
            _("Place"): d.place_name,
            _("Task"): d.task,
        }
        for d in mine[:ROWS]
    ]
    st.dataframe(rows, hide_index=True, alt=_("Duties in the calendar"))


def show_print_view(order: Order, press: Press, stamp: str) -> None:
    """Every page, one to a sheet; on paper nothing else of the screen is there."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(_("Back to the preview"), icon=":material/arrow_back:", on_click=_turn, args=(False,))
        show_download(order, press, stamp)
    with st.spinner(_("Setting every page: {title}", title=_(order.its.title)), show_time=True):
        pages = _pages(stamp, press.language, order, press)
    if len(pages) > MOST_PRINTED:
        st.info(
            _("{n} pages are too many for a browser. Download the PDF and print that, or choose fewer parts.",
              n=len(pages))
        )  # fmt: skip
        return
    st.caption(
        says("{n} page. Print it with Ctrl+P; only the page is printed.",
             "{n} pages. Print them with Ctrl+P; only the pages are printed.", len(pages))
    )  # fmt: skip
    sheets = "".join(_figure(page, n) for n, page in enumerate(pages, start=1))
    st.html(f'{PRINT_STYLE}{_paper(pages)}<div class="vp-sheets">{sheets}</div>')


def _paper(pages: tuple[str, ...]) -> str:
    """The size of the paper, as the first page has it: upright or across, A4 or A3."""
    size = re.search(r'width="([\d.]+)pt" height="([\d.]+)pt"', pages[0][:500]) if pages else None
    return f"<style>@page {{ size: {size[1]}pt {size[2]}pt; }}</style>" if size else ""


def _figure(page: str, number: int) -> str:
    packed = base64.b64encode(page.encode("utf-8")).decode("ascii")
    alt = _("page {n}", n=number)
    return f'<div class="vp-page"><img alt="{alt}" src="data:image/svg+xml;base64,{packed}"></div>'


def _turn(on: bool) -> None:
    st.session_state["print_view"] = on
