"""What all tests share: Hypothesis profiles, the project's root, a browser where there is one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# No deadlines anywhere: a slow machine is not a wrong answer. `make test` uses quick, .ci/run ci,
# `make test-deep` deep.
_SLOW_IS_FINE = (HealthCheck.too_slow,)
settings.register_profile(
    "quick", max_examples=25, deadline=None, suppress_health_check=_SLOW_IS_FINE
)
settings.register_profile(
    "ci",
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.register_profile(
    "deep", max_examples=10_000, deadline=None, print_blob=True, suppress_health_check=_SLOW_IS_FINE
)
settings.load_profile("quick")

# Streamlit reads these once, at import: no usage statistics, no file watching in tests.
os.environ.setdefault("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "false")
os.environ.setdefault("STREAMLIT_SERVER_FILE_WATCHER_TYPE", "none")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Plans and drafts that tests make stay out of the user's own folder."""
    before = os.environ.get("VEDETTE_HOME")
    os.environ["VEDETTE_HOME"] = str(tmp_path_factory.mktemp("vedette-home"))
    yield
    if before is None:
        del os.environ["VEDETTE_HOME"]
    else:
        os.environ["VEDETTE_HOME"] = before


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The checkout that the tests belong to."""
    return ROOT


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium; the test is skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path is not None:
            return path
    pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The development data beside the checkout; the test is skipped where it is absent."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the development data ../shared/data is not beside this checkout")
    return folder
