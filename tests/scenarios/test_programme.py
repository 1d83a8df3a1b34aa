"""What the Event page tells: heads and people hour by hour, and every number with a sentence that gives that number."""

import re

import pytest

from scenarios import tongue
from scenarios.demand import demand_needs, reserve_needs, supervisor_needs
from scenarios.demand.engines import post_needs
from scenarios.demand.headcount import STEP_S
from scenarios.demandwords import KINDS, SOURCES, because, kind_word, source_words
from scenarios.load import load_checked
from scenarios.programme import GROUPS, HOUR_S, group_of, programme


@pytest.fixture(scope="module", params=["crossroads", "neubrandenburg"])
def scenario(request: pytest.FixtureRequest):
    return load_checked(request.param).scenario


def needs_of(scenario):
    needs = list(demand_needs(scenario))
    needs += supervisor_needs(scenario, needs)
    return needs + list(reserve_needs(scenario, needs))


def test_one_evening_by_hand() -> None:
    """250 come to a concert from 19:00 to 22:00 within the hour before, by one gate, at low risk."""
    its = programme(load_checked("crossroads").scenario)
    (one,) = its.gatherings
    assert (one.site, one.crowd.peak_per_h, one.crowd.peak) == ("Market Square", 250, 250)
    assert [(f"{h.start:%H}", h.coming, h.heads) for h in its.hours] == [
        ("17", 0, 0), ("18", 250, 250), ("19", 0, 250), ("20", 0, 250), ("21", 0, 250), ("22", 0, 250), ("23", 0, 0),
    ]  # fmt: skip
    # One at the gate, one steward for 250, two officers; from 21:30 one more at the gate.
    assert one.most == 5
    assert next(because(need) for need in one.needs if need.kind == "post") == (
        "250 are expected, one officer for each 1,000, times 50 % at low risk, at least 2: 2."
    )
    assert its.peak is not None
    # Beside these a lead, and one of police and of stewards in reserve.
    assert its.peak.people == {"stewards": 3, "police": 2, "leads": 1, "spare": 2}
    assert f"{its.peak.start:%H}" == "21"


def test_hours_hold_the_fullest_quarter(scenario) -> None:
    """Counted anew at every quarter hour, need by need."""
    needs, its = needs_of(scenario), programme(scenario)
    for n, hour in enumerate(its.hours):
        moments = range(n * HOUR_S, min(scenario.horizon_s, (n + 1) * HOUR_S), STEP_S)
        at = [sum(need.number for need in needs if need.start_s < t + STEP_S and need.end_s > t) for t in moments]
        assert hour.whole == max(at)
        crowds = [one.crowd for one in its.gatherings]
        there = [sum(heads(crowd.inside, crowd.start_s, t) for crowd in crowds) for t in moments]
        coming = [sum(heads(crowd.arrivals, crowd.start_s, t) for crowd in crowds) for t in moments]
        assert (hour.heads, hour.coming) == (max(there), sum(coming))
    assert sum(len(one.needs) for one in its.gatherings) + len(its.others) == len(needs)


def heads(counts, start_s: int, at_s: int) -> int:
    """Of one crowd, in the quarter hour that begins then."""
    k = at_s // STEP_S - start_s // STEP_S
    return counts[k] if 0 <= k < len(counts) else 0


def test_every_kind_of_seat_has_a_group_and_a_word() -> None:
    kinds = [kind for group in GROUPS.values() for kind in group]
    assert sorted(kinds) == sorted(KINDS)
    assert len(set(kinds)) == len(kinds)
    assert group_of("something of one's own") == "other"


@pytest.mark.parametrize("code", ["en", "zh"])
def test_each_number_has_a_sentence_and_a_source(scenario, code: str) -> None:
    """The sentence is never the bare formula, and where it says the number at its end, it is the need's."""
    with tongue.speaking(code):
        for need in needs_of(scenario):
            told = because(need)
            assert told != need.formula
            assert need.source in SOURCES
            assert source_words(need)
            assert kind_word(need.kind)
            if need.kind in {"gate", "search"}:
                assert int(re.findall(r"\d+", told)[-1]) == need.number


def test_a_unit_is_called_by_the_title_of_its_kind(scenario) -> None:
    """The table's own word, which is in the language of the scenario, and not the id of the kind."""
    kind = scenario.kinds[0]
    need = post_needs(scenario, [("P01", "square", kind.id, 2, 0, 3600, "police", "C01")])[0]
    assert because(need).startswith(f"2 x {kind.title}, ")
    with tongue.speaking("zh"):
        assert because(need).startswith(f"2组“{kind.title}”")


def test_police_for_the_crowd_add_up(scenario) -> None:
    """Police and the auxiliaries beside them make the number that the sentence ends with."""
    whole: dict[str, int] = {}
    said: dict[str, int] = {}
    for need in needs_of(scenario):
        if "police_ratio" in need.inputs:
            stem = need.id.removesuffix(".beside")
            whole[stem] = whole.get(stem, 0) + need.number
            said[stem] = int(re.findall(r": (\d+)\.", because(need))[0])
    assert whole == said
    assert whole
