"""The index folder: generations side by side, and the pointer to the one that serves.

index/CURRENT                       the id of the generation that serves
index/generations/<id>/manifest.json, content.db, vectors/, terms/
index/.lock                         held while a generation is built and published
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from osxp_rag.errors import IndexStateError
from osxp_rag.index.manifest import NAME as MANIFEST

POINTER = "CURRENT"
KEPT = 3  # readers may still hold an earlier generation open
_ID = re.compile(r"\d{6}-[0-9a-f]{8}")


class Store:
    """Names, publishes and prunes the generations of one index folder."""

    def __init__(self, index: Path) -> None:
        self.index = index
        self._generations = index / "generations"

    def current(self) -> str | None:
        """Return the id of the generation that serves, or None where there is none."""
        try:
            found = (self.index / POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise IndexStateError(
                f"{self.index / POINTER} cannot be read ({error}). Run: osxp-rag index --full"
            ) from error
        if not _ID.fullmatch(found):
            raise IndexStateError(f"{self.index / POINTER} names no generation. Run: osxp-rag index --full")
        return found

    def folder(self, generation: str) -> Path:
        """Return the folder of a generation."""
        return self._generations / generation

    def next_id(self, digest: str) -> str:
        """Return an unused id: a number one higher than any, and 8 digits of the digest of the content."""
        names = [path.name for path in self._generations.glob("*")] if self._generations.is_dir() else []
        numbers = [int(name[:6]) for name in names if _ID.fullmatch(name)]
        return f"{max(numbers, default=0) + 1:06d}-{digest[:8]}"

    def publish(self, generation: str) -> None:
        """Make a complete generation the one that serves, in one atomic step that outlives a power cut."""
        staged = self.index / f"{POINTER}.new"
        with staged.open("w", encoding="utf-8") as file:
            file.write(f"{generation}\n")
            file.flush()
            os.fsync(file.fileno())
        staged.replace(self.index / POINTER)
        if os.name == "posix":
            folder = os.open(self.index, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)

    def prune(self) -> None:
        """Remove unfinished generations and all but the newest finished ones; never the one that serves."""
        current = self.current()
        folders = sorted(path for path in self._generations.glob("*") if path.is_dir())
        finished = [path for path in folders if (path / MANIFEST).is_file()]
        for path in folders:
            if path.name != current and path not in finished[-KEPT:]:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the index for writing.

        Raises:
            IndexStateError: another process is writing.
        """
        from filelock import FileLock, Timeout

        self._generations.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.index / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise IndexStateError(
                f"{self.index}: another process is indexing. Wait for it to end, then run again."
            ) from error
        try:
            yield
        finally:
            lock.release()
