"""Only pages of this server, reached by an address of this machine, may add content."""

import pytest

from osxp_rag.channels.admin import admin_router
from osxp_rag.errors import RequestError
from osxp_rag.settings import Settings
from tests.admin.conftest import ADDRESS, OTTERS, OURS, below, send


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
