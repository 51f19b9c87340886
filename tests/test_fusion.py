"""Fusion: two sides of scores become one ranking, whatever their units."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag.retrieval.fusion import fuse, min_max

# Whole numbers, so that moving and scaling a side by powers of two is exact.
SCORES = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.tuples(*[st.integers(0, 1000)] * 2), max_size=12)
WEIGHTS = st.floats(0, 1)


def sides(scores):
    dense = {identity: float(pair[0]) for identity, pair in scores.items()}
    lexical = {identity: float(pair[1]) for identity, pair in scores.items()}
    return dense, lexical


def ids(fused):
    return [one.id for one in fused]


@given(SCORES, WEIGHTS)
def test_every_normalised_score_is_between_0_and_1(scores, weight):
    for one in fuse(*sides(scores), weight):
        for value in (one.dense_norm, one.lexical_norm):
            assert 0.0 <= value <= 1.0
        assert 0.0 <= one.score <= 1.0 + 1e-9


@given(SCORES, WEIGHTS)
def test_every_candidate_comes_back_once_with_its_own_scores(scores, weight):
    dense, lexical = sides(scores)
    fused = fuse(dense, lexical, weight)
    assert {one.id: (one.dense, one.lexical) for one in fused} == {key: (dense[key], lexical[key]) for key in dense}
    assert len(fused) == len(dense)


@given(SCORES, WEIGHTS, st.randoms(use_true_random=False))
def test_the_ranking_does_not_depend_on_the_order_of_the_candidates(scores, weight, order: random.Random):
    dense, lexical = sides(scores)
    shuffled = list(dense)
    order.shuffle(shuffled)
    again = fuse({key: dense[key] for key in shuffled}, {key: lexical[key] for key in reversed(shuffled)}, weight)
    assert again == fuse(dense, lexical, weight)


@given(SCORES, WEIGHTS)
def test_the_best_comes_first_and_ties_go_by_id(scores, weight):
    fused = fuse(*sides(scores), weight)
    assert fused == sorted(fused, key=lambda one: (-one.score, one.id))


@given(SCORES)
def test_a_dense_weight_of_1_leaves_the_dense_side_alone(scores):
    dense, lexical = sides(scores)
    assert ids(fuse(dense, lexical, 1.0)) == sorted(dense, key=lambda identity: (-dense[identity], identity))


@given(SCORES)
def test_a_dense_weight_of_0_leaves_the_lexical_side_alone(scores):
    dense, lexical = sides(scores)
    assert ids(fuse(dense, lexical, 0.0)) == sorted(lexical, key=lambda identity: (-lexical[identity], identity))


@given(
    SCORES.filter(lambda scores: len(scores) > 1), WEIGHTS, st.integers(-512, 512), st.sampled_from([0.25, 2.0, 64.0])
)
def test_moving_and_scaling_one_side_changes_nothing(scores, weight, shift, scale):
    dense, lexical = sides(scores)
    moved = fuse(dense, {key: value * scale + shift for key, value in lexical.items()}, weight)
    plain = fuse(dense, lexical, weight)
    assert [(one.id, one.score) for one in moved] == [(one.id, one.score) for one in plain]


@given(SCORES, WEIGHTS)
def test_a_score_is_the_weighted_sum_of_the_normalised_ones(scores, weight):
    for one in fuse(*sides(scores), weight):
        assert one.score == pytest.approx(weight * one.dense_norm + (1 - weight) * one.lexical_norm)


@given(SCORES.filter(lambda scores: len(scores) > 1), WEIGHTS)
def test_a_candidate_that_is_best_on_both_sides_comes_first_with_1(scores, weight):
    dense, lexical = sides(scores)
    fused = fuse(dense | {"best": 2000.0}, lexical | {"best": 2000.0}, weight)
    assert fused[0].id == "best"
    assert fused[0].score == pytest.approx(1.0)


def test_a_candidate_on_one_side_only_is_an_error():
    with pytest.raises(ValueError, match="same candidates"):
        fuse({"a": 0.9}, {"b": 3.0}, 0.5)


def test_a_side_that_tells_nothing_apart_counts_0():
    fused = fuse({"a": 0.8, "b": 0.9}, {"a": 2.0, "b": 2.0}, 0.5)
    assert [(one.id, one.lexical_norm, one.score) for one in fused] == [("b", 0.0, 0.5), ("a", 0.0, 0.0)]


def test_two_sides_that_tell_nothing_apart_rank_by_id():
    assert [(one.id, one.score) for one in fuse({"b": 1.0, "a": 1.0}, {"b": 2.0, "a": 2.0}, 0.5)] == [
        ("a", 0.0),
        ("b", 0.0),
    ]


def test_a_candidate_alone_counts_1():
    [one] = fuse({"a": 0.7}, {"a": 4.2}, 0.5)
    assert (one.dense_norm, one.lexical_norm, one.score) == (1.0, 1.0, 1.0)


def test_a_candidate_alone_that_one_side_did_not_find_counts_0_there():
    [one] = fuse({"a": 0.7}, {"a": 0.0}, 0.5)
    assert (one.dense_norm, one.lexical_norm, one.score) == (1.0, 0.0, 0.5)


def test_no_candidates_give_no_ranking():
    assert fuse({}, {}, 0.5) == []
    assert min_max({}) == {}


def test_a_middle_score_keeps_its_place_between_the_ends():
    assert min_max({"a": 10.0, "b": 15.0, "c": 20.0}) == {"a": 0.0, "b": 0.5, "c": 1.0}
