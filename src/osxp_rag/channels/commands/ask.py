"""`osxp-rag ask` and `osxp-rag search`: one question, its answer or its passages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from osxp_rag.channels.opened import open_as_is
from osxp_rag.channels.terminal import console, print_json

if TYPE_CHECKING:
    from osxp_rag.settings import Settings


def ask(settings: Settings, question: str, filters: Mapping[str, str], *, as_json: bool) -> bool:
    """Print the answer to a question; return whether there is one."""
    answer = open_as_is(settings).ask(question, filters=filters)
    if as_json:
        print_json(answer.to_dict())
    else:
        from osxp_rag.channels.shown import show_answer

        show_answer(console(), answer)
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
