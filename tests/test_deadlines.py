"""Deadlines: a source of words that hangs, fails or stops becomes one clear error, and nobody waits for it."""

import threading

import pytest

from osxp_rag.errors import EngineError
from osxp_rag.models.engines.deadline import Deadlines, within

LONG = Deadlines(30.0, 60.0)


def heard(source, deadlines=LONG):
    """Return the words that came and the fault that ended them, if any."""
    words = []
    try:
        for word in within(source, deadlines):
            words.append(word)
    except EngineError as error:
        return words, error.fault
    return words, None


def test_words_come_in_their_order_and_empty_ones_are_left_out():
    assert heard(lambda: ["a", "", "b"]) == (["a", "b"], None)


def test_many_more_words_than_are_held_at_once_all_come():
    assert heard(lambda: map(str, range(5000))) == ([str(n) for n in range(5000)], None)


def test_a_source_that_says_nothing_in_time_is_slow():
    hang = threading.Event()
    assert heard(lambda: iter(hang.wait, "never"), Deadlines(0.05, 60.0)) == ([], "slow")
    hang.set()


def test_a_source_that_takes_too_long_in_all_is_slow_though_it_has_begun():
    hang = threading.Event()

    def source():
        yield "a"
        hang.wait()

    assert heard(source, Deadlines(30.0, 0.2)) == (["a"], "slow")
    hang.set()


class ReadTimeout(Exception):
    """As client libraries call theirs."""


@pytest.mark.parametrize(
    ("error", "before", "after"),
    [
        (ConnectionError("refused"), "down", "cut"),
        (ReadTimeout(), "slow", "slow"),
        (KeyError("choices"), "garbage", "garbage"),
        (RuntimeError("?"), "down", "cut"),
    ],
)
def test_an_error_of_a_library_becomes_a_fault(error, before, after):
    def failing(*words):
        yield from words
        raise error

    assert heard(failing) == ([], before)
    assert heard(lambda: failing("a", "b")) == (["a", "b"], after)


def test_an_error_before_there_is_a_source_is_one_too():
    assert heard(lambda: 1 / 0) == ([], "down")


def test_a_source_is_closed_when_nobody_listens_any_more():
    closed = threading.Event()

    def source():
        try:
            while True:
                yield "a"
        finally:
            closed.set()

    words = within(source, LONG)
    assert next(words) == "a"
    words.close()
    assert closed.wait(10)
