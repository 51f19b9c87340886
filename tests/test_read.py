"""Hits that the reader has read: which are, and in which order they then stand."""

import math
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag.answering.question import analyse
from osxp_rag.answering.read import READ_SHARE, read_hits, share, standing, title_of
from osxp_rag.corpus.document import Metadata, Passage
from osxp_rag.models.reading import Reading
from osxp_rag.retrieval.hit import Hit

QUESTION = analyse("What is Heron?")


@dataclass
class ScriptedReader:
    """Gives each text the logit that is written down for it, and keeps what it is asked."""

    logits: dict[str, float]
    asked: list = field(default_factory=list)

    def read(self, question, passages):
        self.asked.append((question, list(passages)))
        return [reading(self.logits[text]) for _, text in passages]


def reading(answerable):
    nothing = np.empty(0, dtype=np.float32)
    return Reading(answerable, nothing, nothing, np.empty((0, 2), dtype=np.int64))


def hit(name, score, section=""):
    """Make a hit of a passage whose text is its name."""
    passage = Passage(f"{name}.md#0", f"{name}.md", 0, len(name), section, name, (), 1)
    return Hit(passage, Metadata(f"Title of {name}"), score, score, score, score, score)


def names(hits):
    return [one.passage.text for one in hits]


def test_what_the_reader_finds_answerable_comes_first():
    hits = [hit("a", 0.9), hit("b", 0.8), hit("c", 0.7)]
    reader = ScriptedReader({"a": -9.0, "b": 0.0, "c": 9.0})
    assert names(read_hits(reader, QUESTION, hits, 3)) == ["c", "b", "a"]


def test_the_fused_score_counts_as_well():
    hits = [hit("a", 1.0), hit("b", 0.1)]
    assert names(read_hits(ScriptedReader({"a": 0.0, "b": 1.0}), QUESTION, hits, 2)) == ["a", "b"]


def test_each_hit_gets_its_own_reading():
    read = read_hits(ScriptedReader({"a": -2.0, "b": 3.0}), QUESTION, [hit("a", 0.5), hit("b", 0.5)], 2)
    assert {one.passage.text: one.reading.answerable for one in read} == {"a": -2.0, "b": 3.0}


def test_a_hit_that_is_read_changes_in_nothing_else():
    known = hit("a", 0.5)
    [read] = read_hits(ScriptedReader({"a": 1.0}), QUESTION, [known], 1)
    assert replace(read, reading=None) == known


def test_only_the_best_few_are_read_and_the_others_follow_as_they_were():
    hits = [hit("a", 0.9), hit("b", 0.8), hit("c", 0.1), hit("d", 0.7)]
    reader = ScriptedReader({"a": -9.0, "b": 9.0})
    read = read_hits(reader, QUESTION, hits, 2)
    assert names(read) == ["b", "a", "c", "d"]
    assert reader.asked == [("What is Heron?", [("Title of a", "a"), ("Title of b", "b")])]
    assert read[2:] == hits[2:]


def read_of(question, logits, count=10):
    """Return the names that are read, in batches, of hits with these logits, best first."""
    texts = "abcdefghijkl"[: len(logits)]
    reader = ScriptedReader(dict(zip(texts, logits, strict=True)))
    found = read_hits(reader, analyse(question), [hit(text, 1 - n / 20) for n, text in enumerate(texts)], count)
    batches = ["".join(text for _, text in passages) for _, passages in reader.asked]
    assert {one.passage.text for one in found if one.reading} == set("".join(batches))
    assert sorted(names(found)) == list(texts)
    return batches


@pytest.mark.parametrize("found", [0.0, 5.0])
def test_for_one_fact_the_reader_stops_where_it_has_found_it(found):
    assert read_of("What is Heron?", [-9.0, -9.0, -9.0, found, 9.0, 9.0]) == ["abcd"]


def test_where_the_best_few_do_not_hold_the_fact_the_rest_are_read():
    assert read_of("What is Heron?", [-9.0, -9.0, -9.0, -0.001, 9.0, 9.0], 5) == ["abcd", "e"]


@pytest.mark.parametrize("question", ["List the licences", "Summarise Heron"])
def test_what_stands_in_several_passages_is_looked_for_in_all(question):
    assert read_of(question, [9.0] * 6) == ["abcdef"]


def test_all_are_read_where_there_are_fewer_than_asked_for():
    assert names(read_hits(ScriptedReader({"a": 0.0}), QUESTION, [hit("a", 0.5)], 10)) == ["a"]


def test_no_hits_are_no_hits():
    assert read_hits(ScriptedReader({}), QUESTION, [], 10) == []


def test_a_tie_is_broken_by_the_passages_id():
    hits = [hit("c", 0.5), hit("a", 0.5), hit("b", 0.5)]
    reader = ScriptedReader(dict.fromkeys("abc", 1.0))
    assert names(read_hits(reader, QUESTION, hits, 3)) == ["a", "b", "c"]


def test_a_section_stands_before_a_passage_with_its_title():
    reader = ScriptedReader({"a": 0.0})
    read_hits(reader, QUESTION, [hit("a", 0.5, "Part › Licence")], 1)
    [(_, [(title, text)])] = reader.asked
    assert (title, text) == ("Title of a › Part › Licence", "a")


def test_without_a_section_the_title_stands_alone():
    assert title_of(hit("a", 0.5)) == "Title of a"


def test_standing_is_half_of_the_score_where_nothing_was_read():
    assert [standing(hit("a", score)) for score in (0.0, 1.0)] == [0.0, 1.0 - READ_SHARE]


@pytest.mark.parametrize(
    ("score", "answerable", "wanted"),
    [
        (0.0, -1e9, 0.0),
        (1.0, 1e9, 1.0),
        (0.0, 0.0, READ_SHARE / 2),
        (1.0, -1e9, 1 - READ_SHARE),
        (0.0, 1e9, READ_SHARE),
    ],
)
def test_standing_goes_from_0_to_1(score, answerable, wanted):
    assert standing(replace(hit("a", score), reading=reading(answerable))) == pytest.approx(wanted, abs=1e-9)


@given(st.floats(0, 1), st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_standing_stays_within_0_and_1_and_grows_with_the_readers_word(score, one, other):
    low, high = (standing(replace(hit("a", score), reading=reading(logit))) for logit in sorted((one, other)))
    assert 0.0 <= low <= high <= 1.0


@given(st.floats(allow_nan=False))
def test_the_share_of_a_logit_and_of_its_opposite_make_one_whole(logit):
    assert share(logit) + share(-logit) == pytest.approx(1.0)
    assert 0.0 < share(logit) < 1.0


@given(st.floats(-20, 20))
def test_the_share_of_a_logit_is_its_logistic_function(logit):
    assert math.log(share(logit) / (1 - share(logit))) == pytest.approx(logit, abs=1e-5)
