"""A language model that is down, slow, cut off or talks rubbish: the answer is the documents' own, and says so."""

import socket

import pytest

from osxp_rag import Assistant, Settings
from osxp_rag.channels.checks import all_checks
from osxp_rag.errors import EngineError
from osxp_rag.models.engines.health import check_engine
from tests.faulty import faulty

QUESTION, FRENCH = "What is Heron?", "Sous quelle licence est publié Loutre ?"
KINDS = {"openai": "openai:small@{}/v1", "ollama": "ollama:small@{}"}


@pytest.fixture(scope="module")
def hurried(settings, embedder):
    """An assistant that does not wait long for a language model."""
    changed = settings.model_copy(update={"engine_first_token": 4.0, "engine_deadline": 6.0})
    made = Assistant(changed, embedder)
    yield made
    made.close()


def closed_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def same_but_for_the_notice(answer, plain):
    assert (answer.text, answer.citations, answer.direct) == (plain.text, plain.citations, None)
    assert answer.engine == "quotes"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("hang", "engine_slow"),
        ("error", "engine_down"),
        ("redirect", "engine_down"),
        ("stall", "engine_slow"),
        ("babble", "engine_garbage"),
        ("nothing", "engine_garbage"),
    ],
)
def test_a_faulty_server_gives_way_to_the_documents_own_words(hurried, assistant, kind, fault, code):
    with faulty(fault) as server:
        answer = hurried.ask(QUESTION, engine=KINDS[kind].format(server.url))
    assert server.asked
    assert [one.code for one in answer.notices] == [code]
    assert answer.answered
    assert {one.quote for one in answer.citations} >= {assistant.ask(QUESTION).citations[0].quote}
    assert answer.engine == "quotes"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", ["cut", "bad json", "page"])
def test_a_server_that_breaks_off_or_speaks_another_language_gives_way_too(hurried, assistant, kind, fault):
    with faulty(fault) as server:
        answer = hurried.ask(QUESTION, engine=KINDS[kind].format(server.url))
    assert answer.engine == "quotes"
    assert answer.citations[0].quote == assistant.ask(QUESTION).citations[0].quote
    assert answer.notices


def test_a_server_that_is_not_there_gives_way_in_the_questions_language(hurried, assistant):
    answer = hurried.ask(FRENCH, engine=f"openai:small@http://127.0.0.1:{closed_port()}/v1")
    [notice] = answer.notices
    assert (notice.code, answer.engine) == ("engine_down", "quotes")
    assert notice.text.startswith("Le modèle de langue")
    assert answer.text == assistant.ask(FRENCH).text


@pytest.mark.parametrize("question", ["Give me a ratatouille recipe", "???", ""])
def test_without_evidence_no_model_is_called(hurried, question):
    with faulty("error") as server:
        answer = hurried.ask(question, engine=KINDS["openai"].format(server.url))
    assert not answer.answered
    assert answer.notices == ()
    assert server.asked == []


def test_what_is_streamed_is_what_the_answer_says(hurried):
    with faulty("error") as server:
        *lines, answer = hurried.stream(QUESTION, engine=KINDS["openai"].format(server.url))
    assert "\n".join(line.text for line in lines) == answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_no_proxy_of_the_environment_is_used(hurried, kind, monkeypatch):
    with faulty("nothing") as proxy, faulty("nothing") as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        hurried.ask(QUESTION, engine=KINDS[kind].format(server.url))
        check_engine(hurried.settings, KINDS[kind].format(server.url))
    assert (bool(server.asked), proxy.asked) == (True, [])


# The health check


@pytest.mark.parametrize("kind", KINDS)
def test_a_healthy_server_has_the_model(kind):
    with faulty("none") as server:
        assert "small" in check_engine(Settings(), KINDS[kind].format(server.url))


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_a_server_lacks_is_told_with_what_to_do(kind):
    with faulty("none") as server, pytest.raises(EngineError, match="no model other; it has small"):
        check_engine(Settings(), KINDS[kind].replace(":small", ":other").format(server.url))


@pytest.mark.parametrize(("fault", "code"), [("error", "down"), ("redirect", "down"), ("page", "garbage")])
def test_an_ailing_server_is_told_of(fault, code):
    with faulty(fault) as server, pytest.raises(EngineError) as caught:
        check_engine(Settings(), KINDS["openai"].format(server.url))
    assert caught.value.fault == code


def test_doctor_tells_of_the_engine(settings):
    broken = settings.model_copy(update={"engine": f"openai:small@http://127.0.0.1:{closed_port()}/v1"})
    found = {check.name: check for check in all_checks(broken)}["Engine"]
    assert found.state == "failed"
    assert "Start the server" in found.detail
    assert "OSXP_RAG_ENGINE=quotes" in found.fix
    assert {check.name: check.state for check in all_checks(settings)}["Engine"] == "ok"


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_assistant_keeps_no_connection(settings, embedder, kind):
    made = Assistant(settings, embedder)
    with faulty("nothing") as server:
        name = KINDS[kind].format(server.url)
        made.ask(QUESTION, engine=name)
        model = made.engines.get(name)
        made.close()
        with pytest.raises(EngineError, match=r"closed|Connection error"):
            list(model.say("", "Hello"))
        assert len(server.asked) == 1
