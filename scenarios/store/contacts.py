"""How people can be reached: apart from the rest, never in the trail, in an exported file only when asked for."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from scenarios.store.operations import sound_id
from scenarios.store.place import Store
from scenarios.store.tables import CONTACTS
from scenarios.store.texts import one_line
from scenarios.store.trail import note


def contacts(store: Store, scenario: str) -> dict[str, str]:
    """Person -> telephone number, call sign, or whatever was typed."""
    with store.reading() as conn:
        return contacts_in(conn, scenario)


def contacts_in(conn: Connection, scenario: str) -> dict[str, str]:
    """``contacts`` within a transaction."""
    asked = select(CONTACTS).where(CONTACTS.c.scenario == scenario).order_by(CONTACTS.c.person)
    return {row.person: row.contact for row in conn.execute(asked)}


def set_contacts(store: Store, scenario: str, given: Mapping[str, str], *, who: str) -> None:
    """Set or (with an empty text) forget how people can be reached. The trail tells whose, not what."""
    with store.writing() as conn:
        set_in(conn, scenario, given)
        text = f"How {len(given)} {'person' if len(given) == 1 else 'people'} can be reached was set."
        note(conn, scenario, who, "contacts", text, after={f"contact/{person}": "set" for person in sorted(given)})


def set_in(conn: Connection, scenario: str, given: Mapping[str, str]) -> None:
    """``set_contacts`` within a transaction, without an entry of its own."""
    for person, text in given.items():
        mine = (CONTACTS.c.scenario == scenario) & (CONTACTS.c.person == sound_id(person, "person"))
        conn.execute(delete(CONTACTS).where(mine))
        clean = one_line(text, 200)
        if clean:
            conn.execute(insert(CONTACTS).values(scenario=scenario, person=person, contact=clean))


def forget_all(store: Store, scenario: str, *, who: str) -> int:
    """Forget every contact of a scenario, when the event is over; returns how many there were."""
    with store.writing() as conn:
        n = conn.execute(delete(CONTACTS).where(CONTACTS.c.scenario == scenario)).rowcount
        note(conn, scenario, who, "contacts", f"{n} contacts are forgotten.")
    return n
