"""What a question asks for is told from its words, and from no one else's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag.answering.question import analyse


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the licence of Heron?", "en"),
        ("Who presented the talk about sovereignty?", "en"),
        ("Quelle est la licence de Heron ?", "fr"),
        ("Qui a présenté la conférence sur la souveraineté ?", "fr"),
        ("Wie heißt der Mailserver, der in Paris vorgestellt wurde?", "de"),
        ("¿Cuál es la licencia del servidor de correo?", "es"),
    ],
)
def test_a_sentence_is_in_its_own_language(text, language):
    assert analyse(text).language == language


@pytest.mark.parametrize(
    "text", ["Proxmox licence?", "Heron Loutre IMAP", "Heron", "VMware", "AGPL-3.0", "2025", "???"]
)
def test_names_alone_count_as_english(text):
    assert analyse(text).language == "en"


@pytest.mark.parametrize(
    "text",
    [
        "quelle est la licence de heron",
        "ou travaille l equipe de loutre",
        "qui a presente la conference sur l ia",
        "quels logiciels libres sont presentes au salon",
    ],
)
def test_french_without_accents_is_french(text):
    assert analyse(text).language == "fr"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("What is Heron?", "fact"),
        ("When was Heron released?", "fact"),
        ("Combien coûte le support de Heron ?", "fact"),
        ("Which projects replace VMware?", "list"),
        ("List the licences of Heron and Loutre", "list"),
        ("What are the licences?", "list"),
        ("Quels logiciels remplacent VMware ?", "list"),
        ("Cite les intervenants", "list"),
        ("Who were the speakers?", "list"),
        ("Summarise the talk about Heron", "summary"),
        ("Tell me about Heron", "summary"),
        ("What does the talk say about licences?", "summary"),
        ("Résume la conférence sur Loutre", "summary"),
        ("resume la conference sur loutre", "summary"),
        ("Parle-moi de Loutre", "summary"),
        ("Which licence covers the server?", "fact"),
        ("Which RFC covers DMARC?", "fact"),
        ("Which two people lead Heron?", "list"),
        ("Which European laws come up?", "list"),
        ("What were the themes of the tracks?", "list"),
        ("C'est quoi les trois piliers de Loutre ?", "list"),
        ("Do Heron and Loutre agree on the price?", "list"),
        ("Give me the gist of the plenary", "summary"),
        ("En gros, que dit le rapport ?", "summary"),
    ],
)
def test_the_shape_of_an_answer_is_told_from_the_question(text, shape):
    assert analyse(text).shape == shape


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Which talks are about mail servers?", "mail servers"),
        ("List the talks about security at the event", "security at the event"),
        ("What sessions at OSXP covered LLMs?", "LLMs"),
        ("Quelles conférences parlent de souveraineté ?", "souveraineté"),
        ("Quels exposés portent sur l'IA ?", "IA"),
    ],
)
def test_a_question_for_documents_searches_its_topic_only(text, topic):
    asked = analyse(text)
    assert (asked.whole_corpus, asked.topic) == (True, topic)


@pytest.mark.parametrize("text", ["Which talks?", "Quelles conférences ?", "List all talks."])
def test_a_question_for_documents_without_a_topic_is_searched_whole(text):
    assert analyse(text).topic == text


@pytest.mark.parametrize("text", ["What is Heron?", "Which projects replace VMware?", "How long was the talk?", "???"])
def test_any_other_question_is_its_own_topic(text):
    asked = analyse(text)
    assert (asked.whole_corpus, asked.topic) == (False, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("When was Heron released?", "date"),
        ("En quelle année ? Quelle année pour Loutre ?", "date"),
        ("Quand Loutre est-il sorti ?", "date"),
        ("How many people came to the dinner?", "number"),
        ("Combien coûte le support ?", "number"),
        ("What does support cost?", "number"),
        ("Who presented Heron?", "person"),
        ("Qui a présenté Heron ?", "person"),
        ("Where does the team work?", "place"),
        ("Où travaille l'équipe ?", "place"),
        ("What is Heron?", "definition"),
        ("Qu'est-ce que Heron ?", "definition"),
        ("Heron", "definition"),
        ("Why does Heron use Rust?", None),
        ("Which projects started when VMware was sold?", None),
    ],
)
def test_the_kind_of_thing_expected_is_told_from_the_question(text, expected):
    asked = analyse(text)
    assert (asked.expected if asked.shape == "fact" else None) == expected


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When was Heron released?", "Heron was released on 3 May 2019."),
        ("When was Heron released?", "It came out in 2019."),
        ("Quand Loutre est-il sorti ?", "La première version date de juin."),
        ("How many people came?", "About 120 people came."),
        ("How many people came?", "Three people came."),
        ("Who presented Heron?", "Ada Martin presented it."),
        ("Where does the team work?", "The team works in Nantes."),
        ("Où travaille l'équipe ?", "Elle travaille à Nantes."),
        ("What is Heron?", "Heron is a mail server."),
        ("Qu'est-ce que Loutre ?", "Loutre est un moteur de recherche."),
        ("Loutre, kézako ?", "Loutre est un moteur de recherche."),
        ("Loutre, ça sert à quoi ?", "Loutre est un moteur de recherche."),
        ("Which company makes it?", "It is made by the company Otter Systems."),
        ("Dans quel pays se trouve la fondation qui l'édite ?", "Elle se trouve en Norvège."),
        ("Release date of Heron 1.0?", "It came out in 2019."),
    ],
)
def test_a_sentence_that_holds_the_kind_of_thing_fits(question, sentence):
    assert analyse(question).fits(sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("When was Heron released?", "Heron is a mail server."),
        ("When was the act adopted?", "The act is number 2024/2847."),
        ("How many people came?", "People came by boat."),
        ("How many people came?", "The conference of 2025 had people."),
        ("Who presented it?", "It was presented at noon."),
        ("Where does the team work?", "The team works in silence."),
        ("What is Heron?", "Heron runs fast."),
        ("Loutre, ça veut dire quoi ?", "Loutre avance vite."),
        ("Number of visitors?", "There were visitors."),
        ("Which company makes it?", "It is made by hand."),
    ],
)
def test_a_sentence_without_the_kind_of_thing_does_not_fit(question, sentence):
    assert not analyse(question).fits(sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Who worked with Ada Martin?", "Ada Martin works alone."),
        ("When in 2019 was Heron released?", "Heron was released in 2019."),
        ("How many of the 120 people spoke?", "There were 120 people."),
    ],
)
def test_a_thing_that_the_question_names_is_no_answer(question, sentence):
    assert not analyse(question).fits(sentence)


def test_a_number_within_a_number_of_the_question_is_not_named_by_it():
    assert analyse("How many of the 120 talks were in French?").fits("12 were in French.")


def test_any_sentence_fits_a_question_that_expects_nothing():
    assert analyse("Why Rust?").fits("Anything.")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Who presented Heron?", ("Heron",)),
        ("Does Heron use IMAP4 or JMAP?", ("Heron", "IMAP4", "JMAP")),
        ("What changed in version 3.0.1?", ("3.0.1",)),
        ("Sous quelle licence est publié OpenDesk ?", ("OpenDesk",)),
        ("OpenDesk or Loutre, and OpenDesk?", ("OpenDesk", "Loutre")),
        ("what is it?", ()),
        ("WHAT IS HERON?", ()),
    ],
)
def test_names_are_words_with_capitals_or_digits(text, names):
    assert analyse(text).names == names


def test_spaces_around_and_within_a_question_do_not_matter():
    assert analyse("  What\n is \t Heron? ") == analyse("What is Heron?")


@given(st.text(max_size=200), st.text(max_size=80))
def test_no_text_makes_the_analysis_fail(text, sentence):
    asked = analyse(text)
    assert asked.text == " ".join(text.split())
    assert asked.asks == any(character.isalnum() for character in text)
    assert (asked.topic.strip() != "") == (asked.text != "")
    assert isinstance(asked.fits(sentence), bool)
    assert analyse(text) == asked


@given(
    st.lists(st.sampled_from("what which who when talks about does is the quels sur conférences Heron 2019 ?".split()))
)
def test_no_order_of_asking_words_makes_the_analysis_fail(words):
    asked = analyse(" ".join(words))
    assert asked.shape == "list" or not asked.whole_corpus
    assert asked.shape == "fact" or asked.expected is None


def test_a_word_without_end_is_read_once_and_not_from_each_of_its_letters():
    # Read anew from each letter, it would outlast the limit that every test has.
    assert analyse("a" * 200_000).names == ()
