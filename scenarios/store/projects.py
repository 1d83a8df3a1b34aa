"""Projects: what scenarios of one event or one office stand under."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from scenarios import jobs
from scenarios.store.errors import refuse
from scenarios.store.files import put
from scenarios.store.place import Store
from scenarios.store.tables import PROJECTS, SCENARIOS
from scenarios.store.texts import now, one_line
from scenarios.store.trail import WHOLE, note
from scenarios.tongue import mark
from scenarios.tongue import say as _

#: Where everything goes that was put nowhere else; its id has the form of every other.
FIRST = "19700101-000000-00000000"
FIRST_NAME = mark("My scenarios")
"""Kept in English, and told in the reader's language for as long as nobody gave it another name."""


@dataclass(frozen=True)
class Project:
    """A project with the name that people gave it."""

    id: str
    name: str
    created_at: str
    created_by: str


def projects(store: Store) -> tuple[Project, ...]:
    """Every project, by name."""
    with store.reading() as conn:
        asked = select(PROJECTS).where(PROJECTS.c.deleted_at.is_(None)).order_by(PROJECTS.c.name, PROJECTS.c.id)
        return tuple(Project(r.id, _told(r.id, r.name), r.created_at, r.created_by) for r in conn.execute(asked))


def _told(project: str, name: str) -> str:
    return _(FIRST_NAME) if (project, name) == (FIRST, FIRST_NAME) else name


def create(store: Store, name: str, *, who: str) -> Project:
    """A new project."""
    project = Project(jobs.new_id(), sound_name(name), now(), who)
    with store.writing() as conn:
        conn.execute(insert(PROJECTS).values(**vars(project)))
        note(conn, WHOLE, who, "created", f'Project "{project.name}" is made.', after={f"project/{project.id}": name})
    return project


def rename(store: Store, project: str, name: str, *, who: str) -> None:
    """Give a project another name; KeyError where there is none."""
    clean = sound_name(name)
    with store.writing() as conn:
        before = _name(conn, project)
        conn.execute(update(PROJECTS).where(PROJECTS.c.id == project).values(name=clean))
        at = f"project/{project}"
        text = f'Project "{before}" is now called "{clean}".'
        note(conn, WHOLE, who, "renamed", text, before={at: before}, after={at: clean})


def delete(store: Store, project: str, *, who: str) -> None:
    """Remove a project that is empty.

    Raises
    ------
    StoreError
        It still has scenarios.
    """
    with store.writing() as conn:
        name = _name(conn, project)
        asked = select(SCENARIOS.c.id).where(SCENARIOS.c.project == project, SCENARIOS.c.deleted_at.is_(None))
        if conn.execute(asked.limit(1)).first() is not None:
            raise refuse("project", _("a project without scenarios"), _("move or delete them first"), value=name)
        conn.execute(update(PROJECTS).where(PROJECTS.c.id == project).values(deleted_at=now()))
        note(conn, WHOLE, who, "deleted", f'Project "{name}" is removed.', before={f"project/{project}": name})


def first(conn: Connection, who: str) -> str:
    """The project for what was put nowhere else; made when it is first needed."""
    put(conn, PROJECTS, [{"id": FIRST, "name": FIRST_NAME, "created_at": now(), "created_by": who}])
    return FIRST


def sound_name(name: str) -> str:
    """A typed name, cleaned; StoreError where nothing is left."""
    clean = one_line(name)
    if not clean:
        raise refuse("name", _("a name"), _("type one"))
    return clean


def _name(conn: Connection, project: str) -> str:
    asked = select(PROJECTS.c.name).where(PROJECTS.c.id == project, PROJECTS.c.deleted_at.is_(None))
    found = conn.execute(asked).scalar_one_or_none()
    if found is None:
        raise KeyError(project)
    return str(found)
