"""JSON of other people, checked key by key: every error says where, which key, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osxp_rag.errors import QuestionsError


@dataclass(frozen=True, slots=True)
class Kind:
    """What a value has to be, and that in words; an optional one may be absent or null."""

    is_right: Callable[[Any], bool]
    words: str
    optional: bool = False


def read_text(path: Path) -> str:
    """Return the text of a file, without a byte order mark.

    Raises:
        QuestionsError: it cannot be read, or is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f"{path}: cannot be read as UTF-8 ({error}); save it as UTF-8.") from error


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Return the lines of a file that are not blank, with their numbers from 1.

    Raises:
        QuestionsError: it cannot be read, or is not UTF-8.
    """
    return ((number, line) for number, line in enumerate(read_text(path).split("\n"), 1) if line.strip())


def read_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a file with one a line, each with where it stands.

    Raises:
        QuestionsError: the file cannot be read, a line is no JSON object, or there is none.
    """
    where = ""
    for number, line in read_lines(path):
        where = f"{path}, line {number}"
        yield where, read_object(line, where)
    if not where:
        raise QuestionsError(f"{path}: holds no question; write one JSON object a line.")


def read_object(line: str, where: str) -> dict[str, Any]:
    """Return the JSON object of a line; `where` starts the message of an error.

    Raises:
        QuestionsError: it is not JSON, or not an object.
    """
    try:
        values = json.loads(line)
    except ValueError as error:
        raise QuestionsError(f"{where}: not valid JSON ({error}); write one JSON object a line.") from error
    if not isinstance(values, dict):
        raise QuestionsError(f"{where}: not a JSON object; write one JSON object a line.")
    return values


def check_keys(
    values: Any, kinds: Mapping[str, Kind], where: str, hint: Callable[[str, Any], str] = lambda key, value: ""
) -> dict[str, Any]:
    """Return an object whose values are all of their kinds; `hint` adds to what to write. Other keys may be there.

    Raises:
        QuestionsError: the first thing that is wrong.
    """
    if not isinstance(values, dict):
        raise QuestionsError(f"{where}: {values!r:.60} is not a JSON object; write one with {', '.join(kinds)}.")
    for key, kind in kinds.items():
        value = values.get(key)
        if key not in values and not kind.optional:
            raise QuestionsError(f"{where}, {key}: missing; give it {kind.words}.")
        if not kind.is_right(value) and not (value is None and kind.optional):
            remedy = f"write {kind.words}{hint(key, value)}."
            raise QuestionsError(f"{where}, {key}: {value!r} is not {kind.words}; {remedy}")
    return values


def is_text(value: Any) -> bool:
    """Return whether a value is a text with more than blanks."""
    return isinstance(value, str) and bool(value.strip())


def is_texts(value: Any) -> bool:
    """Return whether a value is a list of such texts."""
    return isinstance(value, list) and all(is_text(item) for item in value)


def is_truth(value: Any) -> bool:
    """Return whether a value is true or false."""
    return isinstance(value, bool)


def is_filled(value: Any) -> bool:
    """Return whether a value is a list with something in it."""
    return isinstance(value, list) and bool(value)


def one_of(names: tuple[str, ...], *, optional: bool = False) -> Kind:
    """Return the kind of a value that is one of some names."""
    words = f"one of {', '.join(names)}"
    return Kind(lambda value: isinstance(value, str) and value in names, words, optional)


TEXT = Kind(is_text, "a text")
TEXTS = Kind(is_texts, "a list of texts")
TRUTH = Kind(is_truth, "true or false")
FILLED = Kind(is_filled, "a list that is not empty")
