"""Ways out taken over with one click: the draft then says what the way's what-if says, as one edit to be undone."""

import json
import shutil
import sys
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import pytest

from scenarios import drafts, handplans, jobs, waysout, worker
from scenarios.explain import Explained, explain_plan
from scenarios.jobs import Job, Options, Result
from scenarios.load import Loaded, check, find_folder
from scenarios.plan import Plan
from scenarios.planform import read_plan
from scenarios.run import Planned, open_scenario
from scenarios.store.operations import Assign
from scenarios.tongue import LANGUAGES, speaking
from scenarios.viewfile import write_view
from scenarios.waysout import Way
from scenarios.whatif import load_whatif


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> drafts.Source:
    """Crossroads as a draft in which two people are gone."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "home"))
    gone = drafts.remove("crossroads", "people", [{"id": "C04"}, {"id": "C10"}], ["Dan", "Jo"])
    return drafts.find(gone.id)


@pytest.fixture(scope="module")
def explained(crossroads: Planned, tmp_path_factory: pytest.TempPathFactory) -> Explained:
    """Why its seats stay empty, and what would mend it."""
    path = tmp_path_factory.mktemp("gone") / "gone.toml"
    gone = '[[remove]]\ntable = "people"\nids = ["C04", "C10"]\n'
    path.write_text(f'schema = 1\nbase = "crossroads"\ntitle = "Gone"\n\n{gone}', encoding="utf-8")
    return explain_plan(open_scenario("crossroads", path), crossroads.plan, seconds=6, workers=1, repeatable=True)


def searched(folder: Path, explained: Explained) -> Job:
    """The explanation as the search leaves it."""
    told = {}
    for code in LANGUAGES:
        with speaking(code):
            told[code] = explained.to_json()
    jobs.write_json(folder / "ways.json", told)
    result = Result("done", 0, 1.0, (), ("ways.json",))
    return Job("x/explain", folder, folder, "", "", "", "2026-06-01T08:00:00+00:00", Options(), "done", (), result)


def after(source: drafts.Source, way: Way, folder: Path) -> str:
    """The digest of the scenario with the way's what-if laid over it."""
    path = folder / "way.toml"
    path.write_text(way.whatif or "", encoding="utf-8")
    return check(load_whatif(path, drafts.raw_of(source))[0]).digest


def test_each_way_is_what_its_whatif_says(source: drafts.Source, explained: Explained, tmp_path: Path) -> None:
    """Every kind found here, taken over and undone; both languages tell the same ways."""
    search = searched(tmp_path, explained)
    english, chinese = (waysout.found_by(search, code) for code in ("en", "zh"))
    assert english is not None
    assert chinese is not None
    assert english.state == "short"
    assert "stays empty" in english.head + english.lines[0] if english.lines else english.head
    before, kinds = drafts.loaded(source).digest, set()
    for one, other in zip(english.shortages, chinese.shortages, strict=True):
        assert [way.price for way in one.ways] == sorted(way.price for way in one.ways)
        assert [(w.kind, w.price, w.whatif) for w in one.ways] == [(w.kind, w.price, w.whatif) for w in other.ways]
        for way, told in zip(one.ways, other.ways, strict=True):
            assert way.what != told.what
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in way.what)
            wanted = after(source, way, tmp_path)
            draft = waysout.take_over(source.ref, way)
            assert draft.id == source.ref
            assert drafts.loaded(drafts.find(draft.id)).digest == wanted != before
            assert drafts.undo(drafts.find(draft.id).draft) is not None
            assert drafts.loaded(drafts.find(draft.id)).digest == before
            kinds.add(way.kind)
    assert {"drop", "borrow"} <= kinds


RULES = """schema = 1
base = "crossroads"
title = "Loosen"

[rules.minimum_rest]
mode = "hard"
exceptions = [{ person = ["C06"], rest_h = 9.0 }]

[rules.maximum_tour.params]
longest_h = 13.0
"""
BACK = """schema = 1
base = "crossroads"
title = "Call back"

[[remove]]
table = "absences"
person = "C05"
start = "{start}"
"""


def test_settings_of_two_rules_are_one_edit(source: drafts.Source, tmp_path: Path) -> None:
    """By hand: exceptions of one rule and a number of another."""
    way = Way("loosen", "...", 1, least=False, hours=0, whatif=RULES)
    wanted = after(source, way, tmp_path)
    draft = waysout.take_over(source.ref, way)
    assert drafts.loaded(drafts.find(draft.id)).digest == wanted
    assert len(draft.changes) == 3
    drafts.undo(draft)
    assert drafts.find(draft.id).draft.changes == source.draft.changes


def test_a_way_out_is_one_edit_whatever_others_do_meanwhile(source: drafts.Source, tmp_path: Path) -> None:
    """By hand: a row and two rules; one undo takes all back, and who renamed the draft meanwhile loses nothing."""
    people = '\n[[people]]\nid = "C05"\nrank = "sergeant"\n'
    way = Way("loosen", "...", 1, least=False, hours=0, whatif=RULES + people)
    drafts.rename(source.draft, "Market", who="Ben")
    draft = waysout.take_over(source.ref, way, seen=source.draft.revision, who="Ann")
    assert (len(draft.changes), draft.name) == (len(source.draft.changes) + 2, "Market")
    drafts.undo(draft, who="Ann")
    after_undo = drafts.find(draft.id).draft
    assert (after_undo.changes, after_undo.name) == (source.draft.changes, "Market")


def test_an_absence_named_by_part_of_its_key_is_taken_out(source: drafts.Source, tmp_path: Path) -> None:
    """By hand: person and start stand in the what-if; the end is looked up in the table."""
    start = drafts.loaded(source).scenario.start
    key = {"person": "C05", "start": f"{start:%Y-%m-%d %H:%M}", "end": f"{start + timedelta(hours=3):%Y-%m-%d %H:%M}"}
    away = drafts.put(source.ref, "absences", key, {"kind": "leave"}, title="C05")
    way = Way("recall", "...", 1, least=False, hours=0, whatif=BACK.format(start=key["start"]))
    wanted = after(drafts.find(away.id), way, tmp_path)
    draft = waysout.take_over(source.ref, way)
    assert drafts.loaded(drafts.find(draft.id)).digest == wanted
    assert drafts.loaded(drafts.find(draft.id)).scenario.absences == ()


def test_a_shipped_scenario_becomes_a_draft(source: drafts.Source, explained: Explained, tmp_path: Path) -> None:
    """Whatever is no draft stays as it is; a way without a what-if is refused."""
    found = waysout.found_by(searched(tmp_path, explained), "en")
    assert found is not None
    way = found.shortages[0].ways[0]
    draft = waysout.take_over("crossroads", way)
    assert draft.parent == "crossroads"
    assert drafts.find("crossroads").draft is None
    with pytest.raises(ValueError, match=way.kind):
        waysout.take_over(source.ref, replace(way, whatif=None))


@pytest.fixture
def kept(source: drafts.Source, crossroads: Planned, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The draft's plan as its job left it, without a search."""
    monkeypatch.setattr(jobs, "_command", lambda _folder: [sys.executable, "-c", ""])
    return left(source, crossroads)


def left(source: drafts.Source, crossroads: Planned) -> Job:
    """A source's job with the plan that was made once."""
    begun = drafts.plan(source, Options(workers=1))
    begun.out.mkdir()
    plan = replace(crossroads.plan, digest=drafts.loaded(source).digest)
    (begun.out / "plan.json").write_text(plan.dumps(), encoding="utf-8")
    write_view(crossroads.view, begun.view_path)
    jobs.write_json(begun.folder / "result.json", asdict(Result("done", 3, 1.0, has_plan=True)))
    drafts.settle()
    return jobs.read(begun.id)


def test_the_plan_as_it_stands_is_looked_into(source: drafts.Source, kept: Job) -> None:
    """A seat emptied by hand, then a person gone: each is in the search, and makes the one before it stale."""
    assert source.draft is not None
    seat = min(f"{d.group}/{d.seat}" for d in read_plan(kept.out / "plan.json").roster.duties)
    fresh = waysout.look(source, kept)
    assert fresh.key == waysout.key_of(source, kept)
    assert asked_for(fresh)[1] == read_plan(kept.out / "plan.json")
    drafts.edit(source.draft, Assign(kept.id, seat, None))
    emptied = drafts.find(source.ref)
    assert waysout.key_of(emptied, kept) != fresh.key
    search = waysout.look(emptied, kept)
    loaded, plan = asked_for(search)
    assert seat not in {f"{d.group}/{d.seat}" for d in plan.roster.duties}
    assert len(plan.roster.duties) == len(read_plan(kept.out / "plan.json").roster.duties) - 1
    assert plan.edited
    assert loaded.digest == drafts.loaded(source).digest
    drafts.remove(source.ref, "people", [{"id": "C05"}], ["Eve"])
    changed = drafts.find(source.ref)
    assert waysout.key_of(changed, kept) not in {search.key, fresh.key}
    loaded, plan = asked_for(waysout.look(changed, kept))
    assert loaded.digest == drafts.loaded(changed).digest != drafts.loaded(source).digest
    assert plan.edited
    assert changed.draft is not None
    drafts.undo(changed.draft)
    assert waysout.key_of(drafts.find(source.ref), kept) == search.key


def asked_for(search: Job) -> tuple[Loaded, Plan]:
    """The scenario and the plan that a search's worker reads."""
    jobs._CHILDREN[search.id].wait()
    request = json.loads((search.folder / "request.json").read_text(encoding="utf-8"))
    return worker._load(request), read_plan(Path(request["explain"]))


def test_a_copied_plan_stands_by_itself(
    tmp_path: Path, crossroads: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """With the plan it came from gone, its request still reads; ways out of the other are not its own."""
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(jobs, "_command", lambda _folder: [sys.executable, "-c", ""])
    folder = jobs.home() / "scenarios" / "mine"
    shutil.copytree(find_folder("crossroads"), folder)
    (folder / "whatifs").mkdir()
    gone = '[[remove]]\ntable = "people"\nids = ["C04"]\n'
    (folder / "whatifs" / "gone.toml").write_text(f'schema = 1\nbase = "crossroads"\ntitle = "Gone"\n\n{gone}')
    shipped = drafts.find(f"{folder}+gone")
    first = left(shipped, crossroads)
    assert asked_for(waysout.look(shipped, first))[0].digest == drafts.loaded(shipped).digest
    _, plan = handplans.own_copy(shipped, first)
    jobs._CHILDREN.clear()
    shutil.rmtree(first.folder)
    copy = jobs.read(plan)
    assert jobs.explanation(plan) is None
    assert sorted(path.name for path in copy.folder.glob("explain*")) == []
    request = json.loads((copy.folder / "request.json").read_text(encoding="utf-8"))
    assert worker._load(request).digest == drafts.loaded(shipped).digest
    assert copy.out.is_relative_to(copy.folder)
