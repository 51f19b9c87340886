"""A real server of the web chat, in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 280
_PROGRAM = "from osxp_rag.channels.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Served:
    """A server: its address, and the folders that it works on."""

    address: str
    corpus: Path
    folder: Path

    @property
    def index(self) -> Path:
        """The folder of the index."""
        return self.folder / "index"

    def get(self, path: str) -> Any:
        """Return what a route says."""
        with urllib.request.urlopen(f"{self.address}{path}", timeout=60) as response:
            return json.loads(response.read())

    def answer(self, question: str) -> dict[str, Any]:
        """Return the answer that the server gives, the same as the Python interface's."""
        body = json.dumps({"question": question}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/api/ask", body, headers)
        with urllib.request.urlopen(request, timeout=60) as response:
            events = [json.loads(line) for line in response]
        return next(one["answer"] for one in events if one["event"] == "answer")  # type: ignore[no-any-return]

    def wait(self) -> Served:
        """Wait until questions are answered."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            state = self.get("/api/state")
            if state["ready"]:
                return self
            assert state["trouble"] is None
            time.sleep(0.2)
        pytest.fail("The chat did not get ready.")


@contextmanager
def serving(corpus: Path, folder: Path, *options: str) -> Iterator[Served]:
    """Serve a corpus; the page answers, the models may still be loading. `folder` takes the index and the chats."""
    folder.mkdir(parents=True, exist_ok=True)
    _begin_from_what_is_there(corpus, folder / "index")
    log = folder / "log.txt"
    named = {
        "OSXP_RAG_CORPUS": str(corpus),
        "OSXP_RAG_INDEX": str(folder / "index"),
        "OSXP_RAG_CHATS_DIR": str(folder / "chats"),
        "COLUMNS": "200",
    }
    command = [sys.executable, "-c", _PROGRAM, "chat", "--port", "0", *options]
    with log.open("wb") as output:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **named}, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield Served(_address(server, log), corpus, folder)
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=10)
        server.kill()
        server.wait()


def _begin_from_what_is_there(corpus: Path, index: Path) -> None:
    """Copy the checkout's index where there is one: the server embeds only what has changed since."""
    made = ROOT / "index"
    if corpus == ROOT / "corpus" and (made / "CURRENT").is_file() and not index.exists():
        shutil.copytree(made, index, ignore=shutil.ignore_patterns(".*"))


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8", errors="replace")):
            return found[0]
        time.sleep(0.1)
    pytest.fail(f"The chat did not start (exit status {server.poll()}):\n{log.read_text('utf-8', errors='replace')}")
