"""`/api/engines`: what may phrase the answers here, and how it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from osxp_rag.channels.guard import from_here_only, known_host, same_origin
from osxp_rag.channels.problems import ProblemRoute
from osxp_rag.channels.web.offers import Offer, Offers
from osxp_rag.errors import RequestError

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

LONGEST_NAME = 500


class Named(BaseModel):
    """An engine that a visitor has typed."""

    model_config = ConfigDict(extra="forbid")
    engine: str = Field(min_length=1, max_length=LONGEST_NAME)


def engines_router(offers: Offers, settings: Settings) -> APIRouter:
    """Return the routes that look for engines; both make the server ask others, so only its own page may use them."""
    guards = [Depends(known_host(settings.host)), Depends(same_origin)]
    router = APIRouter(prefix="/api/engines", route_class=ProblemRoute, dependencies=guards)

    @router.get("")
    def found(request: Request) -> dict[str, Any]:
        here = from_here_only(settings.host, request)
        return {"offers": [_plain(one, here) for one in offers.look()], "typing": here}

    @router.post("/check")
    def check(named: Named, request: Request) -> dict[str, Any]:
        if not from_here_only(settings.host, request):
            raise RequestError("not_allowed", "engines may be named on the machine itself only.")
        whole = offers.resolve(named.engine, typed=True)
        return _plain(replace(offers.check(whole or named.engine), engine=named.engine), True)

    return router


def chosen_engine(offers: Offers, settings: Settings, engine: str | None, request: Request) -> str | None:
    """Return the whole name of the engine that a question names, None for the setting's.

    A name that a visitor made up has the server connect to an address or open a file: it counts only from this
    server's page, and where the server listens on this machine alone.

    Raises:
        RequestError: `not_allowed` or `no_such_engine`.
    """
    if offers.knows(engine):
        return offers.resolve(engine, typed=False)
    same_origin(request)
    return offers.resolve(engine, typed=from_here_only(settings.host, request))


def _plain(offer: Offer, here: bool) -> dict[str, Any]:
    """Return an offer as JSON types; what it says of this machine's addresses and folders stays on it."""
    return {
        "engine": offer.engine,
        "setting": offer.setting,
        "state": offer.state,
        "message": offer.message if here else "",
    }
