"""What a thread is being answered, to hang up: some client libraries leave that to the garbage collector."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


class Calls(threading.local):
    """The last response of each thread; `heard` is a hook of an HTTP client."""

    response: httpx.Response | None = None

    def heard(self, response: httpx.Response) -> None:
        """Keep a response that has begun."""
        self.response = response

    def hang_up(self) -> None:
        """Close this thread's last response, so that a server that is still speaking hears that nobody listens."""
        if self.response is not None:
            self.response.close()
            self.response = None
