"""Words within deadlines: a source that hangs, fails or ends in the middle becomes one clear error."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from osxp_rag.errors import EngineError, EngineFault

_UNREADABLE = {"JSONDecodeError", "UnicodeDecodeError", "ValidationError", "KeyError", "TypeError", "AttributeError"}
_AHEAD = 256  # parts that a source may be ahead of its reader


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Longest waits, in seconds: for the first word, and in all."""

    first: float
    total: float


@dataclass(frozen=True, slots=True)
class _End:
    """The source has ended, well or with an error."""

    error: Exception | None = None


def within(
    source: Callable[[], Iterable[str]], deadlines: Deadlines, clock: Callable[[], float] = time.monotonic
) -> Iterator[str]:
    """Yield the words of a source, which runs in a thread of its own so that it cannot hold up who waits.

    When the deadline is reached or nobody listens any more, the source is closed at its next word.

    Raises:
        EngineError: `down` if it fails before its first word, `cut` if after it, `slow` if a deadline is reached,
            `garbage` if what comes cannot be read.
    """
    parts: queue.Queue[str | _End] = queue.Queue(_AHEAD)
    left = threading.Event()
    threading.Thread(target=_pump, args=(source, parts, left), name="engine", daemon=True).start()
    begun, spoken = clock(), False
    try:
        while True:
            limit = deadlines.total if spoken else min(deadlines.first, deadlines.total)
            part = _next(parts, limit - (clock() - begun))
            if isinstance(part, _End):
                if part.error is not None:
                    raise _fault(part.error, spoken) from part.error
                return
            if part:
                spoken = True
                yield part
    finally:
        left.set()


def _next(parts: queue.Queue[str | _End], seconds: float) -> str | _End:
    try:
        return parts.get(timeout=max(0.0, seconds))
    except queue.Empty:
        raise EngineError("slow", "The language model did not answer in time.") from None


def _pump(source: Callable[[], Iterable[str]], parts: queue.Queue[str | _End], left: threading.Event) -> None:
    """Put the words of a source into a queue until it ends or nobody listens."""
    end = _End()
    words: Iterable[str] = ()
    try:
        words = source()
        for part in words:
            if not _put(parts, part, left):
                break
    except Exception as error:  # whatever a client library raises is told to the one who waits
        end = _End(error)
    finally:
        close = getattr(words, "close", None)
        if close is not None:
            close()
        _put(parts, end, left)


def _put(parts: queue.Queue[str | _End], part: str | _End, left: threading.Event) -> bool:
    """Hand a part over; return whether anybody still listens."""
    while not left.is_set():
        try:
            parts.put(part, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False


def _fault(error: Exception, spoken: bool) -> EngineError:
    """Return an error of a client library as ours; its class's name is all that the libraries have in common."""
    if isinstance(error, EngineError):
        return error
    names = {kind.__name__ for kind in type(error).__mro__}
    fault: EngineFault = "cut" if spoken else "down"
    if any("Timeout" in name for name in names):
        fault = "slow"
    elif names & _UNREADABLE:
        fault = "garbage"
    return EngineError(fault, f"The language model failed: {type(error).__name__}: {error}")
