"""Vectors of a generation, in a persistent Chroma collection with the cosine distance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from osxp_rag.errors import IndexStateError
from osxp_rag.index.copies import PrivateCopy
from osxp_rag.index.durable import is_full

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

FOLDER = "vectors"
_COLLECTION = "passages"
_MANY = 2000
# Wider than Chroma's defaults: at our sizes the time is not felt, and neighbours are found more surely.
_CONFIGURATION: Any = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}}


class Vectors:
    """Adds, removes and finds passage vectors; each knows the document that its passage is of."""

    def __init__(self, client: ClientAPI, collection: Collection, copy: PrivateCopy | None = None) -> None:
        self._client = client
        self._collection = collection
        self._copy = copy

    @classmethod
    def create(cls, folder: Path) -> Vectors:
        """Make an empty collection in a generation's folder."""
        client = _client(folder / FOLDER)
        return cls(client, client.create_collection(_COLLECTION, configuration=_CONFIGURATION, embedding_function=None))

    @classmethod
    def change(cls, folder: Path) -> Vectors:
        """Open the collection of a generation that is not published yet, to change it.

        Raises:
            IndexStateError: it is missing or damaged.
        """
        return cls(*_opened(folder / FOLDER))

    @classmethod
    def open(cls, folder: Path) -> Vectors:
        """Open the collection of a generation to read it, in a private copy; see `copies`.

        Raises:
            IndexStateError: it is missing or damaged, or there is no room for the copy.
        """
        source = folder / FOLDER
        if not source.is_dir():
            raise IndexStateError(f"{source} is missing. Run: osxp-rag index --full")
        try:
            copy = PrivateCopy(source, folder.parent.parent)
        except OSError as error:
            remedy = "Free some room." if is_full(error) else "Run: osxp-rag index --full"
            raise IndexStateError(f"{source} cannot be copied to be read ({error}). {remedy}") from error
        try:
            return cls(*_opened(copy.folder, source), copy)
        except BaseException:
            copy.close()
            raise

    def close(self) -> None:
        """Release the files."""
        close: Any = self._client.close  # type: ignore[attr-defined]  # a method of the class, not of its interface
        close()
        if self._copy:
            self._copy.close()

    def add(self, ids: Sequence[str], documents: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Store vectors, shape (ids, dimension), each with the path of its document."""
        for start in range(0, len(ids), _MANY):
            part = slice(start, start + _MANY)
            self._collection.add(
                ids=list(ids[part]),
                embeddings=vectors[part],
                metadatas=[{"document": document} for document in documents[part]],
            )

    def remove(self, ids: Sequence[str]) -> None:
        """Remove vectors."""
        for start in range(0, len(ids), _MANY):
            self._collection.delete(ids=list(ids[start : start + _MANY]))

    def get(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of the ids that are known."""
        found: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(ids), _MANY):
            rows = self._collection.get(ids=list(ids[start : start + _MANY]), include=["embeddings"])
            vectors = np.asarray(rows["embeddings"], dtype=np.float32)
            found.update(zip(rows["ids"], vectors, strict=True))
        return found

    def ids(self) -> set[str]:
        """Return the ids of all vectors."""
        return set(self._collection.get(include=[])["ids"])

    def count(self) -> int:
        """Return the number of vectors."""
        return int(self._collection.count())

    def nearest(
        self, question: NDArray[np.float32], count: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return up to `count` passage ids with their cosine, best first; only of `documents` where given."""
        where: Any = None if documents is None else {"document": {"$in": list(documents)}}
        asked: Any = [question]
        rows = self._collection.query(query_embeddings=asked, n_results=count, where=where, include=["distances"])
        distances = (rows["distances"] or [[]])[0]
        return [(identity, 1.0 - float(distance)) for identity, distance in zip(rows["ids"][0], distances, strict=True)]


def _opened(folder: Path, shown: Path | None = None) -> tuple[ClientAPI, Collection]:
    """Open the collection in a folder; errors name the folder that is `shown` instead."""
    shown = shown or folder
    if not folder.is_dir():
        raise IndexStateError(f"{shown} is missing. Run: osxp-rag index --full")
    try:
        client = _client(folder)
        return client, client.get_collection(_COLLECTION, embedding_function=None)
    except Exception as error:  # Chroma raises errors of many kinds for a damaged folder
        raise IndexStateError(f"{shown} cannot be opened ({error}). Run: osxp-rag index --full") from error


def _client(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False, is_persistent=True)
    return chromadb.PersistentClient(path=str(folder), settings=settings)
