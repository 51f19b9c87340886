"""The routes of the chats: list, read, rename, delete, judge, export."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from osxp_rag.channels.chats.feedback import questions_file
from osxp_rag.channels.chats.markdown import answer_text, markdown
from osxp_rag.channels.chats.page import html
from osxp_rag.channels.chats.records import Chat, Value
from osxp_rag.channels.chats.store import ChatStore
from osxp_rag.channels.chats.titles import file_name
from osxp_rag.channels.problems import ProblemRoute

Export = Literal["md", "html", "json"]
_PRIVATE = {"Cache-Control": "no-store"}


class Title(BaseModel):
    """A new title of a chat."""

    model_config = ConfigDict(extra="forbid")
    title: str = Field(max_length=200)


class Judgement(BaseModel):
    """What somebody thinks of an answer; no value takes it back."""

    model_config = ConfigDict(extra="forbid")
    value: Value | None
    reason: str = Field("", max_length=2000)


def chats_router(store: ChatStore) -> APIRouter:
    """Return the routes over a store; where nothing is kept all of them answer 404 with the code `not_kept`."""
    router = APIRouter(prefix="/api", route_class=ProblemRoute)
    _add_chats(router, store)
    _add_turns(router, store)
    _add_exports(router, store)
    return router


def _add_chats(router: APIRouter, store: ChatStore) -> None:
    @router.get("/chats")
    def listed() -> list[dict[str, Any]]:
        return [chat.to_dict() for chat in store.chats()]

    @router.get("/chats/{chat}")
    def read(chat: str) -> dict[str, Any]:
        return store.chat(chat).to_dict()

    @router.patch("/chats/{chat}")
    def rename(chat: str, new: Title) -> dict[str, Any]:
        return store.rename(chat, new.title).to_dict()

    @router.delete("/chats/{chat}")
    def remove(chat: str) -> dict[str, int]:
        return {"removed": store.remove(chat)}

    @router.delete("/chats")
    def remove_all() -> dict[str, int]:
        return {"removed": store.remove_all()}


def _add_turns(router: APIRouter, store: ChatStore) -> None:
    @router.delete("/chats/{chat}/turns/{turn}")
    def remove_turns(chat: str, turn: str) -> dict[str, int]:
        return {"removed": store.remove_turns(chat, turn)}

    @router.put("/turns/{turn}/feedback")
    def judge(turn: str, given: Judgement) -> dict[str, str] | None:
        judged = store.judge(turn, given.value, given.reason)
        return {"value": judged.value, "reason": judged.reason} if judged else None

    @router.get("/turns/{turn}/text")
    def text(turn: str) -> PlainTextResponse:
        found = store.turn(turn)
        return PlainTextResponse(answer_text(found.answer, found.language), headers=_PRIVATE)


def _add_exports(router: APIRouter, store: ChatStore) -> None:
    @router.get("/chats/{chat}/export")
    def export(chat: str, format: Export = "md") -> Response:
        found = store.chat(chat)
        write, kind = _WRITERS[format]
        return _file(write(found), kind, file_name(found.title, format))

    @router.get("/feedback/export")
    def feedback() -> Response:
        return _file(questions_file(store.rated()), "application/jsonl", "osxp-rag-feedback.jsonl")


def _as_json(chat: Chat) -> str:
    return json.dumps(chat.to_dict(), ensure_ascii=False, indent=1) + "\n"


def _file(text: str, kind: str, name: str) -> Response:
    """Return a file to be saved, never to be shown: it holds other people's words."""
    headers = {
        **_PRIVATE,
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text.encode(), media_type=f"{kind}; charset=utf-8", headers=headers)


_WRITERS: dict[Export, tuple[Callable[[Chat], str], str]] = {
    "md": (markdown, "text/markdown"),
    "html": (html, "text/html"),
    "json": (_as_json, "application/json"),
}
