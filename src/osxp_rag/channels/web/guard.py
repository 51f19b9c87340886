"""Answer only requests that are meant for this server: no rebound name, no other site's page.

A page elsewhere can make its own name point to 127.0.0.1 (DNS rebinding) and then read what is served here; its browser
still sends that name as the host. A page elsewhere can also send a form here; its browser says from where.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ANY = frozenset({"0.0.0.0", "::", ""})
_CLOSED = ("/gradio_api/",)  # uploads, files, calls: the page needs none of them
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """ASGI middleware that refuses requests for another host or for what is closed, and changes of another site."""

    def __init__(self, app: ASGIApp, host: str) -> None:
        self._app = app
        self._any_address = host in _ANY
        self._names = _LOOPBACK | {host.lower()} | ({socket.gethostname().lower()} if self._any_address else set())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] not in {"http", "websocket"} or (refusal := self._refusal(scope)) is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)

    def _refusal(self, scope: Scope) -> str | None:
        headers = Headers(scope=scope)
        if not self.knows(headers.get("host", "")):
            return "This server does not go by that name. Open it as localhost, or name it with --host."
        if scope["path"].startswith(_CLOSED):
            return "Nothing is served here."
        origin = headers.get("origin")
        changes = scope.get("method", "GET") not in _SAFE or scope["type"] == "websocket"
        if changes and origin is not None and urlsplit(origin).netloc.lower() != headers["host"].lower():
            return "Another site's page may not do that here."
        return None

    def knows(self, host: str) -> bool:
        """Return whether a Host header names this server."""
        name = host_name(host)
        return name in self._names or (self._any_address and _is_address(name))


def host_name(host: str) -> str:
    """Return the name or the address in a Host header, in lower case, without its port or brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def _is_address(name: str) -> bool:
    """Return whether a host is an address, which cannot be rebound."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
