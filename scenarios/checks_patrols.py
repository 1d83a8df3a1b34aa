"""What patrols are asked for and cannot be given: entries, lines in pieces, modes nobody has, breaks without room.

All of it is told before anything is laid out, with file, row and the nearest value that would do.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from typing import Any, get_args

import numpy as np
import shapely
from numpy.typing import NDArray

from geodata.crs import haversine_m
from scenarios.checks import References, suggestion
from scenarios.parsing import Draft, Parsed
from scenarios.patrol_settings import BREAK_AFTER_S, NO_BREAK_S
from scenarios.rows import MoveName
from scenarios.schema import PatrolSettings, RailSettings
from scenarios.tongue import mark, says
from scenarios.tongue import say as _
from scenarios.tongue.lists import listed

JOIN_M = 30.0
"""Pieces of a line whose ends lie nearer than this are joined."""
_GAP = re.compile(r"[^:]+:\s*\d{1,5}\s*(:\s*\d{1,4}\s*)?")
_VISIT = re.compile(r"[^:]+(:\s*\d{1,2}\s*)?(:\s*\d{1,4}\s*)?")
GAP_FORM = mark("span:minutes or span:minutes:dwell")
VISIT_FORM = mark("span, span:crews or span:crews:dwell")


def check_patrols(draft: Draft) -> None:
    """Everything about patrols that rows and settings cannot know by themselves."""
    refs = References(draft)
    for row in draft.rows["sites"]:
        for column, form in (("gaps", GAP_FORM), ("visits", VISIT_FORM)):
            for value, expected, remedy in entry_faults(getattr(row.item, column), form, refs.spans):
                draft.fault(row, column, expected, remedy, value)
        refs.cell(row, "prize_hours", mark("a span"), refs.spans)
        _check_modes(draft, row)
        if row.item.line is not None:
            _check_line(draft, row)
    rail, patrols = draft.setting("rail"), draft.setting("patrols")
    if rail is not None:
        _check_rail(refs, rail)
    if patrols is not None:
        _check_references(refs, patrols)
        _check_pins(draft, patrols)
        _check_breaks(draft, patrols)
        _check_offered(draft, patrols)
        _check_core(draft, patrols)
    _check_siting_kind(draft)


def entry_faults(
    entries: Sequence[str], form: str, known: Collection[str] | None
) -> list[tuple[str, str, str]]:
    """Faults (value, expected, remedy) of entries such as ``festival:120:5`` or ``gates:2``."""
    gap = form == GAP_FORM
    example = f"{min(known) if known else 'festival'}{':120' if gap else ':2'}"
    found = []
    for text in entries:
        span, *numbers = (part.strip() for part in text.split(":"))
        if not (_GAP if gap else _VISIT).fullmatch(text.strip()) or any(int(n) < 1 for n in numbers):
            found.append((text, _(form), _("write for example {example}", example=example)))
        elif known is not None and span not in known:
            found.append((text, _("a span that exists"), suggestion(span, known)))
    return found


def _check_modes(draft: Draft, row: Parsed) -> None:
    known = get_args(MoveName)
    for name in row.item.modes:
        if name not in known:
            draft.fault(row, "modes", _("a mode: {names}", names=listed(known)), suggestion(name, known), name)
    if not row.item.modes:
        draft.fault(row, "modes", _("at least one mode"), _("leave the cell blank for car, bike and foot"))
    if row.item.prize and "camera" in row.item.modes:
        draft.fault(
            row, "prize", _("no prize where cameras may serve: it is for being seen"),
            _("take camera out of modes, or prize"),
        )


def _check_rail(refs: References, rail: RailSettings) -> None:
    for name, cls in rail.classes.items():
        for field, form in (("gaps", GAP_FORM), ("visits", VISIT_FORM)):
            for value, expected, remedy in entry_faults(getattr(cls, field), form, refs.spans):
                refs.draft.setting_fault(("rail", "classes", name, field), value, expected, remedy)


def _check_references(refs: References, patrols: PatrolSettings) -> None:
    at = ("patrols", "offers")
    homes = None if refs.units is None or refs.sites is None else refs.units | refs.sites
    for n, offer in enumerate(patrols.offers):
        refs.setting((*at, n, "unit"), offer.unit, mark("a unit"), refs.units)
        refs.setting((*at, n, "kind"), offer.kind, mark("a kind"), refs.kinds)
        refs.setting((*at, n, "shifts"), offer.shifts, mark("a shift"), refs.shifts)
        for field in ("start_at", "end_at"):
            refs.setting((*at, n, field), getattr(offer, field), mark("a unit or site"), homes)
    refs.setting(("patrols", "core_spans"), patrols.core_spans, mark("a span"), refs.spans)
    for n, slow in enumerate(patrols.slow):
        refs.setting(("patrols", "slow", n, "spans"), slow.spans, mark("a span"), refs.spans)
    refs.setting(("patrols", "beats", "kinds"), patrols.beats.kinds, mark("a kind"), refs.kinds)
    refs.setting(("patrols", "beats", "free"), patrols.beats.free, mark("a site"), refs.sites)
    for n, pin in enumerate(patrols.pins):
        refs.setting(("patrols", "pins", n, "site"), pin.site, mark("a site"), refs.sites)
    if patrols.beats.number and not patrols.beats.kinds:
        refs.draft.setting_fault(
            ("patrols", "beats", "kinds"), "[]", _("the kinds of crews that keep to the areas"),
            _("name at least one kind"),
        )


def _check_pins(draft: Draft, patrols: PatrolSettings) -> None:
    start, end = draft.setting("start"), draft.setting("end")
    for n, pin in enumerate(patrols.pins):
        if pin.end <= pin.start:
            draft.setting_fault(
                ("patrols", "pins", n, "end"), f"{pin.end:%Y-%m-%d %H:%M}", _("a moment after its start"),
                _("correct it"),
            )
        elif start is not None and end is not None and not (start <= pin.start and pin.end <= end):
            draft.setting_fault(
                ("patrols", "pins", n, "start"), f"{pin.start:%Y-%m-%d %H:%M}", _("times inside the horizon"),
                _("correct the date"),
            )  # fmt: skip


def _check_breaks(draft: Draft, patrols: PatrolSettings) -> None:
    """A break has room between the first and the last two hours of each shift that patrols run in."""
    hours = {s.id: s.hours for s in draft.setting("shifts") or ()}
    rows = {shift: hours[shift] for o in patrols.offers for shift in o.shifts if shift in hours}
    for shift, long_h in sorted(rows.items()):
        long_s = round(3600 * long_h)
        most = (long_s - 2 * BREAK_AFTER_S) // 60
        if long_s > NO_BREAK_S and patrols.break_min > most:
            draft.setting_fault(
                ("patrols", "break_min"), patrols.break_min,
                _(
                    "a break that leaves the first and the last {hours} hours of the tour in shift "
                    "{shift} ({long_h:g} h) free: at most {most} min",
                    hours=BREAK_AFTER_S // 3600, shift=shift, long_h=long_h, most=most,
                ),
                _("write {most} or less, or lengthen the shift", most=most),
            )  # fmt: skip


def _check_offered(draft: Draft, patrols: PatrolSettings) -> None:
    """Sites that no mode on offer serves, and joint visits of more crews than any shift has."""
    mode_of = {kind.id: kind.mode for kind in draft.setting("kinds") or ()}
    modes = sorted({mode_of[o.kind] for o in patrols.offers if o.kind in mode_of})
    if not modes:
        return
    at_once = max(
        sum(o.number for o in patrols.offers if shift in o.shifts) for o in patrols.offers for shift in o.shifts
    )
    pinned = {pin.site for pin in patrols.pins}
    for row in draft.rows["sites"]:
        site = row.item
        asked = site.gaps or site.visits or site.prize or site.id in pinned
        known = set(site.modes) <= set(get_args(MoveName))
        if asked and known and not set(site.modes) & set(modes):
            draft.fault(
                row, "modes", _("a mode that some crew on offer has: {names}", names=listed(modes)),
                _("add one of them, or offer crews of a kind that moves so"), ";".join(site.modes),
            )  # fmt: skip
        for text in site.visits:
            crews = text.split(":")[1].strip() if ":" in text else ""
            if crews.isdigit() and int(crews) > at_once:
                most = says("{n} crew", "{n} crews", at_once)
                lacking, span = int(crews) - at_once, text.split(":")[0]
                draft.fault(
                    row, "visits", _("at most {most} together, as many as a shift is offered", most=most),
                    _("offer {n} more, or write {span}:{most}", n=lacking, span=span, most=at_once), text,
                )  # fmt: skip


def _check_core(draft: Draft, patrols: PatrolSettings) -> None:
    if patrols.core_crews and not any(row.item.core for row in draft.rows["sites"]):
        draft.setting_fault(
            ("patrols", "core_crews"), patrols.core_crews, _("a site inside the core to be at"),
            _("write yes under core"),
        )


def _check_siting_kind(draft: Draft) -> None:
    siting = draft.setting("siting")
    for n, kind in enumerate(draft.setting("kinds") or ()):
        if siting is not None and kind.id == siting.kind and kind.mode in {"drone", "camera"}:
            draft.setting_fault(
                ("kinds", n, "mode"), kind.mode, _("car, bike or foot for the kind that stands at posts"),
                _("posts answer calls on the network; take another kind in siting.kind"),
            )  # fmt: skip


def _check_line(draft: Draft, row: Parsed) -> None:
    """One line, in one piece and in order."""
    text: Any = row.item.line
    try:
        shape = shapely.from_wkt(text)
    except shapely.GEOSException:
        shape = None
    if shape is None or shape.is_empty or shape.geom_type not in {"LineString", "MultiLineString"}:
        draft.fault(
            row, "line", _("a line as WKT, longitude first"),
            _("write for example LINESTRING (13.26 53.55, 13.27 53.56)"),
        )
        return
    pieces = [np.asarray(part.coords)[:, :2] for part in getattr(shape, "geoms", [shape])]
    wrong = pieces_fault(pieces)
    if wrong is not None:
        draft.fault(row, "line", *wrong)
    elif len(pieces) == 1 and not shape.is_simple:
        draft.fault(
            row, "line", _("a line that does not cross itself"),
            _("its points stand in the wrong order: list them as one goes along it"),
        )  # fmt: skip


def pieces_fault(pieces: Sequence[NDArray[np.float64]]) -> tuple[str, str] | None:
    """What is wrong with the pieces of a line, each ``[n, 2]`` in degrees, and the right order; None if sound."""
    apart = [_apart_m(a[-1], b[0]) for a, b in itertools.pairwise(pieces)]
    if all(m <= JOIN_M for m in apart):
        return None
    if len(pieces) <= 5:
        for order in itertools.permutations(range(len(pieces))):
            for turned in itertools.product((False, True), repeat=len(pieces)):
                laid = [pieces[k][::-1] if turned[k] else pieces[k] for k in order]
                if all(_apart_m(a[-1], b[0]) <= JOIN_M for a, b in itertools.pairwise(laid)):
                    said = listed(_("{n} turned round", n=k + 1) if turned[k] else str(k + 1) for k in order)
                    expected = _("pieces in the order in which one goes along them")
                    return expected, _("list the pieces as {order}", order=said)
    worst = int(np.argmax(apart))
    return (
        _(
            "one line; piece {first} ends {apart:,.0f} m from where piece {second} begins",
            first=worst + 1, apart=apart[worst], second=worst + 2,
        ),
        _("fill the gap (up to {most:.0f} m is joined), or make a site of each piece", most=JOIN_M),
    )


def _apart_m(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    return float(haversine_m(a[None, :], b[None, :])[0])
