"""Question sets are checked, metrics are what their definitions say, and a scorecard tells what failed."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag import Answer, Assistant, Citation, QuestionsError, Settings
from osxp_rag.evaluation import metrics
from osxp_rag.evaluation.questions import load_questions, parse_question
from osxp_rag.evaluation.run import evaluate
from osxp_rag.evaluation.scorecard import Outcome, make_scorecard
from osxp_rag.index import update
from tests.conftest import write_corpus

EVAL = Path(__file__).parents[1] / "eval"
FACT = {
    "id": "q1",
    "lang": "en",
    "type": "fact",
    "question": "What can replace VMware?",
    "answerable": True,
    "documents": ["proxmox.md"],
    "patterns": ["proxmox ve"],
}
ABSURD = {**FACT, "id": "q2", "lang": "fr", "answerable": False, "documents": [], "patterns": []}


def question(**changes):
    return parse_question(json.dumps({**FACT, **changes}), "here")


def outcome(asked, *, documents=(), cited=(), confidence=0.9, text="Proxmox VE. [1]", ms=10.0):
    """Return an outcome that is answered where something is cited."""
    citations = tuple(Citation(n, path, "T", "", None, 0, 1, "P", None) for n, path in enumerate(cited, 1))
    status, reason = ("answered", None) if cited else ("abstained", "no_evidence")
    answer = Answer(asked.question, status, reason, text, asked.lang, confidence, "quotes", None, citations)
    return Outcome(asked, answer, tuple(documents), (True,) * len(cited), ms)


@pytest.mark.parametrize("path", sorted(EVAL.glob("*.jsonl")), ids=lambda path: path.name)
def test_every_question_set_of_the_project_is_valid(path):
    assert load_questions(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "q.jsonl, line 2: not valid JSON"),
        ("[]", "q.jsonl, line 2: not a JSON object"),
        (json.dumps({**FACT, "id": "q9", "colour": "blue"}), "line 2, colour: no such key; known: id, lang"),
        (json.dumps({"id": "q9"}), "line 2, lang: missing"),
        (json.dumps({**FACT, "id": "q9", "answerable": "yes"}), "line 2, answerable: 'yes' is not true or false"),
        (json.dumps({**FACT, "id": "q9", "documents": "a.md"}), "line 2, documents: 'a.md' is not a list of texts"),
        (json.dumps({**FACT, "id": "q9", "documents": []}), "line 2, documents: empty"),
        (json.dumps({**FACT, "id": "q9", "patterns": ["("]}), r"line 2, patterns: '\(' is not a regular expression"),
        (json.dumps(FACT), "line 2, id: 'q1' is there twice"),
    ],
)
def test_a_wrong_question_is_named_by_file_line_and_key(tmp_path, line, message):
    path = tmp_path / "q.jsonl"
    path.write_text(f"{json.dumps(FACT)}\n{line}\n", encoding="utf-8")
    with pytest.raises(QuestionsError, match=message):
        load_questions(path)


def test_a_file_without_questions_is_refused(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(QuestionsError, match="holds no question"):
        load_questions(path)


def test_recall_of_one_wants_any_and_recall_of_all_wants_a_share():
    ranked = ["x", "a", "y", "b", "z", "c"]
    assert metrics.recall_at_k(["a", "c"], ranked, 5, every=False) == 1.0
    assert metrics.recall_at_k(["a", "c"], ranked, 5, every=True) == 0.5
    assert metrics.recall_at_k(["c"], ranked, 5, every=False) == 0.0
    assert metrics.recall_at_k("abcdefg", list("abcde"), 5, every=True) == 1.0


def test_the_reciprocal_rank_is_of_the_first_that_is_expected():
    assert metrics.reciprocal_rank(["b"], ["a", "a", "b", "b"], 10) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(["b"], ["a", "b"], 1) == 0.0


def test_balanced_accuracy_weighs_both_kinds_alike():
    assert metrics.balanced_accuracy([True] * 8 + [False] * 2, [True] * 10) == 0.5
    assert metrics.balanced_accuracy([True, True], [True, False]) == 0.5
    assert metrics.balanced_accuracy([], []) is None


def test_the_calibration_error_is_the_weighted_gap_of_each_bin():
    # Bin 0.9-1.0: mean 0.95, two of two true; bin 0.2-0.3: mean 0.25, one of two true.
    error = metrics.calibration_error([1.0, 0.9, 0.2, 0.3 - 1e-9], [True, True, True, False])
    assert error == pytest.approx(0.5 * 0.05 + 0.5 * 0.25)
    assert metrics.calibration_error([], []) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_the_calibration_error_is_a_share(pairs):
    error = metrics.calibration_error([one for one, _ in pairs], [truth for _, truth in pairs])
    assert 0 <= error <= 1 + 1e-9


def test_a_percentile_lies_between_its_neighbours():
    assert metrics.percentile([4, 1, 3, 2], 0.5) == 2.5
    assert metrics.percentile([1, 2, 3], 1.0) == 3
    assert metrics.percentile([7], 0.95) == 7
    assert metrics.percentile([], 0.5) is None


def test_an_answer_is_correct_where_every_pattern_matches_whatever_the_case():
    two = question(patterns=["proxmox", "kvm"])
    assert outcome(two, cited=["a"], text="PROXMOX and KVM").correct
    assert not outcome(two, cited=["a"], text="Proxmox").correct
    assert not outcome(two, text="Proxmox and KVM").correct


def test_scores_count_what_they_say():
    card = make_scorecard(
        [
            outcome(question(), documents=["x", "proxmox.md"], cited=["proxmox.md", "x"], ms=10),
            outcome(question(id="q3"), documents=["x"], confidence=0.4, ms=30),
            outcome(question(**ABSURD), cited=["x"], confidence=0.6, ms=20),
        ]
    )
    assert card.overall.recall_at_5 == 0.5
    assert card.overall.mrr_at_10 == 0.25
    assert card.overall.correct == 0.5
    assert card.overall.citation_precision == 0.5
    assert card.overall.abstention_accuracy == 0.25
    assert card.overall.quote_fidelity == 1.0
    assert card.overall.latency_median_ms == 20
    assert list(card.by_language) == ["en", "fr"]
    assert card.by_language["fr"].recall_at_5 is None
    assert [(one.id, one.expected, one.got) for one in card.failures] == [
        ("q3", "proxmox ve (in proxmox.md)", "abstained: no_evidence"),
        ("q2", "abstained", "Proxmox VE. [1]"),
    ]


def test_a_quote_that_is_not_exact_is_a_failure():
    fine = outcome(question(), documents=["proxmox.md"], cited=["proxmox.md"])
    card = make_scorecard([Outcome(fine.question, fine.answer, fine.documents, (False,), 1.0)])
    assert card.overall.quote_fidelity == 0.0
    assert card.failures[0].got.endswith("(not exact: quote 1)")


def test_nothing_asked_scores_nothing():
    card = make_scorecard([])
    assert card.overall.questions == 0
    assert card.overall.correct is None
    assert json.loads(json.dumps(card.to_dict()))["failures"] == []


def test_a_real_assistant_is_scored(tmp_path):
    text = "# Proxmox VE\n\nProxmox VE is an open source platform that can replace VMware.\n"
    corpus = write_corpus(tmp_path / "corpus", {"proxmox.md": text})
    settings = Settings(corpus=corpus, index=tmp_path / "index", threshold=0.0)
    update(settings)
    assistant = Assistant.open(settings)
    ticks = itertools.count()
    steps = []
    card = evaluate(assistant, [question()], lambda *step: steps.append(step), clock=lambda: next(ticks))
    assistant.close()
    assert card.failures == ()
    assert card.overall.recall_at_5 == card.overall.mrr_at_10 == card.overall.quote_fidelity == 1.0
    assert card.overall.latency_median_ms == 1000
    assert steps == [("ask", 1, 1)]
