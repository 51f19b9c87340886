"""Markdown, with YAML front matter or without."""

from __future__ import annotations

from osxp_rag.corpus.decode import decode
from osxp_rag.corpus.front_matter import split_front_matter
from osxp_rag.corpus.limits import FormatError, Limits
from osxp_rag.corpus.markdown import markdown_pieces
from osxp_rag.corpus.piece import Extract
from osxp_rag.errors import CorpusError


def read(content: bytes, limits: Limits) -> Extract:
    """Return the pieces of a Markdown file.

    Raises:
        FormatError: not text, or broken front matter.
    """
    try:
        metadata, source = split_front_matter(decode(content), "")
    except CorpusError as error:
        raise FormatError(error.reason) from error
    return Extract(tuple(markdown_pieces(source)), metadata=metadata)
