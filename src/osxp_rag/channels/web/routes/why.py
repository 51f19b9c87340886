"""`/api/why`: why a question is answered as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, HTTPException

from osxp_rag.channels.web.routes.ask import Asked
from osxp_rag.errors import OsxpError

if TYPE_CHECKING:
    from osxp_rag.channels.web.routes.ask import Opened


def why_router(opened: Opened) -> APIRouter:
    """Return the route that explains."""
    router = APIRouter(prefix="/api")

    @router.post("/why")
    def why(asked: Asked) -> dict[str, Any]:
        try:
            return opened().explain(asked.question, filters=asked.filters).to_dict()
        except OsxpError as error:
            raise HTTPException(422, str(error)) from error

    return router
