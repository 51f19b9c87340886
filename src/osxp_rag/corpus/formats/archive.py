"""Zip archives that documents are: opened only when what they unpack to is bounded. XML of them, without entities."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from osxp_rag.corpus.formats.values import day_of, language_of
from osxp_rag.corpus.limits import FormatError, LimitError, Limits

_MOST = 20_000  # files in one archive
_HEAD = 4096  # bytes of a part in which a document type is looked for
_ENCRYPTED = 0x1
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # what Office wraps an encrypted file in, and what it wrote before 2007
_ZIP = b"PK"


def open_archive(content: bytes, limits: Limits) -> zipfile.ZipFile:
    """Open an archive whose files unpack to no more than `max_expanded_mb`.

    What an archive says of its sizes is binding: zipfile never unpacks more of a file than that.

    Raises:
        FormatError: no archive, damaged, or encrypted.
        LimitError: it unpacks to more.
    """
    if content.startswith(_OLE):
        raise FormatError("is encrypted, or of Office before 2007; save it anew without a password")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        whole = "is damaged or cut short" if content.startswith(_ZIP) else "is not the archive that its name says"
        raise FormatError(f"{whole}: {error}") from error
    entries = archive.infolist()
    if len(entries) > _MOST:
        raise LimitError(f"holds {len(entries)} files, more than {_MOST}")
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise FormatError("is encrypted; save it without a password")
    limits.check_expanded(sum(entry.file_size for entry in entries))
    return archive


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a file of an archive.

    Raises:
        FormatError: it is missing or damaged.
    """
    try:
        return archive.read(name)
    except KeyError as error:
        raise FormatError(f"lacks its part {name}") from error
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise FormatError(f"has a damaged part {name}: {error}") from error


def parse_xml(content: bytes) -> Any:
    """Return the root element; entities stay unresolved, DTDs unread, and nothing outside is fetched.

    Raises:
        FormatError: not well-formed.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise FormatError(f"holds XML that is not well-formed: {error}") from error


def refuse_doctype(archive: zipfile.ZipFile) -> None:
    """Refuse an Office file whose XML declares a document type: none does, and entities could grow without end.

    Raises:
        FormatError: one does, or a part is damaged.
    """
    for name in archive.namelist():
        if name.endswith((".xml", ".rels")):
            head = read_member(archive, name)[:_HEAD].replace(b"\0", b"")  # UTF-16 has zeros between
            if b"<!DOCTYPE" in head:
                raise FormatError(f"declares a document type in {name}, which no file of this kind does")


@dataclass(frozen=True, slots=True)
class Properties:
    """What an Office file tells of itself."""

    title: str | None = None
    lang: str | None = None
    date: date | None = None


def core_properties(archive: zipfile.ZipFile) -> Properties:
    """Return title, language and day of last change from `docProps/core.xml`; nothing where there is none."""
    if "docProps/core.xml" not in archive.namelist():
        return Properties()
    root = parse_xml(read_member(archive, "docProps/core.xml"))
    found = {etree.QName(child).localname: child.text for child in root if isinstance(child.tag, str)}
    day = day_of(found.get("modified")) or day_of(found.get("created"))
    return Properties(found.get("title"), language_of(found.get("language")), day)
