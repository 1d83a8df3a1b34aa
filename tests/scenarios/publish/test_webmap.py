"""The map as data and as one self-contained page; the page is also opened in a real browser, network off."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geodata.crs import to_metric
from scenarios.hourly import too_long
from scenarios.publish.webmap import (
    component_source,
    engine_source,
    export_html,
    map_data,
    part_source,
)
from scenarios.publish.webmap.page import style
from scenarios.publish.webmap.words import EN, ZH
from scenarios.rounds import visits_of
from scenarios.view import AreaView, Background, GapView, StopView, TourView
from tests.app_pages.chrome import DRAWN_SHARE, browsing
from tests.scenarios.publish.webmap_town import CRS, HORIZON, HOUR, line, lonlat, town, xy


def unpack(flat: list[int]) -> np.ndarray:
    """What the script's own ``unpack`` does: steps back to metres."""
    return to_metric(np.cumsum(np.reshape(flat, (-1, 2)), axis=0) / 100_000, CRS)


def plan_of(page: str) -> dict:
    """The data block of an exported page."""
    found = re.search(r'<script type="application/json" id="plan">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found.group(1))


def test_lines_come_back_within_a_metre() -> None:
    """Whole numbers of 1e-5 degree round by at most 0.6 m to each side."""
    way = line((0, 0), (333.3, 250.7), (900, 100), (1500, 1999))
    data = map_data(town(background=Background({"primary": (way,)}, ())))
    back = unpack(data["ground"]["roads"]["primary"][0])
    assert back.shape == way.shape
    assert np.hypot(*(back - way).T).max() < 1.0


def test_a_straight_road_keeps_its_ends_only() -> None:
    """Points that no eye can tell from the line between their neighbours are left out; lines of one point too."""
    straight = line(*[(10.0 * i, 0.0) for i in range(50)])
    lone = line((5, 5))
    data = map_data(town(background=Background({"primary": (straight, lone)}, ())))
    assert [len(one) for one in data["ground"]["roads"]["primary"]] == [4]


def test_a_leg_driven_twice_is_kept_once() -> None:
    """Both tours drive the same streets: the table holds each leg's way once."""
    data = map_data(town())
    assert (
        [leg[2] for leg in data["tours"][0]["legs"]]
        == [leg[2] for leg in data["tours"][1]["legs"]]
        == [0, 1, 2]
    )
    assert len(data["lines"]) == 3


def test_posts_carry_their_people_and_sites_their_cover() -> None:
    """Details come with names in place of ids, nobody invented."""
    data = map_data(town())
    post = next(p for p in data["posts"] if p["id"] == "P02")
    assert [row[:5] for row in post["staff"]] == [[4 * HOUR, 10 * HOUR, 2, ["Cem Can"], "2 sworn"]]
    assert post["owner"] == "Station North"
    assert post["lead"] == "Ada Ahrens"
    fuel = next(s for s in data["sites"] if s["id"] == "S5")
    assert fuel["cover"][1][2] is None
    assert [m["name"] for m in data["tours"][0]["members"]] == ["Gül Gür", "Hugo Haas"]


def test_offsets_follow_the_change_of_the_clock() -> None:
    """On 25 October 2026 at 03:00 the clock goes back an hour, three hours after midnight."""
    start = datetime(2026, 10, 25, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert map_data(town(start=start))["offsets"] == [[0, 7200], [3 * HOUR, 3600]]
    assert map_data(town())["offsets"] == [[0, 7200]]


def test_sessions_may_be_given_as_seconds_or_as_times() -> None:
    """What the view's builder writes, either way."""
    view = town()
    given = dict(view.sessions[0])
    told = {k: v for k, v in given.items() if not k.endswith("_s")} | {
        "start": view.clock(5 * HOUR),
        "end": view.clock(9 * HOUR).isoformat(),
    }
    assert map_data(replace(view, sessions=(told,)))["sessions"] == map_data(view)["sessions"]


def test_a_point_closure_and_an_empty_plan_are_drawn_too() -> None:
    """Nothing here may fail for want of posts, sites, roads or a second point."""
    spot = AreaView("X9", "Spot", "closure", np.array([xy(5, 5)]), 0, HOUR)
    bare = town(
        sites=(), posts=(), tours=(), sections=(), zones=(), seats=(), sessions=(), closures=(spot,)
    )
    data = map_data(replace(bare, background=Background({}, ())))
    assert data["closures"][0]["ring"] is None
    assert len(data["closures"][0]["at"]) == 2


def test_both_languages_have_the_same_words() -> None:
    """A word missing in one language would show as undefined."""
    assert EN.keys() == ZH.keys()
    assert map_data(town(language="zh"))["words"] is ZH
    used = set(re.findall(r"words\.(\w+)", engine_source() + component_source()))
    assert used <= EN.keys()


def test_the_page_allows_one_script_and_no_request() -> None:
    """The policy forbids everything but the very script that stands in the page."""
    page = export_html(town())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy is not None
    assert policy.group(1).startswith("default-src 'none';")
    assert "connect-src" not in policy.group(1)
    code = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(code) == 1
    digest = base64.b64encode(hashlib.sha256(code[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy.group(1)
    assert "<!--" not in code[0]
    assert "sourceMappingURL" not in page
    assert not re.search(r'(src|href)\s*=\s*["\']', page.split("<body>")[0])
    assert "url(" not in page.split("</style>")[0]


def test_names_cannot_break_out_of_the_data() -> None:
    """A site whose name holds markup stays a name."""
    page = export_html(town())
    assert page.count("</script>") == 2
    assert any(site["name"] == "City hall </script><b>x" for site in plan_of(page)["sites"])


def test_the_component_is_the_same_script() -> None:
    """Page and front end share every line but the last few; what travels with each edit is small."""
    js = engine_source()
    shared = js[: js.rindex("globalThis.vedetteEngine")]
    assert shared.strip() in export_html(town())
    for source in (js, component_source(), part_source()):
        assert "export default function" in source  # and with a newline, else it is taken for a file's name
        assert "\n" in source
    assert len(component_source()) < 5_000
    assert len(part_source()) < 5_000


def test_leaflet_is_not_in_the_tree(project_root: Path) -> None:
    """It is read from its installed package."""
    ours = (project_root / "scenarios" / "publish" / "webmap").glob("*")
    assert all("Vladimir" not in p.read_text(encoding="utf-8") for p in ours if p.is_file())


SET_TIME = """(second) => {
  const slider = document.querySelector('.vm-slider');
  slider.value = second;
  slider.dispatchEvent(new Event('input'));
}"""
STATES = """([data, step]) => {
  const visits = visitsOf(data.tours);
  return data.sections.map((section) => {
    const late = [];
    for (let s = 0; s < data.horizon_s; s += step) {
      if (sectionState(section, visits.get(section.id) || [], s) === 'broken') late.push(s);
    }
    return late;
  });
}"""
EDITOR = """([data, sketch]) => {
  const root = document.createElement('div'), hooks = { moved: (change) => globalThis.told.push(change.kind) };
  root.style.cssText = 'width: 900px; height: 700px';
  document.body.replaceChildren(root);
  globalThis.told = [];
  globalThis.map = VedetteMap.create(root, data, { edit: true, things: sketch, hooks });
  map.setTools(['site']);
  map.setSketch(sketch);
}"""
SPOT = "() => document.querySelector('[data-patrol=K02]')?.getBoundingClientRect().x ?? null"


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_with_the_network_off(chromium: str, tmp_path: Path, scheme: str) -> None:
    """Opened from a file: it draws, patrols move with the time, a click tells a post's story, nothing is asked for."""
    path = tmp_path / "map.html"
    path.write_text(export_html(town()), encoding="utf-8")
    asked: list[str] = []
    with browsing(chromium, scheme=scheme, offline=True) as (page, outside, faults):
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        page.wait_for_selector("[data-post=P01]")
        assert page.evaluate(DRAWN_SHARE) > 0.02
        assert ("vm-dark" in (page.get_attribute(".vm", "class") or "")) is (scheme == "dark")

        # Both moments lie within the first leg, which lasts ten minutes.
        page.evaluate(SET_TIME, 6 * HOUR + 60)
        assert page.inner_text(".vm-clock b") == "20:01"
        before = page.evaluate(SPOT)
        page.evaluate(SET_TIME, 6 * HOUR + 300)
        assert abs(page.evaluate(SPOT) - before) > 5
        page.evaluate(SET_TIME, HORIZON)
        assert page.evaluate(SPOT) is None
        assert "vm-idle" in (page.get_attribute("[data-post=P01]", "class") or "")
        assert page.locator(".vm-lacking").count() == 0
        assert page.locator("[data-closure]").count() == 0

        page.evaluate(SET_TIME, 8 * HOUR)
        assert page.locator("[data-closure]").count() == 1
        assert page.inner_text(".vm-state").startswith("1 ")
        # The second post lacks one: it is drawn as not manned, and says so.
        assert page.eval_on_selector_all(".vm-lacking", "all => all.map(one => one.dataset.post)") == ["P02"]
        assert "vm-idle" in (page.get_attribute("[data-post=P02]", "class") or "")
        assert "vm-idle" not in (page.get_attribute("[data-post=P01]", "class") or "")
        page.click("[data-post=P02]")
        story = page.inner_text(".vm-details")
        assert "Station square" in story
        assert "Cem Can" in story
        assert EN["lacking"].upper() in story.upper()
        assert "1/2" in story
        page.fill(".vm-search-input", "city hall")
        page.keyboard.press("Enter")
        assert "</script><b>x" in page.inner_text(".vm-details h3")

        page.evaluate(SET_TIME, 6 * HOUR)
        page.click(".vm-play")
        page.wait_for_function("() => Number(document.querySelector('.vm-slider').value) > 21900")
    assert faults == []
    assert outside == []
    assert asked == [path.as_uri()]


@pytest.mark.browser
def test_the_map_holds_a_section_for_late_when_the_tables_do(chromium: str, project_root: Path) -> None:
    """Crews that ride, one that lacks people, and stays too short to count: minute by minute as by the hour."""
    def seen(crew: str, at_s: int, stay_s: int, party: str) -> TourView:
        stop = StopView("R2", "R2", "rail", xy(1200, 1687), at_s, at_s + stay_s, at_s, at_s, "")
        first = town().tours[0]
        return replace(first, crew=crew, call_sign=crew, stops=(stop,), legs=first.legs[:2], rests=(), members=(),
                       party=party, depart_s=at_s - HOUR, return_s=at_s + HOUR)  # fmt: skip

    gap = GapView(HOUR, HORIZON, 2 * HOUR, 0, 0, 300)
    bare = town()
    tours = (seen("A", 2 * HOUR, 600, "A.d1"), seen("B", 4 * HOUR, 600, "B.d1"), seen("C", 6 * HOUR, 240, "C.d1"),
             seen("D", 8 * HOUR, 900, "D.d1"))  # fmt: skip
    empty = replace(bare.seats[0], id="G7", party="B.d1", start_s=0, end_s=HORIZON, people=())
    view = replace(bare, tours=tours, seats=(empty,),
                   sections=tuple(replace(s, gaps=(gap,) if s.gaps else ()) for s in bare.sections))  # fmt: skip
    folder = project_root / "scenarios" / "publish" / "webmap"
    code = "".join((folder / name).read_text(encoding="utf-8") for name in ("core.js", "layers.js"))
    with browsing(chromium, offline=True) as (page, _, faults):
        page.add_script_tag(content=code)
        late = page.evaluate(STATES, [map_data(view), 60])
    assert faults == []
    visits = visits_of(view)
    for section, minutes in zip(view.sections, late, strict=True):
        spans = too_long(section.gaps, visits.get(section.id, ()))
        # The map counts a section as late once more than the promise has passed.
        assert minutes == [s for s in range(0, HORIZON, 60) if any(a < s < b for a, b in spans)]
    # Seen at two and at eight o'clock: late between, and from a quarter past ten on.
    assert too_long([gap], visits["R2"]) == [(4 * HOUR + 600, 8 * HOUR), (10 * HOUR + 900, HORIZON)]


@pytest.mark.browser
def test_what_was_refused_is_drawn_where_it_was(chromium: str) -> None:
    """A zone, its radius, a closure and a corner are dragged; the page answers with what stood before."""
    lon, lat = lonlat(xy(1000, 1000))
    area = [[lon - 0.004, lat - 0.002], [lon, lat - 0.002], [lon, lat - 0.004]]
    sketch = {
        "things": [
            {"kind": "zone", "id": "Z1", "name": "Core", "at": [lon, lat], "radius_m": 120},
            {"kind": "closure", "id": "X1", "name": "Market", "points": area, "closed": True},
        ],
        "chosen": ["zone", "Z1"], "rings": [], "gates": [], "drag": True,
        "corners": [[lon - 0.001, lat - 0.003], [lon + 0.001, lat - 0.003], [lon, lat - 0.004]],
    }  # fmt: skip
    engine = engine_source()
    with browsing(chromium, offline=True) as (page, _, faults):
        page.add_style_tag(content=style())
        page.add_script_tag(content=engine[: engine.rindex("export default")] + "globalThis.VedetteMap = VedetteMap;")
        page.evaluate(EDITOR, [map_data(town(sites=(), posts=(), tours=())), sketch])
        for selector in ("[data-thing=Z1]", ".vm-grip-size", "[data-thing=X1]", "[data-corner='1']"):
            mark = page.locator(selector)
            before = mark.bounding_box()
            assert before is not None
            page.mouse.move(before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
            page.mouse.down()
            page.mouse.move(before["x"] + 60, before["y"] + 40, steps=3)
            page.mouse.up()
            page.evaluate("(sketch) => map.setSketch(sketch)", sketch)
            assert mark.bounding_box() == before
        assert page.evaluate("told") == ["zone", "zone", "closure", "corner"]
    assert faults == []
