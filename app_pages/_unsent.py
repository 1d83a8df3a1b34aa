"""Forms whose fields are kept as they are filled in, until they are sent: no reload, crash or other page loses them.

``st.form`` tells nothing before it is sent, so these are plain widgets; put them into a fragment where the page is
large. What is kept belongs to one person and one scenario; of two tabs the one that typed last stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import streamlit as st

from app_pages import _state
from scenarios.drafts import StoreError
from scenarios.store import unfinished
from scenarios.store.place import open_store

NOWHERE = ""
"""The scenario of a form that is about none."""
ABOUT_PEOPLE = unfinished.DAYS_ABOUT_PEOPLE
_CARRIED, _SENT = "unsent_carried", "unsent_sent"


class Unsent:
    """What one person has put into one form, and not sent yet.

    Parameters
    ----------
    form
        What the form is called; the same on every run.
    ref
        The scenario it is about.
    days
        How long it is kept when nobody touches it.
    """

    def __init__(self, form: str, ref: str, days: float = unfinished.DAYS) -> None:
        self.form, self.ref, self.days = form, ref, days

    @cached_property
    def kept(self) -> dict[str, Any]:
        """Field -> value as the store has it; empty where it cannot be read."""
        try:
            return unfinished.unfinished(open_store(), _state.person(), self._place(), self.form)
        except StoreError:
            return {}

    def keep(self, **fields: Any) -> bool:
        """Keep values that are no widget's; None forgets one. Where that fails it is said, and False comes back."""
        self.__dict__.pop("kept", None)
        try:
            unfinished.keep_fields(open_store(), _state.person(), self._place(), self.form, fields, days=self.days)
        except StoreError as error:
            st.toast(str(error), icon=":material/error:")
            return False
        return True

    def sent(self) -> None:
        """It is done: the store forgets it, and from the next run on the fields are empty."""
        self.__dict__.pop("kept", None)
        place = self._place()
        for ref in {self.ref, place}:
            st.session_state[_SENT] = {**st.session_state.get(_SENT, {}), (self.form, ref): self._number(ref) + 1}
        try:
            unfinished.forget(open_store(), _state.person(), place, self.form)
        except StoreError as error:
            st.toast(str(error), icon=":material/error:")

    def key(self, name: str) -> str:
        """A widget's key: another one in another scenario, and after it was sent."""
        stamp = hashlib.sha256(self.ref.encode()).hexdigest()[:8]
        return f"unsent-{self.form}-{name}-{stamp}-{self._number(self.ref)}"

    def _number(self, ref: str) -> int:
        return int(st.session_state.get(_SENT, {}).get((self.form, ref), 0))

    def _place(self) -> str:
        """The scenario, or the draft that was begun over it since the page was drawn."""
        return _state.current().scenario if carried(self.ref, _state.current().scenario) else self.ref

    # ------------------------------------------------------------ fields
    def text(self, label: str, name: str, *, start: str = "", most: int = 80, **more: Any) -> str:
        """One line; it is kept while somebody types, at every pause."""
        cut = _only(str, start, lambda text: text[:most])
        return str(self._field(st.text_input, label, name, cut, max_chars=most, live=True, **more) or "")

    def number(
        self, label: str, name: str, least: float | None, most: float | None, *, start: float, **more: Any
    ) -> Any:
        """A number between two others, if there are any, whole where ``start`` is."""
        kind = type(start)

        def within(n: float) -> float:
            return kind(n) if (least is None or n >= least) and (most is None or n <= most) else start

        sound = _only((int, float), start, within)
        return self._field(st.number_input, label, name, sound, min_value=least, max_value=most, **more)

    def one(self, label: str, name: str, options: Sequence[Any], *, start: Any = None, **more: Any) -> Any:
        """One of a list; None where ``start`` is and nothing was chosen."""
        return self._field(st.selectbox, label, name, _among(options, start), options=options, **more)

    def pick(self, label: str, name: str, options: Sequence[Any], *, start: Any, **more: Any) -> Any:
        """One of a few that stand side by side."""
        widget, sound = st.segmented_control, _among(options, start)
        return self._field(widget, label, name, sound, options=options, required=True, **more) or start

    def slide(self, label: str, name: str, options: Sequence[Any], *, start: Any, **more: Any) -> Any:
        """One of a row."""
        return self._field(st.select_slider, label, name, _among(options, start), options=options, **more)

    def several(self, label: str, name: str, options: Sequence[Any], *, start: Sequence[Any] = (), **more: Any) -> Any:
        """Any of a list."""
        known = [one for one in start if one in options]
        sound = _only(list, known, lambda its: [one for one in its if one in options])
        return self._field(st.multiselect, label, name, sound, options=options, **more)

    def moment(self, label: str, name: str, start: datetime, **more: Any) -> datetime:
        """A local moment, within ten years of ``start``."""
        first, last = start.replace(year=start.year - 10, day=1), start.replace(year=start.year + 10, day=1)

        def sound(value: Any) -> datetime:
            try:
                when = datetime.fromisoformat(value) if isinstance(value, str) else value
                return when if first <= when <= last else start
            except (TypeError, ValueError):
                return start

        found = self._field(
            st.datetime_input, label, name, sound, min_value=first, max_value=last, format="DD.MM.YYYY", **more
        )
        return found if isinstance(found, datetime) else start

    def yes(self, label: str, name: str, **more: Any) -> bool:
        """A tick."""
        return bool(self._field(st.checkbox, label, name, _only(bool, False, lambda on: on), **more))

    def _field(
        self, widget: Callable[..., Any], label: str, name: str, sound: Callable[[Any], Any], **more: Any
    ) -> Any:
        """``sound`` turns whatever was kept into a value that the widget takes."""
        key = self.key(name)
        there = key in st.session_state
        before = st.session_state[key] if there else self.kept.get(name)
        value = sound(before)
        if there and value != before:  # a list has other entries now, or speaks another language
            value = sound(self.kept.get(name))
        if not there or value != before:
            st.session_state[key] = value
        begins = _begins(widget.__name__, value, more.get("options", ()))
        return widget(label, key=key, on_change=self._changed, args=(name, key), **begins, **more)

    def _changed(self, name: str, key: str) -> None:
        value = st.session_state[key]
        self.keep(**{name: value.isoformat() if isinstance(value, datetime) else value})


def _begins(widget: str, value: Any, options: Sequence[Any]) -> dict[str, Any]:
    """The value once more, as what the widget begins with.

    What is only put into the session's state reaches the browser with the run that puts it there; where another run
    overtakes that one, the browser would show the widget's own beginning, and tell the server so.
    """
    if widget == "selectbox":
        return {"index": list(options).index(value) if value in options else None}
    return {"default" if widget in {"segmented_control", "multiselect"} else "value": value}


def _only(kind: Any, start: Any, sound: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def its(value: Any) -> Any:
        whole = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        return sound(value) if whole else start

    return its


def _among(options: Sequence[Any], start: Any) -> Callable[[Any], Any]:
    return lambda value: value if value in options else start


def carry(before: str, after: str) -> None:
    """A draft was begun over a scenario: what is not sent yet goes along."""
    st.session_state[_CARRIED] = {**st.session_state.get(_CARRIED, {}), before: after}
    try:
        unfinished.carry(open_store(), _state.person(), before, after)
    except StoreError as error:
        st.toast(str(error), icon=":material/error:")


def carried(before: str, after: str) -> bool:
    """Whether this tab has gone on from one scenario to the draft over it."""
    return before != after and st.session_state.get(_CARRIED, {}).get(before) == after
