"""The gate: evidence → one calibrated probability that the passages hold the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from osxp_rag.answering.evidence import Evidence, coverage, names_met
from osxp_rag.answering.read import READ_FIRST, share
from osxp_rag.corpus.document import context_of
from osxp_rag.index.terms import BM25_K1, terms_of
from osxp_rag.retrieval.hit import Hit

DATA = Path(__file__).with_name("gate.json")
_UNREAD = -4.0  # what counts as the reader's logit where it has read nothing
_MARGIN = 12.0
_NEAR = 3  # passages that the words and names of a question are looked for in


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
        return share(logit)


@cache
def load_gate() -> LogisticGate:
    """Return the fitted gate."""
    model = json.loads(DATA.read_text(encoding="utf-8"))["model"]
    return LogisticGate(model["intercept"], model["weights"], model["means"], model["scales"])


def features(evidence: Evidence) -> dict[str, float]:
    """Return the features of evidence that holds at least one sentence.

    sentence_top   highest cosine of question and sentence (between about 0.7 and 1 with e5; the model scales it)
    lexical_top    highest BM25 score, as a share of what the question's words could reach
    agreement      1 where the best hit is among the better half by both vectors and terms
    best_coverage  share of the question's words, by rarity, that the best sentence holds
    near_coverage  the same of the best three passages together
    unmet          rarity of the rarest of the question's words that the best sentence's passage lacks, as a share of
                   the greatest rarity among its words; 0 where it lacks none
    names_met      share of the question's names and numbers in the best sentence's passage; 1 where it has none
    fits           1 where the best sentence holds the kind of thing that is asked for
    same_language  1 where the best sentence is in the question's language, so that words can be met
    several        1 for a list or a summary, whose sentences the reader scores lower
    answerable     highest of the reader's logits of "the answer is in this passage"
    answerable_few mean of its three highest
    margin         how far the reader's best words in any passage beat "there is no answer"
    best_span      the same of the best sentence
    best_read      logit of the best sentence's passage; that of no answer at all where it was not read
    best_hit       fused score of the best sentence's passage
    best_similar   cosine of question and best sentence
    untold         1 where the best sentence says that something is not told: most often it is what was asked for
    read_on        1 where more than the first few passages were read: the answer was not found in them, or several are
    """
    best, hit = evidence.sentences[0], max(evidence.hits, key=lambda one: one.score)
    readings = [one.reading for one in evidence.hits if one.reading]
    logits = sorted((one.answerable for one in readings), reverse=True)[:_NEAR] or [_UNREAD]
    reachable = sum(rarity for _, rarity in evidence.words) * (1.0 + BM25_K1)
    return {
        "sentence_top": max(sentence.similarity for sentence in evidence.sentences),
        "lexical_top": min(1.0, max(one.lexical for one in evidence.candidates) / reachable) if reachable else 0.0,
        "agreement": float(min(hit.dense_norm, hit.lexical_norm) > 0.5),
        "best_coverage": best.coverage,
        "near_coverage": coverage(evidence.words, _near_terms(evidence), set()),
        "unmet": _unmet(evidence),
        "names_met": _names_met(evidence),
        "fits": float(best.fits),
        "same_language": float(best.hit.metadata.lang == evidence.question.language),
        "several": float(evidence.question.shape != "fact"),
        "answerable": logits[0],
        "answerable_few": sum(logits) / len(logits),
        "margin": _bounded(max((one.margin for one in readings), default=_UNREAD)),
        "best_span": _bounded(best.span.score if best.span else _UNREAD),
        "best_read": best.hit.reading.answerable if best.hit.reading else _UNREAD,
        "best_hit": best.hit.score,
        "best_similar": best.similarity,
        "untold": float(best.untold),
        "read_on": float(len(readings) > READ_FIRST),
    }


def _bounded(margin: float) -> float:
    """Return a margin within the range in which it says more the larger it is."""
    return max(-_MARGIN, min(_MARGIN, margin))


def _near_terms(evidence: Evidence) -> set[str]:
    return {term for hit in evidence.hits[:_NEAR] for term in terms_of(_shown(hit), hit.metadata.lang)}


def _unmet(evidence: Evidence) -> float:
    hit = evidence.sentences[0].hit
    held = set(terms_of(_shown(hit), hit.metadata.lang))
    lacking = [rarity for terms, rarity in evidence.words if held.isdisjoint(terms)]
    greatest = max((rarity for _, rarity in evidence.words), default=0.0)
    return max(lacking, default=0.0) / greatest if greatest else 0.0


def _names_met(evidence: Evidence) -> float:
    return names_met(evidence.question, _shown(evidence.sentences[0].hit))


def _shown(hit: Hit) -> str:
    return f"{context_of(hit.metadata.title, hit.passage.section)}\n{hit.passage.text}"
