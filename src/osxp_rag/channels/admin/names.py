"""Names for files that somebody uploads: what is left of a name is safe on every system. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from osxp_rag.corpus.text import one_line

LONGEST = 150  # bytes: file systems take 255, and a name is added to while a file is written
_UNSAFE = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # of Windows


def safe_name(name: str) -> str | None:
    """Return the last part of a name without what a file system may take amiss; None where nothing is left of it.

    The ending stays: it tells the format.
    """
    last = re.split(r"[/\\]", one_line(name))[-1]
    plain = _UNSAFE.sub("_", last).strip().lstrip(".").rstrip(". ")
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    ending = PurePosixPath(plain).suffix
    stem = plain[: len(plain) - len(ending)].strip()
    if not stem or not any(character.isalnum() for character in stem) or len(ending.encode()) > LONGEST // 2:
        return None
    return _cut(stem, LONGEST - len(ending.encode())) + ending


def _cut(text: str, size: int) -> str:
    """Return as much of a text as fits into so many bytes, in whole characters."""
    return text.encode()[:size].decode("utf-8", "ignore").rstrip()
