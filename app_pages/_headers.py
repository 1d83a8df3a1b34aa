"""Headers of every answer: what a browser may do with our pages, said as strictly as Streamlit's own page allows."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import streamlit

# As ASGI has them.
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_INDEX = Path(streamlit.__file__).parent / "static/index.html"


def inline_hashes(html: str) -> list[str]:
    """Hashes of the scripts that stand in a page itself; those with ``src`` are files of ours."""
    bodies = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    return [f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" for body in bodies]


def policy(html: str) -> str:
    """The content security policy for Streamlit's page.

    Nothing comes from elsewhere and nothing goes there. Scripts: Streamlit's files, its one inline script by its hash,
    and ``blob:``, which is how it hands over our map and document scripts. Styles are written by scripts as they go:
    without ``'unsafe-inline'`` there is no layout. No frames, no plugins, no ``eval``, and no other site may frame us.
    """
    rules = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", "blob:", *inline_hashes(html)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "manifest-src": "'self'",
        "media-src": "'self' blob:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def headers() -> dict[str, str]:
    """Every header that is added, by name."""
    return {
        "Content-Security-Policy": policy(_INDEX.read_text(encoding="utf-8")),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    }


class StrictHeaders:
    """ASGI middleware that adds the headers; papers with names in them are kept by no cache."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._added = [(name.lower().encode(), value.encode()) for name, value in headers().items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; answers get the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = self._added
        if "/media/" in scope["path"]:
            added = [*added, (b"cache-control", b"no-store")]
        names = {name for name, _ in added}

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", []) if pair[0].lower() not in names]
                message = {**message, "headers": [*kept, *added]}
            await send(message)

        await self._app(scope, receive, send_on)
