"""Fit the weights of the signs that speak for a sentence: a listwise softmax over the sentences of a question.

    python training/fit_sentences.py eval/osxp.jsonl

Of the development questions that ask for one fact, each gives its sentences' signs (osxp_rag.answering.evidence.signs);
the right ones are those that match every expected pattern. The weights maximise the probability of a right sentence
(ListNet's top-one probability, Cao et al. 2007), with a little L2; the share of questions whose best sentence is right
is reported by cross-validation. The weights go into evidence.py by hand.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console

from osxp_rag import Assistant
from osxp_rag.answering.evidence import Sentence, Weights, signs
from osxp_rag.answering.question import analyse
from osxp_rag.evaluation.questions import load_questions
from osxp_rag.settings import load_settings

L2, FOLDS, REPEATS, ALL = 0.003, 10, 3, 64
NAMES = tuple(Weights.__dataclass_fields__)
Row = tuple[NDArray[np.float32], NDArray[np.bool_]]  # signs of shape (sentences, names), which are right


def gather(questions: Path) -> list[Row]:
    """Return the signs and the right sentences of each question of one fact."""
    assistant = Assistant.open(load_settings())
    gatherer = assistant.gatherer
    gatherer.embedded = ALL
    rows = []
    for question in load_questions(questions, "dev"):
        asked = analyse(question.question)
        if question.answerable and asked.shape == "fact":
            found = gatherer.gather(asked, assistant.find(question.question), assistant.settings.top_k).sentences
            right = [all(pattern.search(one.text) for pattern in question.patterns) for one in found]
            rows.append((table(found), np.array(right)))
    return rows


def table(sentences: list[Sentence]) -> NDArray[np.float32]:
    """Return the signs of a question's sentences, shape (sentences, names)."""
    similarities = np.array([one.similarity for one in sentences])
    normal = (similarities - similarities.min()) / (np.ptp(similarities) or 1.0)
    found = [signs(one, float(value)) for one, value in zip(sentences, normal, strict=True)]
    return np.array([[row[name] for name in NAMES] for row in found], dtype=np.float32)


def fit(rows: list[Row]) -> NDArray[np.float32]:
    """Return the weights, shape (names,)."""
    weights = torch.zeros(len(NAMES), requires_grad=True)
    data = [(torch.from_numpy(values), torch.from_numpy(right)) for values, right in rows if right.any()]
    optimiser = torch.optim.LBFGS([weights], max_iter=100)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        losses = [-torch.logsumexp(torch.log_softmax(values @ weights, 0)[right], 0) for values, right in data]
        loss = torch.stack(losses).mean() + L2 * (weights**2).sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return weights.detach().numpy()


def share_right(rows: list[Row], weights: NDArray[np.float32]) -> float:
    """Return the share of questions whose best sentence is right."""
    return float(np.mean([right[int(np.argmax(values @ weights))] for values, right in rows]))


def cross_validated(rows: list[Row]) -> float:
    """Return the share of questions whose best sentence is right under weights fitted on other questions."""
    found = []
    for seed in range(REPEATS):
        order = np.random.default_rng(seed).permutation(len(rows))
        for fold in range(FOLDS):
            held = set(order[fold::FOLDS].tolist())
            weights = fit([row for place, row in enumerate(rows) if place not in held])
            found += [share_right([rows[place]], weights) for place in sorted(held)]
    return float(np.mean(found))


def main() -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path)
    console, rows = Console(), gather(parser.parse_args().questions)
    now = np.array([getattr(Weights(), name) for name in NAMES], dtype=np.float32)
    console.print(f"{len(rows)} questions; right under the weights in force: {share_right(rows, now):.3f}")
    weights = fit(rows)
    console.print(f"fitted: {share_right(rows, weights):.3f}; cross-validated: {cross_validated(rows):.3f}")
    console.print({name: round(float(value), 3) for name, value in zip(NAMES, weights, strict=True)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
