"""Labels of lists and titles of tables: no two alike, however they are typed."""

from hypothesis import given
from hypothesis import strategies as st

from app_pages._words import apart, begun_text, typed, unique

#: Few words, some of which look like what is put behind others.
TITLES = st.lists(st.sampled_from(["a", "a (2)", "a (3)", "Figure", ""]), max_size=6)


def test_columns_of_one_name_are_counted() -> None:
    assert unique(["a (2)", "a", "a"]) == ["a (2)", "a", "a (3)"]
    assert unique(["Figure", "b"], ("", "Figure")) == ["Figure (2)", "b"]


@given(TITLES, st.sampled_from([(), ("a", "Figure")]))
def test_no_two_titles_are_alike(titles: list[str], taken: tuple[str, ...]) -> None:
    found = unique(titles, taken)
    assert len(set(found)) == len(titles)
    assert not set(found) & set(taken)


def test_what_looks_alike_is_told_apart_by_more_or_by_number() -> None:
    """One that stands alone keeps its plain name."""
    labels = {"x": "Fair", "y": "Fair", "z": "Market"}
    assert apart(labels, {"x": "1 May", "y": "2 May", "z": "3 May"}) == {
        "x": "Fair · 1 May", "y": "Fair · 2 May", "z": "Market",
    }  # fmt: skip
    assert apart(labels) == {"x": "Fair", "y": "Fair (2)", "z": "Market"}
    assert apart(labels, {"x": "1 May", "y": "1 May"})["y"] == "Fair · 1 May (2)"


def test_an_id_tells_when_it_was_made_and_nothing_else_does() -> None:
    assert "Nov" in begun_text("20261122-120000-0a1b2c3d")
    assert begun_text("crossroads") == ""


def test_what_is_typed_does_not_act() -> None:
    r"""Marks anywhere, and those of a list or heading where a text begins; times and brackets are left readable."""
    assert typed("*A* $5 ![x](http://y) :red[z] :material/lock:") == (
        r"\*A\* \$5 !\[x\](http\://y) \:red\[z\] \:material/lock:"
    )
    assert typed("1. May, 18:30 (late)") == r"1\. May, 18:30 (late)"
    assert typed("- so") == r"\- so"
    assert typed("Market Square") == "Market Square"
