"""The folder of documents: which files count, their bytes, and what each becomes."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from osxp_rag.corpus.document import Document
from osxp_rag.corpus.formats import Format, format_of
from osxp_rag.corpus.limits import MEGABYTE, Limits
from osxp_rag.corpus.parse import parse
from osxp_rag.errors import CorpusError

VERSION = 2  # raised when the same file would become another document
NOT_INDEXED = frozenset({"README.md"})  # of the corpus folder itself: it tells how to add content
Parse = Callable[[str, bytes], Document]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the corpus as found on disk.

    `sha256` is None, and `problem` says why, where the file cannot be read; `skipped` tells a limit or a link from a
    fault. `limits` are those in force: a file that was passed over is read again when they change.
    """

    path: str
    sha256: str | None
    size: int = 0
    problem: str | None = None
    skipped: bool = False
    limits: str = ""


def scan(corpus: Path, max_bytes: int, limits: Limits | None = None) -> list[SourceFile]:
    """Return the files that count, by path; hidden ones and other endings are passed over. Parses none.

    Raises:
        CorpusError: the corpus is not a folder.
    """
    if not corpus.is_dir():
        raise CorpusError(str(corpus), "there is no such folder; name one with --corpus or OSXP_RAG_CORPUS")
    look = _Look(corpus, max_bytes, (limits or Limits()).identity)
    return sorted((look.at(path) for path in _walk(corpus)), key=lambda file: file.path)


def load(corpus: Path, file: SourceFile, parse: Parse = parse) -> Document:
    """Read a scanned file as a document, by `parse`: here, or in a process of its own.

    Raises:
        CorpusError: no text, broken, beyond a limit, changed since the scan.
    """
    if file.problem:
        raise CorpusError(file.path, file.problem, skipped=file.skipped)
    try:
        content = (corpus / file.path).read_bytes()
    except OSError as error:
        raise CorpusError(file.path, f"cannot be read: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise CorpusError(file.path, "changed while it was read; run osxp-rag index again")
    return parse(file.path, content)


def _walk(corpus: Path) -> Iterator[Path]:
    """Yield the files that count, and the links to folders, which are not followed."""
    for folder, names, files in os.walk(corpus, followlinks=False):
        names[:] = sorted(name for name in names if not name.startswith("."))
        yield from (path for name in names if (path := Path(folder, name)).is_symlink())
        for name in files:
            path = Path(folder, name)
            hidden = name.startswith(".") or path.relative_to(corpus).as_posix() in NOT_INDEXED
            if format_of(name) and not hidden:
                yield path


@dataclass(frozen=True, slots=True)
class _Look:
    """Looks at files of one corpus."""

    corpus: Path
    max_bytes: int
    limits: str

    def at(self, path: Path) -> SourceFile:
        """Return what a file is, its content hashed, or why it cannot be read."""
        name = path.relative_to(self.corpus).as_posix().encode("utf-8", "backslashreplace").decode()
        try:
            return self._found(path, name)
        except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links, before Python 3.13
            if isinstance(error, RuntimeError) or error.errno == errno.ELOOP:
                return self._skipped(name, "is a link that leads back to itself; remove it")
            return SourceFile(name, None, problem=f"cannot be read: {error.strerror}")

    def _found(self, path: Path, name: str) -> SourceFile:
        # The walk follows no link: what is none itself is inside.
        if path.is_symlink() and not path.resolve().is_relative_to(self.corpus.resolve()):
            return self._skipped(name, "is a link out of the corpus; copy the file instead")
        size = path.stat().st_size
        if path.is_dir() and path.is_symlink():
            return self._skipped(name, "is a link to a folder, which is not followed; copy the folder instead")
        if not path.is_file():
            return self._skipped(name, "is not a regular file")
        if size > self.max_bytes:
            limit = self.max_bytes / MEGABYTE
            return self._skipped(name, f"is larger than max_file_mb = {limit:g}; raise it or split the file", size)
        if missing := _missing(format_of(name)):
            return SourceFile(name, None, size, missing)
        with path.open("rb") as file:
            return SourceFile(name, hashlib.file_digest(file, "sha256").hexdigest(), size, limits=self.limits)

    def _skipped(self, name: str, problem: str, size: int = 0) -> SourceFile:
        return SourceFile(name, None, size, problem, skipped=True)


def _missing(form: Format | None) -> str | None:
    return form.missing if form else None
