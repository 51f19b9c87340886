"""A file of questions becomes a file of answers: rows, formats, and a file that is whole or not there."""

import csv
import io
import json

import pytest

from osxp_rag import Assistant, QuestionsError, Settings
from osxp_rag.channels.batch import Tally, answer_rows, read_rows
from osxp_rag.channels.batch.reports import COLUMNS, FORMATS, csv_line, markdown_section
from osxp_rag.channels.batch.rows import Row, csv_rows, jsonl_rows, txt_rows
from osxp_rag.channels.batch.run import part_of
from osxp_rag.index import update
from tests.conftest import write_corpus

ANSWERED = {
    "id": "7",
    "question": "What replaces VMware?",
    "status": "answered",
    "reason": None,
    "text": "- Proxmox VE does. [1]\n- It is free. [2]",
    "language": "en",
    "confidence": 0.93,
    "engine": "quotes",
    "generation": "000001-00000000",
    "citations": [
        {"id": 1, "document": "a.md", "title": "A", "section": "Why", "page": None, "page_unit": None,
         "start": 0, "end": 16, "quote": "Proxmox VE does.", "url": "https://example.org/a"},
        {"id": 2, "document": "b.md", "title": "B", "section": "", "page": None, "page_unit": None,
         "start": 3, "end": 14, "quote": "It is free.", "url": "javascript:alert(1)"},
    ],
    "nearest": [],
    "timings_ms": {},
}  # fmt: skip
ABSTAINED = {
    **ANSWERED,
    "status": "abstained",
    "reason": "no_evidence",
    "text": "No.",
    "citations": [],
    "nearest": [{"document": "a.md", "title": "A"}],
}
ERROR = {"id": "3", "question": "", "status": "error", "error": "line 3: no question"}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    text = "# Proxmox VE\n\nProxmox VE is an open source platform that can replace VMware.\n"
    corpus = write_corpus(folder / "corpus", {"proxmox.md": text})
    settings = Settings(corpus=corpus, index=folder / "index", threshold=0.0)
    update(settings)
    opened = Assistant.open(settings)
    yield opened
    opened.close()


def no_progress(stage, done, total):
    pass


def test_a_text_file_has_a_question_a_line_and_blank_lines_do_not_count():
    assert txt_rows("One?\n\n  Two?  \r\n") == [Row(1, "1", "One?"), Row(3, "2", "Two?")]


def test_a_table_needs_only_its_question_column():
    rows = csv_rows('note,Question,id\nx,"A, or\nB?",first\ny,C?,\n')
    assert rows == [Row(2, "first", "A, or\nB?"), Row(4, "2", "C?")]


def test_rows_may_be_turns_of_a_conversation():
    assert csv_rows("question,conversation\nA?, a\nB?,\n") == [
        Row(2, "1", "A?", conversation="a"),
        Row(3, "2", "B?"),
    ]
    assert jsonl_rows('{"question": "A?", "conversation": 7}\n') == [Row(1, "1", "A?", conversation="7")]
    assert jsonl_rows('{"question": "A?", "conversation": [7]}\n') == [
        Row(1, "1", "A?", error="conversation is neither a text nor a whole number")
    ]


def test_rows_of_a_conversation_follow_up_on_each_other(assistant, tmp_path):
    rows = [
        Row(1, "1", "What is Proxmox VE?", conversation="a"),
        Row(2, "2", "what can it replace?", conversation="b"),
        Row(3, "3", "what can it replace?", conversation="a"),
        Row(4, "4", "what can it replace?"),
    ]
    answer_rows(assistant, rows, tmp_path / "out.jsonl", no_progress)
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["condensed"] for record in records] == [None, None, "what can Proxmox VE replace?", None]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_may_come_from_any_spreadsheet(delimiter):
    assert csv_rows(f"id{delimiter}question\na{delimiter}Why?\n") == [Row(2, "a", "Why?")]


def test_a_blank_row_of_a_table_does_not_count():
    assert [row.line for row in csv_rows("id,question\n,,\n\na,Why?\n")] == [4]


def test_a_table_row_without_a_question_is_a_bad_row():
    assert csv_rows("id,question\na,\nb\n") == [
        Row(2, "a", "", error="no question"),
        Row(3, "b", "", error="no question"),
    ]


def test_a_table_without_a_question_column_is_refused(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id,text\n1,Why?\n", encoding="utf-8")
    with pytest.raises(QuestionsError, match=r"in\.csv: no column `question`; its columns are: id, text"):
        read_rows(path)


def test_json_lines_carry_ids_and_filters_and_other_keys_are_ignored():
    text = '{"question": "A?", "id": 12, "lang": "en"}\n{"question": "B?", "filters": {"kind": "talk"}}\n'
    assert jsonl_rows(text) == [Row(1, "12", "A?"), Row(2, "2", "B?", {"kind": "talk"})]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("{bad", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('["A?"]', "not a JSON object"),
        ("{}", "no question"),
        ('{"question": "  "}', "no question"),
        ('{"question": 3}', "question is not a text"),
        ('{"question": "A?", "id": [1]}', "id is neither"),
        ('{"question": "A?", "filters": "kind=talk"}', "filters is not"),
        ('{"question": "A?", "filters": {"kind": 1}}', "filters is not"),
    ],
)
def test_a_bad_json_line_is_a_bad_row_and_the_next_is_read(line, error):
    bad, good = jsonl_rows(f'{line}\n{{"question": "B?"}}')
    assert bad.error is not None
    assert bad.error.startswith(error)
    assert good == Row(2, "2", "B?")


def test_a_line_separator_inside_a_json_text_does_not_end_the_line():
    assert [row.question for row in jsonl_rows('{"question": "A\u2028B?"}')] == ["A\u2028B?"]


def test_half_of_a_character_becomes_a_question_that_can_be_written():
    assert jsonl_rows('{"question": "A \\ud800?"}')[0].question == "A ??"


def test_a_byte_order_mark_is_not_part_of_the_first_question(tmp_path):
    path = tmp_path / "in.txt"
    path.write_bytes("\ufeffOù ?\n".encode())
    assert read_rows(path) == [Row(1, "1", "Où ?")]


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "in.txt"
    path.write_bytes("Où ?".encode("latin-1"))
    with pytest.raises(QuestionsError, match="not UTF-8 \\(byte 1\\)"):
        read_rows(path)


def test_a_csv_row_holds_the_flat_columns():
    row = next(csv.reader(io.StringIO(csv_line(ANSWERED))))
    assert dict(zip(COLUMNS, row, strict=True))["citations"] == '1: a.md: "Proxmox VE does."\n2: b.md: "It is free."'
    assert row[:4] == ["7", "What replaces VMware?", "answered", ""]


def test_a_csv_row_of_an_error_tells_it_under_reason():
    assert csv_line(ERROR) == "3,,error,line 3: no question,,,,\n"


@pytest.mark.parametrize("question", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_cell_is_run_as_a_formula(question):
    row = next(csv.reader(io.StringIO(csv_line({**ANSWERED, "question": question}))))
    assert row[1] == f"'{question}"


def test_the_report_quotes_each_citation():
    section = markdown_section(ANSWERED)
    assert section.startswith("## 7. What replaces VMware?\n\n- Proxmox VE does. [1]\n- It is free. [2]\n\n")
    assert "[1] A › Why (a.md) <https://example.org/a>\n\n> Proxmox VE does." in section
    assert "javascript" not in section


@pytest.mark.parametrize(("language", "word"), [("en", "also:"), ("fr", "aussi\N{NO-BREAK SPACE}:")])
def test_the_report_names_other_files_of_the_same_content(language, word):
    citation = {**ANSWERED["citations"][0], "also": ["b.md", "c [1].md"]}
    section = markdown_section({**ANSWERED, "language": language, "citations": [citation]})
    assert f"(a.md, {word} b.md, c [1].md)" in section


def test_the_report_tells_refusals_and_errors():
    assert "**No answer** (no\\_evidence). No.\n\n- A (a.md)" in markdown_section(ABSTAINED)
    assert markdown_section(ERROR) == "## 3. (no question)\n\n**Error:** line 3: no question\n\n"


def test_the_report_escapes_markup():
    question = "![x](http://example.org/x.png) <script> *a* `b`\n# c"
    assert markdown_section({**ERROR, "question": question}).startswith(
        "## 3. !\\[x](http://example.org/x.png) \\<script\\> \\*a\\* \\`b\\` \\# c\n"
    )


def test_rows_keep_their_order_and_a_bad_one_stops_nothing(assistant, tmp_path):
    out = tmp_path / "out.jsonl"
    rows = [
        Row(1, "a", "What can replace VMware?"),
        Row(2, "b", "", error="no question"),
        Row(3, "c", "What?", {"colour": "blue"}),
        Row(4, "d", "What can replace VMware?", {"lang": "fr"}),
    ]
    seen = []
    tally = answer_rows(assistant, rows, out, lambda *step: seen.append(step))
    found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(one["id"], one["status"]) for one in found] == [
        ("a", "answered"),
        ("b", "error"),
        ("c", "error"),
        ("d", "abstained"),
    ]
    assert list(found[0])[:3] == ["id", "question", "status"]
    assert found[1] == {"id": "b", "question": "", "status": "error", "error": "line 2: no question"}
    assert found[2]["error"].startswith("line 3: unknown filter colour")
    assert tally == Tally(answered=1, abstained=1, errors=2)
    assert seen[-1] == ("ask", 4, 4)


@pytest.mark.parametrize("ending", FORMATS)
def test_an_interrupted_run_leaves_the_older_file_and_keeps_what_it_had(assistant, tmp_path, ending):
    out = tmp_path / f"out{ending}"
    out.write_text("older", encoding="utf-8")

    def interrupt(stage, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answer_rows(assistant, [Row(1, "a", "What can replace VMware?"), Row(2, "b", "Why?")], out, interrupt)
    assert out.read_text(encoding="utf-8") == "older"
    assert "VMware" in part_of(out).read_text(encoding="utf-8")


def test_a_run_that_ends_leaves_nothing_beside_its_file(assistant, tmp_path):
    out = tmp_path / "out.csv"
    answer_rows(assistant, [Row(1, "a", "", error="no question")], out, no_progress)
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    assert out.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)
