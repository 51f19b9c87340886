"""Documents → passages: split at headings, then between sentences, never inside one that fits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from osxp_rag.corpus.document import PATH_SEPARATOR, Block, Document, Passage, Span
from osxp_rag.corpus.sentences import split_sentences

VERSION = 2  # raised when the same document would be split otherwise
CountTokens = Callable[[Sequence[str]], list[int]]


@dataclass(frozen=True, slots=True)
class Splitter:
    """Splits documents into passages of about `passage_tokens`; sentences over `sentence_tokens` are cut."""

    count_tokens: CountTokens
    passage_tokens: int = 200
    sentence_tokens: int = 400

    def split(self, document: Document) -> list[Passage]:
        """Return the document's passages in reading order; ids are `path#number`, from 0."""
        passages: list[Passage] = []
        for section, blocks in _sections(document):
            spans = self._sentences(document, blocks)
            counts = self.count_tokens([document.text[start:end] for start, end in spans])
            for group, tokens in self._groups(spans, counts):
                number = len(passages)
                start, end = group[0][0], group[-1][1]
                text = document.text[start:end]
                identity = f"{document.path}#{number}"
                passages.append(Passage(identity, document.path, start, end, section, text, group, tokens))
        return passages

    def _sentences(self, document: Document, blocks: list[Block]) -> list[Span]:
        spans: list[Span] = []
        for block in blocks:
            if block.kind == "code":
                found = [(block.start, block.end)]
            else:
                found = split_sentences(document.text, block.start, block.end, document.metadata.lang)
            spans.extend(found)
        counts = self.count_tokens([document.text[start:end] for start, end in spans])
        return [
            part for span, count in zip(spans, counts, strict=True) for part in self._cut(document.text, span, count)
        ]

    def _cut(self, text: str, span: Span, tokens: int) -> list[Span]:
        """Cut a sentence that is too long at spaces, into the fewest parts that fit."""
        if tokens <= self.sentence_tokens:
            return [span]
        start, end = span
        middle = _space_near(text, (start + end) // 2, span)
        halves = [half for half in (_trim(text, start, middle), _trim(text, middle, end)) if half]
        counts = self.count_tokens([text[first:last] for first, last in halves])
        return [part for half, count in zip(halves, counts, strict=True) for part in self._cut(text, half, count)]

    def _groups(self, spans: list[Span], counts: list[int]) -> Iterator[tuple[tuple[Span, ...], int]]:
        """Fill passages of even length: as many as needed at the aimed length, none of them a mere rest."""
        wanted = max(1, round(sum(counts) / self.passage_tokens))
        aim = sum(counts) / wanted
        group: list[Span] = []
        tokens, before, made = 0, 0, 0
        for span, count in zip(spans, counts, strict=True):
            if group and before + count / 2 > aim * (made + 1):
                yield tuple(group), tokens
                group, tokens, made = [], 0, made + 1
            group.append(span)
            tokens += count
            before += count
        if group:
            yield tuple(group), tokens


def _sections(document: Document) -> Iterator[tuple[str, list[Block]]]:
    """Yield each run of blocks under one heading, with the path of headings above it.

    A heading that only repeats the title is left out of the path. A document of headings alone is one section.
    """
    bodies = [block for block in document.blocks if block.kind != "heading"]
    if not bodies:
        yield "", list(document.blocks)
        return
    headings = [block for block in document.blocks if block.kind == "heading"]
    edges = [0, *(heading.start for heading in headings), len(document.text) + 1]
    path: list[tuple[int, str]] = []
    by_start = {heading.start: heading for heading in headings}
    for first, last in pairwise(edges):
        if heading := by_start.get(first):
            path = [(level, words) for level, words in path if level < heading.level]
            path.append((heading.level, document.text[heading.start : heading.end]))
        inside = [block for block in bodies if first <= block.start < last]
        if inside:
            names = [words for _, words in path if words != document.metadata.title]
            yield PATH_SEPARATOR.join(names), inside


def _space_near(text: str, middle: int, span: Span) -> int:
    """Return the offset of the space nearest to the middle, or the middle where a span has none inside."""
    start, end = span
    spaces = (place.start() for place in re.finditer(r"\s", text[start + 1 : end - 1]))
    return min((start + 1 + place for place in spaces), key=lambda place: (abs(place - middle), place), default=middle)


def _trim(text: str, start: int, end: int) -> Span | None:
    words = text[start:end]
    kept = words.strip()
    return (start + words.index(kept), start + words.index(kept) + len(kept)) if kept else None
