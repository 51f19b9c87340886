"""The scorecard: outcomes in, scores and failures out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from osxp_rag.evaluation import metrics
from osxp_rag.evaluation.questions import Question

if TYPE_CHECKING:
    from osxp_rag.answering.answer import Answer

RANKS = 10  # hits looked at
FIRST = 5
_SHOWN = 300  # characters of an answer in a failure


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: the answer, the documents of the hits in order, which quotes are exact."""

    question: Question
    answer: Answer
    documents: tuple[str, ...]
    exact: tuple[bool, ...]
    latency_ms: float

    @property
    def correct(self) -> bool:
        """Whether an answerable question is answered and every pattern matches, or another one is not answered."""
        if not self.question.answerable:
            return not self.answer.answered
        return self.answer.answered and all(p.search(self.answer.text) for p in self.question.patterns)


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores over some questions, each from 0 to 1, None where there was nothing to measure; latencies in ms.

    Recall, reciprocal rank and correctness are over answerable questions; citation precision over those of them
    that were answered; the calibration error is of the confidence as the probability of being answerable.
    """

    questions: int
    answerable: int
    recall_at_5: float | None
    mrr_at_10: float | None
    correct: float | None
    citation_precision: float | None
    abstention_accuracy: float | None
    quote_fidelity: float | None
    calibration_error: float | None
    latency_median_ms: float | None
    latency_p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A question whose answer is not what was expected."""

    id: str
    question: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Scores over all questions and by language, and the questions that failed."""

    overall: Scores
    by_language: dict[str, Scores]
    failures: tuple[Failure, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the scorecard as JSON types."""
        return asdict(self)


def make_scorecard(outcomes: Sequence[Outcome]) -> Scorecard:
    """Score the outcomes, over all and by language."""
    languages = sorted({outcome.question.lang for outcome in outcomes})
    return Scorecard(
        overall=score(outcomes),
        by_language={lang: score([one for one in outcomes if one.question.lang == lang]) for lang in languages},
        failures=tuple(_failure(one) for one in outcomes if not one.correct or not all(one.exact)),
    )


def score(outcomes: Sequence[Outcome]) -> Scores:
    """Return the scores over some outcomes."""
    answerable = [one for one in outcomes if one.question.answerable]
    truths = [one.question.answerable for one in outcomes]
    latencies = [one.latency_ms for one in outcomes]
    return Scores(
        questions=len(outcomes),
        answerable=len(answerable),
        recall_at_5=metrics.mean([_recall(one) for one in answerable]),
        mrr_at_10=metrics.mean(
            [metrics.reciprocal_rank(one.question.documents, one.documents, RANKS) for one in answerable]
        ),
        correct=metrics.precision([one.correct for one in answerable]),
        citation_precision=metrics.precision(_cited_rightly(answerable)),
        abstention_accuracy=metrics.balanced_accuracy(truths, [one.answer.answered for one in outcomes]),
        quote_fidelity=metrics.precision([exact for one in outcomes for exact in one.exact]),
        calibration_error=metrics.calibration_error([one.answer.confidence for one in outcomes], truths),
        latency_median_ms=metrics.percentile(latencies, 0.5),
        latency_p95_ms=metrics.percentile(latencies, 0.95),
    )


def _recall(outcome: Outcome) -> float:
    """Return recall: a list wants every document that is expected, any other question one of them."""
    question = outcome.question
    return metrics.recall_at_k(question.documents, outcome.documents, FIRST, every=question.type == "list")


def _cited_rightly(outcomes: Sequence[Outcome]) -> list[bool]:
    return [one.document in outcome.question.documents for outcome in outcomes for one in outcome.answer.citations]


def _failure(outcome: Outcome) -> Failure:
    question = outcome.question
    patterns = " and ".join(pattern.pattern for pattern in question.patterns)
    expected = f"{patterns or 'an answer'} (in {', '.join(question.documents)})" if question.answerable else "abstained"
    return Failure(question.id, question.question, expected, _got(outcome))


def _got(outcome: Outcome) -> str:
    answer = outcome.answer
    text = " ".join(answer.text.split())
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    wrong = [str(one.id) for one, exact in zip(answer.citations, outcome.exact, strict=True) if not exact]
    quotes = f" (not exact: quote {', '.join(wrong)})" if wrong else ""
    return (shown if answer.answered else f"abstained: {answer.reason}") + quotes
