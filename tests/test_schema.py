"""The answer's JSON schema: it holds for every answer, and refuses what is none."""

import json
from dataclasses import fields
from importlib.resources import files
from typing import get_args

import pytest
from jsonschema import Draft202012Validator, ValidationError

from osxp_rag.answering.answer import (
    Answer,
    Choice,
    Citation,
    Considered,
    Direct,
    Nearest,
    Notice,
    NoticeCode,
    Reason,
    Status,
)

SCHEMA = json.loads((files("osxp_rag.answering") / "answer.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)


def as_sent(answer):
    return json.loads(json.dumps(answer.to_dict()))


@pytest.fixture
def answered(assistant):
    """An answer as a channel sends it."""
    return as_sent(assistant.ask("What is Heron?"))


@pytest.fixture
def refused(assistant):
    """A refusal as a channel sends it."""
    return as_sent(assistant.ask("Give me a ratatouille recipe"))


def objects(schema):
    """Yield every object that the schema describes."""
    if schema.get("type") == "object":
        yield schema
    for part in (*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()):
        yield from objects(part)


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_names_the_parts_of_an_answer_in_their_order():
    for schema, kind in (
        (SCHEMA, Answer),
        (SCHEMA["$defs"]["citation"], Citation),
        (SCHEMA["$defs"]["nearest"], Nearest),
        (SCHEMA["$defs"]["direct"], Direct),
        (SCHEMA["$defs"]["considered"], Considered),
        (SCHEMA["$defs"]["choice"], Choice),
        (SCHEMA["$defs"]["notice"], Notice),
    ):
        assert list(schema["properties"]) == [field.name for field in fields(kind)]


def test_every_object_is_closed_and_complete():
    found = list(objects(SCHEMA))
    assert len(found) == 8
    for schema in found:
        assert schema["additionalProperties"] is False
        assert schema["required"] == list(schema["properties"])


def test_the_schema_lists_every_status_and_reason():
    assert SCHEMA["properties"]["status"]["enum"] == list(get_args(Status))
    assert SCHEMA["properties"]["reason"]["enum"] == [None, *get_args(Reason)]
    assert SCHEMA["$defs"]["notice"]["properties"]["code"]["enum"] == list(get_args(NoticeCode))


@pytest.mark.parametrize(
    "question",
    [
        "What is Heron?",
        "Which talks are about licences?",
        "Sous quelle licence est publié Loutre ?",
        "Who came to the dinner?",
        "Give me a ratatouille recipe",
        "Wie hoch ist der Mond?",
        "???",
        "",
        "what licence is it under?",
        "hello",
    ],
)
def test_every_answer_keeps_to_the_schema(assistant, question):
    VALIDATOR.validate(as_sent(assistant.ask(question)))


def test_a_refusal_for_a_filter_keeps_to_the_schema(assistant):
    VALIDATOR.validate(as_sent(assistant.ask("What is Heron?", filters={"track": "cloud"})))


def is_invalid(answer):
    with pytest.raises(ValidationError):
        VALIDATOR.validate(answer)


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"status": "maybe"},
        {"reason": "no_evidence"},
        {"citations": []},
        {"text": ""},
        {"confidence": 1.2},
        {"language": "english"},
        {"timings_ms": {"total": 1}},
        {"direct": {}},
        {"direct": "Heron"},
        {"considered": None},
        {"considered": [{}]},
        {"condensed": ""},
        {"choices": None},
        {"choices": [{"label": "Heron", "question": "What is Heron?"}]},
    ],
)
def test_an_answer_that_is_changed_is_refused(answered, change):
    is_invalid(answered | change)


@pytest.mark.parametrize("change", [{"id": 0}, {"start": -1}, {"quote": ""}, {"page": 0}, {"more": 1}, {"title": None}])
def test_a_citation_that_is_changed_is_refused(answered, change):
    is_invalid(answered | {"citations": [answered["citations"][0] | change]})


DIRECT = {"citation": 1, "start": 0, "end": 5, "text": "Heron"}


def test_an_answer_may_have_direct_words_or_none(answered):
    for direct in (DIRECT, None):
        VALIDATOR.validate(answered | {"direct": direct})


@pytest.mark.parametrize(
    "change", [{"citation": 0}, {"citation": None}, {"start": -1}, {"end": 0}, {"text": ""}, {"more": 1}]
)
def test_direct_words_that_are_changed_are_refused(answered, change):
    is_invalid(answered | {"direct": DIRECT | change})


def test_direct_words_that_lack_a_part_are_refused(answered):
    for name in DIRECT:
        is_invalid(answered | {"direct": {key: value for key, value in DIRECT.items() if key != name}})


@pytest.mark.parametrize(
    "change",
    [{"document": ""}, {"start": -1}, {"end": 0}, {"score": None}, {"lexical": -1}, {"answerable": 1.1}, {"more": 1}],
)
def test_a_passage_considered_that_is_changed_is_refused(answered, change):
    is_invalid(answered | {"considered": [answered["considered"][0] | change]})


def test_a_passage_considered_that_lacks_a_part_is_refused(answered):
    one = answered["considered"][0]
    for name in one:
        is_invalid(answered | {"considered": [{key: value for key, value in one.items() if key != name}]})


def test_a_passage_that_was_not_read_may_be_considered(answered):
    unread = answered["considered"][0] | {"answerable": None, "margin": None}
    VALIDATOR.validate(answered | {"considered": [unread]})


NOTICE = {"code": "dropped", "text": "One sentence is left out."}


def test_an_answer_may_have_notices(answered):
    VALIDATOR.validate(answered | {"notices": [NOTICE]})


@pytest.mark.parametrize("change", [{"code": "tired"}, {"text": ""}, {"text": None}, {"more": 1}])
def test_a_notice_that_is_changed_is_refused(answered, change):
    is_invalid(answered | {"notices": [NOTICE | change]})


def test_a_refusal_with_direct_words_is_refused(refused):
    is_invalid(refused | {"direct": DIRECT})


def test_a_refusal_with_a_citation_is_refused(answered, refused):
    is_invalid(refused | {"citations": answered["citations"]})


@pytest.mark.parametrize("reason", [None, "tired"])
def test_a_refusal_without_a_known_reason_is_refused(refused, reason):
    is_invalid(refused | {"reason": reason})


@pytest.mark.parametrize("change", [{"label": ""}, {"question": None}, {"more": 1}])
def test_a_choice_that_is_changed_is_refused(assistant, change):
    asked_back = as_sent(assistant.ask("what licence is it under?"))
    VALIDATOR.validate(asked_back)
    is_invalid(asked_back | {"choices": [asked_back["choices"][0] | change]})


def test_an_answer_that_lacks_a_part_is_refused(answered):
    for name in answered:
        is_invalid({key: value for key, value in answered.items() if key != name})
