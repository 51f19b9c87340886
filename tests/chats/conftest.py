"""A store of chats with a clock and ids that can be foretold, its routes, and real answers to keep."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from osxp_rag.channels.chats import ChatStore, chats_router
from osxp_rag.channels.chats.database import Database

ENGLISH = "What is Heron?"
FRENCH = "Sous quelle licence est publié Loutre ?"
RECIPE = "Give me a ratatouille recipe"


@pytest.fixture(scope="session")
def answers(assistant):
    """Real answers by their question, as JSON types."""
    return {asked: json.loads(json.dumps(assistant.ask(asked).to_dict())) for asked in (ENGLISH, FRENCH, RECIPE)}


@pytest.fixture
def store(tmp_path):
    """A store whose clock ticks a minute a time and whose ids count."""
    ticks, numbers = count(), count(1)
    begun = datetime(2025, 12, 10, 9, 0, tzinfo=UTC)
    made = ChatStore(
        Database(tmp_path / "kept" / "chats.db"),
        now=lambda: begun + timedelta(minutes=next(ticks)),
        new_id=lambda: f"id{next(numbers)}",
    )
    yield made
    made.close()


@pytest.fixture
def client(store):
    return client_of(store)


def client_of(store):
    app = FastAPI()
    app.include_router(chats_router(store))
    return TestClient(app)


def ask(store, answers, asked=ENGLISH, chat=None, filters=None):
    contexts = {"1": {"before": "b", "quote": "q", "after": "a"}}
    return store.add_turn(chat, asked, filters or {}, answers[asked], contexts, answers[asked]["language"])
