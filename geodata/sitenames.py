"""Names of one place in several languages and spellings, told from names of two places."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher

_OTHER_KEYS = (
    "alt_name",
    "official_name",
    "short_name",
    "loc_name",
    "uic_name",
    "int_name",
    "name_1",
)
_STATION_WORDS = re.compile(
    r"haupt-?bahnhof|\bhbf\b|\bhb\b|bahnhof|\bbhf\b|railway station|train station|metro station|subway station|"
    r"central station|\bstation\b|\bgare( centrale)?\b|\bestaci[oó]n\b|\besta[cç][aã]o\b|\bstazione\b|"
    r"(?:pää)?rautatieasema|metroasema|\basema\b|järnvägsstation|haltepunkt|\bhp\b|地铁站|火车站|高铁站|地铁|站$",
    re.IGNORECASE,
)
_ALIKE = 0.86


def plain_name(name: str) -> str:
    """Name without case, accents, marks and spaces, so that spellings of one name compare equal."""
    text = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in text if not unicodedata.combining(c)))


def names_of(tags: Mapping[str, str]) -> tuple[str, ...]:
    """All names of a thing in plain spelling, its own first: other languages, official and short ones too."""
    return tuple(dict.fromkeys(p for p in map(plain_name, _texts(tags)) if p))


def _texts(tags: Mapping[str, str]) -> list[str]:
    texts = [tags.get("name", "")]
    texts += [tags[key] for key in sorted(tags) if key.startswith("name:") or key in _OTHER_KEYS]
    return [part for text in texts for part in text.split(";")]


def core_name(name: str) -> str:
    """Plain name of a station without the words that only say it is one.

    >>> core_name("Neustadt Hbf"), core_name("新街口站")
    ('neustadt', '新街口')
    """
    return plain_name(_STATION_WORDS.sub(" ", name)) or plain_name(name)


def same_name(
    a: Mapping[str, str], b: Mapping[str, str], *, station: bool = False, close: bool = False
) -> bool:
    """Whether two things bear one name: in any language, or but for its spelling.

    Parameters
    ----------
    station
        Whether the words for a station are left aside and one name may hold the other.
    close
        Whether the two lie so near that a slip of the pen is likelier than a second thing; numbers still part them.
    """
    first, second = names_of(a), names_of(b)
    if set(first) & set(second):
        return True
    if not first or not second:
        return False
    one, other = first[0], second[0]
    if station:
        if one in other or other in one:
            return True
        cores = [{core_name(text) for text in _texts(tags) if plain_name(text)} for tags in (a, b)]
        if cores[0] & cores[1]:
            return True
        one, other = core_name(a.get("name", one)), core_name(b.get("name", other))
    if not (station or close) or re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    return (
        min(len(one), len(other)) >= 5
        and SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
    )
