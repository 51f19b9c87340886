"""Documents that are nearly the same, by what the index holds of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osxp_rag.index.generation import Generation

COSINE = 0.97  # of the mean vectors of passages
LENGTH = 0.8  # the shorter document's share of the longer one's characters
TERMS = 0.6  # of the distinct terms of both, the share that both have
_ROWS = 500  # documents compared with all at once


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents by path, in order, with the cosine of their mean vectors and the share of terms that both have."""

    one: str
    other: str
    cosine: float
    terms: float


@dataclass(frozen=True, slots=True)
class Sketch:
    """What two documents are compared by: language, characters of text, distinct terms, mean vector of length 1."""

    lang: str
    length: int
    terms: frozenset[str]
    vector: NDArray[np.float32]


def near_duplicates(generation: Generation) -> list[Pair]:
    """Return the pairs of documents of one language that say nearly the same, the nearest first."""
    return similar_pairs(_sketches(generation))


def similar_pairs(sketches: Mapping[str, Sketch]) -> list[Pair]:
    """Return the pairs that are near in vectors, in length and in terms. Pure.

    Vectors alone do not tell: those of short documents on one subject are near without their words being the same.
    Documents of two languages are left out, for a translation is wanted beside its original.
    """
    paths = sorted(sketches)
    if not paths:
        return []
    vectors = np.stack([sketches[path].vector for path in paths])
    pairs = []
    for start in range(0, len(paths), _ROWS):
        cosines = vectors[start : start + _ROWS] @ vectors.T
        for row, column in np.argwhere(cosines >= COSINE):
            one, other = start + int(row), int(column)
            if one < other:
                pair = _pair(paths[one], paths[other], float(cosines[row, column]), sketches)
                pairs += [pair] if pair else []
    return sorted(pairs, key=lambda pair: (-pair.cosine, pair.one, pair.other))


def _pair(one: str, other: str, cosine: float, sketches: Mapping[str, Sketch]) -> Pair | None:
    mine, theirs = sketches[one], sketches[other]
    shorter, longer = sorted((mine.length, theirs.length))
    if mine.lang != theirs.lang or shorter < longer * LENGTH:
        return None
    shared = len(mine.terms & theirs.terms) / max(1, len(mine.terms | theirs.terms))
    return Pair(one, other, round(cosine, 4), round(shared, 4)) if shared >= TERMS else None


def _sketches(generation: Generation) -> dict[str, Sketch]:
    places: dict[str, list[str]] = {}
    terms: dict[str, set[str]] = {}
    for identity, found in zip(generation.ids, generation.content.terms(), strict=True):
        path = identity.rpartition("#")[0]
        places.setdefault(path, []).append(identity)
        terms.setdefault(path, set()).update(found)
    sketches = {}
    for path, ids in places.items():
        vectors = generation.vectors.get(ids)
        document = generation.content.document(path)
        if document and vectors:
            mean = np.mean(list(vectors.values()), axis=0)
            unit = (mean / np.linalg.norm(mean)).astype(np.float32)
            sketches[path] = Sketch(document.metadata.lang, len(document.text), frozenset(terms[path]), unit)
    return sketches
