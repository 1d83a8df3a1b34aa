"""A process of its own that edits: ``worker.py VEDETTE_STORE SCENARIO WHO N``; says each edit once it was saved."""

import sys

from scenarios.store import shelf
from scenarios.store.conflict import Conflict
from scenarios.store.edits import apply, redo, resolve, revision_of, undo
from scenarios.store.operations import AddChange, RemoveChange, Swap
from scenarios.store.place import open_at, url_of
from tests.scenarios.store.samples import SESSION


def keep_on(store, scenario, who, number, plan):
    """One edit of many kinds; what others did meanwhile is kept too."""
    seen = revision_of(store, scenario)
    name = f"{who}{number}"
    if plan:
        operation = Swap(plan, "G/1", "G/2")
    elif number % 5 == 4:
        operation = RemoveChange(f"{who}{number - 1}")
    else:
        operation = AddChange("session", {**SESSION, "id": name, "attendance": number}, name)
    while True:
        try:
            return apply(store, scenario, operation, who=who, seen=seen)
        except Conflict as conflict:
            told = conflict.difference
            while True:
                try:
                    return resolve(store, told, "both", who=who)
                except Conflict as again:
                    told = again.difference


def main(url, scenario, who, n, plan):
    store = open_at(url_of(url))
    shelf.read(store, scenario)
    for number in range(int(n)):
        revision = keep_on(store, scenario, who, number, plan)
        if not plan and number % 7 == 6:
            undo(store, scenario, who=who)
            redo(store, scenario, who=who)
            revision = revision_of(store, scenario)
        print(number, revision, flush=True)
    store.close()


if __name__ == "__main__":
    main(*sys.argv[1:5], sys.argv[5] if len(sys.argv) > 5 else "")
