"""The `quotes` engine: an answer made of the documents' own sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from osxp_rag.answering.answer import flat
from osxp_rag.answering.evidence import Evidence, Sentence
from osxp_rag.answering.question import names_in
from osxp_rag.corpus.text import without_accents
from osxp_rag.retrieval.hit import Hit
from osxp_rag.settings import QUOTES

NAME = QUOTES
_NUMBER = re.compile(r"\d+")
_FOCUSED = 2  # passages
_ALIKE = 4  # letters that a name shares with itself in another language


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer: a sentence, and the sentences of other documents that say the same.

    `title` is set where the document itself is part of the answer ("which talks …").
    """

    sentence: Sentence
    agreeing: tuple[Sentence, ...] = ()
    title: str | None = None

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences that support the statement, the quoted one first."""
        return (self.sentence, *self.agreeing)

    @property
    def words(self) -> str:
        """The statement on one line, as an answer's text gives it: the document's title where it counts, the quote."""
        title = flat(f"{self.title}: ") if self.title else ""
        return f"{title}{flat(self.sentence.text)}"


@dataclass(frozen=True, slots=True)
class Selection:
    """How sentences are selected; tuned on the development questions by training/tune.py.

    `same` is the cosine from which sentences of two documents say the same, `repeated` of one document; a further
    sentence of a fact, a list, a comparison or a summary may score at most `fact_margin`, `list_margin`,
    `comparison_margin` or `summary_margin` below the best one, in log-odds, and at most `…_most` are taken: a fact is
    quoted more than once where the choice is close; `document_share` is the part of the best document's score that a
    further document needs; `diversity` is what likeness to a chosen sentence costs, and `focus` what a sentence of the
    two passages found first gains in a summary, so that it does not wander.
    """

    same: float = 0.92
    repeated: float = 0.98
    fact_margin: float = 3.0
    fact_most: int = 4
    list_margin: float = 3.5
    comparison_margin: float = 4.0
    list_most: int = 12
    document_share: float = 0.2
    documents_most: int = 20
    summary_margin: float = 6.0
    summary_most: int = 12
    diversity: float = 1.5
    focus: float = 4.0


def compose(evidence: Evidence, selection: Selection | None = None) -> list[Statement]:
    """Return the statements that answer the question, in reading order; at least one where there is a sentence."""
    rules = selection or Selection()
    if not evidence.sentences:
        return []
    evidence = replace(evidence, sentences=_telling(evidence.sentences))
    match evidence.question.shape:
        case "fact":
            return _close(evidence, rules.fact_margin, rules.fact_most, rules)
        case "summary":
            return _in_order(_summary(evidence, rules), evidence)
        case "list" if evidence.question.whole_corpus:
            return _documents(evidence, rules)
        case _:
            margin = rules.comparison_margin if evidence.question.compares else rules.list_margin
            return _in_order(_close(evidence, margin, rules.list_most, rules), evidence)


def _telling(sentences: list[Sentence]) -> list[Sentence]:
    """Leave out sentences that only say that something is not told, unless the best one is such: then it matters."""
    return sentences if sentences[0].untold else [one for one in sentences if not one.untold]


def _close(evidence: Evidence, margin: float, most: int, rules: Selection) -> list[Statement]:
    """Take every sentence that is nearly as good as the best, each fact once, best first."""
    sentences, language = evidence.sentences, evidence.question.language
    wanted = sentences[0].score - margin
    chosen: list[Statement] = []
    for sentence in sentences:
        if sentence.score < wanted or len(chosen) == most:
            break
        if not _is_known(sentence, chosen, rules):
            chosen.append(_with_agreeing(sentence, sentences, language, rules))
    return chosen


def _documents(evidence: Evidence, rules: Selection) -> list[Statement]:
    """Take every document with a hit nearly as good as the best one, each with its best sentence, best first.

    Where there are talks among them, others are left out: the article and the event name every subject.
    """
    best: dict[str, Sentence] = {}
    for sentence in evidence.sentences:
        best.setdefault(sentence.hit.passage.document, sentence)
    hits = [hit for hit in _best_hits(evidence.hits) if hit.passage.document in best]
    talks = [hit for hit in hits if hit.metadata.kind == "talk"] or hits
    wanted = max((hit.score for hit in talks), default=0.0) * rules.document_share
    chosen = [best[hit.passage.document] for hit in talks if hit.score >= wanted]
    return [Statement(sentence, title=sentence.hit.metadata.title) for sentence in chosen[: rules.documents_most]]


def _best_hits(hits: Sequence[Hit]) -> list[Hit]:
    """Return each document's hit with the highest fused score, best first: what a document is about is not read off."""
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda one: (-one.score, one.passage.id)):
        best.setdefault(hit.passage.document, hit)
    return list(best.values())


def _summary(evidence: Evidence, rules: Selection) -> list[Statement]:
    """Take good sentences that differ: maximal marginal relevance (Carbonell and Goldstein, 1998)."""
    sentences, language = evidence.sentences, evidence.question.language
    focused = {hit.passage.id for hit in sorted(evidence.hits, key=lambda one: -one.score)[:_FOCUSED]}
    worth = {id(one): one.score + rules.focus * (one.hit.passage.id in focused) for one in sentences}
    wanted = max(worth.values()) - rules.summary_margin
    left = sorted((one for one in sentences if worth[id(one)] >= wanted), key=lambda one: -worth[id(one)])
    chosen: list[Statement] = []
    while left and len(chosen) < rules.summary_most:
        best = max(left, key=lambda one: worth[id(one)] - rules.diversity * _nearness(one, chosen))
        left.remove(best)
        if not _is_known(best, chosen, rules):
            chosen.append(_with_agreeing(best, sentences, language, rules))
    return chosen


def _with_agreeing(sentence: Sentence, others: Sequence[Sentence], language: str, rules: Selection) -> Statement:
    """Add, from each other document, the sentence that says the same, if any: several sources beat one.

    One in the question's language is put first, so that a reader meets it.
    """
    agreeing: dict[str, Sentence] = {}
    for other in others:
        document = other.hit.passage.document
        if document == sentence.hit.passage.document or not _say_the_same(sentence, other, rules):
            continue
        if document not in agreeing or _likeness(sentence, other) > _likeness(sentence, agreeing[document]):
            agreeing[document] = other
    first, *rest = sorted((sentence, *agreeing.values()), key=lambda one: one.hit.metadata.lang != language)
    return Statement(first, tuple(rest))


def _is_known(sentence: Sentence, chosen: Sequence[Statement], rules: Selection) -> bool:
    return any(_say_the_same(sentence, one, rules) for statement in chosen for one in statement.sentences)


def _say_the_same(one: Sentence, other: Sentence, rules: Selection) -> bool:
    """Return whether two sentences say the same: alike in sense, of the same things, and with the same numbers.

    Sentences of one document are not translations of each other: a list's items are alike and differ.
    """
    translated = one.hit.passage.document != other.hit.passage.document
    wanted = rules.same if translated else rules.repeated
    if _likeness(one, other) < wanted or _NUMBER.findall(one.text) != _NUMBER.findall(other.text):
        return False
    mine, others = _names(one.text), _names(other.text)
    return mine <= others or others <= mine


@lru_cache(maxsize=10_000)
def _names(text: str) -> frozenset[str]:
    """Return the beginnings of a text's names, without accents: "Open source in Europe" is "en Europe" in French."""
    return frozenset(without_accents(name.casefold())[:_ALIKE] for name in names_in(text))


def _in_order(statements: list[Statement], evidence: Evidence) -> list[Statement]:
    """Put documents in the order of their best hit, and the sentences of one in the order of its text."""
    places: dict[str, int] = {}
    for hit in evidence.hits:
        places.setdefault(hit.passage.document, len(places))
    return sorted(statements, key=lambda one: (places[one.sentence.hit.passage.document], one.sentence.start))


def _nearness(sentence: Sentence, chosen: Sequence[Statement]) -> float:
    return max((_likeness(sentence, statement.sentence) for statement in chosen), default=0.0)


def _likeness(one: Sentence, other: Sentence) -> float:
    return float(one.vector @ other.vector)
