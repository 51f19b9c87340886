"""What is taken of the files that visitors add, under which name, and what they become."""

import pytest

from osxp_rag.channels.admin.names import LONGEST, safe_name
from osxp_rag.channels.admin.uploads import FOLDER, REFUSALS
from tests.admin.conftest import HERON, OTTERS, OURS, below, finished, send


def test_a_file_that_is_added_is_planned_indexed_and_answered_from(client, opened):
    assert send(client, ("otters.md", OTTERS)).json() == [
        {"name": "otters.md", "saved": "uploads/otters.md", "replaced": False, "error": None, "message": None}
    ]
    plan = client.get("/api/admin/plan").json()
    assert (plan["added"], plan["unchanged"], plan["empty"]) == (["uploads/otters.md"], 1, False)
    states = {one["path"]: (one["state"], one["indexed"]) for one in client.get("/api/admin/files").json()["files"]}
    assert states == {"heron.md": ("indexed", True), "uploads/otters.md": ("new", False)}

    before = opened.generation
    ordered = client.post("/api/admin/index", json={"full": False}, headers=OURS)
    job = finished(client)
    assert (ordered.status_code, ordered.json()) == (202, {"job": job["job"]})
    assert (job["state"], job["message"]) == ("done", None)
    assert (job["result"]["embedded"], job["result"]["reused"], job["result"]["failures"]) == (1, 0, [])
    assert opened.generation == job["result"]["generation"] != before
    assert "17 otters" in opened.ask("How many otters live at the Calypso station?").text
    found = client.get("/api/admin/files").json()
    assert found["totals"] == {"indexed": 2}
    assert found["files"][1] == {
        "path": "uploads/otters.md",
        "state": "indexed",
        "reason": None,
        "passages": 1,
        "bytes": len(OTTERS),
        "indexed": True,
    }


def test_a_file_of_the_same_name_takes_the_place_of_the_one_added_before(client, made):
    send(client, ("otters.md", OTTERS))
    again = send(client, ("otters.md", OTTERS.replace(b"17", b"23"))).json()[0]

    assert (again["saved"], again["replaced"]) == ("uploads/otters.md", True)
    assert b"23 otters" in (made.corpus / "uploads/otters.md").read_bytes()


def test_a_file_of_the_curated_corpus_is_never_overwritten(client, made):
    send(client, ("heron.md", OTTERS), ("../heron.md", OTTERS))

    assert (made.corpus / "heron.md").read_text(encoding="utf-8") == HERON
    assert below(made.corpus) == ["heron.md", "uploads/heron.md"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("virus.exe", b"MZ", "unknown_format"),
        ("???.md", OTTERS, "bad_name"),
        ("otters", OTTERS, "unknown_format"),
        ("large.md", b"word " * 30_000, "too_large"),
        ("empty.md", b"", "unreadable"),
        ("broken.md", b"---\ntitle: [\n---\nText.\n", "unreadable"),
        ("fake.pdf", b"this is no PDF", "unreadable"),
        ("fake.docx", b"PK\x03\x04 nothing", "unreadable"),
    ],
)
def test_a_file_that_cannot_become_a_document_is_refused_and_leaves_nothing(client, made, name, content, code):
    refused, taken = send(client, (name, content), ("otters.md", OTTERS)).json()

    assert (refused["name"], refused["saved"], refused["error"]) == (name, None, code)
    assert refused["error"] in REFUSALS
    assert refused["message"]
    assert taken["saved"] == "uploads/otters.md"
    assert below(made.corpus) == ["heron.md", "uploads/otters.md"]


def test_a_request_that_is_too_large_is_refused_before_it_is_read(client, made):
    sent = client.post("/api/admin/upload", content=b"x", headers={**OURS, "Content-Length": "3000000"})
    assert (sent.status_code, sent.json()["code"]) == (413, "too_large")

    unsaid = client.post("/api/admin/upload", content=iter([b"x"]), headers=OURS)
    assert (unsaid.status_code, unsaid.json()["code"]) == (411, "length_required")


def test_too_many_files_at_once_are_refused(client, made):
    sent = send(client, *((f"{number}.md", OTTERS) for number in range(51)))

    assert (sent.status_code, sent.json()["code"]) == (422, "bad_request")
    assert below(made.corpus) == ["heron.md"]


def test_a_folder_of_uploads_that_leads_out_of_the_corpus_is_not_written_to(client, made, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (made.corpus / FOLDER).symlink_to(tmp_path / "elsewhere")
    refused = send(client, ("otters.md", OTTERS)).json()[0]

    assert (refused["saved"], refused["error"]) == (None, "not_saved")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_corpus_that_cannot_be_written_to_is_said_to_be_so(client, made):
    (made.corpus / FOLDER).write_text("a file where the folder should be")
    refused = send(client, ("otters.md", OTTERS)).json()[0]

    assert (refused["saved"], refused["error"]) == (None, "not_saved")


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("notes.md", "notes.md"),
        ("Présentation d'été.pdf", "Présentation d'été.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\notes.md", "notes.md"),
        ("..\\..\\x.md", "x.md"),
        (".hidden.md", "hidden.md"),
        ("a\x00b\nc.md", "a b c.md"),
        ('a<b>:"|?*.md', "a_b______.md"),
        ("CON.md", "_CON.md"),
        ("notes.md. ", "notes.md"),
        ("e\u0301te\u0301.md", "été.md"),
        ("日本語.md", "日本語.md"),
        ("\ud800x.md", "_x.md"),
        ("", None),
        ("..", None),
        ("/", None),
        ("???.md", None),
        (".md", "md"),
    ],
)
def test_what_is_left_of_a_name_is_safe(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_is_cut_and_keeps_its_ending():
    safe = safe_name("é" * 300 + ".md")

    assert safe.endswith("é.md")
    assert len(safe.encode()) <= LONGEST
