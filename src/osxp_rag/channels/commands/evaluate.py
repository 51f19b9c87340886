"""`osxp-rag eval`: score the answers to a set of questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from osxp_rag.channels.batch.run import staged
from osxp_rag.channels.opened import open_as_is
from osxp_rag.channels.terminal import console, plain, print_json, progress
from osxp_rag.evaluation.questions import load_questions
from osxp_rag.evaluation.run import evaluate
from osxp_rag.evaluation.scorecard import Failure, Scorecard, Scores

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

ROWS = {
    "questions": "Questions",
    "answerable": "… that the documents answer",
    "recall_at_5": "Recall@5, by document",
    "mrr_at_10": "MRR@10, by document",
    "correct": "Correct answers",
    "citation_precision": "Citation precision",
    "abstention_accuracy": "Abstention, balanced accuracy",
    "quote_fidelity": "Quote fidelity",
    "calibration_error": "Calibration error (ECE)",
    "latency_median_ms": "Latency, median (ms)",
    "latency_p95_ms": "Latency, 95th percentile (ms)",
}


def run(settings: Settings, questions: Path, report: Path | None, *, as_json: bool) -> None:
    """Score the answers; print a table or JSON, and write JSON where a report is named."""
    if report and report.suffix.lower() != ".json":
        raise typer.BadParameter(f"{report} does not end in .json", param_hint="'--output' / '-o'")
    loaded = load_questions(questions)
    assistant = open_as_is(settings)
    with progress("Loading the model") as show:
        card = evaluate(assistant, loaded, show)
    found = {"questions": questions.name, "generation": assistant.generation, **card.to_dict()}
    if report:
        with staged(report) as file:
            file.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    if as_json:
        print_json(found)
    else:
        _show(card)


def _show(card: Scorecard) -> None:
    out = console()
    columns = {"All": card.overall, **(card.by_language if len(card.by_language) > 1 else {})}
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for name in columns:
        table.add_column(Text(plain(name)), justify="right")
    for field, label in ROWS.items():
        table.add_row(Text(label), *(_value(scores, field) for scores in columns.values()))
    out.print(table)
    for failure in card.failures:
        out.print()
        out.print(_failure(failure))


def _value(scores: Scores, field: str) -> Text:
    value = getattr(scores, field)
    if value is None:
        return Text("–", style="dim")
    if isinstance(value, int):
        return Text(str(value))
    return Text(f"{value:.0f}" if field.endswith("_ms") else f"{value:.3f}")


def _failure(failure: Failure) -> Text:
    shown = Text(plain(failure.id), style="bold red").append(plain(f"  {failure.question}"), style="bold")
    shown.append(plain(f"\n  expected  {failure.expected}\n  got       {failure.got}"), style="none")
    return shown
