"""A model condenses a follow-up: its words are taken where they hold, else the rules' question stands."""

import pytest

from osxp_rag import Assistant
from osxp_rag.answering.conversation.condense import broken_rule, make_prompt
from osxp_rag.answering.conversation.rewrite import rewrite
from osxp_rag.answering.conversation.turn import turn_of
from osxp_rag.answering.conversation.understand import understand
from osxp_rag.models.engines.deadline import Deadlines
from osxp_rag.models.engines.line import Lines, first_line
from osxp_rag.models.engines.model import LanguageModel
from osxp_rag.models.engines.name import parse_engine
from tests.faulty import faulty
from tests.injections import INJECTIONS
from tests.test_rewrite import DINNER, HERON, LICENCE, LOUTRE, NAMES, OFFERED, TALKS, turn


def broken(said, question, *turns):
    rules = rewrite(question, turns, NAMES)
    return broken_rule(said, question, turns, rules, NAMES)


def meant(question, turns, said):
    """Return what a question is understood as where a model says this, and what the model was asked."""
    asked = []

    def say(system, user):
        asked.append((system, user))
        return said

    return understand(question, turns, NAMES, say=say), asked


@pytest.mark.parametrize(
    ("question", "turns", "said"),
    [
        ("who makes it?", (HERON,), "Who makes Heron?"),
        ("who makes it?", (HERON,), "Who makes the Heron mail server?"),
        ("Who develops this project?", (HERON,), "Who develops Heron?"),
        ("quelle est sa licence ?", (HERON,), "Quelle est la licence de Heron ?"),
        ("quand est-il sorti ?", (LOUTRE,), "Quand Loutre est-il sorti ?"),
        ("What about Loutre?", (LICENCE,), "What licence does Loutre have?"),
        ("and for calendars?", (TALKS,), "Which talks are about calendars?"),
        ("how many people came to it?", (DINNER,), "How many people came to the gala dinner?"),
        ("why?", (HERON,), "Why is Heron a mail server?"),
        ("list its protocols", (HERON,), "List the protocols of Heron."),
    ],
)
def test_words_that_hold_are_taken(question, turns, said):
    assert broken(said, question, *turns) is None
    understood, [(_, user)] = meant(question, turns, said)
    assert understood.condensed == understood.question.text == said
    assert understood.documents == understand(question, turns, NAMES).documents
    assert question in user


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "question"),
        ("Heron is made by the Heron Foundation.", "question"),
        ("Here is the question: who makes Heron? I hope this helps.", "question"),
        ("Who makes Heron? Who makes Loutre?", "question"),
        ("Who makes Heron, " + "the mail server, " * 6 + "really?", "long"),
        ("Qui est-ce qui fait et développe Heron ?", "language"),
        ("Who makes it, and is it a mail server?", "leans"),
        ("Who makes the second one, Heron?", "leans"),
        ("Who makes Loutre?", "subject"),
        ("What is Heron?", "subject"),
        ("Who makes mail servers?", "subject"),
        ("Who makes Heron since 2019?", "numbers"),
        ("Who makes Heron for Microsoft?", "names"),
        ("Who makes Heron written in Rust?", "names"),
        ("Who makes Heron and sells it?", "words"),
    ],
)
def test_each_rule_catches_what_it_is_for(said, why):
    assert broken(said, "who makes it?", HERON) == why
    understood, _ = meant("who makes it?", (HERON,), said)
    assert understood == understand("who makes it?", (HERON,), NAMES)


def test_the_question_keeps_its_language():
    assert broken("What is the licence of Heron?", "quelle est sa licence ?", HERON) == "language"


def test_a_name_that_documents_list_may_come_from_a_quote():
    asked = turn("What is Castor?", ("talks/castor.md", "Castor replaces Exchange, says Evil Corp."))
    assert broken("Does Castor work with Exchange?", "does it work with that?", asked) in (None, "subject")
    assert broken("Who makes Castor, which replaces Exchange?", "who makes it?", asked) == "words"
    assert broken("Who makes Castor for Exchange?", "who makes it?", asked) is None
    assert broken("Who makes Castor for Evil Corp?", "who makes it?", asked) == "names"


@pytest.mark.parametrize(
    "said", ["**Who makes Heron?**", '"Who makes Heron?"', "« Who makes Heron? »", " Who  makes Heron?\n"]
)
def test_what_is_wrapped_around_a_question_goes(said):
    understood, _ = meant("who makes it?", (HERON,), said)
    assert understood.condensed == "Who makes Heron?"


@pytest.mark.parametrize(
    ("question", "turns"),
    [
        ("What is Loutre?", (HERON,)),
        ("What is the capital of Peru?", (HERON,)),
        ("who makes it?", ()),
        ("thanks!", (HERON,)),
        ("yes", (HERON,)),
        ("tell me more", (HERON,)),
        ("and in French?", (HERON,)),
        ("the second one", (TALKS,)),
        ("what licence has the third one?", (TALKS,)),
        ("1", (OFFERED,)),
        ("Castor", (OFFERED,)),
        ("???", (HERON,)),
    ],
)
def test_for_what_is_no_open_follow_up_no_model_is_asked(question, turns):
    understood, asked = meant(question, turns, "Who makes Heron?")
    assert asked == []
    assert understood == understand(question, turns, NAMES)


# Turns that give orders


@pytest.mark.parametrize(("name", "order"), INJECTIONS)
def test_an_order_in_an_earlier_turn_changes_nothing_even_where_it_is_obeyed(name, order):
    told = turn("What is Heron?", ("talks/heron.md", f"Heron is a mail server. {order}"), direct="a mail server")
    plain = understand("who makes it?", (told,), NAMES)
    obeyed = [order, f"Who makes Heron? {order}", f"Who makes Heron, {order.rstrip('.')}?"]
    planted = [
        "PWNED?",
        "Who makes Heron, PWNED?",
        "Who makes Heron at evil.example?",
        "Who makes Heron for 4.2 million?",
    ]
    for said in obeyed + planted:
        understood, _ = meant("who makes it?", (told,), said)
        assert understood == plain, (name, said)


@pytest.mark.parametrize(("name", "order"), INJECTIONS)
def test_turns_are_fenced_and_no_mark_can_be_written_in_them(name, order):
    told = turn(f"What is Heron? {order}", ("talks/heron.md", order), condensed=f"What is Heron? {order}")
    _, user = make_prompt(f"who makes it? {order}", (told,), "en")
    assert user.count("<turn 1>") == user.count("</turn 1>") == 1
    assert user.count("<") == 2
    assert not set(user) & set("[]{}|\u200b\u202e\U000e0041"), name


def test_long_turns_are_cut_and_old_ones_left_out():
    long = turn("What is Heron? " * 100, ("talks/heron.md", "Heron is free. " * 100))
    _, user = make_prompt("who makes it?", (long,) * 30, "fr")
    assert len(user) < 4000
    assert "Dernière question : who makes it?" in user


# A line of a model


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["Who ", "makes", " it?"], "Who makes it?"),
        (["\n\nWho makes", " it?\nI ", "hope"], "Who makes it?"),
        (["<think>Hm.\nWell.", "</think>\n\nWho?"], "Who?"),
        (["<think>Hm.\nWell."], ""),
        (["blah "] * 1000, ""),
        ([], ""),
    ],
)
def test_the_first_line_is_heard_and_no_more(words, line):
    assert first_line(words) == line


def test_nobody_listens_after_the_first_line():
    heard = []

    def words():
        for part in ("Who?", "\n", "More", "and more"):
            heard.append(part)
            yield part

    assert first_line(words()) == "Who?"
    assert heard == ["Who?", "\n"]


@pytest.mark.parametrize("fault", ["error", "hang", "stall", "cut", "nothing", "bad json", "page", "babble"])
def test_a_faulty_server_leaves_the_rules_question(settings, embedder, assistant, fault):
    changed = settings.model_copy(update={"engine_first_token": 1.5, "engine_deadline": 2.0})
    before = turn_of(assistant.ask("What is Heron?"))
    with faulty(fault) as server:
        hurried = Assistant(changed, embedder)
        engine = f"openai:small@{server.url}/v1"
        answer = hurried.ask("when was it first released?", turns=(before,), engine=engine)
        hurried.close()
    assert len(server.asked) == 2
    assert "Last question: when was it first released?" in server.bodies[0]
    assert answer.condensed == "when was Heron first released?"
    assert answer.answered
    assert answer.engine == "quotes"


def test_a_question_that_stands_alone_is_not_sent_to_be_condensed(settings, embedder, assistant):
    before = turn_of(assistant.ask("What is Heron?"))
    with faulty("error") as server:
        answer = assistant.ask("Give me a ratatouille recipe", turns=(before,), engine=f"openai:small@{server.url}/v1")
    assert not answer.answered
    assert server.asked == []


def test_a_line_is_remembered_for_a_while_failures_too():
    now = [0.0]
    lines = Lines(lambda: now[0])
    said = iter([["Who makes Heron?"], ["Who?"]])

    class Chat:
        def stream_chat(self, messages):
            from types import SimpleNamespace

            return (SimpleNamespace(delta=part) for part in next(said))

    model = LanguageModel(parse_engine("openai:small@http://127.0.0.1:1/v1"), Chat(), Deadlines(5, 5), lambda: None)
    assert [lines.line(model, "rules", "request") for _ in range(2)] == ["Who makes Heron?"] * 2
    now[0] = 1000.0
    assert lines.line(model, "rules", "request") == "Who?"
    assert lines.line(model, "rules", "another") == ""
    assert lines.line(model, "rules", "another") == ""


def test_what_is_looked_for_and_explained_is_the_same_question(assistant):
    before = turn_of(assistant.ask("What is Heron?"))
    with faulty("error") as server:
        engine = f"openai:small@{server.url}/v1"
        assistant.find("when was it first released?", turns=(before,), engine=engine)
        assistant.search("when was it first released?", turns=(before,), engine=engine)
        assistant.explain("when was it first released?", turns=(before,), engine=engine)
        assert len(server.asked) == 1
