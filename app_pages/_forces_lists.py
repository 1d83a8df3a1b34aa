"""The words that tables of the force choose from: categories, ranks, qualifications, restrictions."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app_pages._changes import keep
from app_pages._fields import bound
from scenarios import drafts
from scenarios.forces.columns import listed
from scenarios.load import Loaded
from scenarios.raw import Raw
from scenarios.tongue import mark
from scenarios.tongue import say as _

LISTS = {
    "categories": (mark("Categories"), mark("Kinds of staff, such as sworn, auxiliary, steward")),
    "police": (mark("Police"), mark("Which of these categories are police")),
    "ranks": (mark("Ranks"), mark("The lowest first")),
    "qualifications_known": (mark("Qualifications"), mark("What people can hold a dated proof of")),
    "tags_known": (mark("Restrictions"), mark("What a person may not do: no_night, no_standing ...")),
}


def lists(source: drafts.Source, raw: Raw, _loaded: Loaded | None) -> None:
    """Each list as words that can be added and taken out."""
    st.caption(_("Type a new word and press Enter. What tables use already stays a choice there."))
    left, right = st.columns(2, gap="large")
    for place, (name, (title, about)) in enumerate(LISTS.items()):
        words = list(listed(raw, name))
        options = list(listed(raw, "categories")) if name == "police" else words
        with (left, right)[place % 2]:
            # What is chosen is compared with the words that were shown: others may have added some since.
            bound(
                st.multiselect, _(title), words, partial(_put, source, name), key=f"list-{name}", empty=True,
                options=list(dict.fromkeys([*words, *options])), help=_(about), accept_new_options=name != "police",
                format_func=lambda word: word.replace("_", " "),
            )  # fmt: skip


def _put(source: drafts.Source, name: str, words: list[str]) -> None:
    value = [word.strip() for word in words]
    keep(source, lambda ref, who, seen: drafts.put_setting(ref, "", {name: value}, seen=seen, who=who))
