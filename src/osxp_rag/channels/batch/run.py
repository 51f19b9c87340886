"""Answer rows one after the other into a file that is whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from osxp_rag.channels.batch.reports import FORMATS, Record
from osxp_rag.channels.batch.rows import Row
from osxp_rag.errors import OsxpError

if TYPE_CHECKING:
    from osxp_rag.answering.conversation.turn import Turn
    from osxp_rag.assistant import Assistant
    from osxp_rag.index.build import Progress


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows ended how."""

    answered: int = 0
    abstained: int = 0
    errors: int = 0


def answer_rows(assistant: Assistant, rows: Sequence[Row], out: Path, progress: Progress) -> Tally:
    """Answer every row into `out`; its ending names the format. A row that fails becomes an error row.

    Raises:
        OsxpError: the file cannot be written.
    """
    made = FORMATS[out.suffix.lower()]
    statuses: list[str] = []
    talks: dict[str, list[Turn]] = {}
    with staged(out) as file:
        file.write(made.header)
        for done, row in enumerate(rows, 1):
            record = answer_row(assistant, row, talks.setdefault(row.conversation, []) if row.conversation else None)
            file.write(made.record(record))
            file.flush()
            statuses.append(record["status"])
            progress("ask", done, len(rows))
    return Tally(statuses.count("answered"), statuses.count("abstained"), statuses.count("error"))


def answer_row(assistant: Assistant, row: Row, turns: list[Turn] | None = None) -> Record:
    """Return the record of one row: its id and its answer, or its id and what went wrong.

    `turns` are those of its conversation so far; the answer's is added to them.
    """
    from osxp_rag.answering.conversation.turn import turn_of

    if row.error:
        return _error(row, row.error)
    try:
        answer = assistant.ask(row.question, turns=tuple(turns or ()), filters=row.filters)
    except OsxpError as error:
        return _error(row, str(error))
    if turns is not None:
        turns.append(turn_of(answer))
    return {"id": row.id, **answer.to_dict()}


def part_of(out: Path) -> Path:
    """Return the file that rows are written to until all are there."""
    return out.with_name(f"{out.name}.part")


@contextmanager
def staged(out: Path) -> Iterator[TextIO]:
    """Open a file beside `out` that replaces it at the end; after a failure it stays, and `out` is as it was.

    Raises:
        OsxpError: the file cannot be written.
    """
    part = part_of(out)
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(out)
    except OSError as error:
        raise OsxpError(f"{out}: cannot be written ({error.strerror}).") from error


def _error(row: Row, message: str) -> Record:
    return {"id": row.id, "question": row.question, "status": "error", "error": f"line {row.line}: {message}"}
