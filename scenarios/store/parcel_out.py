"""A scenario as one file that moves between machines: ``NAME.vedette``, a zip.

::

    vedette.json     what is in it (``parcel_form``): rows, pins, edits, trail, versions, plans; contacts if asked for
    scenario/        the scenario's folder as it is, map and all: it can be planned from where it is unpacked
    whatif.toml      the changes and pins, as a what-if over that folder
    plans/ID.json    each plan
    files/SHA256     older files of its versions

How people can be reached is left out unless it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection, select

from scenarios.store.contacts import contacts_in
from scenarios.store.errors import refuse
from scenarios.store.files import OUTSIDE, PATCHES, files_of, read_bytes, scenario_files, sha_of
from scenarios.store.parcel_form import FORMAT, LIST
from scenarios.store.patch import whatif_text
from scenarios.store.place import Store
from scenarios.store.plans import plans_in
from scenarios.store.shelf import read_in
from scenarios.store.tables import EDITS
from scenarios.store.trail import note, read_trail
from scenarios.store.versions import Inputs, versions_in
from scenarios.tongue import say as _

#: Members carry no time of their own: equal scenarios give equal bytes.
_TIME = (1980, 1, 1, 0, 0, 0)


def export(
    store: Store, scenario: str, inputs: Inputs, path: Path, *, who: str, contacts: bool = False, force: bool = False
) -> None:
    """Write a scenario with all its history into a file.

    Parameters
    ----------
    inputs
        The folder that the scenario goes over and the what-ifs in between.
    contacts
        Take along how people can be reached.

    Raises
    ------
    StoreError
        The file is there already and ``force`` is not given; or the map lies outside the scenario's folder.
    """
    if path.exists() and not force:
        raise refuse(path.name, _("a file that is not there yet"), _("name another, or add --force"))
    files = scenario_files(inputs.folder)
    if any(name.startswith(f"{OUTSIDE}/") for name in files):
        raise refuse(path.name, _("a map inside the scenario's folder"), _("put it there and name it in scenario.toml"))
    files |= {f"{PATCHES}/{n}.toml": patch for n, patch in enumerate(inputs.patches, start=1)}
    part = path.with_name(path.name + ".part")
    try:
        with store.reading() as conn, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as out:
            _pack(conn, out, scenario, inputs, files, with_contacts=contacts)
        part.replace(path)
    except OSError as error:
        raise refuse(path.name, _("a folder that may be written"), error.strerror or str(error)) from None
    finally:
        part.unlink(missing_ok=True)
    with store.writing() as conn:
        text = f"Written to a file{' with contacts' if contacts else ''}: {path.name}."
        note(conn, scenario, who, "exported", text, after={"export/file": path.name})


def _pack(
    conn: Connection, out: zipfile.ZipFile, scenario: str, inputs: Inputs, files: dict[str, Path], *,
    with_contacts: bool,
) -> None:  # fmt: skip
    its = read_in(conn, scenario)
    members: dict[str, str] = {}

    def member(name: str, content: bytes) -> None:
        info = zipfile.ZipInfo(name, _TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        out.writestr(info, content)

    def kept(sha: str, name: str) -> str:
        if sha not in members:
            members[sha] = name
            member(name, read_bytes(conn, sha))
        return sha

    for name, where in files.items():
        content = where.read_bytes()
        member(f"scenario/{name}", content)
        members.setdefault(hashlib.sha256(content).hexdigest(), f"scenario/{name}")
    versions = [
        {
            **{k: getattr(v, k) for k in ("id", "number", "inputs", "content", "note", "at", "who")},
            "files": {p: kept(sha, f"files/{sha}") for p, sha in files_of(conn, v.manifest).items()},
        }
        for v in versions_in(conn, scenario)
    ]
    plans = [
        {
            **{k: getattr(p, k) for k in ("id", "version", "at", "who", "published_at", "published_by")},
            "body": None if p.body is None else kept(p.body, f"plans/{p.id}.json"),
        }
        for p in plans_in(conn, scenario)
    ]
    edits = conn.execute(select(EDITS).where(EDITS.c.scenario == scenario).order_by(EDITS.c.revision))
    trail = [asdict(entry) for entry in read_trail(conn, scenario)]
    data = {
        "format": FORMAT, "id": its.id, "name": its.name, "parent": its.parent,
        "digest": Inputs(inputs.folder, inputs.patches).digest(),
        "revision": its.revision, "created_at": its.created_at, "created_by": its.created_by,
        "base": {name: sha_of(where) for name, where in files.items()},
        "members": members,
        "rows": [{"sheet": s, "key": k, "value": v} for (s, k), v in sorted(its.rows.items())],
        "edits": [{"revision": e.revision, "who": e.who, "state": e.state} for e in edits],
        "trail": [{k: v for k, v in e.items() if k not in {"scenario", "origin"}} for e in trail],
        "versions": versions, "plans": plans,
        **({"contacts": contacts_in(conn, scenario)} if with_contacts else {}),
    }  # fmt: skip
    member("whatif.toml", whatif_text(inputs.folder, its.name, its.rows).encode())
    member(LIST, json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True).encode())
