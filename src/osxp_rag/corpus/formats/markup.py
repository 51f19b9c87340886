"""A tree of HTML → pieces, as Markdown's reader gives them: headings, paragraphs, list items, rows of tables, code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import lxml.html

from osxp_rag.corpus.decode import decode_raw
from osxp_rag.corpus.limits import LimitError
from osxp_rag.corpus.piece import Piece
from osxp_rag.corpus.text import one_line, well_formed

DEEPEST = 256  # elements within elements: libxml2's own bound, beyond which it gives up
_UNSEEN = frozenset("script style head template noscript svg iframe object embed canvas audio video select".split())
AROUND = frozenset("nav header footer aside form menu".split())  # of a page, beside its content
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_HEADING = re.compile(r"h([1-6])")
_BLOCKS = frozenset(
    "address article aside blockquote body button center dd details dialog div dl dt fieldset figcaption figure "
    "footer form header hr html legend li main menu nav ol option p section summary table tbody td tfoot th thead tr "
    "ul".split()
)
_INSIDE_LAYOUT = "table p ul ol h1 h2 h3 h4 h5 h6 div".split()  # cells that hold these are layout, not data
_CHARSET = re.compile(rb"<(?:meta|\?xml)\b[^>]*?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)


def parse_html(content: bytes | str) -> Any:
    """Return the root element; nothing outside is fetched.

    Raises:
        FormatError: not text.
        LimitError: nested too deep.
    """
    if isinstance(content, bytes):
        declared = _CHARSET.search(content[:4096])
        content = decode_raw(content, declared[1].decode("ascii", "replace") if declared else None)
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    bare = _DOCTYPE.sub("", content, count=1)  # an internal subset would be read as text
    source = well_formed(bare).encode() or b" "
    root = lxml.html.document_fromstring(source, parser=parser, ensure_head_body=True)
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        raise LimitError(f"has elements nested more than {DEEPEST} deep")
    return root


def markup_pieces(root: Any, without: Iterable[str] = ()) -> list[Piece]:
    """Return the pieces of an element and what is below it, but for the elements that are never seen or named."""
    walk = _Walk(_UNSEEN | frozenset(without))
    walk.visit(root)
    walk.flush()
    return walk.pieces


class _Walk:
    """Gathers words until a block begins or ends, then makes a piece of them."""

    def __init__(self, unseen: frozenset[str]) -> None:
        self.pieces: list[Piece] = []
        self._unseen = unseen
        self._words: list[str] = []
        self._mark = ""
        self._level = 0

    def visit(self, element: Any) -> None:
        """Take an element in, its tail left out."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in self._unseen or element.get("hidden") is not None:
            return
        if tag == "br":
            self._words.append(" ")
        elif tag == "img":
            self._words.append(element.get("alt") or "")
        elif tag == "pre":
            self.flush()
            self._code(element)
        elif tag == "tr" and _is_data(element):
            self.flush()
            self._row(element)
        elif heading := _HEADING.fullmatch(tag):
            self._heading(element, int(heading[1]))
        elif tag in _BLOCKS:
            self._block(element, tag)
        else:
            self._inside(element)

    def flush(self) -> None:
        """Make a piece of the words so far."""
        words = one_line("".join(self._words))
        self._words.clear()
        if words:
            self.pieces.append(Piece("heading" if self._level else "text", words, self._level, self._mark))
            self._mark = ""

    def _inside(self, element: Any) -> None:
        self._words.append(element.text or "")
        for child in element:
            self.visit(child)
            self._words.append(child.tail or "")

    def _block(self, element: Any, tag: str) -> None:
        self.flush()
        if tag == "li":
            self._mark = _item_mark(element)
        self._inside(element)
        self.flush()
        if tag == "li":
            self._mark = ""

    def _heading(self, element: Any, level: int) -> None:
        self.flush()
        self._level, self._mark = level, ""
        self._inside(element)
        self.flush()
        self._level = 0

    def _code(self, element: Any) -> None:
        for line_break in element.iter("br"):
            line_break.text = "\n"
        self.pieces.append(Piece("code", "".join(element.itertext()).strip("\n")))
        self._mark = ""

    def _row(self, row: Any) -> None:
        cells = [" ".join(piece.words for piece in markup_pieces(cell, self._unseen)) for cell in _cells(row)]
        if any(cells):
            self.pieces.append(Piece("text", " | ".join(cells)))


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _is_data(row: Any) -> bool:
    """Whether a row is data rather than layout: several cells, no cell with blocks but a single paragraph."""
    cells = _cells(row)
    blocks = [sum(1 for _ in cell.iter(*_INSIDE_LAYOUT)) for cell in cells]
    tables = any(cell.find(".//table") is not None for cell in cells)
    return len(cells) > 1 and max(blocks) <= 1 and not tables


def _item_mark(item: Any) -> str:
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return "- "
    before = sum(1 for _ in item.itersiblings("li", preceding=True))
    start = parent.get("start") or "1"
    return f"{(int(start) if start.isdecimal() and len(start) < 6 else 1) + before}. "
