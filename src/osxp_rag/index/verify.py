"""Whether a generation holds together: its counts, its offsets, its vectors, its checksums, and that it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osxp_rag.corpus.document import Passage
from osxp_rag.errors import IndexStateError
from osxp_rag.index.durable import checksums
from osxp_rag.index.generation import Generation, read_generation
from osxp_rag.index.manifest import NAME as MANIFEST
from osxp_rag.index.manifest import Manifest, read_manifest
from osxp_rag.index.map import wrong_places

EVERY = 50  # passages from one probe to the next in a deep check
_MANY = 2000  # passages held in memory at once
_UNIT = 1e-3  # how far a vector's length may be from 1
_SAME = 0.9999  # cosine from which on two passages may stand for each other


def verify_generation(folder: Path) -> list[str]:
    """Check all of the generation in a folder; return what is wrong, a line each.

    Slow on purpose: it reads every byte, compares every passage and every vector, and looks for every 50th passage.
    """
    try:
        manifest = read_manifest(folder)
        # Schema 1 kept no checksums.
        files = _wrong_files(folder, manifest) if manifest.identity.schema > 1 else ()
        return [*files, *problems(folder, manifest, every=EVERY)]
    except (IndexStateError, OSError) as error:
        return [str(error)]


def problems(folder: Path, manifest: Manifest, *, every: int | None = None) -> list[str]:
    """Open a generation as a reader does and return what is wrong with it, a line each.

    Counts, offsets and vectors are all looked at; `every` so many passages one is looked for, None for one in all.
    """
    try:
        generation = read_generation(folder, manifest)
    except IndexStateError as error:
        return [str(error)]
    try:
        mapped = {identity.rpartition("#")[0] for identity in generation.ids}
        wrong = [*_counts(generation), *_records(generation), *wrong_places(folder, mapped)]
        for start in range(0, len(generation.ids), _MANY):
            wrong += _wrong_passages(generation, generation.ids[start : start + _MANY])
        # A probe of a generation whose parts do not fit says nothing more.
        return wrong or list(_probes(generation, every or max(1, len(generation.ids))))
    finally:
        generation.close()


def _wrong_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    found = checksums(folder, MANIFEST)
    for name in sorted(found.keys() | manifest.checksums.keys()):
        if name not in found:
            yield f"{name}: is missing"
        elif name not in manifest.checksums:
            yield f"{name}: is not a file of this generation"
        elif found[name] != manifest.checksums[name]:
            yield f"{name}: is not as it was written (SHA-256)"


def _counts(generation: Generation) -> Iterator[str]:
    expected = generation.manifest.passages
    found = {
        "content.db": len(generation.ids),
        "vectors": generation.vectors.count(),
        "terms": generation.terms.passages,
    }
    for name, count in found.items():
        if count != expected:
            yield f"{name}: {count} passages, {expected} in the manifest"


def _records(generation: Generation) -> Iterator[str]:
    """Compare what the manifest says of each file with what is held of it."""
    held = Counter(identity.rpartition("#")[0] for identity in generation.ids)
    indexed = {path: record for path, record in generation.manifest.files.items() if record.state == "indexed"}
    for path in sorted(indexed.keys() ^ generation.metadata.keys()):
        yield f"{path}: " + ("has no document" if path in indexed else "is not in the manifest")
    for path, record in indexed.items():
        if record.passages != held[path]:
            yield f"{path}: {held[path]} passages, {record.passages} in the manifest"


def _wrong_passages(generation: Generation, ids: Sequence[str]) -> Iterator[str]:
    passages, vectors = generation.content.passages(ids), generation.vectors.get(ids)
    lengths = {document: _length(generation, document) for document in {one.document for one in passages.values()}}
    for identity in ids:
        passage = passages.get(identity)
        if passage is None:
            yield f"{identity}: has no document"
        elif problem := _misplaced(passage, lengths[passage.document]):
            yield f"{identity}: {problem}"
        if problem := _wrong_vector(vectors.get(identity), generation.manifest.dimension):
            yield f"{identity}: {problem}"


def _length(generation: Generation, path: str) -> int:
    document = generation.content.document(path)
    return len(document.text) if document else 0


def _misplaced(passage: Passage, length: int) -> str | None:
    if not 0 <= passage.start < passage.end <= length or len(passage.text) != passage.end - passage.start:
        return f"its offsets {passage.start} to {passage.end} are not in its document of {length} characters"
    if not all(passage.start <= start < end <= passage.end for start, end in passage.sentences):
        return "a sentence is not inside it"
    return None


def _wrong_vector(vector: NDArray[np.float32] | None, dimension: int) -> str | None:
    if vector is None:
        return "has no vector"
    if vector.shape != (dimension,):
        return f"its vector has {vector.size} components, not {dimension}"
    length = float(np.linalg.norm(vector))
    return None if abs(length - 1) <= _UNIT else f"its vector is of length {length:.4f}, not 1"


def _probes(generation: Generation, every: int) -> Iterator[str]:
    """Look for passages by their own vector and by their rarest term, as a question would."""
    for place, (identity, terms) in enumerate(zip(generation.ids, generation.content.terms(), strict=True)):
        if place % every:
            continue
        vector = generation.vectors.get([identity])[identity]
        nearest = generation.vectors.nearest(vector, 10)
        # Passages of the same words have the same vector: any of them is a find.
        if identity not in [found for found, _ in nearest] and not (nearest and nearest[0][1] >= _SAME):
            yield f"{identity}: is not found by its vector"
        rarest = max(terms, key=lambda term: (generation.terms.rarity(term), term), default=None)
        if rarest and not generation.terms.scores([rarest])[place] > 0:
            yield f"{identity}: is not found by its term {rarest!r}"
