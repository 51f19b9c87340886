"""Lines of pages → paragraphs, list items and headings, by their place and size. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from osxp_rag.corpus.piece import Piece
from osxp_rag.corpus.text import one_line

Outline = Mapping[tuple[int, str], int]  # (page from 0, key of a title) → level

_LARGER = 1.12  # times the body's size, from which on a short text is a heading
_LONGEST_HEADING = 160  # characters
_REPEATED = 3  # pages whose first or last line is the same: a running head
_SAME_SIZE = 0.06  # relative difference within one paragraph
_GAP = 1.3  # times the usual distance of lines, beyond which a paragraph ends
_SHORT = 0.85  # of the widest line: a full stop before there ends a paragraph
_HYPHENS = "\x02\ufffe\xad"  # how pdfium gives the hyphen that a line break put in
_BULLET = re.compile(r"[•◦▪▸‣●○■·∙]\s*|[-–*]\s+")
_PAGE_NUMBER = re.compile(r"(?:page\s*)?[\divxlc]{1,6}(?:\s*(?:/|of|sur)\s*\d+)?|[-–]\s*\d+\s*[-–]", re.IGNORECASE)
_NOT_IN_KEY = re.compile(r"[\W_]+")
_STOPS = (".", "!", "?", ":", ";", "…", ".”", ".»", ". »", '."', ".)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its words, its edges and its size in points; `level` where the outline names it."""

    words: str
    left: float
    right: float
    bottom: float
    size: float
    level: int = 0


def pieces_of(pages: Sequence[Sequence[Line]], outline: Outline) -> list[Piece]:
    """Return the pieces of all pages; a paragraph that goes on over the turn of a page is one."""
    heads = _running_heads(pages)
    body = _body_size([[line for line in lines if _masked(line) not in heads] for lines in pages])
    headings = _levels(pages, body) if not outline else {}
    pieces: list[Piece] = []
    for number, lines in enumerate(_without(heads, pages, body)):
        named = [replace(line, level=outline.get((number, key_of(line.words)), 0)) for line in lines]
        for group in _groups(named):
            piece = _piece(group, number + 1, headings)
            if pieces and _goes_on(pieces[-1], piece):
                pieces[-1] = _over_the_turn(pieces[-1], piece)
            elif piece.words:
                pieces.append(piece)
    return pieces


def largest_words(pages: Sequence[Sequence[Line]]) -> str | None:
    """Return the largest words of the first page that has any, where they are larger than the body's: its title."""
    lines = next((lines for lines in pages if lines), ())
    size = max((line.size for line in lines), default=0.0)
    words = one_line(_joined([line.words for line in lines if line.size >= size * (1 - _SAME_SIZE)]))
    return words if size >= _body_size(pages) * _LARGER and len(words) <= _LONGEST_HEADING else None


def key_of(title: str) -> str:
    """Return what two wordings of a title share: its letters and digits."""
    return _NOT_IN_KEY.sub("", title).casefold()


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    """Return the size of most of the characters."""
    sizes: Counter[float] = Counter()
    for line in (line for lines in pages for line in lines):
        sizes[round(line.size, 1)] += len(line.words)
    return max(sizes, key=lambda size: (sizes[size], -size), default=0.0)


def _levels(pages: Sequence[Sequence[Line]], body: float) -> dict[float, int]:
    """Return a level for each size that is larger than the body's, the largest first."""
    sizes = {round(line.size, 1) for lines in pages for line in lines if line.size >= body * _LARGER}
    return {size: min(level, 6) for level, size in enumerate(sorted(sizes, reverse=True), 1)}


def _running_heads(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """Return what stands first or last on several pages, its digits masked."""
    edges = [{_masked(line) for line in (*lines[:1], *lines[-1:])} for lines in pages]
    counts = Counter(words for found in edges for words in found)
    return frozenset(words for words, count in counts.items() if count >= _REPEATED)


def _without(heads: frozenset[str], pages: Sequence[Sequence[Line]], body: float) -> Iterator[list[Line]]:
    """Yield the pages without running heads and page numbers; what is as large as a title stays."""

    def runs(line: Line) -> bool:
        repeated = _masked(line) in heads and line.size < body * _LARGER
        return repeated or _PAGE_NUMBER.fullmatch(line.words) is not None

    for lines in pages:
        first = 1 if lines and runs(lines[0]) else 0
        last = len(lines) - 1 if len(lines) > first and runs(lines[-1]) else len(lines)
        yield list(lines[first:last])


def _masked(line: Line) -> str:
    return re.sub(r"\d+", "#", line.words)


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph."""
    gaps = [above.bottom - below.bottom for above, below in pairwise(lines)]
    usual = median([gap for gap in gaps if gap > 0] or [0.0])
    widest = max((line.right for line in lines), default=0.0)
    group: list[Line] = []
    for line in lines:
        if group and _parted(group[-1], line, usual, widest):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _parted(above: Line, below: Line, usual: float, widest: float) -> bool:
    gap = above.bottom - below.bottom
    if above.level or below.level or _BULLET.match(below.words):
        return True
    if abs(above.size - below.size) > _SAME_SIZE * max(above.size, below.size):
        return True
    if gap < -usual / 2:  # the next column
        return above.words.endswith(_STOPS) or not below.words[:1].islower()
    indented = below.left > above.left + 0.8 * below.size
    ended = above.words.endswith(_STOPS) and (above.right < widest * _SHORT or indented)
    return ended or gap > max(usual * _GAP, below.size * 1.5)


def _piece(group: Sequence[Line], page: int, headings: Mapping[float, int]) -> Piece:
    words = one_line(_joined([line.words for line in group]))
    level = group[0].level or headings.get(round(group[0].size, 1), 0)
    if level and len(words) <= _LONGEST_HEADING and any(map(str.isalpha, words)):
        return Piece("heading", words, level, page=page)
    bullet = _BULLET.match(words)
    return Piece("text", words[bullet.end() :] if bullet else words, 0, "- " if bullet else "", page)


def _joined(lines: Sequence[str]) -> str:
    """Join lines by spaces; a word that a hyphen parts at the end of a line is whole again."""
    text = ""
    for line in lines:
        parted = re.search(r"[a-zà-ÿ]-$", text) and line[:1].islower()
        before = text[:-1] if parted or text.endswith(tuple(_HYPHENS)) else f"{text} "
        text = before + line
    return re.sub(f"[{_HYPHENS}]", "", text)


def _goes_on(before: Piece, after: Piece) -> bool:
    """Whether a page breaks a sentence: no stop before, a small letter behind."""
    texts = before.kind == after.kind == "text" and not after.mark
    turned = before.page + len(before.turns) == after.page - 1
    return texts and turned and not before.words.endswith(_STOPS) and after.words[:1].islower()


def _over_the_turn(before: Piece, after: Piece) -> Piece:
    words = f"{before.words} {after.words}"
    return replace(before, words=words, turns=(*before.turns, len(before.words) + 1))
