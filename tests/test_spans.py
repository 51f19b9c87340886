"""Spans that answer are found in the documents' normalised text, and what retrieval returns is measured on them."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from osxp_rag import QuestionsError, Settings
from osxp_rag.channels.cli import app
from osxp_rag.corpus.parse import parse
from osxp_rag.evaluation.references import Placer, Reference, document_of, load_spans
from osxp_rag.evaluation.retrieved import measure_spans
from osxp_rag.evaluation.spans import Retrieved, common, merged, score_found
from tests.conftest import write_corpus

HERON = """# Heron

Heron is a *free* mail server. See [the book](book.html) &amp; more.

## Licence

It is free. Heron is under the <b>AGPL-3.0</b>
licence, they say. It is free.
"""
FILES = {
    "heron.md": HERON,
    "boats/dinner.txt": "The dinner took place on a boat called Calypso.\n\nAbout 120 people came.\n",
}
SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8)).map(lambda one: (one[0], sum(one))), max_size=5)


def row(corpus, question, *contents):
    source = FILES[corpus if corpus in FILES else f"{corpus}.md"]
    references = [
        {"content": one, "start_index": source.index(one), "end_index": source.index(one) + len(one)}
        for one in contents
    ]
    return {"corpus": corpus, "question": question, "references": references}


LICENCE = row("heron", "What licence is Heron under?", "Heron is under the <b>AGPL-3.0</b>\nlicence, they say.")
BOAT = row("boats/dinner.txt", "What was the boat called?", "boat called Calypso")


def file_of(tmp_path, *rows):
    path = tmp_path / "spans.jsonl"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in rows), encoding="utf-8")
    return path


def placed(content, start=0, source=HERON, path="heron.md"):
    document = parse(path, source.encode())
    span = Placer(document, len(source)).place(Reference(content, start))
    return document.text[slice(*span)] if span else None


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Heron is a *free* mail server.", "Heron is a free mail server."),
        ("Heron is under the <b>AGPL-3.0</b>\nlicence, they say.", "Heron is under the AGPL-3.0 licence, they say."),
        ("[the book](book.html) &amp; more", "the book & more"),
        ("ee. Heron is", "ee. Heron is"),
        ("server", "server"),
        ("no such words", None),
        ("***", None),
    ],
)
def test_a_reference_is_found_where_its_words_are_without_their_markup(content, text):
    assert placed(content) == text


@pytest.mark.parametrize("place", [HERON.index("It is free."), HERON.rindex("It is free.")])
def test_words_that_stand_twice_are_those_that_lie_likewise_in_the_file(place):
    document = parse("heron.md", HERON.encode())
    start, end = Placer(document, len(HERON)).place(Reference("It is free.", place))
    assert document.text[start:end] == "It is free."
    first = place == HERON.index("It is free.")
    assert start == (document.text.index if first else document.text.rindex)("It is free.")


def test_composed_letters_and_line_ends_of_windows_are_found():
    assert placed("de\u0301ja\r\nvu.", source="C'est du de\u0301ja\r\nvu.", path="a.txt") == "d\u00e9ja\nvu."


def test_a_name_means_a_document_with_or_without_its_ending():
    assert document_of("heron", ["a.md", "heron.md"]) == "heron.md"
    assert document_of("boats/dinner.txt", ["boats/dinner.txt"]) == "boats/dinner.txt"
    assert document_of("dinner", ["boats/dinner.txt"]) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ""}, "spans.jsonl, line 2, question: '' is not a text; write a text"),
        ({"corpus": None}, "line 2, corpus: None is not a text"),
        ({"references": []}, "line 2, references: .* is not a list that is not empty"),
        ({"references": ["x"]}, r"line 2, references\[0\]: 'x' is not a JSON object; write one with content"),
        ({"references": [{"content": "x"}]}, r"line 2, references\[0\], start_index: missing; give it a whole number"),
        ({"references": [{"content": "x", "start_index": -1}]}, "start_index: -1 is not a whole number from 0"),
    ],
)
def test_a_wrong_row_is_named_by_file_line_and_key(tmp_path, change, message):
    path = file_of(tmp_path, LICENCE, {**BOAT, **change})
    with pytest.raises(QuestionsError, match=message):
        load_spans(path)


def test_recall_precision_and_iou_count_characters():
    one = Retrieved("a", ((0, 10), (20, 30)), (("a", (5, 25)), ("b", (0, 10)), ("a", (25, 45))))
    found = score_found([one], 2)
    assert (found.recall, found.precision, found.iou) == (0.5, pytest.approx(10 / 30), pytest.approx(10 / 40))
    assert score_found([one], 3).recall == 0.75


def test_scores_are_means_over_questions_and_nothing_retrieved_scores_0():
    found = score_found([Retrieved("a", ((0, 4),), (("a", (0, 4)),)), Retrieved("a", ((0, 4),), ())], 5)
    assert (found.questions, found.recall, found.precision, found.iou) == (2, 0.5, 0.5, 0.5)
    assert score_found([], 5).recall is None


@given(SPANS, SPANS)
def test_merging_and_sharing_count_each_character_once(some, others):
    one, other = ({place for start, end in spans for place in range(start, end)} for spans in (some, others))
    assert sum(end - start for start, end in merged(some)) == len(one)
    assert common(merged(some), merged(others)) == len(one & other)


def test_files_are_indexed_as_the_product_does_and_asked(tmp_path):
    folder = write_corpus(tmp_path / "files", FILES)
    lost = {**BOAT, "references": [{"content": "a whale", "start_index": 0}]}
    steps = []
    report = measure_spans(
        Settings(), load_spans(file_of(tmp_path, LICENCE, BOAT, lost)), folder, lambda *step: steps.append(step)
    )
    assert (report.references, report.unplaced, report.skipped) == (3, 1, 1)
    assert [depth.passages for depth in report.depths] == [5, 10]
    assert report.depths[0].overall.questions == 2
    assert report.depths[0].overall.recall == 1.0
    assert 0 < report.depths[0].overall.iou <= report.depths[0].overall.precision < 1
    assert list(report.depths[0].by_corpus) == ["boats/dinner.txt", "heron.md"]
    assert {stage for stage, _, _ in steps} == {"split", "embed", "retrieve"}
    assert sorted(path.name for path in folder.iterdir()) == ["boats", "heron.md"]


def test_a_question_of_a_file_that_is_not_there_says_which_are(tmp_path):
    folder = write_corpus(tmp_path / "files", {"heron.md": HERON})
    questions = load_spans(file_of(tmp_path, LICENCE, BOAT))
    message = r"line 2, corpus: 'boats/dinner.txt' is no document of .*files \(known: heron.md\); put it there"
    with pytest.raises(QuestionsError, match=message):
        measure_spans(Settings(), questions, folder, lambda *step: None)


def test_the_command_prints_tables_or_json_and_writes_its_report(tmp_path):
    folder, report = write_corpus(tmp_path / "files", FILES), tmp_path / "report.json"
    arguments = ["eval", "--spans", str(file_of(tmp_path, LICENCE, BOAT)), "--corpus-files", str(folder)]
    shown = CliRunner().invoke(app, [*arguments, "-o", str(report)])
    assert shown.exit_code == 0
    assert re.search(r"^heron\.md +1 +1\.000 +0\.\d{3} +0\.\d{3}$", shown.stdout, re.MULTILINE)
    written = json.loads(report.read_text(encoding="utf-8"))
    assert (written["questions"], written["references"], written["unplaced"]) == (2, 2, 0)
    printed = CliRunner().invoke(app, [*arguments, "--json"])
    assert json.loads(printed.stdout) == written


def test_files_in_any_encoding_that_the_corpus_reads_are_measured(settings, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    text = "La loutre a été aperçue à Nantes. Elle y a mangé une truite argentée près du marché."
    (folder / "loutre.txt").write_bytes(text.encode("cp1252"))
    reference = {"content": "une truite argentée", "start_index": text.index("une truite"), "end_index": len(text)}
    asked = {"corpus": "loutre", "question": "Qu'a mangé la loutre ?", "references": [reference]}
    report = measure_spans(settings, load_spans(file_of(tmp_path, asked)), folder, lambda what, done, total: None)
    assert (report.unplaced, report.skipped) == (0, 0)
