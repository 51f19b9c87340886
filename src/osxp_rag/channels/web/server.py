"""Serve the web chat until it is interrupted."""

from __future__ import annotations

import contextlib
import errno
import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

import uvicorn

from osxp_rag.channels.chats import open_store
from osxp_rag.channels.web.app import build_app
from osxp_rag.channels.web.opening import Opening
from osxp_rag.errors import SettingsError

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant
    from osxp_rag.settings import Settings


def serve(
    settings: Settings, open_assistant: Callable[[], Assistant], *, on_ready: Callable[[str], None] | None = None
) -> None:
    """Serve the web chat until Ctrl-C; `on_ready` gets its address once the page answers.

    The assistant is opened meanwhile; what keeps it from opening is told on the page.

    Raises:
        SettingsError: the host or the port cannot be listened on; it says which and why.
    """
    host = settings.host
    with listen(host, settings.port) as listener, contextlib.closing(open_store(settings)) as store:
        address = _address(host, listener.getsockname()[1])
        opening = Opening(open_assistant)
        config = uvicorn.Config(
            build_app(opening, settings, store),
            log_level="error",
            access_log=False,
            # Every open tab holds a stream that never ends by itself.
            timeout_graceful_shutdown=1,
        )
        server = _Server(config, lambda: _begun(opening, address, on_ready))
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
        opening.close()


def _begun(opening: Opening, address: str, on_ready: Callable[[str], None] | None) -> None:
    """Say where the page is, then load the models: the page comes first."""
    if on_ready:
        on_ready(address)
    opening.start()


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on the host and port; port 0 takes a free one."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise SettingsError(_explain(host, port, error)) from error


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port = {port}: already in use. Name another with --port or OSXP_RAG_PORT; 0 takes a free one."
    if error.errno == errno.EACCES:
        return f"port = {port}: this user may not listen on it. Name one from 1024 on with --port or OSXP_RAG_PORT."
    return f"host = {host!r}: cannot listen on it ({error.strerror}). Name another with --host or OSXP_RAG_HOST."


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then call back."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop without a word about the open tabs, whose streams are cut on purpose."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)
