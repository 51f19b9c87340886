"""What every format is read into: pieces in reading order, which become a text with blocks and pages. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from osxp_rag.corpus.document import Block, BlockKind, Metadata, PageUnit
from osxp_rag.corpus.text import normalised, one_line


@dataclass(frozen=True, slots=True)
class Piece:
    """A block before it has its place in a text.

    `mark` is what stands before the words and is no part of them: a list item's `- `. `page` is the 1-based page that
    the words begin on, 0 where there are none; `turns` are the offsets in `words` at which each next page begins.
    """

    kind: BlockKind
    words: str
    level: int = 0
    mark: str = ""
    page: int = 0
    turns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Extract:
    """What a file holds: its pieces, and what it tells of itself.

    `page_count` counts the empty pages too. `metadata` is its front matter, which leaves nothing to be guessed.
    """

    pieces: tuple[Piece, ...]
    title: str | None = None
    lang: str | None = None
    date: datetime.date | None = None
    page_unit: PageUnit | None = None
    page_count: int = 0
    metadata: Metadata | None = None


class Body(NamedTuple):
    """A text, its blocks in order, and the offset at which each page begins."""

    text: str
    blocks: tuple[Block, ...]
    pages: tuple[int, ...]


def assemble(pieces: Iterable[Piece], page_count: int = 0) -> Body:
    """Join pieces by empty lines; those without words are left out.

    Words of a heading become one line; other line breaks are left to whoever made the pieces.
    """
    parts: list[str] = []
    blocks: list[Block] = []
    pages: list[int] = []
    at = 0
    for piece in pieces:
        words = _words(piece)
        if not words:
            continue
        start = at + len(piece.mark)
        pages += [at] * (piece.page - len(pages))
        pages += [start + turn for turn in piece.turns]
        blocks.append(Block(piece.kind, start, start + len(words), piece.level))
        parts.append(f"{piece.mark}{words}\n\n")
        at += len(parts[-1])
    pages += [at] * (page_count - len(pages))
    return Body("".join(parts), tuple(blocks), tuple(pages))


def _words(piece: Piece) -> str:
    if piece.turns:  # its maker has counted them: nothing may move
        return piece.words
    if piece.kind == "heading":
        return one_line(piece.words)
    words = normalised(piece.words).expandtabs(4)
    return words.strip("\n") if piece.kind == "code" else words.strip()
