from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from scenarios.publish.sheet import Press


def _fixture() -> ModuleType:
    name = "vedette_publish_fixture"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("fixture.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@pytest.fixture(scope="session")
def make_view():
    """The maker of realistic plan views (see fixture.py)."""
    return _fixture().plan_view


@pytest.fixture(scope="session")
def view(make_view):
    return make_view()


@pytest.fixture(scope="session")
def press(view) -> Press:
    return Press(view)
