"""Indexing in the background: one job at a time, which says how far it is."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from osxp_rag.errors import OsxpError, RequestError
from osxp_rag.index.update import Update, update
from osxp_rag.settings import Settings

State = Literal["idle", "running", "done", "failed"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """What a job did: the generation that serves since, passages, and the files that were left out."""

    generation: str | None
    embedded: int
    reused: int
    passages: int
    failures: tuple[dict[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Job:
    """How far the last job is: `done` of `total` in its present `step`; `message` says why it failed.

    Steps are `start`, `split`, `embed` and `finish`; a total of 0 is one that is not known.
    """

    job: str | None = None
    state: State = "idle"
    step: str = ""
    done: int = 0
    total: int = 0
    message: str | None = None
    result: Result | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the job as JSON types."""
        return asdict(self)


class Jobs:
    """Runs one indexing job at a time; `take_up` is called after one, so that what was indexed serves at once."""

    def __init__(self, settings: Settings, take_up: Callable[[], object]) -> None:
        self._settings = settings
        self._take_up = take_up
        self._lock = threading.Lock()
        self._job = Job()

    @property
    def last(self) -> Job:
        """The job that runs, or the last one."""
        return self._job

    def start(self, *, full: bool) -> str:
        """Begin to index and return the job's id.

        Raises:
            RequestError: `busy`, a job is running here already.
        """
        with self._lock:
            if self._job.state == "running":
                raise RequestError("busy", "The documents are being indexed already.")
            self._job = Job(uuid.uuid4().hex, "running", "start")
        # A build that is cut off with the process leaves the index as it was.
        threading.Thread(target=self._run, args=(full,), name="osxp-rag-index", daemon=True).start()
        return str(self._job.job)

    def _run(self, full: bool) -> None:
        try:
            done = update(self._settings, full=full, progress=self._progress)
            self._take_up()
        except OsxpError as error:
            self._job = replace(self._job, state="failed", message=str(error))
        except Exception as error:
            # The boundary of the thread: the page must not wait for ever, the terminal gets the traceback.
            _log.exception("Indexing failed")
            self._job = replace(self._job, state="failed", message=f"{type(error).__name__}: {error}")
        else:
            self._job = replace(self._job, state="done", step="finish", result=_result(done))

    def _progress(self, step: str, done: int, total: int) -> None:
        finished = step == "embed" and done >= total  # what is left is to check the generation and to publish it
        self._job = replace(self._job, step="finish" if finished else step, done=done, total=total)


def _result(done: Update) -> Result:
    failures = tuple({"path": one.path, "state": one.state, "reason": one.reason} for one in done.failures)
    return Result(done.generation, done.embedded, done.reused, done.passages, failures)
