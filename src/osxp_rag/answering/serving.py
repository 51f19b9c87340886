"""The generation that serves: opened, and changed for a newer one between two questions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from osxp_rag.answering.answerer import Answerer
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.evidence import EvidenceGatherer
from osxp_rag.answering.gate import load_gate
from osxp_rag.answering.respond import Responder
from osxp_rag.errors import IndexStateError
from osxp_rag.index.catalogue import Entry
from osxp_rag.index.generation import Generation, open_generation
from osxp_rag.index.map import Point
from osxp_rag.index.store import Store
from osxp_rag.models.embedder import Embedder
from osxp_rag.models.reader import load_reader
from osxp_rag.retrieval.retriever import Retriever
from osxp_rag.settings import Settings

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Opened:
    """A generation with what works on it; swapped as one, so that a question never sees two.

    `users` counts the calls under way on it: it is closed when another has taken its place and the last one ends.
    """

    responder: Responder
    users: int = 0
    entries: tuple[Entry, ...] | None = None  # made when they are first asked for
    places: dict[str, Point] | None = None

    @property
    def generation(self) -> Generation:
        """The generation."""
        return self.responder.generation


class Serving:
    """Keeps one generation open, the one that was published last; safe to use from several threads."""

    def __init__(self, settings: Settings, embedder: Embedder, generation: Generation | None = None) -> None:
        self._settings = settings
        self._embedder = embedder
        self._lock = threading.Lock()
        self.opened = self._open(generation)
        self._refused: str | None = None  # a generation that cannot be taken up, told of once

    @contextmanager
    def use(self) -> Iterator[Opened]:
        """Give the generation that serves now, open until the call ends, whatever is published meanwhile."""
        with self._lock:
            self._take_up()
            opened = self.opened
            opened.users += 1
        try:
            yield opened
        finally:
            with self._lock:
                opened.users -= 1
                self._close_if_left(opened)

    def _open(self, generation: Generation | None = None) -> Opened:
        settings = self._settings
        generation = generation or open_generation(settings)
        retriever = Retriever(generation, self._embedder, settings.dense_weight, settings.candidates)
        gatherer = EvidenceGatherer(self._embedder, generation.terms, load_reader())
        answerer = Answerer(generation.id, gatherer, load_gate(), settings.threshold, generation.manifest.copies)
        return Opened(Responder(generation, retriever, answerer, Names.of(generation.metadata)))

    def _take_up(self) -> None:
        """Change to the generation that was published last; one that cannot be opened leaves the old one serving."""
        name = None
        try:
            name = Store(self._settings.index_dir).current()
            if name in (None, self.opened.generation.id):
                return
            before, self.opened = self.opened, self._open()
            self._close_if_left(before)
        except IndexStateError as error:
            if self._refused != (name or str(error)):
                self._refused = name or str(error)
                serving = self.opened.generation.id
                _log.warning("Answering from %s on, the new index is not taken up: %s", serving, error)

    def _close_if_left(self, opened: Opened) -> None:
        if opened is not self.opened and not opened.users:
            opened.generation.close()
