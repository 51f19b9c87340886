"""`osxp-rag chat`: the web chat; the index is brought up to date while its page opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from osxp_rag.channels.opened import open_up_to_date
from osxp_rag.channels.terminal import note
from osxp_rag.errors import OsxpError

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant
    from osxp_rag.settings import Settings


def run(settings: Settings) -> None:
    """Serve the chat until Ctrl-C."""
    from osxp_rag.channels.web import serve

    serve(settings, lambda: _open(settings), on_ready=_ready)


def _open(settings: Settings) -> Assistant:
    """Open the assistant; what keeps it from opening stands on the page and here."""
    try:
        return open_up_to_date(settings)
    except OsxpError as error:
        note(f"No question can be answered yet: {error}")
        raise


def _ready(url: str) -> None:
    typer.echo(f"The chat is ready at {url} (Ctrl-C ends it).")
