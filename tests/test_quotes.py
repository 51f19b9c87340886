"""The `quotes` engine: which of the documents' sentences make an answer, and in which order."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag.answering.evidence import Evidence, Sentence
from osxp_rag.answering.question import analyse
from osxp_rag.answering.quotes import Selection, compose
from osxp_rag.corpus.document import Metadata, Passage
from osxp_rag.retrieval.hit import Hit

FACT, LIST, SUMMARY = "What is Heron?", "List the licences", "Summarise Heron"
DOCUMENTS, FRENCH = "Which talks are about Heron?", "Quelle est la licence de Heron ?"


def hit(document, score=1.0, lang="en", kind="document"):
    passage = Passage(f"{document}#0", document, 0, 1000, "", "", (), 0)
    return Hit(passage, Metadata(f"Title of {document}", kind, lang), score, score, score, score, score)


def sentence(found, start, text, score=1.0, degrees=0.0):
    """Make a sentence of a hit; the cosine of two sentences is that of the angle between them."""
    angle = np.radians(degrees)
    vector = np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
    return Sentence(
        found, start, start + len(text), text, coverage=1.0, named=1.0, score=score, vector=vector
    )  # fmt: skip


def evidence(question, sentences, hits=None):
    """Gather sentences as the gatherer does: hits and sentences best first."""
    hits = hits or list({id(one.hit): one.hit for one in sentences}.values())
    hits = sorted(hits, key=lambda one: (-one.score, one.passage.id))
    ranked = sorted(sentences, key=lambda one: (-one.score, one.hit.passage.id, one.start))
    return Evidence(analyse(question), hits, hits, ranked, [])


def said(question, sentences, hits=None):
    return [one.sentence.text for one in compose(evidence(question, sentences, hits))]


A, B, C = hit("a.md"), hit("b.md", 0.9), hit("c.md", 0.8)
A_FR = hit("a.fr.md", 0.95, lang="fr")


def test_no_evidence_makes_no_statement():
    assert compose(evidence(FACT, [])) == []


def test_a_fact_is_one_statement_the_best_sentence():
    assert said(FACT, [sentence(A, 0, "Second.", -2.2, 60), sentence(A, 20, "Best.", 0.9)]) == ["Best."]


def test_a_fact_is_quoted_up_to_four_times_where_the_choice_is_close_the_best_first():
    close = [
        sentence(A, 0, "Second.", 0.8, 60),
        sentence(A, 20, "Best.", 0.9),
        sentence(A, 40, "Third.", 0.7, 120),
        sentence(A, 60, "Fourth.", 0.6, 180),
        sentence(A, 80, "Fifth.", 0.5, 240),
    ]
    assert said(FACT, close) == ["Best.", "Second.", "Third.", "Fourth."]


def test_that_something_is_not_told_is_quoted_only_where_it_says_the_most():
    missing, told = "The room of the Heron talk is not documented.", "The talk was on Monday."
    assert said(FACT, [sentence(A, 0, told, 0.9), sentence(A, 60, missing, 0.8, 60)]) == [told]
    assert said(FACT, [sentence(A, 0, told, 0.8), sentence(A, 60, missing, 0.9, 60)]) == [missing, told]


@pytest.mark.parametrize(
    ("text", "untold"),
    [
        ("The day and the room of the talk are not documented in the sources.", True),
        ("The article gives no figure from the study.", True),
        ("The sources do not say whether the mill uses free software.", True),
        ("It is not yet known who will speak.", True),
        ("L'intervenant et la salle ne sont pas documentés dans les sources.", True),
        ("L’année de création n’est pas indiquée ici.", True),
        ("Les sources ne disent pas si la commune utilise Heron.", True),
        ("L'article ne donne ni titre ni salle.", True),
        ("La date reste inconnue.", True),
        ("The article does not name Heron.", False),
        ("Heron is not written in Java.", False),
        ("The notes are documented in the wiki.", False),
        ("L'article ne nomme pas Heron.", False),
        ("Heron n'est pas un logiciel libre.", False),
        ("Le personnel est connu pour son calme.", False),
    ],
)
def test_a_sentence_that_only_says_that_something_is_not_told_is_known(text, untold):
    assert sentence(A, 0, text).untold is untold


def test_a_list_takes_every_sentence_that_is_nearly_as_good():
    assert said(
        LIST,
        [sentence(A, 0, "MIT.", 1.0), sentence(A, 10, "AGPL.", 0.9, 40), sentence(A, 20, "Weather.", -2.6, 80)],
    ) == ["MIT.", "AGPL."]


@pytest.mark.parametrize("question", ["What is the difference between MIT and AGPL?", "MIT et AGPL, lequel choisir ?"])
def test_a_comparison_takes_a_little_more(question):
    found = [sentence(A, 0, "MIT.", 1.0), sentence(A, 10, "AGPL.", -2.8, 40), sentence(A, 20, "Weather.", -3.1, 80)]
    assert said(question, found) == ["MIT.", "AGPL."]


def test_a_list_has_an_end():
    many = [sentence(A, 10 * place, f"Number {place}.", 1.0, 1.0 * place) for place in range(40)]
    assert len(said(LIST, many)) == Selection().list_most


def test_a_summary_takes_a_few_sentences_that_differ():
    found = [
        sentence(A, 20 * place, f"Sentence number {place}.", 1.0 - place / 100, 9.0 * place) for place in range(10)
    ]
    assert 1 < len(said(SUMMARY, found)) <= Selection().summary_most


def test_a_summary_prefers_what_is_new_to_what_is_like_the_best():
    found = [
        sentence(A, 0, "Best.", 1.0, 0),
        sentence(A, 10, "Like the best.", 0.9, 15),
        sentence(A, 30, "New.", 0.85, 85),
    ]
    [first, second] = compose(evidence(SUMMARY, found), Selection(summary_most=2))
    assert (first.sentence.text, second.sentence.text) == ("Best.", "New.")


def test_a_question_for_documents_gets_their_titles_best_first():
    found = [sentence(B, 0, "Of B.", 1.0, 40), sentence(A, 0, "Of A.", 0.5), sentence(A, 9, "More of A.", 0.4, 80)]
    statements = compose(evidence(DOCUMENTS, found))
    assert [(one.title, one.sentence.text) for one in statements] == [
        ("Title of a.md", "Of A."),
        ("Title of b.md", "Of B."),
    ]


def test_a_question_for_documents_leaves_out_those_far_behind():
    far = hit("far.md", 0.1)
    assert said(DOCUMENTS, [sentence(A, 0, "Of A."), sentence(far, 0, "Far.", 1.0, 50)]) == ["Of A."]


def test_a_question_for_talks_leaves_out_what_is_none():
    talk = hit("talk.md", 0.6, kind="talk")
    assert said(DOCUMENTS, [sentence(A, 0, "Of an article."), sentence(talk, 0, "Of a talk.", 0.5, 50)]) == [
        "Of a talk."
    ]


def test_a_question_for_talks_is_answered_even_where_the_talks_gave_no_sentence():
    talk = hit("talk.md", 0.1, kind="talk")
    assert said(DOCUMENTS, [sentence(A, 0, "Of an article.")], [A, talk]) == ["Of an article."]


def test_only_an_answer_made_of_documents_has_titles():
    for question in (FACT, LIST, SUMMARY):
        assert [one.title for one in compose(evidence(question, [sentence(A, 0, "One.")]))] == [None]


def test_a_sentence_of_another_document_that_says_the_same_is_cited_as_well():
    found = [sentence(A, 0, "It is free.", 1.0), sentence(B, 0, "It is free software.", 0.9, 5)]
    [statement] = compose(evidence(FACT, found))
    assert [one.text for one in statement.sentences] == ["It is free.", "It is free software."]


def test_a_sentence_of_the_same_document_is_not_cited_as_agreeing():
    found = [sentence(A, 0, "It is free.", 1.0), sentence(A, 20, "It is free software.", 0.9, 5)]
    [statement] = compose(evidence(FACT, found))
    assert statement.agreeing == ()


def test_each_other_document_agrees_with_its_likest_sentence():
    found = [
        sentence(A, 0, "It is free.", 1.0),
        sentence(B, 0, "Free it is, they say.", 0.9, 15),
        sentence(B, 30, "It is free.", 0.8, 1),
    ]
    [statement] = compose(evidence(FACT, found))
    assert [one.start for one in statement.agreeing] == [30]


def test_the_sentence_in_the_questions_language_is_put_first():
    english = sentence(A, 0, "The licence is MIT.", 1.0)
    french = sentence(A_FR, 0, "La licence est MIT.", 0.9, 5)
    [asked_in_french] = compose(evidence(FRENCH, [english, french]))
    [asked_in_english] = compose(evidence(FACT, [english, french]))
    assert asked_in_french.sentences == (french, english)
    assert asked_in_english.sentences == (english, french)


@pytest.mark.parametrize("question", [FACT, LIST, SUMMARY])
def test_sentences_with_other_numbers_are_never_taken_for_one(question):
    found = [sentence(A, 0, "It costs 40 euros.", 1.0), sentence(B, 0, "It costs 45 euros.", 0.99)]
    statements = compose(evidence(question, found))
    assert all(not one.agreeing for one in statements)


@pytest.mark.parametrize("question", [LIST, SUMMARY])
def test_the_same_fact_of_two_documents_is_stated_once(question):
    found = [
        sentence(A, 0, "It is free.", 1.0),
        sentence(B, 0, "It is free software.", 0.95, 3),
        sentence(A, 20, "It is fast.", 0.9, 60),
    ]
    assert said(question, found) == ["It is free.", "It is fast."]


def test_items_of_one_document_that_are_alike_are_all_stated():
    found = [sentence(A, 0, "Firefox is under MPL.", 1.0), sentence(A, 30, "Thunderbird is under MPL.", 0.95, 15)]
    assert len(compose(evidence(LIST, found))) == 2


def test_a_summary_keeps_to_the_two_passages_that_were_found_first():
    found = [sentence(A, 0, "Near.", -3.0), sentence(B, 0, "Next.", -3.5, 60), sentence(C, 0, "Far.", 0.0, 120)]
    far = sentence(hit("d.md", 0.7), 0, "Farther.", -5.5, 180)
    assert said(SUMMARY, [*found, far]) == ["Near.", "Next.", "Far."]


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("The code of Heron is under the AGPL.", "The code of Loutre is under the AGPL.", False),
        ("The code of Heron is under the AGPL.", "Le code de Heron est sous licence AGPL.", True),
        ("It is made in Europe by Ada Martin.", "Ada Martin le fabrique en Europe.", True),
        ("In the Element client, Élodie wrote it.", "Elodie wrote the client of Element.", True),
        ("The project is under the MIT licence.", "The licence of the Heron project is MIT.", True),
    ],
)
def test_sentences_alike_in_sense_agree_only_if_they_are_about_the_same_things(one, other, agree):
    [first, *_] = compose(evidence(LIST, [sentence(A, 0, one), sentence(B, 0, other, 0.9, 10)]))
    assert bool(first.agreeing) is agree


def test_a_sentence_that_agrees_with_two_others_is_not_stated_twice():
    left, right = sentence(A_FR, 0, "C'est libre.", 1.0, 0), sentence(hit("b.fr.md", 0.9, "fr"), 0, "Libre.", 0.95, 30)
    between = sentence(C, 0, "It is free.", 0.8, 15)
    found = said(SUMMARY, [left, right, between])
    assert len(found) == len(set(found))


@pytest.mark.parametrize("question", [LIST, SUMMARY])
def test_statements_follow_the_documents_best_first_and_each_documents_own_order(question):
    found = [
        sentence(B, 50, "B, later.", 1.0, 0),
        sentence(A, 90, "A, later.", 0.95, 40),
        sentence(A, 10, "A, earlier.", 0.9, 80),
        sentence(B, 5, "B, earlier.", 0.85, 120),
    ]
    assert said(question, found) == ["A, earlier.", "A, later.", "B, earlier.", "B, later."]


@st.composite
def gathered(draw):
    names = draw(st.lists(st.sampled_from("abcde"), min_size=1, max_size=5, unique=True))
    shares = st.sampled_from([0.0, 0.3, 0.5, 0.8, 0.9, 1.0])
    hits = [
        hit(f"{name}.md", draw(shares), draw(st.sampled_from(["en", "fr"])), draw(st.sampled_from(["talk", "article"])))
        for name in names
    ]
    places = draw(st.lists(st.tuples(st.sampled_from(hits), st.integers(0, 9)), min_size=1, max_size=14, unique_by=str))
    sentences = [
        sentence(
            found,
            100 * place,
            draw(st.sampled_from(["It is free.", "It costs 40 euros.", "It costs 45 euros.", "In 2019."])),
            draw(shares),
            draw(st.integers(0, 12)) * 7.5,
        )
        for found, place in places
    ]
    question = draw(st.sampled_from([FACT, LIST, SUMMARY, DOCUMENTS, FRENCH, "Résume Heron", "Cite les licences"]))
    return evidence(question, sentences, hits)


@given(gathered())
def test_an_answer_is_made_of_sentences_of_the_evidence(found):
    known = {id(one) for one in found.sentences}
    assert all(id(one) in known for statement in compose(found) for one in statement.sentences)


@given(gathered())
def test_there_is_a_statement_where_there_is_a_sentence(found):
    assert compose(found)


@given(gathered())
def test_no_sentence_is_stated_twice(found):
    stated = [id(one.sentence) for one in compose(found)]
    assert len(stated) == len(set(stated))


@given(gathered())
def test_a_statements_sentences_are_of_as_many_documents_and_agree_on_numbers(found):
    for statement in compose(found):
        documents = [one.hit.passage.document for one in statement.sentences]
        assert len(documents) == len(set(documents))
        assert len({tuple(re.findall(r"\d+", one.text)) for one in statement.sentences}) == 1


@given(gathered())
def test_the_same_evidence_makes_the_same_answer(found):
    assert compose(found) == compose(found)
