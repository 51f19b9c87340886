"""What visitors thought of answers is kept, and becomes questions."""

import json

import pytest

from osxp_rag.evaluation.questions import load_questions
from tests.chats.conftest import ENGLISH, FRENCH, RECIPE, ask


def test_a_judgement_is_kept_replaced_and_taken_back(store, client, answers):
    chat, turn = ask(store, answers)
    path = f"/api/turns/{turn}/feedback"

    assert client.put(path, json={"value": "down", "reason": " too long "}).json() == {
        "value": "down",
        "reason": "too long",
    }
    client.put(path, json={"value": "up"})
    assert client.get(f"/api/chats/{chat}").json()["turns"][0]["feedback"] == {"value": "up", "reason": ""}
    assert client.put(path, json={"value": None}).json() is None
    assert client.get(f"/api/chats/{chat}").json()["turns"][0]["feedback"] is None


@pytest.mark.parametrize(
    "body", [{}, {"value": "maybe"}, {"value": "up", "reason": "x" * 2001}, {"value": "up", "x": 1}]
)
def test_a_judgement_that_is_none_is_refused(store, client, answers, body):
    _, turn = ask(store, answers)
    refused = client.put(f"/api/turns/{turn}/feedback", json=body)

    assert (refused.status_code, refused.json()["code"]) == (422, "bad_request")


def test_judgements_become_questions_that_the_evaluation_reads(store, client, answers, tmp_path):
    chat, good = ask(store, answers)
    _, bad = ask(store, answers, FRENCH, chat=chat)
    _, refused = ask(store, answers, RECIPE, chat=chat)
    ask(store, answers, FRENCH)
    client.put(f"/api/turns/{good}/feedback", json={"value": "up"})
    client.put(f"/api/turns/{bad}/feedback", json={"value": "down", "reason": "Wrong licence"})
    client.put(f"/api/turns/{refused}/feedback", json={"value": "up"})
    sent = client.get("/api/feedback/export")
    (tmp_path / "feedback.jsonl").write_bytes(sent.content)
    rows = [json.loads(line) for line in sent.text.splitlines()]

    assert [(row["question"], row["answerable"]) for row in rows] == [(ENGLISH, True), (FRENCH, None), (RECIPE, False)]
    assert rows[1]["note"] == "down: Wrong licence"
    liked, rightly_refused = load_questions(tmp_path / "feedback.jsonl")
    assert (liked.answerable, rightly_refused.answerable) == (True, False)
    assert liked.documents == ("talks/heron.md",)
    assert all(pattern.search(answers[ENGLISH]["text"]) for pattern in liked.patterns)
    assert len(liked.patterns) == 1
