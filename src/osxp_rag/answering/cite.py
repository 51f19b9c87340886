"""Sentences → numbered citations, in the order in which an answer uses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from osxp_rag.answering.answer import Citation
from osxp_rag.answering.evidence import Sentence

Key = tuple[str, int, int]


class Citer:
    """Numbers the sentences of one answer; `copies` are the other paths of its documents."""

    def __init__(self, copies: Mapping[str, tuple[str, ...]]) -> None:
        self._copies = copies
        self._citations: dict[Key, Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations so far, numbered from 1 on."""
        return tuple(self._citations.values())

    def cite(self, sentences: Sequence[Sentence]) -> tuple[Citation, ...]:
        """Return the citations of sentences; one that is met again keeps its number."""
        for sentence in sentences:
            if span_of(sentence) not in self._citations:
                self._citations[span_of(sentence)] = self._citation(len(self._citations) + 1, sentence)
        return tuple(dict.fromkeys(self._citations[span_of(sentence)] for sentence in sentences))

    def knows(self, sentence: Sentence) -> bool:
        """Return whether a sentence is cited already."""
        return span_of(sentence) in self._citations

    def _citation(self, number: int, sentence: Sentence) -> Citation:
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
            also=self._copies.get(passage.document, ()),
        )


def span_of(sentence: Sentence) -> Key:
    """Return what tells a sentence from every other: its document and its place there."""
    return sentence.hit.passage.document, sentence.start, sentence.end


def marked(words: str, citations: Sequence[Citation]) -> str:
    """Return words with the marks of their citations behind them."""
    return f"{words} " + "".join(f"[{one.id}]" for one in citations)
