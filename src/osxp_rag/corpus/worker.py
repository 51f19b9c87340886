"""The process that reads files apart: requests on its input, replies on its output, no network, bounded memory."""

from __future__ import annotations

import faulthandler
import os
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from osxp_rag.corpus.formats import format_of
from osxp_rag.corpus.isolated import READY, REPLIES, REQUESTS, Reply, Request
from osxp_rag.corpus.parse import extract_of
from osxp_rag.errors import CorpusError

_MEMORY = 3_000_000_000  # bytes of address space, of which the libraries alone reserve some hundred million
_GRACE = 10.0  # seconds beyond `max_seconds` after which a worker whose parent has gone ends by itself
_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind")


def main() -> None:
    """Answer requests until the input ends."""
    requests, replies = _own_pipes()
    _bound_memory()
    sys.addaudithook(_refuse_network)
    while line := requests.readline():
        request = REQUESTS.validate_json(line)
        with suppress(Exception):  # a library that cannot be loaded is told in the reply
            if form := format_of(request.path):
                form.reader()
        replies.write(READY)
        replies.flush()
        content = requests.read(request.size)
        faulthandler.dump_traceback_later(request.limits.max_seconds + _GRACE, exit=True)
        replies.write(REPLIES.dump_json(_reply(request, content)) + b"\n")
        replies.flush()
        faulthandler.cancel_dump_traceback_later()


def _own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return input and output; whatever a library prints goes nowhere, so that it cannot pass for a reply."""
    pipes = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nowhere, standard)
    return pipes


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such bound
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    bound = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
    try:
        resource.setrlimit(resource.RLIMIT_AS, (bound, most))
    except (OSError, ValueError):  # macOS knows the bound and does not take it
        return


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _NETWORK:
        raise PermissionError(f"{event}: a parser has no business on the network")


def _reply(request: Request, content: bytes) -> Reply:
    try:
        return Reply(extract_of(request.path, content, request.limits))
    except CorpusError as error:
        return Reply(reason=error.reason, skipped=error.skipped)


if __name__ == "__main__":
    main()
