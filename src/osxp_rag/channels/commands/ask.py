"""`osxp-rag ask` and `osxp-rag search`: one question, its answer or its passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from osxp_rag.channels.opened import open_as_is
from osxp_rag.channels.terminal import console, print_json
from osxp_rag.settings import QUOTES

if TYPE_CHECKING:
    from osxp_rag.settings import Settings


def ask(settings: Settings, question: str, filters: Mapping[str, str], *, as_json: bool) -> bool:
    """Print the answer to a question; return whether there is one."""
    assistant = open_as_is(settings)
    if as_json:
        answer = assistant.ask(question, filters=filters)
        print_json(answer.to_dict())
        return answer.answered
    from osxp_rag.channels.shown import show_answer, show_stream

    if settings.engine == QUOTES:  # nothing to wait for, and the answering words stand out
        answer = assistant.ask(question, filters=filters)
        show_answer(console(), answer)
    else:
        answer = show_stream(console(), assistant.stream(question, filters=filters))
    return answer.answered


def search(settings: Settings, question: str, filters: Mapping[str, str], *, as_json: bool) -> None:
    """Print the passages nearest to a question."""
    assistant = open_as_is(settings)
    hits = assistant.search(question, filters=filters)
    if as_json:
        print_json({"question": question, "generation": assistant.generation, "hits": [hit.to_dict() for hit in hits]})
        return
    from osxp_rag.channels.shown import show_hits

    show_hits(console(), hits)
