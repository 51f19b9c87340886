"""Build a generation: copy the current one, apply the plan, index the terms, write the manifest."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osxp_rag.corpus.document import Document, Passage, context_of
from osxp_rag.corpus.files import SourceFile, load
from osxp_rag.corpus.isolated import IsolatedReader
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.splitter import Splitter
from osxp_rag.errors import CorpusError, IndexStateError
from osxp_rag.index.content import NAME as CONTENT
from osxp_rag.index.content import Content
from osxp_rag.index.durable import copy_file, copy_tree
from osxp_rag.index.manifest import FileRecord, State
from osxp_rag.index.map import draw, write_map
from osxp_rag.index.plan import Plan
from osxp_rag.index.terms import Terms, terms_of
from osxp_rag.index.vectors import FOLDER as VECTORS
from osxp_rag.index.vectors import Vectors
from osxp_rag.models.embedder import Embedder

Progress = Callable[[str, int, int], None]  # what is done, how much of it, of how much
_READINGS = 4  # of a file that changes while it is read


@dataclass(slots=True)
class Built:
    """What a build did: records of the files it read, passages embedded and reused, passages in all."""

    records: dict[str, FileRecord] = field(default_factory=dict)
    embedded: int = 0
    reused: int = 0
    passages: int = 0
    dimension: int = 0


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds generations of one corpus with one embedder and one splitter; `title_terms` is how often titles count."""

    corpus: Path
    embedder: Embedder
    splitter: Splitter
    title_terms: int
    progress: Progress
    limits: Limits = field(default_factory=Limits)

    def build(
        self, plan: Plan, found: Sequence[SourceFile], folder: Path, base: Path | None, reuse: Path | None
    ) -> Built:
        """Fill `folder` with a generation.

        `base` is the generation to copy and change, None to start from nothing; `reuse` is one whose
        vectors may be taken over where the same words were embedded, None to embed everything.
        """
        folder.mkdir(parents=True)
        built = Built(dimension=self.embedder.dimension)
        documents = self._read(plan, found, built)
        content, vectors = _start(folder, base)
        try:
            _drop(plan, content, vectors)
            self._add(documents, content, vectors, reuse, built)
            Terms.build(folder, content.terms())
            write_map(folder, draw(content, vectors))
            built.passages = len(content.passage_ids())
        finally:
            content.close()
            vectors.close()
        return built

    def _read(self, plan: Plan, found: Sequence[SourceFile], built: Built) -> list[Document]:
        """Read the files of the plan; one that fails is recorded and left out.

        A copy is not read, but for one whose first file was saved with other words since it was scanned.
        """
        files = {file.path: file for file in found}
        with IsolatedReader(self.limits) as reader:
            documents = [self._one(files[path], built, reader) for path in plan.read]
            for path, first in plan.duplicates:
                known = built.records.get(first)
                if first in plan.read and (known is None or known.sha256 != files[path].sha256):
                    documents.append(self._one(files[path], built, reader))
        return [document for document in documents if document]

    def _one(self, file: SourceFile, built: Built, reader: IsolatedReader) -> Document | None:
        """Read and record a file, again where it changes meanwhile; one that has gone leaves no record."""
        for readings_left in reversed(range(_READINGS)):
            try:
                document = load(self.corpus, file, reader.parse)
            except CorpusError as error:
                if file.sha256 and readings_left:
                    now = _looked_at(self.corpus, file)
                    if now is None:
                        return None
                    if now.sha256 != file.sha256:
                        file = now
                        continue
                built.records[file.path] = _not_indexed(file, error)
                return None
            meta = document.metadata
            built.records[file.path] = FileRecord(
                file.path, file.sha256, file.size, "indexed", None, meta.title, meta.kind, meta.lang
            )
            return document
        return None

    def _add(
        self, documents: list[Document], content: Content, vectors: Vectors, reuse: Path | None, built: Built
    ) -> None:
        passages: list[Passage] = []
        keys: list[str] = []
        words: list[str] = []
        for done, document in enumerate(documents, 1):
            rows = []
            for passage in self.splitter.split(document):
                context = context_of(document.metadata.title, passage.section)
                words.append(f"{context}\n{passage.text}")
                keys.append(hashlib.sha256(words[-1].encode()).hexdigest())
                rows.append((passage, keys[-1], self._terms(context, passage, document.metadata.lang)))
            content.add(document, rows)
            passages.extend(passage for passage, _, _ in rows)
            record = built.records[document.path]
            built.records[document.path] = replace(record, passages=len(rows))
            self.progress("split", done, len(documents))
        if passages:
            found = self._vectors(keys, words, reuse, built)
            vectors.add([passage.id for passage in passages], [passage.document for passage in passages], found)

    def _terms(self, context: str, passage: Passage, language: str) -> list[str]:
        return terms_of(context, language) * self.title_terms + terms_of(passage.text, language)

    def _vectors(self, keys: list[str], words: list[str], reuse: Path | None, built: Built) -> NDArray[np.float32]:
        """Return a vector a passage: taken over where its words were embedded before, else embedded now."""
        known = _known_vectors(keys, reuse) if reuse else {}
        missing = [i for i, key in enumerate(keys) if key not in known]
        vectors = np.empty((len(keys), self.embedder.dimension), dtype=np.float32)
        for i, key in enumerate(keys):
            if key in known:
                vectors[i] = known[key]
        done = 0

        def count(some: int) -> None:
            nonlocal done
            done += some
            self.progress("embed", done, len(missing))

        if missing:
            vectors[missing] = self.embedder.embed_passages([words[i] for i in missing], count, fast=True)
        built.embedded, built.reused = len(missing), len(keys) - len(missing)
        return vectors


def _start(folder: Path, base: Path | None) -> tuple[Content, Vectors]:
    if base is None:
        return Content.create(folder), Vectors.create(folder)
    copy_file(base / CONTENT, folder / CONTENT)
    copy_tree(base / VECTORS, folder / VECTORS)
    return Content.open(folder, writable=True), Vectors.change(folder)


def _not_indexed(file: SourceFile, error: CorpusError) -> FileRecord:
    state: State = "skipped" if error.skipped else "failed"
    return FileRecord(file.path, file.sha256, file.size, state, error.reason, limits=file.limits)


def _looked_at(corpus: Path, file: SourceFile) -> SourceFile | None:
    """Return a file as it is now, or None where it has gone."""
    try:
        content = (corpus / file.path).read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        return file
    return replace(file, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def _drop(plan: Plan, content: Content, vectors: Vectors) -> None:
    ids = [identity for path in plan.dropped for identity in content.passage_ids(path)]
    vectors.remove(ids)
    content.remove(plan.dropped)


def _known_vectors(keys: list[str], reuse: Path) -> dict[str, NDArray[np.float32]]:
    """Return vectors by key; none where the generation cannot be read, for all can be embedded anew."""
    try:
        return _vectors_of(keys, reuse)
    except (IndexStateError, sqlite3.Error):
        return {}


def _vectors_of(keys: list[str], reuse: Path) -> dict[str, NDArray[np.float32]]:
    with contextlib.ExitStack() as opened:
        content = Content.open(reuse)
        opened.callback(content.close)
        ids = content.ids_by_key(list(dict.fromkeys(keys)))
        vectors = Vectors.open(reuse)
        opened.callback(vectors.close)
        found = vectors.get(list(ids.values()))
        return {key: found[identity] for key, identity in ids.items() if identity in found}
