"""The table beside the map's layer: who answers for what, late sites marked, blue-light ways with their seconds."""

from dataclasses import replace

from app_pages._territories import territory_rows
from scenarios.view import TerritoryView
from tests.scenarios.publish.webmap_town import town


def test_a_row_for_each_post_and_span() -> None:
    """Names for ids; a post that answers for nobody is a second unit."""
    view = town()
    first, second = view.sites[:2]
    sites = ((first.id, 21), (second.id, 200))
    rows = territory_rows(
        replace(
            view,
            territories=(
                TerritoryView(0, 3600, view.posts[0].number, sites, (second.id,), 80, 90),
                TerritoryView(0, 3600, "P99", (), (), 0, 90),
            ),
        )
    )
    assert list(rows["answers for"]) == [
        f"{first.name} 21 s, {second.name} 200 s (late)",
        "nobody: stands as a second unit",
    ]
    assert list(rows["where"]) == [view.posts[0].name, ""]
    assert list(rows["weight"]) == [80, 0]
    assert list(rows["its share"]) == [90, 90]
