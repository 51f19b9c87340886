"""The name of an engine, taken apart, and whether its address is on this machine. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal, get_args
from urllib.parse import urlsplit

from osxp_rag.errors import SettingsError

Kind = Literal["ollama", "openai", "gguf"]
OLLAMA_URL = "http://127.0.0.1:11434"
_ADDRESS = re.compile(r"@(?=https?://)")
_ELSEWHERE = re.compile(r"[:-]cloud$")  # how Ollama names models that its makers run


@dataclass(frozen=True, slots=True)
class EngineName:
    """A language model: its kind, the model (for `gguf` the path of its file), the address of its server."""

    kind: Kind
    model: str
    url: str | None = None

    @property
    def shown(self) -> str:
        """What an answer calls it: neither an address nor a folder, which are nobody else's business."""
        return f"{self.kind}:{PurePath(self.model).name if self.kind == 'gguf' else self.model}"


def parse_engine(name: str, *, allow_network: bool = False) -> EngineName:
    """Return what an engine's name says: `ollama:MODEL[@URL]`, `openai:MODEL@URL` or `gguf:PATH`.

    Raises:
        SettingsError: it is no such name, or its address is elsewhere and `allow_network` is not set.
    """
    kind, _, rest = name.partition(":")
    model, *urls = _ADDRESS.split(rest, maxsplit=1) if kind != "gguf" else [rest]
    if kind not in get_args(Kind) or not model or (kind == "openai" and not urls):
        raise SettingsError(
            f"engine = {name!r}: write quotes, ollama:MODEL, ollama:MODEL@URL, openai:MODEL@URL or gguf:PATH."
        )
    url = urls[0].rstrip("/") if urls else OLLAMA_URL if kind == "ollama" else None
    if url and not allow_network and not is_local(url):
        raise SettingsError(
            f"engine = {name!r}: {urlsplit(url).hostname} is not this machine, and questions and documents would leave "
            "it. If you want that, set allow_network = true (OSXP_RAG_ALLOW_NETWORK=true)."
        )
    if kind == "ollama" and not allow_network and _ELSEWHERE.search(model):
        raise SettingsError(
            f"engine = {name!r}: Ollama runs this model on another machine, and questions and documents would leave "
            "this one. If you want that, set allow_network = true (OSXP_RAG_ALLOW_NETWORK=true)."
        )
    return EngineName(kind, model, url)  # type: ignore[arg-type]  # one of the kinds by now


def is_local(url: str) -> bool:
    """Return whether an address is this machine's own; a name other than localhost is not looked up, and is not."""
    try:
        host = urlsplit(url).hostname or ""
        if host == "localhost":
            return True
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
