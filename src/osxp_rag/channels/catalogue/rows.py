"""Documents as JSON types, for the page. Pure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from osxp_rag.channels.markup import web_address
from osxp_rag.corpus.document import Block, Document, Metadata
from osxp_rag.index.catalogue import Entry
from osxp_rag.index.map import Point


def listed(entry: Entry) -> dict[str, Any]:
    """Return a document as the list of documents shows it."""
    size = {"passages": entry.passages, "words": entry.words, "copies": list(entry.copies)}
    return {"path": entry.path, **_about(entry.metadata), **size}


def whole(document: Document) -> dict[str, Any]:
    """Return a document with its text and blocks; offsets count characters of the text."""
    pages = {"page_unit": document.metadata.page_unit, "pages": list(document.metadata.pages)}
    blocks = [_block(block, document.text) for block in document.blocks]
    return {"path": document.path, **_about(document.metadata), **pages, "text": document.text, "blocks": blocks}


def placed(entry: Entry, point: Point) -> dict[str, Any]:
    """Return a document as a point of the map."""
    metadata = entry.metadata
    place = {"x": point[0], "y": point[1]}
    return {"path": entry.path, "title": metadata.title, "track": metadata.track, "lang": metadata.lang, **place}


def _about(metadata: Metadata) -> dict[str, Any]:
    """Return the metadata; addresses that are none of the web become null."""
    return {
        "title": metadata.title,
        "kind": metadata.kind,
        "track": metadata.track,
        "lang": metadata.lang,
        "date": metadata.date.isoformat() if metadata.date else None,
        "technologies": list(metadata.technologies),
        "organisations": list(metadata.organisations),
        "speakers": list(metadata.speakers),
        "sources": [{**asdict(source), "url": web_address(source.url)} for source in metadata.sources],
    }


def _block(block: Block, text: str) -> dict[str, Any]:
    line = text.rfind("\n", 0, block.start) + 1
    marked = text[line : block.start].strip()  # the mark of a list's item stands before its block
    kind = "item" if marked and block.kind == "text" else block.kind
    return {"type": kind, "level": block.level, "start": block.start, "end": block.end}
