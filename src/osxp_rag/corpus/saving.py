"""Write a file so that it is there whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file in one atomic step that outlives a power cut: readers see the old content or the new.

    What is written beside it first has a hidden name, which the corpus passes over.
    """
    staged = path.with_name(f".{path.name}.new")
    try:
        with staged.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
    finally:
        staged.unlink(missing_ok=True)
    flush(path.parent)


def flush(path: Path) -> None:
    """Have a file, or the entries of a folder, written to the disk itself."""
    if path.is_dir() and os.name != "posix":
        return  # only POSIX opens folders
    descriptor = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
