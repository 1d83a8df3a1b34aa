"""Siting settings that contradict each other or the rows: told before anything is laid out, with file and row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from geodata.crs import haversine_m
from scenarios.checks import suggestion
from scenarios.errors import Fault
from scenarios.parsing import Draft, Parsed
from scenarios.schema import PostRow, Scenario, SitingSettings
from scenarios.spans import ALWAYS, SESSIONS, intervals
from scenarios.tongue import mark
from scenarios.tongue import say as _

MOST_UNITS = 999
"""Units that one place of a cordon may send."""
KIND_HERE = mark("a kind that stands at posts: siting.kind or one of siting.kinds")
MOST_WEIGHT = 1000
DROWNS = 3
"""A weight of more than all others together is told from so many sites on."""


def check_siting(draft: Draft) -> None:
    """Rings, tiers, weights, blue-light places, and required posts on stretches that stay free."""
    siting = draft.setting("siting")
    if siting is not None:
        _check_rings(draft, siting)
        _check_kinds(draft, siting)
        if siting.keep_existing and not any(row.item.state == "existing" for row in draft.rows["posts"]):
            draft.setting_fault(
                ("siting", "keep_existing"), "true", _("a post with state existing in posts.csv"),
                _("add the posts that stand already, or take this setting out"),
            )  # fmt: skip
    _check_tiers(draft)
    _check_weights(draft)
    _check_blue_lights(draft)
    _check_cordons(draft)
    _check_fixtures(draft)
    _check_free_stretches(draft)


def _check_rings(draft: Draft, siting: SitingSettings) -> None:
    zones = draft.ids("zones")
    for n, ring in enumerate(siting.rings):
        at = ("siting", "rings", n)
        if ring.zone not in zones:
            draft.setting_fault((*at, "zone"), ring.zone, _("a zone that exists"), suggestion(ring.zone, zones))
        if any(other.zone == ring.zone for other in siting.rings[:n]):
            draft.setting_fault((*at, "zone"), ring.zone, _("one ring for each zone"), _("join the two"))
        if ring.most is not None and ring.most < ring.least:
            expected = _("at least the ring's least, {least}", least=ring.least)
            draft.setting_fault((*at, "most"), ring.most, expected, _("raise most"))
    asked = sum(ring.least for ring in siting.rings)
    if asked > siting.most_units:
        draft.setting_fault(
            ("siting", "most_units"), siting.most_units,
            _("at least {n}, which the rings ask for together", n=asked),
            _("raise most_units, or lower the rings' least"),
        )  # fmt: skip


def _check_kinds(draft: Draft, siting: SitingSettings) -> None:
    """Kinds at posts, in tiers and in rows are kinds that stand at posts."""
    known = {kind.id for kind in draft.setting("kinds") or ()}
    for n, name in enumerate(siting.kinds):
        if name not in known:
            draft.setting_fault(("siting", "kinds", n), name, _("a kind that exists"), suggestion(name, known))
    modes = {kind.id: kind.mode for kind in draft.setting("kinds") or ()}
    for n, name in enumerate(siting.kinds):
        if modes.get(name) in {"drone", "camera"}:
            what = _("a kind that comes by road or on foot: posts answer calls on the network")
            draft.setting_fault(("siting", "kinds", n), name, what, _("take another kind"))
    ours = {siting.kind, *siting.kinds}
    tiers = draft.setting("response")
    by_kind = tuple(tiers.by_kind) if tiers is not None else ()
    for at, names in ((("siting", "units_by_kind"), siting.units_by_kind), (("response", "by_kind"), by_kind)):
        for name in names:
            if name not in ours:
                draft.setting_fault((*at, name), name, _(KIND_HERE), suggestion(name, ours))
    for table, column in (("posts", "kind"), ("sites", "answers")):
        for row in draft.rows[table] if ours <= known else ():  # a slip in the setting is told once
            for name in getattr(row.item, column):
                if name in known - ours:
                    draft.fault(row, column, _(KIND_HERE), suggestion(name, ours), name)
    spans = {span.id for span in draft.setting("spans") or ()} | {ALWAYS, SESSIONS}
    for row in draft.rows["sites"]:
        for text in row.item.weights:
            span, _colon, weight = text.rpartition(":")
            if span not in spans or not (weight.isdigit() and 1 <= int(weight) <= MOST_WEIGHT):
                form = _("span:weight with a span that exists and 1 to {most}", most=MOST_WEIGHT)
                draft.fault(row, "weights", form, _("write for example festival:200"), text)


def _check_tiers(draft: Draft) -> None:
    tiers = draft.setting("response")
    if tiers is None:
        return
    for upper, lower in (("class_1_s", "class_2_s"), ("class_2_s", "class_3_s")):
        first, second = getattr(tiers, upper), getattr(tiers, lower)
        if first > second:
            file, row = draft.raw.where(("response", upper))
            draft.warnings.append(
                Fault(file, row, f"response.{upper}", str(first),
                      _("at most {lower}, {second}", lower=lower, second=second),
                      _("a site of a higher class is answered later than one of a lower; check the two"))
            )  # fmt: skip


def _check_weights(draft: Draft) -> None:
    rows = [row for row in draft.rows["sites"] if row.item.cover]
    total = sum(row.item.weight for row in rows)
    for row in rows:
        others = total - row.item.weight
        if len(rows) > DROWNS and row.item.weight > others:
            draft.warn(
                row, "weight",
                _("at most what the other {n} sites weigh together, {others}", n=len(rows) - 1, others=others),
                _("it drowns them: whatever reaches it is best, whoever else goes bare"),
            )  # fmt: skip


def _check_blue_lights(draft: Draft) -> None:
    its = draft.setting("blue_lights")
    if its is None:
        return
    known = draft.ids("sites") | draft.ids("posts") | draft.ids("units")
    for name, ids in (("from", its.origins), ("to", its.to)):
        for n, ident in enumerate(ids):
            if ident not in known:
                draft.setting_fault(
                    ("blue_lights", name, n), ident, _("a site, post or unit that exists"), suggestion(ident, known)
                )
    if bool(its.origins) != bool(its.to):
        missing = "to" if its.origins else "from"
        draft.setting_fault(
            ("blue_lights", missing), "[]", _("at least one place"), _("a way has two ends: name both, or neither")
        )


def _check_cordons(draft: Draft) -> None:
    known = draft.ids("sites") | draft.ids("posts") | draft.ids("units")
    rows = draft.setting("cordons") or ()
    for n, its in enumerate(rows):
        at = ("cordons", n)
        if any(other.id == its.id for other in rows[:n]):
            draft.setting_fault((*at, "id"), its.id, _("an id of its own"), _("give one of them another id"))
        for ident in its.exits:
            if ident not in known:
                what = _("a site, post or unit that exists")
                draft.setting_fault((*at, "exits"), ident, what, suggestion(ident, known))
        sound = True
        for text in its.units:
            place, _colon, number = text.rpartition(":")
            if not (place and number.isdigit() and 1 <= int(number) <= MOST_UNITS):
                sound = False
                draft.setting_fault(
                    (*at, "units"), text, _("place:number with 1 to {most} units", most=MOST_UNITS),
                    _("write for example main:3"),
                )
            elif place not in known:
                sound = False
                what = _("a site, post or unit that exists")
                draft.setting_fault((*at, "units"), text, what, suggestion(place, known))
        have = sum(int(text.rpartition(":")[2]) for text in its.units) if sound else None
        if not its.exits:
            draft.setting_fault((*at, "exits"), "[]", _("at least one exit"), _("name the posts or sites to be manned"))
        elif have is not None and have < len(its.exits):
            draft.setting_fault(
                (*at, "units"), have, _("at least {n} units, one for each exit", n=len(its.exits)),
                _("add units, or drop exits"),
            )


def _check_fixtures(draft: Draft) -> None:
    rows = draft.setting("fixtures") or ()
    spans = {span.id for span in draft.setting("spans") or ()} | {ALWAYS}
    for n, its in enumerate(rows):
        if any(other.id == its.id for other in rows[:n]):
            draft.setting_fault(("fixtures", n, "id"), its.id, _("an id of its own"), _("give one of them another id"))
        for span in its.spans:
            if span not in spans:
                what = _("a span that exists")
                draft.setting_fault(("fixtures", n, "spans"), span, what, suggestion(span, spans))


def _check_free_stretches(draft: Draft) -> None:
    """No required post stands where another row keeps the road free; what may stand there is the planner's decision."""
    rows = [(row, at) for row in draft.rows["posts"] if (at := _point(draft, row)) is not None]
    for row, here in rows:
        if row.item.state != "required":
            continue
        for other, centre in rows:
            away = float(haversine_m(np.array([here]), np.array([centre]))[0])
            if other.item.state == "forbidden" and away <= other.item.radius_m:
                draft.fault(
                    row, "state",
                    _(
                        "not required and forbidden at once: {post} (row {row}) keeps {radius_m} m of road free, "
                        "this post stands {away:.0f} m from it",
                        post=other.item.id, row=other.raw.row, radius_m=other.item.radius_m, away=away,
                    ),
                    _("move one of the two, lower radius_m, or drop one"),
                )  # fmt: skip


def _point(draft: Draft, row: Parsed) -> tuple[float, float] | None:
    """Degrees of a post: its own, else those of the site it stands in; None where only the map knows."""
    item: PostRow = row.item
    if item.lon is not None and item.lat is not None:
        return item.lon, item.lat
    if item.site is None or item.osm is not None:
        return None
    site = next((s.item for s in draft.rows["sites"] if s.item.id == item.site), None)
    return None if site is None or site.lon is None or site.lat is None else (site.lon, site.lat)


def windows(scenario: Scenario, states: Sequence[str]) -> list[tuple[int, int, str]]:
    """``(start_s, end_s, id)`` of the posts in some states: the whole horizon where they have no spans."""
    found = []
    for row in scenario.posts:
        if row.state in states:
            times = [i for span in row.spans for i in intervals(scenario, span, row.site)]
            whole = (0, scenario.horizon_s)
            start, end = (min(t[0] for t in times), max(t[1] for t in times)) if times else whole
            found.append((start, end, row.id))
    return found


def check_post_numbers(draft: Draft, scenario: Scenario) -> None:
    """Posts that must stand at once fit the limits that the scenario sets itself."""
    siting = scenario.siting
    states = ("required", "existing") if siting.keep_existing else ("required",)
    spans = windows(scenario, states)
    if not spans:
        return
    at, together = max(
        ((start, [i for a, b, i in spans if a <= start < b]) for start, _, _ in spans),
        key=lambda pair: len(pair[1]),
    )
    n, when = len(together), f"{scenario.clock(at):%Y-%m-%d %H:%M}"
    who = _("required and kept posts") if siting.keep_existing else _("required posts")
    for name in ("most_units", "most_posts"):
        most = getattr(siting, name)
        if most is not None and n > most:
            draft.setting_fault(
                ("siting", name), most, _("at least {n}: so many {who} stand at {when}", n=n, who=who, when=when),
                _("raise it, or make some of them candidates"),
            )  # fmt: skip
