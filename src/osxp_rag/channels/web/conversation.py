"""A conversation, step by step: what the page shows while a question is answered."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from osxp_rag.channels.web import render
from osxp_rag.channels.web.texts import Labels, labels
from osxp_rag.errors import OsxpError

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant

# Twelve frames at this pace reveal an answer in under half a second.
PACE = 0.03
KEPT = 50

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A finished question and answer: its number in the page, and its HTML."""

    number: int
    html: str


@dataclass(frozen=True, slots=True)
class Step:
    """What the page shows now; `turns` is set by the last step of a question only."""

    html: str
    words: Labels
    turns: tuple[Turn, ...] | None = None


def steps(assistant: Assistant, question: str, turns: tuple[Turn, ...], words: Labels) -> Iterator[Step]:
    """Yield what to show from the question to its whole answer; `words` are the page's so far."""
    number = turns[-1].number + 1 if turns else 1
    before = "".join(turn.html for turn in turns)
    yield Step(before + render.waiting(number, question, words), words)
    try:
        yield from _answer(assistant, question, turns, number)
    except OsxpError as error:
        yield _last(turns, Turn(number, render.trouble(number, question, str(error), words)), words)
    except Exception:
        # The boundary of the channel: a visitor gets a sentence, the terminal gets the traceback.
        _log.exception("The question could not be answered")
        yield _last(turns, Turn(number, render.trouble(number, question, words.unexpected, words)), words)


def _answer(assistant: Assistant, question: str, turns: tuple[Turn, ...], number: int) -> Iterator[Step]:
    answer = assistant.ask(question)
    contexts = {citation.id: assistant.context(citation) for citation in answer.citations}
    words = labels(answer.language)
    before = "".join(turn.html for turn in turns)
    for text in render.frames(answer.text)[:-1] if answer.answered else []:
        yield Step(before + render.partial(number, answer, text), words)
        time.sleep(PACE)
    yield _last(turns, Turn(number, render.complete(number, answer, contexts)), words)


def _last(turns: tuple[Turn, ...], turn: Turn, words: Labels) -> Step:
    kept = (*turns, turn)[-KEPT:]
    return Step("".join(one.html for one in kept), words, kept)
