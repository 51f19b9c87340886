"""New content through the page: who may add it, what is taken, what the plan says, and how a job goes."""

import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import osxp_rag
from osxp_rag.assistant import Assistant
from osxp_rag.channels.admin import admin_router
from osxp_rag.channels.admin.names import LONGEST, safe_name
from osxp_rag.channels.admin.uploads import FOLDER, REFUSALS
from osxp_rag.errors import IndexMissingError, RequestError
from osxp_rag.index import update
from osxp_rag.settings import Settings
from tests.conftest import write_corpus

HERON = "# Heron\n\nHeron is a free mail server written in Rust.\n"
OTTERS = b"# Otters\n\nExactly 17 otters live at the Calypso station.\n"
ADDRESS = "http://127.0.0.1:7860"
OURS = {"X-OSXP": "1"}


@pytest.fixture
def made(tmp_path):
    """Settings of a corpus of one file, indexed, whose visitors may add files."""
    settings = Settings(
        corpus=write_corpus(tmp_path / "corpus", {"heron.md": HERON}),
        index=tmp_path / "index",
        admin=True,
        max_file_mb=0.1,
    )
    update(settings)
    return settings


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


# Who may


def test_without_the_setting_there_are_no_routes(tmp_path):
    with pytest.raises(RequestError, match="--admin"):
        admin_router(Settings(corpus=tmp_path), lambda: None)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-OSXP": "yes"},
        {**OURS, "Origin": "http://evil.example"},
        {**OURS, "Origin": "http://127.0.0.1:9999"},
        {**OURS, "Origin": "null"},
        {**OURS, "Sec-Fetch-Site": "cross-site"},
        {**OURS, "Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_page_of_another_site_changes_nothing(client, made, headers):
    sent = send(client, ("otters.md", OTTERS), headers=headers)
    ordered = client.post("/api/admin/index", json={}, headers=headers)

    assert {(one.status_code, one.json()["code"]) for one in (sent, ordered)} == {(403, "not_allowed")}
    assert below(made.corpus) == ["heron.md"]
    assert client.get("/api/admin/job").json()["state"] == "idle"


def test_a_page_of_this_server_may(client):
    sent = send(client, ("otters.md", OTTERS), headers={**OURS, "Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"})

    assert sent.json()[0]["saved"] == "uploads/otters.md"


@pytest.mark.parametrize("host", ["evil.example:7860", "127.0.0.1.evil.example", "", "[::1", "localhost.evil.example"])
def test_a_name_that_somebody_pointed_here_is_refused(client, host):
    for found in (
        client.get("/api/admin/files", headers={"Host": host}),
        client.post("/api/admin/index", json={}, headers={**OURS, "Host": host, "Origin": f"http://{host}"}),
    ):
        assert (found.status_code, found.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("host", ["localhost:7860", "127.0.0.1", "[::1]:7860", "192.168.1.20:7860"])
def test_this_machines_own_names_and_addresses_are_known(client, host):
    assert client.get("/api/admin/job", headers={"Host": host}).status_code == 200


# Uploads


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
        (".md", OTTERS, "bad_name"),
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
        (".md", None),
    ],
)
def test_what_is_left_of_a_name_is_safe(name, safe):
    assert safe_name(name) == safe


def test_a_long_name_is_cut_and_keeps_its_ending():
    safe = safe_name("é" * 300 + ".md")

    assert safe.endswith("é.md")
    assert len(safe.encode()) <= LONGEST


# Jobs


def test_one_job_runs_at_a_time(client, made):
    send(client, *((f"{number}.md", OTTERS + b"Number %d.\n" % number) for number in range(20)))
    first = client.post("/api/admin/index", json={"full": True}, headers=OURS)
    second = client.post("/api/admin/index", json={}, headers=OURS)

    assert first.status_code == 202
    assert (second.status_code, second.json()["code"]) == (409, "busy")
    job = finished(client)
    assert (job["state"], job["job"], job["step"]) == ("done", first.json()["job"], "finish")
    assert (job["done"], job["total"]) == (21, 21)
    assert client.post("/api/admin/index", json={}, headers=OURS).status_code == 202
    finished(client)


def test_a_job_tells_of_the_files_that_it_left_out(client, made):
    (made.corpus / "broken.md").write_bytes(b"---\ntitle: [\n---\nText.\n")
    client.post("/api/admin/index", json={}, headers=OURS)
    failures = finished(client)["result"]["failures"]

    assert [(one["path"], one["state"]) for one in failures] == [("broken.md", "failed")]
    assert failures[0]["reason"]


HOLD = """
import sys
from pathlib import Path
from osxp_rag.index.lock import writing
with writing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_job_names_the_process_that_writes_already(client, made):
    environment = {**os.environ, "PYTHONPATH": str(Path(osxp_rag.__file__).parents[1])}
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(made.index)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert other.stdout.readline() == "held\n"
    send(client, ("otters.md", OTTERS))
    client.post("/api/admin/index", json={}, headers=OURS)
    job = finished(client)
    other.communicate("")

    assert job["state"] == "failed"
    assert f"process {other.pid} on" in job["message"]
    client.post("/api/admin/index", json={}, headers=OURS)
    assert finished(client)["state"] == "done"


def test_a_first_index_can_be_made_while_no_assistant_is_ready(tmp_path):
    made = Settings(corpus=write_corpus(tmp_path / "corpus", {"heron.md": HERON}), index=tmp_path / "index", admin=True)

    def missing():
        raise IndexMissingError("no index yet")

    client = client_of(made, missing)
    assert client.get("/api/admin/plan").json()["rebuild"] == ["there is no index yet"]
    client.post("/api/admin/index", json={}, headers=OURS)
    assert finished(client)["state"] == "done"


def test_the_plan_tells_of_every_change(client, made):
    write_corpus(made.corpus, {"b.md": "# B\n\nThis is b.\n", "c.md": "# C\n\nThis is c.\n"})
    update(made)
    (made.corpus / "b.md").rename(made.corpus / "d.md")
    (made.corpus / "c.md").unlink()
    write_corpus(made.corpus, {"heron.md": HERON + "\nMore.\n"})
    plan = client.get("/api/admin/plan").json()

    assert {key: plan[key] for key in ("added", "changed", "renamed", "removed", "unchanged")} == {
        "added": [],
        "changed": ["heron.md"],
        "renamed": [["b.md", "d.md"]],
        "removed": ["c.md"],
        "unchanged": 0,
    }


@pytest.mark.parametrize("body", [b"{", json.dumps({"full": "perhaps"}).encode(), json.dumps({"more": 1}).encode()])
def test_an_order_that_is_none_is_refused(client, body):
    sent = client.post("/api/admin/index", content=body, headers={**OURS, "Content-Type": "application/json"})

    assert (sent.status_code, sent.json()["code"]) == (422, "bad_request")
