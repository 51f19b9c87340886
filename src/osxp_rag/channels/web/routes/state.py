"""`/api/state` and `/api/examples`: what the first screen shows, before and after the models are there."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from osxp_rag.answering.texts import LEVELS
from osxp_rag.channels.web.examples import examples
from osxp_rag.channels.web.glance import glance
from osxp_rag.channels.web.offers import shown_name

if TYPE_CHECKING:
    from osxp_rag.channels.web.opening import Opening
    from osxp_rag.settings import Settings


def state_router(opening: Opening, settings: Settings) -> APIRouter:
    """Return the routes that tell what is there; neither waits for a model."""
    router = APIRouter(prefix="/api")
    engine = shown_name(settings)

    @router.get("/state")
    def state() -> dict[str, Any]:
        seen = glance(settings.index_dir)
        return {
            "ready": opening.ready,
            "trouble": opening.trouble,
            "documents": len(seen.documents) if seen else 0,
            "created": seen.created if seen else None,
            "generation": seen.generation if seen else None,
            "offline": not settings.allow_network,
            "engine": engine,
            "admin": settings.admin,
            "keep_chats": settings.keep_chats,
            "threshold": settings.threshold,
            "levels": [{"from": bound, "level": level} for bound, level in LEVELS],
        }

    @router.get("/examples")
    def some_examples() -> list[dict[str, Any]]:
        seen = glance(settings.index_dir)
        return [asdict(one) for one in examples(seen.documents)] if seen else []

    return router
