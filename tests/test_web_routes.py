"""The routes that the page calls, over the small corpus and the real models."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from osxp_rag.assistant import Assistant
from osxp_rag.channels.chats import open_store
from osxp_rag.channels.web.app import build_routes
from osxp_rag.channels.web.examples import examples
from osxp_rag.channels.web.glance import glance
from osxp_rag.channels.web.opening import Opening
from osxp_rag.corpus.document import Metadata
from osxp_rag.errors import IndexMissingError, OsxpError
from osxp_rag.settings import Settings

QUESTION = "Under which licence is Heron published?"
JSON = {"content-type": "application/json"}
HOSTILE = "<img src=x onerror=alert(1)> ${x}"


def client_of(opening: Opening, settings: Settings) -> TestClient:
    return TestClient(build_routes(opening, settings, open_store(settings)))


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> Settings:
    """Settings whose chats are kept in a folder of the test's own."""
    return settings.model_copy(update={"chats_dir": tmp_path / "chats", "keep_chats": True})


@pytest.fixture
def client(assistant: Assistant, kept: Settings) -> TestClient:
    """A visitor of a page whose assistant is open."""
    opening = Opening(lambda: assistant)
    opening.wait()
    return client_of(opening, kept)


def ask(client: TestClient, question: str = QUESTION, **more: Any) -> list[dict[str, Any]]:
    """Return the events of an answer."""
    response = client.post("/api/ask", content=json.dumps({"question": question, **more}), headers=JSON)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in response.text.splitlines()]


def answer_of(events: list[dict[str, Any]]) -> dict[str, Any]:
    return next(one for one in events if one["event"] == "answer")


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return {**answer, "timings_ms": None}


def test_an_answer_streams_what_is_read_then_its_statements_then_itself(client: TestClient) -> None:
    events = ask(client)
    assert [one["event"] for one in events] == ["reading", "statement", "answer", "done"]
    assert events[0]["passages"] > 0
    assert "Heron, a mail server" in events[0]["titles"]
    assert events[1]["text"] in answer_of(events)["answer"]["text"].splitlines()


def test_the_page_gets_the_answer_that_every_channel_gets(client: TestClient, assistant: Assistant) -> None:
    assert untimed(answer_of(ask(client))["answer"]) == untimed(
        json.loads(json.dumps(assistant.ask(QUESTION).to_dict()))
    )


def test_each_citation_comes_with_the_words_around_it_and_its_documents_facts(
    client: TestClient, assistant: Assistant
) -> None:
    said = answer_of(ask(client))
    for citation in said["answer"]["citations"]:
        source = said["contexts"][str(citation["id"])]
        document = assistant.document(citation["document"])
        assert document is not None
        assert source["before"] + source["quote"] + source["after"] in document.text
        assert source["quote"] == citation["quote"]
        assert source["track"] == document.metadata.track
        assert source["date"] == (document.metadata.date.isoformat() if document.metadata.date else None)


def test_a_refusal_has_no_statement_and_no_source(client: TestClient) -> None:
    events = ask(client, "Give me a ratatouille recipe")
    assert [one["event"] for one in events] == ["reading", "answer", "done"]
    assert answer_of(events)["answer"]["status"] == "abstained"
    assert answer_of(events)["contexts"] == {}


def test_filters_are_those_of_the_command_line(client: TestClient, assistant: Assistant) -> None:
    answer = answer_of(ask(client, filters={"lang": "fr"}))["answer"]
    assert untimed(answer) == untimed(json.loads(json.dumps(assistant.ask(QUESTION, filters={"lang": "fr"}).to_dict())))
    assert {one["document"] for one in answer["considered"]} == {"talks/loutre.md"}


def test_a_filter_that_does_not_exist_is_an_error_that_says_so(client: TestClient) -> None:
    error, done = ask(client, filters={"colour": "red"})
    assert error["event"] == "error"
    assert "unknown filter colour" in error["message"]
    assert done == {"event": "done"}


@pytest.mark.parametrize(
    "wrong",
    [{"question": ""}, {"question": "x" * 1001}, {"question": "a", "language": "xx"}, {"question": "\ud800"}, {}],
)
def test_a_malformed_question_is_refused_with_a_reason(client: TestClient, wrong: dict[str, Any]) -> None:
    response = client.post("/api/ask", content=json.dumps(wrong), headers=JSON)
    assert response.status_code == 422
    assert response.json()["code"] == "bad_request"


def test_a_form_of_another_site_cannot_ask(client: TestClient) -> None:
    body = json.dumps({"question": QUESTION})
    assert client.post("/api/ask", content=body, headers={"content-type": "text/plain"}).status_code == 422


def test_a_hostile_question_comes_back_as_data(client: TestClient) -> None:
    answer = answer_of(ask(client, HOSTILE))["answer"]
    assert answer["question"] == HOSTILE


def test_an_unforeseen_failure_is_told_without_its_insides(kept: Settings, assistant: Assistant) -> None:
    class Broken:
        def find(self, *_: object, **__: object) -> None:
            raise RuntimeError("secret")

    opening = Opening(lambda: Broken())  # type: ignore[arg-type, return-value]
    assert ask(client_of(opening, kept)) == [{"event": "error", "message": None}, {"event": "done"}]


def test_a_turn_is_kept_with_its_answer_and_its_sources(client: TestClient) -> None:
    said = answer_of(ask(client, filters={"lang": "en"}))
    chat = client.get(f"/api/chats/{said['chat']}").json()
    assert [turn["id"] for turn in chat["turns"]] == [said["turn"]]
    assert chat["turns"][0]["answer"] == said["answer"]
    assert chat["turns"][0]["contexts"] == said["contexts"]
    assert chat["turns"][0]["filters"] == {"lang": "en"}


def test_a_second_question_joins_its_chat(client: TestClient) -> None:
    first = answer_of(ask(client))
    second = answer_of(ask(client, "What is Loutre?", chat=first["chat"]))
    assert second["chat"] == first["chat"]
    assert len(client.get(f"/api/chats/{first['chat']}").json()["turns"]) == 2


def test_nothing_is_kept_where_that_is_switched_off(assistant: Assistant, kept: Settings) -> None:
    settings = kept.model_copy(update={"keep_chats": False})
    client = client_of(Opening(lambda: assistant), settings)
    said = answer_of(ask(client))
    assert (said["chat"], said["turn"]) == (None, None)
    assert client.get("/api/state").json()["keep_chats"] is False
    assert not settings.chats_path.exists()


def test_a_chat_that_cannot_be_kept_does_not_cost_the_answer(
    assistant: Assistant, kept: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    settings = kept.model_copy(update={"chats_dir": tmp_path / "file"})
    said = answer_of(ask(client_of(Opening(lambda: assistant), settings)))
    assert said["answer"]["status"] == "answered"
    assert said["turn"] is None


@pytest.mark.parametrize("question", [QUESTION, "What is Loutre?", "Give me a ratatouille recipe"])
def test_the_explanation_is_that_of_the_answer(client: TestClient, assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    why = client.post("/api/why", json={"question": question}).json()
    assert why["probability"] == answer.confidence
    assert why["threshold"] == assistant.settings.threshold
    assert (why["probability"] >= why["threshold"]) == answer.answered
    shown = [(one["document"], one["start"], one["answerable"], one["score"]) for one in why["passages"]]
    assert shown == [(one.document, one.start, one.answerable, one.score) for one in answer.considered]


def test_an_unknown_page_is_no_route_of_ours(client: TestClient) -> None:
    assert client.get("/api/nothing").status_code == 404


def test_the_state_is_told_before_the_assistant_is_open(assistant: Assistant, kept: Settings) -> None:
    hold = threading.Event()

    def slow() -> Assistant:
        hold.wait(60)
        return assistant

    opening = Opening(slow)
    client = client_of(opening, kept)
    opening.start()
    state = client.get("/api/state").json()
    assert (state["ready"], state["trouble"], state["documents"]) == (False, None, 3)
    assert state["generation"] == assistant.generation
    assert [one["language"] for one in client.get("/api/examples").json()] == ["en", "fr"] * 3
    hold.set()
    opening.wait()
    assert client.get("/api/state").json()["ready"] is True


def test_a_question_waits_for_the_assistant(assistant: Assistant, kept: Settings) -> None:
    hold = threading.Event()

    def slow() -> Assistant:
        hold.wait(60)
        return assistant

    client = client_of(Opening(slow), kept)
    threading.Timer(0.2, hold.set).start()
    assert answer_of(ask(client))["answer"]["status"] == "answered"


def test_what_keeps_the_assistant_from_opening_is_told_and_tried_again(assistant: Assistant, kept: Settings) -> None:
    tries = iter([IndexMissingError("no index yet. Run: osxp-rag index"), ValueError("odd"), None])

    def third_time() -> Assistant:
        if (error := next(tries)) is not None:
            raise error
        return assistant

    opening = Opening(third_time)
    client = client_of(opening, kept)
    assert ask(client)[0] == {"event": "error", "message": "no index yet. Run: osxp-rag index"}
    assert client.get("/api/state").json()["trouble"] == "no index yet. Run: osxp-rag index"
    with pytest.raises(OsxpError, match="odd"):
        opening.wait()
    assert answer_of(ask(client))["answer"]["status"] == "answered"
    assert client.get("/api/state").json()["trouble"] is None


def test_an_index_that_is_not_there_is_nothing_to_glance_at(tmp_path: Path) -> None:
    assert glance(tmp_path / "none") is None


def test_the_first_screen_of_an_empty_index_has_no_examples(
    kept: Settings, assistant: Assistant, tmp_path: Path
) -> None:
    client = client_of(Opening(lambda: assistant), kept.model_copy(update={"index": tmp_path / "none"}))
    assert client.get("/api/examples").json() == []
    assert client.get("/api/state").json()["documents"] == 0


def test_six_examples_are_drawn_from_the_documents_that_are_there(assistant: Assistant) -> None:
    shown = examples(assistant.documents())
    assert [one.language for one in shown] == ["en", "fr", "en", "fr", "en", "fr"]
    assert {one.document for one in shown} <= set(assistant.documents())
    assert shown[1].question == "De quoi parle «\u00a0Loutre, un moteur de recherche libre\u00a0»\u00a0?"
    assert examples({}) == []


def test_a_written_example_needs_its_document() -> None:
    some = {"talks/proxmox-ve.md": Metadata("Proxmox VE"), "a.md": Metadata("A")}
    assert [one.question for one in examples(some) if one.language == "en"] == [
        "What can replace VMware?",
        "What is A about?",
    ]


def test_a_title_too_long_for_a_question_is_no_example() -> None:
    assert examples({"a.md": replace(Metadata("A"), title="long " * 20)}) == []


@pytest.mark.parametrize("path", ["/ui/app.js", "/ui/tokens.css", "/ui/texts/fr.json"])
def test_the_pages_files_are_asked_for_again_but_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["x-content-type-options"] == "nosniff"
    assert client.get(path, headers={"if-none-match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", ["/ui/../app.py", "/ui/%2e%2e/app.py", "/ui/texts/..%2fserver.py"])
def test_no_other_file_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_follow_up_is_understood_from_the_answers_above_it(client: TestClient) -> None:
    first = answer_of(ask(client))["answer"]
    second = answer_of(ask(client, "Who develops it?", turns=[first]))["answer"]
    assert second["question"] == "Who develops it?"
    assert "Heron" in second["condensed"]
    why = client.post("/api/why", content=json.dumps({"question": "Who develops it?", "turns": [first]}), headers=JSON)
    assert "Heron" in why.json()["question"]


def test_what_is_no_earlier_answer_is_told(client: TestClient) -> None:
    events = ask(client, "Who develops it?", turns=[{"question": 7}])
    assert [one["event"] for one in events] == ["error", "done"]
    assert "earlier answer" in events[0]["message"]
