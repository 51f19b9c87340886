"""Sentences of a block, by sentencex: cuts after abbreviations are undone, those missed after a site are made."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

from osxp_rag.corpus.document import Span

# A cut after one of these is none: honorifics, months and the like, in English and French.
_ABBREVIATION = re.compile(
    r"(?:^|[\s('«\"])(?:M|MM|Mme|Mlle|Mr|Mrs|Ms|Dr|Pr|Prof|St|Ste|No|n°|art|Art|al|vs|approx|env|cf|Cf|fig|Fig|vol|"
    r"p|pp|ex|éd|ed|Inc|Ltd|Corp|janv|févr|avr|juil|sept|oct|nov|déc|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|[A-Z])\.\s*$"
)

# A full stop behind a site's name ends a sentence where a capital follows: "… on blog.example.com. The …"
_AFTER_SITE = re.compile(r"(?<=\w\w)\.[a-z]{2,6}\.\s+(?=[A-ZÀ-ÖØ-Þ])")


def split_sentences(text: str, start: int, end: int, language: str) -> list[Span]:
    """Return the spans of the sentences of `text[start:end]`, as offsets into `text`, without outer space."""
    block = text[start:end].replace("\n", " ")  # one for one, so that offsets hold
    spans: list[Span] = []
    for first, last in _cuts(block, language):
        span = _trim(block, first, last)
        if span is None:
            continue
        if spans and _continues(block[spans[-1][0] : spans[-1][1]], block[span[0] : span[1]]):
            span = (spans.pop()[0], span[1])
        spans.append(span)
    return [(start + first, start + last) for first, last in spans]


def _cuts(block: str, language: str) -> Iterator[Span]:
    for found in sentencex.get_sentence_boundaries(language, block):
        start, end = int(found["start_index"]), int(found["end_index"])
        for match in _AFTER_SITE.finditer(block, start, end):
            yield start, match.end()
            start = match.end()
        yield start, end


def _trim(text: str, start: int, end: int) -> Span | None:
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    return (start, end) if start < end else None


def _continues(before: str, after: str) -> bool:
    return bool(_ABBREVIATION.search(before)) or after[0].islower() or not any(c.isalnum() for c in after)
