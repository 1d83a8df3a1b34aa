"""Plans and how they stand to what they were made from: draft, planned, stale, published."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from scenarios.store.errors import refuse
from scenarios.store.files import keep_bytes, read_bytes
from scenarios.store.place import Store
from scenarios.store.rows import Key, read_rows
from scenarios.store.seats import by_hand, hand_set, seats_of
from scenarios.store.tables import PLANS, TRAIL, VERSIONS
from scenarios.store.texts import loads, now
from scenarios.store.trail import note
from scenarios.tongue import say as _

Standing = Literal["draft", "planned", "stale", "published"]


@dataclass(frozen=True)
class KeptPlan:
    """A plan of the store: ``id`` is the job that made it, ``inputs`` the digest of what it was made from."""

    id: str
    ref: str
    version: str
    number: int
    inputs: str
    at: str
    who: str
    body: str | None
    published_at: str | None = None
    published_by: str | None = None


def begin(store: Store, plan: str, ref: str, version: str, *, who: str) -> None:
    """Note that a plan is being made of a version."""
    with store.writing() as conn:
        conn.execute(insert(PLANS).values(id=plan, ref=ref, version=version, at=now(), who=who))
        note(conn, ref, who, "plan", "A plan is being made.", after={"plan/id": plan, "plan/version": version})


def waiting(store: Store) -> tuple[str, ...]:
    """Plans whose job has left nothing yet."""
    with store.reading() as conn:
        return tuple(conn.execute(select(PLANS.c.id).where(PLANS.c.body.is_(None)).order_by(PLANS.c.id)).scalars())


def take_in(store: Store, plan: str, body: bytes) -> None:
    """Keep the ``plan.json`` that a job has left; a second time changes nothing.

    Raises
    ------
    StoreError
        The file is no plan.
    """
    _sound(plan, body)
    with store.writing() as conn:
        mine = (PLANS.c.id == plan) & PLANS.c.body.is_(None)
        if conn.execute(select(PLANS.c.id).where(mine)).first() is not None:
            conn.execute(update(PLANS).where(mine).values(body=keep_bytes(conn, body)))


def _sound(plan: str, body: bytes) -> None:
    try:
        seats_of(body)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise refuse("plan.json", _("a plan"), _("plan again"), value=plan) from None


def plans_of(store: Store, ref: str) -> tuple[KeptPlan, ...]:
    """Every plan of a scenario, the oldest first."""
    with store.reading() as conn:
        return plans_in(conn, ref)


def plans_in(conn: Connection, ref: str) -> tuple[KeptPlan, ...]:
    """``plans_of`` within a transaction."""
    asked = _asked().where(PLANS.c.ref == ref).order_by(PLANS.c.at, PLANS.c.id)
    return tuple(_kept(row) for row in conn.execute(asked))


def every_plan(store: Store) -> dict[str, list[KeptPlan]]:
    """All plans by scenario, the oldest first."""
    found: dict[str, list[KeptPlan]] = {}
    with store.reading() as conn:
        for row in conn.execute(_asked().order_by(PLANS.c.at, PLANS.c.id)):
            found.setdefault(row.ref, []).append(_kept(row))
    return found


def body_of(store: Store, plan: str) -> bytes:
    """The ``plan.json`` of a plan; KeyError where there is none."""
    with store.reading() as conn:
        sha = conn.execute(select(PLANS.c.body).where(PLANS.c.id == plan)).scalar_one_or_none()
        if sha is None:
            raise KeyError(plan)
        return read_bytes(conn, sha)


def as_it_stands(store: Store, plan: str, rows: Mapping[Key, Any] | None = None) -> str:
    """The text of a plan with the duties set by hand, in the scenario's rows as they are unless others are given.

    Raises
    ------
    KeyError
        There is no such plan.
    """
    with store.reading() as conn:
        row = conn.execute(select(PLANS.c.ref, PLANS.c.body).where(PLANS.c.id == plan)).first()
        if row is None or row.body is None:
            raise KeyError(plan)
        data = by_hand(read_bytes(conn, row.body), read_rows(conn, row.ref) if rows is None else rows, plan)
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


#: How the trail tells that a plan was taken in.
_TAKEN_IN = "A plan made before the store was there is kept: its inputs are the same."


def adopt(
    store: Store, plan: str, ref: str, version: str, body: bytes, *, at: str, who: str, told: str = _TAKEN_IN
) -> None:
    """Keep a plan made before the store was there, once it is known that a version is what it was made from.

    Parameters
    ----------
    at
        When it was made.

    Raises
    ------
    StoreError
        The file is no plan.
    """
    _sound(plan, body)
    with store.writing() as conn:
        if conn.execute(select(PLANS.c.id).where(PLANS.c.id == plan)).first() is not None:
            return
        sha = keep_bytes(conn, body)
        conn.execute(insert(PLANS).values(id=plan, ref=ref, version=version, at=at, who=who, body=sha))
        note(
            conn, ref, who, "taken in", told,
            after={"plan/id": plan, "plan/version": version},
        )  # fmt: skip


def publish(store: Store, plan: str, *, who: str) -> None:
    """Mark a plan as the one that was given out; who, when and the duties set by hand stand in the trail.

    A second time is another giving out where duties were set by hand since; else it changes nothing.

    Raises
    ------
    KeyError
        There is no such plan.
    StoreError
        Its job has left no plan.
    """
    with store.writing() as conn:
        row = conn.execute(select(PLANS.c.ref, PLANS.c.body, PLANS.c.published_at).where(PLANS.c.id == plan)).first()
        if row is None:
            raise KeyError(plan)
        if row.body is None:
            raise refuse("plan", _("a plan that was made"), _("wait until it is, or plan again"), value=plan)
        duties = hand_set(read_rows(conn, row.ref), plan)
        if row.published_at is not None and given_out(conn, row.ref, plan) == duties:
            return
        at = now()
        conn.execute(update(PLANS).where(PLANS.c.id == plan).values(published_at=at, published_by=who))
        note(
            conn, row.ref, who, "published", "The plan is published.",
            before={"plan/id": plan, "plan/published": row.published_at},
            after={"plan/id": plan, "plan/published": at, "plan/duties": duties},
        )  # fmt: skip


def given_out(conn: Connection, ref: str, plan: str) -> dict[str, str | None]:
    """The duties set by hand when a plan was given out last: seat -> person."""
    asked = select(TRAIL.c.after).where(TRAIL.c.scenario == ref, TRAIL.c.what == "published")
    told = (loads(text) for text in conn.execute(asked.order_by(TRAIL.c.id.desc())).scalars())
    return next((one.get("plan/duties", {}) for one in told if one.get("plan/id") == plan), {})


def standing(digest: str, kept: Iterable[KeptPlan], made: Collection[str] = ()) -> Standing:
    """How a scenario stands to its plans.

    Parameters
    ----------
    digest
        ``Inputs.digest`` of the scenario as it is.
    made
        Plans that are known to be there although the store has no body of them: jobs of this machine. One that the
        store knows nothing about has unknown inputs, and counts as stale.
    """
    there = [plan for plan in kept if plan.body is not None or plan.id in made]
    fitting = [plan for plan in there if plan.inputs == digest]
    if any(plan.published_at is not None for plan in fitting):
        return "published"
    if fitting:
        return "planned"
    return "stale" if there or made else "draft"


def _asked() -> Any:
    return select(PLANS, VERSIONS.c.inputs, VERSIONS.c.number).join(VERSIONS, VERSIONS.c.id == PLANS.c.version)


def _kept(row: Row[Any]) -> KeptPlan:
    return KeptPlan(
        row.id, row.ref, row.version, row.number, row.inputs, row.at, row.who, row.body, row.published_at,
        row.published_by,
    )  # fmt: skip
