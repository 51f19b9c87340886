"""What the reader and the retriever scored on data of others, as tables of words and digits. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from osxp_rag.channels.scorecards.tables import Table, cell
from osxp_rag.evaluation.abstention import Abstention, Rates
from osxp_rag.evaluation.retrieved import Depth, SpansReport
from osxp_rag.evaluation.spans import Found
from osxp_rag.evaluation.squad import Part, SpanScores

RATES = {
    "questions": "Questions",
    "hallucination": "Hallucination rate",
    "error": "Error rate",
    "invalid": "Invalid",
    "balanced_accuracy": "Balanced accuracy",
}
FOUND = {"questions": "Questions", "recall": "Recall", "precision": "Precision", "iou": "IoU"}
PART = {"questions": "Questions", "exact": "Exact match", "f1": "F1"}


def squad_tables(scores: SpanScores) -> tuple[Table, ...]:
    """Return the scores by whether a question is answerable, and what tells the one from the other."""
    parts = {
        "All": scores.overall,
        "Answerable": scores.answerable,
        "Unanswerable": scores.unanswerable,
        "Answerable, none refused": scores.unrefused,
    }
    figures = {
        "Best threshold, for F1": scores.threshold,
        "Exact match at the threshold best for it": scores.best_exact,
        "AUROC of answerability": scores.auroc,
    }
    return _table("The reader at its best threshold", "Questions that are", parts, PART), _figures(figures)


def passages_tables(scores: Abstention) -> tuple[Table, ...]:
    """Return the rates of the reader and of each LLM, and how well the reader's logit orders questions."""
    best = "refusing all" if scores.best_threshold is None else f"from logit {scores.best_threshold:.3f}, the best here"
    reader = {
        f"reader, from logit {scores.fixed_threshold:g}, an even chance": scores.fixed,
        f"reader, {best}": scores.best,
    }
    rates: Mapping[str, Rates] = {**reader, **scores.llms}
    return _table("What is answered", "Who answers", rates, RATES), _figures({"AUROC of the reader": scores.auroc})


def spans_tables(report: SpansReport) -> tuple[Table, ...]:
    """Return the scores at each depth, and what was measured."""
    counts = {
        "Passages indexed": report.indexed_passages,
        "References": report.references,
        "… not placed, left out": report.unplaced,
        "Questions left out with them": report.skipped,
    }
    return (*map(_depth, report.depths), _figures(counts))


def _depth(depth: Depth) -> Table:
    groups: Mapping[str, Found] = {"all": depth.overall, **depth.by_corpus}
    title = f"Characters of the references among the first {depth.passages} passages"
    return _table(title, "Answer is in", groups, FOUND)


def _table(title: str, corner: str, groups: Mapping[str, Part | Rates | Found], figures: Mapping[str, str]) -> Table:
    rows = ((name, tuple(cell(key, getattr(one, key)) for key in figures)) for name, one in groups.items())
    return Table(title, corner, tuple(figures.values()), tuple(rows))


def _figures(figures: Mapping[str, float | None]) -> Table:
    rows = ((name, (cell("", value),)) for name, value in figures.items())
    return Table("Figures", "Figure", ("Value",), tuple(rows))
