"""The folder of documents: which files count, their bytes, and what each becomes."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from osxp_rag.corpus.document import Block, Document, Metadata
from osxp_rag.corpus.front_matter import split_front_matter
from osxp_rag.corpus.language import detect_language
from osxp_rag.corpus.markdown import read_markdown
from osxp_rag.errors import CorpusError

VERSION = 1  # raised when the same file would become another document
MARKDOWN = (".md", ".markdown")
PLAIN = (".txt",)
NOT_INDEXED = frozenset({"README.md"})  # of the corpus folder itself: it tells how to add content


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus as found on disk.

    `sha256` is None, and `problem` says why, where the file cannot be read.
    """

    path: str
    sha256: str | None
    size: int = 0
    problem: str | None = None


def scan(corpus: Path, max_bytes: int) -> list[SourceFile]:
    """Return the files that count, by path; hidden ones and other endings are passed over.

    Raises:
        CorpusError: the corpus is not a folder.
    """
    if not corpus.is_dir():
        raise CorpusError(str(corpus), "there is no such folder; name one with --corpus or OSXP_RAG_CORPUS")
    return sorted((_found(corpus, path, max_bytes) for path in _walk(corpus)), key=lambda file: file.path)


def load(corpus: Path, file: SourceFile) -> Document:
    """Read a scanned file as a document.

    Raises:
        CorpusError: not UTF-8, broken front matter, empty, changed since the scan.
    """
    if file.problem:
        raise CorpusError(file.path, file.problem)
    try:
        content = (corpus / file.path).read_bytes()
    except OSError as error:
        raise CorpusError(file.path, f"cannot be read: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise CorpusError(file.path, "changed while it was read; run osxp-rag index again")
    return parse(file.path, content)


def parse(path: str, content: bytes) -> Document:
    """Turn a file's bytes into a document: normalised text, blocks, metadata.

    Raises:
        CorpusError: not UTF-8, broken front matter, or no text.
    """
    source = _decode(path, content)
    if not source.strip():
        raise CorpusError(path, "is empty")
    if path.lower().endswith(PLAIN):
        metadata, text, blocks = None, source, _paragraphs(source)
    else:
        metadata, body = split_front_matter(source, path)
        text, blocks = read_markdown(body)
    if not blocks:
        raise CorpusError(path, "has no text below its front matter" if metadata else "has no text")
    return Document(path, text, metadata or _guessed(path, text, blocks), blocks)


def _walk(corpus: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(corpus, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in files:
            path = Path(folder, name)
            hidden = name.startswith(".") or path.relative_to(corpus).as_posix() in NOT_INDEXED
            if path.suffix.lower() in MARKDOWN + PLAIN and not hidden:
                yield path


def _found(corpus: Path, path: Path, max_bytes: int) -> SourceFile:
    name = path.relative_to(corpus).as_posix().encode("utf-8", "backslashreplace").decode()
    try:
        if not path.resolve().is_relative_to(corpus.resolve()):
            return SourceFile(name, None, problem="is a link out of the corpus; copy the file instead")
        size = path.stat().st_size
        if not path.is_file():
            return SourceFile(name, None, problem="is not a regular file")
        if size > max_bytes:
            limit = max_bytes / 1_000_000
            return SourceFile(name, None, size, f"is larger than max_file_mb = {limit:g}; raise it or split the file")
        with path.open("rb") as file:
            return SourceFile(name, hashlib.file_digest(file, "sha256").hexdigest(), size)
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
        return SourceFile(name, None, problem=f"cannot be read: {getattr(error, 'strerror', error)}")


def _decode(path: str, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CorpusError(path, f"is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    if "\0" in text:
        raise CorpusError(path, "is not text: it holds a NUL character")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def _paragraphs(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    at = 0
    for paragraph in text.split("\n\n"):
        words = paragraph.strip()
        if words:
            start = at + paragraph.index(words)
            blocks.append(Block("text", start, start + len(words)))
        at += len(paragraph) + 2
    return tuple(blocks)


def _guessed(path: str, text: str, blocks: tuple[Block, ...]) -> Metadata:
    """Return what a file without front matter tells of itself: its first heading or its name, its language."""
    heading = next((block for block in blocks if block.kind == "heading"), None)
    name = Path(path).stem.replace("-", " ").replace("_", " ").strip()
    title = text[heading.start : heading.end] if heading else name[:1].upper() + name[1:]
    return replace(Metadata(title or path), lang=detect_language(text)[0])
