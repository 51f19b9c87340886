"""Hits → evidence: the sentences of the best passages, each with what speaks for it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from osxp_rag.answering.question import Question
from osxp_rag.answering.read import read_hits, share
from osxp_rag.answering.wording import UNTOLD
from osxp_rag.corpus.document import context_of
from osxp_rag.index.terms import Terms, question_terms, question_words, terms_of
from osxp_rag.index.terms import words as words_of
from osxp_rag.models.embedder import Embedder
from osxp_rag.models.reader import Reader
from osxp_rag.models.reading import ReadSpan
from osxp_rag.retrieval.hit import Hit
from osxp_rag.retrieval.retriever import Found

Words = list[tuple[tuple[str, ...], float]]  # for each word of a question: terms that it may meet, rarity

# Part of a word's weight that counts where the word stands in the title or section and not in the sentence.
_CONTEXT_SHARE = 0.5
_PLAIN_SHARE = 0.6
_EMBEDDED = 24  # sentences a question; about 0.1 s the first time on two cores, nothing when met before
_OF_ALL = 64  # the same where every document counts
_MORE = 2  # times as many passages for what stands in several
_EACH = 2  # of them a document
_KEPT = 20_000  # vectors of sentences kept in memory: 30 MB


def _no_vector() -> NDArray[np.float32]:
    return np.empty(0, dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence of a hit.

    `start` and `end` are offsets into the document. `similarity` is the cosine of question and sentence,
    `coverage` the share of the question's words, weighted by rarity, that the sentence holds (words of its
    title and section count in part), `named` the share of the question's names and
    numbers in sentence, title and section, `score` their mix with the hit's score; `vector` has length 1.
    `fits` says whether it holds the kind of thing asked for, `across` whether it is in another language than the
    question. `span` gives the words in it that the reader takes for the answer, as offsets into the document, and how
    far they beat "there is no answer"; None where the passage was not read.
    """

    hit: Hit
    start: int
    end: int
    text: str
    coverage: float
    named: float
    similarity: float = 0.0
    fits: bool = True
    across: bool = False
    span: ReadSpan | None = None
    score: float = 0.0
    vector: NDArray[np.float32] = field(default_factory=_no_vector, repr=False)

    @property
    def untold(self) -> bool:
        """Whether it says only that something is not told."""
        return bool(UNTOLD.search(self.text))


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each sign counts in a sentence's score, in log-odds; fitted by training/fit_sentences.py.

    `…_across` is added where sentence and question are in two languages: words cannot meet there.
    """

    similarity: float = 2.934
    coverage: float = 2.228
    hit: float = 2.773
    fits: float = 1.766
    named: float = 0.707
    span: float = 3.255
    answerable: float = 0.813
    similarity_across: float = 1.338
    coverage_across: float = 0.339
    span_across: float = 1.081


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that speaks for an answer: the best hits out of all candidates, and their sentences, each best first.

    `words` gives, for each word of the question, the terms it may meet and its rarity.
    """

    question: Question
    hits: list[Hit]
    candidates: list[Hit]
    sentences: list[Sentence]
    words: Words


class EvidenceGatherer:
    """Gathers evidence; keeps the vectors of sentences that it has met."""

    def __init__(self, embedder: Embedder, terms: Terms, reader: Reader, weights: Weights | None = None) -> None:
        from cachetools import LRUCache

        self._embedder = embedder
        self._reader = reader
        self._terms = terms
        self.weights = weights or Weights()
        self.embedded = _EMBEDDED
        self._vectors: LRUCache[str, NDArray[np.float32]] = LRUCache(_KEPT)
        self._lock = threading.Lock()

    def gather(self, question: Question, found: Found, passages: int) -> Evidence:
        """Return the evidence in the best `passages` hits, those of them that the reader has read.

        A list or a summary takes twice as many, and a question about every document takes every candidate.
        """
        passages *= 1 if question.shape == "fact" else _MORE
        hits = read_hits(self._reader, question, found.hits, passages)
        hits = hits if question.whole_corpus else hits[:passages]
        looked_at = [hit for hit in hits if hit.reading or question.whole_corpus]
        words = weighted_words(question, self._terms)
        likely = self._likely(question, [one for hit in looked_at for one in _sentences(question, words, hit)])
        vectors = self.vectors([one.text for one in likely])
        rows = [
            replace(one, vector=vector, similarity=float(vector @ found.vector))
            for one, vector in zip(likely, vectors, strict=True)
        ]
        ranked = sorted(self._scored(rows), key=lambda one: (-one.score, one.hit.passage.id, one.start))
        return Evidence(question, hits, found.hits, ranked, words)

    @property
    def reader(self) -> Reader:
        """What reads passages."""
        return self._reader

    @property
    def rarest(self) -> float:
        """The rarity of a word that stands nowhere."""
        return self._terms.rarity("\0")

    def weighted(self, groups: Sequence[tuple[str, ...]]) -> Words:
        """Return words, each the terms that it may meet, with their rarity."""
        return [(group, min(self._terms.rarity(term) for term in group)) for group in groups]

    def _likely(self, question: Question, sentences: list[Sentence]) -> list[Sentence]:
        """Return the sentences worth embedding: those that score best without a vector.

        Where every document counts, each gives its likeliest two.
        """
        ranked = sorted(sentences, key=lambda one: (-self._score(one, 0.0), one.hit.passage.id, one.start))
        return _first_of_each(ranked)[:_OF_ALL] if question.whole_corpus else ranked[: self.embedded]

    def _scored(self, rows: list[Sentence]) -> list[Sentence]:
        if not rows:
            return []
        low = min(row.similarity for row in rows)
        spread = max(row.similarity for row in rows) - low or 1.0
        return [replace(row, score=self._score(row, (row.similarity - low) / spread)) for row in rows]

    def _score(self, row: Sentence, similarity: float) -> float:
        found = signs(row, similarity)
        return float(sum(getattr(self.weights, name) * value for name, value in found.items()))

    def vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """Return the vector of each sentence, of length 1."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = list(dict.fromkeys(text for text in texts if text not in known))
        fresh = dict(zip(missing, self._embedder.embed_passages(missing), strict=True))
        with self._lock:
            self._vectors.update(fresh)
        return [fresh[text] if text in fresh else known[text] for text in texts]


def _first_of_each(sentences: list[Sentence]) -> list[Sentence]:
    """Return the first few sentences of each document, in the order given."""
    seen: Counter[str] = Counter()
    kept = []
    for sentence in sentences:
        seen[sentence.hit.passage.document] += 1
        if seen[sentence.hit.passage.document] <= _EACH:
            kept.append(sentence)
    return kept


def signs(row: Sentence, similarity: float) -> dict[str, float]:
    """Return the signs that speak for a sentence, each from 0 to 1, named as in `Weights`.

    `similarity` is the sentence's, min-max normalised over the question's sentences.
    """
    reading = row.hit.reading
    span = share(row.span.score / 2) if row.span else 0.0
    across = float(row.across)
    return {
        "similarity": similarity,
        "coverage": row.coverage,
        "hit": row.hit.score,
        "fits": float(row.fits),
        "named": row.named,
        "span": span,
        "answerable": share(reading.answerable) if reading else 0.0,
        "similarity_across": across * similarity,
        "coverage_across": across * row.coverage,
        "span_across": across * span,
    }


def weighted_words(question: Question, terms: Terms) -> Words:
    """Return the question's words with their rarity: that of the commonest term a word may meet.

    Words other than names count in part: in a small corpus a common verb is as rare as a name.
    """
    names = {term for name in question.names for term in question_terms(name, question.language)}
    groups = question_words(question.topic, question.language)
    return [
        (group, min(terms.rarity(term) for term in group) * (1.0 if names.intersection(group) else _PLAIN_SHARE))
        for group in groups
    ]


def coverage(words: Words, own: set[str], context: set[str]) -> float:
    """Return the share, from 0 to 1, of the words' rarity that is met; 0 where there are no words."""
    total = sum(rarity for _, rarity in words)
    if total == 0:
        return 0.0
    met = 0.0
    for group, rarity in words:
        if not own.isdisjoint(group):
            met += rarity
        elif not context.isdisjoint(group):
            met += _CONTEXT_SHARE * rarity
    return met / total


def names_met(question: Question, text: str) -> float:
    """Return the share of the question's names and numbers, whatever their case, that a text holds; 1 without any.

    They stand alike in every language, so they bridge a question and a document in two of them.
    """
    names = {word.casefold() for name in question.names for word in words_of(name)}
    held = {word.casefold() for word in words_of(text)}
    return len(names & held) / len(names) if names else 1.0


def _sentences(question: Question, words: Words, hit: Hit) -> Iterator[Sentence]:
    """Yield the sentences of a hit, with what can be told of each without a model."""
    around = context_of(hit.metadata.title, hit.passage.section)
    context = set(terms_of(around, hit.metadata.lang))
    for start, end in hit.passage.sentences:
        text = hit.passage.text[start - hit.passage.start : end - hit.passage.start]
        own = set(terms_of(text, hit.metadata.lang))
        yield Sentence(
            hit,
            start,
            end,
            text,
            coverage=coverage(words, own, context),
            fits=question.fits(text),
            across=hit.metadata.lang != question.language,
            span=_span(hit, start, end),
            named=names_met(question, f"{around}\n{text}"),
        )


def _span(hit: Hit, start: int, end: int) -> ReadSpan | None:
    """Return the reader's best words in a sentence, as offsets into the document."""
    begin = hit.passage.start
    found = hit.reading.within(start - begin, end - begin) if hit.reading else None
    return replace(found, start=found.start + begin, end=found.end + begin) if found else None
