"""The web application: Gradio's page inside a FastAPI application that keeps it offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from fastapi import FastAPI

from osxp_rag.channels.web.offline import OfflinePages
from osxp_rag.channels.web.page import build_page
from osxp_rag.channels.web.theme import build_theme

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant

_HERE = Path(__file__).parent


def build_app(assistant: Assistant) -> FastAPI:
    """Return the web chat as an ASGI application."""
    # FastAPI's own documentation pages load their scripts from a CDN.
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        app,
        build_page(assistant),
        path="/",
        theme=build_theme(),
        css_paths=[_HERE / "style.css"],
        favicon_path=str(_HERE / "favicon.svg"),
        footer_links=[],
        show_error=False,
        run_history=False,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        pwa=False,
    )
    app.add_middleware(OfflinePages)
    return app
