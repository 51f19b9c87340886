"""Engines by name: what a name says, and that an address elsewhere is refused."""

import sys

import pytest

from osxp_rag.errors import ModelError, SettingsError
from osxp_rag.models.engines.model import Engines, load_engine
from osxp_rag.models.engines.name import EngineName, is_local, parse_engine
from osxp_rag.settings import Settings, load_settings


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("ollama:mistral", EngineName("ollama", "mistral", "http://127.0.0.1:11434")),
        ("ollama:qwen3:4b@http://localhost:9/", EngineName("ollama", "qwen3:4b", "http://localhost:9")),
        ("openai:org/model@http://127.0.0.1:8080/v1", EngineName("openai", "org/model", "http://127.0.0.1:8080/v1")),
        ("openai:m@http://[::1]:8080/v1", EngineName("openai", "m", "http://[::1]:8080/v1")),
        ("gguf:~/models/a model@q4.gguf", EngineName("gguf", "~/models/a model@q4.gguf")),
    ],
)
def test_a_name_says_kind_model_and_address(name, parsed):
    assert parse_engine(name) == parsed


@pytest.mark.parametrize("name", ["oracle", "ollama:", "openai:m", "openai:@http://localhost", "gguf:", "quotes:x", ""])
def test_what_is_no_name_is_a_setting_that_is_refused(name):
    with pytest.raises(SettingsError, match="engine"):
        parse_engine(name)
    with pytest.raises(SettingsError, match="engine"):
        load_settings(engine=name)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1", "http://127.0.0.1", "http://127.9.9.9:80/v1", "http://[::1]:8080", "https://localhost",
        "http://[::ffff:127.0.0.1]:80",
    ],
)  # fmt: skip
def test_addresses_of_this_machine_are_local(url):
    assert is_local(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/v1", "http://192.168.1.5:80", "http://0.0.0.0:80", "http://localhost.example.org",
        "http://127.0.0.1.example.org", "http://localhost@example.org/v1", "http://[2001:db8::1]", "http://", "http://[",
    ],
)  # fmt: skip
def test_every_other_address_is_not_and_no_name_is_looked_up(url, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: pytest.fail("looked up"))
    assert not is_local(url)


@pytest.mark.parametrize("name", ["openai:m@http://example.org/v1", "ollama:m@http://192.168.1.5:11434"])
def test_an_address_elsewhere_is_refused_with_the_setting_that_allows_it(name):
    with pytest.raises(SettingsError, match="allow_network"):
        parse_engine(name)
    assert parse_engine(name, allow_network=True).url


def test_an_answer_names_neither_a_folder_nor_an_address():
    assert parse_engine("gguf:/srv/secret/small.gguf").shown == "gguf:small.gguf"
    assert parse_engine("openai:m@http://localhost:8080/v1").shown == "openai:m"


def test_quotes_needs_no_language_model():
    assert Engines(Settings()).get() is None
    assert Engines(Settings()).get("quotes") is None


@pytest.mark.parametrize(
    ("engine", "module", "extra"),
    [
        ("ollama:m", "ollama", "llm"),
        ("openai:m@http://localhost:1/v1", "llama_index.llms.openai_like", "llm"),
        ("gguf:{file}", "llama_cpp", "gguf"),
    ],
)
def test_an_extra_that_is_not_installed_is_named(engine, module, extra, tmp_path, monkeypatch):
    (tmp_path / "m.gguf").write_bytes(b"GGUF and more")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SettingsError, match=rf"pip install 'osxp-rag\[{extra}\]'"):
        load_engine(Settings(), engine.format(file=tmp_path / "m.gguf"))


@pytest.mark.parametrize("content", [None, b"", b"no model"])
def test_a_file_that_is_no_model_is_an_error_that_names_it(content, tmp_path):
    file = tmp_path / "small.gguf"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError, match=r"small\.gguf"):
        load_engine(Settings(), f"gguf:{file}")
