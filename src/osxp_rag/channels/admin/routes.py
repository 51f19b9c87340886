"""The routes of new content: for pages of this server only, and mounted only where the settings allow it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request

from osxp_rag.channels.admin.job import Jobs
from osxp_rag.channels.admin.uploads import MOST, Saved, Uploads
from osxp_rag.channels.commands.status import FileState, gather
from osxp_rag.channels.guard import known_host, same_origin
from osxp_rag.channels.problems import ProblemRoute
from osxp_rag.errors import OsxpError, RequestError
from osxp_rag.index.plan import Plan
from osxp_rag.index.update import plan_update
from osxp_rag.settings import Settings

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant

_FIELDS = ("files[]", "files")
_SERVING = ("indexed", "duplicate", "changed", "renamed", "removed")


class Order(BaseModel):
    """What to index: what has changed, or everything anew."""

    model_config = ConfigDict(extra="forbid")
    full: bool = False


def admin_router(settings: Settings, assistant: Callable[[], Assistant]) -> APIRouter:
    """Return the routes; mount them only where `settings.admin` is set.

    `assistant` gives the one that serves, which takes up what was indexed.

    Raises:
        RequestError: `not_allowed`, the settings do not allow it.
    """
    if not settings.admin:
        raise RequestError("not_allowed", "admin is false; start the chat with --admin.")
    known = [Depends(known_host(settings.host))]
    router = APIRouter(prefix="/api/admin", route_class=ProblemRoute, dependencies=known)
    _add_views(router, settings)
    _add_upload(router, Uploads(settings))
    _add_jobs(router, Jobs(settings, lambda: _take_up(assistant)))
    return router


def _add_views(router: APIRouter, settings: Settings) -> None:
    @router.get("/files")
    def files() -> dict[str, Any]:
        status = gather(settings)
        return {"files": [_file(one) for one in status.files], "totals": status.totals}

    @router.get("/plan")
    def plan() -> dict[str, Any]:
        return _plan(plan_update(settings)[0])


def _add_upload(router: APIRouter, uploads: Uploads) -> None:
    # The body is read after the guards: FastAPI would read it before.
    @router.post("/upload", dependencies=[Depends(same_origin)])
    async def upload(request: Request) -> list[dict[str, Any]]:
        _check_length(request, uploads.most)
        async with request.form(max_files=MOST, max_fields=0) as form:
            files = [one for name in _FIELDS for one in form.getlist(name) if isinstance(one, UploadFile)]
            return [asdict(one) for one in await run_in_threadpool(_take, uploads, files)]


def _add_jobs(router: APIRouter, jobs: Jobs) -> None:
    @router.post("/index", status_code=202, dependencies=[Depends(same_origin)])
    def index(order: Order) -> dict[str, str]:
        return {"job": jobs.start(full=order.full)}

    @router.get("/job")
    def job() -> dict[str, Any]:
        return jobs.last.to_dict()


def _take_up(assistant: Callable[[], Assistant]) -> None:
    """Have the assistant change to what was indexed; one that is not ready yet will find it by itself."""
    with contextlib.suppress(OsxpError):
        assistant().documents()


def _take(uploads: Uploads, files: list[UploadFile]) -> list[Saved]:
    with uploads.reader() as reader:
        return [uploads.add(file.filename or "", file.file, reader) for file in files]


def _check_length(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise RequestError("length_required", "the request does not say how long it is.")
    if int(length) > most:
        raise RequestError("too_large", f"more than {most // 1_000_000} MB together; add fewer files at once.")


def _file(state: FileState) -> dict[str, Any]:
    return {
        "path": state.path,
        "state": state.state,
        "reason": state.reason,
        "passages": state.passages,
        "bytes": state.size,
        "indexed": state.state in _SERVING,
    }


def _plan(plan: Plan) -> dict[str, Any]:
    return {**plan.to_dict(), "unchanged": len(plan.unchanged), "empty": plan.empty}
