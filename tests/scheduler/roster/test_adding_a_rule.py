"""The worked example of docs/adding-a-rule.md: one new file, and model, audit and sentences know the rule."""

import re
import sys
from itertools import product

import pytest

from scheduler.outcome import Limits
from scheduler.roster import rules
from scheduler.roster.audit import audit
from scheduler.roster.problem import RuleSetting, Worked
from scheduler.roster.rules import describe, explain, load
from scheduler.roster.solve import solve
from tests.scheduler.roster.tiny import HOUR, group, person, plan, plan_of, problem

NIGHTS = tuple((d * 24 * HOUR + 22 * HOUR, d * 24 * HOUR + 30 * HOUR) for d in range(-2, 3))


@pytest.fixture
def with_example(project_root, tmp_path, monkeypatch):
    """The file of the page in a folder of its own, joined to the rules' path."""
    text = (project_root / "docs" / "adding-a-rule.md").read_text(encoding="utf-8")
    name = re.search(r"`scheduler/roster/rules/(\w+)\.py`:", text).group(1)
    code = re.search(r"```python\n(.*?)```", text, flags=re.DOTALL).group(1)
    (tmp_path / f"{name}.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(rules, "__path__", [*rules.__path__, str(tmp_path)])
    yield name
    sys.modules.pop(f"scheduler.roster.rules.{name}", None)
    rules._load.cache_clear()


def made(name, *, hard, worked=()):
    groups = [group(f"N{d}", (24 * d + 22) * HOUR, (24 * d + 30) * HOUR) for d in range(3)]
    setting = RuleSetting(name, hard, 5)
    return problem([person("P1", worked=worked)], groups, [setting], nights=NIGHTS)


def test_the_rule_works_everywhere_at_once(with_example):
    assert with_example in load()
    assert with_example in {one["name"] for one in describe()}
    hard = made(with_example, hard=True)
    outcome = solve(hard, limits=Limits(work=10), workers=1)
    assert outcome.plan == plan("N0/1 P1", "N2/1 P1")
    breaches = audit(hard, plan("N0/1 P1", "N1/1 P1")).breaches
    assert [b.rule for b in breaches] == [with_example]
    assert explain(hard, breaches[0], lambda s: f"{s // HOUR} h") == (
        "P1 stands two nights in a row, N0 and then N1 at 46 h."
    )
    soft = solve(made(with_example, hard=False), limits=Limits(work=10), workers=1)
    assert [level.value for level in soft.levels] == [0, 10]
    after = made(with_example, hard=True, worked=(Worked(-2 * HOUR, -1, 0, 0),))
    assert len(solve(after, limits=Limits(work=10), workers=1).plan.duties) == 1


def test_its_form_and_its_check_agree(with_example):
    from scheduler.roster.build import build

    soft = made(with_example, hard=False)
    linear = build(soft)
    for taken in product((0, 1), repeat=3):
        pairs = [(0, g) for g, on in enumerate(taken) if on]
        x = linear.x_of[0].astype(int) * 0 + list(taken)
        assert linear.value(x)[-1] == audit(soft, plan_of(soft, pairs)).value("costs")


def test_a_file_with_two_forms_is_refused(with_example, tmp_path):
    from scheduler.errors import ProblemError

    bad = (tmp_path / f"{with_example}.py").read_text(encoding="utf-8").replace("X01", "X02")
    bad = bad.replace('name="night_after_night"', 'name="twice_formed"')
    bad += "\n\ndef fits(problem, params):\n    return 0\n"
    (tmp_path / "twice_formed.py").write_text(bad, encoding="utf-8")
    with pytest.raises(ProblemError, match=r"twice_formed.*has fits, follows"):
        load()
    sys.modules.pop("scheduler.roster.rules.twice_formed", None)
