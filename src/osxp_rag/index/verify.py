"""Whether a generation holds together: its counts, its offsets, its vectors, its checksums, and that it finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osxp_rag.errors import IndexStateError
from osxp_rag.index.counts import count, same
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

    Slow on purpose: it reads every byte, compares every passage and every vector, looks for every 50th passage, and
    counts all terms again.
    """
    try:
        manifest = read_manifest(folder)
        # Schema 1 kept no checksums.
        files = _wrong_files(folder, manifest) if manifest.identity.schema > 1 else ()
        return [*files, *problems(folder, manifest, every=EVERY)]
    except (IndexStateError, OSError) as error:
        return [str(error)]


def problems(
    folder: Path, manifest: Manifest, *, every: int | None = None, read: Collection[str] | None = None
) -> list[str]:
    """Open a generation as a reader does and return what is wrong with it, a line each.

    Counts, and the offsets of all passages, are looked at in any case. `read` are the documents that are new in it: of
    the others, which were taken over and compared with their checksums, every vector must be there, and every 50th
    passage's vector and sentences are looked at; without `read` all are. `every` so many passages one is looked for,
    and all terms are counted again; without `every` one passage is.
    """
    try:
        generation = read_generation(folder, manifest)
    except IndexStateError as error:
        return [str(error)]
    try:
        mapped = {identity.rpartition("#")[0] for identity in generation.ids}
        wrong = [*_counts(generation), *_records(generation), *_wrong_passages(generation), *_lost(generation)]
        wrong += wrong_places(folder, mapped)
        chosen = [one for place, one in enumerate(generation.ids) if _is_looked_at(one, place, read)]
        for start in range(0, len(chosen), _MANY):
            some = chosen[start : start + _MANY]
            wrong += [*_wrong_sentences(generation, some), *_wrong_vectors(generation, some)]
        # A probe of a generation whose parts do not fit says nothing more.
        return wrong or [*_probes(generation, every or max(1, len(generation.ids))), *_miscounted(generation, every)]
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
    for name, held in found.items():
        if held != expected:
            yield f"{name}: {held} passages, {expected} in the manifest"


def _records(generation: Generation) -> Iterator[str]:
    """Compare what the manifest says of each file with what is held of it."""
    held = Counter(identity.rpartition("#")[0] for identity in generation.ids)
    indexed = {path: record for path, record in generation.manifest.files.items() if record.state == "indexed"}
    for path in sorted(indexed.keys() ^ generation.metadata.keys()):
        yield f"{path}: " + ("has no document" if path in indexed else "is not in the manifest")
    for path, record in indexed.items():
        if record.passages != held[path]:
            yield f"{path}: {held[path]} passages, {record.passages} in the manifest"


def _is_looked_at(identity: str, place: int, read: Collection[str] | None) -> bool:
    return read is None or place % EVERY == 0 or identity.rpartition("#")[0] in read


def _wrong_passages(generation: Generation) -> Iterator[str]:
    """Compare the offsets of every passage with the length of its document."""
    for identity, start, end, length in generation.content.misplaced():
        if length is None:
            yield f"{identity}: has no document"
        else:
            yield f"{identity}: its offsets {start} to {end} are not in its document of {length} characters"


def _wrong_sentences(generation: Generation, ids: Sequence[str]) -> Iterator[str]:
    passages = generation.content.passages(ids)
    for identity, passage in passages.items():
        if not all(passage.start <= first < last <= passage.end for first, last in passage.sentences):
            yield f"{identity}: a sentence is not inside it"


def _lost(generation: Generation) -> Iterator[str]:
    """Look for a vector of every passage, and for vectors of none."""
    held = generation.vectors.ids()
    for identity in generation.ids:
        if identity not in held:
            yield f"{identity}: has no vector"
    for identity in sorted(held.difference(generation.ids)):
        yield f"{identity}: has a vector and no passage"


def _wrong_vectors(generation: Generation, ids: Sequence[str]) -> Iterator[str]:
    vectors = generation.vectors.get(ids)
    for identity in ids:
        if problem := _wrong_vector(vectors.get(identity), generation.manifest.dimension):
            yield f"{identity}: {problem}"


def _wrong_vector(vector: NDArray[np.float32] | None, dimension: int) -> str | None:
    if vector is None:
        return None  # told of already
    if vector.shape != (dimension,):
        return f"its vector has {vector.size} components, not {dimension}"
    length = float(np.linalg.norm(vector))
    return None if abs(length - 1) <= _UNIT else f"its vector is of length {length:.4f}, not 1"


def _probes(generation: Generation, every: int) -> Iterator[str]:
    """Look for passages by their own vector and by their rarest term, as a question would."""
    for place in range(0, len(generation.ids), every):
        identity = generation.ids[place]
        terms = generation.content.terms_of(identity)
        vector = generation.vectors.get([identity])[identity]
        nearest = generation.vectors.nearest(vector, 10)
        # Passages of the same words have the same vector: any of them is a find.
        if identity not in [found for found, _ in nearest] and not (nearest and nearest[0][1] >= _SAME):
            yield f"{identity}: is not found by its vector"
        rarest = max(terms, key=lambda term: (generation.terms.rarity(term), term), default=None)
        if rarest and not generation.terms.scores([rarest])[place] > 0:
            yield f"{identity}: is not found by its term {rarest!r}"


def _miscounted(generation: Generation, every: int | None) -> Iterator[str]:
    """Count all terms again where a deep check is asked for."""
    held = generation.terms.counts
    if every and held and not same(held, count(generation.content.terms())):
        yield "terms: are not those of the passages"
