"""ODT, through odfdo's Markdown."""

from __future__ import annotations

import io
from typing import Any

from odfdo import Document

from osxp_rag.corpus.formats.archive import open_archive, parse_xml, read_member
from osxp_rag.corpus.formats.values import day_of, language_of
from osxp_rag.corpus.limits import FormatError, Limits
from osxp_rag.corpus.markdown import markdown_pieces
from osxp_rag.corpus.piece import Extract

_ENCRYPTION = "{urn:oasis:names:tc:opendocument:xmlns:manifest:1.0}encryption-data"
_MANIFEST = "META-INF/manifest.xml"


def read(content: bytes, limits: Limits) -> Extract:
    """Return the text of an ODT file, with the title, language and day of its properties.

    Raises:
        FormatError: damaged or encrypted.
        LimitError: it unpacks to too much.
    """
    with open_archive(content, limits) as archive:
        if any(True for _ in parse_xml(read_member(archive, _MANIFEST)).iter(_ENCRYPTION)):
            raise FormatError("is encrypted; save it without a password")
        parse_xml(read_member(archive, "content.xml"))
    document: Any = Document(io.BytesIO(content))
    meta = document.meta
    day = day_of(str(meta.date or meta.creation_date or ""))
    lang = language_of(str(meta.language)) if meta.language else None
    return Extract(tuple(markdown_pieces(document.to_markdown())), title=meta.title, lang=lang, date=day)
