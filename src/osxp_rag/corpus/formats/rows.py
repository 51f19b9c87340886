"""Rows of data → pieces that can be quoted and understood: `column: value; column: value`."""

from __future__ import annotations

from collections.abc import Iterable

from osxp_rag.corpus.piece import Extract, Piece
from osxp_rag.corpus.text import one_line


def row_piece(number: int, cells: Iterable[tuple[str, str]]) -> Piece:
    """Return the piece of a row, its empty cells left out; it is kept whole, as code is, so that a quote is a row."""
    named = ((one_line(name), one_line(value)) for name, value in cells)
    words = "; ".join(f"{name}: {value}" if name else value for name, value in named if value)
    return Piece("code", words, page=number)


def rows_extract(pieces: Iterable[Piece], count: int) -> Extract:
    """Return the extract of a file of `count` rows."""
    return Extract(tuple(pieces), page_unit="row", page_count=count)
