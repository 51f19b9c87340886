"""Fit what decides whether a quote supports a sentence of a language model.

    python training/fit_support.py eval/support.jsonl

Each row of the file gives a sentence of a document, what might be said of it, and whether the one supports the other.
Hard rules come first (a number, a name, a word that is not in the quote, a denial, places changed). Behind them stand
two logistic models over features (osxp_rag.answering.phrasing.support), one where sentence and quote are in one
language, one where they are not, fitted on all `dev` rows. Each threshold is the highest that still lets through, by
cross-validation with whole quotes left out, nearly all supported rows that the rules let through: what is unlike its
quote in every way is caught, little that is right is lost. What rules and models do together on the `held_out` rows,
which neither was made with, is printed. Written to support.json.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from osxp_rag import Assistant
from osxp_rag.answering.evidence import Sentence
from osxp_rag.answering.phrasing.support import DATA, Judge, SupportModel, broken_rule, spoken
from osxp_rag.index.generation import Generation, open_generation
from osxp_rag.retrieval.hit import Hit
from osxp_rag.settings import load_settings

SAME = ("terms", "rarest", "cosine", "reader", "longer")
ACROSS = ("cosine", "reader", "longer")
STRENGTH, FOLDS, KEPT = 1.0, 10, 0.97


@dataclass(frozen=True)
class Row:
    """One pair: its features, whether the sentence is supported, which hard rule it breaks."""

    quote: str
    said: str
    split: str
    supported: bool
    across: bool
    rule: str | None
    values: dict[str, float]


def sentence_of(generation: Generation, document: str, quote: str) -> Sentence:
    """Return a sentence of a document as answering knows it."""
    for passage in generation.content.passages_of(document):
        for start, end in passage.sentences:
            text = passage.text[start - passage.start : end - passage.start]
            if text == quote:
                hit = Hit(passage, generation.metadata[document], 1.0, 1.0, 1.0, 1.0, 1.0)
                return Sentence(hit, start, end, text, coverage=1.0, named=1.0)
    raise SystemExit(f"{document}: no such sentence: {quote}")


def read_rows(file: Path, judge: Judge, generation: Generation) -> list[Row]:
    """Return the features of every pair of a file."""
    rows = []
    for line in file.read_text(encoding="utf-8").splitlines():
        given: dict[str, Any] = json.loads(line)
        quote = sentence_of(generation, given["document"], given["quote"])
        said, language = given["said"], given["language"]
        rule = broken_rule(said, language, [quote])
        values = judge.features(said, language, quote)
        across = spoken(said, language) != quote.hit.metadata.lang
        rows.append(Row(given["quote"], said, given["split"], given["supported"], across, rule, values))
    return rows


def fitted(values: NDArray[np.float64], labels: NDArray[np.int64]) -> LogisticRegression:
    """Return a logistic model."""
    return LogisticRegression(C=STRENGTH, max_iter=1000).fit(values, labels)


def fit(rows: list[Row], names: tuple[str, ...], console: Console, title: str) -> tuple[dict[str, float], float]:
    """Return the weights and the threshold for some rows, and print what cross-validation says of them."""
    values = np.array([[row.values[name] for name in names] for row in rows])
    labels = np.array([int(row.supported) for row in rows])
    groups = [row.quote for row in rows]
    found = np.zeros(len(rows))
    for known, held in GroupKFold(FOLDS).split(values, labels, groups):
        found[held] = fitted(values[known], labels[known]).predict_proba(values[held])[:, 1]
    ruled = np.array([row.rule is None for row in rows])
    kept = np.sort(found[(labels == 1) & ruled])
    threshold = float(np.floor(100 * kept[int((1 - KEPT) * len(kept))]) / 100)
    passed = ruled & (found >= threshold)
    console.print(f"{title}: {told(passed, labels)}, from {threshold:.2f} on")
    model = fitted(values, labels)
    weights = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {**weights, "intercept": round(float(model.intercept_[0]), 4)}, threshold


def told(passed: NDArray[np.bool_], labels: NDArray[np.int64]) -> str:
    """Return in words what passes."""
    right, wrong = int((passed & (labels == 1)).sum()), int((passed & (labels == 0)).sum())
    return f"{right} of {int(labels.sum())} supported and {wrong} of {int((labels == 0).sum())} unsupported rows pass"


def check(rows: list[Row], model: SupportModel, console: Console) -> None:
    """Print what rules and models together let through of rows that they were not made with."""
    for title, across in (("held out, same language", False), ("held out, two languages", True)):
        some = [row for row in rows if row.across == across]
        passed = [
            row.rule is None and model.holds(model.probability(row.values, across=across), across=across)
            for row in some
        ]
        labels = np.array([int(row.supported) for row in some])
        console.print(f"{title}: {told(np.array(passed), labels)}")
        for row, through in zip(some, passed, strict=True):
            if through and not row.supported:
                console.print(f"  wrongly: {row.said}")


def main() -> None:
    """Fit and write."""
    settings, console = load_settings(), Console()
    judge = Judge(Assistant.open(settings).gatherer, SupportModel(1.0, 1.0, {}, {}))
    rows = read_rows(Path(sys.argv[1]), judge, open_generation(settings))
    broken = Counter((row.rule or "none", row.supported) for row in rows if row.split == "dev")
    console.print("hard rules (rule, supported): " + ", ".join(f"{key}: {n}" for key, n in sorted(broken.items())))
    dev = [row for row in rows if row.split == "dev"]
    same, threshold = fit([row for row in dev if not row.across], SAME, console, "same language")
    across, threshold_across = fit([row for row in dev if row.across], ACROSS, console, "two languages")
    held = [row for row in rows if row.split == "held_out"]
    check(held, SupportModel(threshold, threshold_across, same, across), console)
    model = {"threshold": threshold, "threshold_across": threshold_across, "same": same, "across": across}
    DATA.write_text(json.dumps({"fitted_by": "training/fit_support.py", "model": model}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
