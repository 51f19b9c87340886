"""Metrics: pure functions from plain values to a number.

Those that take arrays work over the last axis, so that one call scores a thousand resamples as well as one sample; NaN
stands where there is nothing to measure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
ECE_BINS = 10
_NO_GAIN = 1e-9  # sums that differ by less are equal


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


def share(parts: npt.ArrayLike, wholes: npt.ArrayLike) -> Floats:
    """Return the sum of the parts over the sum of the wholes; shapes [..., n] → [...]."""
    part, whole = (np.sum(np.asarray(one, dtype=np.float64), axis=-1) for one in (parts, wholes))
    return np.asarray(np.divide(part, whole, out=np.full(np.shape(whole), np.nan), where=whole > 0))


def balanced_accuracy(truths: npt.ArrayLike, decisions: npt.ArrayLike) -> Floats:
    """Return the mean of the shares decided rightly among the true and among the false ones; [..., n] → [...].

    Where all are true, or all false, it is the share of those alone.
    """
    truth, decision = np.asarray(truths, dtype=bool), np.asarray(decisions, dtype=bool)
    shares = np.stack([share(truth & decision, truth), share(~(truth | decision), ~truth)], axis=-1)
    return share(np.nan_to_num(shares), ~np.isnan(shares))


def calibration_error(confidences: npt.ArrayLike, truths: npt.ArrayLike, bins: int = ECE_BINS) -> Floats:
    """Return the expected calibration error over bins of equal width; [..., n] → [...].

    Each bin counts |mean confidence - share of true ones|, weighted by how many fall into it; a bin holds its
    lower bound, the last one 1.0 too (Guo et al. 2017).
    """
    confidence = np.asarray(confidences, dtype=np.float64)
    gaps = confidence - np.asarray(truths, dtype=np.float64)
    places = np.minimum(bins - 1, (confidence * bins).astype(np.intp))
    error = sum(np.abs(np.sum(np.where(places == one, gaps, 0.0), axis=-1)) for one in range(bins))
    return share(np.expand_dims(error, -1), np.full((*np.shape(error), 1), gaps.shape[-1]))


def percentile(values: npt.ArrayLike, part: float) -> Floats:
    """Return the value below which a part (0 to 1) of the values lies, linear between neighbours; [..., n] → [...]."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape[-1] == 0:
        return np.full(array.shape[:-1], np.nan)
    return np.asarray(np.percentile(array, 100 * part, axis=-1))


def auroc(scores: npt.ArrayLike, truths: npt.ArrayLike) -> float | None:
    """Return the chance that a true one scores above a false one, ties half; None without both kinds."""
    score, truth = np.asarray(scores, dtype=np.float64), np.asarray(truths, dtype=bool)
    true, false = np.sort(score[truth]), score[~truth]
    if not true.size or not false.size:
        return None
    below = np.searchsorted(true, false, side="left") + np.searchsorted(true, false, side="right")
    return float(np.mean(1 - below / (2 * true.size)))


def best_threshold(scores: npt.ArrayLike, taken: npt.ArrayLike, left: npt.ArrayLike) -> float | None:
    """Return the score from which on to take, for the highest sum of `taken` from there on and of `left` below.

    Equal scores are never parted; of equally good thresholds it is the highest. None where taking nothing is best.
    """
    score, gain = np.asarray(scores, dtype=np.float64), np.asarray(taken, dtype=np.float64) - np.asarray(left)
    values, places = np.unique(-score, return_inverse=True)
    sums = np.cumsum(np.bincount(places, gain, minlength=values.size))
    if not sums.size or sums.max() <= _NO_GAIN:
        return None
    return float(-values[np.flatnonzero(sums >= sums.max() - _NO_GAIN)[0]])


def number(value: Floats) -> float | None:
    """Return a single measurement as a float, None where there was nothing to measure."""
    return None if np.isnan(value) else float(value)
