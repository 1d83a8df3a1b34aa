"""The papers as read back: words, pages, cells, layers, and bytes that repeat."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import icalendar
import openpyxl
import pyogrio
import pypdfium2
import pytest

from scenarios.publish import KINDS, PublishError, publish
from scenarios.publish.calendars import calendars
from scenarios.publish.dutysheets import duty_sheets, marks, relief
from scenarios.publish.geopackage import geopackage
from scenarios.publish.papers import made
from scenarios.publish.postcards import post_cards
from scenarios.publish.postmap import merged, post_map
from scenarios.publish.roster_xlsx import roster_xlsx
from scenarios.publish.routecards import route_cards, strip_maps, visits
from scenarios.publish.sheet import Press
from scenarios.publish.strength import strength
from scenarios.publish.summary import summary
from scenarios.publish.words import Words
from scenarios.view import StandView

PDFS = {
    "summary": summary,
    "post_map": post_map,
    "route_cards": route_cards,
    "duty_sheets": duty_sheets,
    "post_cards": post_cards,
}


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


@pytest.fixture(scope="module")
def texts(press: Press) -> dict[str, list[str]]:
    return {key: pages(make(press)) for key, make in PDFS.items()}


@pytest.mark.parametrize("key", PDFS)
def test_every_page_says_whose_it_is(texts, view, key: str) -> None:
    for number, text in enumerate(texts[key], start=1):
        flat = " ".join(text.split())
        assert view.title in flat
        assert view.version in flat
        assert view.credit in flat
        assert view.classification in flat
        assert "synthetic staff" in flat
        assert f"Page {number} of {len(texts[key])}" in flat


def test_synthetic_note_is_absent_for_real_staff(view) -> None:
    real = pages(duty_sheets(Press(replace(view, synthetic=False))))
    assert not any("synthetic" in page for page in real)


def test_summary_is_one_page_with_figures_and_shortage(texts, view) -> None:
    (page,) = texts["summary"]
    flat = " ".join(page.split())
    for kpi in view.kpis:
        assert kpi.title in flat
        assert kpi.text in flat
    assert view.short[0] in flat
    assert "no hard rule is broken" in flat


def test_summary_names_breaches_and_stays_on_one_page(view) -> None:
    bad = replace(
        view,
        breaches=tuple(f"R03 rest: person {i} lacks {i} h" for i in range(40)),
        short=view.short * 30,
    )
    (page,) = pages(summary(Press(bad)))
    assert "40 hard rules broken" in page
    assert "R03 rest: person 0 lacks 0 h" in page
    assert "+34 more in the report" in page


def test_post_map_shows_each_post_with_square_and_lead(texts, press, view) -> None:
    first = texts["post_map"][0]
    for post in view.posts:
        # once in the table of each sheet, and on the map of the whole area at the least
        assert sum(page.count(post.number) for page in texts["post_map"]) >= 3
        assert post.name in first
    assert press.grid.square(*view.posts[0].xy) in first
    assert "Fri 28 16:00–04:00 Sat 29" in first
    on_first = sum(first.count(post.number) >= 2 for post in view.posts)
    assert on_first >= 0.8 * len(view.posts)
    assert "1:5,000" in first
    assert "1:15,000" in texts["post_map"][1]
    assert len(texts["post_map"]) == 2


def test_one_card_for_each_tour_with_its_own_stops_only(texts, view) -> None:
    assert len(texts["route_cards"]) == len(view.tours)
    tour = min(view.tours, key=lambda t: (t.depart_s, t.call_sign))
    page = texts["route_cards"][0]
    assert tour.call_sign in page
    for stop in tour.stops:
        assert view.hhmm(stop.arrive_s) in page
        assert stop.name in " ".join(page.split())
    for member in tour.members:
        assert member.name in page
    others = {t.call_sign for t in view.tours} - {tour.call_sign}
    assert not any(sign in page for sign in others)
    assert not any(post.number in page.split() for post in view.posts)


def test_sixty_stops_go_on_overleaf(make_view) -> None:
    view = make_view(n_stops=60, n_tours=1)
    cards = pages(route_cards(Press(view)))
    assert len(cards) == 2
    assert all(view.tours[0].call_sign in page for page in cards)
    assert "60" in cards[1].split()


def test_stops_at_one_place_share_a_disc(make_view) -> None:
    tour = make_view(n_stops=30, n_tours=1).tours[0]
    grouped = visits(tour.stops)
    assert sorted(n for numbers in grouped.values() for n in numbers) == list(range(1, 31))
    assert len(grouped) < 30


def test_a_crowded_part_of_a_wide_tour_is_enlarged(press, view) -> None:
    tour = view.tours[0]
    x, y = tour.stops[-1].xy
    far = replace(tour.stops[-1], xy=(x + 9000, y + 9000))
    wide = replace(tour, stops=(*tour.stops[:-1], far), legs=tour.legs)
    close = strip_maps(press, replace(tour, stops=tour.stops[:-1]))
    assert len(close) == 1
    maps = strip_maps(press, wide)
    assert len(maps) == 2
    assert maps[1]["scale"] * 2 <= maps[0]["scale"]
    for tried, drawn in ((tour, strip_maps(press, tour)), (wide, maps)):
        words = [label["t"] for m in drawn for label in m["labels"] if label["c"] == "#ffffff"]
        assert sorted(words, key=int) == [str(v[0]) for v in visits(tried.stops).values()]


def test_duty_sheets_name_everyone_once_a_duty(texts, view) -> None:
    text = "\n".join(texts["duty_sheets"])
    assert text.count("22:00–04:00 Sat 29") == sum(
        1 for d in view.duties if (d.start_s, d.end_s) == (22 * 3600, 28 * 3600)
    )
    for person in view.people:
        assert person.name in text
    for unit in view.units.values():
        assert unit in text


def test_relief_and_marks(press, view) -> None:
    first = next(d for d in view.duties if d.party == "P01" and d.start_s == 16 * 3600)
    night = next(
        d for d in view.duties if d.party == "P01" and d.start_s == 22 * 3600 and d.lead == d.name
    )
    assert relief(press, first) == f"{night.name} +1"
    assert relief(press, night) == "ends"
    assert marks(press, first) == ""
    assert marks(press, night) == "N +1"
    early = replace(night, start_s=26 * 3600, end_s=30 * 3600)  # 02:00-06:00
    assert marks(press, early) == "N"
    until_midnight = replace(night, end_s=24 * 3600)
    assert marks(press, until_midnight) == "+1"


def test_a_post_card_shows_no_other_posts_people(texts, view) -> None:
    assert len(texts["post_cards"]) == len(view.posts)
    own = {d.name for d in view.duties if d.party == view.posts[0].number}
    page = texts["post_cards"][0]
    assert all(name in page for name in own)
    strangers = {d.name for d in view.duties} - own - {view.posts[0].lead, "Köhler, Nora"}
    assert not any(name in page for name in strangers)


def test_touching_stands_are_one() -> None:
    stands = (
        StandView(20, 30, "first", 2),
        StandView(0, 10, "first", 2),
        StandView(10, 20, "first", 2),
        StandView(30, 40, "second", 2),
    )
    assert merged(stands) == [StandView(0, 30, "first", 2), StandView(30, 40, "second", 2)]


def test_words_over_midnight_and_clock_change(view) -> None:
    w = Words(view)
    assert w.hours(16 * 3600, 22 * 3600) == "16:00–22:00"
    assert w.span(18 * 3600, 26 * 3600) == "Fri 28 18:00–02:00 Sat 29"
    assert w.days() == "Fri 28 Aug – Sun 30 Aug 2026"
    autumn = Words(replace(view, start=view.start.replace(month=10, day=25)))
    # Clocks go back at 03:00: three hours after midnight it is 02:00 again.
    assert autumn.hours(0, 3 * 3600) == "00:00–02:00"


def test_strength_counts_half_open_hours(view) -> None:
    s = strength(view)
    assert s.by_unit.keys() == view.units.keys()
    assert s.filled[15] == 0
    assert s.filled[16] == sum(1 for d in view.duties if d.start_s == 16 * 3600)
    assert s.filled[28] == 0
    assert s.need[16] == 2 * len(view.posts)


def test_markup_in_a_name_is_printed_and_not_run(view) -> None:
    evil = '#panic("x") *a* $b$ @c <d> \\ // e'
    people = {view.duties[0].person}
    duties = tuple(
        replace(d, name=evil, task=evil) if d.person in people else d for d in view.duties
    )
    sites = tuple(replace(s, name=evil) if s.cls == 1 else s for s in view.sites)
    bad = replace(view, duties=duties, sites=sites, title=evil, classification=evil)
    assert evil in " ".join(pages(duty_sheets(Press(bad)))[0].split())
    assert pages(post_map(Press(bad)))


# -------------------------------------------------------------------- workbook
@pytest.fixture(scope="module")
def book(press):
    return openpyxl.load_workbook(io.BytesIO(roster_xlsx(press)), data_only=True)


def test_workbook_sheets_and_print_set_up(book) -> None:
    assert book.sheetnames == ["Roster", "Duties", "Seats", "Strength by hour"]
    for sheet in book:
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref
        assert sheet.page_setup.orientation == "landscape"
        assert str(sheet.page_setup.paperSize) == "8"
        assert sheet.print_title_rows == "$4:$4"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage


def test_workbook_cells(book, view) -> None:
    roster = book["Roster"]
    names = [roster.cell(r, 1).value for r in range(5, 5 + len(view.people))]
    assert sorted(names) == sorted(p.name for p in view.people)
    person = next(p for p in view.people if p.name == names[0])
    assert roster.cell(5, 8).value == person.n_duties
    assert roster.cell(5 + len(view.people), 8).value == sum(p.n_duties for p in view.people)
    duty = min((d for d in view.duties if d.person == person.id), key=lambda d: d.start_s)
    assert f"{view.hhmm(duty.start_s)}–" in roster.cell(5, 9 + duty.start_s // 86400).value
    assert book["Duties"].max_row == 4 + len(view.duties)
    seats = book["Seats"]
    short = {seats.cell(r, 1).value: seats.cell(r, 9).value for r in range(5, seats.max_row + 1)}
    assert short == {s.id: s.n_short for s in view.seats}
    assert seats.cell(5, 11).value == "4000 people / 2000 per pair = 2"


def test_workbook_takes_no_formula_from_data(view) -> None:
    evil = ("=1+1", "+HYPERLINK(1)", "@SUM(A1)", "-2+3", "http://x.example", "{=1}")
    people = tuple(
        replace(p, name=evil[i]) if i < len(evil) else p for i, p in enumerate(view.people)
    )
    duties = tuple(
        replace(d, task=evil[i % len(evil)], place_name=evil[(i + 1) % len(evil)])
        for i, d in enumerate(view.duties)
    )
    data = roster_xlsx(Press(replace(view, people=people, duties=duties)))
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value in evil]
    assert len(cells) >= len(evil)
    assert {c.data_type for c in cells} == {"s"}
    formulas = {
        c.value.split("(")[0]
        for sheet in book
        for row in sheet.iter_rows()
        for c in row
        if c.data_type == "f"
    }
    assert formulas == {"=SUM", "=MAX"}
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert not any(b"<hyperlink " in parts.read(n).lower() for n in parts.namelist())


# -------------------------------------------------------------------- geo package, calendars
def test_geopackage_layers_crs_and_counts(press, view, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    path.write_bytes(geopackage(press))
    layers = {name for name, _ in pyogrio.list_layers(path)}
    assert layers == {
        "sites",
        "posts",
        "routes",
        "stops",
        "sections",
        "zones",
        "closures",
        "uncovered",
    }
    sizes = {
        "sites": len(view.sites),
        "posts": len(view.posts),
        "routes": len(view.tours),
        "zones": 2,
        "closures": 2,
        "stops": sum(len(t.stops) for t in view.tours),
        "uncovered": sum(len(s.uncovered) for s in view.sites),
    }
    for layer, n in sizes.items():
        frame = gpd.read_file(path, layer=layer)
        assert frame.crs.to_epsg() == 32633
        assert len(frame) == n, layer
    posts = gpd.read_file(path, layer="posts").set_index("post")
    assert (posts.geometry["P01"].x, posts.geometry["P01"].y) == pytest.approx(view.posts[0].xy)
    stops = gpd.read_file(path, layer="stops")
    assert stops.loc[0, "arrive"] == view.clock(view.tours[0].stops[0].arrive_s).isoformat(
        timespec="minutes"
    )


def test_calendars_have_stable_ids_and_local_times(press, view) -> None:
    with zipfile.ZipFile(io.BytesIO(calendars(press))) as box:
        assert len(box.namelist()) == len({d.person for d in view.duties})
        calendar = icalendar.Calendar.from_ical(box.read(f"{view.duties[0].person}.ics"))
    mine = sorted(
        (d for d in view.duties if d.person == view.duties[0].person), key=lambda d: d.start_s
    )
    events = calendar.walk("VEVENT")
    assert len(events) == len(mine)
    assert events[0].decoded("dtstart") == view.clock(mine[0].start_s)
    assert events[0].decoded("dtend") == view.clock(mine[0].end_s)
    assert len({str(e["uid"]) for e in events}) == len(events)
    assert calendar.walk("VTIMEZONE")


# -------------------------------------------------------------------- all together
def test_same_plan_same_bytes(view) -> None:
    for key, kind in KINDS.items():
        if key != "web_map":
            assert made(kind, Press(view)) == made(kind, Press(view)), key


def test_publish_writes_what_is_asked_and_reports_progress(view, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    written = publish(view, tmp_path / "out", ["summary", "roster"], lambda *a: seen.append(a))
    assert [p.name for p in written] == ["summary.pdf", "roster.xlsx"]
    assert all(p.stat().st_size > 1000 for p in written)
    assert seen == [("Plan summary", 1, 2), ("Roster workbook", 2, 2), ("", 2, 2)]


def test_publish_refuses_unknown_kinds(view, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"unknown: poster\. There are: summary, post_map"):
        publish(view, tmp_path, ["poster"])


def test_an_empty_plan_still_prints(view, tmp_path: Path) -> None:
    bare = replace(
        view,
        posts=(),
        tours=(),
        duties=(),
        seats=(),
        people=(),
        zones=(),
        closures=(),
        sections=(),
        sites=(),
        kpis=(),
        summary=(),
        short=(),
        engines={},
        sessions=(),
    )
    written = publish(bare, tmp_path, [k for k in KINDS if k != "web_map"])
    assert {p.name for p in written} == {"summary.pdf", "post_map.pdf", "roster.xlsx"}
