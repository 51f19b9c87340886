"""A language model behind llama-index's interface: it is given two messages and says words, within deadlines."""

from __future__ import annotations

import atexit
import functools
import importlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osxp_rag.errors import ModelError, SettingsError
from osxp_rag.models.engines.calls import Calls
from osxp_rag.models.engines.deadline import Deadlines, within
from osxp_rag.models.engines.name import EngineName, parse_engine
from osxp_rag.settings import QUOTES

if TYPE_CHECKING:
    from llama_index.core.llms import LLM, ChatMessage

    from osxp_rag.settings import Settings

    _Made = tuple[LLM, Callable[[], None]] | tuple[LLM, Callable[[], None], Callable[[], None]]

CONTEXT = 4096  # tokens that a model reads at once
MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """A language model that is ready to be asked; safe to use from several threads."""

    name: EngineName
    llm: LLM
    deadlines: Deadlines
    close: Callable[[], None]  # ends its connections
    hang_up: Callable[[], None] | None = None  # ends what this thread is being told

    def say(self, system: str, user: str) -> Iterator[str]:
        """Yield what the model says, as it comes.

        Raises:
            EngineError: it is down, too slow, cut off in the middle, or what comes is not text.
        """
        from llama_index.core.llms import ChatMessage

        messages = [ChatMessage(role="system", content=system), ChatMessage(role="user", content=user)]
        yield from within(lambda: self._words(messages), self.deadlines)

    def _words(self, messages: Sequence[ChatMessage]) -> Iterator[str]:
        try:
            yield from (part.delta or "" for part in self.llm.stream_chat(messages))
        finally:
            if self.hang_up:
                self.hang_up()


def load_engine(settings: Settings, name: str) -> LanguageModel:
    """Return the language model of a name; no server is asked for anything yet.

    Raises:
        SettingsError: the name is none, its address is elsewhere, or the extra that it needs is not installed.
        ModelError: its file is not there or is no GGUF.
    """
    parsed = parse_engine(name, allow_network=settings.allow_network)
    deadlines = Deadlines(settings.engine_first_token, settings.engine_deadline)
    make = {"ollama": _ollama, "openai": _openai, "gguf": _gguf}[parsed.kind]
    llm, *ends = make(parsed, settings)
    return LanguageModel(parsed, llm, deadlines, *ends)


class Engines:
    """The language models of one assistant, each made when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._models: dict[str, LanguageModel] = {}
        self._lock = threading.Lock()

    def get(self, name: str | None = None) -> LanguageModel | None:
        """Return the language model of an engine, the settings' unless given; None for `quotes`.

        Raises as `load_engine` does.
        """
        name = name or self._settings.engine
        if name == QUOTES:
            return None
        with self._lock:
            if name not in self._models:
                self._models[name] = load_engine(self._settings, name)
            return self._models[name]

    def close(self) -> None:
        """End the connections to servers; who asks again gets new ones."""
        with self._lock:
            while self._models:
                self._models.popitem()[1].close()


def gguf_file(name: EngineName) -> Path:
    """Return the model's file.

    Raises:
        ModelError: it is not there, or is no GGUF.
    """
    path = Path(name.model).expanduser()
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        raise ModelError(f"engine gguf: {path}: {error.strerror}. Name a model's .gguf file.") from error
    if magic != MAGIC:
        raise ModelError(f"engine gguf: {path} is not a GGUF file. Name a model's .gguf file.")
    return path


def library(module: str, extra: str) -> Any:
    """Import a module that an extra brings.

    Raises:
        SettingsError: the extra is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SettingsError(
            f"engine: {error.name or module} is not installed. Run: pip install 'osxp-rag[{extra}]'"
        ) from error


def _openai(name: EngineName, settings: Settings) -> _Made:
    import httpx

    # No proxy of the environment, no redirection: an address on this machine stays on it.
    calls = Calls()
    client = httpx.Client(
        trust_env=False,
        follow_redirects=False,
        timeout=settings.engine_deadline,
        event_hooks={"response": [calls.heard]},
    )
    made: LLM = library("llama_index.llms.openai_like", "llm").OpenAILike(
        model=name.model,
        api_base=name.url,
        api_key="none",
        is_chat_model=True,
        context_window=CONTEXT,
        max_tokens=settings.engine_tokens,
        temperature=0.0,
        max_retries=0,
        timeout=settings.engine_deadline,
        http_client=client,
    )
    return made, client.close, calls.hang_up


def _ollama(name: EngineName, settings: Settings) -> _Made:
    client = library("ollama", "llm").Client(
        host=name.url, timeout=settings.engine_deadline, trust_env=False, follow_redirects=False
    )
    made: LLM = library("llama_index.llms.ollama", "llm").Ollama(
        model=name.model,
        client=client,
        context_window=CONTEXT,
        temperature=0.0,
        additional_kwargs={"num_predict": settings.engine_tokens, "seed": 0},
    )
    return made, client.close


def _gguf(name: EngineName, settings: Settings) -> _Made:
    from osxp_rag.models.engines.gguf import GgufLLM

    model = _loaded(str(gguf_file(name)), settings.threads)
    return GgufLLM(model, settings.engine_tokens), lambda: None  # the process keeps it for who comes next


@functools.cache
def _loaded(path: str, threads: int | None) -> Any:
    """Load a model once a process: it is hundreds of megabytes."""
    llama = library("llama_cpp", "gguf").Llama
    try:
        model = llama(path, n_ctx=CONTEXT, n_threads=threads, n_threads_batch=threads, seed=0, verbose=False)
    except (ValueError, RuntimeError, AssertionError) as error:
        raise ModelError(f"engine gguf: {path} cannot be loaded ({error}). Name another model's file.") from error
    atexit.register(model.close)  # later, what it needs to close is gone
    return model
