"""What no row can know by itself: ids that must exist elsewhere, ids used twice, owners, leads, spans and kinds."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from scenarios.parsing import Draft, Parsed, shown
from scenarios.raw import Raw, known_are, nearest
from scenarios.schema import RuleRow
from scenarios.spans import ALWAYS, SESSIONS
from scenarios.tongue import mark
from scenarios.tongue import say as _
from scenarios.valuewords import like_or_these, one_of, told
from scheduler.roster import rules as registry

_BAD_ID = re.compile(r"[/;:#\s]")
_SCIENTIFIC = re.compile(r"\d+(?:[.,]\d+)?[eE][+]?\d+")
_AS_DATE = re.compile(
    r"(?:\d{1,2}-)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(?:-\d{1,4})?|\d{1,2}月\d{1,2}日"
)
#: Sites, posts and units are all places: one id names one of them.
PLACES = ("sites", "posts", "units")
WITH_ID = ("sessions", *PLACES, "zones", "people", "resources", "seats", "closures")
#: Forms of entries that count something.
PER_SPAN, PER_CATEGORY = mark("span:number"), mark("category:number")
#: What seats may ask of a body; a restriction tag ``no_night`` rules out seats tagged ``night``.
STRAINS = ("night", "standing", "outdoor", "armed")


def check_ids(draft: Draft) -> None:
    """Ids are unique, legible and not mangled by a spreadsheet."""
    places: dict[str, Parsed] = {}
    for table in WITH_ID:
        seen: dict[str, Parsed] = places if table in PLACES else {}
        for row in draft.rows[table]:
            name: str = row.item.id
            _check_id(draft, row, name)
            if name in seen:
                first = seen[name].raw
                draft.fault(
                    row, "id", _("an id of its own"),
                    _("{file} row {row} has it already; give one of them another id", file=first.file, row=first.row),
                )  # fmt: skip
            seen.setdefault(name, row)
    for setting in ("spans", "shifts", "kinds"):
        values = draft.setting(setting) or ()
        for n, value in enumerate(values):
            if any(other.id == value.id for other in values[:n]):
                draft.setting_fault(
                    (setting, n, "id"), value.id, _("an id of its own"), _("give one of them another id")
                )
            if _BAD_ID.search(value.id):
                draft.setting_fault(
                    (setting, n, "id"), value.id, _("an id without space / ; : #"), _("use letters, digits, - and _")
                )


def _check_id(draft: Draft, row: Parsed, name: str) -> None:
    if _SCIENTIFIC.fullmatch(name):
        draft.fault(
            row, "id", _("an id as it was given out"),
            _("a spreadsheet made it a number; format the column as text and enter it again"),
        )  # fmt: skip
    elif _AS_DATE.fullmatch(name):
        draft.warn(
            row, "id", _("an id as it was given out"),
            _("a spreadsheet may have made it a date; format the column as text and enter it again"),
        )  # fmt: skip
    elif _BAD_ID.search(name):
        draft.fault(row, "id", _("an id without space / ; : #"), _("use letters, digits, - and _"))


def suggestion(name: str, known: Collection[str]) -> str:
    """How to mend a name that is not known."""
    bare = name.removesuffix(".0")
    if bare in known:
        return _('a spreadsheet made it a number: write "{name}"', name=bare)
    padded = [k for k in known if k.lstrip("0") == bare.lstrip("0") and bare.isdigit()]
    if padded:
        return _(
            'did you mean "{like}"? Spreadsheets drop leading zeros: format the column as text', like=min(padded)
        )
    like = nearest(name, sorted(known))
    return _('did you mean "{like}"?', like=like) if like else known_are(sorted(known))


def raw_is_spoilt(raw: Raw, table: str) -> bool:
    """A table that is there, of which no row came out with an id."""
    return bool(raw.tables.get(table)) or any(f.file == f"{table}.csv" for f in raw.faults)


class References:
    """Names that rows and settings may refer to; None where they could not be read."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.sites, self.posts, self.units = (self._ids(t) for t in PLACES)
        known = (self.sites, self.posts, self.units)
        self.places = None if None in known else set().union(*(ids for ids in known if ids))
        self.people = self._ids("people")
        self.resources = self._ids("resources")
        self.categories = self._listed("categories")
        self.ranks = self._listed("ranks")
        self.qualifications = self._listed("qualifications_known")
        self.tags = self._listed("tags_known")
        self.spans, self.shifts, self.kinds = (
            None if (v := draft.setting(s)) is None else {x.id for x in v}
            for s in ("spans", "shifts", "kinds")
        )
        if self.spans is not None:
            self.spans |= {ALWAYS, SESSIONS}

    def _ids(self, table: str) -> set[str] | None:
        """Ids of a table; None where it is there and none could be read: told once, not by every reference."""
        ids = self.draft.ids(table)
        raw = self.draft.raw
        return None if not ids and raw_is_spoilt(raw, table) else ids

    def _listed(self, setting: str) -> set[str] | None:
        values = self.draft.setting(setting)
        return None if values is None else set(values)

    def cell(self, row: Parsed, column: str, what: str, known: set[str] | None) -> None:
        """Fault each name in a cell that is not known; ``what`` is marked and told where it is needed."""
        for name in _names(getattr(row.item, "class_" if column == "class" else column)):
            if known is not None and name not in known:
                expected = _("{what} that exists", what=_(what))
                self.draft.fault(row, column, expected, suggestion(name, known), name)

    def setting(
        self, path: tuple[str | int, ...], names: Any, what: str, known: set[str] | None
    ) -> None:
        """Fault each name in a setting that is not known, likewise."""
        for name in _names(names):
            if known is not None and name not in known:
                expected = _("{what} that exists", what=_(what))
                self.draft.setting_fault(path, name, expected, suggestion(name, known))

    def counted(self, names: Sequence[str], form: str, known: set[str] | None) -> list[tuple[str, str, str]]:
        """Faults (value, expected, remedy) of entries such as ``festival:120``."""
        found = []
        for text in names:
            name, colon, number = text.rpartition(":")
            what = _("a span") if form == PER_SPAN else _("a category")
            if not colon or not re.fullmatch(r"\d{1,5}", number.strip()) or int(number) < 1:
                found.append((text, _(form), _("write for example {example}:120", example=_example(known))))
            elif known is not None and name.strip() not in known:
                found.append((text, _("{what} that exists", what=what), suggestion(name.strip(), known)))
        return found


def _example(known: set[str] | None) -> str:
    return min(known) if known else "festival"


def _names(value: Any) -> tuple[str, ...]:
    if value is None or value == "":
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def check_references(draft: Draft) -> None:
    """Every id that is referred to exists."""
    refs = References(draft)
    _check_places(draft, refs)
    _check_people(refs)
    _check_seats(refs)
    _check_settings(refs)


def _check_places(draft: Draft, refs: References) -> None:
    for row in draft.rows["sessions"]:
        refs.cell(row, "site", mark("a site"), refs.sites)
    for table in ("sites", "zones", "posts", "seats"):
        for row in draft.rows[table]:
            refs.cell(row, "owner", mark("a unit"), refs.units)
            if refs.people:
                refs.cell(row, "lead", mark("a person"), refs.people)
    for row in draft.rows["sites"]:
        refs.cell(row, "qualifications", mark("a qualification"), refs.qualifications)
        refs.cell(row, "answers", mark("a kind"), refs.kinds)
        refs.cell(row, "cover", mark("a span"), refs.spans)
        for value, expected, remedy in refs.counted(row.item.guards, PER_SPAN, refs.spans):
            draft.fault(row, "guards", expected, remedy, value)
    for row in draft.rows["posts"]:
        refs.cell(row, "site", mark("a site"), refs.sites)
        refs.cell(row, "kind", mark("a kind"), refs.kinds)
        refs.cell(row, "spans", mark("a span"), refs.spans)
    for row in draft.rows["units"]:
        for value, expected, remedy in refs.counted(
            row.item.strength, PER_CATEGORY, refs.categories
        ):
            draft.fault(row, "strength", expected, remedy, value)


def _check_people(refs: References) -> None:
    rows = refs.draft.rows
    for row in rows["people"]:
        refs.cell(row, "unit", mark("a unit"), refs.units)
        refs.cell(row, "category", mark("a category"), refs.categories)
        refs.cell(row, "rank", mark("a rank"), refs.ranks)
        refs.cell(row, "tags", mark("a restriction tag"), refs.tags)
    for table in ("qualifications", "absences", "wishes", "history", "ledger", "pins", "other_work", "published"):
        for row in rows[table]:
            refs.cell(row, "person", mark("a person"), refs.people)
    for row in rows["qualifications"]:
        refs.cell(row, "qualification", mark("a qualification"), refs.qualifications)
    for row in rows["history"]:
        refs.cell(row, "place", mark("a site, post or unit"), refs.places)
        refs.cell(row, "shift", mark("a shift"), refs.shifts)


def strain_names(tags: Iterable[str] | None) -> set[str] | None:
    """Tags that seats may carry: strains, what a restriction tag ``no_X`` rules out, and ``search_X`` (R35)."""
    if tags is None:
        return None
    ruled = (t.removeprefix("no_") for t in tags if t.startswith("no_"))
    return {*STRAINS, *ruled, *(t for t in tags if t.startswith("search_"))}


def _check_seats(refs: References) -> None:
    for row in refs.draft.rows["seats"]:
        refs.cell(row, "place", mark("a site, post or unit"), refs.places)
        refs.cell(row, "unit", mark("a unit"), refs.units)
        refs.cell(row, "categories", mark("a category"), refs.categories)
        refs.cell(row, "rank_min", mark("a rank"), refs.ranks)
        refs.cell(row, "qualifications", mark("a qualification"), refs.qualifications)
        refs.cell(row, "tags", mark("a strain"), strain_names(refs.tags))
        refs.cell(row, "shift", mark("a shift"), refs.shifts)


def _check_settings(refs: References) -> None:
    draft = refs.draft
    refs.setting(("police",), draft.setting("police"), mark("a category"), refs.categories)
    for name in ("categories", "police", "ranks"):
        if draft.setting(name) == ():
            draft.setting_fault((name,), "[]", _("at least one"), _("list them, lowest first for ranks"))
    for n, kind in enumerate(draft.setting("kinds") or ()):
        path = ("kinds", n)
        refs.setting((*path, "tags"), kind.tags, mark("a strain"), strain_names(refs.tags))
        if not kind.seats:
            draft.setting_fault((*path, "seats"), "[]", _("at least one seat"), _("say who sits in it"))
        for m, seat in enumerate(kind.seats):
            at = (*path, "seats", m)
            refs.setting((*at, "categories"), seat.categories, mark("a category"), refs.categories)
            refs.setting(
                (*at, "qualifications"), seat.qualifications, mark("a qualification"), refs.qualifications
            )
            refs.setting((*at, "rank_min"), seat.rank_min, mark("a rank"), refs.ranks)
            refs.setting((*at, "uses"), sorted(seat.uses), mark("a resource"), refs.resources)
    demand = draft.setting("demand")
    if demand is not None:
        for name in ("stewards", "support"):
            refs.setting(("demand", name), getattr(demand, name), mark("a category"), refs.categories)
        for name in ("supervisor_rank", "lead_rank"):
            refs.setting(("demand", name), getattr(demand, name), mark("a rank"), refs.ranks)
        proof = demand.search_qualification
        refs.setting(("demand", "search_qualification"), proof, mark("a qualification"), refs.qualifications)
        refs.setting(("demand", "reserve_at"), demand.reserve_at, mark("a unit"), refs.units)
    for n, change in enumerate(draft.setting("seat_changes") or ()):
        refs.setting(("seat_changes", n, "categories"), change.categories, mark("a category"), refs.categories)
        refs.setting(("seat_changes", n, "rank_min"), change.rank_min, mark("a rank"), refs.ranks)
    siting, rail, roster = draft.setting("siting"), draft.setting("rail"), draft.setting("roster")
    if siting is not None:
        refs.setting(("siting", "kind"), siting.kind, mark("a kind"), refs.kinds)
        refs.setting(("siting", "units_from"), siting.units_from, mark("a unit"), refs.units)
        refs.setting(("siting", "spans"), siting.spans, mark("a span"), refs.spans)
    if rail is not None:
        _check_rail(refs, rail)
    if roster is not None:
        refs.setting(("roster", "watch_shifts"), roster.watch_shifts, mark("a shift"), refs.shifts)
        refs.setting(("roster", "shift_types"), roster.shift_types, mark("a shift"), refs.shifts)


def _check_rail(refs: References, rail: Any) -> None:
    draft = refs.draft
    if not (rail.on and rail.classes):
        return
    if not rail.owner:
        draft.setting_fault(
            ("rail", "owner"), None, _("the unit that answers for the rail lines, not a blank"),
            _("name a unit by id, or switch rail off"),
        )  # fmt: skip
    elif refs.units:
        refs.setting(("rail", "owner"), rail.owner, mark("a unit"), refs.units)
    if not rail.lead:
        draft.setting_fault(
            ("rail", "lead"), None, _("the person that answers for the rail lines, not a blank"),
            _("name a person by id, or switch rail off"),
        )  # fmt: skip
    elif refs.people:
        refs.setting(("rail", "lead"), rail.lead, mark("a person"), refs.people)


def _sound_rules(draft: Draft) -> dict[str, RuleRow]:
    """Rules as written, the faulty parts of a row left at their defaults: those are told already."""
    from pydantic import ValidationError

    written = draft.raw.settings.get("rules")
    found: dict[str, RuleRow] = {}
    for name, row in written.items() if isinstance(written, dict) else ():
        parts = row if isinstance(row, dict) else {}
        found[name] = RuleRow(mode="hard")
        for part in {"params", "exceptions"} & set(parts):
            try:
                checked = RuleRow.model_validate({"mode": "hard", part: parts[part]})
            except ValidationError:
                continue
            found[name] = found[name].model_copy(update={part: getattr(checked, part)})
    return found


def check_rules(draft: Draft) -> None:
    """Rule names and parameters, by the rules themselves."""
    rules = draft.setting("rules")
    if rules is None:  # one faulty row does not hide what is wrong in the others
        rules = _sound_rules(draft)
    if not rules:
        return
    known = registry.load()
    for name, row in rules.items():
        if name not in known:
            draft.setting_fault(
                ("rules", name), None, _("a roster rule that exists"), suggestion(name, set(known))
            )
            continue
        params = known[name].params_type
        _check_params(draft, ("rules", name, "params"), params, row.params)
        if row.exceptions and not known[name].info.by_person:
            draft.setting_fault(
                ("rules", name, "exceptions"), None, _("no exceptions: the rule speaks of everybody at once"),
                _("change its params for all, or turn it off"),
            )
            continue
        for n, exception in enumerate(row.exceptions):
            _check_exception(draft, ("rules", name, "exceptions", n), params, row.params, exception)


#: What an exception to a rule may be made for, and the table or setting that knows it.
_NARROW = {"person": "people", "unit": "units", "category": "categories"}
_WHO = {"person": mark("a person"), "unit": mark("a unit"), "category": mark("a category")}
_MODES = ("hard", "soft", "off")


def _check_exception(
    draft: Draft, path: tuple[str | int, ...], params: Any, base: Any, exception: dict[str, Any]
) -> None:
    """An exception names people, units or categories; the rest of it are parameters."""
    who = [key for key in exception if key in _NARROW]
    if not who:
        draft.setting_fault(
            path, exception, _("for whom it is: person, unit or category"), _('write for example unit = "..."')
        )
    for key in who:
        table = _NARROW[key]
        known = set(draft.setting(table) or ()) if key == "category" else draft.ids(table)
        names = exception[key] if isinstance(exception[key], list) else [exception[key]]
        for name in names:
            if str(name) not in known:
                what = _("{what} that exists", what=_(_WHO[key]))
                draft.setting_fault((*path, key), name, what, suggestion(str(name), known))
    mode = exception.get("mode", "hard")
    if mode not in _MODES:
        draft.setting_fault((*path, "mode"), mode, one_of(_MODES), like_or_these(str(mode), _MODES))
    own = {k: v for k, v in exception.items() if k not in {*_NARROW, "mode"}}
    if params is not None and own:
        # The rule's own parameters are judged where they stand; only what the exception adds is judged here.
        good = {k: v for k, v in base.items() if k in params.model_fields and k not in own}
        _check_params(draft, path, params, {**good, **own}, only=set(own))


def _check_params(
    draft: Draft, at: tuple[str | int, ...], params: Any, values: Any, only: set[str] | None = None
) -> None:
    from pydantic import ValidationError

    try:
        params.model_validate(values)
    except ValidationError as error:
        for e in error.errors(include_url=False):
            if only is not None and e["loc"] and e["loc"][0] not in only:
                continue
            path = (*at, *e["loc"])
            known = list(getattr(params, "model_fields", {}))
            if e["type"] == "extra_forbidden":
                like = nearest(str(e["loc"][-1]), known)
                remedy = _('did you mean "{like}"?', like=like) if like else known_are(known)
                draft.setting_fault(path, e["input"], _("a parameter of this rule"), remedy)
            else:
                draft.setting_fault(path, shown(e["input"]), told(e), _("correct it"))
