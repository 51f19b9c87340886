"""A page → a Markdown file of the corpus: front matter that names its source, and its main content."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

import yaml

from osxp_rag.corpus.document import Block, Document

_INLINE = re.compile(r"[\\`*\[\]<]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_OPENING = re.compile(r"^(?:[#>+=~-]|\d{1,9}(?=[.)]))")
_NUMBER = re.compile(r"^(\d{1,9})(?=[.)])")
_TICKS = re.compile(r"`+")
_UNTITLED = 200  # characters that a title may have


def markdown_of(document: Document, url: str, retrieved: date) -> str:
    """Return a page's document as Markdown, which reads back as the same text."""
    return f"---\n{_front_matter(document, url, retrieved)}---\n\n" + "\n\n".join(_blocks(document)) + "\n"


def _front_matter(document: Document, url: str, retrieved: date) -> str:
    meta = document.metadata
    values = {
        "title": meta.title[:_UNTITLED].strip(),
        "kind": "article",
        "lang": meta.lang,
        "date": meta.date or retrieved,
        "retrieved": retrieved,
        "sources": [{"title": urlsplit(url).hostname or meta.title, "url": url}],
    }
    return yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=10_000)


def _blocks(document: Document) -> Iterator[str]:
    at = 0
    for block in document.blocks:
        mark = document.text[at : block.start].strip()
        at = block.end
        yield _block(block, mark, document.text[block.start : block.end])


def _block(block: Block, mark: str, words: str) -> str:
    if block.kind == "code":
        fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(words)), default=0))
        return f"{fence}\n{words}\n{fence}"
    escaped = _escaped(" ".join(words.split()))
    if block.kind == "heading":
        if escaped.endswith("#") and escaped != "\\#":  # a closing # would be taken for an ornament
            escaped = f"{escaped[:-1]}\\#"
        return f"{'#' * block.level} {escaped}"
    return f"{mark} {escaped}" if mark else escaped


def _escaped(words: str) -> str:
    """Take from words what Markdown would read as markup."""
    words = _INLINE.sub(lambda found: f"\\{found[0]}", words)
    if number := _NUMBER.match(words):
        return f"{number[1]}\\{words[number.end() :]}"
    return f"\\{words}" if _OPENING.match(words) else words
