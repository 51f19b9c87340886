"""Text that can be written and read by everything that meets it."""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"\s+")
_NOT_NAME = re.compile(r"[^a-z0-9]+")


def well_formed(text: str) -> str:
    """Return a text without halves of surrogate pairs, which JSON and a terminal can bring and no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()


def normalised(text: str) -> str:
    """Return a text in NFC with line feeds only, tabs but no other control character, and no lone surrogate."""
    lines = _LINE_ENDS.sub("\n", well_formed(text))
    return unicodedata.normalize("NFC", _CONTROLS.sub(" ", lines))


def one_line(text: str) -> str:
    """Return a text normalised, each run of white space one space, none at its ends."""
    return _SPACES.sub(" ", normalised(text)).strip()


def without_accents(text: str) -> str:
    """Return a text in NFKD without the marks that are combined with its letters."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def hyphenated(text: str) -> str:
    """Return the plain letters and digits of a text in lower case, hyphens in place of runs of all else."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_NAME.sub("-", plain)
