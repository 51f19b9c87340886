"""EPUB: its chapters in reading order, each a page of XHTML."""

from __future__ import annotations

import posixpath
import zipfile
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from osxp_rag.corpus.formats.archive import open_archive, parse_xml, read_member
from osxp_rag.corpus.formats.markup import markup_pieces, parse_html
from osxp_rag.corpus.formats.values import day_of, language_of
from osxp_rag.corpus.limits import FormatError, Limits
from osxp_rag.corpus.piece import Extract, Piece

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_CHAPTERS = ("application/xhtml+xml", "text/html")


def read(content: bytes, limits: Limits) -> Extract:
    """Return the chapters of a book, with the title, language and day of its package.

    Raises:
        FormatError: damaged, encrypted, or a part that it names is missing.
        LimitError: it unpacks to too much, or has too many chapters.
    """
    with open_archive(content, limits) as archive:
        where = _package_path(archive)
        package = parse_xml(read_member(archive, where))
        chapters = _chapters(package, posixpath.dirname(where))
        limits.check_pages(len(chapters), "chapter")
        _refuse_encrypted(archive, chapters)
        pieces = tuple(piece for name in chapters for piece in _chapter(archive, name))
    return Extract(
        pieces,
        title=_first(package, "title"),
        lang=language_of(_first(package, "language")),
        date=day_of(_first(package, "date")),
    )


def _package_path(archive: zipfile.ZipFile) -> str:
    paths = [path for one in _named(parse_xml(read_member(archive, _CONTAINER)), "rootfile")
             if (path := one.get("full-path"))]  # fmt: skip
    if not paths:
        raise FormatError("names no package: it is not a whole EPUB")
    return str(paths[0])


def _chapters(package: Any, folder: str) -> list[str]:
    """Return the names of the chapters' files, in reading order, each once."""
    files = {one.get("id"): one.get("href") for one in _named(package, "item") if one.get("media-type") in _CHAPTERS}
    order = [files.get(one.get("idref")) for one in _named(package, "itemref")]
    inside = [unquote(urlsplit(href).path) for href in order if href and not urlsplit(href).scheme]
    return list(dict.fromkeys(posixpath.normpath(posixpath.join(folder, path)) for path in inside))


def _chapter(archive: zipfile.ZipFile, name: str) -> list[Piece]:
    content = read_member(archive, name)
    return markup_pieces(parse_html(content), ("nav",)) if content.strip() else []


def _refuse_encrypted(archive: zipfile.ZipFile, chapters: list[str]) -> None:
    """Refuse a book whose chapters are encrypted; fonts alone do no harm."""
    if _ENCRYPTION not in archive.namelist():
        return
    named = {
        unquote(one.get("URI") or "") for one in _named(parse_xml(read_member(archive, _ENCRYPTION)), "CipherReference")
    }
    if named & set(chapters):
        raise FormatError("is encrypted by its publisher (DRM)")


def _named(root: Any, name: str) -> list[Any]:
    """Return the elements of a local name, whatever their namespace."""
    return [one for one in root.iter() if isinstance(one.tag, str) and etree.QName(one).localname == name]


def _first(package: Any, name: str) -> str | None:
    return next((str(one.text) for one in _named(package, name) if one.text), None)
