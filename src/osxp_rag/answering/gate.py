"""The gate: evidence → one calibrated probability that the passages hold the answer."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from osxp_rag.answering.evidence import Evidence
from osxp_rag.corpus.document import context_of
from osxp_rag.index.terms import terms_of, words

DATA = Path(__file__).with_name("gate.json")


class Gate(Protocol):
    """Says how probable it is that the evidence holds the answer."""

    def probability(self, evidence: Evidence) -> float:
        """Return a probability from 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class LogisticGate:
    """A logistic model over standardised features; fitted by training/fit_gate.py, kept in gate.json."""

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    scales: Mapping[str, float]

    def probability(self, evidence: Evidence) -> float:
        """Return a probability from 0 to 1; 0 without a sentence."""
        if not evidence.sentences:
            return 0.0
        values = features(evidence)
        logit = self.intercept + sum(
            weight * (values[name] - self.means[name]) / self.scales[name] for name, weight in self.weights.items()
        )
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


@cache
def load_gate() -> LogisticGate:
    """Return the fitted gate."""
    model = json.loads(DATA.read_text(encoding="utf-8"))["model"]
    return LogisticGate(model["intercept"], model["weights"], model["means"], model["scales"])


def features(evidence: Evidence) -> dict[str, float]:
    """Return the features of evidence that holds at least one sentence.

    Cosines of e5 lie between about 0.7 and 1 and mean little by themselves; the model scales them.
    """
    dense = sorted((hit.dense for hit in evidence.hits), reverse=True)
    similar = sorted((sentence.similarity for sentence in evidence.sentences), reverse=True)
    best = evidence.sentences[0]
    near = _terms_of_hits(evidence, 3)
    rarest = max(evidence.words, key=lambda word: word[1], default=((), 0.0))
    return {
        "dense_top": dense[0],
        "dense_margin": dense[0] - float(np.mean(dense)),
        "sentence_top": similar[0],
        "sentence_margin": similar[0] - float(np.mean(similar)),
        "best_coverage": best.coverage,
        "near_coverage": _coverage(evidence, near),
        "rarest_met": float(not near.isdisjoint(rarest[0])) if rarest[0] else 1.0,
        "names_met": _names_met(evidence),
        "fits": float(best.fits),
        "same_language": float(best.hit.metadata.lang == evidence.question.language),
        "words": math.log1p(len(evidence.words)),
    }


def _terms_of_hits(evidence: Evidence, count: int) -> set[str]:
    return {
        term
        for hit in evidence.hits[:count]
        for term in terms_of(
            f"{context_of(hit.metadata.title, hit.passage.section)}\n{hit.passage.text}", hit.metadata.lang
        )
    }


def _coverage(evidence: Evidence, near: set[str]) -> float:
    total = sum(rarity for _, rarity in evidence.words)
    met = sum(rarity for group, rarity in evidence.words if not near.isdisjoint(group))
    return met / total if total else 0.0


def _names_met(evidence: Evidence) -> float:
    """Return the share of the question's names that the best three hits hold; 1 where it has none."""
    names = {word.casefold() for name in evidence.question.names for word in words(name)}
    if not names:
        return 1.0
    held = {
        word.casefold()
        for hit in evidence.hits[:3]
        for word in words(f"{context_of(hit.metadata.title, hit.passage.section)}\n{hit.passage.text}")
    }
    return len(names & held) / len(names)
