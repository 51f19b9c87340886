"""Rates of hallucination and error are NoMIRACL's, for the reader and for what LLMs said."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from osxp_rag import QuestionsError
from osxp_rag.channels.cli import app
from osxp_rag.evaluation.abstention import FIXED, best_for_both, rates, reads_as, score_abstention
from osxp_rag.evaluation.passages import PassagesQuestion, load_passages, read_passages
from osxp_rag.models.reader import load_reader

RELEASE = "Heron: Heron was first released on 3 May 2019 by the Heron Foundation."
DINNER = "Dinner: The conference dinner took place on a boat called Calypso."
YES, NO = "Yes, answer is present.", "I don't know."
ROWS = [
    {
        "id": "1", "lang": "en", "question": "When was Heron first released?", "passages": [DINNER, RELEASE],
        "answerable": True, "llm_outputs": {"sure": YES, "shy": NO},
    },
    {
        "question": "Who painted the ceiling of the opera?", "passages": [DINNER, RELEASE],
        "answerable": False, "llm_outputs": {"sure": f"\n{YES}", "shy": NO, "odd": "Calypso"},
    },
    {"question": "What was the boat called?", "passages": [DINNER], "answerable": True, "llm_outputs": None},
]  # fmt: skip


def file_of(tmp_path, *rows):
    path = tmp_path / "passages.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n\n" for row in rows), encoding="utf-8")
    return path


def asked(answerable, **outputs):
    return PassagesQuestion("?", ("T: p",), answerable, outputs)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"passages": [DINNER], "answerable": True}, "passages.jsonl, line 3, question: missing; give it a text"),
        ({**ROWS[0], "passages": []}, r"line 3, passages: \[\] is not a list of one text or more; write a list"),
        ({**ROWS[0], "passages": DINNER}, "line 3, passages: .* is not a list of one text or more"),
        ({**ROWS[0], "answerable": "yes"}, "line 3, answerable: 'yes' is not true or false; write true or false"),
        ({**ROWS[0], "llm_outputs": {"sure": 1}}, "line 3, llm_outputs: .* is not an object of a text for each LLM"),
        ([], "line 3: not a JSON object; write one JSON object a line"),
    ],
)
def test_a_wrong_row_is_named_by_file_line_and_key(tmp_path, row, message):
    path = file_of(tmp_path, ROWS[0], row)
    with pytest.raises(QuestionsError, match=message):
        load_passages(path)


def test_a_file_without_rows_is_refused(tmp_path):
    path = file_of(tmp_path)
    with pytest.raises(QuestionsError, match="holds no question; write one JSON object a line"):
        load_passages(path)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (YES, True),
        ("\nYES, ANSWER IS\nPRESENT in context [1].", True),
        ("In context 3 the answer is present.", True),
        ("[4]", True),
        (f"{YES} {NO} {YES}", True),
        (NO, False),
        ("No, I don't know", False),
        ("The answer is not present.", False),
        (f"Please respond with {YES} or {NO}", None),
        ("Switzerland", None),
        ("", None),
    ],
)
def test_an_output_answers_refuses_or_does_neither(output, said):
    assert reads_as(output) is said


def test_rates_are_over_their_own_kind_and_an_invalid_output_is_wrong():
    found = rates([True, True, True, True, False, False], [True, False, False, None, True, False])
    assert (found.questions, found.answerable) == (6, 4)
    assert (found.hallucination, found.error, found.invalid) == (0.5, 0.5, pytest.approx(1 / 6))
    assert found.balanced_accuracy == pytest.approx((1 / 4 + 1 / 2) / 2)


def test_rates_of_one_kind_alone_leave_the_other_unmeasured():
    found = rates([False, False], [True, False])
    assert (found.hallucination, found.error, found.balanced_accuracy) == (0.5, None, 0.5)
    assert rates([], []).balanced_accuracy is None


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_where_all_is_said_the_balanced_accuracy_is_one_less_the_mean_of_the_rates(rows):
    found = rates(*zip(*rows, strict=True))
    errors = [rate for rate in (found.hallucination, found.error) if rate is not None]
    assert found.balanced_accuracy == pytest.approx(1 - sum(errors) / len(errors))


@given(st.lists(st.tuples(st.booleans(), st.integers(-2, 2).map(float)), min_size=1))
def test_no_threshold_is_better_than_the_best(rows):
    truths, logits = zip(*rows, strict=True)
    best = best_for_both(logits, truths)
    every = [rates(truths, [logit >= bar for logit in logits]).balanced_accuracy for bar in (*logits, float("inf"))]
    chosen = rates(truths, [best is not None and logit >= best for logit in logits])
    assert chosen.balanced_accuracy == pytest.approx(max(every))


def test_the_reader_is_measured_at_both_thresholds_and_beside_each_llm():
    questions = [asked(True, shy=NO), asked(False, shy=NO), asked(True), asked(False, sure=YES)]
    scores = score_abstention(questions, [3.0, 1.0, 2.0, -1.0])
    assert (scores.fixed.hallucination, scores.fixed.error, scores.fixed.balanced_accuracy) == (0.5, 0.0, 0.75)
    assert (scores.best_threshold, scores.best.balanced_accuracy, scores.auroc) == (2.0, 1.0, 1.0)
    assert list(scores.llms) == ["shy", "sure"]
    assert (scores.llms["shy"].questions, scores.llms["shy"].error, scores.llms["shy"].hallucination) == (2, 1.0, 0.0)
    assert (scores.llms["sure"].questions, scores.llms["sure"].error) == (1, None)


def test_a_logit_at_the_threshold_answers():
    assert score_abstention([asked(True)], [FIXED]).fixed.error == 0.0


def test_every_passage_is_read_and_the_right_one_is_the_surest(tmp_path):
    steps = []
    questions = load_passages(file_of(tmp_path, *ROWS))
    told = read_passages(load_reader(), questions, lambda *step: steps.append(step))
    assert [len(some) for some in told] == [2, 2, 1]
    assert told[0][1].answerable > told[0][0].answerable
    assert max(one.answerable for one in told[0]) > max(one.answerable for one in told[1])
    assert steps[-1] == ("read", 3, 3)


def test_the_command_prints_tables_or_json_and_writes_its_report(tmp_path):
    path, report = file_of(tmp_path, *ROWS), tmp_path / "report.json"
    shown = CliRunner().invoke(app, ["eval", "--passages", str(path), "-o", str(report)])
    assert shown.exit_code == 0
    assert re.search(r"^shy +2 +0\.000 +1\.000 +0\.000 +0\.500$", shown.stdout, re.MULTILINE)
    assert re.search(r"^odd +1 +0\.000 +– +1\.000 +0\.000$", shown.stdout, re.MULTILINE)
    written = json.loads(report.read_text(encoding="utf-8"))
    assert (written["passages"], written["fixed_threshold"], written["fixed"]["answerable"]) == (path.name, FIXED, 2)
    printed = CliRunner().invoke(app, ["eval", "--passages", str(path), "--json"])
    assert json.loads(printed.stdout) == written


def test_a_wrong_file_fails_with_one_line(tmp_path):
    result = CliRunner().invoke(app, ["eval", "--passages", str(file_of(tmp_path, {"question": "Who?"}))])
    assert result.exit_code == 1
    assert "line 1, passages: missing; give it a list of one text or more." in result.stderr
