"""Perimeter: corners on the map and in a table, every way in with its kind, blue lights proven, saved as one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from app_pages import _data
from app_pages._changes import apply, show_faults
from app_pages._cordon import cordon_of
from app_pages._places_data import CORNERS, KINDS, corners_of, put_corners, ring
from app_pages._sessions import FORM, local
from app_pages._unsent import Unsent
from geodata.errors import GeodataError
from scenarios import drafts
from scenarios.errors import ScenarioError
from scenarios.load import Loaded
from scenarios.perimeter import Perimeter, lights_of, perimeter, tables_of, who_answers
from scenarios.tongue import mark
from scenarios.tongue import say as _

SORTS = {
    "hard": mark("hard: stops vehicles"), "soft": mark("soft: people are checked"), "emergency": mark("emergency gate"),
}  # fmt: skip
ORIGINS, TARGETS = "from", "to"


@dataclass(frozen=True)
class Drawn:
    """What the corners come to: the closure points, or why there are none."""

    found: Perimeter | None = None
    error: ScenarioError | GeodataError | None = None

    def marks(self) -> list[dict[str, Any]]:
        """The points for the map."""
        if self.found is None:
            return []
        gates = zip(self.found.gates, self.found.lonlat, strict=True)
        return [
            {"id": g.id, "kind": g.kind, "lon": lon, "lat": lat, "title": f"{g.id} {g.name} ({_(SORTS[g.kind])})"}
            for g, (lon, lat) in gates
        ]


def drawn(source: drafts.Source, loaded: Loaded | None) -> Drawn:
    """The perimeter of the corners that stand; nothing below three of them or in a scenario with faults."""
    form = ring(source)
    corners = corners_of(form)
    if loaded is None or len(corners) < 3:
        return Drawn()
    origins, targets = _lights(form, loaded)
    try:
        desk = _data.desk_of(source)
        return Drawn(perimeter(desk, corners, origins, targets, kinds=form.kept.get(KINDS) or None))
    except (ScenarioError, GeodataError) as error:
        return Drawn(error=error)


def _lights(form: Unsent, loaded: Loaded) -> tuple[list[str], list[str]]:
    """Where blue lights come from and go to: as chosen, else as the scenario says, without places that are gone."""
    known, its = _names(loaded), loaded.scenario.blue_lights
    ends = form.kept.get(ORIGINS, its.origins), form.kept.get(TARGETS, its.to)
    origins, targets = ([i for i in end if i in known] for end in ends)
    return origins, targets


def _names(loaded: Loaded) -> dict[str, str]:
    its = loaded.scenario
    return {u.id: u.name for u in its.units} | {s.id: s.name for s in its.sites}


def perimeter_tab(source: drafts.Source, loaded: Loaded | None, its: Drawn) -> None:
    """Corners and blue lights, then the closure points and what they come to."""
    if loaded is None:
        st.info(_("Mend the faults first: ways in are proven on the scenario's own roads."))
        return
    left, right = st.columns([2, 3], gap="medium")
    names, known, form = _names(loaded), loaded.scenario.blue_lights, ring(source)
    with left:
        st.markdown("##### " + _("Corners"))
        _corner_table(form)
        for label, field, start in ((_("Blue lights from"), ORIGINS, known.origins), (_("and to"), TARGETS, known.to)):
            form.several(label, field, list(names), start=start, format_func=names.__getitem__)
    with right:
        if its.error is not None:
            show_faults(its.error, _("mend the corners."))
        elif its.found is None:
            st.info(_("Take the tool Perimeter and click three or more corners, or type them into the table."))
        else:
            _show(form, its.found)
    if its.found is not None:
        one, two = st.columns(2, gap="medium")
        with one:
            _save(source, loaded, its.found)
        with two:
            points = [(f"{g.id} {g.name}".strip(), g.xy) for g in its.found.gates]
            cordon_of(_data.desk_of(source), points, names, form)


def _corner_table(form: Unsent) -> None:
    """The corners as a table that keyboards reach."""
    corners = corners_of(form)
    key = f"corners-{hash(str(corners))}"
    st.data_editor(
        pd.DataFrame(corners, columns=["lon", "lat"], dtype="float64"), num_rows="dynamic", hide_index=True, height=180,
        key=key, on_change=_typed, args=(key, form, corners),
        column_config={
            name: st.column_config.NumberColumn(title, format="%.6f", min_value=-180.0, max_value=180.0)
            for name, title in (("lon", _("Longitude")), ("lat", _("Latitude")))
        },
    )  # fmt: skip
    gone = bool(corners)
    with st.container(horizontal=True):
        st.button(_("Undo corner"), disabled=not gone, icon=":material/undo:", on_click=put_corners,
                  args=(form, corners[:-1]))  # fmt: skip
        st.button(_("Begin again"), disabled=not gone, icon=":material/delete:", on_click=put_corners, args=(form, []))


def _typed(key: str, form: Unsent, corners: Sequence[Sequence[float]]) -> None:
    """Cells, new rows and rows taken out; a row without both numbers waits."""
    done: Mapping[str, Any] = st.session_state[key]
    rows = [dict(zip(("lon", "lat"), corner, strict=True)) for corner in corners]
    for row, cells in done.get("edited_rows", {}).items():
        rows[int(row)] |= cells
    gone = {int(row) for row in done.get("deleted_rows", [])}
    rows = [row for n, row in enumerate(rows) if n not in gone] + [dict(row) for row in done.get("added_rows", [])]
    both = [row for row in rows if None not in {row.get("lon"), row.get("lat")}]
    whole = [[round(float(row["lon"]), 6), round(float(row["lat"]), 6)] for row in both]
    if whole != [list(corner) for corner in corners]:
        put_corners(form, whole)


def _show(form: Unsent, found: Perimeter) -> None:
    """Sentences, then one row for each point; its kind can be changed."""
    st.markdown("##### " + _("Every way in"))
    st.markdown("\n".join(f"- {line}" for line in found.sentences()))
    labels = {_(text): kind for kind, text in SORTS.items()}
    kind, rows = _("Kind"), found.gates
    frame = pd.DataFrame(
        {
            _("Point"): [g.id for g in rows], kind: [_(SORTS[g.kind]) for g in rows],
            _("People"): [found.seats[g.kind] for g in rows], _("Where"): [g.name or _("no name") for g in rows],
            _("Road"): [g.road_class.replace("_", " ") for g in rows],
            _("Note"): [_("on a bridge or in a tunnel: go and look") if g.over else "" for g in rows],
        }
    )  # fmt: skip
    key = f"gates-{hash(str(form.kept.get(CORNERS)))}-{hash(str([g.kind for g in rows]))}"
    st.data_editor(
        frame, hide_index=True, height="content", disabled=[name for name in frame.columns if name != kind], key=key,
        column_config={kind: st.column_config.SelectboxColumn(options=list(labels), required=True)},
        on_change=_sorted, args=(key, form, [g.id for g in rows], kind, labels),
    )  # fmt: skip
    st.caption(_("On the map: red for hard, brown for soft, blue for emergency gates."))


def _sorted(key: str, form: Unsent, gates: Sequence[str], column: str, labels: Mapping[str, str]) -> None:
    done = st.session_state[key].get("edited_rows", {})
    changed = {gates[int(row)]: labels[cells[column]] for row, cells in done.items() if cells.get(column) in labels}
    form.keep(**{KINDS: {**form.kept.get(KINDS, {}), **changed}})


@st.fragment
def _save(source: drafts.Source, loaded: Loaded, found: Perimeter) -> None:
    its, form = loaded.scenario, ring(source)
    with st.container(border=True):
        name = form.text(_("Name of the perimeter"), "name", placeholder=_("Inner perimeter"))
        cells = st.columns(2)
        with cells[0]:
            start = form.moment(_("From"), "start", local(its.start, loaded))
        with cells[1]:
            end = form.moment(_("To"), "end", local(its.end, loaded))
        go = st.button(_("Save as a change"), key="save_perimeter", type="primary")
    if not go:
        return
    if not name.strip() or start >= end:
        st.warning(_("Give it a name, and an end after its start."))
        return
    taken = {post.id for post in its.posts}
    number = next(i for i in range(1, 1000) if f"ring{i}-g01" not in taken)
    desk, span = _data.desk_of(source), (f"{start:{FORM}}", f"{end:{FORM}}")
    tables = tables_of(found, *span, *who_answers(desk), prefix=f"ring{number}-")
    origins, targets = _lights(form, loaded)
    lights = lights_of(desk, origins, targets) if origins and targets else None
    apply(
        source,
        "perimeter",
        {
            "id": f"ring{number}", "name": name.strip(), "start": span[0], "end": span[1], "n": len(found.gates),
            "people": found.people, "tables": tables, "lights": lights,
        },
        form=form,
    )  # fmt: skip
