"""Tune the index, the fusion, the sentence scores and the selection on the development questions.

    python training/tune.py eval/osxp.jsonl [--only index|answers]

`index` builds an index for each length of passages and each weight of titles, in a folder of its own, and prints
recall@5 and MRR@10. `answers` changes one setting at a time, takes the best, and prints also the share of answerable
questions whose answer is right when nothing is refused, and how many statements a list has. The values chosen are in
settings.py, evidence.py, read.py and quotes.py; docs/tuning.md keeps what was tried.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from osxp_rag import Assistant
from osxp_rag.answering.evidence import Weights
from osxp_rag.answering.quotes import Selection
from osxp_rag.evaluation.questions import Question, load_questions
from osxp_rag.index.update import update
from osxp_rag.settings import Settings, load_settings

if __package__:
    from training.bench import Bench, Setup, ranks
else:
    from bench import Bench, Setup, ranks  # run as a script

Change = Callable[[Setup, float], Setup]
PASSAGE_TOKENS = (100, 150, 200, 300)
TITLE_TERMS = (0, 1, 2, 3)
CANDIDATES = (10, 20, 50, 100)


def candidates() -> list[tuple[str, list[float], Change]]:
    """Return what is tried for answers: name, values, and how a value changes a setup."""

    def rule(name: str) -> Change:
        return lambda setup, value: replace(setup, selection=replace(setup.selection, **{name: value}))

    return [
        ("dense_weight", [0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0], lambda s, v: replace(s, dense_weight=v)),
        ("passages", [5, 8, 10, 15], lambda s, v: replace(s, passages=int(v))),
        ("embedded", [8, 16, 24, 64], lambda s, v: replace(s, embedded=int(v))),
        ("fact_margin", [0.0, 1.0, 1.5, 2.0, 2.5, 3.0], rule("fact_margin")),
        ("fact_most", [1, 2, 3, 4], rule("fact_most")),
        ("list_margin", [2.0, 3.0, 3.5, 4.0, 5.0], rule("list_margin")),
        ("comparison_margin", [3.5, 4.0, 5.0, 6.0], rule("comparison_margin")),
        ("document_share", [0.2, 0.3, 0.4, 0.5], rule("document_share")),
        ("same", [0.9, 0.92, 0.94, 0.96], rule("same")),
        ("summary_margin", [3.0, 4.5, 6.0, 8.0], rule("summary_margin")),
        ("diversity", [0.0, 1.5, 3.0, 6.0], rule("diversity")),
        ("focus", [0.0, 1.0, 2.0, 4.0], rule("focus")),
    ]


def tune_index(settings: Settings, questions: list[Question], console: Console) -> None:
    """Print how well documents are found with passages of each length and each weight of titles."""
    answerable = [question for question in questions if question.answerable]
    table = Table("passage_tokens", "title_terms", "candidates", "passages", "recall@5", "MRR@10")
    with tempfile.TemporaryDirectory() as folder:
        for tokens in PASSAGE_TOKENS:
            for titles in TITLE_TERMS if tokens == settings.passage_tokens else (settings.title_terms,):
                tried = settings.model_copy(
                    update={"passage_tokens": tokens, "title_terms": titles, "index": Path(folder)}
                )
                passages = update(tried).passages
                counts = CANDIDATES if titles == settings.title_terms and tokens == settings.passage_tokens else (50,)
                for count in counts:
                    found = _found(tried.model_copy(update={"candidates": count}), answerable)
                    table.add_row(str(tokens), str(titles), str(count), str(passages), *(f"{one:.3f}" for one in found))
    console.print(table)


def _found(settings: Settings, questions: list[Question]) -> tuple[float, float]:
    assistant = Assistant.open(settings)
    rows = []
    for question in questions:
        rows.append(ranks(question, [hit.passage.document for hit in assistant.find(question.question).hits]))
    assistant.close()
    recall, rank = np.mean(rows, axis=0)
    return float(recall), float(rank)


def tune_answers(bench: Bench, setup: Setup, rounds: int, console: Console) -> Setup:
    """Try each value of each setting in turn, keep the best, print the tables."""
    for _ in range(rounds):
        for name, values, change in candidates():
            table = Table("value", "recall@5", "MRR@10", "right", "statements a list", title=name)
            results = [(bench.run(change(setup, value)), value) for value in values]
            for result, value in results:
                table.add_row(str(value), *(f"{number:.3f}" for number in result))
            best = max(results, key=lambda row: (round(row[0][2] + row[0][1] / 2 - row[0][3] / 500, 6), -row[1]))
            setup = change(setup, best[1])
            console.print(table, f"→ {best[1]}")
    console.print(setup)
    return setup


def main() -> int:
    """Tune, print what was tried."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", choices=("index", "answers"))
    arguments = parser.parse_args()
    questions = [one for one in load_questions(arguments.questions) if one.split == "dev"]
    settings, console = load_settings(), Console(width=120)
    if arguments.only != "answers":
        tune_index(settings, questions, console)
    if arguments.only != "index":
        bench = Bench(Assistant.open(settings), questions)
        setup = Setup(settings.dense_weight, settings.top_k, bench.gatherer.embedded, Weights(), Selection())
        tune_answers(bench, setup, arguments.rounds, console)
    return 0


if __name__ == "__main__":
    sys.exit(main())
