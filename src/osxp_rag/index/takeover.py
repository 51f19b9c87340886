"""What a new generation takes over from the one before: files, checked as they are copied; vectors; counts of terms."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osxp_rag.errors import IndexStateError
from osxp_rag.index import counts
from osxp_rag.index.content import NAME as CONTENT
from osxp_rag.index.content import Content
from osxp_rag.index.durable import checksums, copy_file, copy_tree
from osxp_rag.index.manifest import NAME as MANIFEST
from osxp_rag.index.manifest import read_manifest
from osxp_rag.index.terms import FOLDER as TERMS
from osxp_rag.index.terms import Terms
from osxp_rag.index.vectors import FOLDER as VECTORS
from osxp_rag.index.vectors import Vectors

Known = dict[str, NDArray[np.float32]]


def start(folder: Path, base: Path | None) -> tuple[Content, Vectors]:
    """Open content and vectors of a new generation, empty or as those of `base`.

    What is copied is compared with the checksums of `base`: what was found sound when it was published is sound here,
    and need not be looked into again.

    Raises:
        IndexStateError: `base` is not as it was published.
    """
    if base is None:
        return Content.create(folder), Vectors.create(folder)
    copy_file(base / CONTENT, folder / CONTENT)
    copy_tree(base / VECTORS, folder / VECTORS)
    _check(base, checksums(folder, MANIFEST))
    return Content.open(folder, writable=True), Vectors.change(folder)


def terms_of_base(base: Path | None, passages: int) -> counts.Counts | None:
    """Return the counts of terms of a generation of so many passages; None where all are to be counted.

    Raises:
        IndexStateError: they are not as they were published.
    """
    if base is None or not (base / TERMS).is_dir():
        return None
    _check(base, {f"{TERMS}/{name}": one for name, one in checksums(base / TERMS, "").items()})
    return Terms.open(base, passages).counts


def save_terms(
    folder: Path,
    before: counts.Counts | None,
    ids_before: Sequence[str],
    content: Content,
    fresh: Mapping[str, str],
) -> None:
    """Index the terms of a generation: those of `fresh` passages, by id, anew, the others' as counted before."""
    if before is None:
        Terms.build(folder, content.terms())
        return
    places = {identity: place for place, identity in enumerate(ids_before)}
    ids = content.passage_ids()
    source = np.array([-1 if one in fresh else places[one] for one in ids], dtype=np.int64)
    new = {place: fresh[one].split() for place, one in enumerate(ids) if one in fresh}
    Terms.save(folder, counts.change(before, source, new))


def known_vectors(keys: Sequence[str], content: Content, vectors: Vectors) -> Known:
    """Return vectors by the key of what was embedded, of the keys that are known."""
    ids = content.ids_by_key(list(dict.fromkeys(keys)))
    found = vectors.get(list(ids.values())) if ids else {}
    return {key: found[identity] for key, identity in ids.items() if identity in found}


def vectors_of(keys: Sequence[str], generation: Path) -> Known:
    """Return vectors by key of another generation; none where it cannot be read, for all can be embedded anew."""
    try:
        with contextlib.ExitStack() as opened:
            content = Content.open(generation)
            opened.callback(content.close)
            vectors = Vectors.open(generation)
            opened.callback(vectors.close)
            return known_vectors(keys, content, vectors)
    except (IndexStateError, sqlite3.Error):
        return {}


def _check(base: Path, found: Mapping[str, str]) -> None:
    """Make sure that files have the checksums that `base` was published with; schema 1 kept none."""
    published = read_manifest(base).checksums
    wrong = sorted(name for name, one in found.items() if published and published.get(name) != one)
    if wrong:
        raise IndexStateError(
            f"{base}: {wrong[0]} is not as it was written (SHA-256); nothing is taken over from it. "
            "Run: osxp-rag index --full"
        )
