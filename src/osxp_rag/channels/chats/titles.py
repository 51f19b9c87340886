"""What a chat is called until somebody names it, and its exports' file names. Pure."""

from __future__ import annotations

from osxp_rag.corpus.text import hyphenated, one_line

LENGTH = 80  # characters


def title_of(question: str) -> str:
    """Return a question on one line, cut between words where it is long."""
    line = one_line(question)
    if len(line) <= LENGTH:
        return line
    words = line[: LENGTH - 1].rsplit(" ", 1)[0]
    return f"{words.rstrip(' ,;:–—-')}…"


def file_name(title: str, ending: str) -> str:
    """Return a name of plain letters and digits for a file, whatever the title holds."""
    words = hyphenated(title)[:60].strip("-")
    return f"osxp-rag-{words or 'chat'}.{ending}"
