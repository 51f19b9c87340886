"""A scorecard reads the same on the terminal, as Markdown, as HTML and as JSON, and nothing in it is obeyed."""

import io
import json
import re

import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from typer.testing import CliRunner

from osxp_rag.channels.cli import app
from osxp_rag.channels.scorecards import html_report, markdown_report, show_report
from osxp_rag.channels.scorecards.tables import cell, tables
from osxp_rag.evaluation.scorecard import Report
from tests.scored import ABSURD, FACT, card_of, outcome, question

HOSTILE = '<script>window.pwned = 1</script> | **bold** `x` \x1b[31m & "y"'


def report_of(*some, split="test"):
    return Report("osxp.jsonl", split, "000001-cea45cdd", card_of(some))


REPORT = report_of(
    outcome(question(), documents=["proxmox.md"], cited=["proxmox.md"]),
    outcome(question(id="q3", question=HOSTILE, patterns=["a|b"]), documents=["proxmox.md"], cited=["proxmox.md"]),
    outcome(question(id="q4", documents=["talks/x.md"]), documents=["talks/x.md"], confidence=0.3),
    outcome(question(**{**ABSURD, "class": "near_miss"}), cited=["x"], text=HOSTILE),
)


def shown(report):
    output = io.StringIO()
    show_report(Console(file=output, width=200), report)
    return output.getvalue()


def rendered(report):
    return MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown_report(report))


@pytest.mark.parametrize("render", [shown, markdown_report, html_report], ids=["terminal", "markdown", "html"])
def test_every_reason_is_shown_with_how_many_failures_it_has(render):
    text = re.sub(r"<[^>]*>|[|\\]", " ", render(REPORT))
    for reason, count in REPORT.card.reasons.items():
        assert re.search(rf"{re.escape(reason)}\s+{count}\b", text), reason


@pytest.mark.parametrize("render", [shown, markdown_report, html_report], ids=["terminal", "markdown", "html"])
@pytest.mark.parametrize("report", [report_of(), report_of(outcome(question(), cited=["a"]))], ids=["none", "one"])
def test_a_scorecard_without_failures_is_shown(render, report):
    assert "Recall@5" in render(report)


def test_the_terminal_shows_each_failure_with_its_reason():
    assert (
        "q4  What can replace VMware?\n"
        "  why       refused though retrieved: confidence 0.30, threshold 0.50; first expected passage at rank 1\n"
        "  expected  proxmox ve (in talks/x.md)\n"
        "  got       abstained: no_evidence\n"
    ) in shown(REPORT)


def test_the_terminal_obeys_nothing_of_a_question():
    assert "\x1b" not in shown(REPORT)
    assert "window.pwned" in shown(REPORT)


def test_markdown_shows_text_as_it_is():
    page = rendered(REPORT)
    assert "&lt;script&gt;window.pwned = 1&lt;/script&gt; | **bold** `x`" in page
    assert "<code>a|b</code> in <code>proxmox.md</code>" in page


def test_markdown_has_a_heading_for_each_reason_that_has_failures():
    assert re.findall(r"<h3>(.*)</h3>", rendered(REPORT)) == [
        "answered though unanswerable (1)",
        "refused though retrieved (1)",
        "right document, wrong sentence (1)",
    ]


def test_the_page_holds_no_markup_of_a_question_and_nothing_from_elsewhere():
    page = html_report(REPORT)
    assert "<script" not in page
    assert "&lt;script&gt;window.pwned = 1&lt;/script&gt;" in page
    assert re.findall(r"(?:https?:)?//|url\(|@import", page) == []


def test_languages_have_columns_where_there_are_several():
    one, two = report_of(outcome(question())), REPORT
    assert tables(one.card)[0].header == ("All",)
    assert tables(two.card)[0].header == ("All", "en", "fr")


def test_a_table_leaves_out_columns_and_rows_that_nothing_is_in():
    made = {table.title: table for table in tables(report_of(outcome(question(type="how_much"), cited=["a"])).card)}
    types = made["Answerable questions, by type"]
    assert list(made) == ["Scores", "Answerable questions, by type"]
    assert [name for name, _ in types.rows] == ["how much"]
    assert "List items found" not in types.header


@pytest.mark.parametrize(
    ("name", "value", "interval", "text"),
    [
        ("correct", 0.5, (0.25, 0.75), ("0.500", "0.250–0.750")),
        ("questions", 40, None, ("40", "")),
        ("latency_p95_ms", 488.87, (400.4, 600.6), ("489", "400–601")),
        ("correct", None, None, ("–", "")),
    ],
)
def test_a_figure_has_as_many_digits_as_it_deserves(name, value, interval, text):
    made = cell(name, value, interval)
    assert (made.value, made.interval) == text


def test_the_json_has_its_documented_keys():
    found = json.loads(json.dumps(REPORT.to_dict()))
    assert list(found) == [
        "questions", "split", "generation", "bootstrap", "threshold", "overall", "by_language", "intervals",
        "by_type", "by_class", "reasons", "failures",
    ]  # fmt: skip
    assert set(found["intervals"]["overall"]) == set(found["overall"]) - {"questions", "answerable"}
    assert found["intervals"]["overall"]["quote_fidelity"] == [1.0, 1.0]
    assert found["failures"][-1] == {
        "id": "q2", "lang": "fr", "type": "fact", "class": "near_miss", "question": FACT["question"],
        "answerable": False, "expected": {"documents": [], "patterns": []}, "abstained": False, "got": HOSTILE,
        "confidence": 0.9, "reason": "answered though unanswerable",
        "facts": [{"reason": "answered though unanswerable", "detail": "confidence 0.90, threshold 0.50"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("option", "name", "message"),
    [
        ("-o", "report.html", "does not end in .json or .md"),
        ("--report", "report.md", "does not end in .html"),
        ("-o", "none/report.md", "there is no folder"),
        ("-o", "q.json", "is the file of the questions; name another file"),
        ("--split", "train", "'train' is not one of 'dev', 'test'"),
    ],
)
def test_an_evaluation_that_could_only_fail_is_not_begun(tmp_path, option, name, message):
    questions = tmp_path / "q.json"
    questions.write_text(json.dumps(FACT), encoding="utf-8")
    value = name if option == "--split" else str(tmp_path / name)
    result = CliRunner().invoke(app, ["eval", str(questions), option, value])
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_one_evaluation_writes_several_reports(settings, tmp_path):
    questions = tmp_path / "q.jsonl"
    heron = {**FACT, "question": "Who released Heron?", "documents": ["talks/heron.md"], "patterns": ["Foundation"]}
    rows = ({**heron, "id": split, "split": split} for split in ("dev", "test"))
    questions.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    reports = [tmp_path / name for name in ("r.json", "r.md", "r.html")]
    folders = ["--corpus", str(settings.corpus), "--index", str(settings.index)]
    outputs = ["-o", str(reports[0]), "-o", str(reports[1]), "--report", str(reports[2])]
    result = CliRunner().invoke(app, ["eval", str(questions), "--split", "dev", "--json", *outputs, *folders])
    assert result.exit_code == 0, result.output
    printed, written = json.loads(result.stdout), json.loads(reports[0].read_text(encoding="utf-8"))
    assert printed == written
    assert (written["split"], written["overall"]["questions"]) == ("dev", 1)
    assert reports[1].read_text(encoding="utf-8").startswith("# Scorecard\n")
    assert reports[2].read_text(encoding="utf-8").startswith("<!doctype html>")
