"""What no roster could keep is told by the command line before any solving, with file and row; a thin force is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scenarios import cli

SEAT = """
[[seats]]
id = "{id}"
place = "square"
start = "2026-06-12 {start}:00"
end = "2026-06-12 {end}:00"
need = {need}
owner = "police"
lead = "C01"
"""


def _seat(name: str, start: int, end: int, need: int = 1) -> str:
    return SEAT.format(id=name, start=start, end=end, need=need)


def _pin(person: str, group: str) -> str:
    return f'\n[[pins]]\nperson = "{person}"\ngroup = "{group}"\n'


def _rule(name: str, **params: object) -> str:
    values = "".join(f"{key} = {value}\n" for key, value in params.items())
    return f'\n[rules.{name}]\nmode = "hard"\n[rules.{name}.params]\n{values}'


REST = _rule("minimum_rest", same_tour_h=1)

#: What is wrong, and (words of the message, line of the patch where it stands).
BAD: dict[str, tuple[str, str, str]] = {
    "least over most": (_rule("total_hours", least_min=600, most_min=300), "least_min", "than most_min, 300"),
    "least over the event": (_rule("total_hours", least_min=3000), "least_min", "than the event lasts, 420 min"),
    "least over another rule's cap": (
        _rule("total_hours", least_min=300) + _rule("hours_cap", cap_h=4), "least_min", "hours_cap allows, 240 min"),
    "run over run": (
        _rule("shortest_run_of_duty", least_days=3) + _rule("consecutive_duty_days", most_days=2), "least_days",
        "than consecutive_duty_days allows, 2"),
    "rest over its window": (_rule("weekly_rest", rest_h=24, window_days=1), "rest_h", "less than the 24 h"),
    "sworn over all": (_rule("two_officer", least=1, least_sworn=2), "least_sworn", "no more than least, 1"),
    "cold over hot": (_rule("weather_limit", cold_c=30, stop_c=25), "cold_c", "below stop_c, 25"),
    "together and apart": (
        _rule("pairing", together='["C03+C04"]', apart='["C04+C03"]'), "together", "C03+C04: both together and apart"),
    "partners nobody knows": (_rule("pairing", together='["C03+C99"]'), "together", "C99: not among the people"),
    "gates by the thousand": (
        '\n[[sessions]]\nid = "lanterns"\ngates = 5000\n', "gates", "asks for 5,003 officers at once"),
    "pins over the hours": (
        _seat("A", 17, 18) + _seat("B", 19, 22) + _pin("C06", "A#1") + _pin("C06", "B#1") + _rule("hours_cap", cap_h=2),
        "[[pins]]", "2 h are allowed"),
    "pins over the tour": (
        _seat("A", 17, 18) + _seat("B", 18, 22) + _pin("C06", "A#1") + _pin("C06", "B#1")
        + _rule("maximum_tour", longest_h=4), "[[pins]]", "C06 is on duty for 5.0 h without a break"),
    "pinned beside each other, to be kept apart": (
        _seat("A", 17, 18, need=2) + _pin("C03", "A#1") + _pin("C04", "A#1") + _rule("pairing", apart='["C04+C03"]'),
        "[[pins]]", "C03 and C04 are to be kept apart"),
    "two pins at once": (
        _seat("A", 17, 20) + _seat("B", 19, 21) + _pin("C03", "A#1") + _pin("C03", "B#1"), "[[pins]]",
        "pins C03 to A#1 at the same time"),
    "pins without rest": (
        _seat("A", 17, 18) + _seat("B", 22, 23) + _pin("C03", "A#1") + _pin("C03", "B#1") + REST, "[[pins]]",
        "C03 has only 4.0 h of rest"),
    "a pin after a duty before the event": (
        '\n[[history]]\nperson = "C04"\nstart = "2026-06-12 08:00"\nend = "2026-06-12 16:00"\nplace = "police"\n'
        + _seat("A", 17, 18) + _pin("C04", "A#1") + REST, "[[pins]]", "C04 has only 1.0 h of rest"),
    "a pin that a restriction rules out": (
        _seat("A", 17, 18) + 'tags = ["standing"]\n' + _pin("C05", "A#1"), "[[pins]]", "marked no standing"),
    "demand of none": (_seat("A", 17, 18, need=0), "[[seats]]", "at least one officer"),
    "demand beyond reason": (_seat("A", 17, 18, need=99999), "[[seats]]", "the force of 12 can be asked for"),
    "guards beyond reason": (
        '\n[[sites]]\nid = "station"\nguards = ["evening:99999"]\n', "guards", "the force of 12 can be asked for"),
    "home strength beyond reason": ('\n[[units]]\nid = "police"\nbase_need = 5000\n', "base_need", "the force of 12"),
    "strength beyond reason": (
        '\n[[units]]\nid = "police"\nstrength = ["sworn:99999"]\n', "strength", "fewer than 10,000"),
    "one id in two units": (
        '\n[[people]]\nid = "C03"\nname = "Cleo Example"\nunit = "nowhere"\n', "unit", "a unit that exists"),
}  # fmt: skip


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Exit code of the command line and all that it said, on one line."""
    with pytest.raises(SystemExit) as ended:
        cli.main(list(arguments))
    return int(ended.value.code or 0), " ".join("".join(capsys.readouterr()).split())


def _patch(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "bad.toml"
    path.write_text(f'schema = 1\nbase = "crossroads"\n{text}', encoding="utf-8")
    return path


@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_with_file_and_row(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scenarios.run.plan_scenario", lambda *_, **__: pytest.fail("it was planned"))
    text, line, words = BAD[name]
    path = _patch(tmp_path, text)
    code, said = _run(capsys, "plan", "crossroads", "--whatif", str(path))
    assert code == 2
    assert words in said, said
    cited = re.search(r"bad\.toml row (\d+)", said)
    assert cited is not None, said
    assert path.read_text(encoding="utf-8").splitlines()[int(cited[1]) - 1].startswith(line), said


def test_a_tour_no_one_may_serve_is_doubted(tmp_path: Path) -> None:
    from scenarios.run import open_scenario

    loaded = open_scenario("crossroads", str(_patch(tmp_path, _rule("maximum_tour", longest_h=2))))
    assert any("set demand.tour_h to 2" in w.remedy for w in loaded.warnings)


def test_more_seats_than_people_give_a_partial_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The doubt comes first, then a plan with the seats named that stay empty."""
    path = _patch(tmp_path, _seat("A", 17, 18, need=30))
    code, said = _run(capsys, "plan", "crossroads", "--whatif", str(path), "--seconds", "2", "--repeatable")
    assert code == 3
    assert "at most the 12 people of the force" in said
    assert "30 mandatory seats stay empty" in said
    assert "No hard rule is broken" in said


def test_a_programme_larger_than_the_force_is_doubted(tmp_path: Path) -> None:
    from scenarios.run import open_scenario

    more = '\n[[sessions]]\nid = "lanterns"\ngates = 20\n'
    found = open_scenario("crossroads", str(_patch(tmp_path, more))).warnings
    assert any(w.field == "gates" and "asked for at once, so seats will stay empty" in w.remedy for w in found)
    cap = open_scenario("crossroads", str(_patch(tmp_path, _rule("hours_cap", cap_h=0)))).warnings
    assert any("nobody may serve at all" in w.remedy for w in cap)


def test_a_certificate_that_ends_during_the_event_is_doubted(tmp_path: Path) -> None:
    from scenarios.run import open_scenario

    ends = ('\n[[qualifications]]\nperson = "C03"\nqualification = "driving"\nvalid_from = "2020-01-01 00:00"\n'
            'valid_until = "2026-06-12 19:00"\n')  # fmt: skip
    loaded = open_scenario("crossroads", str(_patch(tmp_path, ends)))
    assert any("C03 gets no driving duty after this moment" in w.remedy for w in loaded.warnings)


@pytest.mark.parametrize(("text", "doubted"), [
    ("[rules.minimum_duty]\n", True),
    ("[rules.minimum_duty.params]\nleast_duties = 2\n", True),
    ('[rules.minimum_duty]\nmode = "off"\n', False),
    ('[rules.minimum_duty]\nmode = "soft"\n', False),
    ("[rules.minimum_rest.params]\nrest_h = 10\n", False),  # on by itself
])  # fmt: skip
def test_a_rule_that_is_named_and_stays_off_is_doubted(tmp_path: Path, text: str, doubted: bool) -> None:
    """Who writes about a rule means it to hold; one that is off by itself would not."""
    from scenarios.run import open_scenario

    loaded = open_scenario("crossroads", str(_patch(tmp_path, f"\n{text}")))
    found = [w for w in loaded.warnings if "stays off" in w.remedy]
    assert [w.field for w in found] == (["rules.minimum_duty"] if doubted else [])
