"""Words as they come → whole sentences with the numbers that they cite. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from osxp_rag.corpus.sentences import split_sentences
from osxp_rag.errors import EngineError

LONGEST = 1200  # characters without an end of a sentence: no text
_MARK = r"\[(?:passages?\s*)?\d+(?:\s*(?:[,;&]|and|et)\s*(?:passages?\s*)?\d+)*\]"
_MARKS = re.compile(_MARK, re.IGNORECASE)
_BEHIND = re.compile(rf"([.!?…]+[\"'»”)]*)\s*((?:{_MARK}\s*)+)", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_EMPHASIS = re.compile(r"\*\*|__|`")
_ENDED = re.compile(rf"(?:[.!?…:][\"'»”)]*|{_MARK}[.!?…]?)\s*$", re.IGNORECASE)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Saying:
    """A sentence of a model without its marks, and the numbers of the passages that it cites, in order.

    `whole` is false for the last one of a model that stopped in its middle.
    """

    text: str
    cited: tuple[int, ...]
    whole: bool = True


def sayings(words: Iterable[str], language: str) -> Iterator[Saying]:
    """Yield each sentence as soon as it is whole; a mark may stand before its full stop or behind it.

    Raises:
        EngineError: `garbage`, where no sentence ends within `LONGEST` characters.
    """
    said = given = ""
    for part in words:
        said += part
        text = _THOUGHT.sub("", said)
        ready = _ready(text, language)
        yield from _sayings_of(ready[len(given) :], language)
        given = max(given, ready, key=len)
        _check_length(text, given)
    yield from _sayings_of(_THOUGHT.sub("", said)[len(given) :], language, last=True)


def _check_length(text: str, given: str) -> None:
    if len(text) - len(given) > LONGEST:
        raise EngineError("garbage", "The language model does not write sentences.")


def _ready(text: str, language: str) -> str:
    """Return the part of a text that nothing that follows can change: all but its last sentence."""
    lines = text.rfind("\n") + 1
    tail = text[lines:]
    spans = split_sentences(tail, 0, len(tail), language)
    if len(spans) > 1 and not tail[spans[-1][0] :].startswith("["):
        return text[: lines + spans[-1][0]]
    return text[:lines]


def _sayings_of(text: str, language: str, *, last: bool = False) -> Iterator[Saying]:
    """Yield the sentences of a text that is complete, or all that there will be (`last`)."""
    lines = [line for line in text.split("\n") if line.strip()]
    for row, line in enumerate(lines):
        moved = _BEHIND.sub(r" \2\1 ", _EMPHASIS.sub("", _BULLET.sub("", line))).strip()
        spans = split_sentences(moved, 0, len(moved), language)
        for number, (start, end) in enumerate(spans):
            final = last and row == len(lines) - 1 and number == len(spans) - 1
            saying = _saying(moved[start:end], whole=not final or bool(_ENDED.search(moved)))
            if any(character.isalpha() for character in saying.text):
                yield saying


def _saying(sentence: str, *, whole: bool) -> Saying:
    numbers = [int(number) for mark in _MARKS.findall(sentence) for number in re.findall(r"\d+", mark)]
    text = re.sub(r"\s+([.,;!?…])", r"\1", " ".join(_MARKS.sub(" ", sentence).split()))
    return Saying(text, tuple(dict.fromkeys(numbers)), whole)
