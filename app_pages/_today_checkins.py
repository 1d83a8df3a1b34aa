"""Check-ins on Today: by click in the list, or from a file; each is saved as it is made and can be taken back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from app_pages import _data
from app_pages._changes import save, show_faults
from app_pages._today_happened import note_sick
from app_pages._words import Told
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.jobs import Job
from scenarios.store.checkins import CheckIn, Pair
from scenarios.today.board import Board, Line, State, entries, local
from scenarios.today.checkin_file import MOST_BYTES, read_checkins, template
from scenarios.tongue import mark, says, spoken
from scenarios.tongue import say as _
from scenarios.view import PlanView

SHOWS: dict[str, tuple[State, ...]] = {
    "open": ("late", "due"), "late": ("late",), "here": ("here",), "later": ("later",),
}  # fmt: skip
TITLES = Told({
    "open": mark("Late and due"), "late": mark("Late"), "here": mark("Reported"), "later": mark("Later"),
})  # fmt: skip
STATES: Told[State] = Told({
    "late": mark("late"), "due": mark("due"), "here": mark("reported"), "later": mark("later"), "over": mark("over"),
})  # fmt: skip
SIGNS: dict[State, str] = {"late": "▲", "due": "○", "here": "✓", "later": "·", "over": "·"}
MOST = 500


def checkins(source: drafts.Source, job: Job, view: PlanView, state: Board, now_s: int) -> None:
    """The list of a state and unit, with what can be done with the rows chosen."""
    units = {"": _("All units")} | {u: n for u, n in view.units.items() if any(d.unit == u for d in view.duties)}
    cells = st.columns([3, 2], vertical_alignment="bottom")
    show = cells[0].segmented_control(
        _("Show"), list(SHOWS), default="open", required=True, key="today_show", label_visibility="collapsed",
        format_func=lambda one: TITLES[one], persist_state="session",
    ) or "open"  # fmt: skip
    unit = cells[1].selectbox(
        _("Unit"), list(units), key="today_unit", format_func=lambda one: units[one], label_visibility="collapsed"
    )
    lines = [line for line in state.of(*SHOWS[show]) if not unit or line.duty.unit == unit]
    if not lines:
        st.caption(_("Nobody: nothing is open here at this moment."))
        return
    if len(lines) > MOST:
        st.caption(_("The first {most} of {n:,} are listed; a unit brings others.", most=MOST, n=len(lines)))
    chosen = _table(source, view, lines[:MOST], show)
    if source.draft is None:
        return
    draft = source.draft
    with st.container(horizontal=True, key="today_do"):
        if show != "here":
            title = _("Check in ({n})", n=len(chosen)) if chosen else _("Check in")
            if st.button(title, key="check_in", type="primary", icon=":material/how_to_reg:", disabled=not chosen):
                _note(source, draft, entries(chosen, local(view, now_s)))
        elif st.button(_("Not there after all"), key="check_out", icon=":material/undo:", disabled=not chosen):
            _note(source, draft, entries([line for line in chosen if line.told_at], None))
        away = _("Sick from now ({n})", n=len(chosen)) if chosen else _("Sick from now")
        if st.button(away, key="to_sick", icon=":material/sick:", disabled=not chosen):
            scenario = _data.scenario_of(source).scenario
            people = list(dict.fromkeys(line.duty.person for line in chosen))
            note_sick(source, job, scenario, view, people, now_s, now_s)
        if not chosen:
            st.caption(_("Choose rows first."))


def _table(source: drafts.Source, view: PlanView, lines: Sequence[Line], show: str) -> list[Line]:
    rows = [
        {
            _("State"): f"{SIGNS[line.state]} {_since(line)}", _("Report"): view.hhmm(line.duty.report_s),
            _("Full name"): line.duty.name, _("Place"): line.duty.place_name,
            _("Duty"): f"{view.hhmm(line.duty.start_s)}-{view.hhmm(line.duty.end_s)}",
            _("Unit"): view.units.get(line.duty.unit, line.duty.unit), _("Seat"): f"{line.duty.group}/{line.duty.seat}",
        }
        for line in lines
    ]  # fmt: skip
    # Rows are chosen by number: another list is another table, so that nobody else is taken by mistake.
    stamp = hashlib.sha256(repr([line.pair for line in lines]).encode()).hexdigest()[:12]
    found = st.dataframe(
        pd.DataFrame(rows), hide_index=True, height=min(420, 38 + 35 * len(rows)), key=f"today-{show}-{stamp}",
        on_select="rerun", selection_mode="multi-row", alt=_("Duties in order of report time"),
    )  # fmt: skip
    picked = found.selection.rows if source.draft is not None else []
    return [lines[k] for k in picked if k < len(lines)]


def _since(line: Line) -> str:
    if line.state == "late":
        n = line.late_min
        return _("late {n} min", n=n) if n < 120 else _("late {n} h", n=n // 60)
    return line.told_at[-5:] if line.told_at else STATES[line.state]


def _note(source: drafts.Source, draft: drafts.Draft, told: Sequence[tuple[str, str, str | None]]) -> None:
    n = len(told)
    save(source, lambda who, seen: drafts.edit(draft, CheckIn(told), seen=seen, who=who),
         says("{n} check-in is saved.", "{n} check-ins are saved.", n))  # fmt: skip


def from_file(source: drafts.Source, view: PlanView, known: Mapping[Pair, str], now_s: int) -> None:
    """A list of people, as CSV or Excel; faults are told by row, sound rows can be taken."""
    with st.expander(_("Check-ins from a file"), icon=":material/upload_file:"):
        st.caption(_("A first row with a column person (id or name); a column time is optional."))
        st.download_button(
            _("List to fill in"), data=spoken(lambda: template(view)), file_name="check-in.csv", mime="text/csv",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
        file = st.file_uploader(
            _("File with check-ins"), type=["csv", "txt", "xlsx"], key="today_file",
            max_upload_size=MOST_BYTES // 2**20,
        )  # fmt: skip
        if file is None or source.draft is None:
            return
        draft = source.draft
        try:
            found = read_checkins(file.getvalue(), file.name, view, known, now_s)
        except ScenarioError as error:
            show_faults(error, _("nothing was saved."))
            return
        if found.faults:
            n = len(found.faults)
            lines = "".join(f"\n- {fault.sentence()}" for fault in found.faults[:20])
            st.warning(says("{n} row is left out:", "{n} rows are left out:", n) + lines)
        if not found.entries:
            st.caption(_("Every sound row is checked in already."))
            return
        title = says("Check in {n} person of the file", "Check in {n} people of the file", len(found.entries))
        if st.button(title, key="check_in_file", type="primary"):
            _note(source, draft, found.entries)
