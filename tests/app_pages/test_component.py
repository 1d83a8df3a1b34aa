"""The map's component: what its browser's side is told after an event, whatever came of it."""

import pytest

from app_pages import _component
from scenarios.publish.webmap import map_data
from tests.scenarios.publish.webmap_town import town


def test_every_event_is_answered_with_other_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its script is called only where its data is another, and a drag that the page refuses must go back."""
    sent: list[dict] = []
    calls: list[dict] = []
    kept: dict[str, object] = {}
    monkeypatch.setattr(_component.st, "session_state", kept)

    def component(**given):
        sent.append(given["data"])
        calls.append(given)

    monkeypatch.setattr(_component, "_component", lambda: component)
    for other in ("_engine", "_part"):
        monkeypatch.setattr(_component, other, lambda: lambda **_given: None)
    refused: list[str] = []
    plan = map_data(town())
    for _run in range(2):
        _component.show_map(plan, key="map", tools=("site",), events={"moved": lambda: refused.append("moved")})
    assert sent[0] == sent[1]
    calls[-1]["on_moved_change"]()
    _component.show_map(plan, key="map", tools=("site",), events={"moved": lambda: refused.append("moved")})
    assert refused == ["moved"]
    assert sent[2] != sent[1]
