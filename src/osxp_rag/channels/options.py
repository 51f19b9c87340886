"""Options that several commands share, and the settings that they give."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

Corpus = Annotated[
    Path | None,
    typer.Option("--corpus", metavar="DIR", exists=True, file_okay=False, help="Folder of the documents."),
]
Index = Annotated[Path | None, typer.Option("--index", metavar="DIR", file_okay=False, help="Folder of the index.")]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="NAME",
        help="What phrases the answer: quotes, unless set; ollama:MODEL[@URL], openai:MODEL@URL or gguf:PATH.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_from(corpus: Path | None, index: Path | None, **given: Any) -> Settings:
    """Return the settings in force with these options."""
    from osxp_rag.settings import load_settings

    return load_settings(corpus=corpus, index=index, **given)
