"""Hits → hits that the reader has read, re-ordered by what it says of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from osxp_rag.answering.question import Question
from osxp_rag.corpus.document import PATH_SEPARATOR
from osxp_rag.models.reader import Reader
from osxp_rag.retrieval.hit import Hit

READ_MOST = 20  # passages; more take long and serve no answer
READ_FIRST = 4  # passages of a question for one fact: most often the answer is there, and half of the time is saved
READ_SHARE = 0.5  # of a passage's place that the reader decides; the rest is the fused score
_FOUND = 0.0  # logit of "the answer is in this passage" from which on no more are read for one fact


def read_hits(reader: Reader, question: Question, hits: Sequence[Hit], count: int) -> list[Hit]:
    """Return the hits, the best `count` of them read and put in order; the others follow as they were.

    At most `READ_MOST` are read. For one fact it is the best few first, and the rest of `count` only where the reader
    does not find the answer in them.
    """
    count = min(count, READ_MOST)
    most = min(count, READ_FIRST) if question.shape == "fact" else count
    read = _read(reader, question, hits[:most])
    if most < count and not any(hit.reading and hit.reading.answerable >= _FOUND for hit in read):
        read += _read(reader, question, hits[most:count])
        most = count
    return [*sorted(read, key=lambda hit: (-standing(hit), hit.passage.id)), *hits[most:]]


def _read(reader: Reader, question: Question, hits: Sequence[Hit]) -> list[Hit]:
    readings = reader.read(question.text, [(title_of(hit), hit.passage.text) for hit in hits])
    return [replace(hit, reading=reading) for hit, reading in zip(hits, readings, strict=True)]


def standing(hit: Hit) -> float:
    """Return what a hit is ordered by, from 0 to 1: its fused score and the reader's word for it."""
    if hit.reading is None:
        return (1 - READ_SHARE) * hit.score
    return (1 - READ_SHARE) * hit.score + READ_SHARE * share(hit.reading.answerable)


def share(logit: float) -> float:
    """Return the logistic function of a logit."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def title_of(hit: Hit) -> str:
    """Return the words that stand before a passage when it is read."""
    section = hit.passage.section
    return f"{hit.metadata.title}{PATH_SEPARATOR}{section}" if section else hit.metadata.title
