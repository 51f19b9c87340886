"""Build a generation: copy the current one, apply the plan, index the terms, write the manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from osxp_rag.corpus.document import Document, Passage, context_of
from osxp_rag.corpus.files import SourceFile, load
from osxp_rag.corpus.isolated import IsolatedReader
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.splitter import Splitter
from osxp_rag.errors import CorpusError
from osxp_rag.index.content import Content
from osxp_rag.index.manifest import FileRecord, State
from osxp_rag.index.map import save_map
from osxp_rag.index.plan import Plan
from osxp_rag.index.takeover import Known, known_vectors, save_terms, start, terms_of_base, vectors_of
from osxp_rag.index.terms import terms_of
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


class _Row(NamedTuple):
    """A passage, the words that are embedded for it, their hash, and its terms as one text."""

    passage: Passage
    words: str
    key: str
    terms: str


@dataclass(frozen=True, slots=True)
class _Split:
    """Documents with their passages, in order."""

    documents: list[tuple[Document, list[_Row]]] = field(default_factory=list)

    @property
    def rows(self) -> list[_Row]:
        """The passages of all documents."""
        return [row for _, rows in self.documents for row in rows]


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
        split = self._split(self._read(plan, found, built), built)
        content, vectors = start(folder, base)
        try:
            ids = content.passage_ids()
            counts = terms_of_base(base, len(ids))
            new = self._vectors(split, _known(split, content if base else None, vectors, reuse), built)
            _drop(plan, content, vectors)
            _store(split, new, content, vectors)
            save_terms(folder, counts, ids, content, {row.passage.id: row.terms for row in split.rows})
            save_map(folder, content, vectors)
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

    def _split(self, documents: list[Document], built: Built) -> _Split:
        """Split documents into passages, and count those in the records of their files."""
        split = _Split()
        for done, document in enumerate(documents, 1):
            rows = [self._row(document, passage) for passage in self.splitter.split(document)]
            split.documents.append((document, rows))
            built.records[document.path] = replace(built.records[document.path], passages=len(rows))
            self.progress("split", done, len(documents))
        return split

    def _row(self, document: Document, passage: Passage) -> _Row:
        context = context_of(document.metadata.title, passage.section)
        words = f"{context}\n{passage.text}"
        key = hashlib.sha256(words.encode()).hexdigest()
        return _Row(passage, words, key, " ".join(self._terms(context, passage, document.metadata.lang)))

    def _terms(self, context: str, passage: Passage, language: str) -> list[str]:
        return terms_of(context, language) * self.title_terms + terms_of(passage.text, language)

    def _vectors(self, split: _Split, known: Known, built: Built) -> NDArray[np.float32]:
        """Return a vector a passage: taken over where its words were embedded before, else embedded now."""
        rows = split.rows
        missing = [i for i, row in enumerate(rows) if row.key not in known]
        vectors = np.empty((len(rows), self.embedder.dimension), dtype=np.float32)
        for i, row in enumerate(rows):
            if row.key in known:
                vectors[i] = known[row.key]
        done = 0

        def count(some: int) -> None:
            nonlocal done
            done += some
            self.progress("embed", done, len(missing))

        if missing:
            vectors[missing] = self.embedder.embed_passages([rows[i].words for i in missing], count, fast=True)
        built.embedded, built.reused = len(missing), len(rows) - len(missing)
        return vectors


def _known(split: _Split, content: Content | None, vectors: Vectors, reuse: Path | None) -> Known:
    """Return the vectors that may be taken over, by key; `content` and `vectors` are a copy of `reuse`, where given."""
    keys = [row.key for row in split.rows]
    if reuse is None:
        return {}
    return known_vectors(keys, content, vectors) if content else vectors_of(keys, reuse)


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


def _store(split: _Split, new: NDArray[np.float32], content: Content, vectors: Vectors) -> None:
    for document, rows in split.documents:
        content.add(document, [(row.passage, row.key, row.terms.split()) for row in rows])
    if passages := [row.passage for row in split.rows]:
        vectors.add([passage.id for passage in passages], [passage.document for passage in passages], new)
