"""The map's places: always the same, all on the page, none on top of another, neighbours near each other."""

import numpy as np
import pytest

from osxp_rag.index.layout import lay_out, least_distance


def clusters(count, groups=6, languages=("en",), seed=1):
    """Vectors of a few subjects, each in every language, whose own direction is the strongest."""
    random = np.random.default_rng(seed)
    subjects, tongues = random.normal(size=(groups, 64)), random.normal(size=(len(languages), 64))
    subject, language = np.arange(count) % groups, (np.arange(count) // groups) % len(languages)
    vectors = subjects[subject] + 2 * tongues[language] + 0.4 * random.normal(size=(count, 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), subject, [languages[one] for one in language]


def distances(places):
    found = np.linalg.norm(places[:, None] - places[None], axis=2)
    np.fill_diagonal(found, np.inf)
    return found


def shared(places, labels, nearest=5):
    """The share of a point's nearest points that have its label."""
    neighbours = np.argsort(distances(places), axis=1)[:, :nearest]
    labels = np.asarray(labels)
    return float((labels[neighbours] == labels[:, None]).mean())


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 7, 52, 800])
def test_every_point_is_on_the_page_and_apart_from_the_others(count):
    vectors, _, languages = clusters(count)
    places = lay_out(vectors, languages)

    assert places.shape == (count, 2)
    assert ((places >= 0) & (places <= 1)).all()
    if count > 1:
        assert distances(places).min() > 0.9 * least_distance(count)


def test_the_same_documents_always_get_the_same_places():
    vectors, _, languages = clusters(300)

    assert (lay_out(vectors, languages) == lay_out(vectors.copy(), list(languages))).all()


def test_documents_of_one_subject_stand_together():
    vectors, subjects, languages = clusters(120)

    assert shared(lay_out(vectors, languages), subjects) > 0.8


def test_the_languages_are_laid_over_each_other():
    vectors, subjects, languages = clusters(120, languages=("en", "fr"))
    places = lay_out(vectors, languages)

    assert shared(places, subjects) > 0.8
    assert shared(lay_out(vectors, ["en"] * 120), languages) > 0.9  # what the map would show otherwise
    assert shared(places, languages) < 0.7


@pytest.mark.parametrize("count", [2, 5, 500])
def test_documents_of_the_same_words_do_not_hide_each_other(count):
    places = lay_out(np.ones((count, 64), dtype=np.float32), ["en"] * count)

    assert np.isfinite(places).all()
    assert distances(places).min() > 0.9 * least_distance(count)


def test_one_document_far_from_all_does_not_press_the_others_together():
    vectors, _, languages = clusters(60)
    vectors[0] = -vectors[1:].mean(axis=0) / np.linalg.norm(vectors[1:].mean(axis=0))

    assert np.ptp(lay_out(vectors, languages)[1:], axis=0).min() > 0.5
