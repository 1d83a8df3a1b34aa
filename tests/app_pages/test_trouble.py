"""What is read when something breaks: plain words, the kind of fault, nothing of its inside; the log has the rest."""

from streamlit.testing.v1 import AppTest


def broken() -> None:
    """A script that hands a fault with a secret in it to the handler."""
    from app_pages._trouble import told

    assert told(KeyError("secret value")) is True


def broken_in_chinese() -> None:
    """The same to a Chinese reader."""
    from app_pages._trouble import told
    from scenarios.tongue import speaking

    with speaking("zh"):
        told(KeyError("secret value"))


def locked() -> None:
    """A script whose store cannot be opened."""
    from app_pages._trouble import told
    from scenarios.store.errors import refuse

    told(refuse("the store", "a store of this Vedette", "open it with a newer one"))


def test_a_defect_is_told_without_its_inside() -> None:
    app = AppTest.from_function(broken).run()
    assert not app.exception
    (said,) = app.error
    assert said.value.startswith("**Something broke here.** Every edit made until now is saved.")
    assert [caption.value for caption in app.caption] == ["KeyError"]
    assert "secret" not in said.value


def test_a_store_that_cannot_be_used_says_why() -> None:
    (said,) = AppTest.from_function(locked).run().error
    assert said.value.startswith("The store cannot be used: ")
    assert "Open it with a newer one" in said.value


def test_it_is_told_in_the_readers_language() -> None:
    app = AppTest.from_function(broken_in_chinese).run()
    assert "此处出错" in app.error[0].value
