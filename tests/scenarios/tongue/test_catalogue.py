"""Every sentence that the code says is in every catalogue, with the same values in it, and none is there in vain."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from scenarios import rule_list, tongue
from scenarios.tongue.catalogue import FOLDER, files

KEYWORDS = {"_": None, "say": None, "says": (1, 2), "mark": None}
FOREIGN = [code for code in tongue.LANGUAGES if code != tongue.ENGLISH]
#: Places where ``say`` is another function (sentences of edits, told to the store).
Said = str | tuple[str, str]
#: Where sentences are said from: the catalogue itself, and what engines and maps say through it.
VOICES = ("scenarios.tongue", "scheduler.saying", "geodata.saying")


def sources(root: Path) -> list[Path]:
    """Every module that takes its words from the catalogue, and nobody else's ``say``."""
    found = []
    for package in ("app_pages", "scenarios", "scheduler", "geodata"):
        for path in sorted((root / package).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if any(f"{voice} import" in text for voice in VOICES) and path.parent != FOLDER:
                found.append(path)
    return found


@cache
def said(root: Path) -> dict[Said, str]:
    """Each sentence, with the place where it is said first."""
    found: dict[Said, str] = {}
    for path in sources(root):
        with path.open("rb") as file:
            for line, text, _, _ in extract("python", file, keywords=KEYWORDS):
                key = (text[0], text[1]) if isinstance(text, tuple) else text
                found.setdefault(key, f"{path.relative_to(root)}:{line}")
    for text in rule_list.texts():  # of registries that know no languages
        found.setdefault(text, "scenarios.rule_list.texts")
    return found


@cache
def told(code: str) -> dict[Said, list[tuple[str, tuple[str, ...]]]]:
    """Each sentence of a language's files: where it stands, and its forms."""
    found: dict[Said, list[tuple[str, tuple[str, ...]]]] = {}
    for path in files(code):
        with path.open("rb") as file:
            for message in read_po(file, locale=code, abort_invalid=True):
                if message.id:
                    forms = message.string if isinstance(message.string, tuple) else (message.string,)
                    key = message.id if isinstance(message.id, str) else (message.id[0], message.id[1])
                    found.setdefault(key, []).append((path.name, tuple(map(str, forms))))
    return found


def names(text: str) -> set[str]:
    """The values a sentence asks for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", FOREIGN)
def test_nothing_is_missing_or_in_vain(code: str, project_root: Path) -> None:
    """What is said is what is told, form by form."""
    ours, theirs = said(project_root), told(code)
    assert {key: place for key, place in ours.items() if key not in theirs} == {}
    assert {key: place for key, place in theirs.items() if key not in ours} == {}


@pytest.mark.parametrize("code", FOREIGN)
def test_each_is_told_once_and_with_its_values(code: str) -> None:
    """One file a sentence; nothing empty; the same values."""
    wrong = []
    for key, places in told(code).items():
        english = key if isinstance(key, str) else key[1]
        for name, forms in places:
            if len(places) > 1 or not all(forms) or any(names(form) != names(english) for form in forms):
                wrong.append((name, key, forms))
    assert wrong == []


#: Streamlit calls whose first words people read, and the arguments that they read too.
CALLS = {
    "badge", "button", "caption", "checkbox", "datetime_input", "date_input", "dialog", "download_button", "error",
    "expander", "file_uploader", "form_submit_button", "header", "info", "link_button", "markdown", "metric",
    "multiselect", "number_input", "page_link", "pills", "popover", "radio", "segmented_control", "select_slider",
    "selectbox", "slider", "spinner", "status", "subheader", "success", "tabs", "text", "text_area", "text_input",
    "time_input", "title", "toast", "toggle", "warning", "write",
}  # fmt: skip
NAMED = {"help", "label", "placeholder", "alt", "title"}
NOT_WORDS = re.compile(r":material/\w+:|<[^>]*>|&\w+;|https?://\S+|:\w+\[|[*#`_~]+")
#: What speaks to a terminal, and no page.
TERMINAL = {"launch.py"}


def bare_words(path: Path) -> Iterator[str]:
    """Words shown by a page that do not come from the catalogue."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        shown = [k.value for k in node.keywords if k.arg in NAMED]
        if isinstance(node.func, ast.Attribute) and node.func.attr in CALLS and node.args:
            shown.append(node.args[0])
        for one in shown:
            for part in ast.walk(one) if isinstance(one, (ast.JoinedStr, ast.List, ast.IfExp)) else [one]:
                if not isinstance(part, ast.Constant) or not isinstance(part.value, str):
                    continue
                if re.search(r"[A-Za-z]{2}", NOT_WORDS.sub("", part.value)) and not within_call(one, part):
                    yield f"{path.name}:{part.lineno}: {part.value[:60]}"


def within_call(whole: ast.AST, part: ast.AST) -> bool:
    """Whether a text stands in a call inside ``whole``: that call answers for it."""
    calls = [node for node in ast.walk(whole) if isinstance(node, ast.Call)]
    return any(part in set(ast.walk(call)) for call in calls)


def test_pages_take_their_words_from_the_catalogue(project_root: Path) -> None:
    """No page shows words of its own."""
    pages = sorted((project_root / "app_pages").glob("*.py"))
    assert [word for path in pages if path.name not in TERMINAL for word in bare_words(path)] == []
