"""Fit the gate: a logistic model that says how probable it is that the passages hold the answer.

    python training/fit_gate.py eval/osxp.jsonl [--plots docs]

Each question gives one row of features (osxp_rag.answering.gate.features) and one label, answerable or not.
The strength of the regularisation is chosen, and the calibration reported, by repeated stratified
cross-validation over the development questions; the model is then fitted on all of them and written to gate.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from osxp_rag import Assistant
from osxp_rag.answering import quotes
from osxp_rag.answering.conversation.clarify import choices_for
from osxp_rag.answering.gate import DATA, features
from osxp_rag.answering.question import analyse
from osxp_rag.evaluation.metrics import calibration_error
from osxp_rag.evaluation.questions import Question, load_questions
from osxp_rag.settings import load_settings

if __package__:
    from training.plots import curve, reliability, risk_coverage
else:
    from plots import curve, reliability, risk_coverage  # run as a script

STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)
THRESHOLDS = (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7)
LANGUAGES = {"en": "English", "fr": "French"}
FOLDS, REPEATS, SEED = 5, 10, 20251210


@dataclass(frozen=True)
class Rows:
    """What the gate is fitted on, a row a question.

    `values` are the features, shape (questions, names); `right` tells whether the answer would be right.
    """

    names: list[str]
    values: NDArray[np.float64]
    answerable: NDArray[np.int64]
    right: list[bool]
    languages: list[str]


def gather(assistant: Assistant, questions: list[Question]) -> Rows:
    """Ask every question, refusing none; those that say too little are asked back and never come to the gate."""
    found, right, kept = [], [], []
    for question in questions:
        asked, hits = analyse(question.question), assistant.find(question.question)
        if choices_for(asked, hits.hits, assistant.names):
            continue
        evidence = assistant.gatherer.gather(asked, hits, assistant.settings.top_k)
        kept.append(question)
        found.append(features(evidence))
        text = "\n".join(f"{one.title or ''} {one.sentence.text}" for one in quotes.compose(evidence))
        right.append(question.answerable and all(pattern.search(text) for pattern in question.patterns))
    names = list(found[0])
    values = np.array([[row[name] for name in names] for row in found])
    answerable = np.array([int(question.answerable) for question in kept])
    return Rows(names, values, answerable, right, [question.lang for question in kept])


def cross_validated(values: NDArray[np.float64], labels: NDArray[np.int64], strength: float) -> NDArray[np.float64]:
    """Return, for each repeat, the probability of each question from a model that has not seen it."""
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=SEED)
    found = np.zeros((REPEATS, len(labels)))
    for number, (train, test) in enumerate(folds.split(values, labels)):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
        model.fit(values[train], labels[train])
        found[number // FOLDS, test] = model.predict_proba(values[test])[:, 1]
    return found


def summary(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Return AUROC, balanced accuracy at 0.5, calibration error and log loss, averaged over the repeats."""
    clipped = np.clip(probabilities, 1e-6, 1 - 1e-6)
    losses = -(labels * np.log(clipped) + (1 - labels) * np.log(1 - clipped)).mean(axis=1)
    figures = {
        "auroc": [roc_auc_score(labels, row) for row in probabilities],
        "balanced_accuracy": [balanced_accuracy_score(labels, row >= 0.5) for row in probabilities],
        "ece": [calibration_error(row.tolist(), labels.tolist()) or 0.0 for row in probabilities],
        "log_loss": losses,
    }
    return {name: round(float(np.mean(values)), 4) for name, values in figures.items()}


def thresholds(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> dict[float, float]:
    """Return the balanced accuracy at each threshold, averaged over the repeats."""
    return {
        threshold: round(
            float(np.mean([balanced_accuracy_score(labels, row >= threshold) for row in probabilities])), 4
        )
        for threshold in THRESHOLDS
    }


def draw(rows: Rows, probabilities: NDArray[np.float64], folder: Path) -> None:
    """Write the reliability diagram and the risk-coverage curves of the cross-validated probabilities."""
    mean = probabilities.mean(axis=0)
    picture = reliability(mean.tolist(), (rows.answerable == 1).tolist())
    (folder / "reliability.svg").write_text(picture, encoding="utf-8")
    curves = {}
    for code, name in LANGUAGES.items():
        mine = [place for place, language in enumerate(rows.languages) if language == code]
        curves[name] = curve([float(mean[place]) for place in mine], [rows.right[place] for place in mine])
    (folder / "risk-coverage.svg").write_text(risk_coverage(curves), encoding="utf-8")


def main() -> int:
    """Fit, report, draw, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--plots", type=Path, help="folder for the two plots")
    arguments = parser.parse_args()
    console = Console(width=120)
    rows = gather(Assistant.open(load_settings()), load_questions(arguments.questions, "dev"))
    labels = rows.answerable
    guesses = {strength: cross_validated(rows.values, labels, strength) for strength in STRENGTHS}
    tried = {strength: summary(labels, found) for strength, found in guesses.items()}
    best = min(tried, key=lambda strength: (tried[strength]["log_loss"], strength))
    for strength, figures in tried.items():
        console.print(f"C = {strength:<5}", figures, "← chosen" if strength == best else "")
    console.print("balanced accuracy by threshold:", thresholds(labels, guesses[best]))
    if arguments.plots:
        draw(rows, guesses[best], arguments.plots)
    written = fitted(rows, best, tried[best])
    DATA.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    console.print(written["model"]["weights"])
    return 0


def fitted(rows: Rows, strength: float, figures: dict[str, float]) -> dict[str, Any]:
    """Return what gate.json holds: the model fitted on every question, and how good it is on unseen ones."""
    scaler = StandardScaler().fit(rows.values)
    model = LogisticRegression(C=strength, max_iter=1000).fit(scaler.transform(rows.values), rows.answerable)

    def named(values: NDArray[np.float64]) -> dict[str, float]:
        return dict(zip(rows.names, (round(float(value), 6) for value in values), strict=True))

    return {
        "fitted_on": {"questions": len(rows.answerable), "answerable": int(rows.answerable.sum()), "C": strength},
        "cross_validated": figures,
        "model": {
            "intercept": round(float(model.intercept_[0]), 6),
            "weights": named(model.coef_[0]),
            "means": named(scaler.mean_),
            "scales": named(scaler.scale_),
        },
    }


if __name__ == "__main__":
    sys.exit(main())
