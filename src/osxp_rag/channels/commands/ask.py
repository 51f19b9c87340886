"""`osxp-rag ask` and `osxp-rag search`: one question, its answer or its passages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from osxp_rag.channels.opened import open_as_is
from osxp_rag.channels.terminal import console, print_json
from osxp_rag.errors import OsxpError, QuestionsError
from osxp_rag.settings import QUOTES

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Answer
    from osxp_rag.answering.conversation.turn import Turn
    from osxp_rag.assistant import Assistant
    from osxp_rag.settings import Settings


def ask(
    settings: Settings, question: str, filters: Mapping[str, str], *, conversation: Path | None = None, as_json: bool
) -> bool:
    """Print the answer to a question; return whether there is one.

    `conversation` is a file of earlier answers, oldest first, that this one is added to.
    """
    turns = read_turns(conversation) if conversation else ()
    assistant = open_as_is(settings)
    if as_json:
        answer = assistant.ask(question, turns=turns, filters=filters)
        print_json(answer.to_dict())
    else:
        answer = _shown(assistant, question, turns, filters)
    if conversation:
        _add(conversation, answer)
    return answer.answered


def _shown(assistant: Assistant, question: str, turns: Sequence[Turn], filters: Mapping[str, str]) -> Answer:
    """Print an answer as it is made, and return it."""
    from osxp_rag.channels.shown import show_answer, show_stream

    if assistant.settings.engine == QUOTES:  # nothing to wait for, and the answering words stand out
        answer = assistant.ask(question, turns=turns, filters=filters)
        show_answer(console(), answer)
        return answer
    return show_stream(console(), assistant.stream(question, turns=turns, filters=filters))


def read_turns(path: Path) -> Sequence[Turn]:
    """Return the turns of a file of answers, a JSON object a line, as a batch gives them; none where it is new.

    Raises:
        QuestionsError: it cannot be read, or a line is no answer.
    """
    from osxp_rag.answering.conversation.turn import turn_from
    from osxp_rag.evaluation.fields import read_rows

    if not path.exists() or path.stat().st_size == 0:
        return ()
    turns = []
    for where, record in read_rows(path):
        try:
            turns.append(turn_from(record))
        except QuestionsError as error:
            raise QuestionsError(f"{where}: {error}") from error
    return turns


def _add(path: Path, answer: Answer) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(answer.to_dict(), ensure_ascii=False) + "\n")
    except OSError as error:
        raise OsxpError(f"{path}: the answer cannot be added ({error.strerror}).") from error


def search(settings: Settings, question: str, filters: Mapping[str, str], *, as_json: bool) -> None:
    """Print the passages nearest to a question."""
    assistant = open_as_is(settings)
    hits = assistant.search(question, filters=filters)
    if as_json:
        print_json({"question": question, "generation": assistant.generation, "hits": [hit.to_dict() for hit in hits]})
        return
    from osxp_rag.channels.shown import show_hits

    show_hits(console(), hits)
