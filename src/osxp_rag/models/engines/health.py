"""Is a language model there and ready? Asks its server in a second or two, or looks at its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osxp_rag.errors import EngineError
from osxp_rag.models.engines.model import gguf_file, library
from osxp_rag.models.engines.name import EngineName, parse_engine

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

_SECONDS = 3.0  # longest wait for a server


def check_engine(settings: Settings, name: str, seconds: float = _SECONDS) -> str:
    """Return what was found, in a few words; a server has so many seconds.

    Raises:
        SettingsError, ModelError: as `load_engine` does.
        EngineError: the server does not answer, answers nonsense, or does not have the model; the message says what
            to do.
    """
    parsed = parse_engine(name, allow_network=settings.allow_network)
    if parsed.kind == "gguf":
        path = gguf_file(parsed)
        library("llama_cpp", "gguf")
        return f"{path.name}, {path.stat().st_size / 1e6:.0f} MB"
    library("llama_index.llms.openai_like" if parsed.kind == "openai" else "llama_index.llms.ollama", "llm")
    models = listed_models(parsed, seconds, allow_network=settings.allow_network)
    if not _has(models, parsed):
        fix = f"ollama pull {parsed.model}" if parsed.kind == "ollama" else "start the server with it, or name another"
        raise EngineError("down", f"{parsed.url} has no model {parsed.model}; it has {_listed(models)}. To do: {fix}.")
    return f"{parsed.url} answers and has {parsed.model}"


def listed_models(server: EngineName, seconds: float = _SECONDS, *, allow_network: bool = False) -> list[str]:
    """Return the models that the server of an engine says it has, whichever of them the engine names.

    Ollama lists models that its makers run elsewhere too; these count only where `allow_network` is set.

    Raises:
        EngineError: the server does not answer in so many seconds, or answers nonsense.
    """
    if server.kind == "openai":
        return [str(one.get("id", "")) for one in _fetch(f"{server.url}/models", "data", seconds)]
    listed = _fetch(f"{server.url}/api/tags", "models", seconds)
    return [str(one.get("name", "")) for one in listed if allow_network or not one.get("remote_host")]


def _fetch(url: str, key: str, seconds: float) -> list[dict[str, Any]]:
    import httpx

    try:
        with httpx.Client(trust_env=False, follow_redirects=False, timeout=seconds) as client:
            answer = client.get(url).raise_for_status().json()
        return [dict(one) for one in answer[key]]
    except httpx.TimeoutException as error:
        raise EngineError("slow", f"{url} did not answer within {seconds:g} seconds. Is it busy?") from error
    except httpx.HTTPError as error:
        raise EngineError("down", f"{url}: {error or type(error).__name__}. Start the server.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError("garbage", f"{url} does not answer as such a server does. Is the address right?") from error


def _has(models: list[str], name: EngineName) -> bool:
    """Return whether a model is listed; Ollama adds `:latest` where no tag was named."""
    return name.model in models or (name.kind == "ollama" and f"{name.model}:latest" in models)


def _listed(models: list[str]) -> str:
    return ", ".join(models[:5]) or "none"
