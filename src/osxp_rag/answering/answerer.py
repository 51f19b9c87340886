"""Found hits → answer: gather evidence, ask the gate once, compose, cite."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from osxp_rag.answering import quotes
from osxp_rag.answering.answer import Answer, Citation, Nearest, Reason
from osxp_rag.answering.evidence import EvidenceGatherer, Sentence
from osxp_rag.answering.gate import Gate
from osxp_rag.answering.question import Question
from osxp_rag.answering.quotes import Statement
from osxp_rag.answering.texts import refusal
from osxp_rag.retrieval.retriever import Found

_NEAREST = 3
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers from one generation with the `quotes` engine."""

    generation: str
    gatherer: EvidenceGatherer
    gate: Gate
    threshold: float

    def answer(self, question: Question, found: Found, passages: int) -> Answer:
        """Answer from the best `passages` hits, or refuse.

        The gate's probability is compared with the threshold here and nowhere else: answered from it on.
        """
        evidence = self.gatherer.gather(question, found, passages)
        probability = self.gate.probability(evidence)
        if not evidence.sentences or probability < self.threshold:
            return refuse(question, "no_evidence", self.generation, probability, found)
        statements = quotes.compose(evidence)
        citations = _cite(statements)
        return Answer(
            question=question.text,
            status="answered",
            reason=None,
            text=_text(statements, citations),
            language=question.language,
            confidence=round(probability, 4),
            engine=quotes.NAME,
            generation=self.generation,
            citations=tuple(citations.values()),
        )


def refuse(
    question: Question, reason: Reason, generation: str | None, probability: float = 0.0, found: Found | None = None
) -> Answer:
    """Return a refusal with the documents of the best hits."""
    nearest = {
        hit.passage.document: Nearest(hit.passage.document, hit.metadata.title) for hit in (found.hits if found else [])
    }
    return Answer(
        question=question.text,
        status="abstained",
        reason=reason,
        text=refusal(reason, question.language),
        language=question.language,
        confidence=round(probability, 4),
        engine=quotes.NAME,
        generation=generation,
        nearest=tuple(nearest.values())[:_NEAREST],
    )


def _cite(statements: list[Statement]) -> dict[tuple[str, int, int], Citation]:
    """Return a citation for each distinct span, numbered in the order in which the statements use them."""
    citations: dict[tuple[str, int, int], Citation] = {}
    for statement in statements:
        for sentence in statement.sentences:
            citations.setdefault(_span(sentence), _citation(len(citations) + 1, sentence))
    return citations


def _citation(number: int, sentence: Sentence) -> Citation:
    passage, metadata = sentence.hit.passage, sentence.hit.metadata
    return Citation(
        id=number,
        document=passage.document,
        title=metadata.title,
        section=passage.section,
        page=None,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        url=metadata.url,
    )


def _text(statements: list[Statement], citations: dict[tuple[str, int, int], Citation]) -> str:
    lead = "- " if len(statements) > 1 else ""
    return "\n".join(lead + _line(statement, lambda one: citations[_span(one)].id) for statement in statements)


def _line(statement: Statement, number: Callable[[Sentence], int]) -> str:
    words = _SPACES.sub(" ", statement.sentence.text)
    title = _SPACES.sub(" ", f"{statement.title}: ") if statement.title else ""
    return f"{title}{words} " + "".join(f"[{number(sentence)}]" for sentence in statement.sentences)


def _span(sentence: Sentence) -> tuple[str, int, int]:
    return sentence.hit.passage.document, sentence.start, sentence.end
