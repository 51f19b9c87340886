"""Found hits → answer: gather evidence, ask the gate once, compose, cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from osxp_rag.answering import quotes
from osxp_rag.answering.answer import Answer, Choice, Considered, Direct, Nearest, Reason, flat
from osxp_rag.answering.cite import Citer, marked
from osxp_rag.answering.evidence import Evidence, EvidenceGatherer
from osxp_rag.answering.gate import Gate
from osxp_rag.answering.phrasing.events import Event, Released
from osxp_rag.answering.phrasing.notices import make_notices
from osxp_rag.answering.phrasing.phrase import Phrasing, text_of
from osxp_rag.answering.phrasing.support import Judge, load_support
from osxp_rag.answering.question import Question
from osxp_rag.answering.quotes import Statement
from osxp_rag.answering.read import share
from osxp_rag.answering.texts import refusal
from osxp_rag.answering.whole import whole
from osxp_rag.retrieval.hit import Hit
from osxp_rag.retrieval.retriever import Found

if TYPE_CHECKING:
    from osxp_rag.models.engines.model import LanguageModel

_NEAREST = 3
_CONSIDERED = 10
_PART = 0.8  # of a sentence: words that are nearly all of it need no emphasis


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers from one generation; `copies` are the other paths of its documents."""

    generation: str
    gatherer: EvidenceGatherer
    gate: Gate
    threshold: float
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def answer(self, question: Question, found: Found, passages: int) -> Answer:
        """Answer from the best `passages` hits, in the documents' own words, or refuse."""
        *_, answer = self.stream(question, found, passages)
        assert isinstance(answer, Answer)
        return answer

    def stream(
        self, question: Question, found: Found, passages: int, model: LanguageModel | None = None
    ) -> Iterator[Event]:
        """Yield the answer's lines as they are let out, then the answer; a refusal has none, and no model is asked.

        The gate's probability is compared with the threshold here and nowhere else: answered from it on.
        """
        evidence = self.gatherer.gather(question, found, passages)
        probability = self.gate.probability(evidence)
        if not evidence.sentences or probability < self.threshold:
            refusal = refuse(question, "no_evidence", self.generation, probability, found)
            yield replace(refusal, considered=_considered(evidence.hits))
        elif model is None:
            yield from self._quoted(evidence, probability)
        else:
            yield from self._phrased(evidence, probability, model)

    def _quoted(self, evidence: Evidence, probability: float) -> Iterator[Event]:
        statements, citer = quotes.compose(evidence), Citer(self.copies)
        lines = list(_quoted_lines(statements, citer))
        yield from lines
        direct = _direct(statements[0], citer) if evidence.question.shape == "fact" else None
        yield replace(self._answer(evidence, probability, text_of(lines), citer), direct=direct)

    def _phrased(self, evidence: Evidence, probability: float, model: LanguageModel) -> Iterator[Event]:
        judge = Judge(self.gatherer, load_support())
        phrasing = Phrasing(evidence, judge, Citer(self.copies))
        yield from phrasing.run(model)
        answer = self._answer(evidence, probability, text_of(phrasing.lines), phrasing.citer)
        notices = make_notices(phrasing.notices, evidence.question.language)
        yield replace(answer, engine=model.name.shown if phrasing.phrased else quotes.NAME, notices=notices)

    def _answer(self, evidence: Evidence, probability: float, text: str, citer: Citer) -> Answer:
        return Answer(
            question=evidence.question.text,
            status="answered",
            reason=None,
            text=text,
            language=evidence.question.language,
            confidence=round(probability, 4),
            engine=quotes.NAME,
            generation=self.generation,
            citations=citer.citations,
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


def _quoted_lines(statements: list[Statement], citer: Citer) -> Iterator[Released]:
    lead = "- " if len(statements) > 1 else ""
    for one in statements:
        citations = citer.cite(one.sentences)
        yield Released(marked(f"{lead}{one.words}", citations), citations, "quote")


def _direct(statement: Statement, citer: Citer) -> Direct | None:
    """Return the reader's words in the first quote, where they beat "there is no answer" and are but a part of it."""
    sentence = statement.sentence
    span = sentence.span
    if span is None or span.score <= 0:
        return None
    start, end = whole(sentence.text, span.start - sentence.start, span.end - sentence.start)
    if start == end or end - start >= len(sentence.text) * _PART:
        return None
    words = sentence.text[start:end]
    [citation] = citer.cite([sentence])
    return Direct(citation.id, sentence.start + start, sentence.start + end, words)


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
