"""What every scorecard shows, as tables of words and digits. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from osxp_rag.evaluation.bootstrap import LEVEL, RESAMPLES, Interval
from osxp_rag.evaluation.diagnosis import Fact
from osxp_rag.evaluation.phrased import Phrased
from osxp_rag.evaluation.scorecard import Failure, Report, Scorecard
from osxp_rag.evaluation.scores import Intervals, Scores

NOTHING = "–"
FIGURES = {
    "questions": "Questions",
    "answerable": "… that the documents answer",
    "recall_at_5": "Recall@5, by document",
    "mrr_at_10": "MRR@10, by document",
    "correct": "Correct answers",
    "citation_precision": "Citation precision",
    "list_items_found": "Items of list questions found",
    "abstention_precision": "Abstention, precision",
    "abstention_recall": "Abstention, recall",
    "abstention_accuracy": "Abstention, balanced accuracy",
    "quote_fidelity": "Quote fidelity",
    "calibration_error": "Calibration error (ECE)",
    "latency_median_ms": "Latency, median (ms)",
    "latency_p95_ms": "Latency, 95th percentile (ms)",
}
TYPES = {
    "questions": "Questions",
    "recall_at_5": "Recall@5",
    "correct": "Correct",
    "refused": "Refused wrongly",
    "citation_precision": "Citation precision",
    "list_items_found": "List items found",
}
CLASSES = {"questions": "Questions", "refused": "Refused rightly", "mean_confidence": "Mean confidence"}
PHRASED = {
    "said": "Said",
    "kept": "… kept",
    "replaced": "… replaced by a quote",
    "dropped": "… dropped",
    "wrong": "Wrong, of those kept",
    "answered": "Questions answered",
    "answers": "… in the model's words, in part at least",
}
METHOD = (
    f"{LEVEL:.0%} intervals: percentile bootstrap over the questions, {RESAMPLES} resamples with as many answerable "
    "questions in each (Efron & Tibshirani 1993). An interval without width only means that no question of this set "
    "came out differently. Resampling inflates the calibration error, so its score can lie below its interval."
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure and its interval, both as text; the interval is empty where there is none."""

    value: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Named rows of cells; `corner` says what the names are."""

    title: str
    corner: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def tables(card: Scorecard) -> tuple[Table, ...]:
    """Return the tables of a scorecard that have rows."""
    made = (
        _scores(card),
        _breakdown("Answerable questions, by type", "Type", card.by_type, TYPES),
        _breakdown("Unanswerable questions, by class", "Class", card.by_class, CLASSES),
    )
    return (*(table for table in made if table.rows), *_phrased(card.phrased))


def about(report: Report) -> dict[str, str]:
    """Return what was scored, by what it is called."""
    split = {"Split": report.split} if report.split else {}
    threshold = f"{report.card.threshold:.3g}"
    return {"Questions": report.questions, **split, "Generation": report.generation, "Threshold": threshold}


def headline(card: Scorecard) -> str:
    """Return in a sentence how many questions failed."""
    failed, total = len(card.failures), card.overall.questions
    return f"{failed} of {total} {'question' if total == 1 else 'questions'} failed"


def expected(failure: Failure) -> str:
    """Return what a correct answer would have been."""
    if not failure.answerable:
        return "abstained"
    return f"{' and '.join(failure.expected.patterns) or 'an answer'} (in {', '.join(failure.expected.documents)})"


def got(failure: Failure) -> str:
    """Return what came instead."""
    return f"abstained: {failure.got}" if failure.abstained else failure.got


def told(fact: Fact) -> str:
    """Return a reason with its particulars."""
    return f"{fact.reason}: {fact.detail}"


def spaced(name: str) -> str:
    """Return the name of a type or a class as words."""
    return name.replace("_", " ")


def cell(name: str, value: float | None, interval: Interval | None = None) -> Cell:
    """Return a figure as text: counts and milliseconds whole, anything else with three decimals."""
    if value is None:
        return Cell(NOTHING)
    digits = 0 if isinstance(value, int) or name.endswith("_ms") else 3
    between = NOTHING.join(f"{end:.{digits}f}" for end in interval) if interval else ""
    return Cell(f"{value:.{digits}f}", between)


def _scores(card: Scorecard) -> Table:
    columns: dict[str, tuple[Scores, Intervals]] = {"All": (card.overall, card.intervals.overall)}
    if len(card.by_language) > 1:
        columns |= {lang: (scores, card.intervals.by_language[lang]) for lang, scores in card.by_language.items()}
    rows = (
        (label, tuple(cell(name, getattr(of, name), between.get(name)) for of, between in columns.values()))
        for name, label in FIGURES.items()
    )
    return Table("Scores", "", tuple(columns), tuple(rows))


def _breakdown(title: str, corner: str, groups: Mapping[str, Any], figures: Mapping[str, str]) -> Table:
    """Return a table with a row for each group, without the columns that no group has anything in."""
    names = [name for name in figures if any(getattr(one, name) is not None for one in groups.values())]
    rows = ((spaced(group), _cells(one, names)) for group, one in groups.items())
    return Table(title, corner, tuple(figures[name] for name in names), tuple(rows))


def _phrased(phrased: Phrased | None) -> Iterator[Table]:
    """Yield what became of a language model's sentences, where one was asked."""
    if phrased is None:
        return
    rows = ((label, (cell(name, getattr(phrased, name)),)) for name, label in PHRASED.items())
    yield Table("The language model's sentences", "Sentences", ("Number",), tuple(rows))
    for title, counts in (("Why sentences are withheld", phrased.reasons), ("Notices of answers", phrased.notices)):
        if counts:
            yield Table(
                title, title.split()[0], ("Number",), tuple((name, (cell("", n),)) for name, n in counts.items())
            )


def _cells(scores: Any, names: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(cell(name, getattr(scores, name)) for name in names)
