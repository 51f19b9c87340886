"""The web chat: a page on this machine that answers with quotes."""

from __future__ import annotations

from osxp_rag.channels.web.app import build_app
from osxp_rag.channels.web.server import serve

__all__ = ["build_app", "serve"]
