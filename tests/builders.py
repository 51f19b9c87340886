"""Builds in processes of their own, which may be killed: one process loads the model and forks one for each build."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import osxp_rag
from osxp_rag.settings import Settings

# Forks before any thread is started: libraries that compute with several threads do not outlive a fork.
PROGRAM = """
import json, os, signal, sys
from osxp_rag.index import update
from osxp_rag.models.embedder import load_embedder
from osxp_rag.settings import Settings
import bm25s, chromadb, filelock, sentencex, Stemmer

def run(order):
    settings = Settings(corpus=order["corpus"], index=order["index"], threads=1)
    if order.get("limit") is not None:
        import resource
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["limit"], order["limit"]))
    def fill(what, done, total):
        filler = order.get("filler")
        if filler and not os.path.exists(filler):
            free = os.statvfs(order["index"]).f_bavail * os.statvfs(order["index"]).f_frsize
            with open(filler, "wb") as file:
                file.write(bytes(max(0, free - order["leave"])))
    try:
        return {"generation": update(settings, progress=fill).generation, "error": None}
    except Exception as error:
        return {"generation": None, "error": type(error).__name__ + ": " + str(error)}

load_embedder(Settings(threads=1))
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.write(write, json.dumps(run(order)).encode())
        os._exit(0)
    os.close(write)
    print(child, flush=True)
    with os.fdopen(read) as answer:
        text = answer.read()
    _, status = os.waitpid(child, 0)
    print(json.dumps({"status": os.waitstatus_to_exitcode(status), **json.loads(text or "{}")}), flush=True)
"""


class Builders:
    """Starts builds, one at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, settings: Settings, **order: object) -> int:
        """Start a build and return the id of its process.

        `limit` is the size in bytes that no file may exceed; `filler` a file that fills the disk while the build goes
        on, all but `leave` bytes.
        """
        order = {"corpus": str(settings.corpus), "index": str(settings.index), **order}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self) -> dict:
        """Wait for the build that was started; return its exit status, its generation, its error."""
        return json.loads(self._process.stdout.readline())

    def build(self, settings: Settings, **order: object) -> dict:
        """Start a build and wait for it."""
        self.start(settings, **order)
        return self.end()


@contextlib.contextmanager
def builders() -> Iterator[Builders]:
    """Give builders that have the model loaded."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(osxp_rag.__file__).parents[1]),
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )
    with process:
        assert process.stdout.readline() == "ready\n"
        yield Builders(process)
        process.stdin.close()
