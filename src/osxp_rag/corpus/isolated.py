"""Reads files in a process of its own, which a hostile or broken file can hold up or bring down without harm."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from types import TracebackType

from pydantic import TypeAdapter, ValidationError

from osxp_rag.corpus.document import Document
from osxp_rag.corpus.formats import format_of
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.parse import document_of, extract_of
from osxp_rag.corpus.piece import Extract
from osxp_rag.errors import CorpusError

SMALL = 64_000  # bytes; simple formats are read here up to that size, which takes them no time whatever they hold
READY = b"ready\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What the worker is asked, on one line: a file of `size` bytes, which follow when it says that it is ready."""

    path: str
    size: int
    limits: Limits


@dataclass(frozen=True, slots=True)
class Reply:
    """What the worker answers, on one line: an extract, or why there is none."""

    extract: Extract | None = None
    reason: str | None = None
    skipped: bool = False


REQUESTS = TypeAdapter(Request)
REPLIES = TypeAdapter(Reply)


class IsolatedReader:
    """Turns files into documents; the worker starts with the first file that needs it and serves the others too.

    A fresh interpreter, not `multiprocessing`: that would import the main module again, which a script without a
    `__main__` guard does not survive. What comes back is JSON, checked, for a parser gone astray wrote it.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> IsolatedReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker."""
        if self._worker:
            _end(self._worker)
            self._worker = None

    def parse(self, path: str, content: bytes) -> Document:
        """Turn a file's bytes into a document.

        Raises:
            CorpusError: broken, encrypted, without text, beyond a limit, or too much for its reader.
        """
        form = format_of(path)
        if form is None or (not form.apart and len(content) <= SMALL):
            return document_of(path, extract_of(path, content, self._limits))
        return document_of(path, self._ask(path, content))

    def _ask(self, path: str, content: bytes) -> Extract:
        worker = self._worker = self._worker or _start()
        exchange = _Exchange(worker, REQUESTS.dump_json(Request(path, len(content), self._limits)), content)
        line = exchange.run(self._limits.max_seconds)
        if exchange.late or not line.endswith(b"\n"):
            self.close()
        if exchange.late:
            raise CorpusError(path, self._limits.too_slow, skipped=True)
        return _extract_in(path, line)


@dataclass(slots=True)
class _Exchange:
    """One request and its reply; the worker is killed when the time is up, which ends the waiting too."""

    worker: subprocess.Popen[bytes]
    request: bytes
    content: bytes
    late: bool = field(default=False, init=False)

    def run(self, seconds: float) -> bytes:
        """Return the reply's line; a part of it, or nothing, where the worker died.

        The time begins when the format's libraries are loaded, so that it is the file's own.
        """
        assert self.worker.stdin
        assert self.worker.stdout
        timer = threading.Timer(seconds, self._give_up)
        timer.daemon = True
        try:
            self.worker.stdin.write(self.request + b"\n")
            self.worker.stdin.flush()
            if self.worker.stdout.readline() != READY:
                return b""
            timer.start()
            self.worker.stdin.write(self.content)
            self.worker.stdin.flush()
            return self.worker.stdout.readline()
        except OSError:  # a pipe to a process that has gone
            return b""
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        self.late = True
        self.worker.kill()


def _start() -> subprocess.Popen[bytes]:
    """Start a worker; `-P` keeps the current folder's modules out."""
    command = [sys.executable, "-P", "-m", "osxp_rag.corpus.worker"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        try:
            if pipe:
                pipe.close()
        except OSError:
            pass  # what was buffered for a process that has gone


def _extract_in(path: str, line: bytes) -> Extract:
    try:
        reply = REPLIES.validate_json(line)
    except ValidationError as error:
        raise CorpusError(path, "brought its reader down: damaged, hostile, or too large for its memory") from error
    if reply.extract is None:
        raise CorpusError(path, reply.reason or "cannot be read", skipped=reply.skipped)
    return reply.extract
