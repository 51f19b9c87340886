"""The web application: Gradio's page and our routes inside one FastAPI application that stays offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI

from osxp_rag.channels.web.guard import Guard
from osxp_rag.channels.web.offline import OfflinePages
from osxp_rag.channels.web.page import body, build_page, head
from osxp_rag.channels.web.routes import add_routes
from osxp_rag.channels.web.served import Assets
from osxp_rag.channels.web.theme import build_theme

if TYPE_CHECKING:
    from osxp_rag.channels.chats import ChatStore
    from osxp_rag.channels.web.opening import Opening
    from osxp_rag.settings import Settings

_HERE = Path(__file__).parent


def build_app(opening: Opening, settings: Settings, store: ChatStore) -> FastAPI:
    """Return the web chat as an ASGI application; it is there before the assistant is open."""
    app = build_routes(opening, settings, store)
    gr.mount_gradio_app(
        app,
        build_page(),
        path="/",
        theme=build_theme(),
        favicon_path=str(_HERE / "favicon.svg"),
        footer_links=[],
        show_error=False,
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        pwa=False,
    )
    app.add_middleware(OfflinePages, head=head(), body=body())
    app.add_middleware(Guard, host=settings.host)
    return app


def build_routes(opening: Opening, settings: Settings, store: ChatStore) -> FastAPI:
    """Return what the page calls and its files, without the page itself."""
    # FastAPI's own documentation pages load their scripts from a CDN.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_routes(app, opening, settings, store)
    app.mount("/ui/texts", Assets(directory=_HERE / "texts"))
    app.mount("/ui", Assets(directory=_HERE / "assets"))
    return app
