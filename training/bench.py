"""The bench of tuning: the answerable questions under any setup, with what the models say asked only once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from osxp_rag import Assistant
from osxp_rag.answering import quotes
from osxp_rag.answering.evidence import EvidenceGatherer, Weights
from osxp_rag.answering.question import Question, analyse
from osxp_rag.answering.quotes import Selection
from osxp_rag.evaluation.questions import Question as EvalQuestion
from osxp_rag.models.reader import Reader, load_reader
from osxp_rag.models.reading import Reading
from osxp_rag.retrieval.fusion import fuse
from osxp_rag.retrieval.retriever import Found


@dataclass(frozen=True)
class Setup:
    """One set of values to try."""

    dense_weight: float
    passages: int
    embedded: int
    weights: Weights
    selection: Selection


class RememberingReader(Reader):
    """A reader that reads each pair of question and passage once."""

    def __init__(self) -> None:
        known = load_reader()
        self.__dict__.update(known.__dict__)
        self._known: dict[tuple[str, str, str], Reading] = {}

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """Return what the reader says of each passage, from memory where it was read before."""
        new = [one for one in passages if (question, *one) not in self._known]
        for one, reading in zip(new, super().read(question, new), strict=True):
            self._known[question, *one] = reading
        return [self._known[question, *one] for one in passages]


class Bench:
    """Runs the answerable questions under any setup."""

    def __init__(self, assistant: Assistant, questions: Iterable[EvalQuestion]) -> None:
        self.questions = [question for question in questions if question.answerable]
        self.found = {question.id: assistant.find(question.question) for question in self.questions}
        self.asked: dict[str, Question] = {question.id: analyse(question.question) for question in self.questions}
        self.gatherer = EvidenceGatherer(assistant.embedder, assistant.terms, RememberingReader())

    def run(self, setup: Setup) -> tuple[float, float, float, float]:
        """Return recall@5, MRR@10, the share of right answers when nothing is refused, and the statements a list."""
        self.gatherer.weights, self.gatherer.embedded = setup.weights, setup.embedded
        answers = [self.answer(question, setup) for question in self.questions]
        recall, rank = np.mean([self.rank(question, setup.dense_weight) for question in self.questions], axis=0)
        lists = [count for (_, count), question in zip(answers, self.questions, strict=True) if question.type == "list"]
        return float(recall), float(rank), float(np.mean([right for right, _ in answers])), float(np.mean(lists or [0]))

    def answer(self, question: EvalQuestion, setup: Setup) -> tuple[bool, int]:
        """Return whether the statements match every pattern of a question, and how many there are."""
        found = refused(self.found[question.id], setup.dense_weight)
        evidence = self.gatherer.gather(self.asked[question.id], found, setup.passages)
        statements = quotes.compose(evidence, setup.selection)
        text = "\n".join(f"{one.title or ''} {one.sentence.text}" for one in statements)
        return all(pattern.search(text) for pattern in question.patterns), len(statements)

    def rank(self, question: EvalQuestion, dense_weight: float) -> tuple[float, float]:
        """Return recall@5 and the reciprocal rank, by document."""
        hits = refused(self.found[question.id], dense_weight).hits
        return ranks(question, [hit.passage.document for hit in hits])


def ranks(question: EvalQuestion, documents: Sequence[str]) -> tuple[float, float]:
    """Return whether an expected document is among the first five, and 1 / rank of the first among ten."""
    first = next((n for n, name in enumerate(documents, 1) if name in question.documents), 1000)
    return float(first <= 5), 1 / first if first <= 10 else 0.0


def refused(found: Found, dense_weight: float) -> Found:
    """Fuse the same candidates with another weight."""
    by_id = {hit.passage.id: hit for hit in found.hits}
    fused = fuse(
        {key: hit.dense for key, hit in by_id.items()}, {key: hit.lexical for key, hit in by_id.items()}, dense_weight
    )
    return replace(found, hits=[replace(by_id[one.id], score=one.score) for one in fused])
