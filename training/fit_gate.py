"""Fit the gate: a logistic model that says how probable it is that the passages hold the answer.

    python training/fit_gate.py eval/dev.jsonl [--check eval/osxp.jsonl]

Each question gives one row of features (osxp_rag.answering.gate.features) and one label, answerable or not.
The strength of the regularisation is chosen, and the calibration reported, by repeated stratified
cross-validation over the development questions; the model is then fitted on all of them and written to gate.json.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from osxp_rag import Assistant
from osxp_rag.answering.gate import DATA, features, load_gate
from osxp_rag.answering.question import analyse
from osxp_rag.evaluation.metrics import calibration_error
from osxp_rag.evaluation.questions import Question as EvalQuestion
from osxp_rag.evaluation.questions import load_questions
from osxp_rag.settings import load_settings

STRENGTHS = (0.03, 0.1, 0.3, 1.0, 3.0)
FOLDS, REPEATS, SEED = 5, 10, 20251210


def rows(
    assistant: Assistant, questions: list[EvalQuestion]
) -> tuple[list[str], NDArray[np.float64], NDArray[np.int64]]:
    """Return the features' names, their values, shape (questions, features), and the labels."""
    gatherer = assistant.gatherer
    found = []
    for question in questions:
        asked = analyse(question.question)
        hits = assistant.find(question.question)
        found.append(features(gatherer.gather(asked, hits, assistant.settings.top_k)))
    names = list(found[0])
    values = np.array([[row[name] for name in names] for row in found])
    return names, values, np.array([int(question.answerable) for question in questions])


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


def main() -> int:
    """Fit, report, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--check", type=Path, help="other questions to report on, never fitted on")
    arguments = parser.parse_args()
    console = Console()
    assistant = Assistant.open(load_settings())
    names, values, labels = rows(assistant, load_questions(arguments.questions))
    tried = {strength: summary(labels, cross_validated(values, labels, strength)) for strength in STRENGTHS}
    best = min(tried, key=lambda strength: (tried[strength]["log_loss"], strength))
    for strength, figures in tried.items():
        console.print(f"C = {strength:<5}", figures, "← chosen" if strength == best else "")
    scaler = StandardScaler().fit(values)
    model = LogisticRegression(C=best, max_iter=1000).fit(scaler.transform(values), labels)
    written = {
        "fitted_on": {"questions": len(labels), "answerable": int(labels.sum()), "C": best},
        "cross_validated": tried[best],
        "model": {
            "intercept": round(float(model.intercept_[0]), 6),
            "weights": dict(zip(names, (round(float(w), 6) for w in model.coef_[0]), strict=True)),
            "means": dict(zip(names, (round(float(m), 6) for m in scaler.mean_), strict=True)),
            "scales": dict(zip(names, (round(float(s), 6) for s in scaler.scale_), strict=True)),
        },
    }
    DATA.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    console.print(written["model"]["weights"])
    load_gate.cache_clear()
    if arguments.check:
        _, other, truth = rows(assistant, load_questions(arguments.check))
        probabilities = model.predict_proba(scaler.transform(other))[:, 1]
        console.print(f"{arguments.check}:", summary(truth, probabilities[None, :]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
