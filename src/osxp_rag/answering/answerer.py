"""Found hits → answer: gather evidence, ask the gate once, compose, cite."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from osxp_rag.answering import quotes
from osxp_rag.answering.answer import Answer, Choice, Citation, Considered, Direct, Nearest, Reason, flat
from osxp_rag.answering.evidence import EvidenceGatherer, Sentence
from osxp_rag.answering.gate import Gate
from osxp_rag.answering.question import Question
from osxp_rag.answering.quotes import Statement
from osxp_rag.answering.read import share
from osxp_rag.answering.texts import refusal
from osxp_rag.answering.whole import whole
from osxp_rag.retrieval.hit import Hit
from osxp_rag.retrieval.retriever import Found

_NEAREST = 3
_CONSIDERED = 10
_PART = 0.8  # of a sentence: words that are nearly all of it need no emphasis


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers from one generation with the `quotes` engine; `copies` are the other paths of its documents."""

    generation: str
    gatherer: EvidenceGatherer
    gate: Gate
    threshold: float
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def answer(self, question: Question, found: Found, passages: int) -> Answer:
        """Answer from the best `passages` hits, or refuse.

        The gate's probability is compared with the threshold here and nowhere else: answered from it on.
        """
        evidence = self.gatherer.gather(question, found, passages)
        probability = self.gate.probability(evidence)
        if not evidence.sentences or probability < self.threshold:
            refusal = refuse(question, "no_evidence", self.generation, probability, found)
            return replace(refusal, considered=_considered(evidence.hits))
        statements = quotes.compose(evidence)
        citations = _cite(statements, self.copies)
        direct = _direct(statements, citations) if question.shape == "fact" else None
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
            direct=direct,
            considered=_considered(evidence.hits),
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


def ask_back(question: Question, choices: tuple[Choice, ...], generation: str) -> Answer:
    """Return the refusal of a question that says too little, with what it may be about, numbered."""
    answer = refuse(question, "underspecified", generation)
    offered = [f"{number}. {flat(choice.label)}" for number, choice in enumerate(choices, 1)]
    return replace(answer, text="\n".join([answer.text, *offered]), choices=choices)


def _cite(statements: list[Statement], copies: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, int, int], Citation]:
    """Return a citation for each distinct span, numbered in the order in which the statements use them."""
    citations: dict[tuple[str, int, int], Citation] = {}
    for statement in statements:
        for sentence in statement.sentences:
            citations.setdefault(_span(sentence), _citation(len(citations) + 1, sentence, copies))
    return citations


def _citation(number: int, sentence: Sentence, copies: Mapping[str, tuple[str, ...]]) -> Citation:
    passage, metadata = sentence.hit.passage, sentence.hit.metadata
    return Citation(
        id=number,
        document=passage.document,
        title=metadata.title,
        section=passage.section,
        page=metadata.page_of(sentence.start),
        page_unit=metadata.page_unit,
        start=sentence.start,
        end=sentence.end,
        quote=sentence.text,
        url=metadata.url,
        also=copies.get(passage.document, ()),
    )


def _direct(statements: list[Statement], citations: dict[tuple[str, int, int], Citation]) -> Direct | None:
    """Return the reader's words in the first quote, where they beat "there is no answer" and are but a part of it."""
    sentence = statements[0].sentence
    span = sentence.span
    if span is None or span.score <= 0:
        return None
    start, end = whole(sentence.text, span.start - sentence.start, span.end - sentence.start)
    if start == end or end - start >= len(sentence.text) * _PART:
        return None
    words = sentence.text[start:end]
    return Direct(citations[_span(sentence)].id, sentence.start + start, sentence.start + end, words)


def _considered(hits: list[Hit]) -> tuple[Considered, ...]:
    return tuple(_scores(hit) for hit in hits[:_CONSIDERED])


def _scores(hit: Hit) -> Considered:
    passage, reading = hit.passage, hit.reading
    return Considered(
        passage.document, passage.section, passage.start, passage.end,
        round(hit.score, 4), round(hit.dense, 4), round(hit.lexical, 4),
        round(share(reading.answerable), 4) if reading else None,
        round(reading.margin, 4) if reading and reading.offsets.size else None,
    )  # fmt: skip


def _text(statements: list[Statement], citations: dict[tuple[str, int, int], Citation]) -> str:
    lead = "- " if len(statements) > 1 else ""
    return "\n".join(lead + _line(statement, lambda one: citations[_span(one)].id) for statement in statements)


def _line(statement: Statement, number: Callable[[Sentence], int]) -> str:
    words = flat(statement.sentence.text)
    title = flat(f"{statement.title}: ") if statement.title else ""
    return f"{title}{words} " + "".join(f"[{number(sentence)}]" for sentence in statement.sentences)


def _span(sentence: Sentence) -> tuple[str, int, int]:
    return sentence.hit.passage.document, sentence.start, sentence.end
