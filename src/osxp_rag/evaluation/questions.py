"""A set of questions with what is expected of the answers: one JSON object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osxp_rag.errors import QuestionsError


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `documents` hold its answer, `patterns` all match (whatever the case) a correct one."""

    id: str
    lang: str
    type: str
    question: str
    answerable: bool
    documents: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


def load_questions(path: Path) -> list[Question]:
    """Read and check a file of questions; blank lines are passed over.

    Raises:
        QuestionsError: the first thing that is wrong, with the file, the line and the key.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f"{path}: cannot be read as UTF-8 ({error}).") from error
    questions: list[Question] = []
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            questions.append(parse_question(line, f"{path}, line {number}"))
            if questions[-1].id in seen:
                raise QuestionsError(f"{path}, line {number}, id: {questions[-1].id!r} is there twice.")
            seen.add(questions[-1].id)
    if not questions:
        raise QuestionsError(f"{path}: holds no question.")
    return questions


def parse_question(line: str, where: str) -> Question:
    """Check one line; `where` starts the message of an error."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise QuestionsError(f"{where}: not valid JSON ({error}).") from error
    if not isinstance(values, dict):
        raise QuestionsError(f"{where}: not a JSON object.")
    _check_keys(values, where)
    documents, patterns = values["documents"], values["patterns"]
    if values["answerable"] and not documents:
        raise QuestionsError(f"{where}, documents: empty, though the question is answerable.")
    compiled = tuple(_pattern(pattern, where) for pattern in patterns)
    return Question(**{**values, "documents": tuple(documents), "patterns": compiled})


def _check_keys(values: dict[str, Any], where: str) -> None:
    for key in values:
        if key not in _KINDS:
            raise QuestionsError(f"{where}, {key}: no such key; known: {', '.join(_KINDS)}.")
    for key, (is_right, kind) in _KINDS.items():
        if key not in values:
            raise QuestionsError(f"{where}, {key}: missing.")
        if not is_right(values[key]):
            raise QuestionsError(f"{where}, {key}: {values[key]!r} is not {kind}.")


def _pattern(pattern: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise QuestionsError(f"{where}, patterns: {pattern!r} is not a regular expression ({error}).") from error


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "id": (_is_text, "a text"),
    "lang": (_is_text, "a text"),
    "type": (_is_text, "a text"),
    "question": (_is_text, "a text"),
    "answerable": (_is_truth, "true or false"),
    "documents": (_is_texts, "a list of texts"),
    "patterns": (_is_texts, "a list of texts"),
}
