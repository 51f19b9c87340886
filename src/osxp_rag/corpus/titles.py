"""Which of a file's own titles is believed. Pure."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from osxp_rag.corpus.text import one_line

# What programs write where nobody gave a title.
_MADE_UP = re.compile(
    r"(microsoft|libreoffice|openoffice)\b.* - .*"
    r"|(untitled|sans titre|unnamed|unknown|no title|title|titre|document|presentation|présentation|slide|new)"
    r"[\s_-]*(document|presentation|slide|page)?[\s_-]*\d*"
    r"|(powerpoint presentation|présentation powerpoint|word document|print|template|index|page)"
    r"|.*\.(docx?|dotx?|odt|pptx?|odp|pdf|tex|dvi|indd|qxd|html?|ps|rtf|txt)",
    re.IGNORECASE,
)
_LONGEST = 300


def believed(title: str | None) -> str | None:
    """Return a title on one line, or None where it is empty, too long or what a program wrote by itself."""
    words = one_line(title or "")
    real = 2 < len(words) <= _LONGEST and any(map(str.isalpha, words)) and not _MADE_UP.fullmatch(words)
    return words if real else None


def title_of_name(path: str) -> str:
    """Return a title made of a file's name, or the path where the name has no word."""
    name = PurePosixPath(path).stem.replace("-", " ").replace("_", " ").strip()
    return name[:1].upper() + name[1:] or path
