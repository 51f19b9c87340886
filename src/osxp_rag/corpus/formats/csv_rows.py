"""CSV and TSV: one block a row. Rows count as a spreadsheet counts them, the header being the first."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from osxp_rag.corpus.decode import decode
from osxp_rag.corpus.formats.rows import row_piece, rows_extract
from osxp_rag.corpus.limits import FormatError, LimitError, Limits
from osxp_rag.corpus.piece import Extract, Piece

_DELIMITERS = ",;\t|"
_SAMPLE = 20_000  # characters
_LONGEST_CELL = 131_072  # characters; the csv module's own limit, which others in this process may have changed
_NUMBER = re.compile(r"[\s\d.,:%€$£+-]*")


def read(content: bytes, limits: Limits) -> Extract:
    """Return a piece a row, each value behind its column's name.

    Raises:
        FormatError: not text, broken quoting.
        LimitError: a cell is too long.
    """
    text = decode(content)
    dialect = _dialect(text[:_SAMPLE])
    rows = list(_rows(csv.reader(io.StringIO(text, newline=""), dialect)))
    at, header = next(((number, row) for number, row in enumerate(rows) if any(row)), (0, []))
    if not _is_header(header) or sum(map(any, rows)) == 1:
        at, header = -1, [f"column {number}" for number in range(1, max(map(len, rows), default=0) + 1)]
    return rows_extract(_pieces(header, rows, at + 1), len(rows))


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            if max(map(len, row), default=0) > _LONGEST_CELL:
                raise LimitError(_too_long(number))
            yield row
    except csv.Error as error:
        if "field larger" in str(error):
            raise LimitError(_too_long(number + 1)) from error
        raise FormatError(f"row {number + 1} cannot be read: {error}") from error


def _too_long(row: int) -> str:
    return f"row {row} has a cell of more than {_LONGEST_CELL} characters; split it"


def _pieces(header: list[str], rows: list[list[str]], first: int) -> Iterator[Piece]:
    for number, row in enumerate(rows[first:], first + 1):
        names = header + [""] * (len(row) - len(header))
        yield row_piece(number, zip(names, row, strict=False))


def _dialect(sample: str) -> type[csv.Dialect] | csv.Dialect:
    """Return Excel's dialect with the delimiter that parts the first lines most evenly."""
    lines = [line for line in sample.split("\n") if line.strip()][:20]
    first = lines[0] if lines else ""

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        return sum(count == counts[0] > 0 for count in counts), first.count(delimiter)

    class Found(csv.excel):
        delimiter = max(_DELIMITERS, key=evenness)

    return Found


def _is_header(row: list[str]) -> bool:
    """Whether a row names columns: several different words, none of them a number."""
    named = [cell.strip() for cell in row if cell.strip()]
    return len(named) == len(set(named)) > 0 and not any(_NUMBER.fullmatch(cell) for cell in named)
