"""Files become documents: front matter, Markdown, plain text, and files that cannot be read."""

import os
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osxp_rag.corpus.document import Source
from osxp_rag.corpus.files import load, scan
from osxp_rag.corpus.language import detect_language
from osxp_rag.corpus.markdown import read_markdown
from osxp_rag.corpus.parse import parse
from osxp_rag.errors import CorpusError
from tests.conftest import write_corpus

HEAD = "---\ntitle: Heron\nkind: talk\nlang: en\ndate: 2025-12-10\n"
LIMIT = 1_000_000


def document(text, path="talks/heron.md"):
    return parse(path, text.encode())


def problem_of(text, path="talks/heron.md"):
    with pytest.raises(CorpusError) as caught:
        document(text, path)
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: ")
    return caught.value.reason


def texts(source):
    text, blocks = read_markdown(source)
    return [text[block.start : block.end] for block in blocks]


def found_in(corpus, limit=LIMIT):
    return {file.path: file for file in scan(corpus, limit)}


# Front matter


def test_every_key_of_the_front_matter_is_read():
    metadata = document(
        f"{HEAD}track: cloud\norganisations: [Heron Foundation]\ntechnologies: [Heron, IMAP]\nspeakers: [Ada Martin]\n"
        "sources:\n  - title: Handbook\n    url: https://heron.example/book\n---\n\nBody.\n"
    ).metadata

    assert (metadata.title, metadata.kind, metadata.lang) == ("Heron", "talk", "en")
    assert (metadata.date, metadata.track) == (date(2025, 12, 10), "cloud")
    assert metadata.organisations == ("Heron Foundation",)
    assert metadata.technologies == ("Heron", "IMAP")
    assert metadata.speakers == ("Ada Martin",)
    assert metadata.sources == (Source("Handbook", "https://heron.example/book"),)
    assert metadata.url == "https://heron.example/book"


def test_keys_that_may_be_left_out_are_empty():
    metadata = document(f"{HEAD}---\nBody.\n").metadata

    assert (metadata.track, metadata.organisations, metadata.sources, metadata.url) == (None, (), (), None)


def test_values_of_a_key_are_texts_whatever_their_type():
    metadata = document(f"{HEAD}technologies: [Heron, IMAP]\n---\nBody.\n").metadata

    assert metadata.values("technologies") == ("Heron", "IMAP")
    assert metadata.values("date") == ("2025-12-10",)
    assert metadata.values("track") == ()


def test_the_front_matter_is_no_part_of_the_text():
    assert document(f"{HEAD}---\n\nBody.\n").text.strip() == "Body."


def test_an_unknown_key_is_named_with_its_file_and_the_known_ones():
    reason = problem_of(f"{HEAD}colour: red\n---\nBody.\n")

    assert "'colour' is unknown" in reason
    assert "technologies" in reason


def test_every_missing_key_is_named():
    reason = problem_of("---\ntitle: Heron\nlang: en\n---\nBody.\n")

    assert "'kind' is missing" in reason
    assert "'date' is missing" in reason
    assert "'lang'" not in reason


def test_broken_yaml_names_the_line_of_the_file():
    assert "in line 3" in problem_of("---\ntitle: Heron\nkind: a: b\nlang: en\n---\nBody.\n")


def test_front_matter_that_is_no_mapping_is_an_error():
    assert "key: value" in problem_of("---\n- title\n- kind\n---\nBody.\n")


def test_front_matter_that_is_not_closed_is_an_error_that_says_so():
    assert "is not closed" in problem_of(f"{HEAD}\nBody.\n")


def test_front_matter_without_a_key_is_not_said_to_be_open():
    assert "is not closed" not in problem_of("---\n---\nBody.\n")


@pytest.mark.parametrize("space", [" ", "\t"])
def test_space_after_the_closing_line_does_no_harm(space):
    assert document(f"{HEAD}---{space}\nBody.\n").metadata.title == "Heron"


def test_a_file_of_front_matter_alone_has_no_text():
    assert problem_of(f"{HEAD}---") == "has no text below its front matter"
    assert problem_of(f"{HEAD}---\n\n<!-- to do -->\n") == "has no text below its front matter"


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("sources: [{title: A, url: ftp://a.example}]", "sources.0.url"),
        ("sources: [{title: A, url: javascript:alert(1)}]", "sources.0.url"),
        ("sources: [{title: A, url: 'https://a.example/b c'}]", "sources.0.url"),
        ("sources: [{title: A}]", "sources.0.url"),
        ("track: gardening", "track"),
        ("organisations: Heron", "organisations"),
        ("speakers: ['']", "speakers.0"),
        ("title: ' '", "title"),
        ("kind: poem", "kind"),
        ("lang: english", "lang"),
        ("lang: no", "lang"),  # YAML reads it as false
        ("date: tomorrow", "date"),
    ],
)
def test_a_wrong_value_is_named_by_its_key(line, key):
    kept = [known for known in HEAD.splitlines() if known.split(":")[0] != line.split(":")[0]]

    assert f"front matter key {key!r}" in problem_of("\n".join([*kept, line, "---", "Body."]))


@pytest.mark.parametrize(
    "line", ["date: 2025-13-45", "date: !!timestamp soon", "track: !!bool perhaps", "track: !!int x", "track: 0x_"]
)
def test_a_value_that_yaml_itself_cannot_make_is_a_fault_of_the_file(line):
    assert "front matter" in problem_of(f"---\ntitle: Heron\nkind: talk\nlang: en\n{line}\n---\nBody.\n")


def test_front_matter_nested_without_end_is_a_fault_of_the_file():
    assert "front matter" in problem_of(f"---\ntitle: {'[' * 5000}\n---\nBody.\n")


@settings(deadline=None)
@given(st.text(alphabet="---\n: {}[]!&*'\"#?|>abc0x_.%@`,\\é", max_size=60))
def test_any_front_matter_is_read_or_refused(block):
    with suppress(CorpusError):
        assert document(f"---\n{block}\n---\nBody.\n").blocks


# Markdown


def test_inline_markup_leaves_its_words():
    assert texts("A **bold** and *fine* `word`, <b>raw</b> &amp; [linked](https://a.example) <https://b.example>.") == [
        "A bold and fine word, raw & linked https://b.example."
    ]


def test_an_image_leaves_its_description():
    assert texts("Look: ![a *grey* heron](heron.png)") == ["Look: a grey heron"]


def test_lines_of_a_paragraph_become_one():
    assert texts("one\ntwo  \nthree\\\nfour") == ["one two three four"]


def test_a_line_break_in_html_parts_words():
    assert texts("one<br>two<br/>three") == ["one two three"]


def test_a_hash_in_code_is_no_heading():
    text, blocks = read_markdown("```sh\n# not a heading\n  ls\n```\n\n# Heading\n")

    assert [(block.kind, block.level) for block in blocks] == [("code", 0), ("heading", 1)]
    assert text[blocks[0].start : blocks[0].end] == "# not a heading\n  ls"


def test_code_keeps_its_lines_and_an_empty_fence_leaves_nothing():
    assert texts("    a = 1\n    b = 2\n\n```\n\n```\n") == ["a = 1\nb = 2"]


def test_headings_keep_their_levels_in_both_styles():
    _, blocks = read_markdown("# One\n\n### Three\n\nTwo\n---\n")

    assert [(block.kind, block.level) for block in blocks] == [("heading", 1), ("heading", 3), ("heading", 2)]


def test_items_of_nested_lists_are_blocks_without_their_marks():
    assert texts("- one\n- two\n  - three\n    1. four\n\n  rest of two\n- five\n") == [
        "one",
        "two",
        "three",
        "four",
        "rest of two",
        "five",
    ]


def test_the_marks_of_list_items_stay_in_the_text_before_them():
    text, _ = read_markdown("- one\n\n7. seven\n")

    assert text == "- one\n\n7. seven\n\n"


def test_the_mark_of_an_item_that_begins_with_code_does_not_pass_to_what_follows():
    text, _ = read_markdown("- ```\n  ls\n  ```\n  Then wait.\n")

    assert "- Then" not in text


def test_a_row_of_a_table_is_a_block_of_its_cells():
    assert texts("| name | price |\n| --- | --: |\n| **Heron** | 40 € |\n") == ["name | price", "Heron | 40 €"]


def test_a_row_without_words_leaves_nothing():
    assert texts("| a | b |\n| --- | --- |\n|  |  |\n") == ["a | b"]


def test_html_comments_are_dropped_and_html_leaves_its_words():
    assert texts("seen <!-- hidden --> too\n\n<!--\nhidden\n\nas well\n-->\n\n<p>in <b>html</b></p>\n") == [
        "seen too",
        "in html",
    ]


def test_quoted_paragraphs_and_rules_leave_their_words_only():
    assert texts("> quoted\n> on\n\n---\n\nafter\n") == ["quoted on", "after"]


@settings(deadline=None)
@given(st.text(alphabet="ab1é \n\t#*-+_`~[]()<>!|:&\\\"'=.", max_size=120))
def test_blocks_of_any_markdown_are_in_order_apart_and_not_empty(source):
    text, blocks = read_markdown(source)

    edges = [edge for block in blocks for edge in (block.start, block.end)]
    assert edges == sorted(edges)
    assert all(text[block.start : block.end].strip() for block in blocks)
    assert not edges or edges[-1] <= len(text)


# Files without front matter


def test_a_plain_markdown_file_takes_its_title_from_its_first_heading():
    metadata = document("Some words first.\n\n## The heron and its mail\n\nMore words.\n").metadata

    assert (metadata.title, metadata.kind, metadata.date) == ("The heron and its mail", "document", None)


def test_a_file_without_heading_takes_its_title_from_its_name():
    assert document("Some words.", "a/notes-of_monday.md").metadata.title == "Notes of monday"
    assert document("Some words.", "a/notes-of_monday.txt").metadata.title == "Notes of monday"


def test_a_name_of_marks_alone_is_the_title_as_it_is():
    assert document("Some words.", "a/--.txt").metadata.title == "a/--.txt"


def test_the_language_of_a_file_without_front_matter_is_detected():
    assert document("Le logiciel libre est au coeur de la souveraineté numérique.").metadata.lang == "fr"
    assert document("Free software is at the heart of digital sovereignty.").metadata.lang == "en"


def test_the_language_of_the_front_matter_is_not_doubted():
    assert document(f"{HEAD}---\nLe logiciel libre est au coeur de la souveraineté.\n").metadata.lang == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where does the conference take place?", "en"),
        ("Où se tient la conférence cette année ?", "fr"),
        ("Wo findet die Konferenz in diesem Jahr statt?", "de"),
        ("¿Dónde se celebra la conferencia este año?", "es"),
    ],
)
def test_languages_are_told_apart(text, language):
    code, probability = detect_language(text)

    assert code == language
    assert 0.5 < probability <= 1.0


def test_a_text_without_a_letter_is_english_with_no_confidence():
    assert detect_language("2025 – 12?") == ("en", 0.0)


def test_a_text_file_has_paragraphs_and_no_markup():
    found = document("# not a heading\n\n**two**\nlines\n\n\n\nend\n", "notes.txt")

    assert [found.text[block.start : block.end] for block in found.blocks] == [
        "# not a heading",
        "**two**\nlines",
        "end",
    ]
    assert {block.kind for block in found.blocks} == {"text"}


def test_endings_count_in_any_case():
    assert document("# not a heading", "NOTES.TXT").blocks[0].kind == "text"


# Bytes


def test_a_byte_order_mark_is_dropped_before_the_front_matter_is_looked_for():
    assert parse("a.md", b"\xef\xbb\xbf" + f"{HEAD}---\nBody.\n".encode()).metadata.title == "Heron"


def test_line_ends_of_windows_and_old_macs_are_normalised():
    assert parse("a.md", f"{HEAD}---\nOne.\n\nTwo.\n".replace("\n", "\r\n").encode()).text == "One.\n\nTwo.\n\n"
    assert parse("a.txt", b"One.\r\rTwo.").text == "One.\n\nTwo.\n\n"


def test_text_is_normalised_to_composed_characters():
    assert parse("a.txt", "re\u0301sume\u0301".encode()).text == "r\u00e9sum\u00e9\n\n"


def test_bytes_that_are_not_utf8_are_read_as_what_they_look_like():
    assert parse("a.md", b"caf\xe9 au lait").text == "café au lait\n\n"


def test_a_nul_character_is_refused():
    with pytest.raises(CorpusError, match="NUL"):
        parse("a.md", b"PK\0\3")


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content):
    with pytest.raises(CorpusError, match="is empty"):
        parse("a.md", content)


def test_markdown_without_words_is_refused():
    assert problem_of("<!-- to do -->\n\n---\n") == "has no text"


@settings(deadline=None)
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode), st.sampled_from(["a.md", "a.txt"]))
def test_any_bytes_become_a_document_or_a_fault_of_the_file(content, path):
    with suppress(CorpusError):
        found = parse(path, content)
        assert found.metadata.title
        assert all(found.text[block.start : block.end].strip() for block in found.blocks)


# The folder


def test_files_are_found_by_path_in_a_stable_order(tmp_path):
    names = ["b.md", "a/z.txt", "a.md", "a/b/c.markdown", "B.md", "é.md"]
    write_corpus(tmp_path, dict.fromkeys(names, "words"))

    assert [file.path for file in scan(tmp_path, LIMIT)] == sorted(names)


def test_other_endings_and_hidden_files_and_folders_are_passed_over(tmp_path):
    write_corpus(tmp_path, dict.fromkeys(["a.md", "b.xyz", ".c.md", ".git/d.md", "e/.f/g.md", "LICENSE"], "words"))

    assert list(found_in(tmp_path)) == ["a.md"]


def test_the_readme_of_the_corpus_itself_is_passed_over(tmp_path):
    write_corpus(tmp_path, dict.fromkeys(["README.md", "heron/README.md"], "words"))

    assert list(found_in(tmp_path)) == ["heron/README.md"]


def test_a_corpus_that_is_no_folder_is_an_error_that_says_how_to_name_one(tmp_path):
    with pytest.raises(CorpusError, match="name one with --corpus or OSXP_RAG_CORPUS"):
        scan(tmp_path / "nowhere", LIMIT)


def test_an_empty_corpus_has_no_files(tmp_path):
    assert scan(tmp_path, LIMIT) == []


def test_a_scanned_file_is_loaded_as_a_document(tmp_path):
    write_corpus(tmp_path, {"talks/heron.md": f"{HEAD}---\nBody.\n"})

    assert load(tmp_path, found_in(tmp_path)["talks/heron.md"]).metadata.title == "Heron"


def test_a_file_that_changes_after_the_scan_is_not_loaded(tmp_path):
    write_corpus(tmp_path, {"a.md": "before"})
    found = found_in(tmp_path)["a.md"]
    write_corpus(tmp_path, {"a.md": "after"})

    with pytest.raises(CorpusError, match="changed while it was read"):
        load(tmp_path, found)


def test_a_file_that_goes_after_the_scan_is_not_loaded(tmp_path):
    write_corpus(tmp_path, {"a.md": "before"})
    found = found_in(tmp_path)["a.md"]
    (tmp_path / "a.md").unlink()

    with pytest.raises(CorpusError, match="cannot be read"):
        load(tmp_path, found)


def test_a_file_that_is_too_large_is_found_with_its_problem_and_not_loaded(tmp_path):
    write_corpus(tmp_path, {"a.md": "x" * 11, "b.md": "x" * 10})
    found = found_in(tmp_path, limit=10)

    assert found["b.md"].problem is None
    assert "larger than max_file_mb" in found["a.md"].problem
    assert found["a.md"].sha256 is None
    with pytest.raises(CorpusError, match="max_file_mb"):
        load(tmp_path, found["a.md"])


def test_a_broken_link_is_a_problem_of_that_file(tmp_path):
    (tmp_path / "a.md").symlink_to("nowhere.md")

    assert found_in(tmp_path)["a.md"].problem.startswith("cannot be read")


def test_a_link_to_itself_is_a_problem_of_that_file(tmp_path):
    write_corpus(tmp_path, {"b.md": "words"})
    (tmp_path / "a.md").symlink_to("a.md")
    found = found_in(tmp_path)

    assert found["a.md"].problem
    assert found["b.md"].problem is None


def test_a_link_out_of_the_corpus_is_a_problem_of_that_file(tmp_path):
    write_corpus(tmp_path, {"outside.md": "secret", "corpus/b.md": "words"})
    (tmp_path / "corpus/a.md").symlink_to(tmp_path / "outside.md")

    assert "link out of the corpus" in found_in(tmp_path / "corpus")["a.md"].problem


def test_a_link_within_the_corpus_is_read(tmp_path):
    write_corpus(tmp_path, {"b.md": "words"})
    (tmp_path / "a.md").symlink_to("b.md")

    assert found_in(tmp_path)["a.md"].sha256 == found_in(tmp_path)["b.md"].sha256


def test_a_corpus_behind_a_link_is_read(tmp_path):
    write_corpus(tmp_path / "real", {"a.md": "words"})
    (tmp_path / "link").symlink_to("real")

    assert found_in(tmp_path / "link")["a.md"].problem is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_a_problem_and_is_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.md")

    assert found_in(tmp_path)["a.md"].problem == "is not a regular file"


def test_a_name_that_is_not_utf8_does_not_stop_the_scan(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"\xff.md")).write_text("words")
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system takes only UTF-8 names")
    file = scan(tmp_path, LIMIT)[0]

    assert file.path == "\\udcff.md"
    with pytest.raises(CorpusError, match="cannot be read"):
        load(tmp_path, file)
