"""Files that visitors add: checked, then put into the corpus in one step, in a folder of their own."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from osxp_rag.channels.admin.names import safe_name
from osxp_rag.corpus.formats import format_of
from osxp_rag.corpus.isolated import IsolatedReader
from osxp_rag.corpus.limits import MEGABYTE, Limits
from osxp_rag.corpus.saving import flush
from osxp_rag.errors import CorpusError, RequestError
from osxp_rag.settings import Settings

FOLDER = "uploads"
MOST = 50  # files at once
OVERHEAD = 1_000_000  # bytes of a request besides its files
REFUSALS = (
    "bad_name",
    "unknown_format",
    "missing_library",
    "too_large",
    "unreadable",
    "not_saved",
)  # codes of a refusal


@dataclass(frozen=True, slots=True)
class Saved:
    """What has become of a file: where it is in the corpus, or a code of `REFUSALS` and a message why it is not."""

    name: str
    saved: str | None = None
    replaced: bool = False
    error: str | None = None
    message: str | None = None


class Uploads:
    """Takes files into the corpus of the settings; a file of the same name that was added before is replaced."""

    def __init__(self, settings: Settings) -> None:
        self._corpus = settings.corpus_dir
        self._most = int(settings.max_file_mb * MEGABYTE)
        self._limits = Limits.of(settings)

    @property
    def most(self) -> int:
        """How many bytes one request may have: a full load of the largest files would fill a disk unseen."""
        return 10 * self._most + OVERHEAD

    def add(self, name: str, file: BinaryIO, reader: IsolatedReader) -> Saved:
        """Check a file and save it; one that cannot become a document is refused."""
        try:
            path = self._path(name)
            content = self._content(file)
            reader.parse(path, content)
            return Saved(name, path, self._save(path, content))
        except RequestError as error:
            return Saved(name, error=error.code, message=str(error))
        except CorpusError as error:
            return Saved(name, error="unreadable", message=error.reason)
        except OSError as error:
            return Saved(name, error="not_saved", message=f"{self._corpus / FOLDER}: {error.strerror}")

    def reader(self) -> IsolatedReader:
        """Return what reads the files, in a process of its own where their format is complex."""
        return IsolatedReader(self._limits)

    def _path(self, name: str) -> str:
        safe = safe_name(name)
        if safe is None:
            raise RequestError("bad_name", "the file needs a name of letters or digits.")
        form = format_of(safe)
        if form is None:
            raise RequestError("unknown_format", "files of this ending are not indexed.")
        if form.missing:
            raise RequestError("missing_library", form.missing)
        return f"{FOLDER}/{safe}"

    def _content(self, file: BinaryIO) -> bytes:
        content = file.read(self._most + 1)
        if len(content) > self._most:
            limit = self._most / MEGABYTE
            raise RequestError("too_large", f"is larger than max_file_mb = {limit:g}; raise it or split the file")
        return content

    def _save(self, path: str, content: bytes) -> bool:
        """Put the file in its place in one step; return whether it replaces one."""
        target = self._corpus / path
        target.parent.mkdir(exist_ok=True)
        if not target.parent.resolve().is_relative_to(self._corpus.resolve()):
            raise RequestError("not_saved", f"{target.parent} is a link out of the corpus.")
        # Hidden while it is written: indexing passes over it.
        descriptor, staged = tempfile.mkstemp(prefix=".", suffix=".part", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(staged).chmod(0o644)
            replaced = target.exists()
            Path(staged).replace(target)
        finally:
            Path(staged).unlink(missing_ok=True)
        flush(target.parent)
        return replaced
