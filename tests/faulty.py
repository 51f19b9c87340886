"""Servers that fail as servers do: none of them is asked for sense. Real models answer in the tests marked `llm`."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Send = Callable[[bytes], None]


class Server(ThreadingHTTPServer):
    """Answers each request in one faulty way; `asked` keeps the paths, `over` ends what hangs.

    With the fault `says` it says `sayings`, and after the first of them waits until `go_on` is set; `left` is set when
    who asked is gone before the end.
    """

    daemon_threads = True

    def __init__(self, fault: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault = fault
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self.over = threading.Event()
        self.sayings: list[str] = []
        self.listed = [{"name": "small:latest"}]
        self.go_on = threading.Event()
        self.left = threading.Event()

    @property
    def url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Speaks as an OpenAI-compatible server or as Ollama, by the path that is asked for, up to the fault."""

    server: Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """List one model, or fail."""
        self._answer({"data": [{"id": "small"}], "models": self.server.listed})

    def do_POST(self) -> None:
        """Say words, or fail."""
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._answer(None)

    def _answer(self, listed: object) -> None:
        fault = self.server.fault
        self.server.asked.append(self.path)
        if fault == "hang":
            self.server.over.wait(30)
        elif fault == "error":
            self.send_error(500)
        elif fault == "redirect":
            self.send_response(307)
            self.send_header("Location", "http://192.0.2.1/v1/chat/completions")
            self.end_headers()
        elif fault == "page":
            self._head("text/html")
            self.wfile.write(b"<html><body>It works!</body></html>")
        elif listed is not None:
            self._head("application/json")
            self.wfile.write(json.dumps(listed).encode())
        else:
            self._head("text/event-stream" if "completions" in self.path else "application/x-ndjson", chunked=True)
            with contextlib.suppress(OSError):
                self._say(fault)

    def _say(self, fault: str) -> None:
        if fault == "bad json":
            self._part(b"data: {not json\n\n")
        if fault in ("cut", "stall"):
            self._word("Heron is a free ")
            self._word("mail server")
        if fault == "stall":
            self.server.over.wait(30)
        if fault == "cut":
            self.close_connection = True  # without the last chunk
            return
        if fault == "says":
            self._recite()
        if fault == "babble":
            for _ in range(400):
                self._word("blah ")
        self.wfile.write(b"0\r\n\r\n")

    def _recite(self) -> None:
        for number, saying in enumerate(self.server.sayings):
            if number == 1:
                while not self.server.go_on.wait(0.05):
                    self._hold()
            self._word(saying)

    def _hold(self) -> None:
        """Say nothing of weight, as a slow model does; who asked may have gone."""
        try:
            self._word("")
        except OSError:
            self.server.left.set()
            raise

    def _word(self, word: str) -> None:
        if "completions" in self.path:
            choice = {"index": 0, "delta": {"role": "assistant", "content": word}, "finish_reason": None}
            row = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "small", "choices": [choice]}
            self._part(f"data: {json.dumps(row)}\n\n".encode())
        else:
            row = {"model": "small", "message": {"role": "assistant", "content": word}, "done": False}
            self._part(f"{json.dumps(row)}\n".encode())

    def _part(self, content: bytes) -> None:
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def _head(self, kind: str, *, chunked: bool = False) -> None:
        self.protocol_version = "HTTP/1.1"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header(*(("Transfer-Encoding", "chunked") if chunked else ("Connection", "close")))
        self.end_headers()


@contextlib.contextmanager
def faulty(fault: str) -> Iterator[Server]:
    """Give a server with a fault, on a free port of this machine."""
    server = Server(fault)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
