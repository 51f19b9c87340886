"""Build a generation: copy the current one, apply the plan, index the terms, write the manifest."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osxp_rag.corpus.document import Document, Passage, context_of
from osxp_rag.corpus.files import SourceFile, load
from osxp_rag.corpus.splitter import Splitter
from osxp_rag.errors import CorpusError
from osxp_rag.index.content import NAME as CONTENT
from osxp_rag.index.content import Content
from osxp_rag.index.manifest import FileRecord
from osxp_rag.index.plan import Plan
from osxp_rag.index.terms import Terms, terms_of
from osxp_rag.index.vectors import FOLDER as VECTORS
from osxp_rag.index.vectors import Vectors
from osxp_rag.models.embedder import Embedder

Progress = Callable[[str, int, int], None]  # what is done, how much of it, of how much


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
            built.passages = len(content.passage_ids())
        finally:
            content.close()
            vectors.close()
        return built

    def _read(self, plan: Plan, found: Sequence[SourceFile], built: Built) -> list[Document]:
        """Read the files of the plan; one that fails is recorded and left out."""
        wanted = set(plan.read)
        documents = []
        for file in (file for file in found if file.path in wanted):
            try:
                documents.append(load(self.corpus, file))
            except CorpusError as error:
                built.records[file.path] = FileRecord(file.path, file.sha256, file.size, "failed", error.reason)
            else:
                meta = documents[-1].metadata
                record = FileRecord(
                    file.path, file.sha256, file.size, "indexed", None, meta.title, meta.kind, meta.lang
                )
                built.records[file.path] = record
        return documents

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
    shutil.copy2(base / CONTENT, folder / CONTENT)
    shutil.copytree(base / VECTORS, folder / VECTORS)
    return Content.open(folder, writable=True), Vectors.open(folder)


def _drop(plan: Plan, content: Content, vectors: Vectors) -> None:
    ids = [identity for path in plan.dropped for identity in content.passage_ids(path)]
    vectors.remove(ids)
    content.remove(plan.dropped)


def _known_vectors(keys: list[str], reuse: Path) -> dict[str, NDArray[np.float32]]:
    content, vectors = Content.open(reuse), Vectors.open(reuse)
    try:
        ids = content.ids_by_key(list(dict.fromkeys(keys)))
        found = vectors.get(list(ids.values()))
        return {key: found[identity] for key, identity in ids.items() if identity in found}
    finally:
        content.close()
        vectors.close()
