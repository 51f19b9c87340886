"""Plain text: paragraphs parted by empty lines; nothing is markup."""

from __future__ import annotations

import re

from osxp_rag.corpus.decode import decode
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.piece import Extract, Piece

_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")


def read(content: bytes, limits: Limits) -> Extract:
    """Return the paragraphs of a text file.

    Raises:
        FormatError: not text.
    """
    return Extract(tuple(paragraphs(decode(content))))


def paragraphs(text: str) -> list[Piece]:
    """Return a piece a paragraph, its lines kept."""
    return [Piece("text", paragraph) for paragraph in _EMPTY_LINE.split(text)]
