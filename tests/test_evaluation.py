"""Question sets are checked, metrics are what their definitions say, and a scorecard tells what failed and why."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag import Assistant, QuestionsError, Settings
from osxp_rag.evaluation import bootstrap, metrics
from osxp_rag.evaluation.questions import load_questions
from osxp_rag.evaluation.run import evaluate
from osxp_rag.evaluation.scores import MEASURES
from osxp_rag.index import update
from tests.conftest import write_corpus
from tests.scored import ABSURD, FACT, card_of, outcome, outcomes, question

EVAL = Path(__file__).parents[1] / "eval"
OTHER_SETS = {"conversations.jsonl", "support.jsonl"}  # of another shape; their own tests read them
SHARES = [name for name in MEASURES if not name.endswith("_ms")]


@pytest.mark.parametrize(
    "path", sorted(one for one in EVAL.glob("*.jsonl") if one.name not in OTHER_SETS), ids=lambda path: path.name
)
def test_every_question_set_of_the_project_is_valid(path):
    assert load_questions(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "q.jsonl, line 2: not valid JSON"),
        ("[]", "q.jsonl, line 2: not a JSON object; write one JSON object a line"),
        (json.dumps({**FACT, "colour": "blue"}), "line 2, colour: no such key; take it out. Known: id, lang"),
        (json.dumps({"id": "q9"}), "line 2, question: missing; give it a text"),
        (json.dumps({**FACT, "answerable": "yes"}), "line 2, answerable: 'yes' is not true or false; write true"),
        (json.dumps({**FACT, "documents": "a.md"}), "line 2, documents: 'a.md' is not a list of texts"),
        (json.dumps({**FACT, "documents": []}), 'line 2, documents: empty, .* write "answerable": false'),
        (json.dumps({**FACT, "patterns": ["("]}), r"line 2, patterns: '\(' is not a regular expression .* backslash"),
        (json.dumps({**FACT, "type": "why"}), "line 2, type: 'why' is not one of fact, list, .*; write one of"),
        (json.dumps({**FACT, "type": "near_miss"}), 'line 2, type: .*; write one of .*, and "class": "near_miss"'),
        (json.dumps({**FACT, "type": ["fact"]}), r"line 2, type: \['fact'\] is not one of fact"),
        (json.dumps({**ABSURD, "class": "odd"}), "line 2, class: 'odd' is not one of out_of_corpus, .*; write one of"),
        (json.dumps({**FACT, "class": "nonsense"}), 'line 2, class: .* though .* answerable; write "class": null'),
        (json.dumps({**FACT, "split": "train"}), "line 2, split: 'train' is not one of dev, test; write one of"),
        (json.dumps({**FACT, "id": "q0"}), "line 2, id: 'q0' is there twice, first in line 1; give this one another"),
    ],
)
def test_a_wrong_question_is_named_by_file_line_and_key_with_what_to_write(tmp_path, line, message):
    path = tmp_path / "q.jsonl"
    path.write_text(f"{json.dumps({**FACT, 'id': 'q0'})}\n{line}\n", encoding="utf-8")
    with pytest.raises(QuestionsError, match=message):
        load_questions(path)


def test_a_question_that_is_still_open_is_passed_over(tmp_path):
    path = tmp_path / "q.jsonl"
    rows = [{**FACT, "id": "open", "answerable": None, "note": "down: wrong"}, {**FACT, "id": "q1", "note": "up"}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    assert [one.id for one in load_questions(path)] == ["q1"]


@pytest.mark.parametrize(
    ("content", "message"), [(b"\n", "holds no question; write one"), (b"caf\xe9", "save it as UTF-8")]
)
def test_a_file_without_questions_is_refused(tmp_path, content, message):
    path = tmp_path / "q.jsonl"
    path.write_bytes(content)
    with pytest.raises(QuestionsError, match=message):
        load_questions(path)


def test_five_keys_make_a_question_whose_language_is_detected():
    minimal = {key: FACT[key] for key in ("id", "answerable", "documents", "patterns")}
    absent = {key: None for key in ("lang", "type", "class", "split")}
    asked = question(**minimal, **absent, question="Quelle est la licence de ce logiciel libre ?")
    assert (asked.lang, asked.type, asked.class_, asked.split) == ("fr", "fact", None, None)


def test_half_a_surrogate_pair_in_a_question_can_be_written_again():
    question(question="\ud800?", id="\udfff").question.encode()


def test_a_split_holds_its_questions_and_no_split_holds_all(tmp_path):
    path = tmp_path / "q.jsonl"
    rows = ({**FACT, "id": name, "split": split} for name, split in (("a", "dev"), ("b", None), ("c", "test")))
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert [one.id for one in load_questions(path, "dev")] == ["a"]
    assert [one.id for one in load_questions(path)] == ["a", "b", "c"]


def test_a_split_without_questions_is_refused(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(FACT), encoding="utf-8")
    with pytest.raises(QuestionsError, match='no question has "split": "dev"; leave --split out'):
        load_questions(path, "dev")


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
    assert metrics.number(metrics.balanced_accuracy([], [])) is None


def test_the_calibration_error_is_the_weighted_gap_of_each_bin():
    # Bin 0.9-1.0: mean 0.95, two of two true; bin 0.2-0.3: mean 0.25, one of two true.
    error = metrics.calibration_error([1.0, 0.9, 0.2, 0.3 - 1e-9], [True, True, True, False])
    assert error == pytest.approx(0.5 * 0.05 + 0.5 * 0.25)
    assert metrics.number(metrics.calibration_error([], [])) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_the_calibration_error_is_a_share(pairs):
    error = metrics.calibration_error([one for one, _ in pairs], [truth for _, truth in pairs])
    assert 0 <= error <= 1 + 1e-9


def test_a_percentile_lies_between_its_neighbours():
    assert metrics.percentile([4, 1, 3, 2], 0.5) == 2.5
    assert metrics.percentile([1, 2, 3], 1.0) == 3
    assert metrics.percentile([7], 0.95) == 7
    assert metrics.number(metrics.percentile([], 0.5)) is None


def test_metrics_work_along_the_last_axis():
    assert metrics.share([[1, 1], [0, 0]], [[1, 1], [2, 2]]).tolist() == [1.0, 0.0]
    assert np.isnan(metrics.share([[0, 0], [1, 0]], [[0, 0], [1, 1]])).tolist() == [True, False]
    assert metrics.balanced_accuracy([[1, 0], [1, 1]], [[1, 0], [1, 0]]).tolist() == [1.0, 0.5]
    assert metrics.calibration_error([[1, 0], [1, 1]], [[1, 0], [0, 0]]).tolist() == [0.0, 1.0]
    assert metrics.percentile([[1, 3], [5, 5]], 0.5).tolist() == [2.0, 5.0]


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_every_resample_has_as_many_of_each_stratum_as_the_sample(strata):
    sample = np.array(strata)
    drawn = bootstrap.resamples(sample, count=20)
    assert drawn.shape == (20, len(strata))
    assert (sample[drawn].sum(axis=1) == sample.sum()).all()


def test_an_interval_is_between_the_outer_fortieths():
    assert bootstrap.interval(np.arange(1001.0)) == pytest.approx((25, 975))
    assert bootstrap.interval(np.array([np.nan, 0.5, np.nan])) == (0.5, 0.5)
    assert bootstrap.interval(np.array([np.nan])) is None


def test_the_interval_of_a_share_is_as_wide_as_the_binomial_one():
    right = [
        outcome(question(id=str(n)), cited=["proxmox.md"], text="Proxmox VE" if n < 80 else "?") for n in range(100)
    ]
    low, high = card_of(right).intervals.overall["correct"]
    assert low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)


@given(st.lists(outcomes(), max_size=8))
def test_an_interval_lies_within_what_its_score_can_be_and_is_the_same_every_time(some):
    card = card_of(some)
    assert card == card_of(some)
    for name in SHARES:
        score, between = getattr(card.overall, name), card.intervals.overall[name]
        assert (score is None) == (between is None)
        if between is not None:
            assert 0 <= between[0] <= between[1] <= 1 + 1e-9
            assert 0 <= score <= 1 + 1e-9


@given(outcomes(), st.integers(1, 4))
def test_questions_that_all_came_out_alike_leave_no_width(one, times):
    card = card_of([one] * times)
    for name, between in card.intervals.overall.items():
        assert between is None or between == pytest.approx((getattr(card.overall, name),) * 2)


@given(st.lists(outcomes(), max_size=6))
def test_a_question_has_a_reason_exactly_where_it_failed(some):
    card = card_of(some)
    assert len(card.failures) == sum(one.failed for one in some) == sum(card.reasons.values())
    assert all(failure.facts and failure.reason == failure.facts[0].reason for failure in card.failures)


def test_an_answer_is_correct_where_every_pattern_matches_whatever_the_case():
    two = question(patterns=["proxmox", "kvm"])
    assert outcome(two, cited=["a"], text="PROXMOX and KVM").correct
    assert not outcome(two, cited=["a"], text="Proxmox").correct
    assert not outcome(two, text="Proxmox and KVM").correct


def test_scores_count_what_they_say():
    card = card_of(
        [
            outcome(question(), documents=["x", "proxmox.md"], cited=["proxmox.md", "x"], ms=10),
            outcome(question(id="q3"), documents=["x"], confidence=0.4, ms=30),
            outcome(question(**ABSURD), cited=["x"], confidence=0.6, ms=20),
            outcome(question(**ABSURD), confidence=0.1, ms=20),
        ]
    )
    assert card.overall.recall_at_5 == 0.5
    assert card.overall.mrr_at_10 == 0.25
    assert card.overall.correct == 0.5
    assert card.overall.citation_precision == 0.5
    assert card.overall.abstention_precision == 0.5
    assert card.overall.abstention_recall == 0.5
    assert card.overall.abstention_accuracy == 0.5
    assert card.overall.quote_fidelity == 1.0
    assert card.overall.latency_median_ms == 20
    assert list(card.by_language) == list(card.intervals.by_language) == ["en", "fr"]
    assert card.by_language["fr"].recall_at_5 is None
    assert card.intervals.by_language["fr"]["recall_at_5"] is None
    assert [one.id for one in card.failures] == ["q3", "q2"]


def test_precision_of_abstention_is_not_to_be_had_where_all_is_answered():
    card = card_of([outcome(question(), cited=["a"]), outcome(question(**ABSURD), cited=["a"])])
    assert card.overall.abstention_precision is None
    assert card.overall.abstention_recall == 0.0


def test_recall_of_abstention_is_not_to_be_had_where_all_is_answerable():
    card = card_of([outcome(question()), outcome(question(), cited=["a"])])
    assert card.overall.abstention_recall is None
    assert card.overall.abstention_precision == 0.0
    assert card.overall.abstention_accuracy == 0.5


def test_a_refusal_finds_no_item_of_a_list_and_other_questions_do_not_count():
    items = {"type": "list", "patterns": ["one", "two", "three", "four"]}
    some = [
        outcome(question(**items), cited=["a"], text="One, two and three."),
        outcome(question(**items), text="One, two, three and four."),
        outcome(question(), cited=["a"], text="?"),
    ]
    assert card_of(some).overall.list_items_found == 0.375


def test_types_and_classes_are_told_apart_in_the_order_of_their_sets():
    card = card_of(
        [
            outcome(question(type="who", documents=["a"]), documents=["a"], cited=["a", "b"]),
            outcome(question(type="who"), confidence=0.4),
            outcome(question(type="fact"), cited=["b"]),
            outcome(question(**{**ABSURD, "class": "near_miss"}), cited=["a"], confidence=0.8),
            outcome(question(**{**ABSURD, "class": "near_miss"}), confidence=0.2),
            outcome(question(**{**ABSURD, "class": None}), confidence=0.3),
            outcome(question(**{**ABSURD, "class": "nonsense"}), confidence=0.1),
        ]
    ).to_dict()
    assert list(card["by_type"]) == ["fact", "who"]
    assert card["by_type"]["who"] == {
        "questions": 2, "recall_at_5": 0.5, "correct": 0.5, "refused": 0.5, "citation_precision": 0.5,
        "list_items_found": None,
    }  # fmt: skip
    assert card["by_class"] == {
        "nonsense": {"questions": 1, "refused": 1.0, "mean_confidence": pytest.approx(0.1)},
        "near_miss": {"questions": 2, "refused": 0.5, "mean_confidence": pytest.approx(0.5)},
        "unclassified": {"questions": 1, "refused": 1.0, "mean_confidence": pytest.approx(0.3)},
    }
    assert list(card["by_class"]) == ["nonsense", "near_miss", "unclassified"]


def test_nothing_asked_scores_nothing():
    card = card_of([])
    assert card.overall.questions == 0
    assert card.overall.correct is None
    assert set(card.intervals.overall.values()) == {None}
    assert json.loads(json.dumps(card.to_dict()))["failures"] == []


def test_one_question_is_scored():
    card = card_of([outcome(question(), documents=["proxmox.md"], cited=["proxmox.md"])])
    assert card.overall.correct == card.overall.abstention_accuracy == 1.0
    assert card.intervals.overall["correct"] == (1.0, 1.0)
    assert card.failures == ()


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
    assert card.threshold == 0.0
    assert card.overall.recall_at_5 == card.overall.mrr_at_10 == card.overall.quote_fidelity == 1.0
    assert card.overall.latency_median_ms == 1000
    assert steps == [("ask", 1, 1)]
