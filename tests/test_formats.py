"""Every format becomes the same kind of document: text, headings, pages, metadata, with offsets that hold."""

import threading
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, assume, given
from hypothesis import settings as budget
from hypothesis import strategies as st

from osxp_rag.answering.texts import place
from osxp_rag.assistant import Assistant
from osxp_rag.corpus import formats
from osxp_rag.corpus.decode import decode
from osxp_rag.corpus.document import Metadata
from osxp_rag.corpus.files import load, scan
from osxp_rag.corpus.isolated import IsolatedReader
from osxp_rag.corpus.limits import Limits
from osxp_rag.corpus.parse import parse
from osxp_rag.corpus.splitter import Splitter
from osxp_rag.corpus.titles import believed
from osxp_rag.errors import CorpusError
from osxp_rag.index import update
from osxp_rag.settings import Settings
from tests.samples import (
    SENTENCES,
    docx_file,
    email_file,
    epub_file,
    message,
    odt_file,
    pdf_file,
    pptx_file,
    pptx_with_table,
)

FRENCH = "L'équipe de Loutre a été créée à Nantes, où le café coûte 2 € l'été. Loutre est un moteur libre."
PAGE = """<!DOCTYPE html><html lang="fr"><head><title>Heron, the server</title><meta name="date" content="2024-03-05">
</head><body><nav><a href="/">Home</a> <a href="/b">About us</a></nav><main><article><h1>Heron</h1>
<p>Heron is a free mail server written in Rust, and it is used by many people in the world every day.</p>
<h2>Licence</h2><p>Heron is published under the <b>AGPL</b> licence<br>and costs <i>40</i> euros a month for a team.</p>
<ul><li>It is quick to install on any machine.</li><li>It is small.</li></ul>
<table><tr><th>name</th><th>price</th></tr><tr><td>Heron</td><td>40 €</td></tr></table>
</article></main><footer>Copyright of somebody. All cookies.</footer><script>alert("no")</script></body></html>"""


def shown(document):
    """Return kind, level and words of each block."""
    return [(block.kind, block.level, document.text[block.start : block.end]) for block in document.blocks]


def words(document):
    return [text for _, _, text in shown(document)]


def page_of(document, sentence):
    return document.metadata.page_of(document.text.index(sentence))


def problem_of(path, content, limits=None):
    with pytest.raises(CorpusError) as caught:
        parse(path, content, limits)
    return caught.value


# Documents


def test_docx_keeps_headings_lists_and_tables():
    parts = [("Title", "Heron"), ("Normal", SENTENCES), ("Heading 1", "Price"), ("Heading 2", "For teams")]
    items = [("List Bullet", "quick"), ("List Number", "small"), [["name", "price"], ["Heron", "40 €"]]]

    found = parse("a.docx", docx_file([*parts, *items], "Heron, a mail server"))

    assert shown(found) == [
        ("heading", 1, "Heron"),
        ("text", 0, SENTENCES),
        ("heading", 1, "Price"),
        ("heading", 2, "For teams"),
        ("text", 0, "quick"),
        ("text", 0, "small"),
        ("text", 0, "name | price"),
        ("text", 0, "Heron | 40 €"),
    ]
    assert "- quick\n\n1. small" in found.text
    assert (found.metadata.title, found.metadata.page_unit, found.metadata.pages) == ("Heron, a mail server", None, ())


def test_odt_keeps_headings_lists_and_tables_and_what_looks_like_markup():
    parts = [(1, "Heron *big*"), (0, "It costs 2*3*4 euros_a_month."), (2, "Price"), ["quick", "small"]]

    found = parse("a.odt", odt_file([*parts, (("name", "price"), ("Heron", "40"))], "Heron, a mail server"))

    assert shown(found)[:3] == [
        ("heading", 1, "Heron *big*"),
        ("text", 0, "It costs 2*3*4 euros_a_month."),
        ("heading", 2, "Price"),
    ]
    assert words(found)[3:] == ["quick", "small", "name | price", "Heron | 40"]
    assert found.metadata.title == "Heron, a mail server"


def test_pptx_counts_slides_and_keeps_titles_points_and_notes():
    slides = [("Heron", [SENTENCES], ""), ("", [], ""), ("Price", ["cheap", "fair"], "Say it slowly.")]

    found = parse("a.pptx", pptx_file(slides, "PowerPoint Presentation"))

    assert shown(found) == [
        ("heading", 2, "Heron"),
        ("text", 0, SENTENCES),
        ("heading", 2, "Price"),
        ("text", 0, "cheap"),
        ("text", 0, "fair"),
        ("text", 0, "Say it slowly."),
    ]
    assert (found.metadata.title, found.metadata.page_unit, len(found.metadata.pages)) == ("Heron", "slide", 3)
    assert [page_of(found, some) for some in ("Heron costs", "Price", "slowly")] == [1, 3, 3]


def test_a_table_on_a_slide_is_read_row_by_row():
    assert words(parse("a.pptx", pptx_with_table([["name", "price"], ["Heron", "40 €"]]))) == [
        "name | price",
        "Heron | 40 €",
    ]


def test_epub_is_read_chapter_by_chapter():
    pages = [f"<html><body><h1>Chapter {n}</h1><p>Heron &amp; loutre, {n}.</p></body></html>" for n in (1, 2)]

    found = parse("a.epub", epub_file(pages))

    assert words(found) == ["Chapter 1", "Heron & loutre, 1.", "Chapter 2", "Heron & loutre, 2."]
    assert (found.metadata.title, found.metadata.lang) == ("The Heron book", "fr")
    assert found.metadata.date == date(2024, 2, 1)


# PDF


def test_pdf_counts_pages_the_empty_ones_too():
    found = parse("a.pdf", pdf_file([[(11, "Heron is free.")], [], [(11, "Heron costs 40 € (a month).")]]))

    assert words(found) == ["Heron is free.", "Heron costs 40 € (a month)."]
    assert [page_of(found, some) for some in ("Heron is", "Heron costs")] == [1, 3]
    assert (found.metadata.page_unit, len(found.metadata.pages)) == ("page", 3)


def test_lines_of_a_pdf_become_paragraphs_and_larger_ones_headings():
    text = ["Heron is a free mail server that many", "people use. It is writ-", "ten in Rust."]
    lines = [(20, "Heron"), *((11, line) for line in text), (15, "Price"), (11, "Heron costs 40 euros.")]

    found = parse("a.pdf", pdf_file([lines], "Microsoft Word - heron.doc"))

    assert shown(found) == [
        ("heading", 1, "Heron"),
        ("text", 0, "Heron is a free mail server that many people use. It is written in Rust."),
        ("heading", 2, "Price"),
        ("text", 0, "Heron costs 40 euros."),
    ]
    assert (found.metadata.title, found.metadata.date) == ("Heron", date(2024, 3, 5))


def test_the_outline_of_a_pdf_tells_its_headings():
    lines = [(11, "Price"), (11, "Heron costs 40 euros.")]

    found = parse("a.pdf", pdf_file([lines], "The Heron handbook", [("Price", 0)]))

    assert shown(found) == [("heading", 1, "Price"), ("text", 0, "Heron costs 40 euros.")]
    assert found.metadata.title == "The Heron handbook"


def test_a_sentence_over_the_turn_of_a_page_is_whole_and_each_half_knows_its_page():
    found = parse("a.pdf", pdf_file([[(11, "Heron costs forty")], [(11, "euros a month. It is worth it.")]]))

    assert words(found) == ["Heron costs forty euros a month. It is worth it."]
    assert [page_of(found, some) for some in ("Heron", "forty", "euros", "It is")] == [1, 1, 2, 2]


def test_running_heads_and_page_numbers_are_no_text():
    pages = [[(9, "The Heron handbook"), (11, f"Fact {chr(65 + n)} stands here."), (9, str(n + 1))] for n in range(4)]

    assert words(parse("a.pdf", pdf_file(pages))) == [f"Fact {letter} stands here." for letter in "ABCD"]


def test_a_pdf_of_pictures_says_what_to_do():
    assert "OCR" in problem_of("a.pdf", pdf_file([[], []])).reason


# Rows


def test_a_row_of_csv_tells_its_columns_and_its_number():
    found = parse("a.csv", 'name;price;note\nHéron;40,5 €;\n\nLoutre;0 €;"two\nlines"\n'.encode())

    assert words(found) == ["name: Héron; price: 40,5 €", "name: Loutre; price: 0 €; note: two lines"]
    assert [page_of(found, some) for some in ("Héron", "Loutre")] == [2, 4]
    assert (found.metadata.page_unit, {block.kind for block in found.blocks}) == ("row", {"code"})


def test_csv_without_a_header_numbers_its_columns():
    assert words(parse("a.csv", b"1,2\n3,4\n")) == ["column 1: 1; column 2: 2", "column 1: 3; column 2: 4"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_csv_is_found(delimiter):
    content = delimiter.join(["name", "price"]) + "\n" + delimiter.join(["Heron", "40"])

    assert words(parse("a.csv", content.encode())) == ["name: Heron; price: 40"]


def test_a_line_of_jsonl_tells_its_keys_and_its_number():
    found = parse(
        "a.jsonl", b'{"name": "Heron", "tags": ["a", "b"], "free": true, "url": null}\n\n{"n": {"x": 1}}\n"w"\n'
    )

    assert words(found) == ["name: Heron; tags: a, b; free: true", 'n: {"x": 1}', "w"]
    assert page_of(found, "n: {") == 3


def test_a_broken_line_of_jsonl_is_named():
    assert problem_of("a.jsonl", b'{"a": 1}\n{bad').reason.startswith("line 2 is not JSON")


# Web and mail


def test_html_is_its_main_content():
    found = parse("a.html", PAGE.encode())

    assert words(found) == [
        "Heron",
        "Heron is a free mail server written in Rust, and it is used by many people in the world every day.",
        "Licence",
        "Heron is published under the AGPL licence and costs 40 euros a month for a team.",
        "It is quick to install on any machine.",
        "It is small.",
        "name | price",
        "Heron | 40 €",
    ]
    assert [(kind, level) for kind, level, _ in shown(found)][:3] == [("heading", 1), ("text", 0), ("heading", 2)]
    assert (found.metadata.lang, found.metadata.date) == ("fr", date(2024, 3, 5))


def test_what_stands_around_the_main_content_of_a_long_page_is_left_out():
    story = "".join(
        f"<p>Fact {n}: Heron is a free mail server that {n} hundred people use every day.</p>" for n in range(30)
    )
    around = "".join(f'<li><a href="/{n}">Another story that you may like {n}</a></li>' for n in range(30))
    page = f"<body><div class='menu'><ul>{around}</ul></div><article><h1>Heron</h1>{story}</article></body>"

    found = parse("a.html", page.encode())

    assert words(found)[0] == "Heron"
    assert "Fact 29: Heron" in found.text
    assert "Another story" not in found.text


def test_a_short_page_is_read_whole_but_for_its_navigation():
    found = parse(
        "a.htm", b"<title>Heron</title><nav>Home</nav><p>Heron is <b>fr</b>ee.</p><!-- no --><p hidden>no</p>"
    )

    assert (words(found), found.metadata.title) == (["Heron is free."], "Heron")


def test_an_email_tells_subject_date_and_sender_and_its_plain_part():
    found = parse("a.eml", email_file("Heron 2.0 is out", "Heron 2.0 is out.\n\n> It is fast.\n", "<p>not this</p>"))

    assert words(found)[0] == "Heron 2.0 is out"
    assert "From: Ada Martin <ada@heron.example>; Date: Wed, 03 Dec 2025" in words(found)[1]
    assert words(found)[2:] == ["Heron 2.0 is out.", "It is fast."]
    assert (found.metadata.title, found.metadata.date) == ("Heron 2.0 is out", date(2025, 12, 3))


def test_an_email_of_html_alone_is_read_and_so_is_an_attached_one():
    inner = message("Price", "Heron costs 40 euros.")

    found = parse("a.eml", email_file("News", html="<p>Heron is <b>free</b>.</p>", attached=inner))

    assert ("text", 0, "Heron is free.") in shown(found)
    assert ("heading", 2, "Price") in shown(found)
    assert "Heron costs 40 euros." in words(found)


# Encodings and titles


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("path", ["a.md", "a.txt", "a.csv", "a.html"])
def test_text_is_read_in_its_encoding(path, encoding):
    content = f'note\n"{FRENCH}"\n' if path.endswith(".csv") else FRENCH

    assert FRENCH in parse(path, content.encode(encoding)).text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le café où l'on paie à la fin de l'été", "latin-1"),
        ("Die Größe des Gebäudes überrascht viele Gäste aus München.", "cp1252"),
        ("¿Dónde está el niño? Mañana empieza el año escolar.", "cp1252"),
        ("Zażółć gęślą jaźń. W Warszawie działa wiele firm.", "cp1250"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy v Praze.", "cp1250"),
        ("Привет мир, это русский текст для проверки.", "cp1251"),
        ("これは日本語のテキストです。オープンソースは自由です。", "shift_jis"),
    ],
)
def test_other_encodings_are_told_apart(text, encoding):
    assert decode(text.encode(encoding)) == text


def test_the_encoding_that_a_page_declares_counts():
    assert words(parse("a.html", '<meta charset="iso-8859-2"><p>Zażółć gęślą</p>'.encode("iso-8859-2"))) == [
        "Zażółć gęślą"
    ]


def test_control_characters_and_lone_surrogates_do_not_reach_the_text():
    found = parse("a.jsonl", b'{"a": "one\\u0007two\\ud800", "b": "e\\u0301"}\n')

    assert found.text == "a: one two?; b: é\n\n"


@pytest.mark.parametrize(
    "title", ["Microsoft Word - Document1", "untitled", "Document 3", "Présentation PowerPoint", "a.docx", "", " 12 "]
)
def test_titles_that_programs_write_are_not_believed(title):
    assert believed(title) is None


@pytest.mark.parametrize("title", ["Heron, a mail server", "Microsoft and free software", "The title"])
def test_titles_that_people_write_are_believed(title):
    assert believed(title) == title


# Pages


def test_a_page_is_found_by_offset():
    metadata = Metadata("T", pages=(0, 10, 10, 25), page_unit="page")

    assert [metadata.page_of(offset) for offset in (0, 9, 10, 24, 25, 99)] == [1, 1, 3, 3, 4, 4]
    assert Metadata("T").page_of(5) is None


@pytest.mark.parametrize(
    ("language", "told"), [("en", ["p. 3", "slide 3", "row 3"]), ("fr", ["p. 3", "diapositive 3", "ligne 3"])]
)
def test_a_place_is_told_in_both_languages(language, told):
    assert [place(3, unit, language).replace("\xa0", " ") for unit in ("page", "slide", "row")] == told
    assert place(None, None, language) == ""


# Extras, limits, isolation


def test_a_missing_extra_is_told_at_the_scan_with_its_command(tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(pdf_file([[(11, "Heron is free.")]]))
    monkeypatch.setattr(formats, "find_spec", lambda name: None if name == "pypdfium2" else find_spec(name))

    assert 'pip install "osxp-rag[pdf]"' in scan(tmp_path, 10**6)[0].problem
    monkeypatch.undo()
    assert scan(tmp_path, 10**6)[0].problem is None


@pytest.mark.parametrize(
    ("path", "content", "limits", "setting"),
    [
        ("a.pdf", pdf_file([[(11, "Words.")]] * 3), Limits(max_pages=2), "max_pages = 2"),
        ("a.pptx", pptx_file([("A", ["b"], "")] * 3), Limits(max_pages=2), "max_pages = 2"),
        ("a.docx", docx_file([("Normal", "x" * 200_000)]), Limits(max_expanded_mb=0.1), "max_expanded_mb = 0.1"),
    ],
)
def test_a_file_beyond_a_limit_is_passed_over_and_the_setting_named(path, content, limits, setting):
    problem = problem_of(path, content, limits)

    assert problem.skipped
    assert setting in problem.reason


def test_the_worker_gives_what_this_process_gives():
    files = {
        "a.pdf": pdf_file([[(20, "Heron")], [(11, "Heron is free.")]]),
        "a.eml": email_file("News", "Heron is free."),
    }
    with IsolatedReader(Limits()) as reader:
        for path, content in files.items():
            assert reader.parse(path, content) == parse(path, content)


def test_a_large_markdown_file_is_read_apart_with_its_front_matter():
    content = f"---\ntitle: Heron\nkind: talk\nlang: en\ndate: 2025-12-10\n---\n\n{'Heron is free. ' * 6000}".encode()
    with IsolatedReader(Limits()) as reader:
        assert reader.parse("a.md", content) == parse("a.md", content)


@contextmanager
def listening():
    """Run a server that keeps the paths it is asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"fetched")

        def log_message(self, *arguments):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_no_parser_fetches_what_a_file_refers_to():
    with listening() as (url, asked):
        entity = f'<!DOCTYPE html SYSTEM "{url}/dtd" [<!ENTITY x SYSTEM "{url}/entity">]>'
        links = f'<link rel="stylesheet" href="{url}/css"><img src="{url}/png"><script src="{url}/js"></script>'
        page = f"{entity}<html><head>{links}</head><body><p>Heron is free &x;.</p>{links}</body></html>"
        files = {
            "a.html": page.encode(),
            "a.eml": email_file("News", html=page),
            "a.epub": epub_file([page], more=f'<!DOCTYPE p SYSTEM "{url}/dtd" [<!ENTITY x SYSTEM "{url}/entity">]>'),
        }
        texts = [
            parse(path, content).text for path, content in files.items()
        ]  # here, where nothing forbids the network

    assert all("Heron is free" in text for text in texts)
    assert not any("fetched" in text for text in texts)
    assert asked == []


# Offsets


WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)


def by_letters(texts):
    return [len(text) for text in texts]


@budget(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(["html", "docx", "csv"]))
def test_every_passage_is_the_text_at_its_offsets_whatever_the_words(some, ending):
    from html import escape

    contents = {
        "html": lambda: "".join(f"<h2>{escape(text)}</h2><p>{escape(text)}</p>" for text in some).encode(),
        "docx": lambda: docx_file([("Normal", "".join(filter(str.isprintable, text))) for text in some]),
        "csv": lambda: "\n".join('"' + text.replace('"', '""') + '",x' for text in some).encode(),
    }
    try:
        found = parse(f"a.{ending}", contents[ending]())
    except CorpusError as error:
        assume(error.reason not in ("has no text", "is empty"))
        raise
    for passage in Splitter(by_letters, 60, 80).split(found):
        assert passage.text == found.text[passage.start : passage.end]
        assert all(passage.start <= start < end <= passage.end for start, end in passage.sentences)
    assert not any(ord(character) < 32 and character != "\n" for character in found.text)


# From file to answer


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Settings of an indexed corpus of one PDF, one PPTX and one CSV."""
    folder = tmp_path_factory.mktemp("formats")
    corpus = folder / "corpus"
    corpus.mkdir()
    pages = [[(11, "Heron is a free mail server written in Rust.")],
             [(11, "The first version of Heron was released on 3 May 2019.")]]  # fmt: skip
    (corpus / "heron.pdf").write_bytes(pdf_file(pages, "Heron, a mail server"))
    slides = [("Loutre", ["Loutre is a search engine."], ""), ("Team", ["Loutre is developed in Nantes."], "")]
    (corpus / "loutre.pptx").write_bytes(pptx_file(slides, "Loutre, a search engine"))
    (corpus / "members.csv").write_text("member,city,joined\nAda Martin,Lyon,2021\nBo Diallo,Lille,2023\n")
    made = Settings(corpus=corpus, index=folder / "index", threshold=0.0)
    assert update(made).failures == ()
    return made


@pytest.mark.parametrize(
    ("question", "document", "unit", "page", "quoted"),
    [
        ("When was the first version of Heron released?", "heron.pdf", "page", 2, "3 May 2019"),
        ("Where is Loutre developed?", "loutre.pptx", "slide", 2, "Nantes"),
        ("Which city does Bo Diallo live in?", "members.csv", "row", 3, "city: Lille"),
    ],
)
def test_an_answer_cites_the_page_of_its_quote(library, question, document, unit, page, quoted):
    assistant = Assistant.open(library)
    citation = assistant.ask(question).citations[0]

    assert (citation.document, citation.page_unit, citation.page) == (document, unit, page)
    assert quoted in citation.quote
    file = next(file for file in scan(library.corpus_dir, 10**7) if file.path == document)
    assert load(library.corpus_dir, file).text[citation.start : citation.end] == citation.quote
