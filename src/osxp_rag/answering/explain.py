"""Evidence → explanation: what was considered, with which scores, and what moved the probability. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from osxp_rag.answering.evidence import Evidence
from osxp_rag.answering.gate import LogisticGate, features
from osxp_rag.answering.question import Question
from osxp_rag.answering.read import share, standing
from osxp_rag.index.terms import question_terms, words
from osxp_rag.retrieval.hit import Hit

_PASSAGES = 10
_WORDS = 8  # of a passage's matched words, the weightiest

Scores = Callable[[Sequence[str]], dict[str, float]]  # BM25 scores by passage id, of some terms


@dataclass(frozen=True, slots=True)
class Matched:
    """A word of the question that a passage holds, and what it adds to the passage's BM25 score."""

    word: str
    score: float


@dataclass(frozen=True, slots=True)
class ExplainedPassage:
    """A passage that the answer was looked for in, in the order after reading.

    `dense` is the cosine, `lexical` the BM25 score, the sum of `words`; `…_norm` are the same from 0 to 1 among the
    candidates, and `score` is the two together. `answerable` is the reader's probability, `margin` how far its best
    words beat "there is no answer", both None where it was not read; `standing` orders the passages.
    """

    document: str
    title: str
    section: str
    start: int
    end: int
    text: str
    dense: float
    lexical: float
    dense_norm: float
    lexical_norm: float
    score: float
    answerable: float | None
    margin: float | None
    standing: float
    words: tuple[Matched, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that the gate weighs: its value, and how far it moved the probability, in log-odds."""

    name: str
    value: float
    moved: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a question is answered, or not.

    `probability` is compared with `threshold` once. `signs` come strongest first; `usual` is what the gate would say
    of evidence that is average in every sign. `candidates` counts the passages that were found.
    """

    question: str
    generation: str
    probability: float
    threshold: float
    usual: float
    candidates: int
    passages: tuple[ExplainedPassage, ...]
    signs: tuple[Sign, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the explanation as JSON types."""
        return asdict(self)


def explain(evidence: Evidence, gate: LogisticGate, threshold: float, generation: str, scores: Scores) -> Explanation:
    """Explain the evidence of a question; `scores` gives the part of some terms in each passage's BM25 score."""
    by_word = [(word, scores(terms)) for word, terms in _words(evidence.question).items()]
    return Explanation(
        question=evidence.question.text,
        generation=generation,
        probability=round(gate.probability(evidence), 4),
        threshold=threshold,
        usual=round(share(gate.intercept), 4),
        candidates=len(evidence.candidates),
        passages=tuple(_passage(hit, by_word) for hit in evidence.hits[:_PASSAGES]),
        signs=signs(evidence, gate),
    )


def signs(evidence: Evidence, gate: LogisticGate) -> tuple[Sign, ...]:
    """Return what the gate weighs, strongest first; none where there is no sentence to weigh."""
    if not evidence.sentences:
        return ()
    values = features(evidence)
    moved = {
        name: weight * (values[name] - gate.means[name]) / gate.scales[name] for name, weight in gate.weights.items()
    }
    ranked = sorted(moved, key=lambda name: (-abs(moved[name]), name))
    return tuple(Sign(name, round(values[name], 4), round(moved[name], 4)) for name in ranked)


def _words(question: Question) -> dict[str, list[str]]:
    """Return the searched words of a question with the terms that each may meet; a term stands with its first word."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    for word in words(question.topic):
        terms = [term for term in question_terms(word, question.language) if term not in seen]
        seen.update(terms)
        if terms:
            found[word] = terms
    return found


def _passage(hit: Hit, by_word: Sequence[tuple[str, dict[str, float]]]) -> ExplainedPassage:
    passage, reading = hit.passage, hit.reading
    matched = [Matched(word, round(found[passage.id], 4)) for word, found in by_word if found.get(passage.id, 0.0) > 0]
    return ExplainedPassage(
        document=passage.document,
        title=hit.metadata.title,
        section=passage.section,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        dense=round(hit.dense, 4),
        lexical=round(hit.lexical, 4),
        dense_norm=round(hit.dense_norm, 4),
        lexical_norm=round(hit.lexical_norm, 4),
        score=round(hit.score, 4),
        answerable=round(share(reading.answerable), 4) if reading else None,
        margin=round(reading.margin, 4) if reading and reading.offsets.size else None,
        standing=round(standing(hit), 4),
        words=tuple(sorted(matched, key=lambda one: (-one.score, one.word))[:_WORDS]),
    )
