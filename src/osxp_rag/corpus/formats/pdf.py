"""PDF, through pdfium: its lines with their place and size; `pdf_lines` makes paragraphs and headings of them."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pypdfium2
from pypdfium2 import raw

from osxp_rag.corpus.formats.pdf_lines import Line, Outline, key_of, largest_words, pieces_of
from osxp_rag.corpus.formats.values import day_of
from osxp_rag.corpus.limits import FormatError, Limits
from osxp_rag.corpus.piece import Extract
from osxp_rag.corpus.titles import believed

_DATE = slice(2, 10)  # of `D:20250208122313Z`
_MOST_ENTRIES = 20_000  # of an outline


def read(content: bytes, limits: Limits) -> Extract:
    """Return the text of a PDF file page by page, with the title and the day of its properties.

    Raises:
        FormatError: damaged or encrypted, or pictures of pages without text.
        LimitError: it has too many pages.
    """
    with closing(_opened(content)) as document:
        count = len(document)
        limits.check_pages(count, "page")
        pages = [list(_lines(document, index)) for index in range(count)]
        limits.check_expanded(sum(len(line.words) for lines in pages for line in lines))
        known, outline = document.get_metadata_dict(), _outline(document)
    if not any(pages):
        raise FormatError("has no text: it seems to be scanned; put it through an OCR program first")
    pieces = pieces_of(pages, outline)
    title = believed(known.get("Title")) or largest_words(pages)
    return Extract(tuple(pieces), title, None, _day(known), "page", count)


def _opened(content: bytes) -> Any:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise FormatError("is encrypted; save it without a password") from error
        raise FormatError(f"is damaged, or no PDF: {error}") from error


def _lines(document: Any, index: int) -> Iterator[Line]:
    """Yield the lines of a page in the order of its content; nothing of a page that cannot be loaded."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return  # one damaged page does not cost the others
    with closing(page), closing(page.get_textpage()) as texts:
        at, count = 0, texts.count_chars()
        for line in texts.get_text_range().split("\n"):
            first, last = at + len(line) - len(line.lstrip()), at + len(line.rstrip()) - 1
            at += len(line) + 1
            if first <= last < count:
                yield _line(texts, line, first, last)


def _line(texts: Any, words: str, first: int, last: int) -> Line:
    left, bottom, _, _ = texts.get_charbox(first, loose=True)
    _, _, right, _ = texts.get_charbox(last, loose=True)
    size = max(_size(texts, place) for place in (first, (first + last) // 2, last))
    return Line(words.strip(), left, right, bottom, size)


def _size(texts: Any, place: int) -> float:
    """Return the size of a character in points: its font's, as the text matrix scales it."""
    matrix = raw.FS_MATRIX()
    scale = 1.0
    if raw.FPDFText_GetMatrix(texts, place, ctypes.byref(matrix)):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
    return float(raw.FPDFText_GetFontSize(texts, place)) * scale


def _outline(document: Any) -> Outline:
    """Return the level of each title of the outline, by page (from 0) and key; nothing where it is damaged."""
    levels: dict[tuple[int, str], int] = {}
    try:
        for number, entry in enumerate(document.get_toc()):
            target = entry.get_dest()
            page = target.get_index() if target else None
            if page is not None:
                levels.setdefault((page, key_of(entry.get_title())), min(entry.level + 1, 6))
            if number > _MOST_ENTRIES:
                break
    except pypdfium2.PdfiumError:
        pass  # headings are then told by their size
    return levels


def _day(known: dict[str, str]) -> date | None:
    """Return the day of the last change, else of creation."""
    values = (known.get(name, "")[_DATE] for name in ("ModDate", "CreationDate"))
    return next((day for value in values if (day := day_of(f"{value[:4]}-{value[4:6]}-{value[6:]}"))), None)
