"""Follow-ups: understood from the turns before, and a change of subject left alone. Pure: names and turns in."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag.answering.answer import Choice
from osxp_rag.answering.conversation.names import Names, head_of
from osxp_rag.answering.conversation.rewrite import rewrite
from osxp_rag.answering.conversation.turn import Quoted, Turn
from osxp_rag.corpus.document import Metadata

DOCUMENTS = {
    "talks/heron.md": Metadata(
        "Heron, a mail server",
        "talk",
        "en",
        organisations=("Heron Foundation",),
        technologies=("Heron", "IMAP"),
        speakers=("Ada Martin",),
    ),
    "talks/loutre.md": Metadata("Loutre, un moteur de recherche libre", "talk", "fr", technologies=("Loutre",)),
    "talks/castor.md": Metadata("Castor (CST) for databases", "talk", "en", technologies=("Castor", "Exchange")),
    "notes.txt": Metadata("notes"),
}
NAMES = Names.of(DOCUMENTS)


def turn(question, *quoted, language="en", **more):
    return Turn(
        question, language, quoted=tuple(Quoted(path, DOCUMENTS[path].title, text) for path, text in quoted), **more
    )


HERON = turn("What is Heron?", ("talks/heron.md", "Heron is a free mail server written in Rust."))
LICENCE = turn("What licence has Heron?", ("talks/heron.md", "Heron is published under the AGPL-3.0 licence."))
LOUTRE = turn("Qu'est-ce que Loutre ?", ("talks/loutre.md", "Loutre est un moteur de recherche."), language="fr")
TALKS = turn(
    "Which talks are about servers?",
    ("talks/heron.md", "Heron is a mail server."),
    ("talks/loutre.md", "Loutre est un serveur de recherche."),
    ("talks/castor.md", "Castor is a database server."),
)
DINNER = turn("Where was the gala dinner?", ("notes.txt", "The dinner took place on a boat called Calypso."))


def condensed(question, *turns):
    found = rewrite(question, turns, NAMES)
    return found and found.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("who makes it?", "who makes Heron?"),
        ("And who makes it?", "who makes Heron?"),
        ("What are its protocols?", "What are Heron's protocols?"),
        ("Does it work with Exchange?", "Does Heron work with Exchange?"),
        ("Who develops this project?", "Who develops Heron?"),
        ("who is the speaker?", "who is the speaker of Heron?"),
        ("quelle est sa licence ?", "quelle est sa licence, Heron ?"),
        ("qui l’a créé ?", "qui l'a créé, Heron ?"),
        ("quand est-il sorti ?", "quand est-il sorti, Heron ?"),
        ("est-ce qu'il est gratuit ?", "est-ce que Heron est gratuit ?"),
        ("Qui développe ce projet ?", "Qui développe Heron ?"),
        ("c'est écrit en quoi ?", "c'est écrit en quoi, Heron ?"),
    ],
)
def test_what_stands_for_the_subject_gives_way_to_it(question, expected):
    assert condensed(question, HERON) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What about Loutre?", "What licence has Loutre?"),
        ("and Loutre?", "What licence has Loutre?"),
        ("et Castor ?", "What licence has Castor?"),
        ("Qu'en est-il de Castor ?", "What licence has Castor?"),
        ("and CST?", "What licence has CST?"),
    ],
)
def test_a_name_alone_takes_the_place_of_the_one_before(question, expected):
    assert condensed(question, LICENCE) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("and the licence?", "What is the licence of Heron?"),
        ("its protocols?", "What are the protocols of Heron?"),
        ("et la licence ?", "Quelle est la licence de Heron ?"),
        ("et son prix ?", "Quel est son prix, Heron ?"),
        ("and in 2019?", "in 2019 (Heron)?"),
        ("When was the first release?", "When was the first release (Heron)?"),
        ("Is there a graphical interface?", "Is there a graphical interface (Heron)?"),
    ],
)
def test_what_may_be_asked_of_anything_is_asked_of_the_subject(question, expected):
    assert condensed(question, HERON) == expected


def test_what_is_no_name_is_looked_for_too():
    assert condensed("and for calendars?", TALKS) == "Which talks are about servers, for calendars?"


@pytest.mark.parametrize("question", ["why?", "since when?", "how?", "where?"])
def test_a_word_alone_asks_again_of_what_was_asked(question):
    assert condensed(question, HERON) == f"{question[:-1]} (Heron)?"


@pytest.mark.parametrize("question", ["yes", "Yes, please!", "more", "tell me more", "go on", "more details"])
def test_yes_and_more_ask_for_more_of_the_subject(question):
    assert condensed(question, HERON) == "Tell me more about Heron"


@pytest.mark.parametrize("question", ["oui", "plus de détails", "dis-m'en plus", "Oui, s'il te plaît"])
def test_so_they_do_in_french(question):
    assert condensed(question, LOUTRE) == "Parle-moi de Loutre"


@pytest.mark.parametrize(
    ("question", "language"), [("and in French?", "fr"), ("en français ?", "fr"), ("In English please", "en")]
)
def test_the_same_may_be_asked_for_in_another_language(question, language):
    found = rewrite(question, (HERON,), NAMES)
    assert (found.text, found.language) == ("What is Heron?", language)
    assert set(found.documents) == {path for path, one in DOCUMENTS.items() if one.lang == language}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("the second one", "Tell me more about Loutre"),
        ("le deuxième", "Parle-moi de Loutre"),
        ("2", "Tell me more about Loutre"),
        ("the last one", "Tell me more about Castor"),
        ("what licence has the third one?", "what licence has Castor?"),
        ("who makes the first one?", "who makes Heron?"),
    ],
)
def test_one_of_several_is_told_by_its_place(question, expected):
    assert condensed(question, TALKS) == expected


def test_a_place_that_no_item_has_stands_for_nothing():
    assert condensed("the fourth one", TALKS) is None


def test_they_are_what_was_listed():
    assert condensed("which of them is French?", TALKS) == "which of Heron, Loutre and Castor is French?"


def test_he_and_she_are_the_person_who_answered():
    asked = turn(
        "Who presented Heron?", ("talks/heron.md", "Ada Martin presented Heron in Paris."), direct="Ada Martin"
    )
    assert condensed("where does she work?", asked) == "where does Ada Martin work?"
    assert condensed("what is it written in?", asked) == "what is Heron written in?"


def test_what_a_question_asked_for_is_the_subject_where_it_named_nothing():
    asked = turn("Which tool stores mails?", ("talks/heron.md", "Heron stores mails."))
    assert condensed("who makes it?", asked) == "who makes Heron?"


def test_a_question_without_a_name_is_followed_up_by_its_words():
    assert condensed("how many people came to it?", DINNER) == "how many people came to gala dinner?"


@pytest.mark.parametrize(
    "question",
    [
        "What is Loutre?",
        "Who created Castor and when was it released?",
        "Which talks are about licences?",
        "How many exhibitors came to the show?",
        "c'est quoi IMAP ?",
        "Qu'est-ce qu'un moteur de recherche ?",
        "Quand Loutre est-il sorti ?",
        "Is it true that Castor is slow?",
        "What is the capital of Peru?",
    ],
)
def test_a_change_of_subject_is_not_dragged_back(question):
    assert condensed(question, HERON) is None


def test_the_subject_outlives_small_talk():
    thanks = turn("thanks")
    assert condensed("and who makes it?", HERON, thanks) == "who makes Heron?"


def test_the_documents_quoted_last_are_likelier():
    assert rewrite("who makes it?", (LOUTRE, HERON), NAMES).documents == ("talks/heron.md",)
    assert rewrite("and Loutre?", (LICENCE,), NAMES).documents == ()


CHOICES = (Choice("Heron, a mail server", "what licence has Heron?"), Choice(DOCUMENTS["talks/loutre.md"].title, "B?"))
OFFERED = Turn("what licence is it under?", "en", choices=CHOICES)


@pytest.mark.parametrize("question", ["1", "yes", "the first one", "Heron", "a mail server", "Heron, a mail server"])
def test_a_choice_may_be_taken_by_number_by_place_or_by_name(question):
    assert condensed(question, OFFERED) == "what licence has Heron?"


def test_what_was_not_offered_may_be_named_instead():
    assert condensed("Castor", OFFERED) == "what licence is Castor under?"


def test_another_question_may_be_asked_instead_of_choosing():
    assert condensed("What is Castor?", OFFERED) is None


@pytest.mark.parametrize("question", ["who makes it?", "and Loutre?", "yes", "the second one", "why?"])
def test_without_turns_a_question_is_taken_as_it_is(question):
    assert rewrite(question, (), NAMES) is None


@given(st.text(max_size=60))
def test_any_text_can_follow(text):
    for before in (HERON, TALKS, OFFERED, DINNER):
        found = rewrite(text, (before,), NAMES)
        assert found is None or found.text.strip()


@given(st.lists(st.sampled_from([HERON, LICENCE, LOUTRE, TALKS, DINNER, OFFERED]), max_size=5), st.text(max_size=30))
def test_what_follows_is_told_by_the_turns_alone(turns, text):
    assert rewrite(text, turns, NAMES) == rewrite(text, tuple(turns), NAMES)


# Names


@pytest.mark.parametrize(
    ("metadata", "head"),
    [
        (DOCUMENTS["talks/heron.md"], "Heron"),
        (Metadata("NGI and cascade funding"), "NGI"),
        (Metadata("The Cyber Resilience Act (CRA) and open source"), "Cyber Resilience Act"),
        (Metadata("Les OSPO, bureaux open source"), "OSPO"),
        (Metadata("L'équipe – le club"), "équipe"),
        (Metadata("report 2024"), "report 2024"),
    ],
)
def test_a_document_is_about_what_its_title_begins_with(metadata, head):
    assert head_of(metadata) == head


def test_names_are_found_as_documents_write_them():
    found = NAMES.find("does heron, by Ada Martin, read cst?")
    assert [(one.name, one.kind, one.head) for one in found] == [
        ("Heron", "technologies", True),
        ("Ada Martin", "speakers", False),
        ("CST", "title", True),
    ]


def test_ordinary_words_are_no_names():
    assert NAMES.find("did they exchange mails?") == []
    assert [one.name for one in NAMES.find("Can it read Exchange mails?")] == ["Exchange"]


def test_capitalised_words_that_no_document_lists_are_names_of_another_kind():
    assert [(one.name, one.kind) for one in NAMES.find("who is Jeanne Petit there?")] == [("Jeanne Petit", "other")]


@given(st.text(max_size=80))
def test_mentions_are_in_the_text_and_do_not_overlap(text):
    found = NAMES.find(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


# Words of what was quoted


def words_of_heron(path):
    return {"fine", "mailbox", "quota"} if path == "talks/heron.md" else set()


def test_a_question_in_the_words_of_what_was_quoted_is_about_it():
    found = rewrite("how are quotas set for mailboxes?", (HERON,), NAMES, words_of_heron)
    assert found is None
    assert rewrite("What are the quotas?", (HERON,), NAMES, words_of_heron).text == "What are the quotas (Heron)?"


@pytest.mark.parametrize(
    "question", ["What are the tracks?", "What are the quotas of tracks?", "What are Loutre quotas?"]
)
def test_in_other_words_it_is_another_subject(question):
    assert rewrite(question, (HERON,), NAMES, words_of_heron) is None


def test_it_is_no_person():
    asked = turn("Who presented Heron?", ("talks/heron.md", "Ada Martin presented Heron."), direct="Ada Martin")
    she = turn(
        "where does she work?",
        ("talks/heron.md", "Ada Martin works in Paris."),
        condensed="where does Ada Martin work?",
    )
    assert condensed("what is it written in?", asked, she) == "what is Heron written in?"
    assert condensed("and what is her job?", asked, she) == "what is Ada Martin's job?"
