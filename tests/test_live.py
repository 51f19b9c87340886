"""A running chat takes up new generations under a steady load of questions, and no answer fails."""

import contextlib
import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

import osxp_rag
from osxp_rag.index import update
from tests.test_index import settings_of, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

QUESTION = "How many otters live at the Calypso station?"
VERSIONS = ("17", "23", "31", "47")
THREADS = 3
SOON = 240  # seconds


def words(number):
    return (
        f"# The Calypso station\n\nThe Calypso station stands on the river Loire. Exactly {number} otters live at the "
        "Calypso station.\n"
    )


class Chat:
    """The routes of a running chat, called as its page calls them."""

    def __init__(self, address):
        self.address = address

    def ask(self, question):
        """Ask; return the text of the answer."""
        response = httpx.post(f"{self.address}/api/ask", json={"question": question}, timeout=SOON)
        response.raise_for_status()
        events = [json.loads(line) for line in response.text.splitlines()]
        return next(event["answer"]["text"] for event in events if event["event"] == "answer")


@pytest.fixture
def served(tmp_path):
    """A corpus, its index, and a chat on it, in a process of its own."""
    settings = settings_of(tmp_path, {"station.md": words(VERSIONS[0]), "other.md": "# Lynx\n\nThe lynx is a cat.\n"})
    update(settings)
    log = tmp_path / "log.txt"
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(osxp_rag.__file__).parents[1]),
        "OSXP_RAG_CORPUS": str(settings.corpus),
        "OSXP_RAG_INDEX": str(settings.index),
        "OSXP_RAG_THRESHOLD": "0",
        "OSXP_RAG_KEEP_CHATS": "false",
    }
    command = [sys.executable, "-c", "from osxp_rag.channels.cli import main; main()", "chat", "--port", "0"]
    with log.open("wb") as output:
        server = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield settings, Chat(_address(server, log))
    finally:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(timeout=10)
        server.kill()
        server.wait()


def _address(server, log):
    end = time.monotonic() + SOON
    while time.monotonic() < end and server.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:\d+", log.read_text("utf-8", errors="replace")):
            return found[0]
        time.sleep(0.1)
    pytest.fail(f"The chat did not start:\n{log.read_text('utf-8', errors='replace')}")


def version_of(shown):
    """Return the version that an answer quotes; more than one, or none, is a failure."""
    found = set(re.findall(r"Exactly (\d+) otters", shown))
    assert len(found) == 1, shown
    return found.pop()


def test_a_chat_under_load_takes_up_three_new_generations_and_drops_no_answer(served):
    settings, chat = served
    seen, failures, stop = [], [], threading.Event()

    def load():
        while not stop.is_set():
            try:
                seen.append(version_of(chat.ask(QUESTION)))
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=load) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    switched = []
    for version in VERSIONS[1:]:
        write(settings, {"station.md": words(version)})
        update(settings.model_copy(update={"keep_generations": 1}))
        published = time.monotonic()
        while version_of(chat.ask(QUESTION)) != version:
            assert time.monotonic() < published + SOON
        switched.append(time.monotonic() - published)
    stop.set()
    for thread in threads:
        thread.join()

    assert failures == []
    assert set(seen) <= set(VERSIONS)
    assert len(seen) > len(VERSIONS)
    assert len(switched) == 3
