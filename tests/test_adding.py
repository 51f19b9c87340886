"""Adding files and pages to the corpus: what comes in, under which name, and what is refused."""

import json
import socket
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from osxp_rag.channels.cli import app
from osxp_rag.corpus.adding.add import Added, Adder
from osxp_rag.corpus.adding.fetch import REDIRECTS, fetch
from osxp_rag.corpus.adding.names import name_of_url, safe_name
from osxp_rag.corpus.adding.page import markdown_of
from osxp_rag.corpus.document import Document, Metadata
from osxp_rag.corpus.files import scan
from osxp_rag.corpus.formats import Format
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.parse import parse
from osxp_rag.corpus.piece import Piece, assemble
from osxp_rag.errors import CorpusError
from tests.samples import pdf_file

SENTENCE = "Heron is a free mail server, written in Rust by the Heron Foundation since 2019. "
HTML = f"""<!DOCTYPE html><html lang="en"><head><title>Heron: a mail server</title>
<meta property="article:published_time" content="2024-05-03"></head>
<body><nav><a href="/">Home</a> <a href="/buy">Buy now</a></nav>
<article><h1>Heron &amp; its *stars*</h1><p>{SENTENCE * 8}</p><h2>1. Costs of C#</h2>
<ul><li>Support costs 40 euros</li><li>- Hosting_is_free</li></ul>
<pre>heron --start
``` not a fence</pre><p>{SENTENCE * 8}</p></article><footer>Imprint</footer></body></html>"""
ACCENTS = "<html lang='fr'><head><title>Été</title></head><body><p>La loutre a été aperçue à Nantes.</p></body></html>"

PDF = pdf_file([[(11, "Heron is a mail server.")]])


class Handler(BaseHTTPRequestHandler):
    """Serves the pages of these tests and notes what it was asked."""

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.pages.get(self.path, (404, {"Content-Type": "text/html"}, b"gone"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for part in body if isinstance(body, list) else [body]:
                if isinstance(part, float):
                    self.server.stop.wait(part)
                else:
                    self.wfile.write(part)
                    self.wfile.flush()
        except OSError:
            pass  # the client has had enough

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving.daemon_threads = True
    serving.asked, serving.stop = [], threading.Event()
    serving.url = f"http://127.0.0.1:{serving.server_port}"
    html = {"Content-Type": "text/html; charset=utf-8"}
    serving.pages = {
        "/heron": (200, html, HTML.encode()),
        "/moved": (302, {"Location": "/heron#top"}, b""),
        "/away": (301, {"Location": "ftp://heron.example/"}, b""),
        "/round": (302, {"Location": "/round"}, b""),
        "/secret": (302, {"Location": "http://ada:pass@heron.example/"}, b""),
        "/large": (200, html, [b"<p>" + b"x" * 300_000] * 10),
        "/slow": (200, html, [b"<p>", 30.0, b"late"]),
        "/dripping": (200, html, [b"<p>", *([0.1, b"x"] * 300)]),
        "/picture": (200, {"Content-Type": "image/png"}, b"\x89PNG"),
        "/untyped": (200, {}, b"hello"),
        "/latin": (200, {"Content-Type": "text/html; charset=iso-8859-1"}, ACCENTS.encode("latin-1")),
        "/paper.pdf": (200, {"Content-Type": "application/pdf"}, PDF),
        "/no.pdf": (200, {"Content-Type": "application/pdf"}, b"<html>Please log in</html>"),
        "/notes.txt": (200, {"Content-Type": "text/plain"}, b"Heron sails on Calypso."),
        "/cookie": (302, {"Location": "/heron", "Set-Cookie": "seen=1; Path=/"}, b""),
        "/empty": (200, html, b"<html><body></body></html>"),
    }
    threading.Thread(target=serving.serve_forever, args=(0.05,), daemon=True).start()
    yield serving
    serving.stop.set()
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def online(corpus):
    return Adder(corpus, allow_network=True, max_file_mb=1, day=lambda: date(2025, 12, 11))


def written(folder, name, text=SENTENCE):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def names(corpus):
    return [file.path for file in scan(corpus, 20_000_000)]


def test_a_file_is_copied_into_the_folder_of_additions(corpus, tmp_path):
    path = written(tmp_path, "Notes été.md")
    assert Adder(corpus).add(str(path)) == Added(str(path), "added", "added/Notes été.md")
    assert (corpus / "added/Notes été.md").read_text(encoding="utf-8") == SENTENCE
    assert names(corpus) == ["added/Notes été.md"]


def test_another_folder_may_be_named(corpus, tmp_path):
    assert Adder(corpus, "talks/new").add(str(written(tmp_path, "a.md"))).path == "talks/new/a.md"


@pytest.mark.parametrize("folder", ["../out", "/tmp", ".hidden", "a/.b", "a/../../out"])
def test_a_folder_that_is_not_below_the_corpus_or_hidden_is_refused(corpus, folder):
    with pytest.raises(CorpusError, match="--folder"):
        Adder(corpus, folder)


def test_a_folder_that_is_a_link_out_of_the_corpus_is_refused(corpus, tmp_path):
    (tmp_path / "out").mkdir()
    (corpus / "link").symlink_to(tmp_path / "out")
    with pytest.raises(CorpusError, match="--folder"):
        Adder(corpus, "link")


def test_the_same_content_is_there_already_and_other_content_is_refused_unless_it_may_replace(corpus, tmp_path):
    path = written(tmp_path, "a.md")
    adder = Adder(corpus)
    assert [adder.add(str(path)).state for _ in range(2)] == ["added", "there"]
    written(tmp_path, "a.md", "Other words.")
    refused = adder.add(str(path))
    assert refused.state == "failed"
    assert "--replace" in refused.reason
    assert (corpus / "added/a.md").read_text(encoding="utf-8") == SENTENCE
    assert Adder(corpus, replace=True).add(str(path)).state == "replaced"
    assert (corpus / "added/a.md").read_text(encoding="utf-8") == "Other words."


def test_a_file_that_is_in_the_corpus_is_not_copied_again(corpus):
    path = written(corpus, "a.md")
    assert Adder(corpus).add(str(path)) == Added(str(path), "there", "a.md")
    assert names(corpus) == ["a.md"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.xyz", b"words", "an ending that is not read; those that are: .csv"),
        ("a.pdf", b"no pdf", "PDF"),
        ("a.md", b"", "is empty"),
        ("a.md", b"---\ntitle: A\ncolour: red\n---\nwords", "colour"),
        ("large.txt", b"x" * 1_100_000, "max_file_mb = 1"),
    ],
)
def test_what_cannot_be_indexed_does_not_come_in(corpus, tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    result = Adder(corpus, max_file_mb=1).add(str(tmp_path / name))
    assert result.state == "failed"
    assert reason in result.reason
    assert list(corpus.rglob("*")) == []


def test_a_format_whose_extra_is_not_installed_is_refused_with_the_command(corpus, tmp_path, monkeypatch):
    form = Format("EPUB", "epub", "epub", ("no_such_package",))
    monkeypatch.setitem(__import__("osxp_rag.corpus.formats", fromlist=["FORMATS"]).FORMATS, ".epub", form)
    result = Adder(corpus).add(str(written(tmp_path, "a.epub")))
    assert 'pip install "osxp-rag[epub]"' in result.reason


def test_a_folder_and_a_file_that_is_not_there_are_refused(corpus, tmp_path):
    assert "name its files" in Adder(corpus).add(str(tmp_path)).reason
    assert "no such file" in Adder(corpus).add(str(tmp_path / "none.md")).reason


def test_a_readme_at_the_top_of_the_corpus_is_refused_for_it_would_not_be_indexed(corpus, tmp_path):
    path = str(written(tmp_path, "README.md"))
    assert "not indexed" in Adder(corpus, ".").add(path).reason
    assert Adder(corpus).add(path).path == "added/README.md"


@pytest.mark.parametrize(
    ("given_name", "safe"),
    [
        ("Notes été.md", "Notes été.md"),
        (".hidden.md", "hidden.md"),
        ('a<b>:"|?*.md', "a-b-.md"),
        ("con.txt", "_con.txt"),
        ("a\nb.md", "a-b.md"),
        ("e\u0301.md", "é.md"),
        (" .md", "file.md"),
        ("...", "file"),
        (".md", "md"),
        ("a .md", "a.md"),
    ],
)
def test_names_are_made_safe(given_name, safe):
    assert safe_name(given_name) == safe


@given(st.text(min_size=1, max_size=400))
@example(" ")
@example("." * 300)
def test_a_name_of_any_text_is_one_visible_name_that_fits(text):
    name = safe_name(f"{text}.md".encode("utf-8", "replace").decode())
    assert name.endswith(".md")
    assert not name.startswith(".")
    assert "/" not in name
    assert "\0" not in name
    assert len(name.encode()) <= 255


def test_a_name_with_a_very_long_ending_fits():
    assert len(safe_name("a." + "b" * 400).encode()) <= 255


def test_the_name_of_a_page_tells_where_it_is_from():
    assert (
        name_of_url("https://Example.org/Docs/d%C3%A9but.html?page=2#top", ".md") == "example-org-docs-debut-page-2.md"
    )


def test_long_addresses_that_begin_alike_have_names_of_their_own():
    one, other = (name_of_url(f"https://example.org/{'a' * 200}{end}", ".md") for end in "xy")
    assert one != other
    assert len(one) < 120


def test_a_page_comes_in_as_markdown_that_names_its_source_and_day(online, corpus, server):
    result = online.add(f"{server.url}/heron")
    assert result.state == "added"
    text = (corpus / result.path).read_text(encoding="utf-8")
    read = parse(result.path, text.encode())
    assert read.metadata.title == "Heron & its *stars*"
    assert (read.metadata.kind, read.metadata.lang) == ("article", "en")
    assert (read.metadata.date, read.metadata.retrieved) == (date(2024, 5, 3), date(2025, 12, 11))
    assert [(one.title, one.url) for one in read.metadata.sources] == [("127.0.0.1", f"{server.url}/heron")]
    assert SENTENCE.strip() in read.text
    assert "Buy now" not in read.text
    assert "Imprint" not in read.text


def test_a_page_reads_back_as_the_text_that_it_was(online, corpus, server):
    path = online.add(f"{server.url}/heron").path
    page, copy = parse("heron.html", HTML.encode()), parse(path, (corpus / path).read_bytes())
    assert copy.text == page.text
    assert copy.blocks == page.blocks
    assert "Heron & its *stars*" in copy.text


WORDS = st.text(st.sampled_from("ab1 *_`#[]()<>&;.:-+=~!|\\é\"'"), min_size=1, max_size=30)
PIECES = st.builds(
    lambda kind, words, level, mark: Piece(
        kind, words, level if kind == "heading" else 0, mark if kind == "text" else ""
    ),
    st.sampled_from(["heading", "text", "code"]),
    WORDS,
    st.integers(1, 6),
    st.sampled_from(["", "- ", "1. ", "7. "]),
)


@given(st.lists(PIECES, min_size=1, max_size=6))
@example([Piece("heading", "#", 1)])
@example([Piece("heading", "C#", 1), Piece("heading", "\\#", 2), Piece("heading", "##", 2)])
def test_any_text_survives_as_markdown(pieces):
    pieces = [Piece(one.kind, " ".join(one.words.split()), one.level, one.mark) for one in pieces]
    body = assemble(pieces)
    if body.blocks:
        document = Document("a.md", body.text, Metadata("A"), body.blocks)
        copy = parse("a.md", markdown_of(document, "https://example.org/", date(2025, 12, 11)).encode())
        assert copy.text == body.text
        assert copy.blocks == body.blocks


def test_a_page_that_is_the_same_another_day_stays_as_it_is(online, corpus, server):
    path = online.add(f"{server.url}/heron").path
    before = (corpus / path).read_bytes()
    later = Adder(corpus, allow_network=True, replace=True, day=lambda: date(2026, 1, 1))
    assert later.add(f"{server.url}/heron").state == "there"
    assert (corpus / path).read_bytes() == before


def test_a_page_that_has_changed_replaces_the_old_one_only_where_it_may(online, corpus, server):
    path = online.add(f"{server.url}/heron").path
    server.pages["/heron"] = (200, {"Content-Type": "text/html"}, HTML.replace("40 euros", "50 euros").encode())
    assert "--replace" in online.add(f"{server.url}/heron").reason
    later = Adder(corpus, allow_network=True, replace=True, day=lambda: date(2026, 1, 1))
    assert later.add(f"{server.url}/heron").state == "replaced"
    assert "50 euros" in (corpus / path).read_text(encoding="utf-8")
    assert "retrieved: 2026-01-01" in (corpus / path).read_text(encoding="utf-8")


def test_a_redirect_is_followed_and_the_final_address_named(online, corpus, server):
    result = online.add(f"{server.url}/moved")
    assert f"url: {server.url}/heron\n" in (corpus / result.path).read_text(encoding="utf-8")


def test_a_pdf_stays_a_pdf_and_a_text_a_text(online, corpus, server):
    assert online.add(f"{server.url}/paper.pdf").path.endswith("-paper.pdf")
    assert online.add(f"{server.url}/notes.txt").path.endswith("-notes.txt")
    assert len(names(corpus)) == 2


def test_the_encoding_that_the_server_names_is_used(online, corpus, server):
    result = online.add(f"{server.url}/latin")
    read = parse(result.path, (corpus / result.path).read_bytes())
    assert "La loutre a été aperçue à Nantes." in read.text
    assert (read.metadata.title, read.metadata.lang) == ("Été", "fr")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/none", "404"),
        ("/away", "leads to ftp://heron.example/"),
        ("/round", f"more than {REDIRECTS} times"),
        ("/secret", "name or password"),
        ("/large", "max_file_mb = 1"),
        ("/picture", "image/png"),
        ("/untyped", "of the type unknown"),
        ("/no.pdf", "PDF"),
        ("/empty", "no text"),
    ],
)
def test_what_is_no_page_to_read_is_refused_with_its_reason(online, corpus, server, path, reason):
    result = online.add(server.url + path)
    assert result.state == "failed"
    assert reason in result.reason
    assert list(corpus.rglob("*")) == []


@pytest.mark.parametrize("path", ["/slow", "/dripping"])
def test_a_server_that_is_too_slow_is_given_up(corpus, server, path):
    result = Adder(corpus, allow_network=True, limits=Limits(max_seconds=0.5)).add(server.url + path)
    assert "max_seconds = 0.5" in result.reason


def test_a_server_that_does_not_answer_is_an_error(corpus):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "cannot be fetched" in Adder(corpus, allow_network=True).add(f"http://127.0.0.1:{port}/").reason


@pytest.mark.parametrize("url", ["ftp://example.org/a", "file:///etc/hostname", "http://", "https://a:b@example.org/"])
def test_addresses_that_are_not_fetched(corpus, url):
    assert Adder(corpus, allow_network=True).add(url).state == "failed"


def test_no_cookie_is_sent_back_and_nothing_else_is_told(server):
    fetch(f"{server.url}/cookie", 1, 10)
    (_, first), (_, second) = server.asked
    assert "Cookie" not in second
    assert set(first) <= {"Host", "Accept", "Accept-Encoding", "Accept-Language", "Connection", "User-Agent"}


def run(corpus, *arguments, **environment):
    folders = ["--corpus", str(corpus), "--index", str(corpus.parent / "index")]
    return CliRunner(env=environment).invoke(app, ["add", *folders, *arguments])


def test_without_the_flag_no_socket_is_opened_and_the_error_names_it(corpus, server, monkeypatch):
    def opened(*arguments, **options):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", opened)
    monkeypatch.setattr(socket, "getaddrinfo", opened)
    result = run(corpus, f"{server.url}/heron")
    assert result.exit_code == 1
    assert "--allow-network" in result.stderr
    assert server.asked == []


def test_the_network_may_be_allowed_by_the_environment(corpus, server):
    assert run(corpus, f"{server.url}/heron", OSXP_RAG_ALLOW_NETWORK="true").exit_code == 0


def test_one_failure_stops_no_other_and_each_has_its_line(corpus, tmp_path):
    one, other = written(tmp_path, "a.md"), written(tmp_path, "b.md", "Other words.")
    result = run(corpus, str(one), str(tmp_path / "none.md"), str(other), str(one))
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["added", "added", "there"]
    assert "failed" in result.stderr
    assert "osxp-rag index" in result.stderr
    assert names(corpus) == ["added/a.md", "added/b.md"]


def test_json_tells_of_each_source(corpus, tmp_path):
    path = str(written(tmp_path, "a.md"))
    result = run(corpus, path, "--json")
    assert json.loads(result.stdout) == {
        "results": [{"source": path, "state": "added", "path": "added/a.md", "reason": None}],
        "index": None,
    }


def test_what_was_added_is_indexed_where_that_is_asked_for(corpus, tmp_path):
    result = run(corpus, str(written(tmp_path, "a.md")), "--update", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["index"]["plan"]["added"] == ["added/a.md"]


def test_the_package_s_own_corpus_is_not_added_to(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("osxp_rag.channels.commands.add.PACKAGED_CORPUS", corpus.resolve())
    result = run(corpus, str(written(tmp_path, "a.md")))
    assert result.exit_code == 1
    assert "--corpus" in result.stderr


def test_nothing_half_written_is_left_where_writing_fails(corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("os.fsync", lambda descriptor: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    result = Adder(corpus).add(str(written(tmp_path, "a.md")))
    assert "No space left" in result.reason
    assert names(corpus) == []
    assert [path.name for path in corpus.rglob("*")] == ["added"]
