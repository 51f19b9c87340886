"""The document and its parts: what a file becomes when it is read."""

from __future__ import annotations

import datetime
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, Literal

BlockKind = Literal["heading", "text", "code"]
PageUnit = Literal["page", "slide", "row"]
Span = tuple[int, int]
PATH_SEPARATOR = " › "  # between the headings of a section's path


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document's text: a heading, a paragraph or list item, or code or a row of data (`code`).

    `start` and `end` are character offsets; `level` is 1 to 6 for a heading and 0 otherwise.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document's facts come from."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is known about a document besides its text; `kind` is `document` without front matter.

    `retrieved` is the day on which a page was fetched. `page_unit` is what the format counts, None where it has no
    pages; `pages` are the offsets into the text at which each begins, in order. An empty page begins where the next
    one does.
    """

    title: str
    kind: str = "document"
    lang: str = "en"
    date: datetime.date | None = None
    track: str | None = None
    organisations: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    retrieved: datetime.date | None = None
    page_unit: PageUnit | None = None
    pages: tuple[int, ...] = field(default=(), repr=False)

    def page_of(self, offset: int) -> int | None:
        """Return the 1-based page that holds the character at an offset, or None where there are no pages."""
        return bisect_right(self.pages, offset) or None

    @property
    def url(self) -> str | None:
        """The first source's address."""
        return self.sources[0].url if self.sources else None

    def values(self, key: str) -> tuple[str, ...]:
        """Return the values under a key as texts; one for a scalar, none for an unset one."""
        value: Any = getattr(self, key)
        if value is None:
            return ()
        return tuple(str(item) for item in value) if isinstance(value, tuple) else (str(value),)


@dataclass(frozen=True, slots=True)
class Document:
    """A file of the corpus: normalised text (NFC, line feeds, no markup), its blocks in order, its metadata.

    `path` is relative to the corpus, with forward slashes.
    """

    path: str
    text: str
    metadata: Metadata
    blocks: tuple[Block, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """A span of a document that is indexed as one.

    `text` is `document.text[start:end]`; `section` is the path of headings above it, joined by ` › `;
    `sentences` are the spans of its sentences, as offsets into the document; `tokens` counts the text's.
    """

    id: str
    document: str
    start: int
    end: int
    section: str
    text: str
    sentences: tuple[Span, ...]
    tokens: int


def context_of(title: str, section: str) -> str:
    """Return the words put before a passage where it is embedded and searched, never where it is quoted."""
    return f"{title}\n{section}" if section else title
