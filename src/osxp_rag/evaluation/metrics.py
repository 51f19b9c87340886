"""Metrics: pure functions from plain values to a number, None where there is nothing to measure."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

ECE_BINS = 10


def recall_at_k(expected: Collection[str], ranked: Sequence[str], k: int, *, every: bool) -> float:
    """Return how much of what is expected is among the first `k`.

    With `every`, the share of the expected ones (of `k`, where more are expected); else 1 for any of them.
    """
    found = len(set(expected) & set(ranked[:k]))
    if every:
        return found / min(k, len(set(expected)))
    return float(found > 0)


def reciprocal_rank(expected: Collection[str], ranked: Sequence[str], k: int) -> float:
    """Return 1 / rank of the first expected one among the first `k`, 0 where there is none."""
    return next((1 / rank for rank, name in enumerate(ranked[:k], 1) if name in expected), 0.0)


def precision(right: Sequence[bool]) -> float | None:
    """Return the share that is right."""
    return mean([float(one) for one in right])


def balanced_accuracy(truths: Sequence[bool], decisions: Sequence[bool]) -> float | None:
    """Return the mean of the shares decided rightly among the true and among the false ones.

    Where all are true, or all false, it is the share of those alone.
    """
    pairs = list(zip(truths, decisions, strict=True))
    shares = [precision([decision == kind for truth, decision in pairs if truth == kind]) for kind in (True, False)]
    return mean([share for share in shares if share is not None])


def calibration_error(confidences: Sequence[float], truths: Sequence[bool], bins: int = ECE_BINS) -> float | None:
    """Return the expected calibration error over bins of equal width.

    Each bin counts |mean confidence - share of true ones|, weighted by how many fall into it; a bin holds its
    lower bound, the last one 1.0 too (Guo et al. 2017).
    """
    members: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, truth in zip(confidences, truths, strict=True):
        members[min(bins - 1, int(confidence * bins))].append((confidence, truth))
    gaps = (abs(sum(confidence - truth for confidence, truth in some)) for some in members)
    return math.fsum(gaps) / len(confidences) if confidences else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which a share (0 to 1) of the values lies, linear between neighbours."""
    if not values:
        return None
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def mean(values: Sequence[float]) -> float | None:
    """Return the mean."""
    return math.fsum(values) / len(values) if values else None
