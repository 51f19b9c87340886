"""`/api/why`: why a question is answered as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.requests import Request

from osxp_rag.channels.problems import ProblemRoute
from osxp_rag.channels.web.routes.ask import Asked

if TYPE_CHECKING:
    from osxp_rag.channels.web.routes.ask import Chosen, Opened


def why_router(opened: Opened, chosen: Chosen) -> APIRouter:
    """Return the route that explains; a question's engine matters, since it may condense a follow-up."""
    router = APIRouter(prefix="/api", route_class=ProblemRoute)

    @router.post("/why")
    def why(asked: Asked, request: Request) -> dict[str, Any]:
        engine = chosen(asked.engine, request)
        return opened().explain(asked.question, turns=asked.before, filters=asked.filters, engine=engine).to_dict()

    return router
