"""Files that outlive a power cut, and what they cost: copying, flushing, checksums, free space."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from osxp_rag.corpus.saving import flush, write_bytes
from osxp_rag.errors import IndexStateError

HEADROOM = 16_000_000  # bytes: databases grow in steps, and the manifest comes last
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("no space left", "disk is full", "quota exceeded", "file too large", "(code: 13)", "(code: 778)")
_SQLITE_FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}


def copy_tree(source: Path, target: Path) -> None:
    """Copy a folder's files to a new folder; on Btrfs, XFS and the like they share their blocks until one changes."""
    target.mkdir(parents=True)
    for path in _files(source):
        copied = target / path.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        copy_file(path, copied)


def copy_file(source: Path, target: Path) -> None:
    """Copy a file inside the kernel, which shares blocks where the file system can; else byte by byte."""
    copy = getattr(os, "copy_file_range", None)
    try:
        if copy is None:
            raise OSError(errno.ENOSYS, "no copy_file_range")
        with source.open("rb") as read, target.open("wb") as write:
            left = os.fstat(read.fileno()).st_size
            while left and (copied := copy(read.fileno(), write.fileno(), left)):
                left -= copied
        if left:
            raise OSError(errno.EINVAL, "cut short")
    except OSError as error:
        if error.errno in _FULL:
            raise
        shutil.copyfile(source, target)


def flush_tree(folder: Path) -> None:
    """Have every file and folder below written to the disk itself, and the folder's own entry."""
    for path in _files(folder):
        flush(path)
    for path in (*(path for path in folder.rglob("*") if path.is_dir()), folder, folder.parent):
        flush(path)


def write_text(path: Path, text: str) -> None:
    """Replace a file in one atomic step that outlives a power cut: readers see the old text or the new."""
    write_bytes(path, text.encode())


def checksums(folder: Path, leave_out: str) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder by its path there, but for one at the top."""
    found = {}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        if name != leave_out:
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def size_of(folder: Path) -> int:
    """Return the bytes of the files below a folder; one that goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def free_space(folder: Path) -> int:
    """Return the free bytes where a folder is, or would be."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free


def check_space(folder: Path, needed: int) -> None:
    """Make sure that there is room.

    Raises:
        IndexStateError: there is not; the message says how much is needed, how much is free.
    """
    if (free := free_space(folder)) < needed:
        raise IndexStateError(
            f"{folder}: not enough room for a new generation: {megabytes(needed)} are needed, {megabytes(free)} are "
            "free. Free some, or name a folder on another disk with --index or OSXP_RAG_INDEX."
        )


def is_full(error: BaseException) -> bool:
    """Return whether an error, or one that led to it, says that a disk, a quota or a file's limit is reached."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _FULL:
            return True
        if isinstance(seen, sqlite3.Error) and getattr(seen, "sqlite_errorname", "") in _SQLITE_FULL:
            return True
        if any(words in str(seen).lower() for words in _FULL_WORDS):  # Chroma keeps only the words
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def megabytes(size: int) -> str:
    """Return a number of bytes in MB."""
    return f"{size / 1_000_000:.1f} MB"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())
