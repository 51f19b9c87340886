"""Where documents stand on a map: near in meaning, near on the page, none on top of another. Pure.

Three steps, each deterministic: the two main directions of the vectors; then near neighbours pull each other together
and others are pushed away (the forces of UMAP, McInnes et al. 2018, on a few random pairs a step); then crowds
are loosened and what overlaps is moved apart. Languages are laid over each other first, or the map would show them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

GAP = 0.6  # least distance of two points, in mean distances of points that fill the page evenly
_NEIGHBOURS = 8
_STEPS = 150
_AWAY = 4  # random others a point and step
_ROWS = 1000  # of the table of cosines at once
_FEWEST = 5  # documents of a language that its middle is taken from
_SHARES = tuple(step / 10 for step in range(11))
_SETTLING = 200  # steps at most until nothing overlaps
_GOLDEN = np.pi * (3 - np.sqrt(5))
_SEED = 20251210


def lay_out(vectors: NDArray[np.float32], languages: Sequence[str]) -> Floats:
    """Return a place for each vector, shape (n, dimension) → (n, 2), from 0 to 1.

    The same vectors in the same order always give the same places.
    """
    count = len(vectors)
    if count < 2:
        return np.full((count, 2), 0.5)
    centred = _without_language(np.asarray(vectors, dtype=np.float64), languages)
    places = _spread(_main_directions(centred))
    if count > 3:
        places = _spread(_pulled(places, *_neighbours(centred)))
    return np.round(_apart(_filled(_loosened(places))), 4)


def least_distance(count: int) -> float:
    """Return how far apart two of so many points are at least, where the page goes from 0 to 1."""
    return float(GAP / np.sqrt(max(count, 1)))


def _without_language(vectors: Floats, languages: Sequence[str]) -> Floats:
    """Return the vectors around the middle of those of their language, or of all where it has few; length 1 or 0."""
    centred = vectors - vectors.mean(axis=0)
    names = np.asarray(languages)
    for name in sorted(set(languages)):
        rows = names == name
        if rows.sum() >= _FEWEST:
            centred[rows] = vectors[rows] - vectors[rows].mean(axis=0)
    lengths = np.linalg.norm(centred, axis=1, keepdims=True)
    unit: Floats = np.divide(centred, lengths, out=np.zeros_like(centred), where=lengths > 1e-9)
    return unit


def _main_directions(centred: Floats) -> Floats:
    """Return the coordinates along the two directions of most variance; the largest part of each points up."""
    _, found = np.linalg.eigh(centred.T @ centred)  # in the order of growing variance
    directions = found[:, ::-1][:, :2]
    largest = np.argmax(np.abs(directions), axis=0)
    turned: Floats = directions * np.sign(directions[largest, [0, 1]])
    return np.asarray(centred @ turned)


def _spread(places: Floats) -> Floats:
    """Return places that fill the page: a few far out do not press the others together, and none stands on another."""
    low, high = np.quantile(places, [0.02, 0.98], axis=0)
    width = np.maximum(high - low, 1e-9)
    scaled = 0.5 + 0.5 * np.tanh(2 * (places - low) / width - 1)
    numbers = np.arange(len(places))
    turns = np.stack([np.cos(numbers * _GOLDEN), np.sin(numbers * _GOLDEN)], axis=1)
    return np.asarray(0.1 + 0.8 * scaled + 1e-3 * turns * np.sqrt((numbers[:, None] + 1) / len(places)))


def _neighbours(centred: Floats) -> tuple[Ints, Floats]:
    """Return each point's nearest others and how near they are, from 0 to 1; shapes (n, k)."""
    count = len(centred)
    nearest = min(_NEIGHBOURS, count - 1)
    others, weights = np.empty((count, nearest), dtype=np.intp), np.empty((count, nearest))
    for start in range(0, count, _ROWS):
        cosines = centred[start : start + _ROWS] @ centred.T
        rows = np.arange(len(cosines))[:, None]
        cosines[rows[:, 0], rows[:, 0] + start] = -np.inf
        found = np.sort(np.argpartition(-cosines, nearest - 1, axis=1)[:, :nearest], axis=1)
        others[start : start + _ROWS] = found
        weights[start : start + _ROWS] = np.clip(cosines[rows, found], 0.05, 1)
    return others, weights


def _pulled(places: Floats, others: Ints, weights: Floats) -> Floats:
    """Return places after neighbours have pulled and others have pushed, ever more gently."""
    random = np.random.default_rng(_SEED)
    count = len(places)
    unit = 1 / np.sqrt(count)  # the mean distance of points that fill the page
    moved = places / unit
    for step in range(_STEPS):
        pace = 1 - step / _STEPS
        pull = moved[others] - moved[:, None]
        near = (pull**2).sum(axis=2, keepdims=True)
        towards = (weights[:, :, None] * pull / (1 + near)).sum(axis=1)
        strangers = random.integers(0, count, size=(count, _AWAY))
        push = moved[:, None] - moved[strangers]
        far = (push**2).sum(axis=2, keepdims=True)
        away = (push / ((0.1 + far) * (1 + far))).sum(axis=1)
        moved = moved + pace * np.clip(0.5 * towards + away, -1, 1)
    return np.asarray(moved)


def _loosened(places: Floats) -> Floats:
    """Return places moved as little towards an even spread as lets the rest be settled."""
    gap = least_distance(len(places))
    even = _even(places)
    for share in _SHARES:
        mixed = (1 - share) * places + share * even
        if len(_touching(mixed, gap)[0]) <= len(places):
            break
    return mixed


def _filled(places: Floats) -> Floats:
    """Return places stretched to the edges of the page."""
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.maximum(high - low, 1e-9))


def _even(places: Floats) -> Floats:
    """Return places of which each has a part of the page to itself, cut at the middle point again and again."""
    even = np.empty_like(places)
    parts = [(np.arange(len(places)), np.zeros(2), np.ones(2))]
    while parts:
        rows, low, high = parts.pop()
        if len(rows) == 1:
            even[rows] = (low + high) / 2
            continue
        axis = int(np.argmax(high - low))
        rows = rows[np.lexsort((rows, places[rows, 1 - axis], places[rows, axis]))]
        half = len(rows) // 2
        cut = low[axis] + (high[axis] - low[axis]) * half / len(rows)
        parts.append((rows[:half], low, np.where(np.arange(2) == axis, cut, high)))
        parts.append((rows[half:], np.where(np.arange(2) == axis, cut, low), high))
    return even


def _apart(places: Floats) -> Floats:
    """Return places of which no two are nearer than `least_distance`, as far as the page has room."""
    gap = least_distance(len(places))
    moved = np.clip(places, 0, 1)
    for _ in range(_SETTLING):
        one, other = _touching(moved, gap)
        if not len(one):
            break
        between = moved[one] - moved[other]
        distance = np.linalg.norm(between, axis=1, keepdims=True)
        turn = ((one + other) * _GOLDEN)[:, None]
        aside = np.concatenate([np.cos(turn), np.sin(turn)], axis=1)  # for two on one spot
        direction = np.where(distance > 1e-9, between / np.maximum(distance, 1e-9), aside)
        shift = direction * (gap * 1.02 - distance) / 2
        np.add.at(moved, one, shift)
        np.subtract.at(moved, other, shift)
        moved = np.clip(moved, 0, 1)
    return moved


def _touching(places: Floats, gap: float) -> tuple[Ints, Ints]:
    """Return the pairs that are nearer than a gap, found among those that stand near from left to right."""
    order = np.lexsort((np.arange(len(places)), places[:, 1], places[:, 0]))
    lined = places[order]
    ones, others = [], []
    for shift in range(1, len(lined)):
        between = lined[shift:] - lined[:-shift]
        close = between[:, 0] < gap
        if not close.any():
            break
        found = np.flatnonzero(close & ((between**2).sum(axis=1) < gap**2))
        ones.append(order[found])
        others.append(order[found + shift])
    empty = np.empty(0, dtype=np.intp)
    return np.concatenate([empty, *ones]), np.concatenate([empty, *others])
