"""The page on travel is true: its examples run, in order, as they stand."""

from __future__ import annotations

import re

from .conftest import ROOT


def test_every_example_of_the_page_runs(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    text = (ROOT / "docs/travel.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 6
    names: dict[str, object] = {}
    for number, block in enumerate(blocks, 1):
        exec(compile(block, f"docs/travel.md example {number}", "exec"), names)  # noqa: S102
    said = capsys.readouterr().out
    assert "Within 3 minutes of the nearest of" in said
    assert "edges closed: of " in said
    assert "16 17 weekday" in said
    assert len(names["ways"]) > 1
    assert names["effects"].delayed.any()
