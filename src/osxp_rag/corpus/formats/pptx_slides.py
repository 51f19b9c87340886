"""PPTX: slide by slide, its title as a heading, then its texts, its tables and the speaker's notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pptx import Presentation

from osxp_rag.corpus.formats.archive import core_properties, open_archive, refuse_doctype
from osxp_rag.corpus.limits import FormatError, Limits
from osxp_rag.corpus.piece import Extract, Piece
from osxp_rag.corpus.text import one_line

_LEVEL = 2  # of a slide's title: the deck's own is the first
_DEEPEST = 20  # groups within groups


def read(content: bytes, limits: Limits) -> Extract:
    """Return the slides of a PPTX file, with the title, language and day of its properties.

    Raises:
        FormatError: damaged or encrypted.
        LimitError: it unpacks to too much, or has too many slides.
    """
    with open_archive(content, limits) as archive:
        refuse_doctype(archive)
        known = core_properties(archive)
    slides = Presentation(io.BytesIO(content)).slides
    limits.check_pages(len(slides), "slide")
    pieces = tuple(piece for number, slide in enumerate(slides, 1) for piece in _slide(slide, number))
    return Extract(pieces, known.title, known.lang, known.date, "slide", len(slides))


def _slide(slide: Any, number: int) -> Iterator[Piece]:
    title = slide.shapes.title
    if title is not None and title.has_text_frame:
        yield Piece("heading", one_line(title.text_frame.text), _LEVEL, page=number)
    for shape in slide.shapes:
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape, number, 0)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        yield from _paragraphs(notes, number, "")


def _shape(shape: Any, number: int, depth: int) -> Iterator[Piece]:
    if depth > _DEEPEST:
        raise FormatError(f"slide {number} has groups nested more than {_DEEPEST} deep")
    if hasattr(shape, "shapes"):
        for inner in shape.shapes:
            yield from _shape(inner, number, depth + 1)
    elif getattr(shape, "has_table", False):
        for row in shape.table.rows:
            cells = [one_line(cell.text_frame.text) for cell in row.cells]
            yield Piece("text", " | ".join(cells) if any(cells) else "", page=number)
    elif shape.has_text_frame:
        yield from _paragraphs(shape.text_frame, number, "- ")


def _paragraphs(frame: Any, number: int, mark: str) -> Iterator[Piece]:
    """Yield a piece a paragraph; where there are several, they are the items of a list."""
    texts = [words for paragraph in frame.paragraphs if (words := one_line(paragraph.text))]
    for words in texts:
        yield Piece("text", words, 0, mark if len(texts) > 1 else "", number)
