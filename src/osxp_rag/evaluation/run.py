"""Ask every question and keep what the scores need."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from osxp_rag.answering.answer import Answer
from osxp_rag.answering.phrasing.events import Event, Released, Withheld
from osxp_rag.evaluation.outcome import RANKS, Outcome
from osxp_rag.evaluation.question import Question
from osxp_rag.evaluation.scorecard import Scorecard, make_scorecard
from osxp_rag.settings import QUOTES

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Citation
    from osxp_rag.assistant import Assistant
    from osxp_rag.index.build import Progress

Clock = Callable[[], float]


def evaluate(
    assistant: Assistant, questions: Sequence[Question], progress: Progress, clock: Clock = time.perf_counter
) -> Scorecard:
    """Ask the questions one after the other and score the answers."""
    outcomes = []
    for done, question in enumerate(questions, 1):
        outcomes.append(ask(assistant, question, clock))
        progress("ask", done, len(questions))
    return make_scorecard(outcomes, assistant.settings.threshold)


def ask(assistant: Assistant, question: Question, clock: Clock) -> Outcome:
    """Ask one question; only the answer is timed, and it comes first, so that nothing is warm for it."""
    start = clock()
    *events, answer = assistant.stream(question.question)
    latency_ms = 1000 * (clock() - start)
    assert isinstance(answer, Answer)
    hits = assistant.search(question.question, top_k=RANKS)
    return Outcome(
        question=question,
        answer=answer,
        documents=tuple(hit.passage.document for hit in hits),
        exact=exact_quotes(assistant, answer),
        latency_ms=latency_ms,
        events=tuple(_lines(events)) if assistant.settings.engine != QUOTES else (),
    )


def _lines(events: Sequence[Event]) -> Iterator[Released | Withheld]:
    return (event for event in events if not isinstance(event, Answer))


def exact_quotes(assistant: Assistant, answer: Answer) -> tuple[bool, ...]:
    """Return, for each citation, whether its quote is its document's text at its offsets."""
    return tuple(_is_exact(assistant, citation) for citation in answer.citations)


def _is_exact(assistant: Assistant, citation: Citation) -> bool:
    document = assistant.document(citation.document)
    return document is not None and document.text[citation.start : citation.end] == citation.quote
