"""The form of ``plan.json``: every value of a plan file checked before anything is built from it.

A plan may be edited by hand or come from elsewhere. What is read here has the right kinds and sizes; whether its
ids exist and its rules hold is the audit's business.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from scenarios.errors import Fault, ScenarioError
from scenarios.plan import SCHEMA, Plan
from scenarios.tongue import mark
from scenarios.tongue import say as _

MOST_SECONDS = 366 * 86400
"""A plan's times lie within a year of the horizon's start; more is a slip, and no calendar could show it."""

Id = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Second = Annotated[int, Field(ge=-MOST_SECONDS, le=MOST_SECONDS)]


class _Form(BaseModel):
    # Strict: "7" is no number and 1 no yes, so that a slip is told and not guessed at.
    model_config = ConfigDict(strict=True, extra="forbid")


class _Stand(_Form):
    post: Id
    period: Id
    kind: Id
    n_units: Annotated[int, Field(ge=1, le=1000)]


class _Siting(_Form):
    stands: list[_Stand]


class _Stop(_Form):
    place: Id
    arrive_s: Second
    leave_s: Second
    reverse: bool


class _Rest(_Form):
    after: Annotated[int, Field(ge=-1, le=100_000)]
    start_s: Second
    end_s: Second


class _Tour(_Form):
    crew: Id
    depart_s: Second
    return_s: Second
    stops: list[_Stop]
    rests: list[_Rest]


class _Patrols(_Form):
    tours: list[_Tour]


class _Duty(_Form):
    seat: Annotated[str, StringConstraints(pattern=r"^.+/[0-9]{1,6}$", max_length=200)]
    person: Id


class _Roster(_Form):
    duties: list[_Duty]


class _Group(BaseModel):
    # What a group asks is set by the scenario; the audit compares all of it, whatever stands here.
    model_config = ConfigDict(strict=True, extra="allow")
    id: Id


class _Level(_Form):
    name: Id
    unit: str
    value: int | None
    bound: int | None
    proven: bool
    conditional: bool = False


class _Result(_Form):
    status: Id
    levels: list[_Level]
    settings: dict[str, Any]
    note: str = ""


class _Change(_Form):
    person: Id
    left: list[str]
    taken: list[str]
    moved: list[str]
    forced: bool


class _Territory(_Form):
    period: Id
    posts: dict[Id, list[Id]]
    late: Annotated[int, Field(ge=0)]
    over: Annotated[int, Field(ge=0)]
    response: Annotated[int, Field(ge=0)]
    proven: bool


class _PlanForm(_Form):
    schema_: Annotated[int, Field(alias="schema", ge=1, le=SCHEMA)]
    scenario: Id
    digest: Id
    seed: Annotated[int, Field(ge=0)]
    edited: bool = False
    posts: dict[Id, Id]
    crews: dict[Id, Id]
    retired: list[Id] = []
    siting: _Siting
    patrols: _Patrols
    groups: list[_Group]
    roster: _Roster
    results: dict[str, _Result]
    rounds: list[dict[str, Any]] = []
    base_plan: str = ""
    changes: list[_Change] = []
    territories: list[_Territory] = []
    variants: list[_Patrols] = []


def read_plan(path: Path) -> Plan:
    """Read a plan file.

    Raises
    ------
    ScenarioError
        The file is missing, is not a plan, has a newer schema number than this program knows, or holds
        values that cannot be; every such value is named.
    """
    data = _json(path)
    number = data.get("schema") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(number, int) or isinstance(number, bool):
        raise _fault(path, _("a plan with a schema number"), _("this is not a plan.json"))
    if number > SCHEMA:
        raise _fault(
            path, _("schema {schema} or older", schema=SCHEMA), _("use a newer version of Vedette"), str(number)[:40]
        )
    try:
        _PlanForm.model_validate(data)
    except ValidationError as error:
        raise ScenarioError(_faults(path, data, error)) from None
    return Plan.from_json(data)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_no_number)
    except FileNotFoundError:
        raise _fault(path, _("a plan file"), _("give the path of a plan.json"), str(path)) from None
    except json.JSONDecodeError as error:
        remedy = _(
            "mend line {line}, column {column}: {what}, or write the plan again",
            line=error.lineno, column=error.colno, what=error.msg,
        )  # fmt: skip
        raise _fault(path, _("JSON text in UTF-8"), remedy) from None
    except RecursionError:
        raise _fault(path, _("the parts of a plan"), _("lists lie too deep inside each other")) from None
    except UnicodeDecodeError:
        raise _fault(path, _("JSON text in UTF-8"), _("save the file as UTF-8")) from None
    except ValueError as error:
        raise _fault(path, _("JSON text with numbers of a usual size"), str(error).partition(";")[0]) from None
    except OSError as error:
        raise _fault(path, _("a file that can be read"), error.strerror or str(error), str(path)) from None


def _no_number(text: str) -> None:
    raise ValueError(_("{text} is no number", text=text))


def _fault(path: Path, expected: str, remedy: str, value: str = "") -> ScenarioError:
    return ScenarioError([Fault(path.name, None, "", value, expected, remedy)])


EXPECTED = {
    "int_type": mark("a whole number"),
    "string_type": mark("text"),
    "bool_type": mark("true or false"),
    "list_type": mark("a list"),
    "dict_type": mark("a table of names and values"),
    "model_type": mark("a table of names and values"),
    "missing": mark("this value"),
    "extra_forbidden": mark("only the parts a plan has"),
    "string_too_short": mark("text that is not empty"),
    "string_too_long": mark("a shorter text"),
    "string_pattern_mismatch": mark("a seat such as GROUP/1"),
}


def _faults(path: Path, data: Mapping[str, Any], error: ValidationError) -> list[Fault]:
    """One fault for each wrong value, named by the way to it and by what it belongs to."""
    found = []
    for one in error.errors():
        limits, kind = one.get("ctx", {}), one["type"]
        expected = _(EXPECTED[kind]) if kind in EXPECTED else _("another value")
        if "ge" in limits:
            expected = _("a number of at least {limit}", limit=limits["ge"])
        elif "le" in limits:
            expected = _("a number of at most {limit}", limit=limits["le"])
        missing = kind == "missing"
        value = "" if missing else json.dumps(one["input"], ensure_ascii=False, default=str)[:40]
        remedy = _("add it, or write the plan again") if missing else _("mend it, or write the plan again")
        found.append(Fault(path.name, None, _way(data, one["loc"]), value.strip('"'), expected, remedy))
    return found


def _way(data: Any, steps: tuple[int | str, ...]) -> str:
    """Where a value stands: ``patrols.tours[2].stops[0].place``, and whose it is: ``(crew K.1@d0.early)``."""
    text, owner = "", ""
    for step in steps:
        if isinstance(data, dict):
            known = next((key for key in ("seat", "crew", "place", "post", "id", "name") if key in data), None)
            if known is not None and known != step and isinstance(data[known], str):
                owner = f" ({known} {data[known][:80]})"
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int):
            data = data[step]
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text + owner
