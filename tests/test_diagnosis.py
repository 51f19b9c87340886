"""Why an answer is not what was expected: one main reason from a closed set, in words."""

import pytest

from osxp_rag.evaluation.diagnosis import Reason, diagnose
from tests.scored import ABSURD, outcome, question

ITEMS = {"type": "list", "patterns": ["nextcloud", "cryptpad", "exo"]}


def facts(one, threshold=0.5):
    return [(fact.reason.value, fact.detail) for fact in diagnose(one, threshold)]


def test_what_is_as_expected_has_no_reason():
    assert facts(outcome(question(), cited=["proxmox.md"])) == []
    assert facts(outcome(question(**ABSURD), documents=["x"])) == []


def test_a_correct_answer_from_another_document_is_no_failure():
    assert facts(outcome(question(), documents=["x"], cited=["x"])) == []


def test_what_no_passage_of_an_expected_document_came_up_for_is_not_retrieved():
    refused = outcome(question(), documents=["x"] * 10 + ["proxmox.md"], confidence=0.2)
    assert facts(refused) == [
        (
            "not retrieved",
            "no passage of an expected document among the first 10; refused, confidence 0.20, threshold 0.50",
        )
    ]


def test_an_answer_from_elsewhere_to_what_was_not_retrieved_has_two_facts():
    assert facts(outcome(question(), documents=["x"], cited=["x", "x", "y"], text="?")) == [
        ("not retrieved", "no passage of an expected document among the first 10"),
        ("wrong document cited", "x, y"),
    ]


def test_a_refusal_of_what_was_retrieved_tells_confidence_threshold_and_rank():
    assert facts(outcome(question(), documents=["x", "proxmox.md"], confidence=0.314), 0.6) == [
        ("refused though retrieved", "confidence 0.31, threshold 0.60; first expected passage at rank 2")
    ]


def test_a_refusal_before_the_gate_tells_its_own_reason():
    assert facts(outcome(question(), documents=["proxmox.md"], confidence=0.0, why="not_a_question")) == [
        ("refused though retrieved", "reason not_a_question; first expected passage at rank 1")
    ]


def test_a_document_that_is_not_expected_is_the_wrong_one():
    one = outcome(question(), documents=["x", "proxmox.md"], cited=["x"], text="?")
    assert facts(one) == [("wrong document cited", "x")]


def test_an_expected_document_without_the_expected_words_is_the_wrong_sentence():
    one = outcome(question(patterns=["proxmox", "kvm"]), documents=["proxmox.md"], cited=["x", "proxmox.md"])
    assert facts(one) == [("right document, wrong sentence", "without kvm")]


def test_an_expected_document_that_is_cited_was_retrieved_however_far_down():
    one = outcome(question(), documents=["x"] * 10, cited=["proxmox.md"], text="?")
    assert facts(one) == [("right document, wrong sentence", "without proxmox ve")]


def test_a_list_with_some_of_its_items_is_incomplete():
    one = outcome(question(**ITEMS), documents=["proxmox.md"], cited=["proxmox.md"], text="Nextcloud. [1]")
    assert facts(one) == [("incomplete list", "1 of 3 items; without cryptpad, exo")]


def test_a_list_with_none_of_its_items_is_the_wrong_sentence():
    one = outcome(question(**ITEMS), documents=["proxmox.md"], cited=["proxmox.md"], text="?")
    assert [reason for reason, _ in facts(one)] == ["right document, wrong sentence"]


def test_an_incomplete_list_from_other_documents_has_two_facts():
    one = outcome(question(**ITEMS), documents=["proxmox.md"], cited=["x"], text="Nextcloud. [1]")
    assert [reason for reason, _ in facts(one)] == ["incomplete list", "wrong document cited"]


def test_an_answer_to_an_unanswerable_question_tells_its_confidence():
    assert facts(outcome(question(**ABSURD), documents=["x"], cited=["x"], confidence=0.75)) == [
        ("answered though unanswerable", "confidence 0.75, threshold 0.50")
    ]


@pytest.mark.parametrize(
    ("one", "others"),
    [
        (outcome(question(), cited=["proxmox.md"] * 2, exact=False), []),
        (outcome(question(**ABSURD), cited=["x", "x"], exact=False), [Reason.ANSWERED]),
    ],
)
def test_a_quote_that_is_not_exact_comes_before_any_other_reason(one, others):
    first, *rest = diagnose(one, 0.5)
    assert (first.reason, first.detail) == (Reason.NOT_EXACT, "quote [1], [2]")
    assert [fact.reason for fact in rest] == others
