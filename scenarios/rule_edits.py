"""Rules of a draft: values put one by one, and a rule put back to what it was before the draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenarios import drafts
from scenarios.rule_list import RuleLine
from scenarios.store.errors import refuse
from scenarios.store.operations import RemoveChange
from scenarios.tongue import say as _


def put_rule(
    ref: str, line: RuleLine, values: Mapping[str, Any], *, seen: int | None = None, who: str | None = None
) -> drafts.Draft:
    """Set ``mode``, ``importance`` or values of a rule; raises like ``drafts.put_setting``."""
    at_rule = {name: values[name] for name in ("mode", "importance", "exceptions") if name in values and line.mode}
    own = {name: value for name, value in values.items() if name not in at_rule}
    put = {**at_rule, **({"params": own} if own else {})} if line.mode else own
    return drafts.put_setting(ref, line.section, put, title=line.title, seen=seen, who=who)


def reset(
    source: drafts.Source, line: RuleLine, *, seen: int | None = None, who: str | None = None
) -> drafts.Draft:
    """As it was before the draft: what was changed about it goes; what a preset did is set back by name."""
    draft = source.draft
    if draft is None or line.before is None:
        raise refuse("edit", _("a rule that was changed"), _("look at the rule again"), value=line.title)
    its = [change for change in draft.changes if _about(change, line)]
    if its and line.mode:
        known = draft.revision if seen is None else seen
        return drafts.together(draft.id, [RemoveChange(change.id) for change in its], seen=known, who=who)
    names = [p.name for p in line.parameters]
    if its:
        put = its[0].values
        back = {name: put["before"].get(name) for name in names if name in put["values"]}
    else:
        was = line.before
        back = {name: value for name, value in was["params"].items() if value != line.now["params"][name]}
        if line.mode:
            back |= {"mode": was["mode"], "importance": was["importance"]}
            back |= {"exceptions": was["exceptions"]} if was["exceptions"] != line.now["exceptions"] else {}
    return put_rule(draft.id, line, back, seen=seen, who=who)


def _about(change: drafts.Change, line: RuleLine) -> bool:
    if change.kind == "rule":
        return ("rules", str(change.values["name"])) == line.section
    if change.kind != "setting" or tuple(change.values["section"]) != line.section:
        return False
    return bool(line.mode) or any(p.name in change.values["values"] for p in line.parameters)
