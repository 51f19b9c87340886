"""The index follows the folder: what each update embeds, keeps, drops and reports, and what serves meanwhile."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

import osxp_rag
from osxp_rag.assistant import Assistant
from osxp_rag.errors import CorpusError, FilterError, IndexMismatchError, IndexMissingError, IndexStateError
from osxp_rag.index import build, plan_update, update
from osxp_rag.index.generation import open_generation
from osxp_rag.index.lock import read_holder
from osxp_rag.index.store import Store
from osxp_rag.settings import Settings
from tests.conftest import write_corpus

HERON = """# Heron

Heron is a free mail server written in Rust.

## Licence

Heron is published under the AGPL-3.0 licence.

## Price

Commercial support for Heron costs 40 euros a month.
"""
LOUTRE = "# Loutre\n\nLoutre est un moteur de recherche libre, écrit en Python.\n"
CALYPSO = "# Dinner\n\nThe conference dinner took place on a boat called Calypso.\n"
FILES = {"heron.md": HERON, "fr/loutre.md": LOUTRE}  # 3 passages and 1


@pytest.fixture
def made(tmp_path):
    """Settings of a fresh corpus of two files; nothing is indexed yet."""
    return settings_of(tmp_path, FILES)


@pytest.fixture
def indexed(made):
    """The same, indexed once."""
    update(made)
    return made


def settings_of(folder: Path, files: dict[str, str], **more) -> Settings:
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    return Settings(corpus=write_corpus(folder / "corpus", files), index=folder / "index", **more)


def write(settings: Settings, files: dict[str, str]) -> None:
    write_corpus(settings.corpus, files)


def generations(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.index / "generations").iterdir())


def copies_of(settings: Settings) -> list[Path]:
    """The private copies of readers."""
    return [path for path in (settings.index / ".readers").glob("*") if path.is_dir()]


def bytes_of(folder: Path) -> dict:
    """Every file below a folder: when it was written, and what it holds."""
    return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


def content_of(settings: Settings) -> dict:
    """All that a generation says of its passages, by id, without their vectors."""
    opened = open_generation(settings)
    try:
        passages = opened.content.passages(opened.ids)
        scores = dict(zip(opened.ids, opened.terms.scores(["heron"]).tolist(), strict=True))
        return {
            identity: (passages[identity], opened.metadata[passages[identity].document], scores[identity])
            for identity in opened.ids
        }
    finally:
        opened.close()


def vectors_of(settings: Settings) -> dict:
    opened = open_generation(settings)
    try:
        assert opened.vectors.count() == len(opened.ids)
        found = opened.vectors.get(opened.ids)
        assert set(found) == set(opened.ids)
        return found
    finally:
        opened.close()


def documents_of(settings: Settings) -> set[str]:
    return {identity.rpartition("#")[0] for identity in content_of(settings)}


def assert_same_vectors(one: dict, other: dict, least: float) -> None:
    assert one.keys() == other.keys()
    assert all(float(one[identity] @ other[identity]) >= least for identity in one)


def counts(done):
    return done.embedded, done.reused, done.passages


# Updates


def test_the_first_update_embeds_everything(made):
    done = update(made)

    assert counts(done) == (4, 0, 4)
    assert done.plan.added == ("fr/loutre.md", "heron.md")
    assert done.plan.rebuild == ("there is no index yet",)
    assert done.failures == ()
    assert generations(made) == [done.generation]
    assert (
        set(content_of(made)) == set(vectors_of(made)) == {"fr/loutre.md#0", "heron.md#0", "heron.md#1", "heron.md#2"}
    )


def test_the_manifest_says_what_was_built_and_when(made):
    update(made, now=lambda: datetime(2025, 12, 10, 9, 30, tzinfo=UTC))
    opened = open_generation(made)
    manifest = opened.manifest
    opened.close()

    assert manifest.created == "2025-12-10T09:30:00+00:00"
    assert (manifest.dimension, manifest.passages, manifest.corpus) == (384, 4, str(made.corpus))
    record = manifest.files["heron.md"]
    assert (record.state, record.title, record.lang, record.passages) == ("indexed", "Heron", "en", 3)


def test_nothing_changed_keeps_the_generation_and_embeds_nothing(indexed):
    before = Store(indexed.index).current()
    done = update(indexed)

    assert done.plan.empty
    assert (done.generation, *counts(done)) == (before, 0, 0, 4)
    assert generations(indexed) == [before]


def test_touching_a_file_changes_nothing(indexed):
    os.utime(indexed.corpus / "heron.md", (0, 0))

    assert update(indexed).plan.empty


def test_of_an_added_file_only_its_passages_are_embedded(indexed):
    before = vectors_of(indexed)
    write(indexed, {"dinner.md": CALYPSO})
    done = update(indexed)

    assert counts(done) == (1, 0, 5)
    assert done.plan.added == ("dinner.md",)
    after = vectors_of(indexed)
    assert all(np.array_equal(after[identity], before[identity]) for identity in before)


def test_of_a_file_with_one_changed_section_only_that_is_embedded(indexed):
    write(indexed, {"heron.md": HERON.replace("40 euros", "50 euros")})
    done = update(indexed)

    assert counts(done) == (1, 2, 4)
    assert done.plan.changed == ("heron.md",)
    assert "50 euros" in content_of(indexed)["heron.md#2"][0].text


def test_a_changed_title_changes_every_passage_of_its_file(indexed):
    write(indexed, {"heron.md": HERON.replace("# Heron\n", "# The heron\n", 1)})

    assert counts(update(indexed)) == (3, 0, 4)


def test_a_file_that_grows_shorter_leaves_no_passage_behind(indexed):
    write(indexed, {"heron.md": HERON.partition("## Licence")[0]})

    assert counts(update(indexed)) == (0, 1, 2)
    assert set(vectors_of(indexed)) == {"fr/loutre.md#0", "heron.md#0"}


def test_a_removed_file_leaves_search(indexed):
    (indexed.corpus / "heron.md").unlink()
    done = update(indexed)
    assistant = Assistant.open(indexed)

    assert counts(done) == (0, 0, 1)
    assert done.plan.removed == ("heron.md",)
    assert {hit.passage.document for hit in assistant.search("What does Heron cost?")} == {"fr/loutre.md"}
    assert assistant.document("heron.md") is None
    assistant.close()


def test_a_renamed_file_is_not_embedded_again_and_is_found_under_its_new_path(indexed):
    (indexed.corpus / "talks").mkdir()
    (indexed.corpus / "heron.md").rename(indexed.corpus / "talks/bird.md")
    done = update(indexed)
    assistant = Assistant.open(indexed)

    assert counts(done) == (0, 3, 4)
    assert done.plan.renamed == (("heron.md", "talks/bird.md"),)
    assert assistant.search("What does Heron cost?")[0].passage.document == "talks/bird.md"
    assert documents_of(indexed) == {"fr/loutre.md", "talks/bird.md"}
    assistant.close()


def test_a_copy_is_indexed_once_and_cited_with_both_names(indexed):
    write(indexed, {"heron copy.md": HERON, "zebra.md": HERON})
    done = update(indexed)
    assistant = Assistant.open(indexed.model_copy(update={"threshold": 0.0}))
    citation = assistant.ask("What does commercial support for Heron cost?").citations[0]
    found = assistant.search("What does Heron cost?", filters={"document": "zebra.md"})
    assistant.close()

    assert counts(done) == (0, 3, 4)
    assert done.plan.duplicates == (("heron.md", "heron copy.md"), ("zebra.md", "heron copy.md"))
    assert documents_of(indexed) == {"heron copy.md", "fr/loutre.md"}
    assert (citation.document, citation.also) == ("heron copy.md", ("heron.md", "zebra.md"))
    assert {hit.passage.document for hit in found} == {"heron copy.md"}
    assert update(indexed).plan.empty


def test_a_copy_takes_the_place_of_its_original_without_being_embedded(indexed):
    write(indexed, {"other.md": HERON})
    assert counts(update(indexed)) == (0, 0, 4)
    (indexed.corpus / "heron.md").unlink()
    assert counts(update(indexed)) == (0, 3, 4)

    assert documents_of(indexed) == {"other.md", "fr/loutre.md"}
    assert update(indexed).plan.empty


def test_a_copy_of_a_bad_file_fails_as_that_does_and_both_recover(indexed):
    write(indexed, {"bad.md": "---\ntitle: [\n---\nBody.\n", "worse.md": "---\ntitle: [\n---\nBody.\n"})
    done = update(indexed)

    assert [record.path for record in done.failures] == ["bad.md", "worse.md"]
    assert done.failures[0].reason == done.failures[1].reason
    assert update(indexed).plan.empty
    write(indexed, {"bad.md": CALYPSO, "worse.md": CALYPSO})
    assert update(indexed).failures == ()
    assert documents_of(indexed) == {"bad.md", "fr/loutre.md", "heron.md"}


def test_a_file_that_changes_while_it_is_read_is_read_again(indexed, monkeypatch):
    real, saved = build.load, []

    def save_then_load(corpus, file, *more):
        if file.path == "dinner.md" and len(saved) < 3:
            saved.append(f"{CALYPSO}\nSaved {len(saved) + 1} times.\n")
            (corpus / file.path).write_text(saved[-1], encoding="utf-8")
        return real(corpus, file, *more)

    write(indexed, {"dinner.md": CALYPSO, "evening.md": CALYPSO})
    monkeypatch.setattr(build, "load", save_then_load)
    done = update(indexed)
    content = content_of(indexed)

    assert done.failures == ()
    assert "Saved 3 times" in content["dinner.md#0"][0].text
    assert "evening.md#0" in content
    assert update(indexed).plan.empty


def test_a_file_that_never_stops_changing_fails_and_the_rest_is_indexed(indexed, monkeypatch):
    real, saved = build.load, []

    def save_then_load(corpus, file, *more):
        saved.append(file)
        (corpus / file.path).write_text(f"{CALYPSO}\n{len(saved)}\n", encoding="utf-8")
        return real(corpus, file, *more)

    write(indexed, {"dinner.md": CALYPSO})
    monkeypatch.setattr(build, "load", save_then_load)
    done = update(indexed)

    assert "changed while it was read" in done.failures[0].reason
    assert len(saved) == 4
    assert documents_of(indexed) == {"fr/loutre.md", "heron.md"}


def test_a_file_that_goes_while_it_is_read_is_as_if_it_had_never_been(indexed, monkeypatch):
    real = build.load

    def remove_then_load(corpus, file, *more):
        (corpus / file.path).unlink()
        return real(corpus, file, *more)

    write(indexed, {"dinner.md": CALYPSO})
    monkeypatch.setattr(build, "load", remove_then_load)

    assert update(indexed).failures == ()
    assert update(indexed).plan.empty


def test_added_changed_renamed_and_removed_files_in_one_update_end_as_a_fresh_build_does(tmp_path, indexed):
    write(indexed, {"old.md": CALYPSO, "gone.md": "# Gone\n\nNothing.\n"})
    update(indexed)
    (indexed.corpus / "old.md").rename(indexed.corpus / "new.md")
    (indexed.corpus / "gone.md").unlink()
    write(indexed, {"heron.md": HERON.replace("Rust", "Go"), "added.txt": "Some words."})
    done = update(indexed)
    fresh = Settings(corpus=indexed.corpus, index=tmp_path / "fresh")
    update(fresh)

    assert (len(done.plan.added), len(done.plan.changed), len(done.plan.renamed), len(done.plan.removed)) == (
        1,
        1,
        1,
        1,
    )
    assert content_of(indexed) == content_of(fresh)
    assert_same_vectors(vectors_of(indexed), vectors_of(fresh), 0.9999)


def test_two_builds_of_the_same_corpus_are_the_same(tmp_path, indexed):
    other = Settings(corpus=indexed.corpus, index=tmp_path / "other")
    update(other)

    assert generations(indexed) == generations(other)
    assert content_of(indexed) == content_of(other)
    one, two = vectors_of(indexed), vectors_of(other)
    assert one.keys() == two.keys()
    assert all(np.allclose(one[identity], two[identity], atol=1e-5) for identity in one)


def test_full_embeds_everything_anew(indexed):
    done = update(indexed, full=True)

    assert counts(done) == (4, 0, 4)
    assert done.plan.rebuild == ("asked for",)


def test_other_splitter_settings_rebuild_but_take_over_vectors_that_still_fit(tmp_path):
    long = "# Long\n\n" + " ".join(f"Sentence number {n} of the long text is here." for n in range(40)) + "\n"
    made = settings_of(tmp_path, {**FILES, "long.md": long})
    update(made)
    shorter = made.model_copy(update={"passage_tokens": 64})
    done = update(shorter)

    assert done.plan.rebuild == (done.plan.rebuild[0],)
    assert "splitter" in done.plan.rebuild[0]
    assert done.reused == 4
    assert done.embedded == done.passages - 4 > 2


def test_another_prefix_takes_over_no_vector(indexed):
    other = indexed.model_copy(update={"passage_prefix": "text: "})

    assert counts(update(other)) == (4, 0, 4)


def test_a_dry_run_plans_and_writes_nothing(made):
    done = update(made, dry_run=True)

    assert done.plan.added == ("fr/loutre.md", "heron.md")
    assert (done.generation, done.embedded) == (None, 0)
    assert not made.index.exists()


def test_a_dry_run_leaves_the_generation_that_serves(indexed):
    write(indexed, {"dinner.md": CALYPSO})
    done = update(indexed, dry_run=True)

    assert done.plan.added == ("dinner.md",)
    assert generations(indexed) == [done.generation]
    assert update(indexed).plan == done.plan


def test_progress_tells_of_files_split_and_passages_embedded(made):
    told = []
    update(made, progress=lambda *step: told.append(step))

    assert [step for step in told if step[0] == "split"] == [("split", 1, 2), ("split", 2, 2)]
    assert told[-1] == ("embed", 4, 4)


def test_an_update_is_given_as_json(made):
    assert json.loads(json.dumps(update(made).to_dict()))["plan"]["added"] == ["fr/loutre.md", "heron.md"]


def test_a_corpus_that_is_not_there_is_an_error_and_the_index_stays(indexed):
    indexed.corpus.rename(indexed.corpus.with_name("moved"))

    with pytest.raises(CorpusError, match="no such folder"):
        update(indexed)
    assert len(content_of(indexed)) == 4


def test_an_empty_corpus_has_an_index_without_passages_and_every_question_is_refused(tmp_path):
    made = settings_of(tmp_path, {})
    done = update(made)
    assistant = Assistant.open(made)

    assert counts(done) == (0, 0, 0)
    assert assistant.ask("What is Heron?").reason == "empty_index"
    assert assistant.search("What is Heron?") == []
    assistant.close()
    assert update(made).plan.empty


def test_the_first_file_of_an_empty_corpus_is_found(tmp_path):
    made = settings_of(tmp_path, {})
    update(made)
    write(made, {"heron.md": HERON})

    assert counts(update(made)) == (3, 0, 3)
    assert len(vectors_of(made)) == 3


def test_the_last_file_may_go(indexed):
    shutil.rmtree(indexed.corpus)
    indexed.corpus.mkdir()

    assert counts(update(indexed)) == (0, 0, 0)
    assert vectors_of(indexed) == {}


# Files that fail


def test_bad_files_are_reported_and_the_rest_is_indexed(made):
    (made.corpus / "binary.md").write_bytes(b"caf\0\xe9")
    write(made, {"empty.md": "", "broken.md": "---\ntitle: [\n---\nBody.\n"})
    (made.corpus / "link.md").symlink_to("nowhere.md")
    done = update(made)

    assert [record.path for record in done.failures] == ["binary.md", "broken.md", "empty.md", "link.md"]
    assert "is not text" in done.failures[0].reason
    assert "YAML" in done.failures[1].reason
    assert "is empty" in done.failures[2].reason
    assert "cannot be read" in done.failures[3].reason
    assert documents_of(made) == {"fr/loutre.md", "heron.md"}


def test_a_date_that_does_not_exist_stops_no_other_file(made):
    write(made, {"bad.md": "---\ntitle: Bad\nkind: talk\nlang: en\ndate: 2025-13-45\n---\nBody.\n"})

    assert [record.path for record in update(made).failures] == ["bad.md"]
    assert documents_of(made) == {"fr/loutre.md", "heron.md"}


def test_a_file_that_goes_on_failing_is_reported_again_and_not_read_again(made):
    write(made, {"empty.md": ""})
    first = update(made)
    second = update(made)

    assert second.plan.empty
    assert second.plan.failing == ("empty.md",)
    assert (second.generation, second.failures) == (first.generation, first.failures)


def test_a_file_that_goes_on_failing_is_still_reported_after_another_changes(made):
    write(made, {"empty.md": ""})
    update(made)
    write(made, {"dinner.md": CALYPSO})

    assert [record.path for record in update(made).failures] == ["empty.md"]
    assert [record.path for record in update(made).failures] == ["empty.md"]


def test_a_mended_file_recovers(made):
    write(made, {"dinner.md": ""})
    update(made)
    write(made, {"dinner.md": CALYPSO})
    done = update(made)

    assert done.failures == ()
    assert counts(done) == (1, 0, 5)
    assert "dinner.md" in documents_of(made)


def test_a_file_that_becomes_bad_leaves_search(indexed):
    write(indexed, {"heron.md": "---\ntitle: Heron\n"})
    done = update(indexed)

    assert [record.path for record in done.failures] == ["heron.md"]
    assert documents_of(indexed) == {"fr/loutre.md"}


def test_a_limit_that_is_raised_lets_a_large_file_in(made):
    small = made.model_copy(update={"max_file_mb": len(LOUTRE.encode()) / 1_000_000})

    assert [record.path for record in update(small).failures] == ["heron.md"]
    assert update(made).plan.changed == ("heron.md",)
    assert documents_of(made) == {"fr/loutre.md", "heron.md"}


# Opening


def test_without_an_index_opening_names_the_command(made):
    with pytest.raises(IndexMissingError, match=r"no index yet\. Run: osxp-rag index"):
        open_generation(made)


@pytest.mark.parametrize(
    ("changed", "named"),
    [({"passage_tokens": 100}, "splitter"), ({"query_prefix": ""}, "embedder"), ({"embedder": "other"}, "embedder")],
)
def test_an_index_of_other_settings_is_refused_with_what_differs_and_the_command(indexed, changed, named):
    with pytest.raises(IndexMismatchError, match=rf"built with other settings \({named}: .*Run: osxp-rag index"):
        Assistant.open(indexed.model_copy(update=changed))


def test_settings_that_change_no_passage_open_the_same_index(indexed):
    opened = open_generation(indexed.model_copy(update={"top_k": 3, "threshold": 0.1, "dense_weight": 1.0}))

    assert len(opened.ids) == 4
    opened.close()


@pytest.mark.parametrize("pointer", [b"nonsense\n", b"", b"\xff\xfe", b"../../etc\n", b"000009-00000000\n"])
def test_a_damaged_pointer_is_refused_with_the_command_and_the_next_update_rebuilds(indexed, pointer):
    (indexed.index / "CURRENT").write_bytes(pointer)

    with pytest.raises(IndexStateError, match="Run: osxp-rag index --full"):
        open_generation(indexed)
    done = update(indexed)
    assert done.plan.rebuild[0].startswith("the index was damaged")
    assert done.generation.startswith("000002-")
    assert len(content_of(indexed)) == 4


def test_a_manifest_of_another_schema_is_refused_and_the_next_update_rebuilds(indexed):
    path = Store(indexed.index).folder(generations(indexed)[0]) / "manifest.json"
    values = json.loads(path.read_text())
    values["identity"]["schema"] = 99
    path.write_text(json.dumps(values))

    with pytest.raises(IndexStateError, match=r"schema 99; this version reads 1 and 2\. Run: osxp-rag index --full"):
        open_generation(indexed)
    assert counts(update(indexed)) == (4, 0, 4)
    assert len(content_of(indexed)) == 4


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"identity": null}', '{"identity": {"schema": 1}}', "\udcff"])
def test_a_damaged_manifest_is_refused_and_the_next_update_rebuilds(indexed, text):
    path = Store(indexed.index).folder(generations(indexed)[0]) / "manifest.json"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))

    with pytest.raises(IndexStateError, match=r"manifest\.json cannot be read"):
        open_generation(indexed)
    assert update(indexed).generation.startswith("000002-")


@pytest.mark.parametrize("part", ["content.db", "vectors/chroma.sqlite3"])
@pytest.mark.parametrize("damage", ["overwritten", "missing"])
def test_a_damaged_part_is_refused_with_the_command_and_full_mends_it(indexed, part, damage):
    path = Store(indexed.index).folder(generations(indexed)[0]) / part
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(b"not a database" * 100)

    with pytest.raises(IndexStateError, match="Run: osxp-rag index --full"):
        open_generation(indexed)
    update(indexed, full=True)
    assert len(vectors_of(indexed)) == 4


def test_damaged_terms_are_refused_with_the_command(indexed):
    folder = Store(indexed.index).folder(generations(indexed)[0]) / "terms"
    for path in folder.iterdir():
        path.write_bytes(b"not an index")

    with pytest.raises(IndexStateError, match="Run: osxp-rag index --full"):
        open_generation(indexed)


def test_terms_that_are_missing_are_refused_with_the_command(indexed):
    shutil.rmtree(Store(indexed.index).folder(generations(indexed)[0]) / "terms")

    with pytest.raises(IndexStateError, match="Run: osxp-rag index --full"):
        open_generation(indexed)


def test_a_document_is_stored_whole(settings):
    opened = open_generation(settings)
    document = opened.content.document("talks/heron.md")
    passages = opened.content.passages_of("talks/heron.md")

    assert document.metadata.organisations == ("Heron Foundation",)
    assert document.metadata.url == "https://heron.example/handbook"
    assert document.metadata.date.isoformat() == "2025-12-10"
    assert [document.text[block.start : block.end] for block in document.blocks][-3:-1] == [
        "Heron is published under the AGPL-3.0 licence. Commercial support for Heron costs 40 euros a month.",
        "Talk",
    ]
    assert all(passage.text == document.text[passage.start : passage.end] for passage in passages)
    assert opened.content.document("nowhere.md") is None
    opened.close()


def test_filters_pass_documents_by_any_of_their_values_whatever_the_case(settings):
    opened = open_generation(settings)

    assert opened.matching({}) is None
    assert opened.matching({"technologies": "imap"}) == ["talks/heron.md"]
    assert opened.matching({"lang": "fr", "kind": "talk"}) == ["talks/loutre.md"]
    assert opened.matching({"date": "2025-12-10"}) == ["talks/heron.md"]
    assert opened.matching({"document": "notes.txt"}) == ["notes.txt"]
    assert opened.matching({"lang": "fr", "technologies": "imap"}) == []
    with pytest.raises(FilterError, match="unknown filter colour; known: document"):
        opened.matching({"colour": "red"})
    opened.close()


# Generations


def test_three_generations_are_kept(indexed):
    made = []
    for n in range(4):
        write(indexed, {"dinner.md": f"{CALYPSO}\nVersion {n}.\n"})
        made.append(update(indexed).generation)

    assert generations(indexed) == made[1:]
    assert Store(indexed.index).current() == made[-1]
    assert [name[:6] for name in made] == ["000002", "000003", "000004", "000005"]


def test_a_generation_that_is_open_serves_on_while_the_next_ones_are_built(indexed, embedder):
    opened = open_generation(indexed)
    vector = embedder.embed_questions(["What does Heron cost?"])[0]
    before = opened.vectors.nearest(vector, 4)
    for n in range(4):
        write(indexed, {"dinner.md": f"{CALYPSO}\nVersion {n}.\n"})
        update(indexed)
        assert opened.vectors.nearest(vector, 4) == before
        assert set(opened.content.passages(opened.ids)) == set(opened.ids)
        assert opened.terms.scores(["heron"]).any()
    opened.close()


def test_the_assistant_takes_up_a_new_generation_between_two_questions(indexed):
    assistant = Assistant.open(indexed)
    first = assistant.ask("Where did the conference dinner take place?")
    write(indexed, {"dinner.md": CALYPSO})
    done = update(indexed)
    second = assistant.ask("Where did the conference dinner take place?")

    assert first.generation != second.generation == done.generation == assistant.generation
    assert assistant.search("Where did the dinner take place?")[0].passage.document == "dinner.md"
    assistant.close()


def test_the_assistant_answers_on_where_the_next_index_is_damaged_or_of_other_settings(indexed):
    assistant = Assistant.open(indexed)
    serving = assistant.generation
    update(indexed.model_copy(update={"passage_tokens": 100}))
    assert assistant.search("What does Heron cost?")[0].passage.document == "heron.md"
    (indexed.index / "CURRENT").write_text("nonsense")
    assert assistant.search("What does Heron cost?")[0].passage.document == "heron.md"

    assert assistant.generation == serving
    assistant.close()


def test_a_build_that_fails_midway_leaves_the_old_generation_serving_and_the_next_cleans_up(indexed):
    def fail(what: str, done: int, total: int) -> None:
        if what == "embed":
            raise OSError("no space left on device")

    before = Store(indexed.index).current()
    content = content_of(indexed)
    write(indexed, {"dinner.md": CALYPSO})
    with pytest.raises(IndexStateError, match=rf"no room left .*{before} still serves"):
        update(indexed, progress=fail)

    assert Store(indexed.index).current() == before
    assert content_of(indexed) == content
    assert generations(indexed) == [before]
    done = update(indexed)
    assert counts(done) == (1, 0, 5)
    assert generations(indexed) == [before, done.generation]
    assert len(vectors_of(indexed)) == 5


def test_a_first_build_that_fails_leaves_no_index_and_the_next_one_works(made):
    def fail(what: str, done: int, total: int) -> None:
        raise OSError("no space left on device")

    with pytest.raises(IndexStateError, match=r"no room left .*there is still no index"):
        update(made, progress=fail)
    with pytest.raises(IndexMissingError):
        open_generation(made)
    assert generations(made) == []
    assert counts(update(made)) == (4, 0, 4)
    assert generations(made) == [Store(made.index).current()]


@pytest.fixture
def holder(made):
    """Another process that holds the index for writing."""
    program = (
        "import pathlib, sys\nfrom osxp_rag.index.store import Store\n"
        "with Store(pathlib.Path(sys.argv[1])).writing():\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(osxp_rag.__file__).parents[1])}
    with subprocess.Popen(
        [sys.executable, "-c", program, str(made.index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_writer_is_refused_until_the_first_is_gone_even_if_it_was_killed(made, holder):
    named = rf"another process is indexing: process {holder.pid} on .*\(-c .*since 20.*Wait for it to end"
    with pytest.raises(IndexStateError, match=named):
        update(made)
    assert plan_update(made)[0].added == ("fr/loutre.md", "heron.md")

    holder.kill()
    holder.wait()
    done = update(made)
    assert counts(done) == (4, 0, 4)
    assert f"did not finish (process {holder.pid} on " in done.notes[0]
    assert update(made).notes == ()


def test_a_writer_that_ends_leaves_no_name_behind(indexed):
    assert read_holder(indexed.index) is None
    with Store(indexed.index).writing() as before:
        assert before is None
        assert read_holder(indexed.index).pid == os.getpid()
    assert read_holder(indexed.index) is None


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted in /proc, which only Linux has")
def test_an_assistant_that_lives_through_many_generations_holds_one_of_them_open(indexed):
    assistant = Assistant.open(indexed)
    for number in range(4):
        write(indexed, {f"note-{number}.md": f"# Note {number}\n\nNote {number} is about otters.\n"})
        update(indexed)
        assistant.ask("What is note 1 about?")
    held = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    below = indexed.index_dir / "generations"
    folders = {path.relative_to(below).parts[0] for path in held if path.is_relative_to(below)}
    assert folders == {assistant.generation}
    assert len(copies_of(indexed)) == 1
    assistant.close()
    assert copies_of(indexed) == []
