"""The index folder: generations side by side, and the pointer to the one that serves.

index/CURRENT                       the id of the generation that serves
index/generations/<id>/manifest.json, content.db, vectors/, terms/, map.json
index/.lock, .writer.json           held while a generation is built and published, and by whom
index/.readers/                     what readers have copied for themselves; see `copies`
"""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from osxp_rag.errors import IndexStateError
from osxp_rag.index.copies import sweep
from osxp_rag.index.durable import write_text
from osxp_rag.index.lock import Holder, writing
from osxp_rag.index.manifest import NAME as MANIFEST

POINTER = "CURRENT"
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

    def finished(self) -> list[str]:
        """Return the ids of the generations that were built to their end, oldest first."""
        return [folder.name for folder in self._folders() if (folder / MANIFEST).is_file()]

    def known(self, generation: str) -> bool:
        """Return whether there is a folder of this id, finished or not."""
        return bool(_ID.fullmatch(generation)) and self.folder(generation).is_dir()

    def serving(self) -> str | None:
        """Return the id of the generation that serves, or None where there is none or the pointer is damaged."""
        try:
            return self.current()
        except IndexStateError:
            return None

    def publish(self, generation: str) -> None:
        """Make a complete generation the one that serves, in one atomic step that outlives a power cut."""
        write_text(self.index / POINTER, f"{generation}\n")

    def prune(self, keep: int) -> None:
        """Remove unfinished generations and all but the newest finished ones; never the one that serves.

        Readers go on with one that is removed: they hold its files open, and have copied what is opened again.
        """
        current, finished = self.current(), self.finished()
        for folder in self._folders():
            if folder.name not in (current, *finished[-keep:]):
                self.remove(folder.name)
        sweep(self.index)

    def remove(self, generation: str) -> None:
        """Remove a generation: its manifest first, so that one half removed counts as unfinished."""
        folder = self.folder(generation)
        with contextlib.suppress(OSError):
            (folder / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)

    def clear_unfinished(self) -> list[str]:
        """Remove what writers and readers left that were killed; return the generations that were not finished."""
        finished, current = self.finished(), self.serving()
        unfinished = [folder.name for folder in self._folders() if folder.name not in (*finished, current)]
        for generation in unfinished:
            self.remove(generation)
        for staged in self.index.glob("*.new"):
            staged.unlink(missing_ok=True)
        sweep(self.index)
        return unfinished

    @contextlib.contextmanager
    def writing(self) -> Iterator[Holder | None]:
        """Hold the index for writing; yield the writer before where it did not finish.

        Raises:
            IndexStateError: another process is writing.
        """
        with writing(self.index) as before:
            self._generations.mkdir(exist_ok=True)
            yield before

    def _folders(self) -> list[Path]:
        return sorted(path for path in self._generations.glob("*") if path.is_dir())
