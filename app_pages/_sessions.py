"""Sessions: when, where and for how many; change one or add one."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from app_pages._changes import apply
from scenarios import drafts
from scenarios.load import Loaded

FORM = "%Y-%m-%d %H:%M"
KINDS = ["concert", "match", "exhibition", "market", "ceremony", "parade", "other"]


def local(when: datetime, loaded: Loaded) -> datetime:
    """Local time of the scenario, without its zone, as the inputs want it."""
    return when.astimezone(ZoneInfo(loaded.scenario.timezone)).replace(tzinfo=None)


def sessions_tab(source: drafts.Source, loaded: Loaded) -> None:
    """The programme as a table, and two forms."""
    its = loaded.scenario
    sites = {s.id: s.name for s in its.sites}
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Session": s.title,
                    "Where": sites.get(s.site, s.site),
                    "From": f"{local(s.start, loaded):%a %d %b %H:%M}",
                    "To": f"{local(s.end, loaded):%a %d %b %H:%M}",
                    "Attendance": s.attendance,
                    "Kind": s.kind,
                    "Risk": s.risk,
                    "Gates": s.gates,
                }
                for s in its.sessions
            ]
        ),
        hide_index=True,
        alt="Sessions of the scenario",
    )
    left, right = st.columns(2, gap="large")
    with left:
        change_one(source, loaded)
    with right:
        add_one(source, loaded, sites)


def change_one(source: drafts.Source, loaded: Loaded) -> None:
    """Move a session in time, or expect more or fewer people."""
    st.markdown("##### Change a session")
    by_id = {s.id: s for s in loaded.scenario.sessions}
    if not by_id:
        st.caption("There is none to change.")
        return
    chosen = by_id[
        st.selectbox("Session", list(by_id), format_func=lambda i: by_id[i].title, key="session_id")
    ]
    with st.form(f"session-{chosen.id}", border=True):
        cells = st.columns(2)
        start = cells[0].datetime_input("From", local(chosen.start, loaded), format="DD.MM.YYYY")
        end = cells[1].datetime_input("To", local(chosen.end, loaded), format="DD.MM.YYYY")
        attendance = st.number_input("Attendance", 0, 100_000, chosen.attendance, step=100)
        go = st.form_submit_button("Change", type="primary")
    if not go:
        return
    values: dict[str, object] = {"id": chosen.id, "title": chosen.title}
    if start != local(chosen.start, loaded):
        values["start"] = f"{start:{FORM}}"
    if end != local(chosen.end, loaded):
        values["end"] = f"{end:{FORM}}"
    if attendance != chosen.attendance:
        values["attendance"] = int(attendance)
    if len(values) == 2:
        st.info("Nothing differs from what it is.")
    else:
        apply(source, "session", values)


def add_one(source: drafts.Source, loaded: Loaded, sites: dict[str, str]) -> None:
    """One more session at a known site."""
    st.markdown("##### Add a session")
    its = loaded.scenario
    middle = local(its.start, loaded) + (its.end - its.start) / 2
    middle = middle.replace(minute=0, second=0, microsecond=0)
    with st.form("new-session", border=True, clear_on_submit=True):
        title = st.text_input("Title", max_chars=80)
        cells = st.columns(2)
        site = cells[0].selectbox("Where", list(sites), format_func=lambda s: sites[s])
        kind = cells[1].selectbox("Kind", KINDS)
        start = cells[0].datetime_input("From", middle, format="DD.MM.YYYY", key="new_from")
        end = cells[1].datetime_input(
            "To", min(local(its.end, loaded), middle + timedelta(hours=2)),
            format="DD.MM.YYYY", key="new_to",
        )  # fmt: skip
        attendance = st.number_input("Attendance", 0, 100_000, 500, step=100)
        go = st.form_submit_button("Add", type="primary")
    if go:
        if not title.strip():
            st.warning("Give it a title.")
            return
        taken = {s.id for s in its.sessions}
        number = next(i for i in range(1, 1000) if f"added{i}" not in taken)
        apply(
            source,
            "new_session",
            {
                "id": f"added{number}", "title": title.strip(), "site": site, "kind": kind,
                "start": f"{start:{FORM}}", "end": f"{end:{FORM}}", "attendance": int(attendance),
            },
        )  # fmt: skip
