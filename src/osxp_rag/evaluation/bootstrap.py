"""Percentile bootstrap: how far a figure could have come out otherwise with other questions of the same kind.

Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 13. It says nothing of questions that the
set has none of: where every question came out alike, the interval has no width.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from osxp_rag.evaluation.metrics import Floats

Interval = tuple[float, float]
RESAMPLES = 1000
LEVEL = 0.95
SEED = 20251210


def resamples(strata: npt.NDArray[np.bool_], count: int = RESAMPLES, seed: int = SEED) -> npt.NDArray[np.intp]:
    """Return the rows of each resample; [n] → [count, n].

    Each stratum is drawn from with replacement by itself, so that every resample has as many of it as the sample.
    """
    generator = np.random.default_rng(seed)
    drawn = [np.empty((count, 0), dtype=np.intp)]
    for stratum in np.unique(strata):
        rows = np.flatnonzero(strata == stratum)
        drawn.append(rows[generator.integers(rows.size, size=(count, rows.size))])
    return np.concatenate(drawn, axis=1)


def interval(values: Floats, level: float = LEVEL) -> Interval | None:
    """Return between which values the middle `level` of the resamples lies; [count] → (low, high).

    Resamples in which there was nothing to measure (NaN) are left out; None where that is all of them.
    """
    measured = values[~np.isnan(values)]
    if measured.size == 0:
        return None
    low, high = np.percentile(measured, [50 * (1 - level), 50 * (1 + level)])
    return float(low), float(high)
