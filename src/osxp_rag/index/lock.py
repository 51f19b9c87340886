"""The writer's lock: one process writes, the others learn who it is."""

from __future__ import annotations

import json
import os
import shlex
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from osxp_rag.errors import IndexStateError
from osxp_rag.index.durable import write_text

LOCK = ".lock"
HOLDER = ".writer.json"
_LOOKS, _PAUSE = 20, 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that writes: when it began and since when it holds the lock, ISO 8601 in UTC.

    `started` is None where the system does not tell.
    """

    pid: int
    host: str
    command: str
    started: str | None
    since: str

    def __str__(self) -> str:
        began = f", begun {self.started}" if self.started else ""
        return f"process {self.pid} on {self.host}{began} ({self.command}), since {self.since}"


@contextmanager
def writing(index: Path) -> Iterator[Holder | None]:
    """Hold an index for writing; yield the writer before where it did not finish.

    The lock is the system's own and goes with the process that holds it. Its holder's name stands in a file beside
    it, which only a writer that ends removes: found by the next one, it tells of one that was killed.

    Raises:
        IndexStateError: another process is writing; the message names it.
    """
    from filelock import FileLock, Timeout

    index.mkdir(parents=True, exist_ok=True)
    lock = FileLock(index / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        holder = _holder_soon(index)
        who = f"another process is indexing: {holder}" if holder else "another process is indexing"
        raise IndexStateError(f"{index}: {who}. Wait for it to end, then run again.") from error
    try:
        before = read_holder(index)
        write_text(index / HOLDER, json.dumps(asdict(_this_process()), ensure_ascii=False) + "\n")
        yield before
    finally:
        (index / HOLDER).unlink(missing_ok=True)
        lock.release()


def read_holder(index: Path) -> Holder | None:
    """Return the process that the file names, or None: not there, or not whole."""
    try:
        return Holder(**json.loads((index / HOLDER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _holder_soon(index: Path) -> Holder | None:
    """Return the process that holds the lock; its name comes a moment after the lock."""
    for _ in range(_LOOKS):
        if holder := read_holder(index):
            return holder
        time.sleep(_PAUSE)
    return None


def _this_process() -> Holder:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Holder(os.getpid(), socket.gethostname(), shlex.join(sys.argv) or "python", _started(), now)


def _started() -> str | None:
    """Return when this process began; only Linux tells without more libraries."""
    try:
        # The command's name, in brackets, may hold anything: what counts comes after the last bracket.
        fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
        boot = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
        seconds = int(boot.split()[1]) + int(fields[19]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, StopIteration):
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
