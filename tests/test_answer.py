"""The answer: its direct words, where they stand, and the passages that were considered."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from osxp_rag.answering.answer import Answer, Citation, Direct
from osxp_rag.answering.answerer import Answerer
from osxp_rag.answering.evidence import Evidence, Sentence
from osxp_rag.answering.question import analyse
from osxp_rag.answering.read import READ_FIRST, READ_SHARE
from osxp_rag.answering.verify import verify
from osxp_rag.corpus.document import Metadata, Passage
from osxp_rag.models.reading import Reading, ReadSpan
from osxp_rag.retrieval.hit import Hit
from osxp_rag.retrieval.retriever import Found

WHEN, WHEN_FR = "When was Heron released?", "Quand Heron est-il sorti ?"
TEXT = "It is new. Heron was released on 3 May 2019 by friends."
DATE = (33, 43)


# Where the direct words stand


def cited(text, start, end, begin=0):
    """Make an answer that quotes a document's text from `begin` on, with the words from start to end as direct ones."""
    citation = Citation(1, "a.md", "A", "", None, begin, len(text), text[begin:], None)
    words = " ".join(text[begin:].split())
    return Answer(
        "When?", "answered", None, f"{words} [1]", "en", 0.9, "quotes", "g", (citation,),
        direct=Direct(1, start, end, text[start:end]),
    )  # fmt: skip


def emphasised(answer):
    return answer.text[slice(*answer.emphasis)]


def test_the_direct_words_are_found_in_the_text():
    assert emphasised(cited(TEXT, *DATE, begin=11)) == "3 May 2019"


def test_spaces_that_the_text_does_not_keep_move_the_direct_words():
    assert emphasised(cited("It was\n  released  on 3\n May\t2019 here.", 22, 33)) == "3 May 2019"


def test_direct_words_may_begin_or_end_the_text():
    assert emphasised(cited("3 May 2019 it was.", 0, 10)) == "3 May 2019"
    assert cited("3 May 2019 it was.", 0, 10).emphasis == (0, 10)
    assert emphasised(cited("It was on 3 May  2019", 10, 21)) == "3 May 2019"


def test_an_answer_without_direct_words_has_no_emphasis():
    assert replace(cited(TEXT, *DATE), direct=None).emphasis is None


# Which words are direct


@dataclass(frozen=True)
class Gathered:
    """Has gathered the evidence already."""

    evidence: Evidence

    def gather(self, question, found, passages):
        return self.evidence


@dataclass(frozen=True)
class Sure:
    """Finds every answer probable."""

    def probability(self, evidence):
        return 0.9


def sentence(document="a.md", lang="en", span=None, score=1.0, text=TEXT, start=11):
    """Make a sentence of a hit; sentences of two documents say the same."""
    passage = Passage(f"{document}#0", document, 0, len(text), "", text, ((start, len(text)),), 20)
    hit = Hit(passage, Metadata(f"Title of {document}", lang=lang), score, score, score, score, score)
    return Sentence(
        hit, start, len(text), text[start:], coverage=1.0, named=1.0, span=span, score=score,
        vector=np.array([1.0, 0.0], dtype=np.float32),
    )  # fmt: skip


def answer(question, *sentences):
    asked, hits = analyse(question), [one.hit for one in sentences]
    answerer = Answerer("g", Gathered(Evidence(asked, hits, hits, list(sentences), [])), Sure(), 0.5)
    made = answerer.answer(asked, Found(hits, np.zeros(2, dtype=np.float32), []), 10)
    texts = {one.hit.passage.document: one.hit.passage.text for one in sentences}
    return verify(made, texts.get)


def test_the_readers_words_answer_a_fact_directly():
    found = answer(WHEN, sentence(span=ReadSpan(*DATE, 2.0)))
    assert found.direct == Direct(1, *DATE, "3 May 2019")
    assert found.text == "Heron was released on 3 May 2019 by friends. [1]"
    assert emphasised(found) == "3 May 2019"


@pytest.mark.parametrize("score", [0.0, -3.0])
def test_words_that_do_not_beat_there_being_no_answer_are_not_direct(score):
    assert answer(WHEN, sentence(span=ReadSpan(*DATE, score))).direct is None


def test_a_sentence_that_was_not_read_has_no_direct_words():
    assert answer(WHEN, sentence()).direct is None


def test_words_that_are_nearly_the_whole_sentence_are_not_direct():
    assert answer(WHEN, sentence(span=ReadSpan(11, 54, 5.0))).direct is None


@pytest.mark.parametrize("question", ["List the dates", "Summarise it", "Which talks are about Heron?"])
def test_only_a_fact_is_answered_directly(question):
    assert answer(question, sentence(span=ReadSpan(*DATE, 5.0))).direct is None


def test_the_direct_words_are_those_of_the_sentence_that_is_shown():
    french = "C'est nouveau. Heron est sorti le 3 mai 2019 grâce à des amis."
    first = sentence("a.md", "en", ReadSpan(*DATE, 5.0))
    shown = sentence("b.md", "fr", ReadSpan(34, 44, 3.0), 0.9, french, 15)
    found = answer(WHEN_FR, first, shown)
    assert [one.document for one in found.citations] == ["b.md", "a.md"]
    assert found.direct == Direct(1, 34, 44, "3 mai 2019")
    assert emphasised(found) == "3 mai 2019"


def test_the_direct_words_are_found_behind_the_mark_of_a_list():
    other = sentence("b.md", score=0.5, text="It is new. Heron was first shown in Nantes by friends.")
    other = replace(other, vector=np.array([0.0, 1.0], dtype=np.float32))
    found = answer(WHEN, sentence(span=ReadSpan(*DATE, 5.0)), other)
    assert found.text.startswith("- Heron was released")
    assert found.text.count("\n") == 1
    assert emphasised(found) == "3 May 2019"


def test_other_sentences_words_are_not_direct():
    other = sentence("b.md", span=ReadSpan(*DATE, 5.0), score=0.5)
    assert answer(WHEN, sentence(), other).direct is None


# What was considered


@pytest.mark.parametrize("question", ["When was Heron first released?", "Give me a ratatouille recipe"])
def test_passages_considered_are_told_with_the_readers_scores_best_first(assistant, question):
    considered = assistant.ask(question).considered
    assert len(considered) > 1
    read = [one for one in considered if one.answerable is not None]
    assert considered[: len(read)] == tuple(read)
    assert len(read) >= min(READ_FIRST, len(considered))
    assert all(0.0 <= one.answerable <= 1.0 for one in read)
    assert all(isinstance(one.margin, float) for one in read)
    standings = [(1 - READ_SHARE) * one.score + READ_SHARE * (one.answerable or 0.0) for one in considered]
    assert all(after <= before + 1e-3 for before, after in pairwise(standings))


def test_passages_considered_are_stretches_of_their_documents(assistant):
    hits = {(hit.passage.document, hit.passage.start): hit for hit in assistant.search("What is Heron?")}
    for one in assistant.ask("What is Heron?").considered:
        hit = hits[one.document, one.start]
        assert (one.end, one.section) == (hit.passage.end, hit.passage.section)
        assert (one.score, one.dense) == (round(hit.score, 4), round(hit.dense, 4))


def test_no_passage_is_considered_for_what_is_no_question(assistant):
    assert assistant.ask("???").considered == ()


def test_as_many_passages_are_considered_as_are_used(assistant):
    assert len(assistant.ask("What is Heron?", top_k=1).considered) == 1


def test_a_passage_that_was_not_read_is_considered_without_the_readers_scores():
    [considered] = answer(WHEN, sentence()).considered
    assert (considered.answerable, considered.margin) == (None, None)


def test_a_passage_in_which_nothing_could_be_read_has_no_margin():
    nothing = np.empty(0, dtype=np.float32)
    blank = Reading(0.0, nothing, nothing, np.empty((0, 2), dtype=np.int64))
    one = sentence()
    [considered] = answer(WHEN, replace(one, hit=replace(one.hit, reading=blank))).considered
    assert (considered.answerable, considered.margin) == (0.5, None)
