"""How much of the passages that answer a question was retrieved, and how much else with it. Pure.

Smith & Troynikov 2024 (Chroma, "Evaluating Chunking Strategies for Retrieval"). The report speaks of tokens, its code
counts characters, and so do we.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from osxp_rag.corpus.document import Span


@dataclass(frozen=True, slots=True)
class Found:
    """Means over questions, from 0 to 1; None where there is no question."""

    questions: int
    recall: float | None
    precision: float | None
    iou: float | None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What is to be found for one question, and what was, best first: spans of documents, those by their paths."""

    document: str
    references: tuple[Span, ...]
    passages: tuple[tuple[str, Span], ...]


def score_found(questions: Sequence[Retrieved], count: int) -> Found:
    """Score the first `count` passages of each question."""
    if not questions:
        return Found(0, None, None, None)
    recall, precision, iou = np.mean([_shares(one, count) for one in questions], axis=0)
    return Found(len(questions), float(recall), float(precision), float(iou))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order, those that overlap or touch as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def common(some: Sequence[Span], others: Sequence[Span]) -> int:
    """Return how many characters are in both; the spans of neither overlap among themselves."""
    return sum(max(0, min(end, last) - max(start, first)) for start, end in some for first, last in others)


def _shares(one: Retrieved, count: int) -> tuple[float, float, float]:
    """Return recall, precision and intersection over union; passages of other documents count as retrieved too."""
    wanted = merged(one.references)
    passages = one.passages[:count]
    right = merged(span for document, span in passages if document == one.document)
    shared, size = common(wanted, right), _size(wanted)
    retrieved = _size(right) + _size(span for document, span in passages if document != one.document)
    return shared / size, shared / max(1, retrieved), shared / (retrieved + size - shared)


def _size(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)
