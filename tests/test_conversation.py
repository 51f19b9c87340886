"""Conversations with a real index: follow-ups, questions that say too little, small talk, turns made of JSON."""

import json

import pytest

from osxp_rag.answering.answer import Answer, Choice
from osxp_rag.answering.conversation.clarify import says_too_little
from osxp_rag.answering.conversation.names import Names
from osxp_rag.answering.conversation.small_talk import overview, reply, small_talk
from osxp_rag.answering.conversation.turn import Turn, turn_from, turn_of
from osxp_rag.answering.question import analyse
from osxp_rag.answering.verify import verify
from osxp_rag.assistant import Assistant
from osxp_rag.corpus.document import Metadata
from osxp_rag.errors import QuestionsError, VerificationError
from osxp_rag.index import update
from osxp_rag.settings import Settings
from tests.conftest import write_corpus


def held(assistant, *questions, **more):
    """Hold a conversation; return the last answer."""
    turns = []
    for question in questions:
        answer = assistant.ask(question, turns=tuple(turns), **more)
        turns.append(turn_of(answer))
    return answer


# Follow-ups


def test_a_follow_up_is_understood_from_the_first_one_on(assistant):
    answer = held(assistant, "What is Heron?", "under which licence is it published?")
    assert answer.question == "under which licence is it published?"
    assert answer.condensed == "under which licence is Heron published?"
    assert answer.answered
    assert "AGPL-3.0" in answer.text


def test_so_it_is_in_french(assistant):
    answer = held(assistant, "Qu'est-ce que Loutre ?", "et sa licence ?")
    assert (answer.language, answer.condensed) == ("fr", "Quelle est sa licence, Loutre ?")
    assert "MIT" in answer.text


def test_a_name_alone_asks_the_same_of_another(assistant):
    answer = held(assistant, "What is the licence of Heron?", "and Loutre?")
    assert answer.condensed == "What is the licence of Loutre?"
    assert {one.document for one in answer.citations} == {"talks/loutre.md"}


def test_a_follow_up_may_be_in_the_other_language(assistant):
    answer = held(assistant, "What is Loutre?", "et sa licence ?")
    assert answer.language == "fr"
    assert "MIT" in answer.text


def test_a_follow_up_may_have_no_answer(assistant):
    answer = held(assistant, "What is Heron?", "what is its market share in Peru?")
    assert (answer.status, answer.reason) == ("abstained", "no_evidence")


def test_a_question_without_turns_has_no_other_wording(assistant):
    assert assistant.ask("What is Heron?").condensed is None
    assert held(assistant, "What is Heron?", "What is Loutre?").condensed is None


def test_turns_change_nothing_for_a_question_that_stands_alone(assistant):
    alone = assistant.ask("What is the licence of Loutre?").to_dict()
    among = held(assistant, "What is Heron?", "What is the licence of Loutre?").to_dict()
    assert among | {"timings_ms": {}} == alone | {"timings_ms": {}}


def test_a_search_takes_turns_too(assistant):
    turns = (turn_of(assistant.ask("What is Loutre?")),)
    assert assistant.search("where does its team work?", turns=turns, top_k=1)[0].passage.document == "talks/loutre.md"


def test_filters_hold_for_follow_ups(assistant):
    assert held(assistant, "What is Heron?", "who presented it?", filters={"lang": "de"}).reason == "filtered_out"


def test_the_assistant_keeps_nothing_of_a_conversation(assistant):
    before = assistant.ask("who presented it?").to_dict()
    held(assistant, "What is Heron?", "who presented it?")
    assert assistant.ask("who presented it?").to_dict() | {"timings_ms": {}} == before | {"timings_ms": {}}


# Turns


@pytest.mark.parametrize("question", ["What is Heron?", "when is it?", "hello", "Give me a ratatouille recipe", "???"])
def test_a_turn_can_be_rebuilt_from_the_answers_json(assistant, question):
    answer = assistant.ask(question)
    assert turn_from(json.loads(json.dumps(answer.to_dict()))) == turn_of(answer)


def test_a_turn_has_the_first_quote_of_each_statement():
    citations = [
        {"id": number, "document": f"{number}.md", "title": "T", "quote": f"q{number}"} for number in (1, 2, 3)
    ]
    turn = turn_from({"question": "What?", "text": "- q1 [9] [1][2]\n- q3 [3]", "citations": citations})
    assert [one.quote for one in turn.quoted] == ["q1", "q3"]
    assert turn.documents == ("1.md", "3.md")


def test_a_turn_needs_but_the_question(assistant):
    assert turn_from({"question": "What is Heron?"}) == Turn("What is Heron?", "en")
    assert assistant.ask("who presented it?", turns=(turn_from({"question": "What is Heron?"}),)).answered


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"question": 1},
        {"question": "a", "citations": [{}]},
        {"question": "a", "text": "x [1]", "citations": [{"id": 1}]},
        {"question": "a", "choices": ["b"]},
        {"question": "a", "direct": "b"},
        {"question": "a", "condensed": 3},
    ],
)
def test_what_is_no_answer_makes_no_turn(record):
    with pytest.raises(QuestionsError, match="not what an answer's JSON looks like"):
        turn_from(record)


# Questions that say too little


@pytest.mark.parametrize("question", ["what licence is it under?", "when was it released?", "who is the speaker?"])
def test_a_question_that_says_too_little_is_asked_back_with_choices(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason, answer.citations) == ("abstained", "underspecified", ())
    titles = {metadata.title for metadata in assistant.documents().values()}
    assert 2 <= len(answer.choices) <= 4
    assert {choice.label for choice in answer.choices} <= titles
    for number, choice in enumerate(answer.choices, 1):
        assert f"{number}. {choice.label}" in answer.text.splitlines()


def test_it_is_asked_back_in_french(assistant):
    answer = assistant.ask("c'est sous quelle licence ?")
    assert (answer.reason, answer.language) == ("underspecified", "fr")
    assert answer.text.startswith("De quoi parlez-vous ?")


@pytest.mark.parametrize("reply", ["1", "the first one", "yes"])
def test_a_choice_can_be_taken(assistant, reply):
    answer = held(assistant, "what licence is it under?", reply)
    assert answer.condensed in {choice.question for choice in assistant.ask("what licence is it under?").choices}
    assert answer.answered


def test_each_choice_asks_what_was_asked(assistant):
    for choice in assistant.ask("what licence is it under?").choices[:2]:
        assert assistant.ask(choice.question).answered


@pytest.mark.parametrize(
    "question",
    [
        "Which talks are about licences?",
        "What are the licences?",
        "Which talks are about mail?",
        "Is it written in Rust?",
        "What can the free mail server do?",
        "When was Heron first released, and is it free?",
        "Quand Loutre est-il sorti ?",
        "Where does the team work?",
        "how many people came to the dinner?",
    ],
)
def test_a_question_with_a_word_of_its_own_is_not_asked_back(assistant, question):
    assert assistant.ask(question).reason != "underspecified"


def test_a_single_document_is_what_a_question_is_about(tmp_path, embedder):
    settings = Settings(
        corpus=write_corpus(tmp_path / "corpus", {"a.txt": "Heron is free. It costs nothing.\n"}),
        index=tmp_path / "index",
        threshold=0.0,
    )
    update(settings)
    alone = Assistant(settings, embedder)
    for question in ("what is it?", "Summarise it", "how much does it cost?"):
        assert alone.ask(question).answered


def test_several_that_fit_a_description_are_offered(tmp_path, embedder):
    talk = "---\ntitle: {}, a tool\nkind: talk\nlang: en\ndate: 2025-12-10\n---\n\n{} is a project from {}.\n"
    places = {"Alpha": "Germany", "Beta": "Germany", "Gamma": "Spain"}
    files = {f"{name}.md": talk.format(name, name, place) for name, place in places.items()}
    settings = Settings(corpus=write_corpus(tmp_path / "corpus", files), index=tmp_path / "index", threshold=0.0)
    update(settings)
    assistant = Assistant(settings, embedder)
    asked = assistant.ask("the project from Germany")
    assert asked.reason == "underspecified"
    assert {choice.label for choice in asked.choices} == {"Alpha, a tool", "Beta, a tool"}
    assert assistant.ask("the project from Spain").answered


NAMES = Names.of({"a.md": Metadata("Heron, a mail server", technologies=("Heron",))})


@pytest.mark.parametrize(
    "question",
    [
        "when is it?",
        "who is he?",
        "how many were there?",
        "And what about the other one?",
        "et le deuxième ?",
        "c'est quoi ?",
        "Qui l'a écrit ?",
        "Pourquoi ça ne marche pas ?",
        "why?",
        "ils l'ont sorti quand ?",
    ],
)
def test_without_a_subject_a_question_says_too_little(question):
    assert says_too_little(analyse(question), NAMES)


@pytest.mark.parametrize(
    "question",
    [
        "when is Heron out?",
        "c'est quoi Heron ?",
        "what is it that archives mails?",
        "c'est quoi la photosynthèse ?",
        "Il y a combien de conférences ?",
        "What licences are there?",
        "Summarise it",
        "Who came to the dinner?",
        "Which talks are about it?",
    ],
)
def test_with_one_it_says_enough(question):
    assert not says_too_little(analyse(question), NAMES)


def test_choices_go_with_no_other_reason():
    said = Answer("q", "abstained", "no_evidence", "t", "en", 0.0, "quotes", "g", choices=(Choice("a", "b"),))
    with pytest.raises(VerificationError, match="choices"):
        verify(said, {}.get)


# Small talk


@pytest.mark.parametrize(
    ("text", "kind", "language"),
    [
        ("hello", "hello", "en"),
        ("Hi there!", "hello", "en"),
        ("Bonjour à tous", "hello", "fr"),
        ("thanks a lot!", "thanks", "en"),
        ("merci beaucoup", "thanks", "fr"),
        ("ok merci", "thanks", "fr"),
        ("bye", "bye", "en"),
        ("à bientôt", "bye", "fr"),
        ("no thanks", "no", "en"),
        ("What can you do?", "about", "en"),
        ("who are you?", "about", "en"),
        ("Hello, what can you do?", "about", "en"),
        ("que sais-tu faire ?", "about", "fr"),
        ("Bonjour, qui es-tu ?", "about", "fr"),
        ("Qu’est-ce que tu sais faire ?", "about", "fr"),
    ],
)
def test_small_talk_is_told_by_the_whole_text(text, kind, language):
    assert small_talk(text) == (kind, language)


@pytest.mark.parametrize(
    "text",
    [
        "Hello, what is Heron?",
        "merci, et la licence ?",
        "What can Heron do?",
        "Who are the speakers?",
        "Help desk software?",
        "What is this talk about?",
        "no licence?",
        "",
    ],
)
def test_a_question_is_no_small_talk(text):
    assert small_talk(text) is None


def test_what_can_you_do_is_answered_from_the_corpus_own_figures(assistant):
    answer = assistant.ask("What can you do?")
    assert (answer.status, answer.reason, answer.citations, answer.choices) == ("abstained", "small_talk", (), ())
    for told in ("3 documents", "2 of them about talks", "English and French", "ai and collaboration", "Heron"):
        assert told in answer.text
    assert assistant.created[:10] in answer.text


def test_so_it_is_for_the_french(assistant):
    answer = assistant.ask("Que sais-tu faire ?")
    assert (answer.language, answer.reason) == ("fr", "small_talk")
    for told in ("3 documents", "dont 2 sur des conférences", "anglais et français"):
        assert told in answer.text


def test_a_question_after_a_greeting_is_answered(assistant):
    assert assistant.ask("Hello, what is Heron?").answered


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("talk", ["hello", "thanks", "bye", "no", "about"])
def test_there_are_words_for_every_kind_of_small_talk(talk, language):
    about = overview({"a.md": Metadata("notes")}, "2025-12-10T10:00:00Z")
    assert reply(talk, language, about)
    assert "{" not in reply(talk, language, about)
