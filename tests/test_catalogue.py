"""Browsing: the documents, their facets and their map, over a real index and as the page gets them."""

import json
import shutil

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from osxp_rag.assistant import Assistant
from osxp_rag.channels.catalogue import corpus_router
from osxp_rag.corpus.document import Metadata
from osxp_rag.errors import IndexMissingError
from osxp_rag.index import update
from osxp_rag.index.catalogue import Entry, Facet, facets
from osxp_rag.index.generation import open_generation
from osxp_rag.index.manifest import NAME as MANIFEST
from osxp_rag.index.recover import verify_index
from osxp_rag.index.store import Store
from osxp_rag.settings import Settings
from tests.conftest import write_corpus


@pytest.fixture(scope="module")
def client(assistant):
    return client_of(lambda: assistant)


def client_of(assistant):
    app = FastAPI()
    app.include_router(corpus_router(assistant))
    return TestClient(app)


@pytest.fixture
def copied(settings, tmp_path):
    """A copy of the small corpus and its index that a test may change."""
    shutil.copytree(settings.corpus, tmp_path / "corpus")
    shutil.copytree(settings.index, tmp_path / "index", ignore=shutil.ignore_patterns(".readers"))
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


def folder_of(settings):
    store = Store(settings.index)
    return store.folder(store.current())


# Documents


def test_the_list_tells_everything_of_each_document(client):
    rows = client.get("/api/documents").json()

    assert [row["path"] for row in rows] == ["notes.txt", "talks/heron.md", "talks/loutre.md"]
    assert rows[1] == {
        "path": "talks/heron.md",
        "title": "Heron, a mail server",
        "kind": "talk",
        "track": "collaboration",
        "lang": "en",
        "date": "2025-12-10",
        "technologies": ["Heron", "IMAP"],
        "organisations": ["Heron Foundation"],
        "speakers": ["Ada Martin"],
        "sources": [{"title": "The Heron handbook", "url": "https://heron.example/handbook"}],
        "passages": rows[1]["passages"],
        "words": 50,
        "copies": [],
    }
    assert rows[1]["passages"] >= 1
    assert (rows[0]["track"], rows[0]["date"], rows[0]["kind"]) == (None, None, "document")


def test_a_document_comes_with_its_text_and_where_its_blocks_are(client, assistant):
    found = client.get("/api/document", params={"path": "talks/heron.md"}).json()
    headings = [found["text"][b["start"] : b["end"]] for b in found["blocks"] if b["type"] == "heading"]

    assert found["text"] == assistant.document("talks/heron.md").text
    assert headings == ["Licence", "Talk"]
    assert {block["level"] for block in found["blocks"] if block["type"] == "heading"} == {2}


def test_the_items_of_a_list_are_told_from_paragraphs(copied):
    write_corpus(copied.corpus, {"list.md": "# Fish\n\nSome fish:\n\n- the trout\n- the pike\n\n`x = 1`\n"})
    update(copied)
    assistant = Assistant.open(copied)
    found = client_of(lambda: assistant).get("/api/document", params={"path": "list.md"}).json()
    assistant.close()

    assert [block["type"] for block in found["blocks"]] == ["heading", "text", "item", "item", "text"]


def test_a_copy_is_listed_and_read_through_its_first_file(copied):
    shutil.copy(copied.corpus / "notes.txt", copied.corpus / "same.txt")
    update(copied)
    assistant = Assistant.open(copied)
    client = client_of(lambda: assistant)
    rows = {row["path"]: row["copies"] for row in client.get("/api/documents").json()}
    read = client.get("/api/document", params={"path": "same.txt"}).json()
    assistant.close()

    assert rows["notes.txt"] == ["same.txt"]
    assert read["path"] == "notes.txt"


@pytest.mark.parametrize("path", ["", "none.md", "../notes.txt", "/etc/passwd", "talks/heron.md\0", "README.md"])
def test_what_is_no_document_is_not_found(client, path):
    found = client.get("/api/document", params={"path": path})

    assert (found.status_code, found.json()["code"]) == (404, "no_such_document")


def test_a_request_without_a_path_is_refused(client):
    assert client.get("/api/document").json()["code"] == "bad_request"


def test_without_an_index_the_routes_say_so():
    def missing():
        raise IndexMissingError("no index yet. Run: osxp-rag index")

    found = client_of(missing).get("/api/documents")
    assert (found.status_code, found.json()) == (
        503,
        {"code": "unavailable", "message": "no index yet. Run: osxp-rag index"},
    )


def test_an_address_that_is_none_of_the_web_is_not_handed_out(copied):
    text = (copied.corpus / "talks/heron.md").read_text(encoding="utf-8")
    write_corpus(copied.corpus, {"talks/heron.md": text.replace("https://heron.example/handbook", 'http://a"b<c>')})
    update(copied)
    assistant = Assistant.open(copied)
    rows = client_of(lambda: assistant).get("/api/documents").json()
    assistant.close()

    assert rows[1]["sources"] == [{"title": "The Heron handbook", "url": None}]


# Facets


def test_facets_count_the_documents_of_each_value(client):
    assert client.get("/api/facets").json() == {
        "kind": [{"value": "talk", "count": 2}, {"value": "document", "count": 1}],
        "track": [{"value": "ai", "count": 1}, {"value": "collaboration", "count": 1}],
        "lang": [{"value": "en", "count": 2}, {"value": "fr", "count": 1}],
        "technology": [
            {"value": "Heron", "count": 1},
            {"value": "IMAP", "count": 1},
            {"value": "Loutre", "count": 1},
        ],
    }


def test_a_facet_counts_what_its_filter_lets_through(client, assistant, settings):
    generation = open_generation(settings)
    for key, filter_key in (("kind", "kind"), ("lang", "lang"), ("technology", "technologies")):
        for facet in client.get("/api/facets").json()[key]:
            assert len(generation.matching({filter_key: facet["value"]})) == facet["count"]
    generation.close()


def test_values_that_differ_in_case_are_one_facet_in_the_usual_spelling():
    spellings = (("IMAP",), ("Imap", "LDAP"), ("IMAP",), ("imap", "IMAP"))
    entries = [Entry(str(n), Metadata("t", technologies=found), 1, 1) for n, found in enumerate(spellings)]

    assert facets(entries, "technologies")[0].value == "IMAP"
    assert facets(entries, "technologies") == (Facet("IMAP", 4), Facet("LDAP", 1))


# Map


def test_every_document_stands_on_the_map(client):
    points = client.get("/api/map").json()

    assert [point["path"] for point in points] == ["notes.txt", "talks/heron.md", "talks/loutre.md"]
    assert points[2].keys() == {"path", "title", "track", "lang", "x", "y"}
    assert (points[2]["track"], points[2]["lang"]) == ("ai", "fr")
    assert all(0 <= point[axis] <= 1 for point in points for axis in "xy")


def test_the_map_is_kept_with_the_generation_and_covered_by_its_checksums(settings, assistant):
    kept = json.loads((folder_of(settings) / "map.json").read_text(encoding="utf-8"))
    manifest = json.loads((folder_of(settings) / MANIFEST).read_text(encoding="utf-8"))

    assert kept["version"] == 1
    assert {path: tuple(point) for path, point in kept["documents"].items()} == assistant.map()
    assert "map.json" in manifest["checksums"]


def test_the_map_follows_the_documents(copied):
    (copied.corpus / "notes.txt").unlink()
    write_corpus(copied.corpus, {"new.md": "# Otters\n\nOtters live on rivers.\n"})
    assistant = Assistant.open(copied)
    assert "notes.txt" in assistant.map()
    update(copied)

    assert sorted(assistant.map()) == ["new.md", "talks/heron.md", "talks/loutre.md"]
    assert verify_index(copied).problems == ()
    assistant.close()


def older(settings):
    """Make a generation one that was made before there were maps."""
    folder = folder_of(settings)
    (folder / "map.json").unlink()
    values = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    del values["checksums"]["map.json"]
    (folder / MANIFEST).write_text(json.dumps(values), encoding="utf-8")


def test_a_generation_from_before_there_were_maps_gets_the_same_one_on_demand(copied, assistant):
    older(copied)
    opened = Assistant.open(copied)

    assert verify_index(copied).problems == ()
    assert opened.map() == assistant.map()
    opened.close()


def test_a_map_of_another_layout_is_drawn_anew(copied, assistant):
    (folder_of(copied) / "map.json").write_text('{"version": 99}', encoding="utf-8")
    opened = Assistant.open(copied)

    assert opened.map() == assistant.map()
    opened.close()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "cannot be read"),
        ('{"version": 1, "documents": []}', "cannot be read"),
        ('{"version": 1, "documents": {"notes.txt": [0.1, 0.2]}}', "talks/heron.md is missing"),
        ('{"version": 1, "documents": {"gone.md": [0.1, 0.2]}}', "gone.md is no document"),
        ('{"version": 1, "documents": {"notes.txt": [0.1, 1.2]}}', "notes.txt stands off the map"),
        ('{"version": 1, "documents": {"notes.txt": [0.1, NaN]}}', "notes.txt stands off the map"),
    ],
)
def test_a_map_that_does_not_fit_is_found_by_the_check(copied, text, problem):
    (folder_of(copied) / "map.json").write_text(text, encoding="utf-8")

    found = verify_index(copied).problems
    assert any(problem in line for line in found)
    assert any(line.startswith("map.json: is not as it was written") for line in found)


def test_a_damaged_map_is_said_to_be_so_and_answers_go_on(copied):
    (folder_of(copied) / "map.json").write_text("{", encoding="utf-8")
    assistant = Assistant.open(copied)
    found = client_of(lambda: assistant).get("/api/map")

    assert (found.status_code, found.json()["code"]) == (503, "unavailable")
    assert assistant.ask("What is Heron?").answered
    assistant.close()
