"""``vedette explain`` on the tiny scenario: somebody is gone, seats stay empty, ways out become what-ifs."""

import json
import re

import pytest

from scenarios import cli, run
from scenarios.demand import cut, demand_needs
from scenarios.errors import ScenarioError
from scenarios.explain import explain_plan, why
from scenarios.explain_patch import laid_over, patched
from scenarios.load import check
from scenarios.run import Planned, open_scenario
from scenarios.seat_changes import with_changes
from scenarios.whatif import load_whatif
from scheduler.roster.audit import audit

GONE = """schema = 1
base = "crossroads"
title = "Two people are gone"

[[remove]]
table = "people"
ids = ["C04", "C10"]
"""
JARGON = re.compile(r"infeasib|constraint|variable|assumption|cp-sat|\bbound|solver", re.IGNORECASE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("explain")
    (path / "gone.toml").write_text(GONE, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def loaded(folder):
    return open_scenario("crossroads", folder / "gone.toml")


@pytest.fixture(scope="module")
def explained(loaded, crossroads: Planned):
    return explain_plan(loaded, crossroads.plan, seconds=40, workers=1, repeatable=True, over=GONE)


def test_the_shortage_is_told_in_the_scenarios_names(explained):
    assert explained.found.state == "short"
    assert explained.found.proven
    text = "\n".join(line for head, lines in explained.sentences() for line in (head, *lines))
    assert not JARGON.search(text)
    assert "lacks" in text
    assert "Any one of these mends it" in text
    assert re.search(r"(Fri|Sat|Sun|Mon|Tue|Wed|Thu) \d\d:\d\d-\d\d:\d\d", text)


def test_each_what_if_mends_its_shortage(explained, folder, crossroads: Planned):
    """With a way out the same posts and patrols lack no seat of that shortage any more."""
    kinds = set()
    for case, row in zip(explained.found.cases, explained.whatifs, strict=True):
        for one, text in zip(case.remedies, row, strict=True):
            assert text is not None, one  # each way out has a patch
            path = folder / "way-out.toml"
            path.write_text(text, encoding="utf-8")
            then = explain_plan(
                open_scenario("crossroads", path), crossroads.plan, seconds=20, workers=1, repeatable=True
            )
            left = {(e.group, e.start_s) for e in then.found.empty}
            mended = not left & {(e.group, e.start_s) for e in case.empty}
            assert mended or then.found.state == "better", (one.kind, text)
            kinds.add(one.kind)
    assert {"drop", "borrow"} <= kinds


def test_a_seat_change_says_what_one_group_asks(folder):
    """Fewer seats stay wished for; other people, another rank and any unit are asked for as written; others stay."""
    path = folder / "asks.toml"
    change = '[[seat_changes]]\nid = "lanterns.gate#1"\n'
    path.write_text(
        'schema = 1\nbase = "crossroads"\n' + change
        + 'number = 0\ncategories = ["sworn"]\nrank_min = "sergeant"\nany_unit = true\n', encoding="utf-8",
    )  # fmt: skip
    scenario = open_scenario("crossroads", path).scenario
    base = cut(demand_needs(scenario), scenario)
    after = {one.id: one for one in with_changes(scenario, base)}
    need = after["lanterns.gate#1"].need
    assert (need.number, need.want, need.categories, need.rank_min, need.unit) == (0, 1, ("sworn",), "sergeant", None)
    assert [one for one in base if one.id != "lanterns.gate#1"] == [
        one for name, one in after.items() if name != "lanterns.gate#1"]
    path.write_text(f'schema = 1\nbase = "crossroads"\n{change}rank_min = "admiral"\n', encoding="utf-8")
    with pytest.raises(ScenarioError, match="admiral"):
        open_scenario("crossroads", path)
    path.write_text(path.read_text(encoding="utf-8").replace("gate#1", "gates#1").replace("admiral", "sergeant"))
    with pytest.raises(ScenarioError, match=r"id you mean .lanterns\.gate#1"):
        open_scenario("crossroads", path)


def test_a_way_out_holds_the_what_if_it_was_made_for(explained):
    base = open_scenario("crossroads").raw
    for row in explained.whatifs:
        for text in row:
            if text is not None:
                assert "Two people are gone" not in text
                assert '"C04"' in text
    later = 'schema = 1\nbase = "crossroads"\ntitle = "Ten hours"\n\n[rules.minimum_rest.params]\nrest_h = 10\n'
    both = laid_over(GONE, later)
    assert "rest_h = 10" in both
    assert '"C10"' in both
    assert base.name == "crossroads"


def test_a_laid_over_patch_can_be_read(tmp_path):
    later = 'schema = 1\nbase = "crossroads"\ntitle = "Ten hours"\n\n[rules.minimum_rest]\nmode = "hard"\n'
    path = tmp_path / "both.toml"
    path.write_text(laid_over(GONE, later), encoding="utf-8")
    raw, changes = load_whatif(path, open_scenario("crossroads").raw)
    assert check(raw)
    assert any("C04" in change for change in changes)


def test_why_this_one_and_why_not_that_one(crossroads: Planned):
    loaded = open_scenario("crossroads")
    duty = next(d for d in crossroads.plan.roster.duties if d.person.startswith("C0"))
    seat = f"{duty.group}/{duty.seat}"
    lines = why(loaded, crossroads.plan, seat=seat).lines
    assert "serves" in lines[0]
    steward = why(loaded, crossroads.plan, seat=seat, person="C12").lines
    assert any("may not" in line or "could" in line for line in steward)
    mine = why(loaded, crossroads.plan, person=duty.person).lines
    assert any("serves" in line for line in mine)


def test_the_command_writes_text_data_and_what_ifs(folder, crossroads: Planned, capsys, monkeypatch):
    monkeypatch.setattr(run, "plan_scenario", lambda *_, **__: crossroads)
    plan = folder / "plan.json"
    plan.write_text(crossroads.plan.dumps(), encoding="utf-8")
    out = folder / "answer.json"
    with pytest.raises(SystemExit) as end:
        cli.main(["explain", "crossroads", "--plan", str(plan), "--whatif", str(folder / "gone.toml"),
                  "--repeatable", "--workers", "1", "--out", str(out), "--json"])  # fmt: skip
    assert end.value.code == 3
    said = json.loads(capsys.readouterr().out)
    assert said["state"] == "short"
    assert json.loads(out.read_text(encoding="utf-8"))["cases"] == said["cases"]
    assert list(folder.glob("answer-1-*.toml"))


def test_an_unknown_seat_is_bad_input(crossroads: Planned, folder, capsys):
    plan = folder / "plan.json"
    plan.write_text(crossroads.plan.dumps(), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        cli.main(["explain", "crossroads", "--plan", str(plan), "--seat", "nowhere/1", "--person", "ZZ"])
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert "nowhere/1" in said
    assert "ZZ" in said


def test_asking_for_less_is_a_way_out_too(explained, folder, crossroads: Planned):
    """Each step down is laid over the scenario, its seats derived again, and manned by the roster beside it."""
    found = [(case, one) for case, row in zip(explained.found.cases, explained.lowered, strict=True) for one in row]
    assert found
    for case, one in found:
        assert audit(one.problem, one.plan).ok
        assert audit(one.problem, one.plan).levels[0][1] == 0
        path = folder / "less.toml"
        path.write_text(one.whatif, encoding="utf-8")
        then = explain_plan(open_scenario("crossroads", path), crossroads.plan, seconds=20, workers=1, repeatable=True)
        left = {e.start_s for e in then.found.empty} & {e.start_s for e in case.empty}
        assert not left or then.found.state == "better", one.sentence
        assert one.sentence in "\n".join(line for _, lines in explained.sentences() for line in lines)
        assert not JARGON.search(one.sentence)


def test_one_step_less_is_not_enough_where_that_is_said(explained, crossroads: Planned):
    """The value just before the one offered leaves the shortage, as its proof says."""
    for row in explained.lowered:
        for one in row:
            number = re.search(r"^(per_gate|reserve_pct|per_lane) = (\d+)$", one.whatif, re.MULTILINE)
            if one.least and number and int(number[2]) + 1 < int(str(one.old)):
                text = one.whatif.replace(number[0], f"{number[1]} = {int(number[2]) + 1}")
                loaded = patched(open_scenario("crossroads"), text)
                then = explain_plan(loaded, crossroads.plan, seconds=20, workers=1, repeatable=True)
                assert then.found.state == "short"


def test_another_events_plan_is_refused(crossroads: Planned, folder, capsys):
    plan = folder / "other.json"
    plan.write_text(crossroads.plan.dumps().replace('"crossroads"', '"harbour"', 1), encoding="utf-8")
    for more in ([], ["--seat", "lanterns.gate#1/1"]):
        with pytest.raises(SystemExit) as end:
            cli.main(["explain", "crossroads", "--plan", str(plan), *more])
        assert end.value.code == 2
        assert "a plan for crossroads, not for harbour" in " ".join(capsys.readouterr().err.split())
