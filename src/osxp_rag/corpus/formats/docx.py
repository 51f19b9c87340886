"""DOCX, through mammoth's HTML: headings by their style, lists, tables, footnotes."""

from __future__ import annotations

import io
from typing import Any

import mammoth

from osxp_rag.corpus.formats.archive import core_properties, open_archive, refuse_doctype
from osxp_rag.corpus.formats.markup import markup_pieces, parse_html
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.piece import Extract

_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def read(content: bytes, limits: Limits) -> Extract:
    """Return the text of a DOCX file, with the title and the day of its properties.

    Raises:
        FormatError: damaged or encrypted.
        LimitError: it unpacks to too much.
    """
    with open_archive(content, limits) as archive:
        refuse_doctype(archive)
        known = core_properties(archive)
    images = mammoth.images.img_element(_no_image)
    html = mammoth.convert_to_html(io.BytesIO(content), style_map=_STYLES, convert_image=images).value
    pieces = markup_pieces(parse_html(html)) if html.strip() else []
    return Extract(tuple(pieces), title=known.title, lang=known.lang, date=known.date)


def _no_image(image: Any) -> dict[str, str]:
    """Leave pictures out; their description stays."""
    return {"src": ""}
