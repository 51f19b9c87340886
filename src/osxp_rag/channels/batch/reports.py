"""The answers of a batch as text, one format a file ending. Pure: a record in, text out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from osxp_rag.answering.texts import place
from osxp_rag.channels.markup import block, inline
from osxp_rag.channels.shown import ENGLISH, FRENCH

Record = dict[str, Any]  # an answer's `to_dict()` behind the row's `id`, or an error's
COLUMNS = ("id", "question", "status", "reason", "text", "language", "confidence", "citations")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class Format:
    """How a file begins, and how each record is written."""

    header: str
    record: Callable[[Record], str]


def json_line(record: Record) -> str:
    """Return a record as a line of JSON."""
    return json.dumps(record, ensure_ascii=False) + "\n"


def csv_line(record: Record) -> str:
    """Return a record as a row of `COLUMNS`; an error's message stands under `reason`."""
    values = {**record, "reason": record.get("reason") or record.get("error"), "citations": _flat_citations(record)}
    return _csv([_cell(values.get(name)) for name in COLUMNS])


def markdown_section(record: Record) -> str:
    """Return a record as a section of a report."""
    parts = [f"## {inline(record['id'])}. {inline(record['question']) or '(no question)'}"]
    if record["status"] == "error":
        parts.append(f"**Error:** {inline(record['error'])}")
    elif record["status"] == "abstained":
        parts.append(f"**No answer** ({inline(record['reason'])}). {block(record['text'])}")
        parts += ["\n".join(f"- {inline(near['title'])} ({inline(near['document'])})" for near in record["nearest"])]
    else:
        parts.append(_statements(record["text"]))
        parts += [_markdown_citation(citation, record["language"]) for citation in record["citations"]]
        parts += [f"*{inline(notice['text'])}*" for notice in record.get("notices", ())]
        parts.append(f"Confidence: {round(100 * record['confidence'])}%")
    return "\n\n".join(part for part in parts if part) + "\n\n"


def _csv(cells: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _cell(value: Any) -> str:
    """Return a value as a cell that a spreadsheet shows and never runs as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _flat_citations(record: Record) -> str:
    return "\n".join(f'{one["id"]}: {one["document"]}: "{one["quote"]}"' for one in record.get("citations", ()))


def _markdown_citation(citation: Record, language: str) -> str:
    section = f" › {inline(citation['section'])}" if citation["section"] else ""
    url = f" <{citation['url']}>" if citation["url"] and re.fullmatch(r"https?://[^\s<>]+", citation["url"]) else ""
    quote = "\n".join(f"> {line}" for line in block(citation["quote"]).split("\n"))
    words = FRENCH if language == "fr" else ENGLISH
    others = ", ".join(map(inline, citation.get("also", ())))
    also = f", {words.also.format(others)}" if others else ""
    page = place(citation["page"], citation["page_unit"], language)
    where = f"{inline(citation['document'])}{f', {page}' if page else ''}{also}"
    return f"[{citation['id']}] {inline(citation['title'])}{section} ({where}){url}\n\n{quote}"


def _statements(text: str) -> str:
    """Return an answer's text: its list stays a list, every other line is a paragraph."""
    lines = [line for line in text.split("\n") if line.strip()]
    groups = (list(group) for _, group in groupby(lines, key=_is_item))
    return "\n\n".join(("\n" if _is_item(group[0]) else "\n\n").join(map(_statement, group)) for group in groups)


def _statement(line: str) -> str:
    return f"- {block(line[2:])}" if _is_item(line) else block(line)


def _is_item(line: str) -> bool:
    return line.startswith("- ")


FORMATS = {
    ".jsonl": Format("", json_line),
    ".csv": Format(_csv(list(COLUMNS)), csv_line),
    ".md": Format("# Answers\n\n", markdown_section),
}
