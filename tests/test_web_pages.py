"""The web chat's pages and files: nothing from outside, nothing for another host, words in both languages."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

import osxp_rag
from osxp_rag.answering.gate import load_gate
from osxp_rag.channels.admin.uploads import REFUSALS
from osxp_rag.channels.problems import STATUSES, UNAVAILABLE
from osxp_rag.channels.web.guard import Guard, host_name
from osxp_rag.channels.web.offline import OfflinePages, strip_page
from osxp_rag.channels.web.page import head, modules_needed
from osxp_rag.channels.web.server import listen
from osxp_rag.errors import SettingsError

WEB = Path(osxp_rag.__file__).parent / "channels" / "web"
MODULES = {path.name: path.read_text("utf-8") for path in sorted((WEB / "assets").glob("*.js"))}
STYLES = {path.name: path.read_text("utf-8") for path in sorted((WEB / "assets").glob("*.css"))}
ENGLISH, FRENCH = (json.loads((WEB / "texts" / f"{code}.json").read_text("utf-8")) for code in ("en", "fr"))
VALUES = re.compile(r"\{\w+\}")


def test_both_catalogues_have_the_same_keys_and_no_empty_words() -> None:
    assert list(ENGLISH) == list(FRENCH)
    assert [key for key in ENGLISH if not ENGLISH[key].strip() or not FRENCH[key].strip()] == []


def test_both_languages_put_the_same_values_into_their_words() -> None:
    assert [key for key in ENGLISH if sorted(VALUES.findall(ENGLISH[key])) != sorted(VALUES.findall(FRENCH[key]))] == []


def test_french_signs_stand_apart_from_the_words_before_them() -> None:
    assert [key for key, words in FRENCH.items() if re.search(r"[^\s\u00a0][?!;:»%]|«[^\u00a0]", words)] == []


def test_the_page_asks_for_no_words_that_are_missing() -> None:
    asked = {
        (call, key) for text in MODULES.values() for call, key in re.findall(r'\b(t|count)\(\s*"([\w.]+)"', text)
    } | {("t", key) for key in re.findall(r'data-(?:t|label)="([\w.]+)"', (WEB / "shell.html").read_text("utf-8"))}
    wanted = {key if call == "t" else f"{key}.other" for call, key in asked}
    assert len(wanted) > 100
    assert wanted - set(ENGLISH) == set()


def test_every_sign_of_the_gate_has_words() -> None:
    assert {f"sign.{name}" for name in load_gate().weights} <= set(ENGLISH)


def test_every_problem_of_the_routes_has_words() -> None:
    assert {f"problem.{code}" for code in (*STATUSES, UNAVAILABLE)} <= set(ENGLISH)
    assert {f"upload.{code}" for code in REFUSALS} <= set(ENGLISH)


def test_no_sentence_is_hard_wired_in_the_code() -> None:
    sentence = re.compile(r'(?:text: |textContent = |title: |"aria-label": )"[^"]*[a-z]{3}')
    found = {name: sentence.findall(text) for name, text in MODULES.items()}
    assert {name: some for name, some in found.items() if some} == {}
    assert re.findall(r">\s*\w+", (WEB / "shell.html").read_text("utf-8")) == []


def test_no_module_turns_text_into_markup_or_code() -> None:
    way = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc|DOMParser")
    assert {name: way.findall(text) for name, text in MODULES.items() if way.search(text)} == {}


def test_no_module_or_style_names_another_host() -> None:
    named = re.compile(r"(?:https?:)?//[\w-]+\.[\w.]+")
    found = {name: named.findall(text) for name, text in {**MODULES, **STYLES}.items()}
    assert {name: some for name, some in found.items() if some} == {"dom.js": ["http://www.w3.org"]}  # SVG's name


def test_every_style_is_asked_for_and_every_module_can_be_reached() -> None:
    assert set(re.findall(r"/ui/([\w-]+\.css)", head())) == set(STYLES)
    reached, left = set(), re.findall(r"/ui/([\w-]+\.js)", head())
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += re.findall(r'(?:from|import|import\()\s*"\./([\w-]+\.js)"', MODULES[name])
    assert reached == set(MODULES)


@pytest.mark.parametrize("name", [*MODULES, *STYLES])
def test_a_file_holds_one_idea_and_says_which(name: str) -> None:
    text = {**MODULES, **STYLES}[name]
    assert len(text.splitlines()) < 250
    assert text.startswith(("// ", "/* "))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST:7860", "127.0.0.1:80", "[::1]:7860"])
def test_this_machine_is_answered_by_its_own_names(host: str) -> None:
    assert guarded("127.0.0.1").get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:7860", "10.0.0.1", ""]
)
def test_a_name_that_was_pointed_here_is_refused(host: str) -> None:
    assert guarded("127.0.0.1").get("/", headers={"host": host}).status_code == 403


def test_the_configured_host_is_answered() -> None:
    client = guarded("chat.lan")
    assert client.get("/", headers={"host": "chat.lan:7860"}).status_code == 200
    assert client.get("/", headers={"host": "other.lan:7860"}).status_code == 403


def test_a_server_for_every_address_is_reached_by_any_address_and_by_no_strange_name() -> None:
    client = guarded("0.0.0.0")
    assert client.get("/", headers={"host": "192.168.1.20:7860"}).status_code == 200
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403


@pytest.mark.parametrize(("origin", "status"), [("http://localhost", 200), ("http://evil.example", 403), ("null", 403)])
def test_another_sites_page_may_change_nothing(origin: str, status: int) -> None:
    client = guarded("127.0.0.1")
    assert client.post("/", headers={"host": "localhost", "origin": origin}).status_code == status


@pytest.mark.parametrize("path", ["/gradio_api/upload", "/gradio_api/file=/etc/passwd", "/gradio_api/queue/join"])
def test_what_gradio_would_take_and_give_is_closed(path: str) -> None:
    assert guarded("127.0.0.1").post(path, headers={"host": "localhost"}).status_code == 403


@pytest.mark.parametrize(("header", "name"), [("a.b:80", "a.b"), ("[::1]:80", "::1"), ("[::1]", "::1"), ("A", "a")])
def test_a_host_is_told_from_its_port(header: str, name: str) -> None:
    assert host_name(header) == name


def guarded(host: str) -> TestClient:
    def hello(_: Request) -> HTMLResponse:
        return HTMLResponse("hello")

    return TestClient(Guard(Starlette(routes=[Route("/", hello, methods=["GET", "POST"])]), host))


def test_what_the_page_needs_is_put_at_the_end_of_its_head_and_the_beginning_of_its_body() -> None:
    page = strip_page("<head><title>a</title></head><body class=b><p>c</p></body>", head="<i>", body="<b>")
    assert page == "<head><title>a</title><i></head><body class=b><b><p>c</p></body>"


def test_the_head_asks_at_once_for_all_that_the_first_screen_needs_and_for_no_more() -> None:
    asked = re.findall(r'rel="modulepreload" href="/ui/([\w-]+\.js)"', head())
    assert asked == modules_needed()
    assert {"app.js", "turn.js", "charts.js"} <= set(asked)
    assert {"browse.js", "reader.js", "map.js", "admin.js", "job.js", "labels.js"} & set(asked) == set()


def test_gradios_own_page_names_no_other_host_once_stripped() -> None:
    page = (files("gradio") / "templates" / "frontend" / "index.html").read_text("utf-8")
    assert "gradio.app" in page
    stripped = strip_page(page)
    assert re.findall(r"https?://[^\s\"']+", stripped) == []
    assert "og:" not in stripped
    assert "window.gradio_config" in stripped
    assert "<gradio-app" in stripped


@pytest.mark.parametrize(
    "tag",
    [
        '<link rel="preconnect" href="https://fonts.googleapis.com">',
        '<link rel="stylesheet" href="//cdn.example/x.css" />',
        '<script src="https://cdnjs.cloudflare.com/x.js">fallback("https://x")</script>',
        '<img src=" HTTPS://example.org/p.gif">',
        '<meta name="twitter:creator" content="@x">',
        "<!-- https://example.org -->",
    ],
)
def test_every_outside_reference_is_dropped(tag: str) -> None:
    assert strip_page(f"<!doctype html><p>a &amp; &#8288;b</p>{tag}<i>c</i>") == (
        "<!doctype html><p>a &amp; &#8288;b</p><i>c</i>"
    )


def test_own_scripts_get_the_nonce_and_keep_their_text() -> None:
    page = '<script type="module" src="./a.js"></script><script>if (1 < 2 && "</p>") go();</script>'
    assert strip_page(page, "N") == page.replace("<script", '<script nonce="N"')


def test_served_pages_are_stripped_and_only_their_own_scripts_may_run() -> None:
    response = TestClient(_site()).get("/page")
    nonce = re.search(r'<script nonce="([\w-]+)">', response.text)
    policy = response.headers["content-security-policy"]
    assert nonce is not None
    assert f"'nonce-{nonce[1]}'" in policy
    assert "unsafe-inline" not in re.search(r"script-src [^;]*", policy)[0]  # type: ignore[index]
    assert "https://" not in response.text


def test_what_is_not_a_page_passes_through_untouched() -> None:
    response = TestClient(_site()).get("/data")
    assert response.json() == {"url": "https://example.org"}
    assert "content-security-policy" not in response.headers


def test_a_port_in_use_is_an_error_that_names_the_setting() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="--port or OSXP_RAG_PORT"):
        listen("127.0.0.1", taken.getsockname()[1])


def test_a_host_of_another_machine_is_an_error_that_names_the_setting() -> None:
    with pytest.raises(SettingsError, match="--host or OSXP_RAG_HOST"):
        listen("192.0.2.1", 0)


def _site() -> OfflinePages:
    def page(_: Request) -> HTMLResponse:
        return HTMLResponse('<link rel="preconnect" href="https://fonts.gstatic.com"><script>go()</script>')

    def data(_: Request) -> JSONResponse:
        return JSONResponse({"url": "https://example.org"})

    return OfflinePages(Starlette(routes=[Route("/page", page), Route("/data", data)]))
