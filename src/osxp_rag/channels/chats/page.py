"""A conversation as one HTML page that needs nothing else: no script, no font, no image, no network. Pure."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from osxp_rag.answering.answer import Answer, Nearest
from osxp_rag.channels.chats import shown
from osxp_rag.channels.chats.records import Chat, Turn
from osxp_rag.channels.chats.shown import Shown
from osxp_rag.channels.chats.texts import Labels, labels

if TYPE_CHECKING:
    from jinja2 import Environment

Line = tuple[str, str, str]  # what comes before the direct answer, the direct answer or nothing, what comes after


@dataclass(frozen=True, slots=True)
class Entry:
    """A turn in words; `blocks` are its statements, those of a list together."""

    words: Labels
    question: str
    asked: str
    filters: str
    answered: bool
    blocks: tuple[tuple[bool, tuple[Line, ...]], ...]
    made: tuple[str, ...]
    confidence: str
    sources: tuple[Shown, ...]
    nearest: tuple[Nearest, ...]


def html(chat: Chat) -> str:
    """Return the page; whatever comes from questions, answers and documents is escaped."""
    words = labels(chat.language)
    entries = [_entry(turn) for turn in chat.turns]
    about = words.about.format(shown.day(chat.created))
    return _environment().get_template("page.html").render(chat=chat, words=words, about=about, entries=entries)


def _entry(turn: Turn) -> Entry:
    answer, words = shown.answer_of(turn.answer), labels(turn.language)
    return Entry(
        words,
        turn.question,
        words.asked.format(shown.day(turn.asked)),
        shown.filters(turn, words),
        answer.answered,
        _blocks(answer),
        shown.made(answer, words),
        shown.confidence(answer, words),
        shown.sources(answer, words),
        () if answer.answered else answer.nearest,
    )


def _blocks(answer: Answer) -> tuple[tuple[bool, tuple[Line, ...]], ...]:
    if answer.emphasis:
        start, end = answer.emphasis
        return ((False, ((answer.text[:start], answer.text[start:end], answer.text[end:]),)),)
    lines = [line for line in answer.text.splitlines() if line.strip()]
    return tuple(
        (listed, tuple(("", "", line.removeprefix("- ")) for line in group))
        for listed, group in groupby(lines, key=lambda line: line.startswith("- "))
    )


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("osxp_rag.channels.chats", ".")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
