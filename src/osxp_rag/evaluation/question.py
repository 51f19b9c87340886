"""A question with what is expected of its answer: one JSON object, checked key by key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from osxp_rag.corpus.language import detect_language
from osxp_rag.corpus.text import well_formed
from osxp_rag.errors import QuestionsError

TYPES = ("fact", "list", "summary", "definition", "who", "when", "where", "how_much", "yes_no", "comparison")
CLASSES = ("out_of_corpus", "false_premise", "underspecified", "nonsense", "near_miss")
SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `documents` hold its answer, `patterns` all match (whatever the case) a correct one.

    `type` is its form, one of `TYPES`. `class_` (the key `class`) says why it has no answer, one of `CLASSES`; None for
    an answerable question, and where nobody said. `split` is one of `SPLITS` or None.
    """

    id: str
    lang: str
    type: str
    class_: str | None
    split: str | None
    question: str
    answerable: bool
    documents: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


def parse_question(line: str, where: str) -> Question:
    """Check one line; `where` starts the message of an error.

    Raises:
        QuestionsError: the first thing that is wrong: where, the key, and what to write instead.
    """
    values = _object(line, where)
    _check_keys(values, where)
    _check_class(values, where)
    if values["answerable"] and not values["documents"]:
        raise QuestionsError(
            f"{where}, documents: empty, though the question is answerable; name a document that holds its answer, "
            'or write "answerable": false.'
        )
    text = well_formed(values["question"])
    return Question(
        id=well_formed(values["id"]),
        lang=well_formed(values.get("lang") or detect_language(text)[0]),
        type=values.get("type") or TYPES[0],
        class_=values.get("class"),
        split=values.get("split"),
        question=text,
        answerable=values["answerable"],
        documents=tuple(map(well_formed, values["documents"])),
        patterns=tuple(_pattern(well_formed(pattern), where) for pattern in values["patterns"]),
    )


def _object(line: str, where: str) -> dict[str, Any]:
    try:
        values = json.loads(line)
    except ValueError as error:
        raise QuestionsError(f"{where}: not valid JSON ({error}); write one JSON object a line.") from error
    if not isinstance(values, dict):
        raise QuestionsError(f"{where}: not a JSON object; write one JSON object a line.")
    return values


def _check_keys(values: dict[str, Any], where: str) -> None:
    for key in values:
        if key not in _KEYS:
            raise QuestionsError(f"{where}, {key}: no such key; take it out. Known: {', '.join(_KEYS)}.")
    for key, (is_right, kind) in _KEYS.items():
        value = values.get(key)
        if key not in values and key not in _OPTIONAL:
            raise QuestionsError(f"{where}, {key}: missing; give it {kind}.")
        if not is_right(value) and not (value is None and key in _OPTIONAL):
            raise QuestionsError(f"{where}, {key}: {value!r} is not {kind}; write {kind}{_moved(key, value)}.")


def _check_class(values: dict[str, Any], where: str) -> None:
    if values["answerable"] and values.get("class") is not None:
        raise QuestionsError(
            f"{where}, class: {values['class']!r} says why there is no answer, though the question is answerable; "
            'write "class": null, or "answerable": false.'
        )


def _moved(key: str, value: Any) -> str:
    """Return what to add to the remedy where a class stands under `type`."""
    return f', and "class": "{value}"' if key == "type" and value in CLASSES else ""


def _pattern(pattern: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise QuestionsError(
            f"{where}, patterns: {pattern!r} is not a regular expression ({error}); mend it, or put a backslash before "
            "a character that is meant as it stands."
        ) from error


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _is_truth(value: Any) -> bool:
    return isinstance(value, bool)


def _one_of(names: tuple[str, ...]) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: isinstance(value, str) and value in names), f"one of {', '.join(names)}"


_KEYS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "id": (_is_text, "a text"),
    "lang": (_is_text, "a text"),
    "type": _one_of(TYPES),
    "class": _one_of(CLASSES),
    "split": _one_of(SPLITS),
    "question": (_is_text, "a text"),
    "answerable": (_is_truth, "true or false"),
    "documents": (_is_texts, "a list of texts"),
    "patterns": (_is_texts, "a list of texts"),
}
_OPTIONAL = frozenset({"lang", "type", "class", "split"})  # absent or null
