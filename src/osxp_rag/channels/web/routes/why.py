"""`/api/why`: why a question is answered as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from osxp_rag.channels.problems import ProblemRoute
from osxp_rag.channels.web.routes.ask import Asked

if TYPE_CHECKING:
    from osxp_rag.channels.web.routes.ask import Opened


def why_router(opened: Opened) -> APIRouter:
    """Return the route that explains."""
    router = APIRouter(prefix="/api", route_class=ProblemRoute)

    @router.post("/why")
    def why(asked: Asked) -> dict[str, Any]:
        return opened().explain(asked.question, turns=asked.before, filters=asked.filters).to_dict()

    return router
