"""What goes wrong on a route, as JSON: a code for the interface, which says it in its own words, and the message."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from osxp_rag.errors import OsxpError, RequestError

# Every code that a RequestError may have, with its HTTP status.
STATUSES = {
    "bad_request": 422,
    "not_allowed": 403,
    "not_kept": 404,
    "no_such_chat": 404,
    "no_such_turn": 404,
    "no_such_document": 404,
    "no_such_engine": 422,
    "busy": 409,
    "length_required": 411,
    "too_large": 413,
}
UNAVAILABLE = "unavailable"  # of any other error of the tree: the index, a model, the file of the chats

_log = logging.getLogger(__name__)


class ProblemRoute(APIRoute):
    """A route whose errors of our tree, and whose malformed requests, become JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the errors caught."""
        handle = super().get_route_handler()

        async def handle_or_explain(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                return problem(RequestError("bad_request", _wrong(error)))
            except HTTPException as error:
                return problem(RequestError("bad_request", str(error.detail)))
            except OsxpError as error:
                return problem(error)

        return handle_or_explain


def problem(error: OsxpError) -> JSONResponse:
    """Return the response for an error: `{"code", "message"}`, with the code's status."""
    if isinstance(error, RequestError):
        return JSONResponse({"code": error.code, "message": str(error)}, STATUSES[error.code])
    _log.warning("%s", error)
    return JSONResponse({"code": UNAVAILABLE, "message": str(error)}, 503)


def _wrong(error: RequestValidationError) -> str:
    """Return what is wrong with a request in one line, without repeating what was sent."""
    found = (f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors())
    return "; ".join(found)
