"""The routes of the documents: list, read, facets, map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from osxp_rag.channels.catalogue import rows
from osxp_rag.channels.problems import ProblemRoute
from osxp_rag.errors import RequestError
from osxp_rag.index.catalogue import facets

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant
    from osxp_rag.corpus.document import Document

FACETS = {"kind": "kind", "track": "track", "lang": "lang", "technology": "technologies"}  # name → key of a filter


def corpus_router(assistant: Callable[[], Assistant]) -> APIRouter:
    """Return the routes over the assistant that serves at the time of a request."""
    router = APIRouter(prefix="/api", route_class=ProblemRoute)

    @router.get("/documents")
    def documents() -> list[dict[str, Any]]:
        return [rows.listed(entry) for entry in assistant().catalogue()]

    @router.get("/document")
    def document(path: str) -> dict[str, Any]:
        return rows.whole(_found(assistant(), path))

    @router.get("/facets")
    def counted() -> dict[str, list[dict[str, Any]]]:
        entries = assistant().catalogue()
        return {name: [asdict(facet) for facet in facets(entries, key)] for name, key in FACETS.items()}

    @router.get("/map")
    def placed() -> list[dict[str, Any]]:
        serving = assistant()
        places = serving.map()
        return [rows.placed(entry, places[entry.path]) for entry in serving.catalogue() if entry.path in places]

    return router


def _found(assistant: Assistant, path: str) -> Document:
    """Return a document by its path, or by that of one of its copies.

    Raises:
        RequestError: `no_such_document`.
    """
    first = next((entry.path for entry in assistant.catalogue() if path in entry.copies), path)
    found = assistant.document(first)
    if found is None:
        raise RequestError("no_such_document", "There is no such document; it may have been renamed or removed.")
    return found
