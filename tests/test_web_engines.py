"""Language models through the page's routes: what may be chosen, by whom, and what an answer then says."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from osxp_rag.assistant import Assistant
from osxp_rag.channels.chats import open_store
from osxp_rag.channels.web.app import build_routes
from osxp_rag.channels.web.opening import Opening
from osxp_rag.channels.web.routes.ask import Asked, events
from osxp_rag.errors import EngineError
from osxp_rag.models.engines.health import check_engine
from osxp_rag.settings import Settings
from tests.faulty import Server, faulty

QUESTION, FRENCH = "What is Heron?", "Sous quelle licence est publié Loutre ?"
TRUE = "Heron is a free mail server written in Rust [1].\n"
FALSE = "Heron is made of cheese from Wisconsin [1].\n"
OWN_PAGE = {"X-OSXP": "1"}


def client_of(assistant: Assistant, settings: Settings) -> TestClient:
    """Return the server's own page; it may do what another site's may not."""
    app = build_routes(Opening(lambda: assistant), settings, open_store(settings))
    return TestClient(app, base_url="http://127.0.0.1:7860", headers=OWN_PAGE)


def changed(settings: Settings, **more: object) -> Settings:
    return settings.model_copy(update={"keep_chats": False, **more})


@pytest.fixture
def client(assistant: Assistant, settings: Settings) -> TestClient:
    return client_of(assistant, changed(settings))


@pytest.fixture
def served_to_others(assistant: Assistant, settings: Settings) -> TestClient:
    """A visitor of a server that anybody in the network may reach."""
    return client_of(assistant, changed(settings, host="0.0.0.0"))


@pytest.fixture
def model() -> Iterator[Server]:
    """A server with a model that says one true sentence."""
    with faulty("says") as server:
        server.sayings = [TRUE]
        server.go_on.set()
        yield server


def ask(client: TestClient, question: str = QUESTION, **more: object) -> list[dict]:
    response = client.post("/api/ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


def answer(told: list[dict]) -> dict:
    return next(one["answer"] for one in told if one["event"] == "answer")


def offers(client: TestClient) -> dict[str, dict]:
    return {one["engine"]: one for one in client.get("/api/engines").json()["offers"]}


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


# What may be chosen


def test_quotes_is_always_offered_and_is_the_setting(client: TestClient) -> None:
    assert offers(client)["quotes"] == {"engine": "quotes", "setting": True, "state": "ok", "message": ""}
    assert client.get("/api/state").json()["engine"] == "quotes"


@pytest.mark.parametrize("name", ["ollama:small@{}", "openai:small@{}/v1"])
def test_the_settings_engine_and_the_other_models_of_its_server_are_offered(
    assistant: Assistant, settings: Settings, name: str
) -> None:
    with faulty("none") as server:
        server.listed = [{"name": "small:latest"}, {"name": "big"}]
        found = offers(client_of(assistant, changed(settings, engine=name.format(server.url))))
    shown = name.partition("@")[0]
    assert (found[shown]["setting"], found[shown]["state"]) == (True, "ok")
    assert found["quotes"]["setting"] is False
    assert ("ollama:big" in found) == name.startswith("ollama")


def test_a_model_that_ollama_has_run_elsewhere_is_not_offered(assistant: Assistant, settings: Settings) -> None:
    with faulty("none") as server:
        server.listed = [{"name": "big:120b", "remote_host": "https://elsewhere.example:443"}]
        name = f"ollama:big:120b@{server.url}"
        found = offers(client_of(assistant, changed(settings, engine=name)))
        with pytest.raises(EngineError, match="no model"):
            check_engine(settings, name)
        assert check_engine(settings.model_copy(update={"allow_network": True}), name)
    assert found["ollama:big:120b"]["state"] == "down"


@pytest.mark.parametrize(("fault", "state"), [("error", "down"), ("hang", "slow"), ("page", "garbage")])
def test_an_ailing_engine_of_the_settings_says_so(
    assistant: Assistant, settings: Settings, fault: str, state: str
) -> None:
    with faulty(fault) as server:
        found = offers(client_of(assistant, changed(settings, engine=f"openai:small@{server.url}/v1")))
    assert found["openai:small"]["state"] == state
    assert found["openai:small"]["message"]


def test_visitors_from_elsewhere_learn_no_address_and_no_folder(assistant: Assistant, settings: Settings) -> None:
    engine = f"openai:small@http://127.0.0.1:{closed_port()}/v1"
    told = client_of(assistant, changed(settings, host="0.0.0.0", engine=engine)).get("/api/engines")
    assert "openai:small" in told.text
    assert "127.0.0.1" not in told.text
    assert told.json()["typing"] is False


@pytest.mark.parametrize("headers", [{"X-OSXP": ""}, {"origin": "http://evil.example"}, {"host": "evil.example"}])
def test_no_other_sites_page_has_engines_looked_for(client: TestClient, headers: dict[str, str]) -> None:
    with faulty("none") as server:
        engine = f"openai:small@{server.url}/v1"
        assert client.get("/api/engines", headers=headers).status_code == 403
        assert client.post("/api/engines/check", json={"engine": engine}, headers=headers).status_code == 403
        assert server.asked == []


# Names that are typed


def test_a_typed_name_is_checked(client: TestClient, model: Server) -> None:
    engine = f"openai:small@{model.url}/v1"
    good = client.post("/api/engines/check", json={"engine": engine}).json()
    assert (good["engine"], good["state"]) == (engine, "ok")
    bad = client.post("/api/engines/check", json={"engine": f"openai:other@{model.url}/v1"}).json()
    assert bad["state"] == "down"
    assert "it has small" in bad["message"]


@pytest.mark.parametrize(
    ("engine", "reason"),
    [
        ("oracle", "write quotes"),
        ("openai:m", "write quotes"),
        ("openai:m@http://192.0.2.1/v1", "allow_network"),
        ("openai:m@http://localhost@192.0.2.1/v1", "allow_network"),
        ("ollama:gpt-oss:120b-cloud", "another machine"),
    ],
)
def test_a_name_that_is_none_or_leads_elsewhere_is_refused(client: TestClient, engine: str, reason: str) -> None:
    for path, body in (("/api/engines/check", {}), ("/api/ask", {"question": QUESTION})):
        refused = client.post(path, json={**body, "engine": engine})
        assert (refused.status_code, refused.json()["code"]) == (422, "no_such_engine")
        assert reason in refused.json()["message"]


def test_where_others_reach_the_server_no_name_of_theirs_is_followed(
    served_to_others: TestClient, model: Server, tmp_path: Path
) -> None:
    for engine in (f"openai:small@{model.url}/v1", f"ollama:small@{model.url}", f"gguf:{tmp_path}"):
        for path, body in (("/api/engines/check", {}), ("/api/ask", {"question": QUESTION})):
            refused = served_to_others.post(path, json={**body, "engine": engine})
            assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert model.asked == []


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "203.0.113.9"}, {"X-OSXP": ""}, {"sec-fetch-site": "cross-site"}]
)
def test_behind_a_proxy_or_from_another_page_neither(
    client: TestClient, model: Server, headers: dict[str, str]
) -> None:
    asked = {"question": QUESTION, "engine": f"openai:small@{model.url}/v1"}
    assert client.post("/api/ask", json=asked, headers=headers).status_code == 403
    assert model.asked == []


def test_what_is_found_may_be_chosen_from_anywhere(assistant: Assistant, settings: Settings) -> None:
    with faulty("says") as server:
        server.sayings, server.listed = [TRUE], [{"name": "small"}, {"name": "big"}]
        server.go_on.set()
        client = client_of(assistant, changed(settings, host="0.0.0.0", engine=f"ollama:small@{server.url}"))
        assert answer(ask(client, engine="ollama:big"))["engine"] == "ollama:big"
        assert client.post("/api/ask", json={"question": QUESTION, "engine": "ollama:huge"}).status_code == 403
        assert '"big"' in server.bodies[0]


# What an answer says


def test_an_answer_that_a_model_phrased_names_it(client: TestClient, model: Server) -> None:
    told = ask(client, engine=f"openai:small@{model.url}/v1")
    assert answer(told)["engine"] == "openai:small"
    assert [one["text"] for one in told if one["event"] == "statement"] == answer(told)["text"].splitlines()


def test_what_the_documents_do_not_say_never_reaches_the_page(client: TestClient, model: Server) -> None:
    model.sayings = [TRUE, FALSE]
    told = ask(client, engine=f"openai:small@{model.url}/v1")
    assert "cheese" not in json.dumps(told)
    assert [one["code"] for one in answer(told)["notices"]] == ["dropped"]


def test_quotes_may_be_chosen_where_a_model_is_set(assistant: Assistant, settings: Settings, model: Server) -> None:
    client = client_of(assistant, changed(settings, engine=f"openai:small@{model.url}/v1"))
    assert answer(ask(client, engine="quotes"))["engine"] == "quotes"
    assert model.asked == []


def test_an_engine_that_is_down_gives_way_with_a_notice_in_the_questions_language(client: TestClient) -> None:
    said = answer(ask(client, FRENCH, engine=f"openai:small@http://127.0.0.1:{closed_port()}/v1"))
    assert (said["engine"], said["status"]) == ("quotes", "answered")
    assert [one["code"] for one in said["notices"]] == ["engine_down"]
    assert said["notices"][0]["text"].startswith("Le modèle de langue")


@pytest.mark.parametrize("name", ["openai:small@{}/v1", "ollama:small@{}"])
def test_a_statement_comes_while_the_model_still_speaks_and_who_leaves_closes_it(
    assistant: Assistant, settings: Settings, name: str
) -> None:
    with faulty("says") as server:
        server.sayings = [TRUE, "Heron was first released on 3 May 2019 [1].\n"]
        turn = threading.BoundedSemaphore(1)
        store = open_store(changed(settings))
        told = events(lambda: assistant, store, Asked(question=QUESTION), turn, name.format(server.url))
        assert next(told)["event"] == "reading"
        assert next(told) == {"event": "statement", "text": TRUE.strip().replace(" [1].", ". [1]")}
        assert not turn.acquire(blocking=False)
        told.close()
        assert turn.acquire(blocking=False)
        assert server.left.wait(10)
