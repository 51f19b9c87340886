"""A small corpus that visitors may add to, its routes, and what pages send to them."""

import io
import shutil
import time

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from osxp_rag.assistant import Assistant
from osxp_rag.channels.admin import admin_router
from osxp_rag.index import update
from osxp_rag.settings import Settings
from tests.conftest import write_corpus

HERON = "# Heron\n\nHeron is a free mail server written in Rust.\n"
OTTERS = b"# Otters\n\nExactly 17 otters live at the Calypso station.\n"
ADDRESS = "http://127.0.0.1:7860"
OURS = {"X-OSXP": "1"}


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """A corpus of one file, indexed once."""
    folder = tmp_path_factory.mktemp("admin")
    update(Settings(corpus=write_corpus(folder / "corpus", {"heron.md": HERON}), index=folder / "index"))
    return folder


@pytest.fixture
def made(built, tmp_path):
    """Settings of a copy of it, whose visitors may add files."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index", admin=True, max_file_mb=0.1)


@pytest.fixture
def opened(made):
    assistant = Assistant.open(made)
    yield assistant
    assistant.close()


@pytest.fixture
def client(made, opened):
    return client_of(made, lambda: opened)


def client_of(settings, assistant):
    app = FastAPI()
    app.include_router(admin_router(settings, assistant))
    return TestClient(app, base_url=ADDRESS)


def send(client, *files, field="files[]", headers=OURS):
    named = [(field, (name, io.BytesIO(content))) for name, content in files]
    return client.post("/api/admin/upload", files=named, headers=headers)


def finished(client):
    """Wait for the job to end and return it."""
    while (job := client.get("/api/admin/job").json())["state"] == "running":
        time.sleep(0.05)
    return job


def below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
