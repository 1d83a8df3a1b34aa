"""Facts about a page as people meet it: what stands on it, in which language, and what has no name."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from playwright.sync_api import Page

from scenarios import drafts

ROLES = {
    "button", "checkbox", "combobox", "link", "listbox", "menuitem", "radio", "searchbox", "slider", "spinbutton",
    "switch", "tab", "textbox",
}  # fmt: skip
#: Latin letters that are no English to a Chinese reader: the product, formats, keys, units.
KNOWN = {
    "vedette", "english", "excel", "pdf", "csv", "xlsx", "zip", "json", "toml", "geojson", "gpkg", "osm", "pbf", "ics",
    "html", "ctrl", "alt", "shift", "tab", "enter", "space", "esc", "utc", "openstreetmap", "contributors", "odbl",
    "gps", "km", "min", "mb", "kb", "id", "epsg", "bz2", "gz", "md", "jsonl", "txt", "kml", "kmz", "shp", "fgb",
    "geopackage", "delete", "vega", "wgs", "name", "lon", "lat", "kind", "class", "png", "ec",
}  # fmt: skip
# What is to be read: text, and what fields show; drawings of data (canvas, charts) are left out.
_SHOWN = """() => {
  const out = [], walk = (root) => {
    for (const node of root.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) { if (node.nodeValue.trim()) out.push(node.nodeValue.trim()); continue; }
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      if (['STYLE', 'SCRIPT', 'TEMPLATE', 'NOSCRIPT', 'svg', 'SVG', 'CANVAS', 'CODE'].includes(node.tagName)) continue;
      if (node.dataset.testid === 'stIconMaterial' || node.getAttribute('translate') === 'no') continue;
      const box = node.getBoundingClientRect(), style = getComputedStyle(node);
      if (style.display === 'none' || style.visibility === 'hidden') continue;
      if (!box.width && !box.height && style.display !== 'contents' && !node.children.length) continue;
      for (const name of ['placeholder', 'aria-label']) if (node.getAttribute(name)) out.push(node.getAttribute(name));
      if (node.shadowRoot) walk(node.shadowRoot);
      walk(node);
    }
  };
  for (const part of document.querySelectorAll('[data-testid=stSidebar], [data-testid=stMain]')) walk(part);
  return out;
}"""


#: File names, and numbers of versions.
NO_WORDS = re.compile(r"[\w-]+\.(?:pdf|xlsx|gpkg|zip|html|svg|json|jsonl|csv|md|ics)\b|\b[0-9a-f]{8,}\b")
MAP_NAMES = re.compile(r"""k=["']name["']\s+v=["']([^"']*)""")


def words_of(text: str) -> set[str]:
    """Words in Latin letters, in small letters."""
    return {word.lower() for word in re.findall(r"[A-Za-zÀ-ÿ]{2,}", text)}


def shown_text(page: Page) -> list[str]:
    """Each piece of text of page and sidebar that is to be seen, and the names that screen readers say."""
    found: list[str] = page.evaluate(_SHOWN)
    return found


def english_words(pieces: Iterable[str], address: str) -> set[str]:
    """Pieces with English words in them that are no names or ids of the scenarios, no formats and no units."""
    known = KNOWN | data_words(os.environ["VEDETTE_HOME"], address)
    left = set()
    for piece in pieces:
        words = words_of(NO_WORDS.sub(" ", piece))
        if words - known:
            left.add(piece[:80])
    return left


@cache
def data_words(home: str, address: str) -> frozenset[str]:
    """Every word that people have typed: names, titles, notes, ids of all scenarios there are."""
    found: set[str] = set()
    for source in drafts.sources():
        loaded = drafts.loaded(source)
        texts = [source.ref, source.label, source.about, loaded.scenario.timezone]
        texts += strings(loaded.raw.settings)
        texts += [text for rows in loaded.raw.tables.values() for row in rows for text in strings(row.values)]
        if loaded.map_path.suffix == ".osm":
            texts += MAP_NAMES.findall(loaded.map_path.read_text(encoding="utf-8"))
        for text in texts:
            found |= words_of(text)
    return frozenset(found)


def strings(tree: object) -> Iterator[str]:
    """Every text among values, whatever they hang in."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping):
        for value in tree.values():
            yield from strings(value)
    elif isinstance(tree, (list, tuple)):
        for value in tree:
            yield from strings(value)


def unnamed(nodes: Iterable[Mapping[str, Any]]) -> list[str]:
    """Roles and surroundings of what can be used but has no name."""
    every = {node["nodeId"]: node for node in nodes}
    found = []
    for node in every.values():
        role = node.get("role", {}).get("value", "")
        if node.get("ignored") or role not in ROLES or node.get("name", {}).get("value", "").strip():
            continue
        around = every.get(node.get("parentId", ""), {})
        found.append(f"{role} in {around.get('role', {}).get('value')} {around.get('name', {}).get('value', '')!r}")
    return found
