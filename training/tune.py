"""Tune fusion, sentence scores and selection on a development set, one setting at a time.

    python training/tune.py eval/dev.jsonl

Prints, for each value tried, recall@5, MRR@10 and the share of answerable questions whose answer is right
when nothing is refused. The values chosen are the defaults in settings.py, evidence.py and quotes.py.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from osxp_rag import Assistant
from osxp_rag.answering import quotes
from osxp_rag.answering.evidence import EvidenceGatherer, Weights
from osxp_rag.answering.question import analyse
from osxp_rag.answering.quotes import Selection
from osxp_rag.evaluation.questions import Question as EvalQuestion
from osxp_rag.evaluation.questions import load_questions
from osxp_rag.retrieval.fusion import fuse
from osxp_rag.retrieval.hit import Hit
from osxp_rag.retrieval.retriever import Found
from osxp_rag.settings import load_settings


@dataclass(frozen=True)
class Setup:
    """One set of values to try."""

    dense_weight: float
    passages: int
    weights: Weights
    selection: Selection


class Bench:
    """Runs the answerable questions under any setup; what the model says of them is asked once."""

    def __init__(self, assistant: Assistant, questions: Iterable[EvalQuestion]) -> None:
        self.questions = [question for question in questions if question.answerable]
        self.found = {question.id: assistant.find(question.question) for question in self.questions}
        self.asked = {question.id: analyse(question.question) for question in self.questions}
        self.gatherer = EvidenceGatherer(assistant.embedder, assistant.terms)

    def run(self, setup: Setup) -> tuple[float, float, float]:
        """Return recall@5, MRR@10 and the share of right answers."""
        self.gatherer.weights = setup.weights
        rows = [self._one(question, setup) for question in self.questions]
        recall, rank, right = np.mean(rows, axis=0)
        return float(recall), float(rank), float(right)

    def _one(self, question: EvalQuestion, setup: Setup) -> tuple[float, float, float]:
        found = refused(self.found[question.id], setup.dense_weight)
        asked = self.asked[question.id]
        evidence = self.gatherer.gather(asked, found, setup.passages)
        statements = quotes.compose(evidence, setup.selection)
        text = "\n".join(f"{one.title or ''} {one.sentence.text}" for one in statements)
        right = all(pattern.search(text) for pattern in question.patterns)
        places = [n for n, hit in enumerate(found.hits, 1) if hit.passage.document in question.documents]
        first = places[0] if places else 1000
        return float(first <= 5), 1 / first if first <= 10 else 0.0, float(right)


def refused(found: Found, dense_weight: float) -> Found:
    """Fuse the same candidates with another weight."""
    by_id = {hit.passage.id: hit for hit in found.hits}
    fused = fuse(
        {key: hit.dense for key, hit in by_id.items()}, {key: hit.lexical for key, hit in by_id.items()}, dense_weight
    )
    hits: list[Hit] = [replace(by_id[one.id], score=one.score) for one in fused]
    return replace(found, hits=hits)


def candidates() -> list[tuple[str, list[float], Callable[[Setup, float], Setup]]]:
    """Return what is tried: name, values, and how a value changes a setup."""

    def weight(name: str) -> Callable[[Setup, float], Setup]:
        return lambda setup, value: replace(setup, weights=replace(setup.weights, **{name: value}))

    def rule(name: str) -> Callable[[Setup, float], Setup]:
        return lambda setup, value: replace(setup, selection=replace(setup.selection, **{name: value}))

    return [
        ("dense_weight", [0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0], lambda s, v: replace(s, dense_weight=v)),
        ("passages", [5, 8, 10, 15, 20], lambda s, v: replace(s, passages=int(v))),
        ("similarity", [0.2, 0.3, 0.45, 0.6, 0.8, 1.0], weight("similarity")),
        ("coverage", [0.0, 0.2, 0.35, 0.5, 0.7], weight("coverage")),
        ("hit", [0.0, 0.1, 0.2, 0.3, 0.5], weight("hit")),
        ("fits", [0.0, 0.1, 0.15, 0.2, 0.25, 0.3], weight("fits")),
        ("list_share", [0.5, 0.6, 0.65, 0.7, 0.75, 0.8], rule("list_share")),
        ("own_share", [0.0, 0.5, 0.6, 0.7, 0.8, 0.9], rule("own_share")),
        ("document_share", [0.3, 0.4, 0.5, 0.6, 0.7], rule("document_share")),
        ("same", [0.9, 0.92, 0.93, 0.94, 0.95, 0.97], rule("same")),
        ("diversity", [0.0, 0.3, 0.5, 0.7, 1.0], rule("diversity")),
    ]


def main() -> int:
    """Tune, print what was tried."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    settings = load_settings()
    bench = Bench(Assistant.open(settings), load_questions(arguments.questions))
    setup = Setup(settings.dense_weight, settings.top_k, Weights(), Selection())
    console = Console()
    for _ in range(arguments.rounds):
        for name, values, change in candidates():
            table = Table(name, "recall@5", "MRR@10", "right", title=name)
            results = [(bench.run(change(setup, value)), value) for value in values]
            for result, value in results:
                table.add_row(str(value), *(f"{number:.3f}" for number in result))
            best = max(results, key=lambda row: (round(row[0][2] + row[0][1] / 2, 6), -row[1]))
            setup = change(setup, best[1])
            console.print(table, f"→ {best[1]}")
    console.print(setup)
    return 0


if __name__ == "__main__":
    sys.exit(main())
