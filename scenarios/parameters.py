"""One number or word of a rule: what it is called, what it is, and what it may be."""

from __future__ import annotations

from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from scenarios.tongue import say as _


@dataclass(frozen=True)
class Parameter:
    """One parameter of a rule.

    Attributes
    ----------
    words, source
        In the reader's language; ``english`` and ``english_source`` as the registry has them.
    kind
        ``bool``, ``int``, ``float``, ``str`` or ``tuple``.
    open
        Whether it may be left out, which means no limit.
    choices
        The words it may be, where it may not be any.
    """

    name: str
    kind: type
    value: Any
    default: Any
    low: float | None
    high: float | None
    english: str
    english_source: str
    open: bool = False
    choices: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What it is, in one phrase."""
        return _(self.english) if self.english else self.name.replace("_", " ")

    @property
    def label(self) -> str:
        """The same as a heading, without its full stop."""
        return heading(self.words)

    @property
    def source(self) -> str:
        """Where its default comes from."""
        return _(self.english_source) if self.english_source else ""


def parameter(name: str, field: FieldInfo, value: Any, *, words: str = "") -> Parameter:
    """A parameter as its model describes it; ``words`` where the model says nothing."""
    low = high = None
    for limit in field.metadata:
        low = next((v for k in ("ge", "gt") if (v := getattr(limit, k, None)) is not None), low)
        high = next((v for k in ("le", "lt") if (v := getattr(limit, k, None)) is not None), high)
    kind, free, choices, inner = _kind(field.annotation)
    for limit in inner:
        low = next((v for k in ("ge", "gt") if (v := getattr(limit, k, None)) is not None), low)
        high = next((v for k in ("le", "lt") if (v := getattr(limit, k, None)) is not None), high)
    default = None if field.default is PydanticUndefined else field.get_default(call_default_factory=True)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return Parameter(
        name, kind, value, default, low, high, words or field.description or "", str(extra.get("source", "")), free,
        choices,
    )  # fmt: skip


def _kind(annotation: Any) -> tuple[type, bool, tuple[str, ...], tuple[Any, ...]]:
    """Plain type, whether it may be left out, its choices, and limits told inside ``Annotated``."""
    free, inner = False, ()
    if get_origin(annotation) in {Union, UnionType}:
        parts = [part for part in get_args(annotation) if part is not NoneType]
        free, annotation = len(parts) < len(get_args(annotation)), parts[0]
    if hasattr(annotation, "__metadata__"):
        inner = tuple(_limits(annotation.__metadata__))
        annotation = annotation.__origin__
    if get_origin(annotation) is Literal:
        return str, free, tuple(map(str, get_args(annotation))), inner
    origin = get_origin(annotation) or annotation
    return (origin if isinstance(origin, type) else str), free, (), inner


def _limits(metadata: tuple[Any, ...]) -> list[Any]:
    found: list[Any] = []
    for one in metadata:
        found += list(one.metadata) if isinstance(one, FieldInfo) else [one]
    return found


def heading(words: str) -> str:
    """A phrase without its full stop."""
    return words.rstrip(".。")


def plain_value(value: Any) -> Any:
    """As JSON and TOML have it."""
    return list(value) if isinstance(value, tuple) else value


def value_words(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return _("no limit")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or _("none")
    return f"{value:g}" if isinstance(value, float) else str(value) or _("none")
