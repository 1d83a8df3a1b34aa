"""Step rules of large rosters are kept without being followed through: never one too few, all plans judged alike."""

from collections import Counter

import pytest

from scheduler.roster import steps
from scheduler.roster.build import build
from scheduler.roster.problem import RuleSetting
from scheduler.roster.rules import load
from tests.scheduler.roster.agreement import of_checks, of_forms
from tests.scheduler.roster.tiny import HOUR, any_pairs, group, person, problem, with_one_rule

STEPS = [name for name, rule in load().items() if rule.form == "step"]


def kept(made):
    """Whom step rules are kept for."""
    return {(one.rule.name, one.person) for one in build(made).steps}


@pytest.mark.parametrize("few", [0, 40])
def test_what_is_kept_in_one_look_says_what_the_checks_say(monkeypatch, few):
    """Both ways of large rosters, on tiny ones: every rule that can bind is kept, and every plan is judged alike."""
    seen = Counter()
    for name in STEPS:
        for seed in range(30):
            made, pairs = with_one_rule.roll(f"{name}/{seed}", name, hard=seed % 3 > 0)
            through = kept(made)
            with monkeypatch.context() as patch:
                patch.setattr(steps, "_EACH_AT_MOST", -1)
                patch.setattr(steps, "_FEW", few)
                at_once = kept(made)
                assert at_once >= through, (name, seed)
                for other in range(4):
                    assert of_forms(made, pairs) == of_checks(made, pairs), (name, seed)
                    pairs = any_pairs.roll(f"{name}/{seed}/{other}", made)
            seen["kept"] += bool(through)
            seen["more"] += at_once > through
    assert seen["kept"] > 20, seen
    assert (seen["more"] > 0) == (few == 0), seen


def days(n, **more):
    """One person, one duty a day from eight to four."""
    rule = RuleSetting("consecutive_duty_days", hard=True, params={"most_days": 3})
    groups = [group(f"D{d}", (24 * d + 8) * HOUR, (24 * d + 16) * HOUR, **more) for d in range(n)]
    return problem([person("P")], groups, ("no_double_duty", rule), horizon_s=24 * n * HOUR,
                   days=tuple(24 * HOUR * d for d in range(-8, n + 2)))  # fmt: skip


def test_one_way_to_serve_every_day_shows_that_a_rule_binds(monkeypatch):
    """Three days in a row are allowed: of three days the rule can never bind, of four it does, found on one way."""
    monkeypatch.setattr(steps, "_EACH_AT_MOST", -1)
    monkeypatch.setattr(steps, "_FEW", 0)
    assert kept(days(3)) == set()
    with monkeypatch.context() as patch:
        patch.setattr(steps, "_follow", lambda *_: pytest.fail("it was followed through"))
        assert kept(days(4)) == {("consecutive_duty_days", 0)}
