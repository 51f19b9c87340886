"""A generation is never written after it was published, tells when it is damaged, and can be gone back to."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import osxp_rag
from osxp_rag.assistant import Assistant
from osxp_rag.channels.cli import app
from osxp_rag.errors import IndexMismatchError, IndexMissingError, IndexStateError
from osxp_rag.index import update
from osxp_rag.index.build import Builder
from osxp_rag.index.content import Content
from osxp_rag.index.copies import sweep
from osxp_rag.index.generation import open_generation
from osxp_rag.index.manifest import identity_of, read_manifest
from osxp_rag.index.recover import roll_back, verify_index
from osxp_rag.index.store import Store
from osxp_rag.index.vectors import Vectors
from osxp_rag.settings import Settings
from tests.test_index import CALYPSO, FILES, bytes_of, copies_of, generations, settings_of, write


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """An index of three generations: two files, a third one, and a fourth."""
    made = settings_of(tmp_path_factory.mktemp("built"), FILES)
    update(made)
    for name in ("dinner.md", "evening.md"):
        write(made, {name: f"{CALYPSO}\nThis is {name}.\n"})
        update(made)
    return made


@pytest.fixture
def index(built, tmp_path):
    """A copy of it that a test may change."""
    shutil.copytree(built.corpus, tmp_path / "corpus")
    shutil.copytree(built.index, tmp_path / "index")
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def folder_of(settings):
    return Store(settings.index).folder(Store(settings.index).current())


def run(settings, *arguments):
    folders = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    return CliRunner().invoke(app, ["index", *folders, *arguments])


# What is published stays as it is


def test_reading_a_generation_writes_nothing_into_it(index):
    before = bytes_of(folder_of(index))
    for _ in range(2):
        assistant = Assistant.open(index)
        assistant.ask("What does Heron cost?")
        assistant.close()

    assert bytes_of(folder_of(index)) == before
    assert verify_index(index).problems == ()


def test_building_the_next_generation_writes_nothing_into_the_one_before(index):
    folder = folder_of(index)
    before = bytes_of(folder)
    write(index, {"note.md": "# Note\n\nA note about otters.\n"})
    update(index)

    assert folder != folder_of(index)
    assert bytes_of(folder) == before


def test_the_checksums_are_of_every_file_but_the_manifest(index):
    folder = folder_of(index)
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    assert set(read_manifest(folder).checksums) == files - {"manifest.json"}


def test_a_reader_answers_on_when_its_generation_is_removed(index, embedder):
    opened = open_generation(index)
    vector = embedder.embed_questions(["What does Heron cost?"])[0]
    shutil.rmtree(index.index / "generations")

    assert opened.vectors.nearest(vector, 1)[0][0].startswith("heron.md#")
    assert opened.vectors.count() == len(opened.vectors.get(opened.ids)) == len(opened.ids)
    assert set(opened.content.passages(opened.ids)) == set(opened.ids)
    assert opened.terms.scores(["heron"]).any()
    opened.close()


def test_an_index_that_cannot_be_written_to_is_read(index, monkeypatch, tmp_path):
    shutil.rmtree(index.index / ".readers")
    (index.index / ".readers").write_text("a file where the folder of the copies would be")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    opened = open_generation(index)

    assert opened.vectors.count() == len(opened.ids)
    assert len(list((tmp_path / "temporary").glob("osxp-rag-*"))) == 1
    opened.close()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_the_copy_of_a_reader_that_was_killed_is_swept_and_that_of_a_living_one_stays(index):
    program = (
        "import pathlib, sys\nfrom osxp_rag.index.vectors import Vectors\n"
        "opened = Vectors.open(pathlib.Path(sys.argv[1]))\nprint('open', flush=True)\nsys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(osxp_rag.__file__).parents[1])}
    command = [sys.executable, "-c", program, str(folder_of(index))]
    living = open_generation(index)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as other:
        assert other.stdout.readline() == "open\n"
        assert sweep(index.index) == 0
        assert len(copies_of(index)) == 2
        other.kill()
    assert sweep(index.index) == 1

    assert len(copies_of(index)) == 1
    assert living.vectors.count() == len(living.ids)
    living.close()
    assert copies_of(index) == []


@pytest.mark.parametrize("keep", [1, 2, 5])
def test_as_many_generations_are_kept_as_asked_for(index, keep):
    write(index, {"note.md": "# Note\n\nA note about otters.\n"})
    done = update(index.model_copy(update={"keep_generations": keep}))

    assert generations(index)[-1] == done.generation
    assert len(generations(index)) == min(keep, 4)


def test_questions_under_way_keep_their_generation_while_others_are_published_and_only_one_kept(index):
    settings = index.model_copy(update={"keep_generations": 1})
    assistant = Assistant.open(settings)
    with assistant._serving.use() as opened:
        for number in range(2):
            write(index, {f"note-{number}.md": f"# Note\n\nNote {number} is about otters.\n"})
            update(settings)
            assert assistant.ask("What is note 1 about?").generation == Store(index.index).current()
        assert opened.generation.id != assistant.generation
        assert opened.generation.vectors.count() == len(opened.generation.ids)
        assert len(copies_of(index)) == 2
    assert len(copies_of(index)) == 1
    assistant.close()


def test_a_reader_that_finds_its_generation_gone_takes_the_one_that_serves_by_then(index, monkeypatch):
    store, first = Store(index.index), generations(index)[0]
    serving = store.current()
    pointed = iter([first])
    monkeypatch.setattr(Store, "current", lambda self: next(pointed, serving))
    store.remove(first)
    opened = open_generation(index)

    assert opened.id == serving
    opened.close()


def test_a_new_generation_that_is_damaged_leaves_the_old_one_serving_and_is_told_of_once(index, caplog):
    assistant = Assistant.open(index)
    serving = assistant.generation
    write(index, {"note.md": "# Note\n\nA note about otters.\n"})
    update(index)
    (folder_of(index) / "content.db").write_bytes(b"not a database" * 100)
    for _ in range(3):
        assert assistant.ask("What does Heron cost?").generation == serving
    assistant.close()

    told = [record.getMessage() for record in caplog.records if record.name == "osxp_rag.answering.serving"]
    assert len(told) == 1
    assert f"Answering from {serving} on" in told[0]


# Verification


def test_every_generation_of_an_index_is_sound(index):
    for name in generations(index):
        assert verify_index(index, name).problems == ()


def remove_a_vector(folder):
    vectors = Vectors.change(folder)
    vectors.remove(["heron.md#0"])
    vectors.close()


def lengthen_a_vector(folder):
    vectors = Vectors.change(folder)
    found = vectors.get(["heron.md#0"])["heron.md#0"]
    vectors.remove(["heron.md#0"])
    vectors.add(["heron.md#0"], ["heron.md"], np.asarray([found * 2], dtype=np.float32))
    vectors.close()


def sql(statement):
    def change(folder):
        connection = sqlite3.connect(folder / "content.db")
        connection.execute(statement)
        connection.commit()
        connection.close()

    return change


def append(name):
    def change(folder):
        with (folder / name).open("ab") as file:
            file.write(b"x")

    return change


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (append("content.db"), "content.db: is not as it was written (SHA-256)"),
        (append("stray"), "stray: is not a file of this generation"),
        (lambda folder: (folder / "terms" / "vocab.index.json").unlink(), "vocab.index.json: is missing"),
        (remove_a_vector, "heron.md#0: has no vector"),
        (lengthen_a_vector, "heron.md#0: its vector is of length 2.0000, not 1"),
        (sql("DELETE FROM passages WHERE id = 'heron.md#1'"), "heron.md: 2 passages, 3 in the manifest"),
        (sql("DELETE FROM documents WHERE path = 'heron.md'"), "heron.md: has no document"),
        (sql("UPDATE passages SET end = 9999 WHERE id = 'heron.md#0'"), "heron.md#0: its offsets 7 to 9999 are not in"),
        (sql("UPDATE passages SET sentences = '[[0, 9000]]' WHERE id = 'heron.md#0'"), "a sentence is not inside it"),
        (sql("UPDATE passages SET terms = 'xylophone' WHERE number = 0"), "is not found by its term 'xylophone'"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "manifest.json cannot be read"),
    ],
)
def test_what_is_wrong_with_a_damaged_generation_is_told(index, damage, told):
    damage(folder_of(index))
    result = run(index, "--verify")

    assert result.exit_code == 1
    assert told in result.stdout
    assert "osxp-rag index --rollback" in result.stderr


def test_a_sound_generation_is_said_to_be_sound(index):
    result = run(index, "--verify")

    assert result.exit_code == 0
    assert result.stdout == f"Index {Store(index.index).current()}: sound.\n"
    assert json.loads(run(index, "--verify", "--json").stdout)["problems"] == []


def test_a_generation_that_is_not_there_is_an_error_that_lists_those_that_are(index):
    for unknown in ("000099-00000000", "../corpus", "nonsense"):
        result = run(index, "--verify", unknown)
        assert result.exit_code == 1
        assert f"no generation {unknown!r}; kept are: {', '.join(generations(index))}" in result.stderr


def test_a_build_that_does_not_hold_together_is_not_published(index, monkeypatch):
    before = Store(index.index).current()
    real = Builder.build

    def build_and_damage(self, plan, found, folder, base, reuse):
        done = real(self, plan, found, folder, base, reuse)
        content = Content.open(folder, writable=True)
        content.remove(["heron.md"])
        content.close()
        return done

    monkeypatch.setattr(Builder, "build", build_and_damage)
    write(index, {"note.md": "# Note\n\nA note about otters.\n"})
    with pytest.raises(
        IndexStateError, match=r"does not hold together, and is not taken: content\.db: .* in the manifest"
    ):
        update(index)

    assert Store(index.index).current() == before
    assert before in generations(index)
    assert len(generations(index)) == 3


# Going back


def test_rolling_back_has_the_generation_before_serve_and_the_next_update_follows_the_folder_again(index):
    first, second, third = generations(index)
    result = run(index, "--rollback")

    assert result.stdout == f"Index {second} serves now, in the place of {third}.\n"
    assert Store(index.index).current() == second
    assert run(index, "--rollback").exit_code == 0
    assert Store(index.index).current() == first
    assert "no generation before" in run(index, "--rollback").stderr
    done = update(index)
    assert done.plan.added == ("dinner.md", "evening.md")
    assert done.generation > third


def test_an_assistant_follows_a_rollback(index):
    assistant = Assistant.open(index)
    third = assistant.generation
    done = roll_back(index, generations(index)[0])

    assert done.before == third
    assert assistant.ask("What does Heron cost?").generation == done.generation == generations(index)[0]
    assert assistant.document("dinner.md") is None
    assistant.close()


def test_a_damaged_generation_is_not_gone_back_to(index):
    second, third = generations(index)[1:]
    remove_a_vector(Store(index.index).folder(second))
    result = run(index, "--rollback")

    assert result.exit_code == 1
    assert "is damaged, and not taken" in result.stderr
    assert Store(index.index).current() == third


def test_a_generation_of_other_settings_is_not_gone_back_to(index):
    with pytest.raises(IndexMismatchError, match="built with other settings"):
        roll_back(index.model_copy(update={"passage_tokens": 100}))


def test_a_damaged_pointer_is_mended_by_a_rollback(index):
    (index.index / "CURRENT").write_text("nonsense")

    assert roll_back(index).generation == generations(index)[-1]


def test_without_an_index_there_is_nothing_to_go_back_to_or_to_check(tmp_path):
    made = settings_of(tmp_path, FILES)
    for ask in (roll_back, verify_index):
        with pytest.raises(IndexMissingError, match="Run: osxp-rag index"):
            ask(made)
    assert not made.index.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--verify", "--rollback"),
        ("--verify", "--dry-run"),
        ("--watch", "--full"),
        ("000001-00000000",),
        ("--keep", "0"),
    ],
)
def test_what_does_not_go_together_is_bad_usage(index, arguments):
    assert run(index, *arguments).exit_code == 2


# Writers


def test_two_builds_at_once_publish_one_after_the_other_or_are_refused_and_the_index_is_sound(index):
    write(index, {"note.md": "# Note\n\nA note about otters.\n"})
    program = "import sys\nfrom osxp_rag.channels.cli import main\nmain()\n"
    folders = ["--corpus", str(index.corpus), "--index", str(index.index)]
    environment = {**os.environ, "PYTHONPATH": str(Path(osxp_rag.__file__).parents[1])}
    command = [sys.executable, "-c", program, "index", "--full", *folders]
    runs = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [(process.communicate()[1], process.returncode) for process in runs]
    refused = [text for text, status in ends if status]

    assert len(refused) < 2, ends
    assert ["another process is indexing: process" in text for text in refused] == [True] * len(refused), ends
    assert verify_index(index).problems == ()
    assert update(index).plan.empty


def test_threads_that_open_and_close_while_generations_are_published_never_fail(index):
    settings = index.model_copy(update={"keep_generations": 1})
    stop, failures = threading.Event(), []

    def read():
        while not stop.is_set():
            try:
                opened = open_generation(settings)
                if opened.vectors.count() != len(opened.ids):
                    failures.append(opened.id)
                opened.close()
            except Exception as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(3):
        write(index, {f"note-{number}.md": f"# Note\n\nNote {number} is about otters.\n"})
        update(settings)
    stop.set()
    for reader in readers:
        reader.join()

    assert failures == []


# Schema 1


@pytest.fixture
def old(tmp_path):
    """An index that the version before wrote: schema 1, four passages."""
    with tarfile.open(Path(__file__).with_name("schema-1.tar.xz")) as archive:
        archive.extractall(tmp_path, filter="data")
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def test_an_index_of_schema_1_says_so_and_names_the_command(old):
    with pytest.raises(IndexMismatchError, match=r"another version .*\(schema 1; .*makes 2\)\. Run: osxp-rag index"):
        Assistant.open(old)
    assert verify_index(old).problems == ()


def test_an_index_of_schema_1_is_rebuilt_with_its_vectors(old):
    before = read_manifest(folder_of(old))
    done = update(old)
    same = before.identity.embedder == identity_of(old).embedder

    assert done.plan.rebuild == ("schema: 1 → 2, of another version of osxp-rag",)
    assert (done.embedded, done.reused) == ((0, 4) if same else (4, 0))
    assert verify_index(old).problems == ()
    assert read_manifest(folder_of(old)).identity.schema == 2


def test_an_index_of_schema_1_that_cannot_be_read_is_embedded_anew(old):
    (folder_of(old) / "content.db").write_bytes(b"not a database" * 100)
    done = update(old)

    assert (done.embedded, done.reused) == (4, 0)
    assert verify_index(old).problems == ()


# Taking over


@pytest.mark.parametrize("name", ["content.db", "terms/times.npy", "vectors/chroma.sqlite3"])
def test_nothing_is_taken_over_from_a_generation_that_is_not_as_it_was_written(index, name):
    before = Store(index.index).current()
    append(name)(folder_of(index))
    write(index, {"note.md": "# Note\n\nA note about otters.\n"})

    with pytest.raises(IndexStateError, match=r"is not as it was written \(SHA-256\).*osxp-rag index --full"):
        update(index)
    assert Store(index.index).current() == before
    assert update(index, full=True).generation != before


def test_terms_that_are_not_those_of_the_passages_are_told(index):
    sql("UPDATE passages SET terms = terms || ' heron' WHERE id = 'heron.md#0'")(folder_of(index))

    assert "terms: are not those of the passages" in verify_index(index).problems


def test_a_passage_that_was_taken_over_is_not_looked_into_again_but_its_place_and_its_vector_are(index, monkeypatch):
    looked_at = []
    real = Vectors.get
    monkeypatch.setattr(Vectors, "get", lambda self, ids: looked_at.extend(ids) or real(self, ids))
    monkeypatch.setattr("osxp_rag.index.verify.EVERY", 1_000_000)
    monkeypatch.setattr("osxp_rag.index.map.DRAWN_MOST", 0)  # a map looks at every vector
    write(index, {"note.md": "# Note\n\nA note about otters.\n"})
    done = update(index)

    assert done.embedded == 1
    assert "note.md#0" in looked_at
    assert len(set(looked_at)) < done.passages
