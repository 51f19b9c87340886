"""What came of one question: pure facts about an answer beside what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from osxp_rag.evaluation import metrics
from osxp_rag.evaluation.question import Question

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Answer
    from osxp_rag.answering.phrasing.events import Released, Withheld

RANKS = 10  # passages looked at
FIRST = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer; `documents` are those of the first `RANKS` passages in order, `exact` tells which quotes are exact.

    `events` are the lines that a language model was let say or not; none for the `quotes` engine.
    """

    question: Question
    answer: Answer
    documents: tuple[str, ...]
    exact: tuple[bool, ...]
    latency_ms: float
    events: tuple[Released | Withheld, ...] = ()

    @property
    def correct(self) -> bool:
        """Whether an answerable question is answered and every pattern matches, or another one is not answered."""
        if not self.question.answerable:
            return not self.answer.answered
        return self.answer.answered and all(self.matched)

    @property
    def failed(self) -> bool:
        """Whether something is not as it should be."""
        return not (self.correct and all(self.exact))

    @property
    def listed(self) -> bool:
        """Whether a list is asked for whose items are known."""
        return self.question.answerable and self.question.type == "list" and bool(self.question.patterns)

    @property
    def matched(self) -> tuple[bool, ...]:
        """Which patterns the answer matches; a refusal matches none."""
        text = self.answer.text if self.answer.answered else None
        return tuple(text is not None and bool(pattern.search(text)) for pattern in self.question.patterns)

    @property
    def cited_rightly(self) -> tuple[bool, ...]:
        """Which citations are from an expected document."""
        return tuple(one.document in self.question.documents for one in self.answer.citations)

    @property
    def rank(self) -> int | None:
        """The rank, from 1, of the first passage from an expected document; None where none is there."""
        ranks = enumerate(self.documents[:RANKS], 1)
        return next((rank for rank, name in ranks if name in self.question.documents), None)

    @property
    def recall(self) -> float:
        """Recall of documents: a list wants every one that is expected, any other question one of them."""
        every = self.question.type == "list"
        return metrics.recall_at_k(self.question.documents, self.documents, FIRST, every=every)
