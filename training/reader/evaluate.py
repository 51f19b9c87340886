"""Measure weights on the articles kept apart.

    python -m training.reader.evaluate WORK WEIGHTS [--nomiracl FILE]...

Prints exact match, F1 and AUROC for each development list, and for NoMIRACL the AUROC of the best of ten passages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from osxp_rag.evaluation.metrics import auroc
from osxp_rag.evaluation.passages import PassagesQuestion, load_passages, read_passages
from osxp_rag.evaluation.reading import guess
from osxp_rag.evaluation.squad import score_spans
from osxp_rag.evaluation.squad_file import SquadQuestion
from osxp_rag.index.update import no_progress
from osxp_rag.models.reader import Reader
from training.reader.items import Item
from training.reader.train import load_network


def main() -> int:
    """Read the development items, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--nomiracl", type=Path, action="append", default=[])
    parser.add_argument("--few", type=int, help="about so many questions of each list, evenly spread")
    arguments = parser.parse_args()
    console = Console(width=160)
    reader = open_reader(arguments.weights, arguments.layers)
    by_source: defaultdict[str, list[Item]] = defaultdict(list)
    for line in (arguments.work / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        item = Item(**json.loads(line))
        by_source[item.source.removesuffix("+miss")].append(item)
    for source, items in by_source.items():
        scores = score_spans([guess(reader, question_of(item), item.lang) for item in spread(items, arguments.few)])
        console.print(source, scores)
    for file in arguments.nomiracl:
        console.print(file.name, passages_auroc(reader, spread(load_passages(file), arguments.few)))
    return 0


def spread(rows: Sequence[Any], few: int | None) -> Sequence[Any]:
    """Return about so many of the rows, evenly spread: a file may hold its answerable questions first."""
    return rows[:: max(1, len(rows) // few)] if few else rows


def open_reader(weights: Path, layers: int) -> Reader:
    """Return a reader on some weights, in bfloat16 where that is faster."""
    network, tokenizer, pad = load_network(layers, weights)
    return Reader(network, tokenizer, pad)


def question_of(item: Item) -> SquadQuestion:
    """Return an item as a question of SQuAD's."""
    return SquadQuestion(item.question, item.text, (item.answer,) if item.answerable else ())


def passages_auroc(reader: Reader, questions: list[PassagesQuestion]) -> dict[str, float | None]:
    """Return how well the best passage's answerability, its margin and their mean tell what is answerable."""
    told = read_passages(reader, questions, no_progress)
    truths = [question.answerable for question in questions]
    return {
        name: auroc([max(getattr(one, name) for one in some) for some in told], truths)
        for name in ("answerable", "margin", "score")
    }


if __name__ == "__main__":
    sys.exit(main())
