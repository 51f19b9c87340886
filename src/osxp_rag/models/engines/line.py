"""One line of a language model, within the time that people wait for a first word, remembered for a while."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from osxp_rag.errors import EngineError
from osxp_rag.models.engines.deadline import Deadlines

if TYPE_CHECKING:
    from osxp_rag.models.engines.model import LanguageModel

_MOST = 256  # lines that are remembered
_SECONDS = 300.0  # for which they are
_LONGEST = 600  # characters without an end of the line, after which nobody listens any more
_THOUGHT = re.compile(r"<think>.*?(?:</think>|$)", re.DOTALL)
_log = logging.getLogger(__name__)


class Lines:
    """Asks for lines; the same request gets the same line, so that a follow-up means the same wherever it is looked at.

    A failure is remembered too: who waited for a server once need not wait again for the same.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        from cachetools import TTLCache

        self._said: TTLCache[tuple[object, str, str], str] = TTLCache(_MOST, _SECONDS, timer=clock)
        self._lock = threading.Lock()

    def line(self, model: LanguageModel, system: str, user: str) -> str:
        """Return the first line that a model says; nothing where it fails, or is slower than its first word may be."""
        asked = (model.name, system, user)
        with self._lock:
            if asked in self._said:
                return self._said[asked]
        said = _ask(model, system, user)
        with self._lock:
            return self._said.setdefault(asked, said)


def first_line(words: Iterable[str]) -> str:
    """Return the first line with words on it, without a model's thoughts; nothing where it does not end."""
    said = ""
    for part in words:
        said += part
        told = _THOUGHT.sub("", said).lstrip()
        if "\n" in told or len(told) > _LONGEST:
            break
    line, ended, _ = _THOUGHT.sub("", said).lstrip().partition("\n")
    return line.strip() if ended or len(line) <= _LONGEST else ""


def _ask(model: LanguageModel, system: str, user: str) -> str:
    longest = model.deadlines.first
    hurried = replace(model, deadlines=Deadlines(longest, longest))
    try:
        with closing(hurried.say(system, user)) as words:  # type: ignore[type-var]
            return first_line(words)
    except EngineError as error:
        _log.warning("The language model did not put a question into its words: %s", error)
        return ""
