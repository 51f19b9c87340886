"""A model's sentences among the documents' own: what is let out, with the real judge. Only what is said is scripted."""

import pytest

from osxp_rag.answering.cite import Citer
from osxp_rag.answering.phrasing.events import Released, Withheld
from osxp_rag.answering.phrasing.phrase import Phrasing
from osxp_rag.answering.phrasing.support import Judge, load_support
from osxp_rag.answering.question import analyse

QUESTION = "When was Heron first released?"
RELEASED = "Heron was first released on 3 May 2019 by the Heron Foundation."


class Scripted:
    """Says what it is given."""

    def __init__(self, said):
        self.said = said

    def say(self, system, user):
        yield self.said


@pytest.fixture(scope="module")
def phrased(assistant):
    """What becomes of a model's words: the events, and the notices."""

    def run(said, question=QUESTION):
        evidence = assistant.gatherer.gather(analyse(question), assistant.find(question), 10)
        phrasing = Phrasing(evidence, Judge(assistant.gatherer, load_support()), Citer({}))
        return list(phrasing.run(Scripted(said))), dict(phrasing.notices)

    return run


@pytest.mark.parametrize("mark", ["", " [9]", " [0]", " [12][13]"])
def test_a_supported_sentence_without_a_passage_is_cited_by_us(phrased, mark):
    [line], notices = phrased(f"Heron was first released on 3 May 2019{mark}.")
    assert line.origin == "model"
    assert line.text == "Heron was first released on 3 May 2019. [1]"
    assert [one.quote for one in line.citations] == [RELEASED]
    assert notices == {}


def test_so_it_is_in_french(phrased):
    [line], _ = phrased(
        "La première version de Loutre date de juin 2021.", "Quand est sortie la première version de Loutre ?"
    )
    assert (line.origin, line.citations[0].document) == ("model", "talks/loutre.md")


@pytest.mark.parametrize(
    "said",
    [
        "Heron was first released on 4 May 2019.",
        "Heron was first released by Microsoft on 3 May 2019.",
        "Heron was not released on 3 May 2019.",
        "Heron was sold on 3 May 2019.",
        "When was Heron first released?",
        "According to the passages.",
        "Here is the answer.",
        "Yes.",
    ],
)
def test_what_no_ground_supports_stays_uncited(phrased, said):
    (withheld, *lines), notices = phrased(said)
    assert withheld == Withheld(said, "uncited", replaced=False)
    assert [(line.origin, line.citations[0].quote) for line in lines] == [("quote", RELEASED)]
    assert set(notices) == {"dropped", "unsupported"}


def test_a_passage_that_is_cited_wrongly_is_not_made_good(phrased):
    question = "Which documents mention Heron?"
    events, _ = phrased("Heron was first released on 3 May 2019 [2].", question)
    assert not any(isinstance(one, Released) and one.origin == "model" for one in events)


def test_a_sentence_that_is_cut_is_not_judged(phrased):
    (withheld, *_), _ = phrased("Heron was first released on 3 May")
    assert withheld.why == "cut"


@pytest.mark.parametrize("number", range(3))
def test_a_sentence_beside_the_question_is_no_answer(phrased, number):
    beside = (
        "The talk lasted 20 minutes.",
        "About 120 people came to the dinner.",
        "Loutre est publié sous licence MIT.",
    )
    events, _ = phrased(beside[number])
    assert isinstance(events[0], Withheld)
