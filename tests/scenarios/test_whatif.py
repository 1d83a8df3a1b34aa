"""What-ifs: what a patch changes, what it says about it, and every fault by the patch's own line."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import tongue
from scenarios.errors import ScenarioError
from scenarios.load import check, library, read_raw, validate
from scenarios.whatif import load_whatif, shipped_whatifs
from tests.scenarios.tongue.plain import english_in

BASE = read_raw("crossroads")
HEAD = 'schema = 1\nbase = "crossroads"\ntitle = "test"\n'


@pytest.fixture
def patch(tmp_path):
    def apply(text: str, head: str = HEAD):
        path = tmp_path / "patch.toml"
        path.write_text(head + text, encoding="utf-8")
        raw, changes = load_whatif(path, BASE)
        with tongue.speaking("zh"):  # the same in Chinese, from end to end
            chinese, told = load_whatif(path, BASE)
        said = [*told, *(text for fault in chinese.faults for text in (fault.expected, fault.remedy))]
        assert (len(told), len(chinese.faults)) == (len(changes), len(raw.faults))
        assert [(text, left) for text in said if (left := english_in(text, raw, BASE))] == []
        return raw, list(changes)

    return apply


def faults(raw) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        validate(raw)
    return [f.sentence() for f in caught.value.faults]


def test_nothing_changed(patch):
    raw, changes = patch("")
    assert changes == []
    assert check(raw).digest == check(BASE).digest


def test_change_a_row(patch):
    raw, changes = patch('[[sessions]]\nid = "lanterns"\nattendance = 900\nrisk = "high"\n')
    assert changes == ["Session lanterns (Lantern concert): attendance 250 -> 900, risk low -> high."]
    session = validate(raw).sessions[0]
    assert (session.attendance, session.risk, session.gates) == (900, "high", 1)
    assert validate(BASE).sessions[0].attendance == 250


def test_blank_takes_a_value_away(patch):
    raw, changes = patch('[[people]]\nid = "C05"\ntags = ""\n')
    assert changes == ["Person C05 (Eve Example): tags no_standing -> blank."]
    assert validate(raw).people[4].tags == ()


def test_add_a_row(patch):
    raw, changes = patch(
        '[[people]]\nid = "C13"\nname = "Max Example"\nunit = "police"\ncategory = "sworn"\nrank = "officer"\n'
    )
    assert changes == ["Person C13 (Max Example) added."]
    assert len(validate(raw).people) == 13


def test_add_a_unit_with_numbers_only(patch):
    raw, _ = patch(
        '[[units]]\nid = "help"\nname = "Neighbours"\nlon = 10.005\nlat = 50.005\nstrength = ["sworn:6"]\n'
    )
    assert validate(raw).units[-1].strength == ("sworn:6",)


def test_remove_people_and_what_hangs_on_them(patch):
    raw, changes = patch('[[remove]]\ntable = "people"\nids = ["C03", "C04"]\n')
    assert changes == ["Person C03 (Cleo Example) taken out.", "Person C04 (Dan Example) taken out."]
    scenario = validate(raw)
    assert len(scenario.people) == 10
    assert not {"C03", "C04"} & {q.person for q in scenario.qualifications}
    assert "C03" not in {h.person for h in scenario.history}


def test_remove_by_column(patch):
    raw, changes = patch('[[remove]]\ntable = "wishes"\nperson = "C06"\n')
    assert changes == ["Wish C06 2026-06-12 17:00 2026-06-13 00:00 taken out."]
    assert validate(raw).wishes == ()


def test_close_roads(patch):
    raw, changes = patch(
        '[[close]]\nname = "Station Road"\nstart = "2026-06-12 18:00"\nend = "2026-06-12 22:00"\n'
        "lon = 10.007\nlat = 50.0055\nradius_m = 60\n"
    )
    assert changes == ["Station Road: closed 2026-06-12 18:00 to 2026-06-12 22:00."]
    (closure,) = validate(raw).closures
    assert (closure.id, closure.radius_m, closure.profiles) == ("closed-1", 60, ("car",))


def test_a_road_without_a_name_is_told_in_the_readers_language_and_is_the_same_road(patch):
    """The row shapes the plan, so no reader's language may be in it."""
    text = '[[close]]\nstart = "2026-06-12 18:00"\nend = "2026-06-12 22:00"\n'
    text += "lon = 10.007\nlat = 50.0055\nradius_m = 60\n"
    raw, changes = patch(text)
    with tongue.speaking("zh"):
        same, told = patch(text)
    assert (validate(raw).closures[0].name, validate(same).closures[0].name) == ("Road closed", "Road closed")
    assert changes[0].startswith("Road closed: closed ")
    assert told[0].startswith("道路封闭")


def test_take_people_away(patch):
    raw, changes = patch(
        '[[away]]\npeople = ["C07", "C08"]\nstart = "2026-06-12 17:00"\nend = "2026-06-13 00:00"\n'
    )
    assert changes == ["2 people away 2026-06-12 17:00 to 2026-06-13 00:00: C07, C08."]
    assert [a.person for a in validate(raw).absences] == ["C07", "C08"]


def test_merge_settings(patch):
    raw, changes = patch(
        '[demand]\nreserve_pct = 20\n[rules.minimum_rest]\nmode = "hard"\n[rules.minimum_rest.params]\nrest_h = 10\n'
    )
    assert changes == [
        "demand.reserve_pct: 10 -> 20.",
        "rules.minimum_rest.mode: default -> hard.",
        "rules.minimum_rest.params.rest_h: default -> 10.",
    ]
    scenario = validate(raw)
    assert scenario.demand.reserve_pct == 20
    assert scenario.demand.police_ratio == 1000
    assert scenario.rules["duty_lead"].mode == "hard"


def test_merge_lists_by_id(patch):
    raw, changes = patch('[[shifts]]\nid = "evening"\nhours = 6\n[[shifts]]\nid = "long"\nstart = "17:00"\nhours = 7\n')
    assert changes == ['shifts "evening": hours changed.', 'shifts "long" added.']
    assert [(s.id, s.hours) for s in validate(raw).shifts] == [("evening", 6), ("long", 7)]


def test_pins(patch):
    raw, _ = patch('[[pins]]\nperson = "C06"\ngroup = "lanterns.police#1"\n')
    assert check(raw).scenario.pins[0].person == "C06"
    raw, _ = patch('[[pins]]\nperson = "C06"\ngroup = "lanterns.polise#1"\n')
    with pytest.raises(ScenarioError, match=r'patch\.toml row 4, group "lanterns\.polise#1"'):
        check(raw)


def test_faults_cite_the_patch_and_its_line(patch):
    raw, _ = patch(
        '[[sessions]]\nid = "lantern"\nattendance = 9\n'  # lines 4-6
        '[[sessions]]\nid = "lanterns"\nattendance = "many"\nrisc = "low"\n'  # lines 7-10
        '[[remove]]\ntable = "people"\nid = "C77"\n'  # lines 11-13
        '[[sites]]\nid = "hall"\nowner = "polce"\n'  # lines 14-16
        "[demnd]\nreserve_pct = 20\n"  # lines 17-18
        "[demand]\nreserve_pct = 200\n"  # lines 19-20
    )
    assert faults(raw) == [
        ('patch.toml row 4, sessions[1] "lantern": expected a row of sessions that is known, or a whole new one. '
        'To change a row, did you mean "lanterns"? a new row also needs title, site, kind, start, end.'),
        'patch.toml row 10, sessions[2].risc: expected a column that is known. Did you mean "risk"?',
        'patch.toml row 11, remove[1] "id C77": expected a row of people that is there. Did you mean "C07"?',
        'patch.toml row 17, demnd: expected a table or setting of a scenario. Did you mean "demand"?',
        'patch.toml row 20, demand.reserve_pct "200": expected at most 100. Correct the number.',
        'patch.toml row 10, risc: expected a column that is known. Did you mean "risk"?',
        ('patch.toml row 9, attendance "many": expected a whole number. '
        "Write digits only, no separators or units."),
        'patch.toml row 16, owner "polce": expected a unit that exists. Did you mean "police"?',
    ]


def test_wrong_base(patch):
    raw, _ = patch("", head='schema = 1\nbase = "elsewhere"\n')
    assert faults(raw) == [
        ('patch.toml row 2, base "elsewhere": expected this scenario, "crossroads". '
        "Apply the what-if to the scenario it was made for.")
    ]


def test_newer_form(patch):
    with pytest.raises(ScenarioError, match="made for a newer Vedette"):
        patch("", head='schema = 9\nbase = "crossroads"\n')


def test_no_file_and_no_toml(tmp_path):
    with pytest.raises(ScenarioError, match="expected a what-if file"):
        load_whatif(tmp_path / "none.toml", BASE)
    (tmp_path / "x.toml").write_text("a = 1\nb = [")
    with pytest.raises(ScenarioError, match=r"x\.toml row 2: expected TOML settings"):
        load_whatif(tmp_path / "x.toml", BASE)


@pytest.mark.parametrize("path", shipped_whatifs(library()["neubrandenburg"]).values(), ids=lambda p: p.stem)
def test_shipped_what_ifs(path: Path):
    base = read_raw("neubrandenburg")
    raw, changes = load_whatif(path, base)
    assert changes
    assert check(raw).digest != check(base).digest


_KEYS = st.sampled_from(
    ["sessions", "people", "remove", "close", "away", "demand", "rules", "spans", "pins", "map", "start", "x"]
)
_VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-5, 5), st.text("abC0 ", max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(
            st.sampled_from(["id", "table", "ids", "people", "person", "start", "mode"]), inner, max_size=3
        ),
    ),
    max_leaves=5,
)


def _toml(value) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{k}" = {_toml(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)


@given(st.dictionaries(_KEYS, _VALUES, max_size=3))
def test_any_patch_applies_or_is_a_fault(tmp_path_factory, patch_values):
    path = tmp_path_factory.mktemp("patch") / "patch.toml"
    path.write_text(HEAD + "".join(f"{k} = {_toml(v)}\n" for k, v in patch_values.items()))
    try:
        raw, _ = load_whatif(path, BASE)
        check(raw)
    except ScenarioError as error:
        told = len(error.faults)
    else:
        told = 1
    assert told


def test_rows_without_an_id_are_asked_for_by_their_columns(patch):
    raw, _ = patch('[[remove]]\ntable = "qualifications"\nids = ["C02"]\n')
    (fault,) = raw.faults
    assert 'person = "..." and qualification = "..."' in fault.remedy


def test_a_patch_is_done_from_top_to_bottom(patch):
    """What is taken out above is added anew below; the other way round it is gone."""
    out = '[[remove]]\ntable = "people"\nid = "C05"\n'
    new = '[[people]]\nid = "C05"\nname = "Ada Example"\nunit = "police"\ncategory = "sworn"\nrank = "officer"\n'
    raw, changes = patch(out + new)
    assert changes == ["Person C05 (Eve Example) taken out.", "Person C05 (Ada Example) added."]
    assert [(p.name, p.tags) for p in validate(raw).people if p.id == "C05"] == [("Ada Example", ())]
    raw, _ = patch(new + out)
    assert "C05" not in {p.id for p in validate(raw).people}
    first = '[[people]]\nid = "C06"\nrank = "sergeant"\n'  # the list of people begins above what is taken out
    raw, _ = patch(first + out + new)
    assert [(p.name, p.rank) for p in validate(raw).people if p.id in {"C05", "C06"}] == [
        ("Finn Example", "sergeant"), ("Ada Example", "officer"),
    ]  # fmt: skip


def test_what_only_looks_like_a_row_puts_nothing_in_another_order(patch):
    """A text over several lines may hold anything: then rows of a list are done together, where it starts."""
    text = '[[remove]]\ntable = "wishes"\nperson = "C06"\n[[zones]]\nid = "a"\nname = """\n[[zones]]\n"""\n'
    raw, changes = patch(text + "kind = 'core'\nradius_m = 50\nosm = 'n1'\nowner = 'police'\nlead = 'C01'\n")
    assert changes[0].startswith("Wish C06")
    assert [zone.values["name"] for zone in raw.tables["zones"]][-1] == "[[zones]]\n"


def test_rows_without_an_id_are_found_by_what_tells_them_apart(patch):
    """The same leave again is no second row; one with another end is."""
    head = '[[absences]]\nperson = "C05"\nstart = "2026-06-12 18:00"\nend = "2026-06-12 {}"\n'
    raw, changes = patch(head.format("20:00") + head.format("20:00") + 'kind = "court"\n' + head.format("21:00"))
    assert [(f"{a.end:%H}", a.kind) for a in validate(raw).absences] == [("20", "court"), ("21", "leave")]
    assert changes[1] == "Absence C05 2026-06-12 18:00 2026-06-12 20:00: kind blank -> court."


def test_entries_of_lists_are_taken_out_and_faults_keep_their_lines(patch):
    """Entries below move up; a fault in one of them still cites the line where it stands."""
    raw, changes = patch('[[shifts]]\nid = "a"\nstart = "17:00"\nhours = 7\n[[shifts]]\nid = "b"\nhours = "long"\n'
                         '[[remove]]\ntable = "shifts"\nids = ["evening", "a"]\n')  # fmt: skip
    assert changes[-2:] == ['shifts "evening" taken out.', 'shifts "a" taken out.']
    assert any(line.startswith("patch.toml row 10, shifts[1].hours") for line in faults(raw))
    raw, _ = patch('[[remove]]\ntable = "shifts"\nid = "evenig"\n')
    assert 'did you mean "evening"?' in " ".join(faults(raw)).replace("Did", "did")


def test_the_scenarios_own_title(tmp_path):
    """``title`` at the top is the patch's; what it is in the scenario is said below ``[scenario]``."""
    path = tmp_path / "own.toml"
    path.write_text(HEAD + '[scenario]\ntitle = "Market night"\n', encoding="utf-8")
    raw, changes = load_whatif(path, BASE)
    assert (validate(raw).title, validate(BASE).title) == ("Market night", "Lantern evening at Crossroads")
    assert changes == ("scenario.title: Lantern evening at Crossroads -> Market night.",)
    path.write_text(HEAD + '[scenario]\nname = "x"\n', encoding="utf-8")
    assert "the scenario's title" in faults(load_whatif(path, BASE)[0])[0]


def test_a_row_with_blanks_is_told_cell_by_cell(patch):
    """Whoever names a column and leaves it blank means a new row; a slip of the id is told as one."""
    head = '[[people]]\nid = "Z1"\nunit = "police"\ncategory = "sworn"\nrank = "officer"\n'
    told = faults(patch(head + 'name = ""\nseniority = ""\n')[0])
    assert next(text for text in told if "name" in text).startswith("patch.toml row 4, name: expected a value")
    assert len(told) == 1
    assert "A new row also needs name" in faults(patch(head)[0])[0]
