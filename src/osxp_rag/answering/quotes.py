"""The `quotes` engine: an answer made of the documents' own sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from osxp_rag.answering.evidence import Evidence, Sentence
from osxp_rag.retrieval.hit import Hit

NAME = "quotes"


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


@dataclass(frozen=True, slots=True)
class Selection:
    """How sentences are selected; tuned on eval/dev.jsonl by training/tune.py.

    `same` is the cosine from which two sentences say the same; `list_share`, `document_share` and
    `summary_share` are the part of the best score that a further sentence or document needs; `diversity` is what likeness to a chosen one costs.
    """

    same: float = 0.93
    agree_share: float = 0.75
    list_share: float = 0.72
    list_most: int = 8
    document_share: float = 0.5
    summary_share: float = 0.5
    summary_most: int = 5
    diversity: float = 0.5


def compose(evidence: Evidence, selection: Selection | None = None) -> list[Statement]:
    """Return the statements that answer the question, in reading order; at least one where there is a sentence."""
    rules = selection or Selection()
    sentences = evidence.sentences
    if not sentences:
        return []
    match evidence.question.shape:
        case "fact":
            return [_with_agreeing(sentences[0], sentences[1:], rules)]
        case "summary":
            return _in_order(_summary(sentences, rules), evidence)
        case "list" if evidence.question.whole_corpus:
            return _documents(evidence, rules)
        case _:
            return _in_order(_list(sentences, rules), evidence)


def _list(sentences: Sequence[Sentence], rules: Selection) -> list[Statement]:
    """Take every sentence that is nearly as good as the best, each fact once."""
    wanted = sentences[0].score * rules.list_share
    chosen: list[Statement] = []
    for sentence in sentences:
        if sentence.score < wanted or len(chosen) == rules.list_most:
            break
        if all(_likeness(sentence, one.sentence) < rules.same for one in chosen):
            chosen.append(_with_agreeing(sentence, sentences, rules))
    return chosen


def _documents(evidence: Evidence, rules: Selection) -> list[Statement]:
    """Take every document with a hit nearly as good as the best one, each with its best sentence, best first.

    Where documents of kind `talk` are asked for, and there are any, others are left out.
    """
    best: dict[str, Sentence] = {}
    for sentence in evidence.sentences:
        best.setdefault(sentence.hit.passage.document, sentence)
    hits = _best_hits(evidence.hits)
    talks = [hit for hit in hits if hit.metadata.kind == "talk"] or hits
    wanted = max((hit.score for hit in talks), default=0.0) * rules.document_share
    chosen = [best[hit.passage.document] for hit in talks if hit.score >= wanted and hit.passage.document in best]
    return [Statement(sentence, title=sentence.hit.metadata.title) for sentence in chosen[: rules.list_most]]


def _best_hits(hits: Sequence[Hit]) -> list[Hit]:
    best: dict[str, Hit] = {}
    for hit in hits:
        best.setdefault(hit.passage.document, hit)
    return list(best.values())


def _summary(sentences: Sequence[Sentence], rules: Selection) -> list[Statement]:
    """Take good sentences that differ: maximal marginal relevance (Carbonell and Goldstein, 1998)."""
    wanted = sentences[0].score * rules.summary_share
    left = [sentence for sentence in sentences if sentence.score >= wanted]
    chosen: list[Sentence] = []
    while left and len(chosen) < rules.summary_most:
        best = max(left, key=lambda one: one.score - rules.diversity * _nearness(one, chosen))
        left.remove(best)
        if all(_likeness(best, other) < rules.same for other in chosen):
            chosen.append(best)
    return [_with_agreeing(sentence, sentences, rules) for sentence in chosen]


def _with_agreeing(sentence: Sentence, others: Sequence[Sentence], rules: Selection) -> Statement:
    """Add, from each other document, its sentence that says the same, if any: several sources beat one."""
    agreeing: dict[str, Sentence] = {}
    for other in others:
        document = other.hit.passage.document
        if document == sentence.hit.passage.document or document in agreeing:
            continue
        if other.score >= sentence.score * rules.agree_share and _likeness(sentence, other) >= rules.same:
            agreeing[document] = other
    return Statement(sentence, tuple(agreeing.values()))


def _in_order(statements: list[Statement], evidence: Evidence) -> list[Statement]:
    """Put documents in the order of their best hit, and the sentences of one in the order of its text."""
    places: dict[str, int] = {}
    for hit in evidence.hits:
        places.setdefault(hit.passage.document, len(places))
    return sorted(statements, key=lambda one: (places[one.sentence.hit.passage.document], one.sentence.start))


def _nearness(sentence: Sentence, chosen: Sequence[Sentence]) -> float:
    return max((_likeness(sentence, other) for other in chosen), default=0.0)


def _likeness(one: Sentence, other: Sentence) -> float:
    return float(one.vector @ other.vector)
