"""JSON Lines: one block a line; lines count from 1, the empty ones too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from osxp_rag.corpus.decode import decode
from osxp_rag.corpus.formats.rows import row_piece, rows_extract
from osxp_rag.corpus.limits import FormatError, Limits
from osxp_rag.corpus.piece import Extract, Piece


def read(content: bytes, limits: Limits) -> Extract:
    """Return a piece a line, each value behind its key.

    Raises:
        FormatError: not text, or a line that is not JSON.
    """
    lines = decode(content).rstrip("\n").split("\n")
    return rows_extract(_pieces(lines), len(lines))


def _pieces(lines: list[str]) -> Iterator[Piece]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            value = _value(line, number)
            cells = value.items() if isinstance(value, dict) else [("", value)]
            yield row_piece(number, ((name, _words(cell)) for name, cell in cells))


def _value(line: str, number: int) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:  # a number of too many digits is one too
        raise FormatError(f"line {number} is not JSON: {error}") from error


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return ", ".join(_words(item) for item in value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
