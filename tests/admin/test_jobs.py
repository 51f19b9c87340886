"""The plan, and how indexing goes in the background."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import osxp_rag
from osxp_rag.errors import IndexMissingError
from osxp_rag.index import update
from osxp_rag.settings import Settings
from tests.admin.conftest import HERON, OTTERS, OURS, client_of, finished, send
from tests.conftest import write_corpus


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
