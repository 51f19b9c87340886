"""The explanation of an answer: its figures are those that the answer was made with."""

from __future__ import annotations

import math

import pytest

from osxp_rag.answering.explain import Explanation
from osxp_rag.answering.gate import load_gate
from osxp_rag.assistant import Assistant
from osxp_rag.errors import FilterError

QUESTION = "Under which licence is Heron published?"
UNANSWERABLE = "Give me a ratatouille recipe"


@pytest.fixture(scope="module")
def why(assistant: Assistant) -> Explanation:
    return assistant.explain(QUESTION)


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


@pytest.mark.parametrize("question", [QUESTION, UNANSWERABLE, "Quelle est la licence de Loutre ?"])
def test_the_signs_add_up_from_the_usual_to_the_probability(assistant: Assistant, question: str) -> None:
    why = assistant.explain(question)
    moved = logit(why.usual) + sum(sign.moved for sign in why.signs)
    assert 1 / (1 + math.exp(-moved)) == pytest.approx(why.probability, abs=2e-3)


def test_every_sign_of_the_gate_is_told_strongest_first(why: Explanation) -> None:
    assert {sign.name for sign in why.signs} == set(load_gate().weights)
    assert [abs(sign.moved) for sign in why.signs] == sorted((abs(sign.moved) for sign in why.signs), reverse=True)


def test_the_words_of_a_passage_add_up_to_its_term_score(why: Explanation) -> None:
    assert any(passage.words for passage in why.passages)
    for passage in why.passages:
        assert sum(word.score for word in passage.words) == pytest.approx(passage.lexical, abs=1e-3)


def test_words_are_those_of_the_question_not_their_stems(why: Explanation) -> None:
    words = {word.word for passage in why.passages for word in passage.words}
    assert "licence" in words
    assert words <= {"heron", "licence", "published"}


def test_the_fused_score_is_the_weighted_sum_that_is_explained(why: Explanation, assistant: Assistant) -> None:
    weight = assistant.settings.dense_weight
    for passage in why.passages:
        together = weight * passage.dense_norm + (1 - weight) * passage.lexical_norm
        assert passage.score == pytest.approx(together, abs=1e-3)


def test_passages_come_in_the_order_after_reading_with_their_words(why: Explanation, assistant: Assistant) -> None:
    assert [one.standing for one in why.passages] == sorted((one.standing for one in why.passages), reverse=True)
    for passage in why.passages:
        document = assistant.document(passage.document)
        assert document is not None
        assert passage.text == document.text[passage.start : passage.end]


def test_a_question_that_no_document_passes_has_nothing_to_explain(assistant: Assistant) -> None:
    why = assistant.explain(QUESTION, filters={"lang": "de"})
    assert (why.passages, why.signs, why.probability, why.candidates) == ((), (), 0.0, 0)


def test_an_unknown_filter_is_refused_here_too(assistant: Assistant) -> None:
    with pytest.raises(FilterError):
        assistant.explain(QUESTION, filters={"colour": "red"})
