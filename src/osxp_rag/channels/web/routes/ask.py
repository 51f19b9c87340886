"""`/api/ask`: one question, answered as a stream of events, one JSON object a line."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal, Protocol

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.requests import Request

from osxp_rag.answering.answer import Answer
from osxp_rag.answering.conversation.turn import Turn, turn_from
from osxp_rag.answering.phrasing.events import Released
from osxp_rag.channels.problems import ProblemRoute
from osxp_rag.channels.web.routes.engines import LONGEST_NAME
from osxp_rag.channels.web.routes.sources import sources_of
from osxp_rag.errors import OsxpError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from osxp_rag.assistant import Assistant

LONGEST_QUESTION = 1000
MOST_TURNS = 20
_AT_ONCE = 4  # questions; more wait for a turn, since each takes the processor's cores
_SHOWN = 3  # titles of what is being read

_log = logging.getLogger(__name__)
Event = dict[str, Any]
Opened = Callable[[], "Assistant"]
Chosen = Callable[[str | None, Request], str | None]


class Asked(BaseModel):
    """A question, with the filters of `osxp-rag ask --filter` and the chat that it belongs to.

    `turns` are the answers before it, oldest first, as JSON: what a follow-up may lean on. `engine` names what phrases
    the answer, the setting's engine unless given.
    """

    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)
    filters: dict[str, str] = Field(default_factory=dict, max_length=20)
    chat: str | None = None
    language: Literal["en", "fr"] = "en"
    turns: list[dict[str, Any]] = Field(default_factory=list, max_length=MOST_TURNS)
    engine: str | None = Field(None, min_length=1, max_length=LONGEST_NAME)

    @property
    def before(self) -> tuple[Turn, ...]:
        """The turns before; QuestionsError where they are no answers."""
        return tuple(turn_from(one) for one in self.turns)


class Keeper(Protocol):
    """Keeps the turns of chats."""

    def add_turn(
        self,
        chat: str | None,
        question: str,
        filters: Mapping[str, str],
        answer: Mapping[str, Any],
        contexts: Mapping[str, Any] | None,
        language: str,
    ) -> tuple[str | None, str | None]:
        """Keep a turn; return the ids of its chat and of itself, or neither where nothing is kept."""
        ...


def ask_router(opened: Opened, keeper: Keeper, chosen: Chosen) -> APIRouter:
    """Return the route that answers; `chosen` gives the whole name of a question's engine, or refuses it."""
    router = APIRouter(prefix="/api", route_class=ProblemRoute)
    turn = threading.BoundedSemaphore(_AT_ONCE)

    @router.post("/ask")
    def ask(asked: Asked, request: Request) -> StreamingResponse:
        engine = chosen(asked.engine, request)
        return _Told(events(opened, keeper, asked, turn, engine))

    return router


class _Told(StreamingResponse):
    """Events as lines of JSON; when the page leaves, what makes them is closed, and a language model is not read on."""

    def __init__(self, told: Generator[Event]) -> None:
        self._told = told
        lines = (json.dumps(event) + "\n" for event in told)
        super().__init__(lines, media_type="application/x-ndjson", headers={"Cache-Control": "no-store"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._told.close()


def events(
    opened: Opened, keeper: Keeper, asked: Asked, turn: threading.BoundedSemaphore, engine: str | None = None
) -> Generator[Event]:
    """Yield what happens to a question: what is read, each statement once it is let out, the answer whole, the end."""
    try:
        assistant = opened()
        with turn:
            yield _reading(assistant, asked, engine)
            answer = yield from _told(assistant, asked, engine)
        yield _answered(assistant, keeper, asked, answer)
    except OsxpError as error:
        yield {"event": "error", "message": str(error)}
    except Exception:
        # The boundary of the channel: a visitor gets a sentence, the terminal gets the traceback.
        _log.exception("The question could not be answered")
        yield {"event": "error", "message": None}
    yield {"event": "done"}


def _told(assistant: Assistant, asked: Asked, engine: str | None) -> Generator[Event, None, Answer]:
    """Yield the statements of the assistant's answer, and return it; what a model said in vain is not told."""
    stream = assistant.stream(asked.question, turns=asked.before, filters=asked.filters, engine=engine)
    with closing(stream):  # type: ignore[type-var]
        for event in stream:
            if isinstance(event, Released):
                yield {"event": "statement", "text": event.text}
            elif isinstance(event, Answer):
                return event
    raise AssertionError("no answer at the end of the stream")


def _reading(assistant: Assistant, asked: Asked, engine: str | None) -> Event:
    """Return what is about to be read; finding it takes a fraction of what reading it does."""
    hits = assistant.find(asked.question, turns=asked.before, filters=asked.filters, engine=engine).hits
    titles = dict.fromkeys(hit.metadata.title for hit in hits)
    return {"event": "reading", "passages": len(hits), "titles": list(titles)[:_SHOWN]}


def _answered(assistant: Assistant, keeper: Keeper, asked: Asked, answer: Answer) -> Event:
    said, contexts = answer.to_dict(), sources_of(assistant, answer)
    chat, turn = _kept(keeper, asked, said, contexts)
    return {"event": "answer", "answer": said, "contexts": contexts, "chat": chat, "turn": turn}


def _kept(
    keeper: Keeper, asked: Asked, said: dict[str, Any], contexts: dict[str, Any]
) -> tuple[str | None, str | None]:
    """Keep a turn; one that cannot be kept is shown all the same."""
    try:
        return keeper.add_turn(asked.chat, asked.question, asked.filters, said, contexts, asked.language)
    except OsxpError as error:
        _log.warning("%s", error)
        return None, None
