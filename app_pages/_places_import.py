"""Sites from a file: what it gives, what cannot be taken and why, and one click to take them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from app_pages._places_data import keep
from geodata.ground import Ground
from scenarios import drafts
from scenarios.placing.importing import (
    ENDINGS,
    MOST_BYTES,
    MOST_SITES,
    Imported,
    read_sites,
    rows_of,
)
from scenarios.placing.marks import Mark
from scenarios.raw import Raw
from scenarios.tablewords import column_word
from scenarios.tongue import say as _
from scenarios.tongue import says

FEW = 12


def import_sites(source: drafts.Source, raw: Raw, ground: Ground, marks: Sequence[Mark]) -> None:
    """Choose a file, see its places, take them as one change."""
    st.caption(
        _("GeoJSON, GeoPackage, KML or CSV (columns name, lon, lat, and kind and class if there are any), WGS-84, "
          "at most {n} places and {mb} MB. Lines become lines to watch, of areas a point inside is taken.",
          n=MOST_SITES, mb=MOST_BYTES // 2**20)
    )  # fmt: skip
    file = st.file_uploader(_("File with sites"), type=list(ENDINGS), key="places_file", max_upload_size=20)
    if file is None:
        return
    found = read_sites(file.name, file.getvalue(), ground, marks)
    _told(found)
    if found.places:
        st.dataframe(
            pd.DataFrame(
                [
                    {
                        column_word("name"): p.name, column_word("kind"): p.kind, column_word("class"): p.class_,
                        column_word("lon"): round(p.first[0], 6), column_word("lat"): round(p.first[1], 6),
                    }
                    for p in found.places
                ]
            ),
            hide_index=True, height=220, alt=_("Places of the file"),
        )  # fmt: skip
        n = len(found.places)
        st.button(says("Add {n} site", "Add {n} sites", n), type="primary", icon=":material/add:", on_click=_take,
                  args=(source, found, raw, tuple(marks)))  # fmt: skip


def _told(found: Imported) -> None:
    if found.faults:
        lines = "".join(f"\n- {fault.sentence()}" for fault in found.faults[:FEW])
        more = len(found.faults) - FEW
        lines += f"\n- {_('and {n} more', n=more)}" if more > 0 else ""
        st.warning(says("{n} place cannot be taken:", "{n} places cannot be taken:", len(found.faults)) + lines)
    if found.known:
        names = ", ".join(p.name for p in found.known[:FEW])
        st.info(says("{n} place is there already: {names}", "{n} places are there already: {names}",
                     len(found.known), names=names))  # fmt: skip


def _take(source: drafts.Source, found: Imported, raw: Raw, marks: Sequence[Mark]) -> None:
    keep(source, rows_of(found, raw, marks))
