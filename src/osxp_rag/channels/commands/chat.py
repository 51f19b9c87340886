"""`osxp-rag chat`: the web chat, on an index that is up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from osxp_rag.channels.opened import open_up_to_date

if TYPE_CHECKING:
    from osxp_rag.settings import Settings


def run(settings: Settings) -> None:
    """Serve the chat until Ctrl-C."""
    assistant = open_up_to_date(settings)
    from osxp_rag.channels.web import serve

    serve(assistant, host=settings.host, port=settings.port, on_ready=_ready)


def _ready(url: str) -> None:
    typer.echo(f"The chat is ready at {url} (Ctrl-C ends it).")
