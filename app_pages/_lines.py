"""The timeline of the roster: people over time, duties dragged from one to another; what a drop does is told beside it.

The plan as it was made travels once and is kept in the page; how it stands since, and all that a hand does, are a few
kilobytes. What is lifted or asked draws nothing else anew; what is dropped does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app_pages import _state
from app_pages._changes import keep
from app_pages._duties import SEAT, pick
from app_pages._effects import BEFORE, last_told, told
from scenarios import drafts
from scenarios.handwork import Handwork, Judged, after
from scenarios.jobs import Job
from scenarios.publish.webmap import part_source
from scenarios.publish.webroster import (
    changed_rows,
    component_source,
    empty_seats,
    engine_source,
    roster_data,
    words,
)
from scenarios.tongue import language
from scenarios.tongue import say as _
from scenarios.view import PlanView

KEY = "roster_lines"
LIFTED, ASKED, ANSWERED, AGAIN = "roster_lifted", "roster_asked", "roster_answered", "roster_again"
#: So many broken rules are marked on the bars; all are told above.
MOST_MARKS = 300
#: As high as the window lets it be, so that a row far down is reached with few moves.
HEIGHT = "clamp(24rem, 68vh, 60rem)"
STATES = {"free": "f", "chain": "c", "excluded": "x"}


@dataclass(frozen=True, eq=False)
class Hand:
    """What a planner's hand works on: a draft's plan, laid out and judged."""

    source: drafts.Source
    job: Job
    work: Handwork
    now: Judged


@st.cache_resource(show_spinner=False)
def _scripts() -> tuple[Any, Any, Any]:
    # Strings with newlines: a one-line string would be taken for a file's name.
    new, hidden = st.components.v2.component, "<i hidden></i>\n"
    return (
        new("vedette_roster_engine", html=hidden, js=engine_source()),
        new("vedette_roster_part", html=hidden, js=part_source()),
        new("vedette_roster", html='<div class="vr-box"></div>\n', js=component_source(), isolate_styles=True),
    )


@st.cache_resource(max_entries=6, show_spinner=False)
def _coded(path: str, written_ns: int, code: str, _made: PlanView) -> str:  # noqa: ARG001
    # As one text: Streamlit goes through every list and number of what it hands over, at every run.
    return json.dumps(roster_data(_made), ensure_ascii=False, separators=(",", ":"))


@st.fragment
def timeline(
    job: Job, made: PlanView, view: PlanView, hand: Hand | None, shown: Mapping[str, Any]
) -> None:
    """The timeline of a plan.

    Parameters
    ----------
    made, view
        The plan as it was made, and as it stands.
    hand
        What drags work on; None is a timeline for looking only.
    shown
        ``unit`` (its id or ""), ``find`` (a part of a name, place or seat), ``span`` (first and last second).
    """
    if st.session_state.pop(AGAIN, False):
        st.rerun()  # a duty is another's: the whole page shows it
    written_ns, code = job.view_path.stat().st_mtime_ns, language()
    value = _coded(str(job.view_path), written_ns, code, made)
    engine, part, component = _scripts()
    name = f"{KEY}/plan"
    data = {
        "part": name, "words": words(), "language": code, "height": HEIGHT, "editing": hand is not None, **shown,
        "changed": changed_rows(made, view), "holes": empty_seats(view) if hand is not None else [],
        "chosen": st.session_state.get(SEAT), **(_of_hand(hand, made) if hand is not None else LOOKING),
    }  # fmt: skip
    with st.container(gap=None):
        engine(key=f"{KEY}/engine", height=1)
        part(key=name, data={"name": name, "stamp": f"{job.id}-{written_ns}-{code}", "value": value}, height=1)
        component(key=KEY, data=data, **_events(hand))


LOOKING: Mapping[str, Any] = {
    "broken": [], "hints": None, "why": None, "last": None, "undo": None, "redo": None, "answered": 0,
}  # fmt: skip


def _of_hand(hand: Hand, made: PlanView) -> dict[str, Any]:
    """What is broken, what is known of the duty in hand, what the last change did, and the way back."""
    work, now = hand.work, hand.now
    person = {p.id: i for i, p in enumerate(made.people)}
    group = {s.id: g for g, s in enumerate(made.seats)}
    can = drafts.steps(hand.source.draft, who=_state.person()) if hand.source.draft is not None else None
    return {
        "broken": [
            [[person[p] for p in who if p in person], [group[g] for g in where if g in group], text]
            for who, where, text in work.faults_of(now, MOST_MARKS)
        ],
        "hints": _hints(hand, made),
        "why": _why(hand),
        "last": last_told(hand.source, work, now),
        "undo": can.undo if can else None,
        "redo": can.redo if can else None,
        "answered": st.session_state.get(ANSWERED, 0),
    }  # fmt: skip


def _hints(hand: Hand, made: PlanView) -> dict[str, Any] | None:
    """How everybody stands to the seat in hand: a letter for each person, and what it costs."""
    seat = st.session_state.get(LIFTED)
    known = hand.work.standings(hand.now, seat) if seat else {}
    if not known:
        return None
    rows = [known.get(p.id) for p in made.people]
    return {
        "seat": seat,
        "states": "".join(STATES[one.state] if one else "-" for one in rows),
        "prices": {i: one.price for i, one in enumerate(rows) if one and one.price},
    }


def _why(hand: Hand) -> dict[str, Any] | None:
    """What giving the duty in hand to who it is held over would do; the drop then finds it judged."""
    asked, work, now = st.session_state.get(ASKED), hand.work, hand.now
    edit = work.dropped(now, hand.job.id, "give", asked[0], person=asked[1]) if asked else None
    if edit is None:
        return None
    effect = work.effect(now, work.judge(after(now.seats, edit)))
    return {"seat": asked[0], "person": asked[1], **told(_("This"), effect)}


# ---------------------------------------------------------------- what a hand does
def _events(hand: Hand | None) -> dict[str, Callable[[], None]]:
    def said(name: str) -> dict[str, Any]:
        event = (st.session_state.get(KEY) or {}).get(name)
        return dict(event) if isinstance(event, Mapping) else {}

    def picked() -> None:
        pick(str(said("picked").get("seat", "")))
        st.session_state[AGAIN] = True

    def lifted() -> None:
        st.session_state[LIFTED] = str(said("lifted").get("seat", ""))

    def asked() -> None:
        event = said("asked")
        st.session_state[ASKED] = (str(event.get("seat", "")), str(event.get("person", "")))

    def dropped() -> None:
        if hand is not None:
            _drop(hand, said("dropped"))

    def step() -> None:
        if hand is not None:
            _step(hand.source, str(said("step").get("name", "")))

    calls = {"picked": picked, "lifted": lifted, "asked": asked, "dropped": dropped, "step": step}
    return {f"on_{name}_change": call if hand is not None else _nothing for name, call in calls.items()}


def _drop(hand: Hand, event: Mapping[str, Any]) -> None:
    """Save what was dropped; what it breaks and costs is told by the run that follows."""
    texts = {name: str(event[name]) for name in ("person", "other") if event.get(name) is not None}
    edit = hand.work.dropped(hand.now, hand.job.id, str(event.get("way", "")), str(event.get("seat", "")), **texts)
    st.session_state[ANSWERED] = event.get("n", 0)
    st.session_state[AGAIN] = True
    forget()
    if edit is None or hand.source.draft is None:
        st.toast(_("The seats have changed meanwhile: nothing was saved."), icon=":material/error:")
        return
    draft, before = hand.source.draft, dict(hand.now.seats)
    if keep(hand.source, lambda _ref, who, seen: drafts.edit(draft, edit, seen=seen, who=who)):
        st.session_state[BEFORE] = {**st.session_state.get(BEFORE, {}), hand.source.ref: before}


def _step(source: drafts.Source, name: str) -> None:
    """Take the last change back, or do it again."""
    ways = {"undo": drafts.undo, "redo": drafts.redo}
    st.session_state[AGAIN] = True
    if source.draft is None or name not in ways:
        return
    try:
        ways[name](source.draft, who=_state.person())
    except drafts.Conflict as conflict:
        _state.keep_conflict(conflict.difference)
    except drafts.StoreError as error:
        st.toast(str(error), icon=":material/error:")
    _state.saw(drafts.find(source.draft.id).draft)


def forget() -> None:
    """Nothing is in hand any more."""
    for name in (LIFTED, ASKED):
        st.session_state.pop(name, None)


def _nothing() -> None:
    """What is reported while there is only something to look at."""
