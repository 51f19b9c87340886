"""Private copies: what a reader opens of a generation that the library it opens it with would write into.

Chroma writes while it reads: each opening adds a row to its SQLite file, and its first query rewrites the files of the
graph. Killed there, a reader would damage what others read; and Chroma opens its files again and again, so that a
reader would fail once its generation is pruned. A copy of its own keeps both away: the generation is never written
after it was published, holds to its checksums, and may be removed under its readers.

index/.readers/.lock            held for a moment while a copy is begun or left-overs are removed
index/.readers/<name>/.lock     held as long as the copy is in use; a process that dies lets go of it
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import uuid
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from osxp_rag.index.durable import copy_tree

if TYPE_CHECKING:
    from filelock import BaseFileLock

FOLDER = ".readers"
_LOCK = ".lock"
_PATIENCE = 30  # seconds: the lock is held for milliseconds


class PrivateCopy:
    """A copy of a folder; it goes when it is closed, with the process, or at the latest with the next sweep."""

    def __init__(self, source: Path, index: Path) -> None:
        """Copy `source`, beside the index where that can be written to, else among the temporary files."""
        try:
            self._copy(source, *_begin(index))
        except OSError:  # a read-only index, or a full disk: another disk may have room
            self._copy(source, Path(tempfile.mkdtemp(prefix="osxp-rag-")), None)

    def _copy(self, source: Path, home: Path, lock: BaseFileLock | None) -> None:
        self._end = weakref.finalize(self, _remove, home, lock)
        self.folder = home / source.name
        try:
            copy_tree(source, self.folder)
        except BaseException:
            self._end()
            raise

    def close(self) -> None:
        """Remove the copy; harmless when it has gone."""
        self._end()


def sweep(index: Path) -> int:
    """Remove the copies of readers that died without removing them; return how many."""
    readers = index / FOLDER
    if not readers.is_dir():
        return 0
    removed = 0
    with contextlib.suppress(OSError), _lock(readers / _LOCK, _PATIENCE):
        for home in sorted(path for path in readers.iterdir() if path.is_dir()):
            with _unused(home) as unused:
                if unused:
                    shutil.rmtree(home, ignore_errors=True)
                    removed += 1
    return removed


def _begin(index: Path) -> tuple[Path, BaseFileLock]:
    readers = index / FOLDER
    readers.mkdir(exist_ok=True)
    with _lock(readers / _LOCK, _PATIENCE):  # so that no sweep comes between the folder and its lock
        home = readers / uuid.uuid4().hex
        home.mkdir()
        lock = _lock(home / _LOCK, 0)
        lock.acquire()
        return home, lock


def _remove(home: Path, lock: BaseFileLock | None) -> None:
    shutil.rmtree(home, ignore_errors=True)
    if lock:
        lock.release()


@contextlib.contextmanager
def _unused(home: Path) -> Iterator[bool]:
    from filelock import Timeout

    lock = _lock(home / _LOCK, 0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _lock(path: Path, timeout: float) -> BaseFileLock:
    from filelock import FileLock

    # Any thread may close what another one opened.
    return FileLock(path, timeout=timeout, thread_local=False)
