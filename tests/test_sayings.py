"""A model's words become sentences as they come, each with the passages that it cites."""

import pytest

from osxp_rag.answering.phrasing.sayings import LONGEST, Saying, sayings
from osxp_rag.errors import EngineError

SAID = (
    "Heron is a free mail server. [1] It costs 3.50 euros, e.g. per month [2, 3]. It was shown by Dr. Martin in Paris "
    "[passage 2].\n- **Loutre** is fast [1]\n2. The second thing is this. [4]\n\nThe end without"
)
WHOLE = [
    Saying("Heron is a free mail server.", (1,)),
    Saying("It costs 3.50 euros, e.g. per month.", (2, 3)),
    Saying("It was shown by Dr. Martin in Paris.", (2,)),
    Saying("Loutre is fast", (1,)),
    Saying("The second thing is this.", (4,)),
    Saying("The end without", (), whole=False),
]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_sentences_are_the_same_however_the_words_come(size):
    parts = [SAID[n : n + size] for n in range(0, len(SAID), size)]
    assert list(sayings(parts, "en")) == WHOLE


def test_a_sentence_is_given_as_soon_as_the_next_one_begins():
    given = []

    def words():
        yield "Heron is free. [1] "
        given.append(len(found))
        yield "It is "
        given.append(len(found))
        yield "new. [2]"

    found = []
    for saying in sayings(words(), "en"):
        found.append(saying.text)
    assert given == [0, 1]
    assert found == ["Heron is free.", "It is new."]


def test_a_mark_that_is_still_coming_is_waited_for():
    assert list(sayings(["Heron is free. ", "[", "1", "]"], "en")) == [Saying("Heron is free.", (1,))]


def test_french_marks_and_spaces_are_understood():
    [one, other] = sayings(["Heron est libre [1 et 2]. Combien coûte-t-il ? [3]"], "fr")
    assert (one.text, one.cited) == ("Heron est libre.", (1, 2))
    assert other.cited == (3,)


def test_what_a_model_thinks_is_not_said():
    assert [one.text for one in sayings(["<think>Hm. Well. [1]", "</think>It is. [1]"], "en")] == ["It is."]
    assert list(sayings(["<think>Hm. Well. [1] So."], "en")) == []


def test_a_last_sentence_that_ends_with_its_mark_is_whole():
    assert list(sayings(["It is [1]"], "en")) == [Saying("It is", (1,))]


@pytest.mark.parametrize("words", [[], [""], ["[1]"], ["\n\n"], ["12 . ."]])
def test_what_has_no_words_is_no_sentence(words):
    assert list(sayings(words, "en")) == []


def test_words_that_never_end_are_no_text():
    with pytest.raises(EngineError, match="sentences"):
        list(sayings(["blah "] * LONGEST, "en"))
