"""Scores over some questions, each with its interval. Pure.

A measure has one definition, over columns of shape [..., questions]: without a resample it gives the score, over a
thousand of them what the interval is read from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from osxp_rag.evaluation import bootstrap, metrics
from osxp_rag.evaluation.bootstrap import Interval
from osxp_rag.evaluation.metrics import Floats, share
from osxp_rag.evaluation.outcome import RANKS, Outcome


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores over some questions, each from 0 to 1, None where there was nothing to measure; latencies in ms.

    Recall, reciprocal rank and correctness are over answerable questions; citation precision over the citations of
    those that were answered; items found over answerable questions for a list, a refusal finding none. In precision
    and recall of abstention, a refusal is what is looked for and an unanswerable question what should be found;
    `abstention_accuracy` is balanced. The calibration error is of the confidence as the probability of being
    answerable.
    """

    questions: int
    answerable: int
    recall_at_5: float | None
    mrr_at_10: float | None
    correct: float | None
    citation_precision: float | None
    list_items_found: float | None
    abstention_precision: float | None
    abstention_recall: float | None
    abstention_accuracy: float | None
    quote_fidelity: float | None
    calibration_error: float | None
    latency_median_ms: float | None
    latency_p95_ms: float | None


Intervals = dict[str, Interval | None]  # by the name of the score


@dataclass(frozen=True, slots=True)
class Columns:
    """One value a question, in arrays of one shape [..., questions]; what only answerable ones have is else 0."""

    answerable: npt.NDArray[np.bool_]
    answered: npt.NDArray[np.bool_]
    confidence: Floats
    recall: Floats
    reciprocal_rank: Floats
    correct: Floats
    citations: Floats
    cited_rightly: Floats
    listed: Floats
    items_found: Floats
    quotes: Floats
    exact: Floats
    latency_ms: Floats

    def take(self, rows: npt.NDArray[np.intp]) -> Columns:
        """Return the columns with the questions of these rows; [questions] and [..., n] → [..., n]."""
        return Columns(*(getattr(self, field.name)[rows] for field in fields(self)))


MEASURES: dict[str, Callable[[Columns], Floats]] = {
    "recall_at_5": lambda of: share(of.recall, of.answerable),
    "mrr_at_10": lambda of: share(of.reciprocal_rank, of.answerable),
    "correct": lambda of: share(of.correct, of.answerable),
    "citation_precision": lambda of: share(of.cited_rightly, of.citations),
    "list_items_found": lambda of: share(of.items_found, of.listed),
    "abstention_precision": lambda of: share(~(of.answered | of.answerable), ~of.answered),
    "abstention_recall": lambda of: share(~(of.answered | of.answerable), ~of.answerable),
    "abstention_accuracy": lambda of: metrics.balanced_accuracy(of.answerable, of.answered),
    "quote_fidelity": lambda of: share(of.exact, of.quotes),
    "calibration_error": lambda of: metrics.calibration_error(of.confidence, of.answerable),
    "latency_median_ms": lambda of: metrics.percentile(of.latency_ms, 0.5),
    "latency_p95_ms": lambda of: metrics.percentile(of.latency_ms, 0.95),
}


def score(outcomes: Sequence[Outcome]) -> tuple[Scores, Intervals]:
    """Return the scores over some outcomes, and their intervals; resamples keep how many are answerable."""
    columns = tabulate(outcomes)
    drawn = columns.take(bootstrap.resamples(columns.answerable))
    scores = {name: metrics.number(measure(columns)) for name, measure in MEASURES.items()}
    answerable = int(columns.answerable.sum())
    return (
        Scores(questions=len(outcomes), answerable=answerable, **scores),
        {name: bootstrap.interval(measure(drawn)) for name, measure in MEASURES.items()},
    )


def tabulate(outcomes: Sequence[Outcome]) -> Columns:
    """Return the outcomes as columns; → [questions]."""
    rows = [_row(outcome) for outcome in outcomes]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(fields(Columns)))
    answerable, answered, *others = table.T
    return Columns(answerable.astype(bool), answered.astype(bool), *others)


def _row(outcome: Outcome) -> tuple[float, ...]:
    """Return the values of one question in the order of the columns."""
    asked, answer = outcome.question, outcome.answer
    told = asked.answerable
    return (
        told,
        answer.answered,
        answer.confidence,
        outcome.recall if told else 0.0,
        metrics.reciprocal_rank(asked.documents, outcome.documents, RANKS) if told else 0.0,
        told and outcome.correct,
        len(answer.citations) if told else 0,
        sum(outcome.cited_rightly) if told else 0,
        outcome.listed,
        sum(outcome.matched) / len(outcome.matched) if outcome.listed else 0.0,
        len(outcome.exact),
        sum(outcome.exact),
        outcome.latency_ms,
    )
