"""A generation opened for reading: content, vectors and terms that belong together."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from osxp_rag.corpus.document import Metadata
from osxp_rag.errors import FilterError, IndexMismatchError, IndexMissingError, IndexStateError
from osxp_rag.index.content import Content
from osxp_rag.index.manifest import Manifest, identity_of, read_manifest
from osxp_rag.index.store import Store
from osxp_rag.index.terms import Terms
from osxp_rag.index.vectors import Vectors
from osxp_rag.settings import Settings

FILTER_KEYS = ("document", "kind", "lang", "date", "track", "organisations", "technologies", "speakers", "title")


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation; `ids` are the passages in the order of the terms' scores, `places` where each stands there.

    `metadata` is by path. `folder` may go while the generation is open, its parts stay readable.
    """

    folder: Path
    manifest: Manifest
    content: Content
    vectors: Vectors
    terms: Terms
    ids: list[str]
    places: dict[str, int]
    metadata: dict[str, Metadata]

    @property
    def id(self) -> str:
        """The generation's id."""
        return self.manifest.id

    def matching(self, filters: Mapping[str, str]) -> list[str] | None:
        """Return the paths of the documents that pass every filter; None where there is no filter.

        A filter passes where one of the document's values is the wanted one, whatever its case.

        Raises:
            FilterError: a key is unknown.
        """
        unknown = sorted(set(filters) - set(FILTER_KEYS))
        if unknown:
            raise FilterError(f"unknown filter {', '.join(unknown)}; known: {', '.join(FILTER_KEYS)}")
        if not filters:
            return None
        copies = self.manifest.copies
        return [
            path
            for path, metadata in self.metadata.items()
            if _passes((path, *copies.get(path, ())), metadata, filters)
        ]

    def scores(self, terms: Sequence[str]) -> dict[str, float]:
        """Return the BM25 scores above 0 of some terms, by passage id."""
        found = self.terms.scores(terms)
        return {self.ids[place]: float(found[place]) for place in np.flatnonzero(found > 0)}

    def close(self) -> None:
        """Release the files."""
        self.content.close()
        self.vectors.close()


def open_generation(settings: Settings, generation: str | None = None) -> Generation:
    """Open a generation, by default the one that serves.

    Raises:
        IndexMissingError: there is none.
        IndexMismatchError: it was built with other settings.
        IndexStateError: it is damaged.
    """
    store = Store(settings.index_dir)
    name = generation or store.current()
    while True:
        if name is None:
            raise IndexMissingError(f"{settings.index_dir}: no index yet. Run: osxp-rag index")
        try:
            folder = store.folder(name)
            manifest = read_manifest(folder)
            _check(manifest, settings)
            return read_generation(folder, manifest)
        except IndexStateError:
            # Between the pointer and the files, a writer may have published the next one and removed this one.
            if generation or (now := store.current()) == name:
                raise
            name = now


def read_generation(folder: Path, manifest: Manifest) -> Generation:
    """Open the generation in a folder, whatever settings it was built with.

    Raises:
        IndexStateError: it is damaged.
    """
    with contextlib.ExitStack() as opened:
        content = Content.open(folder)
        opened.callback(content.close)
        try:
            ids, metadata = content.passage_ids(), content.metadata()
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise IndexStateError(f"{folder} cannot be read ({error}). Run: osxp-rag index --full") from error
        terms = Terms.open(folder, len(ids))
        places = {identity: place for place, identity in enumerate(ids)}
        generation = Generation(folder, manifest, content, Vectors.open(folder), terms, ids, places, metadata)
        opened.pop_all()
        return generation


def _check(manifest: Manifest, settings: Settings) -> None:
    now = identity_of(settings)
    if manifest.identity.schema != now.schema:
        raise IndexMismatchError(
            f"{settings.index_dir}: made by another version of osxp-rag (schema {manifest.identity.schema}; this one "
            f"makes {now.schema}). Run: osxp-rag index"
        )
    if differences := manifest.identity.differences(now):
        raise IndexMismatchError(
            f"{settings.index_dir}: built with other settings ({'; '.join(differences)}; index → now). "
            "Run: osxp-rag index"
        )


def _passes(paths: Sequence[str], metadata: Metadata, filters: Mapping[str, str]) -> bool:
    return all(
        wanted.casefold() in (value.casefold() for value in (paths if key == "document" else metadata.values(key)))
        for key, wanted in filters.items()
    )
