"""Strict headers: what every answer carries, what no cache keeps, and what the policy allows of scripts."""

import asyncio
import hashlib
from base64 import b64encode

import pytest

from app_pages._headers import StrictHeaders, headers, inline_hashes, policy


def answered(path: str, given: list[tuple[bytes, bytes]]) -> dict[str, list[str]]:
    """The headers of an answer that an app gives with its own."""
    sent: list[dict] = []

    async def app(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": given})
        await send({"type": "http.response.body", "body": b"x"})

    async def keep(message) -> None:
        sent.append(message)

    asyncio.run(StrictHeaders(app)({"type": "http", "path": path}, None, keep))
    assert sent[1]["body"] == b"x"
    found: dict[str, list[str]] = {}
    for name, value in sent[0]["headers"]:
        found.setdefault(name.decode(), []).append(value.decode())
    return found


def test_an_answer_carries_every_header_once() -> None:
    """Also where the app has its own, looser one."""
    found = answered("/", [(b"X-Frame-Options", b"ALLOWALL"), (b"content-type", b"text/html")])
    assert found["content-type"] == ["text/html"]
    assert "X-Frame-Options" not in found
    for name, value in headers().items():
        assert found[name.lower()] == [value]


def test_papers_are_kept_by_no_cache() -> None:
    given = [(b"cache-control", b"public, max-age=3600")]
    assert answered("/media/ab12.pdf", given)["cache-control"] == ["no-store"]
    assert answered("/static/js/index.js", given)["cache-control"] == ["public, max-age=3600"]


def test_other_traffic_passes_untouched() -> None:
    """A socket has no headers to add to."""
    seen = []

    async def app(scope, receive, send) -> None:
        seen.append((scope, receive, send))

    asyncio.run(StrictHeaders(app)({"type": "websocket"}, 1, 2))
    assert seen == [({"type": "websocket"}, 1, 2)]


def test_scripts_in_the_page_are_allowed_by_their_hash_only() -> None:
    html = '<script>one()</script><script src="x.js"></script><script type="module" src="y.js"></script>'
    whole = b64encode(hashlib.sha256(b"one()").digest()).decode()
    assert inline_hashes(html) == [f"'sha256-{whole}'"]
    assert f"script-src 'self' blob: 'sha256-{whole}';" in policy(html)


@pytest.mark.parametrize("loose", ["*", "http:", "https:", "'unsafe-eval'", "'wasm-unsafe-eval'"])
def test_nothing_from_elsewhere_and_no_eval(loose: str) -> None:
    sources = headers()["Content-Security-Policy"].replace(";", " ").split()
    assert loose not in sources
    assert "'unsafe-inline'" not in headers()["Content-Security-Policy"].split("style-src")[0]
