"""Markdown → plain text with blocks, by markdown-it: what a reader sees, without the markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from osxp_rag.corpus.document import Block, BlockKind
from osxp_rag.corpus.piece import Piece, assemble

_PARSER = MarkdownIt("commonmark").enable("table")
_TAGS = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_BREAK = re.compile(r"<br\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def read_markdown(source: str) -> tuple[str, tuple[Block, ...]]:
    """Return the text and its blocks; blocks are separated by an empty line, list items keep a leading `- `."""
    body = assemble(markdown_pieces(source))
    return body.text, body.blocks


def markdown_pieces(source: str) -> Iterator[Piece]:
    """Yield the pieces of a Markdown text, in reading order."""
    for kind, level, mark, words in _blocks(_PARSER.parse(source)):
        yield Piece(kind, words, level, mark)


@dataclass(slots=True)
class _Place:
    """Where the walk through the tokens is: in a heading of a level, at a list mark, in a row of cells."""

    level: int = 0
    mark: str = ""
    cells: list[str] | None = None

    def move(self, token: Token) -> None:
        """Go past a token that opens or closes something."""
        match token.type:
            case "heading_open":
                self.level = int(token.tag[1:])
            case "heading_close":
                self.level = 0
            case "list_item_open":
                self.mark = f"{token.info}. " if token.info else "- "
            case "list_item_close":
                self.mark = ""
            case "tr_open":
                self.cells = []


def _blocks(tokens: list[Token]) -> Iterator[tuple[BlockKind, int, str, str]]:
    """Yield kind, heading level, list mark and words of each block, in reading order."""
    place = _Place()
    for token in tokens:
        place.move(token)
        match token.type:
            case "inline" if place.cells is not None:
                place.cells.append(_words(token))
            case "inline":
                yield ("heading" if place.level else "text"), place.level, place.mark, _words(token)
                place.mark = ""
            case "tr_close":
                yield "text", 0, "", " | ".join(place.cells or ()) if any(place.cells or ()) else ""
                place.cells = None
            case "fence" | "code_block":
                place.mark = ""
                yield "code", 0, "", token.content.strip("\n")
            case "html_block":
                yield "text", 0, "", _SPACES.sub(" ", _TAGS.sub(" ", token.content)).strip()


def _words(inline: Token) -> str:
    return _SPACES.sub(" ", "".join(_seen(child) for child in inline.children or ())).strip()


def _seen(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak") or (token.type == "html_inline" and _BREAK.match(token.content)):
        return " "
    if token.type == "image":
        return "".join(_seen(child) for child in token.children or ())
    return token.content if token.type in ("text", "code_inline", "text_special") else ""
