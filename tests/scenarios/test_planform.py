"""Plan files damaged in every way a hand or a disk can: sentences that say where, never a traceback."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.audit import audit_plan
from scenarios.errors import Fault, ScenarioError
from scenarios.planform import read_plan
from scenarios.run import Planned
from scenarios.viewing import build_view

WRONG: list[Any] = [
    None, True, -1, 0, 10**30, -(10**12), 1.5, math.inf, "", "x", "7",
    [], [None], {}, {"a": 1}, [[1]], [{"x": 1}], "P01"
]  # fmt: skip


def _faults(tmp_path: Path, text: str | bytes) -> tuple[Fault, ...]:
    path = tmp_path / "plan.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScenarioError) as told:
        read_plan(path)
    return told.value.faults


def _ways(node: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [way, *(deeper for key, value in inside for deeper in _ways(value, (*way, key)))]


def _put(data: dict[str, Any], way: tuple[str | int, ...], value: Any) -> None:
    node: Any = data
    for step in way[:-1]:
        node = node[step]
    node[way[-1]] = value


def test_what_is_written_is_read_again(crossroads: Planned, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(crossroads.plan.dumps(), encoding="utf-8-sig")  # as an editor on Windows saves it
    assert read_plan(path).dumps() == crossroads.plan.dumps()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        ('{\n "schema": 1,,\n}', "line 2, column 14"),
        ("[" * 100_000, "too deep"),
        ('{"schema": ' + "9" * 5000 + "}", "usual size"),
        ('{"schema": NaN}', "NaN is no number"),
        ('{"schema": true}', "schema number"),
        ('{"schema": 0}', "at least 1"),
        ('{"schema": 2}', "newer version"),
    ],
)
def test_what_is_no_plan_is_said_so(text: str | bytes, told: str, tmp_path: Path) -> None:
    faults = _faults(tmp_path, text)
    assert told in " ".join(f.sentence() for f in faults)


def test_every_wrong_value_is_named_with_what_it_belongs_to(crossroads: Planned, tmp_path: Path) -> None:
    data = copy.deepcopy(crossroads.plan.to_json())
    tour = data["patrols"]["tours"][0]
    tour["stops"][1]["arrive_s"] = "later"
    del data["roster"]["duties"][2]["person"]
    data["siting"]["stands"][0]["n_units"] = -1
    faults = _faults(tmp_path, json.dumps(data))
    text = "\n".join(f.sentence() for f in faults)
    assert len(faults) == 3
    assert f"patrols.tours[0].stops[1].arrive_s (place {tour['stops'][1]['place']}) \"later\"" in text
    assert f"roster.duties[2].person (seat {data['roster']['duties'][2]['seat']}): expected this value" in text
    assert "a number of at least 1" in text


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_plan_damaged_anywhere_is_refused_or_audited(
    crossroads: Planned, tmp_path: Path, data: st.DataObject
) -> None:
    """One value of any kind at any place: faults with a place, or an audit and a view that come through."""
    plan = json.loads(crossroads.plan.dumps())
    way = data.draw(st.sampled_from([w for w in _ways(plan) if w]))
    value = data.draw(st.sampled_from(WRONG))
    _put(plan, way, value)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    try:
        read = read_plan(path)
    except ScenarioError as error:
        faults = error.faults
    else:
        faults = ()
        build_view(crossroads.desk, read, audit_plan(crossroads.desk, read))
    assert all(f.expected and f.remedy for f in faults)


def test_posts_of_a_kind_nobody_knows_are_told(crossroads: Planned, tmp_path: Path) -> None:
    data = copy.deepcopy(crossroads.plan.to_json())
    data["siting"]["stands"][0]["kind"] = "balloon"
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    view_of = read_plan(path)
    breaches = build_view(crossroads.desk, view_of, audit_plan(crossroads.desk, view_of)).breaches
    assert any("balloon" in b for b in breaches)
