"""The documents to browse: listed, read, counted, and on a map."""

from __future__ import annotations

from osxp_rag.channels.catalogue.routes import corpus_router

__all__ = ["corpus_router"]
