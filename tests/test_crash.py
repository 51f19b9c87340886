"""Killed at any moment, a build leaves an index that answers, verifies, and is brought up to date by the next one."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import osxp_rag
from osxp_rag.assistant import Assistant
from osxp_rag.index.copies import FOLDER as READERS
from osxp_rag.index.generation import open_generation
from osxp_rag.index.lock import read_holder
from osxp_rag.index.store import Store
from osxp_rag.index.verify import verify_generation
from osxp_rag.settings import Settings
from tests.builders import builders
from tests.test_index import settings_of, write

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

KILLS = 50
SEED = 20251210
NAMES = [f"file-{number}.md" for number in range(6)]


@pytest.fixture(scope="module")
def started():
    with builders() as made:
        yield made


def text_of(chance: random.Random) -> str:
    subject = chance.choice(["heron", "otter", "lynx", "beaver", "stork"])
    return (
        f"# The {subject}\n\nThe {subject} of {chance.randrange(1000)} is a free mail server.\n\n"
        f"## Price\n\nThe {subject} costs {chance.randrange(1000)} euros.\n"
    )


def edit(settings: Settings, chance: random.Random) -> None:
    """Change a file or two: new words, a new name, a copy, gone."""
    for name in chance.sample(NAMES, 2):
        path = settings.corpus / name
        act = chance.choice(["write", "write", "rename", "copy", "remove"])
        if act == "write" or not path.exists():
            write(settings, {name: text_of(chance)})
        elif act == "rename":
            path.replace(settings.corpus / chance.choice(NAMES))
        elif act == "copy":
            (settings.corpus / chance.choice(NAMES)).write_bytes(path.read_bytes())
        elif len(list(settings.corpus.iterdir())) > 2:
            path.unlink()


def content_of(settings: Settings) -> dict:
    """All that the index holds, but its vectors: documents, passages with their terms, files."""
    opened = open_generation(settings)
    try:
        terms = list(opened.content.terms())
        passages = opened.content.passages(opened.ids)
        return {
            "documents": {path: opened.content.document(path) for path in opened.metadata},
            "passages": {one: (passages[one], words) for one, words in zip(opened.ids, terms, strict=True)},
            "scores": opened.terms.scores(["heron", "otter", "price", "euro"]).round(5).tolist(),
            "files": opened.manifest.files,
        }
    finally:
        opened.close()


def vectors_of(settings: Settings) -> dict:
    opened = open_generation(settings)
    try:
        return opened.vectors.get(opened.ids)
    finally:
        opened.close()


def assert_as_a_clean_build(settings: Settings, clean: Settings, started) -> None:
    assert started.build(clean)["error"] is None
    assert content_of(settings) == content_of(clean)
    one, other = vectors_of(settings), vectors_of(clean)
    assert one.keys() == other.keys()
    # A passage embedded in another batch differs by its rounding.
    assert all(float(np.dot(one[identity], other[identity])) > 0.999 for identity in one)


def assert_nothing_is_left_over(settings: Settings) -> None:
    store = Store(settings.index)
    assert {path.name for path in (settings.index / "generations").iterdir()} == set(store.finished())
    assert list(settings.index.glob("**/*.new")) == []
    assert read_holder(settings.index) is None


def test_a_build_killed_at_fifty_moments_never_leaves_an_index_that_does_not_answer(tmp_path, started):
    chance = random.Random(SEED)
    settings = settings_of(tmp_path / "killed", {name: text_of(chance) for name in NAMES})
    store = Store(settings.index)
    begun = time.monotonic()
    started.build(Settings(corpus=settings.corpus, index=tmp_path / "measured"))
    lasts = time.monotonic() - begun
    assistant, killed, unfinished = None, 0, 0
    for round_number in range(KILLS):
        before = store.current()
        child = started.start(settings)
        time.sleep(chance.uniform(0, lasts))
        with contextlib.suppress(ProcessLookupError):  # it has ended
            os.kill(child, signal.SIGKILL)
        killed += started.end()["status"] == -signal.SIGKILL
        unfinished += len({path.name for path in (settings.index / "generations").glob("*")} - set(store.finished()))

        serving = store.current()
        assert serving is not None or before is None
        if serving:
            assert verify_generation(store.folder(serving)) == []
            assistant = assistant or Assistant.open(settings)
            assert assistant.ask("What does the heron cost?").generation == serving
        if round_number % 10 == 9:
            assert started.build(settings)["error"] is None
            assert_nothing_is_left_over(settings)
            clean = Settings(corpus=settings.corpus, index=tmp_path / f"clean-{round_number}")
            assert_as_a_clean_build(settings, clean, started)
        if serving:
            edit(settings, chance)
    assistant.close()

    assert killed > KILLS // 2  # the others had ended before
    assert unfinished > KILLS // 10  # some were killed while they wrote
    assert started.build(settings)["error"] is None
    assert [path for path in (settings.index / READERS).iterdir() if path.is_dir()] == []


def test_a_reader_killed_at_any_moment_leaves_the_generation_as_it_was(tmp_path, started):
    chance = random.Random(SEED)
    settings = settings_of(tmp_path, {name: text_of(chance) for name in NAMES})
    generation = started.build(settings)["generation"]
    program = (
        "import pathlib, sys\nimport numpy as np\nfrom osxp_rag.index.vectors import Vectors\nimport chromadb\n"
        "print('open', flush=True)\nwhile True:\n    opened = Vectors.open(pathlib.Path(sys.argv[1]))\n"
        "    opened.nearest(np.ones(384, dtype=np.float32), 3)\n    opened.close()\n"
    )
    folder = Store(settings.index).folder(generation)
    environment = {**os.environ, "PYTHONPATH": str(Path(osxp_rag.__file__).parents[1])}
    for _ in range(5):
        command = [sys.executable, "-c", program, str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as reader:
            assert reader.stdout.readline() == "open\n"
            time.sleep(chance.uniform(0, 0.5))
            reader.kill()
        assert verify_generation(folder) == []
