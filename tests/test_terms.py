"""Terms of texts and questions, and the BM25 index on them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osxp_rag.index.counts import change, count, same, scores
from osxp_rag.index.terms import Terms, function_words, question_terms, question_words, terms_of, words

ROWS = [
    terms_of("Heron is a free mail server written in Rust.", "en"),
    terms_of("Loutre est un moteur de recherche libre.", "fr"),
    terms_of("The Heron Foundation gives Heron away.", "en"),
    [],
]


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("terms")
    Terms.build(folder, ROWS)
    return Terms.open(folder, len(ROWS))


# Words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'article d’Orange", ["article", "orange"]),
        ("qu'on jusqu'ici lorsqu’elle puisqu'il", ["on", "ici", "elle", "il"]),
        ("Heron's licence", ["heron", "licence"]),
        ("aujourd'hui", ["aujourd'hui"]),
        ("L'AGPL s'applique", ["AGPL", "applique"]),
        ("C++ et C#", ["C++", "et", "C#"]),
        ("ﬁle ①", ["file", "1"]),
        ("e-mail, open-source!", ["e-mail", "open-source"]),
        ("_under_ --dash-- 3.12", ["under", "dash", "3", "12"]),
        ("", []),
        ("?! …", []),
    ],
)
def test_a_text_has_these_words(text, expected):
    assert words(text) == expected


def test_acronyms_keep_their_capitals_and_other_words_do_not():
    assert words("The AI and the IT of Heron") == ["the", "AI", "and", "the", "IT", "of", "heron"]


def test_a_single_capital_is_no_acronym():
    assert words("A plan B") == ["a", "plan", "b"]


def test_a_text_all_in_capitals_has_no_acronyms():
    assert words("WHAT IS HERON") == ["what", "is", "heron"]


# Terms


def test_terms_are_stems_without_stop_words():
    assert terms_of("The servers are running on a machine.", "en") == ["server", "run", "machin"]
    assert terms_of("Les logiciels libres sont dans la machine.", "fr") == ["logiciel", "libr", "machin"]


def test_the_acronyms_ai_and_it_are_terms_and_the_stop_words_are_not():
    assert terms_of("AI for IT: it is for it", "en") == ["ai", "it"]
    assert terms_of("C++ and C#", "en") == ["c++", "c#"]
    assert terms_of("J'ai une AI", "fr") == ["ai"]


def test_accents_are_folded():
    assert terms_of("éléphants écrits", "fr") == ["eleph", "ecrit"]
    assert terms_of("über naïve", "en") == ["uber", "naiv"]


def test_composed_and_decomposed_accents_give_the_same_terms():
    assert terms_of("re\u0301sume\u0301", "fr") == terms_of("r\u00e9sum\u00e9", "fr")


def test_a_hyphenated_word_gives_its_parts_and_the_whole():
    assert terms_of("e-mail", "en") == ["e", "mail", "email"]
    assert terms_of("open-source", "en") == ["open", "sourc", "opensourc"]


def test_a_hyphenated_word_with_a_stop_word_gives_its_other_parts_only():
    assert terms_of("state-of-the-art", "en") == ["state", "art"]


def test_a_text_of_stop_words_has_no_terms():
    assert terms_of("What is it about?", "en") == []
    assert terms_of("Qu'est-ce que c'est ?", "fr") == []


def test_another_language_has_its_stems_and_an_unknown_one_the_english():
    assert terms_of("Lizenzen", "de") == ["lizenz"]
    assert terms_of("licences", "xx") == ["licenc"]


def test_texts_of_other_scripts_have_terms():
    assert terms_of("東京 日本語", "ja") == ["東京", "日本語"]


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["en", "fr", "de", "xx"]))
def test_terms_of_any_text_hold_no_space_and_are_not_empty(text, language):
    assert all(term and not any(character.isspace() for character in term) for term in terms_of(text, language))


# Questions


def test_words_that_shape_a_question_are_none_of_its_terms():
    assert question_terms("What is the licence of Heron?", "en") == ["licenc", "heron"]
    assert question_terms("Quelle est la licence de Heron ?", "fr") == ["licenc", "heron"]
    assert question_terms("Can you tell me about Heron, please?", "en") == ["heron"]
    assert question_terms("Parle-moi de Heron", "fr") == ["heron"]


def test_a_word_of_a_question_may_meet_its_stem_in_its_language_in_english_and_in_french():
    assert question_words("Who wrote Loutre?", "en") == [("wrote", "wrot"), ("loutr",)]


def test_a_word_asked_twice_counts_once():
    assert question_words("Heron or heron, HERON?", "en") == [("heron",)]


def test_a_question_finds_the_terms_of_documents_in_both_languages():
    asked = set(question_terms("Which licences apply?", "en"))

    assert asked & set(terms_of("the licence", "en"))
    assert asked & set(terms_of("la licence", "fr"))


def test_stop_words_of_the_question_s_language_stay_out_in_every_language():
    assert question_terms("Où est la mer ?", "fr") == ["mer"]


def test_a_question_of_stop_words_has_no_terms():
    assert question_terms("What is it?", "en") == []


def test_function_words_are_counted_by_language():
    assert function_words("What is the licence of Heron?", "en") == 4
    assert function_words("Quelle est la licence de Heron ?", "fr") == 4
    assert function_words("Quelle est la licence de Heron ?", "en") == 0


# The index


def test_passages_that_hold_a_term_score_above_zero_and_the_fuller_higher(opened):
    scores = opened.scores(["heron"])

    assert scores.shape == (4,)
    assert scores.dtype == np.float32
    assert scores[2] > scores[0] > 0
    assert scores[1] == scores[3] == 0


def test_scores_of_terms_add_up(opened):
    both = opened.scores(["heron", "rust"])

    np.testing.assert_allclose(both, opened.scores(["heron"]) + opened.scores(["rust"]), atol=1e-6)


def test_unknown_terms_score_nothing(opened):
    assert not opened.scores(["submarine"]).any()
    assert not opened.scores([]).any()
    np.testing.assert_array_equal(opened.scores(["heron", "submarine"]), opened.scores(["heron"]))


def test_document_frequency_counts_passages_not_occurrences(opened):
    assert opened.document_frequency("heron") == 2
    assert opened.document_frequency("rust") == 1
    assert opened.document_frequency("submarine") == 0


@pytest.mark.parametrize(("term", "count"), [("heron", 2), ("rust", 1), ("submarine", 0)])
def test_rarity_is_the_inverse_document_frequency(opened, term, count):
    assert opened.rarity(term) == pytest.approx(math.log(1 + (4 - count + 0.5) / (count + 0.5)))


def test_the_score_is_that_of_bm25(opened):
    lengths = [len(row) for row in ROWS]
    weight = opened.rarity("rust")
    k1, b = 1.2, 0.75
    expected = weight / (1 + k1 * (1 - b + b * lengths[0] / (sum(lengths) / len(lengths))))

    assert float(opened.scores(["rust"])[0]) == pytest.approx(expected, rel=1e-5)


def test_the_saved_index_scores_as_the_one_that_was_built(opened):
    import bm25s

    built = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    built.index(ROWS, show_progress=False)

    for term in sorted({term for row in ROWS for term in row}):
        np.testing.assert_array_equal(opened.scores([term]), built.get_scores([term]))


@pytest.mark.parametrize("rows", [[], [[]], [[], [], []]])
def test_an_index_without_terms_scores_nothing(tmp_path, rows):
    Terms.build(tmp_path, rows)
    opened = Terms.open(tmp_path, len(rows))

    assert opened.scores(["heron"]).tolist() == [0.0] * len(rows)
    assert opened.document_frequency("heron") == 0
    assert opened.rarity("heron") > 0


def test_an_index_of_one_passage_scores_it(tmp_path):
    Terms.build(tmp_path, [["heron"]])

    assert Terms.open(tmp_path, 1).scores(["heron"])[0] > 0


def test_words_of_any_kind_survive_being_saved(tmp_path):
    rows = [["c++", "東京", "ünïcode", '"quoted"', "\\", "🦩"]]
    Terms.build(tmp_path, rows)
    opened = Terms.open(tmp_path, 1)

    assert all(opened.document_frequency(term) == 1 for term in rows[0])


# Counts

PASSAGES = st.lists(st.lists(st.sampled_from(["heron", "otter", "rust", "agpl", "c++", "été"]), max_size=6), max_size=8)


@given(PASSAGES, st.lists(st.one_of(st.integers(0, 9), PASSAGES.filter(bool).map(max)), max_size=12))
def test_counts_that_were_changed_are_those_of_a_fresh_count(before, steps):
    kept = sorted({step for step in steps if isinstance(step, int) and step < len(before)})
    stays = iter(kept)
    source, rows, fresh = [], [], {}
    for step in steps:
        if isinstance(step, int):
            if (place := next(stays, None)) is None:
                continue
            source.append(place)
            rows.append(before[place])
        else:
            fresh[len(source)] = step
            source.append(-1)
            rows.append(step)
    if rows and before:
        changed = change(count(before), np.array(source, dtype=np.int64), fresh)
        assert same(changed, count(rows))


@given(PASSAGES.filter(any))
def test_scores_are_to_the_last_bit_those_of_bm25s(rows):
    import bm25s

    counts = count(rows)
    built = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    built.index(rows, show_progress=False)
    found = scores(counts, 1.2, 0.75)
    for term, place in zip(counts.vocabulary, range(len(counts.vocabulary)), strict=True):
        entries = slice(counts.bounds[place], counts.bounds[place + 1])
        expected = np.zeros(len(rows), dtype=np.float32)
        expected[counts.passages[entries]] = found[entries]
        np.testing.assert_array_equal(built.get_scores([term]), expected)


def test_a_saved_index_keeps_the_counts_that_its_scores_were_computed_from(opened):
    assert same(opened.counts, count(ROWS))
