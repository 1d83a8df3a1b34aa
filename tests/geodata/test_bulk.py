"""The collector is held back only while it is asked to be, also where something fails."""

import gc

import pytest

from geodata.bulk import many_objects


@many_objects()
def fails():
    assert not gc.isenabled()
    raise RuntimeError("half way")


def test_the_collector_comes_back_after_a_failure():
    assert gc.isenabled()
    with pytest.raises(RuntimeError, match="half way"):
        fails()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with many_objects():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
