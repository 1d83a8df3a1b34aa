"""Catalogues: the ``.po`` files of one language, read together. One file a room, so that rooms stay apart."""

from __future__ import annotations

import gettext
import io
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


class Catalogue:
    """One language's sentences."""

    def __init__(self, found: gettext.NullTranslations) -> None:
        self._found = found

    def one(self, text: str) -> str:
        """The sentence, or the English one where it is missing."""
        return self._found.gettext(text) if text else text

    def several(self, one: str, many: str, n: int) -> str:
        """The form for ``n`` things."""
        return self._found.ngettext(one, many, n)


def files(code: str) -> list[Path]:
    """The files of a language, by name."""
    return sorted((FOLDER / code).glob("*.po"))


@cache
def catalogue(code: str) -> Catalogue:
    """Read a language's files; an unknown language has an empty catalogue."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    whole: gettext.GNUTranslations | None = None
    for path in files(code):
        with path.open("rb") as file:
            read = read_po(file, locale=code, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, read)
        compiled.seek(0)
        its = gettext.GNUTranslations(compiled)
        if whole is None:
            whole = its
        else:
            whole.add_fallback(its)
    return Catalogue(whole or gettext.NullTranslations())
