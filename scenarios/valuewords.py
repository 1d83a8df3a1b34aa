"""What a value should have been, in plain words: the validator's errors told to the people who wrote the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

from scenarios.raw import listed, nearest
from scenarios.tongue import lists, mark
from scenarios.tongue import say as _


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The known name that is most like it, as a remedy; all of them where none is."""
    names = list(known)
    like = nearest(name, names)
    return _('did you mean "{like}"?', like=like) if like else _("known are {names}", names=listed(names, 30))


_NUMBERS = {"int_parsing", "int_type", "int_from_float", "int_parsing_size"}
_FLOATS = {"float_parsing", "float_type", "finite_number"}


#: How pydantic names a limit, and how we do.
_BOUNDS = {
    "ge": mark("at least {limit}"), "gt": mark("more than {limit}"), "le": mark("at most {limit}"),
    "lt": mark("less than {limit}"),
}  # fmt: skip
_BOUND_KINDS = {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}


def explained(error: ErrorDetails, annotation: Any) -> tuple[str, str]:
    """(expected, remedy) in plain words."""
    kind, ctx = error["type"], error.get("ctx", {})
    name = error["loc"][-1] if error["loc"] else ""
    if "remedy" in ctx:
        return str(ctx["expected"]), str(ctx["remedy"])
    if kind == "missing":
        if name == "owner":
            return _("the unit that answers for it, not a blank"), _("name a unit by id")
        if name == "lead":
            return _("its one named lead, not a blank"), _("name a person by id")
        return _("a value, not a blank"), _("fill it in")
    if kind == "extra_forbidden":
        return _("a setting that is known"), did_you_mean(str(name), _known_names(error, annotation))
    if kind == "literal_error":
        options = str(ctx.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        return one_of(options), like_or_these(str(error["input"]), options)
    if kind in _NUMBERS:
        return _("a whole number"), _("write digits only, no separators or units")
    if kind in _FLOATS:
        return _("a number"), _("write digits with a decimal point")
    if kind.startswith("bool"):
        return _("yes or no"), _('write "yes" or "no"')
    for bound, words in _BOUNDS.items():
        if bound in ctx and kind in _BOUND_KINDS:
            return _(words, limit=ctx[bound]), _("correct the number")
    if kind == "string_pattern_mismatch":
        return _("a time such as 06:00"), _("write hours and minutes, 00:00 to 23:59")
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return _("a group of settings"), _("write it as a table: name = value")
    if kind in {"tuple_type", "list_type"}:
        return _("a list"), _("put the entries in [ ]")
    return told(error), _("correct it")


def one_of(options: Iterable[str]) -> str:
    """What is expected where only some words will do."""
    return _("one of {names}", names=lists.listed(options))


def like_or_these(written: str, options: Iterable[str]) -> str:
    """The remedy where only some words will do."""
    like = nearest(written, options)
    return _('did you mean "{like}"?', like=like) if like else _("choose one of these")


#: What pydantic says of a type of error, so that it can be said in another language. A text that is not what pydantic
#: itself says is left alone.
_TOLD = {
    "bool_parsing": mark("a valid boolean, unable to interpret input"),
    "bool_type": mark("a valid boolean"),
    "date_from_datetime_inexact": mark("Datetimes provided to dates should have zero time - e.g. be exact dates"),
    "date_from_datetime_parsing": mark("a valid date or datetime, {error}"),
    "date_parsing": mark("a valid date in the format YYYY-MM-DD, {error}"),
    "date_type": mark("a valid date"),
    "dict_type": mark("a valid dictionary"),
    "extra_forbidden": mark("Extra inputs are not permitted"),
    "finite_number": mark("a finite number"),
    "float_parsing": mark("a valid number, unable to parse string as a number"),
    "float_type": mark("a valid number"),
    "greater_than": mark("greater than {gt}"),
    "greater_than_equal": mark("greater than or equal to {ge}"),
    "int_from_float": mark("a valid integer, got a number with a fractional part"),
    "int_parsing": mark("a valid integer, unable to parse string as an integer"),
    "int_type": mark("a valid integer"),
    "less_than": mark("less than {lt}"),
    "less_than_equal": mark("less than or equal to {le}"),
    "list_type": mark("a valid list"),
    "literal_error": "{expected}",
    "missing": mark("Field required"),
    "string_pattern_mismatch": mark("String should match pattern '{pattern}'"),
    "string_type": mark("a valid string"),
    "too_long": mark("{field_type} should have at most {max_length} items after validation, not {actual_length}"),
    "too_short": mark("{field_type} should have at least {min_length} items after validation, not {actual_length}"),
    "tuple_type": mark("a valid tuple"),
    "value_error": mark("Value error, {error}"),
}


def told(error: ErrorDetails) -> str:
    """Pydantic's own words for what was expected, in the reader's language where we know them."""
    said, template = error["msg"].removeprefix("Input should be "), _TOLD.get(error["type"], "")
    # It writes limits of 2.0 as 2.
    ctx = {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in error.get("ctx", {}).items()}
    try:
        known = template.format(**ctx) == said
    except LookupError:
        known = False
    return _(template, **ctx) if known else said


def _known_names(error: ErrorDetails, annotation: Any) -> list[str]:
    """Setting names at the place of an unknown one."""
    at: Any = annotation
    for part in error["loc"][:-1]:
        at = _inner(at, part)
    fields = getattr(_model(at), "model_fields", {})
    return [f.alias or name for name, f in fields.items()]


def _model(annotation: Any) -> Any:
    """The pydantic model inside an annotation such as ``tuple[Span, ...]``, or the annotation itself."""
    if hasattr(annotation, "model_fields"):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model(inner)
        if hasattr(found, "model_fields"):
            return found
    return annotation


def _inner(annotation: Any, part: str | int) -> Any:
    model = _model(annotation)
    fields = getattr(model, "model_fields", {})
    if isinstance(part, str) and part in fields:
        return fields[part].annotation
    return annotation
