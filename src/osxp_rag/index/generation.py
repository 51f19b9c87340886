"""A generation opened for reading: content, vectors and terms that belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from osxp_rag.corpus.document import Metadata
from osxp_rag.errors import FilterError, IndexMismatchError, IndexMissingError
from osxp_rag.index.content import Content
from osxp_rag.index.manifest import Manifest, identity_of, read_manifest
from osxp_rag.index.store import Store
from osxp_rag.index.terms import Terms
from osxp_rag.index.vectors import Vectors
from osxp_rag.settings import Settings

FILTER_KEYS = ("document", "kind", "lang", "date", "track", "organisations", "technologies", "speakers", "title")


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation; `ids` are the passages in the order of the terms' scores, `metadata` is by path."""

    manifest: Manifest
    content: Content
    vectors: Vectors
    terms: Terms
    ids: list[str]
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
        return [path for path, metadata in self.metadata.items() if _passes(path, metadata, filters)]

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
    if name is None:
        raise IndexMissingError(f"{settings.index_dir}: no index yet. Run: osxp-rag index")
    folder = store.folder(name)
    manifest = read_manifest(folder)
    _check(manifest, settings, folder)
    content = Content.open(folder)
    ids = content.passage_ids()
    return Generation(manifest, content, Vectors.open(folder), Terms.open(folder, len(ids)), ids, content.metadata())


def _check(manifest: Manifest, settings: Settings, folder: Path) -> None:
    if differences := manifest.identity.differences(identity_of(settings)):
        raise IndexMismatchError(
            f"{folder.parent.parent}: built with other settings ({'; '.join(differences)}; index → now). "
            "Run: osxp-rag index"
        )


def _passes(path: str, metadata: Metadata, filters: Mapping[str, str]) -> bool:
    return all(
        wanted.casefold() in (value.casefold() for value in _values(path, metadata, key))
        for key, wanted in filters.items()
    )


def _values(path: str, metadata: Metadata, key: str) -> Sequence[str]:
    return (path,) if key == "document" else metadata.values(key)
