"""Beside the map: what is chosen with its fields, each saved as it is set; and places that the map knows by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from app_pages._fields import bound
from app_pages._places_data import choose, chosen, keep, look_at
from app_pages._places_fields import FIELDS, Choices, Field, stands, written
from geodata.ground import Ground
from scenarios import drafts
from scenarios.placing.edits import added, changed
from scenarios.placing.marks import Mark
from scenarios.placing.named import Named, search
from scenarios.raw import Raw
from scenarios.sitewords import site_kind
from scenarios.tablewords import column_word, one_of
from scenarios.tongue import mark
from scenarios.tongue import say as _

CLASSES = {
    "station_approach": mark("station approach"), "bridge": mark("bridge"), "tunnel": mark("tunnel"),
    "crossing": mark("level crossing"), "open_line": mark("open line"),
}  # fmt: skip


def panel(source: drafts.Source, raw: Raw, ground: Ground, marks: Sequence[Mark], choices: Choices) -> None:
    """The form of what is chosen, or how to begin; below it the search."""
    wanted = chosen()
    its = next((one for one in marks if (one.kind, one.id) == wanted), None)
    if its is not None:
        _form(source, its, choices)
    elif wanted is not None and wanted[0] == "section":
        _section(source, raw, ground, marks, wanted[1])
    else:
        st.markdown("##### " + _("Nothing chosen"))
        st.caption(_("Click a mark to see and change it, drag it to move it, or take a tool to draw something new."))
        loose = [one for one in marks if not one.placed]
        if loose:
            st.warning(_("Without a place on the map: {names}", names=", ".join(one.name for one in loose[:8])))
    _search(source, raw, ground, marks)


def _form(source: drafts.Source, its: Mark, choices: Choices) -> None:
    word = {"site": "sites", "post": "posts", "zone": "zones", "closure": "closures"}[its.kind]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"##### {one_of(word)} {its.id}", width="stretch")
        st.button(_("Show"), icon=":material/my_location:", on_click=look_at, args=(its.middle,))
        st.button(_("Remove"), icon=":material/delete:", on_click=_remove, args=(source, its))
    fields = [field for field in FIELDS[its.kind] if field.panel]
    wide, narrow = [f for f in fields if f.wide], [f for f in fields if not f.wide]
    for field in wide:
        _widget(source, its, field, choices)
    cells = st.columns(2)
    for n, field in enumerate(narrow):
        with cells[n % 2]:
            _widget(source, its, field, choices)


def _widget(source: drafts.Source, its: Mark, field: Field, choices: Choices) -> None:
    """One field; it shows what stands, so that undo, the table and another scenario show here, too."""
    value, name = stands(its.values.get(field.column), field), column_word(field.column)
    name = name[:1].upper() + name[1:]
    more: dict[str, Any] = {"key": f"place-{its.kind}-{its.id}-{field.column}", "empty": True}
    todo = partial(_set, source, its, field)
    if field.sort == "yes":
        bound(st.toggle, name, bool(value), todo, **more)
    elif field.sort == "number":
        now = int(value or field.least)
        bound(st.number_input, name, now, todo, min_value=field.least, max_value=field.most, **more)
    elif field.sort in {"one", "class"}:
        options = list(dict.fromkeys([*([value] if value else []), *choices.options(field, its.kind)]))
        bound(st.selectbox, name, value if value in options else None, todo, index=None, options=options,
              format_func=lambda one: choices.word(field, one), accept_new_options=field.free, **more)  # fmt: skip
    elif field.sort == "many":
        options = list(dict.fromkeys([*value, *choices.options(field, its.kind)]))
        bound(st.multiselect, name, list(value), todo, options=options, accept_new_options=field.free,
              format_func=lambda one: choices.word(field, one), **more)  # fmt: skip
    else:
        bound(st.text_input, name, value, todo, max_chars=200, help=_(field.help) if field.help else None, **more)


def _set(source: drafts.Source, its: Mark, field: Field, value: Any) -> None:
    keep(source, [changed(its, {field.column: written(value, field)})])


def _remove(source: drafts.Source, its: Mark) -> None:
    if keep(source, gone=[its]):
        choose(None, None)


def _section(source: drafts.Source, raw: Raw, ground: Ground, marks: Sequence[Mark], ident: str) -> None:
    """A rail section: what it is, what is promised for its class, and the way to a promise of its own."""
    section = next((one for one in ground.rail.sections if one.id == ident), None)
    if section is None:
        return
    rail = raw.settings.get("rail")
    classes: Mapping[str, Any] = rail.get("classes", {}) if isinstance(rail, Mapping) else {}
    asked = classes.get(section.kind, {})
    promised = [*asked.get("gaps", ()), *asked.get("visits", ())] if isinstance(asked, Mapping) else []
    st.markdown("##### " + _("Rail section {id}", id=section.id))
    st.markdown(f"{section.place} · {_(CLASSES.get(section.kind, section.kind))} · {section.length_m:.0f} m")
    st.caption(_("Promised for its class: {what}", what=", ".join(map(str, promised)) or _("nothing")))
    points = [(lon, lat) for lon, lat in ground.to_lonlat(section.xy).tolist()]
    edit = added(raw, marks, "line", points, {"name": section.place, "kind": section.kind})
    st.button(_("Watch it as a place of its own"), icon=":material/add_location_alt:", on_click=_add,
              args=(source, edit, None))  # fmt: skip


def _search(source: drafts.Source, raw: Raw, ground: Ground, marks: Sequence[Mark]) -> None:
    """What the map names, key sites first; one click makes a site of it."""
    text = st.text_input(
        _("Add a place that the map knows"), key="places_search", max_chars=80, persist_state="session",
        placeholder=_("Name or kind: station, school, hospital ..."),
    )  # fmt: skip
    found = search(ground, marks, text)
    if text.strip() and not found:
        st.caption(_("The map knows no such place. Draw it with a tool, or add a row to the table."))
    for one in found:
        given = {"osm": one.osm, "name": one.name, "kind": one.kind or "place"}
        edit = added(raw, marks, "site", [one.at], given)
        parts = (one.name, site_kind(one.kind), _("in the scenario") if one.known else "")
        label = " · ".join(part for part in parts if part)
        st.button(label, key=f"named-{one.osm}", icon=":material/add:", type="tertiary", disabled=one.known,
                  on_click=_add, args=(source, edit, one))  # fmt: skip


def _add(source: drafts.Source, edit: Any, one: Named | None) -> None:
    if keep(source, [edit]):
        choose("site", edit.key["id"])
        look_at(one.at if one is not None else None)
