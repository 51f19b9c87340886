"""Names of added files: safe on every file system, and telling where they are from. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from osxp_rag.corpus.text import hyphenated

LONGEST = 100  # characters of a name, its ending not counted
_LONGEST_ENDING = 16  # characters; what is longer is no ending
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # on Windows, with any ending
_PAGE = re.compile(r"\.(?:x?html?|php|aspx?|md|txt|pdf)$", re.IGNORECASE)


def safe_name(name: str) -> str:
    """Return a file's name without what some file system, or a reader of the corpus, does not take; often as it was."""
    name = unicodedata.normalize("NFC", name)
    path = PurePosixPath(_UNSAFE.sub("-", name).rstrip(". "))
    ending = path.suffix if len(path.suffix) <= _LONGEST_ENDING else ""
    stem = path.name.removesuffix(ending).strip(". ") or "file"
    if _RESERVED.fullmatch(stem + ending):
        stem = f"_{stem}"
    return _shortened(stem, name) + ending


def name_of_url(url: str, ending: str) -> str:
    """Return a name for a page: host, path and query in lower case, joined by hyphens, and an ending.

    `https://example.org/Docs/start.html` → `example-org-docs-start.md`
    """
    parts = urlsplit(url)
    words = unquote(f"{parts.hostname or ''} {_PAGE.sub('', parts.path)} {parts.query}")
    return _shortened(hyphenated(words).strip("-") or "page", url) + ending


def _shortened(stem: str, whole: str) -> str:
    """Cut a long name, and tell it from others of the same beginning."""
    if len(stem) <= LONGEST and len(stem.encode()) <= 2 * LONGEST:
        return stem
    digest = hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{stem.encode()[:LONGEST].decode('utf-8', 'ignore').rstrip(' .-')}-{digest}"
