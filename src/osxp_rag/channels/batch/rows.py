"""The rows of a batch: txt, csv or jsonl in; a bad row is kept with what is wrong with it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from osxp_rag.corpus.text import well_formed
from osxp_rag.errors import QuestionsError

_DELIMITERS = ",;\t"  # a spreadsheet writes `;` where the comma is the decimal sign


@dataclass(frozen=True, slots=True)
class Row:
    """One question; `line` is where its row is in the file, `error` why it cannot be asked.

    Rows with the same `conversation` are its turns, in order; a row without one stands alone.
    """

    line: int
    id: str
    question: str
    filters: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    conversation: str | None = None


def read_rows(path: Path) -> list[Row]:
    """Read a file of questions.

    Raises:
        QuestionsError: the file as a whole cannot be read: unreadable, not UTF-8, no column `question`.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionsError(f"{path}: not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    except OSError as error:
        raise QuestionsError(f"{path}: cannot be read ({error.strerror}).") from error
    try:
        return READERS[path.suffix.lower()](text)
    except (csv.Error, QuestionsError) as error:
        raise QuestionsError(f"{path}: {error}") from error


def txt_rows(text: str) -> list[Row]:
    """Return a row for each line that is not blank."""
    return [_row(line, number, None, question) for number, (line, question) in enumerate(_lines(text), 1)]


def jsonl_rows(text: str) -> list[Row]:
    """Return a row for each line that is not blank."""
    return [_json_row(line, number, content) for number, (line, content) in enumerate(_lines(text), 1)]


def csv_rows(text: str) -> list[Row]:
    """Return a row for each row that is not blank; of its columns, `question`, `id` and `conversation` are read."""
    header = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [name.strip().casefold() for name in next((cells for cells in reader if any(cells)), [])]
    if "question" not in names:
        raise QuestionsError(f"no column `question`; its columns are: {', '.join(names) or 'none'}.")
    rows: list[Row] = []
    start = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            values = dict(zip(names, cells, strict=False))
            rows.append(
                _row(
                    start,
                    len(rows) + 1,
                    values.get("id"),
                    values.get("question"),
                    conversation=values.get("conversation"),
                )
            )
        start = reader.line_num + 1
    return rows


READERS: dict[str, Callable[[str], list[Row]]] = {".txt": txt_rows, ".csv": csv_rows, ".jsonl": jsonl_rows}


def _lines(text: str) -> list[tuple[int, str]]:
    """Return lines that are not blank, each with its number; only line feeds end a line."""
    return [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]


def _json_row(line: int, number: int, content: str) -> Row:
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "too deep or too long"
        return _row(line, number, None, content, error=f"not valid JSON ({reason})")
    if not isinstance(values, dict):
        return _row(line, number, None, content, error="not a JSON object")
    told = (values.get(name) for name in ("id", "question", "filters", "conversation"))
    return _row(line, number, *told)


def _row(
    line: int,
    number: int,
    identity: Any,
    question: Any,
    filters: Any = None,
    conversation: Any = None,
    error: str | None = None,
) -> Row:
    shown = question if isinstance(question, str) else ""
    problem = error or _problem(identity, question, filters, conversation)
    named = str(identity).strip() if _is_id(identity) else ""
    return Row(
        line,
        well_formed(named) or str(number),
        well_formed(shown.strip()),
        filters or {} if not problem else {},
        problem,
        str(conversation).strip() or None if _is_id(conversation) else None,
    )


def _problem(identity: Any, question: Any, filters: Any, conversation: Any) -> str | None:
    for name, value in (("id", identity), ("conversation", conversation)):
        if value is not None and not _is_id(value):
            return f"{name} is neither a text nor a whole number"
    if question is None or question == "":
        return "no question"
    if not isinstance(question, str):
        return "question is not a text"
    if not question.strip():
        return "no question"
    texts = isinstance(filters, dict) and all(isinstance(value, str) for value in filters.values())
    return None if filters is None or texts else "filters is not an object of texts"


def _is_id(identity: Any) -> bool:
    return isinstance(identity, str) or (isinstance(identity, int) and not isinstance(identity, bool))
