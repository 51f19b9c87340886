"""The page: one Gradio page around a skeleton of our own, which the modules in `assets/` fill."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

_HERE = Path(__file__).parent
_SHELL = _HERE / "shell.html"
_STYLES = ("tokens", "base", "layout", "conversation", "sources", "side", "why", "tables", "map")


def build_page() -> gr.Blocks:
    """Return the page; what it shows comes over the routes."""
    page = gr.Blocks(title="Open Source Experience 2025", analytics_enabled=False)
    with page:
        gr.HTML(_SHELL.read_text(encoding="utf-8"), apply_default_css=False, js_on_load=None)
    return page


def head() -> str:
    """Return what the page's head needs: our styles and our start, fetched while Gradio's own parts load."""
    styles = "".join(f'<link rel="stylesheet" href="/ui/{name}.css">' for name in _STYLES)
    return f'{styles}<script type="module" src="/ui/app.js"></script>'
