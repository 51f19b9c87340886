"""The page: Gradio's, with a skeleton of our own that the modules in `assets/` fill."""

from __future__ import annotations

import re
from pathlib import Path

import gradio as gr

_HERE = Path(__file__).parent
_ASSETS = _HERE / "assets"
_STYLES = ("tokens", "base", "layout", "conversation", "engine", "sources", "side", "why", "tables", "map")
_START = "app.js"
_IMPORT = re.compile(r'^(?:import|\} from|import .* from) "\./([\w-]+\.js)";$', re.MULTILINE)


def build_page() -> gr.Blocks:
    """Return Gradio's page. It is empty: the skeleton comes with the HTML, to be there before Gradio's scripts are."""
    page = gr.Blocks(title="Open Source Experience 2025", analytics_enabled=False)
    with page:
        gr.HTML("", apply_default_css=False, js_on_load=None)
    return page


def body() -> str:
    """Return the skeleton, which stands before Gradio's own part."""
    return (_HERE / "shell.html").read_text(encoding="utf-8")


def head() -> str:
    """Return our styles, modules and words for the page's head: all asked for at once, none waits for another."""
    styles = "".join(f'<link rel="stylesheet" href="/ui/{name}.css">' for name in _STYLES)
    modules = "".join(f'<link rel="modulepreload" href="/ui/{name}">' for name in modules_needed())
    words = "".join(
        f'<link rel="preload" as="fetch" crossorigin href="/ui/texts/{code}.json">' for code in ("en", "fr")
    )
    return f'{styles}<script type="module" src="/ui/{_START}"></script>{modules}{words}'


def modules_needed() -> list[str]:
    """Return the modules that the first screen needs: what the first one imports, and what that imports in turn."""
    found: dict[str, None] = {}
    left = [_START]
    while left:
        name = left.pop(0)
        if name not in found:
            found[name] = None
            left += _IMPORT.findall((_ASSETS / name).read_text(encoding="utf-8"))
    return list(found)
