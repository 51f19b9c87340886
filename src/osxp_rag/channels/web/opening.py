"""Open the assistant in the background, so that the page is there before the models are."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from osxp_rag.errors import OsxpError

if TYPE_CHECKING:
    from osxp_rag.assistant import Assistant

_log = logging.getLogger(__name__)


class Opening:
    """An assistant that is being opened, is open, or could not be; safe to use from several threads."""

    def __init__(self, open_assistant: Callable[[], Assistant]) -> None:
        self._open = open_assistant
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._begun = False
        self._assistant: Assistant | None = None
        self._trouble: OsxpError | None = None

    @property
    def ready(self) -> bool:
        """Whether questions are answered at once."""
        return self._assistant is not None

    @property
    def trouble(self) -> str | None:
        """What kept the assistant from opening, with what to do about it."""
        return str(self._trouble) if self._trouble else None

    def start(self) -> None:
        """Begin to open, unless that is under way or done; one that failed is tried again."""
        with self._lock:
            if self._begun:
                return
            self._begun, self._trouble = True, None
            self._done.clear()
        threading.Thread(target=self._run, name="opening", daemon=True).start()

    def wait(self) -> Assistant:
        """Return the assistant once it is open.

        Raises:
            OsxpError: it could not be opened.
        """
        self.start()
        self._done.wait()
        if self._assistant is None:
            raise self._trouble or OsxpError("The assistant could not be opened.")
        return self._assistant

    def close(self) -> None:
        """Release the files."""
        if self._assistant:
            self._assistant.close()

    def _run(self) -> None:
        try:
            self._assistant = self._open()
        except OsxpError as error:
            self._fail(error)
        except Exception as error:
            # The boundary of the thread: the page gets a sentence, the terminal the traceback.
            _log.exception("The assistant could not be opened")
            self._fail(OsxpError(f"The assistant could not be opened: {error}. The terminal has the details."))
        finally:
            self._done.set()

    def _fail(self, error: OsxpError) -> None:
        with self._lock:
            self._trouble, self._begun = error, False
