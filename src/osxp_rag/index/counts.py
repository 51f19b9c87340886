"""How often each term stands in each passage, and the BM25 scores that follow from it. Pure: numbers in, numbers out.

A change of one passage changes every score, for it moves the mean length and the rarity of terms; counts it leaves
alone. So a generation keeps its counts: the next one changes them in place of reading all passages again, and
computes all scores anew, which takes no time. The scores are those of bm25s, to the last bit.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Counts:
    """Terms in alphabetical order, and by term, each in the order of passages: which passages hold it, how often.

    The entries of term `t` are those from `bounds[t]` to `bounds[t + 1]`; `lengths` are the terms of each passage.
    """

    vocabulary: tuple[str, ...]
    bounds: Ints
    passages: Ints
    times: Ints
    lengths: Ints

    @property
    def terms(self) -> Ints:
        """The term of each entry, as its place in the vocabulary."""
        return np.repeat(np.arange(len(self.vocabulary)), np.diff(self.bounds))


def count(rows: Iterable[list[str]]) -> Counts:
    """Count the terms of passages, given in their order."""
    numbers: dict[str, int] = {}
    terms, passages, times, lengths = array("q"), array("i"), array("i"), array("i")
    for place, row in enumerate(rows):
        found = Counter(row)
        terms.extend(numbers.setdefault(term, len(numbers)) for term in found)
        passages.extend([place] * len(found))
        times.extend(found.values())
        lengths.append(len(row))
    order = sorted(numbers)
    moved = np.empty(len(order), dtype=np.int64)
    moved[[numbers[term] for term in order]] = np.arange(len(order))
    return _ordered(order, moved[_ints(terms)], _ints(passages), _ints(times), _ints(lengths))


def change(before: Counts, source: Ints, fresh: Mapping[int, list[str]]) -> Counts:
    """Return the counts of changed passages, the same as if all were counted.

    `source` has for each passage its place in `before`, -1 for those that are in `fresh` by their place now. Passages
    that stay keep their order.
    """
    places = sorted(fresh)
    new = count(fresh[place] for place in places)
    now = np.full(len(before.lengths), -1, dtype=np.int64)
    now[source[source >= 0]] = np.flatnonzero(source >= 0)
    kept = now[before.passages] >= 0
    old_terms, old_passages = before.terms[kept], now[before.passages[kept]]
    held = np.flatnonzero(np.bincount(old_terms, minlength=len(before.vocabulary)))
    order = sorted({*(before.vocabulary[term] for term in held), *new.vocabulary})
    number = {term: place for place, term in enumerate(order)}
    moved = np.zeros(len(before.vocabulary), dtype=np.int64)
    moved[held] = [number[before.vocabulary[term]] for term in held]
    added = np.array([number[term] for term in new.vocabulary], dtype=np.int64)
    lengths = np.empty(len(source), dtype=np.int32)
    lengths[source >= 0] = before.lengths[source[source >= 0]]
    lengths[places] = new.lengths
    terms = np.concatenate([moved[old_terms], added[new.terms]])
    passages = np.concatenate([old_passages, np.asarray(places, dtype=np.int64)[new.passages]])
    return _ordered(order, terms, passages, np.concatenate([before.times[kept], new.times]), lengths)


def scores(counts: Counts, k1: float, b: float) -> NDArray[np.float32]:
    """Return the BM25 score of each entry, in Lucene's variant (Kamphuis et al. 2020), as bm25s computes it."""
    passages, frequencies = len(counts.lengths), np.diff(counts.bounds)
    rarity = np.array([_rarity(int(one), passages) for one in frequencies], dtype=np.float32)
    length = k1 * ((1 - b) + b * counts.lengths / counts.lengths.mean())
    times = counts.times.astype(np.float32)
    share = times / (length[counts.passages] + times)
    return np.asarray(np.repeat(rarity, frequencies) * share, dtype=np.float32)


def same(one: Counts, other: Counts) -> bool:
    """Return whether two are equal."""
    arrays = ((one.bounds, other.bounds), (one.passages, other.passages), (one.times, other.times))
    lengths = np.array_equal(one.lengths, other.lengths)
    return one.vocabulary == other.vocabulary and lengths and all(np.array_equal(*pair) for pair in arrays)


def _ordered(vocabulary: list[str], terms: Ints, passages: Ints, times: Ints, lengths: Ints) -> Counts:
    """Sort entries by term, then by passage."""
    order = np.argsort(terms * max(1, len(lengths)) + passages, kind="stable")
    bounds = np.concatenate([[0], np.cumsum(np.bincount(terms, minlength=len(vocabulary)))])
    small = (passages[order].astype(np.int32), times[order].astype(np.int32), lengths.astype(np.int32))
    return Counts(tuple(vocabulary), bounds.astype(np.int64), *small)


def _ints(values: array[int]) -> Ints:
    return np.frombuffer(values, dtype=f"i{values.itemsize}") if values else np.empty(0, dtype=np.int64)


def _rarity(frequency: int, passages: int) -> float:
    return math.log(1 + (passages - frequency + 0.5) / (frequency + 0.5))
