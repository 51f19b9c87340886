"""A question with what is expected of its answer: one JSON object, checked key by key."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from osxp_rag.corpus.language import detect_language
from osxp_rag.corpus.text import well_formed
from osxp_rag.errors import QuestionsError
from osxp_rag.evaluation.fields import TEXT, TEXTS, TRUTH, Kind, check_keys, one_of, read_object

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


def parse_question(line: str, where: str) -> Question | None:
    """Check one line; `where` starts the message of an error. None for a question that is still open.

    That is one whose `answerable` is null: somebody has noted it, and has yet to say what would be right.

    Raises:
        QuestionsError: the first thing that is wrong: where, the key, and what to write instead.
    """
    values = read_object(line, where)
    _check(values, where)
    return None if values["answerable"] is None else _made(values, where)


def question_of(values: dict[str, Any], where: str) -> Question:
    """Check the keys of one question, which is no open one; see `parse_question`."""
    _check(values, where)
    if values["answerable"] is None:
        raise QuestionsError(f"{where}, answerable: null; write true or false.")
    return _made(values, where)


def _check(values: dict[str, Any], where: str) -> None:
    _check_known(values, where)
    check_keys(values, _KEYS, where, _moved)
    _check_class(values, where)
    if values["answerable"] and not values["documents"]:
        raise QuestionsError(
            f"{where}, documents: empty, though the question is answerable; name a document that holds its answer, "
            'or write "answerable": false.'
        )


def _made(values: dict[str, Any], where: str) -> Question:
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


def _check_known(values: dict[str, Any], where: str) -> None:
    for key in values:
        if key not in _KEYS:
            raise QuestionsError(f"{where}, {key}: no such key; take it out. Known: {', '.join(_KEYS)}.")


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


_KEYS: dict[str, Kind] = {
    "id": TEXT,
    "lang": replace(TEXT, optional=True),
    "type": one_of(TYPES, optional=True),
    "class": one_of(CLASSES, optional=True),
    "split": one_of(SPLITS, optional=True),
    "question": TEXT,
    "answerable": Kind(lambda value: value is None or TRUTH.is_right(value), "true or false"),
    "documents": TEXTS,
    "patterns": TEXTS,
    "note": replace(TEXT, optional=True),  # for people
}
