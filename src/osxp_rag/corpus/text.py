"""Text that can be written and read by everything that meets it."""

from __future__ import annotations


def well_formed(text: str) -> str:
    """Return a text without halves of surrogate pairs, which JSON and a terminal can bring and no tokenizer takes."""
    return text.encode("utf-8", "replace").decode()
