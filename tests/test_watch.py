"""`osxp-rag index --watch` follows the folder, however files are saved, and ends when it is told to."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import osxp_rag
from osxp_rag.channels.commands.watch import wanted
from osxp_rag.index import update
from osxp_rag.index.generation import open_generation
from osxp_rag.settings import Settings
from tests.test_index import CALYPSO, FILES, HERON, settings_of, write

SOON = 120  # seconds: far more than it takes, for a machine that does other things


class Watching:
    """A real `osxp-rag index --watch`, and what it has printed."""

    def __init__(self, settings: Settings, log: Path) -> None:
        self.settings = settings
        self.log = log
        command = [sys.executable, "-c", "from osxp_rag.channels.cli import main; main()", "index", "--watch"]
        folders = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
        environment = {**os.environ, "PYTHONPATH": str(Path(osxp_rag.__file__).parents[1]), "PYTHONUNBUFFERED": "1"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *folders], stdout=output, stderr=subprocess.STDOUT, env=environment
            )

    def lines(self) -> list[str]:
        return self.log.read_text("utf-8").splitlines()

    def wait_for(self, words: str, times: int = 1) -> None:
        end = time.monotonic() + SOON
        while sum(words in line for line in self.lines()) < times:
            assert self.process.poll() is None, self.lines()
            assert time.monotonic() < end, self.lines()
            time.sleep(0.05)

    def documents(self) -> dict[str, str]:
        opened = open_generation(self.settings)
        try:
            return {path: opened.content.document(path).text for path in opened.metadata}
        finally:
            opened.close()


@pytest.fixture
def watching(tmp_path):
    """One that is running, on an index that is behind its folder."""
    settings = settings_of(tmp_path, FILES)
    update(settings)
    write(settings, {"before.md": "# Before\n\nWritten before it started.\n"})
    watch = Watching(settings, tmp_path / "log.txt")
    try:
        watch.wait_for("1 added")
        yield watch
    finally:
        watch.process.kill()
        watch.process.wait()


def test_it_takes_in_what_was_changed_before_it_started_and_follows_what_comes(watching):
    assert "before.md" in watching.documents()
    write(watching.settings, {"dinner.md": CALYPSO})
    watching.wait_for("1 added", 2)
    (watching.settings.corpus / "dinner.md").rename(watching.settings.corpus / "boat.md")
    watching.wait_for("1 renamed")
    (watching.settings.corpus / "boat.md").unlink()
    watching.wait_for("1 removed")

    assert set(watching.documents()) == {"before.md", "fr/loutre.md", "heron.md"}


def test_it_survives_how_editors_save(watching):
    corpus = watching.settings.corpus
    (corpus / ".heron.md.swp").write_bytes(b"b0VIM 9.0")
    (corpus / "4913").touch()
    (corpus / "4913").unlink()
    (corpus / "heron.md").rename(corpus / "heron.md~")
    write(watching.settings, {"heron.md": HERON.replace("40 euros", "41 euros")})
    (corpus / "heron.md~").unlink()
    watching.wait_for("1 changed")
    assert "41 euros" in watching.documents()["heron.md"]

    write(watching.settings, {".goutputstream-X": HERON.replace("40 euros", "42 euros")})
    (corpus / ".goutputstream-X").replace(corpus / "heron.md")
    watching.wait_for("1 changed", 2)
    assert "42 euros" in watching.documents()["heron.md"]

    words = HERON.replace("40 euros", "43 euros").encode()
    with (corpus / "heron.md").open("wb", buffering=0) as file:
        for start in range(0, len(words), 20):
            file.write(words[start : start + 20])
            time.sleep(0.05)
    watching.wait_for("1 changed", 3)
    assert "43 euros" in watching.documents()["heron.md"]


def test_a_bad_file_is_told_and_it_goes_on(watching):
    write(watching.settings, {"bad.md": "---\ntitle: [\n---\nBody.\n"})
    watching.wait_for("failed: bad.md: ")
    write(watching.settings, {"bad.md": CALYPSO})
    watching.wait_for("1 changed")

    assert "bad.md" in watching.documents()


def test_a_folder_that_goes_is_told_and_followed_again_when_it_is_back(watching):
    corpus = watching.settings.corpus
    corpus.rename(corpus.with_name("away"))
    watching.wait_for("Not indexed: ")
    corpus.with_name("away").rename(corpus)
    write(watching.settings, {"dinner.md": CALYPSO})
    watching.wait_for("1 added", 2)

    assert "dinner.md" in watching.documents()


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_it_is_told_to(watching, told):
    watching.process.send_signal(told)

    assert watching.process.wait(SOON) == 0
    assert watching.lines()[-1] == "Stopped."
    assert not any("Traceback" in line for line in watching.lines())
    assert update(watching.settings).notes == ()


def test_what_is_hidden_and_the_index_itself_are_not_looked_at(tmp_path):
    settings = Settings(corpus=tmp_path, index=tmp_path / "index")
    is_wanted = wanted(settings)

    assert is_wanted(1, str(tmp_path / "talks" / "a.md"))
    for hidden in (".git/HEAD", "talks/.a.md.swp", ".hidden.md", "index/CURRENT"):
        assert not is_wanted(1, str(tmp_path / hidden))
