"""The press: sets a page template with data, in fonts that are there, to bytes that repeat."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import typst

from scenarios.publish.basemap import BaseMap
from scenarios.publish.errors import PublishError
from scenarios.publish.fonts import FontBook, open_fonts
from scenarios.publish.mapframe import Grid, plan_grid
from scenarios.publish.words import Words, prints_chinese
from scenarios.tongue import ENGLISH
from scenarios.view import DutyView, PlanView, TourView
from scenarios.viewwords import spoken

log = logging.getLogger(__name__)
_BY_BLOCK = {"lead", "reserve", "deputy", "command"}
TEMPLATES = Path(__file__).parent / "templates"


class Press:
    """What all papers of one plan share: words, fonts, grid and background, each made once.

    Parameters
    ----------
    view
        The plan in English with its ``words``: a Chinese one is told in Chinese wherever a font can show it. One
        that was told in another language already must be in one that is ``printable``.
    font_dirs
        Font folders searched before the usual places.
    system_fonts
        Whether the machine's own fonts are used.
    older
        Whether the plan is older than its inputs: every page says so.

    Attributes
    ----------
    few
        So many cards, or tables of so many people, are set and no more: enough for pictures of the first pages.
    """

    few: int | None = None

    def __init__(
        self, view: PlanView, font_dirs: Sequence[Path] = (), *, system_fonts: bool = True, older: bool = False
    ) -> None:
        self.older = older
        self._font_dirs, self._system = tuple(font_dirs), system_fonts
        self.view = view
        if view.language.lower().startswith("zh") and self.words.zh:
            self.view = spoken(view, "zh")
        self.complaints: list[str] = []
        self._set: typst.Compiler | None = None

    @cached_property
    def words(self) -> Words:
        """Titles and times in the plan's language, in English where no font could show it."""
        return Words(self.view, glyphs=self.fonts.glyphs)

    @property
    def language(self) -> str:
        """The language of these papers, as ``scenarios.tongue`` names it."""
        return "zh" if self.words.zh else ENGLISH

    @cached_property
    def fonts(self) -> FontBook:
        """The fonts at hand."""
        return open_fonts(self._font_dirs, system=self._system)

    @cached_property
    def grid(self) -> Grid:
        """The lettered grid of the plan."""
        return plan_grid(self.view)

    @cached_property
    def base(self) -> BaseMap:
        """The background of all maps."""
        return BaseMap(self.view.background)

    @cached_property
    def _starting(self) -> Mapping[tuple[object, ...], tuple[DutyView, ...]]:
        found: dict[tuple[object, ...], list[DutyView]] = {}
        for duty in self.view.duties:
            found.setdefault((self._key(duty), duty.start_s), []).append(duty)
            if duty.kind in _BY_BLOCK:
                found.setdefault((duty.kind, duty.place, duty.unit, duty.start_s), []).append(duty)
        return {key: tuple(duties) for key, duties in found.items()}

    def reliefs(self, duty: DutyView) -> tuple[DutyView, ...]:
        """Who takes over when a duty ends: the same party, place and second.

        Shift leads and reserves are named anew in each block, so theirs is the same kind, place and unit.
        """
        after = self._starting.get((self._key(duty), duty.end_s), ())
        if not after and duty.kind in _BY_BLOCK:
            after = self._starting.get((duty.kind, duty.place, duty.unit, duty.end_s), ())
        return tuple(d for d in after if d.place == duty.place)

    def _key(self, duty: DutyView) -> str:
        """What a duty is relieved in: the call sign, as each shift is a crew of its own, or the party."""
        tour = self.tour_of.get((duty.person, duty.group))
        return tour.call_sign if tour is not None else duty.party

    @cached_property
    def _called(self) -> frozenset[str]:
        posts = {p.number for p in self.view.posts}
        return frozenset(posts | {t.call_sign for t in self.view.tours})

    def party(self, duty: DutyView) -> str:
        """Post number or call sign; for other duties what they are, since their party is an inner name."""
        if duty.party in self._called:
            return duty.party
        tour = self.tour_of.get((duty.person, duty.group))
        if tour is not None:
            return tour.call_sign
        kind = self.words.clean(duty.kind)
        return kind[:1].upper() + kind[1:]

    def lead(self, who: str) -> str:
        """A lead's name, given their name or id."""
        return self.view.leads.get(who, who)

    @cached_property
    def tour_of(self) -> Mapping[tuple[str, str], TourView]:
        """The tour that a person's duty in a seat group belongs to."""
        return {(m.person, m.group): tour for tour in self.view.tours for m in tour.members}

    def unit(self, unit: str) -> str:
        """The name of a unit; its id where it has none."""
        return self.view.units.get(unit, unit)

    def head(self, notice: str = "") -> dict[str, object]:
        """What every page carries."""
        view, w = self.view, self.words
        dejavu = self.fonts.stack[0] == "DejaVu Sans"
        return {
            "title": view.title, "scenario": view.scenario, "version": view.version[:10],
            "classification": view.classification, "credit": view.credit,
            "synthetic": "" if not view.synthetic or _says_so(view.classification) else w("synthetic staff"),
            "language": "zh" if w.zh else "en", "fonts": list(self.fonts.stack),
            # DejaVu is wide; its condensed face reads better in tables and is taken where it exists.
            "stretch": 75 if dejavu else 100, "notice": notice,
            "page_word": w("Page") + " ", "of_word": f" {w('of')} ", "version_word": w("Version"),
        }  # fmt: skip

    def pdf(self, template: str, data: Mapping[str, object]) -> bytes:
        """Set ``templates/<template>.typ`` with ``data``.

        Raises
        ------
        PublishError
            The template does not compile, or typst has a warning on it (a missing font is one).
        """
        words = _all_text(data) + self.view.title + self.view.classification + self.view.credit
        notice = self.fonts.complaint(words) or ""
        if notice and notice not in self.complaints:
            self.complaints.append(notice)
            log.warning("%s: %s", template, notice)
        old = self.words("Older than its inputs: the scenario was changed after this plan was made.")
        told = " ".join(filter(None, (notice, old if self.older else "")))
        text = json.dumps({"head": self.head(told), **data}, ensure_ascii=False)
        try:
            self._set = typst.Compiler(
                input=TEMPLATES / f"{template}.typ", root=TEMPLATES, font_paths=self.fonts.fonts,
                sys_inputs={"data": text},
            )  # fmt: skip
            made, warnings = self._set.compile_with_warnings(
                format="pdf", timestamp=int(self.view.start.timestamp()), pdf_tags=False
            )
        except typst.TypstError as fault:
            raise PublishError(f"{template}: {fault.message} {' '.join(fault.hints)}") from fault
        if warnings:
            raise PublishError(f"{template}: {'; '.join(str(w.message) for w in warnings)}")
        if not isinstance(made, bytes):
            raise PublishError(
                f"{template}: typst returned {type(made).__name__} instead of one PDF"
            )
        return made

    def pictures(self, form: Literal["png", "svg"], ppi: int = 96) -> tuple[bytes, ...]:
        """The pages of the PDF that was set last, each as a picture; none where none was."""
        if self._set is None:
            return ()
        found = self._set.compile(format=form, ppi=ppi)
        pages = found if isinstance(found, list) else [found]
        return tuple(page for page in pages if page is not None)


def printable(code: str, font_dirs: Sequence[Path] = ()) -> str:
    """The language that papers asked for in ``code`` are told in: English where no font holds its characters."""
    return code if code != "zh" or prints_chinese(open_fonts(font_dirs).glyphs) else ENGLISH


def _says_so(classification: str) -> bool:
    """Whether the classification line itself already tells that the staff is made up."""
    return any(word in classification.lower() for word in ("synthetic staff", "虚构"))


def _all_text(value: object) -> str:
    """Every word in nested data that will be set; drawings are not words."""
    if isinstance(value, str):
        return "" if value.startswith("<svg") else value
    if isinstance(value, Mapping):
        return "".join(_all_text(v) for v in value.values())
    if isinstance(value, (list, tuple)):
        return "".join(_all_text(v) for v in value)
    return ""
