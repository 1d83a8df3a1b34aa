"""Drafts that an earlier Vedette kept as files (``drafts/ID/draft.json``) are taken into the store, each once."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from scenarios import jobs
from scenarios.store import shelf
from scenarios.store.errors import StoreError
from scenarios.store.operations import sound_change, sound_id
from scenarios.store.place import Store
from scenarios.store.texts import one_line

FILE = "draft.json"
SCHEMA = 1
_LOG = logging.getLogger(__name__)


def take_in(store: Store, folder: Path, *, who: str) -> tuple[str, ...]:
    """Take in every draft below ``folder`` whose id the store has never seen; the files stay as they are.

    A draft that was removed later keeps its id in the store, so it does not come back. A file that cannot be read
    is left alone and told in the log.
    """
    paths = {path.parent.name: path for path in folder.glob(f"*/{FILE}") if jobs.is_id(path.parent.name)}
    if not paths or paths.keys() <= shelf.known_ids(store):
        return ()
    taken = []
    for name, path in sorted(paths.items()):
        draft = _read(path)
        if draft is None:
            continue
        try:
            if _keep(store, name, draft, who):
                taken.append(name)
        except StoreError as error:
            _LOG.warning("%s cannot be kept and is left alone: %s", path, error)
    return tuple(taken)


def _keep(store: Store, name: str, draft: tuple[str, str, list[tuple[str, str, Any]]], who: str) -> bool:
    title, parent, changes = draft
    with store.writing() as conn:
        if not store.is_file:  # two machines that come at once
            conn.exec_driver_sql("LOCK TABLE scenarios IN SHARE ROW EXCLUSIVE MODE")
        if name in shelf.known_in(conn):
            return False
        shelf.add(conn, title, who=who, parent=parent, changes=changes, scenario=name, what="taken in")
    return True


def _read(path: Path) -> tuple[str, str, list[tuple[str, str, Any]]] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["schema"] > SCHEMA:
            _LOG.warning("%s was made by a newer Vedette and is left alone", path)
            return None
        changes = [(sound_id(c["id"], "change"), c["kind"], c["values"]) for c in data["changes"]]
        if len({key for key, _, _ in changes}) < len(changes):
            raise ValueError("two changes have one id")
        for _, kind, values in changes:
            sound_change(kind, values)
        return one_line(data["name"]) or "Draft", str(data["parent"]), changes
    except (OSError, ValueError, KeyError, TypeError, StoreError) as error:
        _LOG.warning("%s cannot be read as a draft and is left alone: %s", path, error)
        return None
