"""What visitors thought of answers, as a file of questions that `osxp-rag eval` reads. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from osxp_rag.answering.answer import Answer, flat
from osxp_rag.channels.chats.records import Feedback, Turn
from osxp_rag.channels.chats.shown import answer_of


def questions_file(turns: Iterable[Turn]) -> str:
    """Return one JSON object a line for each turn that was judged."""
    rows = (_row(turn, turn.feedback) for turn in turns if turn.feedback)
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def _row(turn: Turn, feedback: Feedback) -> dict[str, Any]:
    """Return a question; one whose answer was not liked is open: nobody has said yet what would be right.

    A good answer's own words are its pattern: the reader's where it named some, else the first quote. A good refusal
    makes a question without an answer.
    """
    answer, liked = answer_of(turn.answer), feedback.value == "up"
    return {
        "id": f"feedback-{turn.id}",
        "lang": turn.language,
        "question": turn.question,
        "answerable": answer.answered if liked else None,
        "documents": _documents(answer, liked),
        "patterns": [_pattern(answer)] if liked and answer.answered else [],
        "note": f"{feedback.value}: {feedback.reason}" if feedback.reason else feedback.value,
    }


def _documents(answer: Answer, liked: bool) -> list[str]:
    cited = list(dict.fromkeys(citation.document for citation in answer.citations))
    return cited or ([] if liked else [near.document for near in answer.nearest])


def _pattern(answer: Answer) -> str:
    words = answer.direct.text if answer.direct else answer.citations[0].quote
    return re.escape(flat(words).strip()).replace("\\ ", " ")
