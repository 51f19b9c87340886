"""The routes that the page calls: data as JSON, answers as a stream."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from osxp_rag.channels.admin import admin_router
from osxp_rag.channels.catalogue import corpus_router
from osxp_rag.channels.chats import chats_router
from osxp_rag.channels.web.offers import Offers
from osxp_rag.channels.web.routes.ask import ask_router
from osxp_rag.channels.web.routes.engines import chosen_engine, engines_router
from osxp_rag.channels.web.routes.state import state_router
from osxp_rag.channels.web.routes.why import why_router

if TYPE_CHECKING:
    from fastapi import FastAPI

    from osxp_rag.channels.chats import ChatStore
    from osxp_rag.channels.web.opening import Opening
    from osxp_rag.settings import Settings


def add_routes(app: FastAPI, opening: Opening, settings: Settings, store: ChatStore) -> None:
    """Give the application every route of the page."""
    offers = Offers(settings)
    app.include_router(state_router(opening, settings))
    app.include_router(engines_router(offers, settings))
    chosen = functools.partial(chosen_engine, offers, settings)
    app.include_router(ask_router(opening.wait, store, chosen))
    app.include_router(why_router(opening.wait, chosen))
    app.include_router(chats_router(store))
    app.include_router(corpus_router(opening.wait))
    if settings.admin:
        app.include_router(admin_router(settings, opening.wait))
