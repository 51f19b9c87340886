"""Documents and passages of a generation, in one SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from osxp_rag.corpus.document import Block, Document, Metadata, Passage, Source
from osxp_rag.errors import IndexStateError

NAME = "content.db"
_MANY = 500  # SQLite takes at least 999 parameters a statement
_SCHEMA = """
CREATE TABLE documents (path TEXT PRIMARY KEY, text TEXT NOT NULL, metadata TEXT NOT NULL, blocks TEXT NOT NULL);
CREATE TABLE passages (
    document TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
    start INTEGER NOT NULL, end INTEGER NOT NULL, section TEXT NOT NULL,
    sentences TEXT NOT NULL, tokens INTEGER NOT NULL, key TEXT NOT NULL, terms TEXT NOT NULL,
    PRIMARY KEY (document, number)
) WITHOUT ROWID;
CREATE INDEX passages_by_key ON passages (key);
"""
_PASSAGE = """
SELECT p.id, p.document, p.start, p.end, p.section, substr(d.text, p.start + 1, p.end - p.start), p.sentences, p.tokens
FROM passages p JOIN documents d ON d.path = p.document
"""


class Content:
    """Reads and writes the content of one generation. Reading is safe from several threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    @classmethod
    def create(cls, folder: Path) -> Content:
        """Make an empty content file."""
        content = cls(sqlite3.connect(folder / NAME))
        content._sql.executescript(_SCHEMA)
        return content

    @classmethod
    def open(cls, folder: Path, *, writable: bool = False) -> Content:
        """Open a content file.

        Raises:
            IndexStateError: it is missing or damaged.
        """
        path = folder / NAME
        if not path.is_file():
            raise IndexStateError(f"{path} is missing. Run: osxp-rag index --full")
        mode = "rw" if writable else "ro&immutable=1"
        uri = f"{path.resolve().as_uri()}?mode={mode}"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        try:
            connection.execute("SELECT EXISTS (SELECT 1 FROM documents), EXISTS (SELECT 1 FROM passages)").fetchone()
        except sqlite3.DatabaseError as error:
            connection.close()
            raise IndexStateError(f"{path} cannot be read ({error}). Run: osxp-rag index --full") from error
        return cls(connection)

    def close(self) -> None:
        """Commit and close."""
        self._sql.commit()
        self._sql.close()

    def add(self, document: Document, passages: Iterable[tuple[Passage, str, Sequence[str]]]) -> None:
        """Store a document with its passages, each with the key of what is embedded and its terms."""
        metadata = json.dumps(asdict(document.metadata), ensure_ascii=False, default=str)
        blocks = json.dumps([[b.kind, b.start, b.end, b.level] for b in document.blocks])
        self._sql.execute("INSERT INTO documents VALUES (?, ?, ?, ?)", (document.path, document.text, metadata, blocks))
        self._sql.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    p.document,
                    n,
                    p.id,
                    p.start,
                    p.end,
                    p.section,
                    json.dumps(p.sentences),
                    p.tokens,
                    key,
                    " ".join(terms),
                )
                for n, (p, key, terms) in enumerate(passages)
            ],
        )

    def remove(self, paths: Iterable[str]) -> None:
        """Remove documents with their passages."""
        for path in paths:
            self._sql.execute("DELETE FROM documents WHERE path = ?", (path,))
            self._sql.execute("DELETE FROM passages WHERE document = ?", (path,))

    def passage_ids(self, document: str | None = None) -> list[str]:
        """Return ids in the order of documents and passages, of one document or of all."""
        where, values = ("WHERE document = ?", (document,)) if document is not None else ("", ())
        rows = self._sql.execute(f"SELECT id FROM passages {where} ORDER BY document, number", values)
        return [row[0] for row in rows]

    def terms(self) -> Iterator[list[str]]:
        """Yield the terms of each passage, in the order of `passage_ids`."""
        for (terms,) in self._sql.execute("SELECT terms FROM passages ORDER BY document, number"):
            yield terms.split()

    def ids_by_key(self, keys: Sequence[str]) -> dict[str, str]:
        """Return, for the keys that are known, the id of a passage that has the key."""
        found: dict[str, str] = {}
        for some in _chunks(keys):
            marks = ",".join("?" * len(some))
            found.update(
                self._sql.execute(f"SELECT key, min(id) FROM passages WHERE key IN ({marks}) GROUP BY key", some)
            )
        return found

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages by id; unknown ids are left out."""
        found: dict[str, Passage] = {}
        for some in _chunks(ids):
            marks = ",".join("?" * len(some))
            for row in self._sql.execute(f"{_PASSAGE} WHERE p.id IN ({marks})", some):
                found[row[0]] = _passage(row)
        return found

    def passages_of(self, document: str) -> list[Passage]:
        """Return a document's passages in reading order."""
        rows = self._sql.execute(f"{_PASSAGE} WHERE p.document = ? ORDER BY p.number", (document,))
        return [_passage(row) for row in rows]

    def document(self, path: str) -> Document | None:
        """Return a document with its text, or None."""
        row = self._sql.execute("SELECT path, text, metadata, blocks FROM documents WHERE path = ?", (path,)).fetchone()
        if row is None:
            return None
        blocks = tuple(Block(*values) for values in json.loads(row[3]))
        return Document(row[0], row[1], _metadata(json.loads(row[2])), blocks)

    def words(self) -> dict[str, int]:
        """Return the number of words of every document, by path."""
        return {path: len(text.split()) for path, text in self._sql.execute("SELECT path, text FROM documents")}

    def metadata(self) -> dict[str, Metadata]:
        """Return the metadata of every document, by path, in order."""
        rows = self._sql.execute("SELECT path, metadata FROM documents ORDER BY path")
        return {path: _metadata(json.loads(text)) for path, text in rows}


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _MANY):
        yield values[start : start + _MANY]


def _passage(row: tuple[Any, ...]) -> Passage:
    sentences = tuple((start, end) for start, end in json.loads(row[6]))
    return Passage(row[0], row[1], row[2], row[3], row[4], row[5], sentences, row[7])


def _metadata(values: dict[str, Any]) -> Metadata:
    lists = {name: tuple(values.get(name, ())) for name in ("organisations", "technologies", "speakers", "pages")}
    sources = tuple(Source(**source) for source in values["sources"])
    day = date.fromisoformat(values["date"]) if values["date"] else None
    return Metadata(**{**values, **lists, "sources": sources, "date": day})
