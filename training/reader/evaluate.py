"""Measure weights on the articles kept apart.

    python -m training.reader.evaluate WORK WEIGHTS [--nomiracl FILE]...

Prints exact match, F1 and AUROC for each development list, and for NoMIRACL the AUROC of the best of ten passages.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

from rich.console import Console

from osxp_rag.evaluation.squad import Guess, auroc, score_spans
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
    parser.add_argument("--few", type=int, help="only so many questions of each list")
    arguments = parser.parse_args()
    console = Console(width=160)
    reader = open_reader(arguments.weights, arguments.layers)
    by_source: defaultdict[str, list[Item]] = defaultdict(list)
    for line in (arguments.work / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        item = Item(**json.loads(line))
        by_source[item.source].append(item)
    for source, items in by_source.items():
        scores = score_spans([guess(reader, item) for item in items[: arguments.few]])
        console.print(source, scores)
    for file in arguments.nomiracl:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()][: arguments.few]
        console.print(file.name, passages_auroc(reader, rows))
    return 0


def open_reader(weights: Path, layers: int) -> Reader:
    """Return a reader on some weights, in bfloat16 where that is faster."""
    network, tokenizer, pad = load_network(layers, weights)
    return Reader(network, tokenizer, pad)


def guess(reader: Reader, item: Item) -> Guess:
    """Return the reader's best span for an item."""
    reading = reader.read(item.question, [("", item.text)])[0]
    best = reading.spans(1)
    words = item.text[best[0].start : best[0].end] if best else ""
    return Guess(words, best[0].score if best else float("-inf"), (item.answer,) if item.answerable else ())


def passages_auroc(reader: Reader, rows: list[dict[str, object]]) -> dict[str, float | None]:
    """Return how well the best passage's answerability, its margin and their sum tell what is answerable."""
    answerable, margins, truths = [], [], []
    for row in rows:
        readings = reader.read(row["question"], [("", text) for text in row["passages"]])
        answerable.append(max(one.answerable for one in readings))
        margins.append(max(one.margin for one in readings))
        truths.append(bool(row["answerable"]))
    both = [a + b / 4 for a, b in zip(answerable, margins, strict=True)]
    return {name: auroc(values, truths) for name, values in
            (("answerable", answerable), ("margin", margins), ("both", both))}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
