"""Which engines a visitor may choose, and whether each is there. Nothing is looked up unless the page asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from osxp_rag.errors import EngineError, OsxpError, RequestError, SettingsError
from osxp_rag.models.engines.health import check_engine, listed_models
from osxp_rag.models.engines.name import OLLAMA_URL, EngineName, parse_engine
from osxp_rag.settings import QUOTES

if TYPE_CHECKING:
    from osxp_rag.settings import Settings

SECONDS = 1.5  # longest wait for one server: a visitor looks at an open menu
State = Literal["ok", "down", "slow", "cut", "garbage", "unusable"]
_OLLAMA = EngineName("ollama", "", OLLAMA_URL)


@dataclass(frozen=True, slots=True)
class Offer:
    """An engine that may be chosen: what the page calls it, whether it is the setting's, how it is.

    `message` says in English what was found and what to do; it may hold addresses and paths of this machine.
    """

    engine: str
    setting: bool
    state: State
    message: str = ""


class Offers:
    """The engines that a server offers to its visitors; safe to use from several threads.

    The page knows them by names without addresses and folders (`EngineName.shown`); `resolve` gives the whole name.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.setting = shown_name(settings)
        self._known = {QUOTES: QUOTES, self.setting: settings.engine, settings.engine: settings.engine}

    def look(self) -> list[Offer]:
        """Return `quotes`, the setting's engine, and the models of its server and of an Ollama on this machine."""
        with ThreadPoolExecutor() as pool:  # all at once: one that hangs costs the time of one
            setting = pool.submit(self.check, self._settings.engine)
            found = {name: whole for some in pool.map(self._models, self._servers()) for name, whole in some.items()}
        self._known = {**self._known, **{name: whole for name, whole in found.items() if name not in self._known}}
        own = [] if self.setting == QUOTES else [replace(setting.result(), engine=self.setting, setting=True)]
        others = [Offer(name, False, "ok") for name in sorted(found) if name != self.setting]
        return [Offer(QUOTES, self.setting == QUOTES, "ok"), *own, *others]

    def check(self, engine: str) -> Offer:
        """Return how an engine is.

        Raises:
            RequestError: `no_such_engine`, the name is none, or its address is elsewhere and the settings forbid that.
        """
        if engine == QUOTES:
            return Offer(QUOTES, False, "ok")
        self._parsed(engine)
        try:
            return Offer(engine, False, "ok", check_engine(self._settings, engine, SECONDS))
        except EngineError as error:
            return Offer(engine, False, error.fault, str(error))
        except OsxpError as error:
            return Offer(engine, False, "unusable", str(error))

    def resolve(self, engine: str | None, *, typed: bool) -> str | None:
        """Return the whole name of an engine that a visitor chose; None, which is the setting's, stays.

        Where `typed` is not set, only what is in the settings or found on this machine can be had.

        Raises:
            RequestError: `not_allowed` or `no_such_engine`.
        """
        if engine is None:
            return None
        if not self.knows(engine):
            if typed and _is_whole(engine):
                self._parsed(engine)
                return engine
            self.look()  # it may have been found before this server was started
        if self.knows(engine):
            return self._known[engine]
        if typed:
            self._parsed(engine)  # says what is wrong with it
        raise RequestError(
            "not_allowed", f"{engine} is not on this machine now, and others may be named on the machine itself only."
        )

    def knows(self, engine: str | None) -> bool:
        """Return whether an engine is in the settings, or was found here since the server was started."""
        return engine is None or engine in self._known

    def _parsed(self, engine: str) -> EngineName:
        try:
            return parse_engine(engine, allow_network=self._settings.allow_network)
        except SettingsError as error:
            raise RequestError("no_such_engine", str(error)) from error

    def _servers(self) -> Iterator[EngineName]:
        """Yield a name for each server whose models are offered."""
        yield _OLLAMA
        if self._settings.engine != QUOTES:
            own = self._parsed(self._settings.engine)
            if own.url and (own.kind, own.url) != (_OLLAMA.kind, _OLLAMA.url):
                yield own

    def _models(self, server: EngineName) -> dict[str, str]:
        """Return the whole names of a server's models, by those that the page knows; none where it does not answer."""
        try:
            models = listed_models(server, SECONDS, allow_network=self._settings.allow_network)
        except EngineError:
            return {}  # for the setting's engine, `check` says what is wrong
        address = "" if server.url == OLLAMA_URL else f"@{server.url}"
        return {replace(server, model=model).shown: f"{server.kind}:{model}{address}" for model in models if model}


def shown_name(settings: Settings) -> str:
    """Return what the page calls the setting's engine."""
    if settings.engine == QUOTES:
        return QUOTES
    return parse_engine(settings.engine, allow_network=settings.allow_network).shown


def _is_whole(engine: str) -> bool:
    """Return whether a name says all that an engine needs; one of the page's names may leave the address out."""
    return not engine.startswith("openai:") or "@" in engine
