"""Starting the front end: options as flags, the same in both doors, a busy port refused in words."""

import socket
import tomllib
from pathlib import Path

import pytest
from streamlit import config

from app_pages import launch


def test_both_doors_have_the_same_options(project_root: Path) -> None:
    """The settings file of a checkout says what the flags say."""
    written = tomllib.loads((project_root / ".streamlit/config.toml").read_text(encoding="utf-8"))

    def flat(tree: dict, head: str = "") -> dict:
        found = {}
        for key, value in tree.items():
            found |= (
                flat(value, f"{head}{key}.") if isinstance(value, dict) else {f"{head}{key}": value}
            )
        return found

    def plain(value: object) -> str:
        return str(value).lower().replace("'", '"')

    given = {k: plain(v) for k, v in launch.OPTIONS.items() if not k.startswith("logger.")}
    assert {k: plain(v) for k, v in flat(written).items()} == given | {
        "server.address": "127.0.0.1"
    }


def test_every_option_is_one_that_streamlit_knows() -> None:
    """A misspelt flag would end the server at its start."""
    known = config.get_config_options()
    assert set(launch.OPTIONS) <= set(known)


def test_nothing_that_reaches_out_is_on() -> None:
    """No usage statistics, no look-up of our own address, no help links."""
    flags = launch.flags(8600, "127.0.0.1")
    assert "--browser.gatherUsageStats=false" in flags
    assert "--server.headless=true" in flags
    assert "--server.address=127.0.0.1" in flags
    assert Path(flags[0]).is_file()


def test_only_this_machines_own_names_are_answered() -> None:
    """A foreign page whose name points here is not; a proxy's name is once it is given; elsewhere the proxy judges."""
    def hosts(address: str, *given: str) -> list[str]:
        return [f.split("=")[1] for f in launch.flags(8600, address, given) if f.startswith("--server.allowedHosts=")]

    assert hosts("127.0.0.1") == ["127.0.0.1", "localhost", "::1"]
    assert hosts("127.0.0.1", "desk.example") == ["127.0.0.1", "localhost", "::1", "desk.example"]
    assert hosts("10.0.0.5") == []
    assert hosts("10.0.0.5", "desk.example") == ["desk.example"]


def test_a_busy_port_is_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Not with a traceback, and with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        assert launch.main(["--port", str(port), "--headless"]) == 2
    assert f"vedette app --port {port + 1}" in capsys.readouterr().err
