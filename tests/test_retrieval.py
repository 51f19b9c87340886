"""Retrieval on the small corpus, with the packaged model: scores, order, filters, two languages."""

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from osxp_rag.assistant import Assistant
from osxp_rag.corpus.document import context_of
from osxp_rag.errors import FilterError
from osxp_rag.retrieval.hit import Hit
from osxp_rag.retrieval.retriever import Retriever

QUESTIONS = [
    "What is Heron?",
    "Sous quelle licence est publié Loutre ?",
    "Who came to the dinner?",
    "AGPL-3.0",
    "Wo arbeitet das Team?",
    "ratatouille",
]
HERON, LOUTRE, NOTES = "talks/heron.md", "talks/loutre.md", "notes.txt"


def documents(hits):
    return {hit.passage.document for hit in hits}


def cosine(embedder, question, hit):
    """Compute a hit's cosine anew; the index may hold it rounded (see `embed_passages`)."""
    words = f"{context_of(hit.metadata.title, hit.passage.section)}\n{hit.passage.text}"
    return float(embedder.embed_passages([words])[0] @ embedder.embed_questions([question])[0])


@pytest.fixture(scope="module")
def narrow(settings, embedder):
    """An assistant that asks the vectors and the terms for one candidate each."""
    assistant = Assistant(settings.model_copy(update={"candidates": 1}), embedder)
    yield assistant
    assistant.close()


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_hit_has_its_cosine(assistant, embedder, question):
    for hit in assistant.find(question).hits:
        assert hit.dense == pytest.approx(cosine(embedder, question, hit), abs=0.01)


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_hit_has_its_lexical_score(assistant, question):
    found = assistant.find(question)
    scores = dict(zip(assistant._serving.opened.generation.ids, assistant.terms.scores(found.terms), strict=True))
    assert {hit.passage.id: hit.lexical for hit in found.hits} == pytest.approx(
        {hit.passage.id: float(scores[hit.passage.id]) for hit in found.hits}
    )


def test_a_candidate_that_only_the_terms_found_has_its_cosine_too(narrow, embedder):
    # The vectors of this question are nearest to the dinner; the only known word is Heron's.
    question = "the boat dinner with many people IMAP AGPL-3.0 40"
    hits = narrow.find(question).hits
    assert len(hits) == 2
    [only_lexical] = [hit for hit in hits if hit.dense == min(one.dense for one in hits)]
    assert only_lexical.lexical == max(hit.lexical for hit in hits)
    assert only_lexical.dense == pytest.approx(cosine(embedder, question, only_lexical), abs=0.01)


def test_a_candidate_that_only_the_vectors_found_has_a_lexical_score_of_0(narrow):
    [hit] = narrow.find("Wer hat das Schiff betreten?").hits
    assert hit.dense > 0.5
    assert (hit.lexical, hit.lexical_norm) == (0.0, 0.0)


@pytest.mark.parametrize("question", QUESTIONS)
def test_hits_come_best_first_ties_by_passage(assistant, question):
    hits = assistant.find(question).hits
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))
    assert len({hit.passage.id for hit in hits}) == len(hits)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_hits_score_is_the_weighted_sum_of_its_normalised_ones(assistant, settings, question):
    for hit in assistant.find(question).hits:
        weight = settings.dense_weight
        assert hit.score == pytest.approx(weight * hit.dense_norm + (1 - weight) * hit.lexical_norm)
        assert 0 <= hit.score <= 1


def test_a_hits_passage_is_the_text_of_its_document(assistant):
    for hit in assistant.find("Heron").hits:
        text = assistant.document(hit.passage.document).text
        assert hit.passage.text == text[hit.passage.start : hit.passage.end]


def test_a_hit_as_json_has_every_score(assistant):
    [plain] = [hit.to_dict() for hit in assistant.search("Heron", top_k=1)]
    scores = {one.name for one in fields(Hit)} - {"passage", "metadata", "reading"}
    assert scores < set(plain)
    assert plain["document"] == HERON


def test_the_best_hits_only_are_returned_where_so_many_are_asked_for(assistant):
    assert assistant.search("Heron", top_k=2) == assistant.find("Heron").hits[:2]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"kind": "talk"}, {HERON, LOUTRE}),
        ({"kind": "TALK"}, {HERON, LOUTRE}),
        ({"kind": "document"}, {NOTES}),
        ({"track": "ai"}, {LOUTRE}),
        ({"track": "Collaboration"}, {HERON}),
        ({"lang": "FR"}, {LOUTRE}),
        ({"document": "talks/heron.md"}, {HERON}),
        ({"document": "Talks/Heron.MD"}, {HERON}),
        ({"technologies": "imap"}, {HERON}),
        ({"technologies": "LOUTRE"}, {LOUTRE}),
        ({"organisations": "heron foundation"}, {HERON}),
        ({"speakers": "ada martin"}, {HERON}),
        ({"date": "2025-12-11"}, {LOUTRE}),
        ({"title": "heron, a mail server"}, {HERON}),
        ({"kind": "talk", "lang": "en"}, {HERON}),
        ({}, {HERON, LOUTRE, NOTES}),
    ],
)
def test_a_filter_lets_its_documents_through_whatever_the_case(assistant, filters, expected):
    assert documents(assistant.search("What is the licence?", filters=filters, top_k=50)) == expected


def test_a_filtered_search_ranks_and_scores_as_if_there_were_no_other_documents(assistant, embedder):
    for hit in assistant.search("Who presented Heron?", filters={"lang": "fr"}):
        assert hit.dense == pytest.approx(cosine(embedder, "Who presented Heron?", hit), abs=0.01)


@pytest.mark.parametrize(
    "filters", [{"track": "cloud"}, {"speakers": "Nobody"}, {"date": "2025"}, {"kind": "talk", "document": "notes.txt"}]
)
def test_a_filter_that_no_document_passes_gives_no_hits_and_a_refusal(assistant, filters):
    assert assistant.search("What is Heron?", filters=filters) == []
    answer = assistant.ask("What is Heron?", filters=filters)
    assert (answer.status, answer.reason, answer.nearest) == ("abstained", "filtered_out", ())


@pytest.mark.parametrize("call", ["ask", "search", "find"])
def test_an_unknown_filter_is_an_error_that_names_the_known_ones(assistant, call):
    with pytest.raises(FilterError, match=r"unknown filter colour; known: document, kind"):
        getattr(assistant, call)("What is Heron?", filters={"colour": "blue"})


def test_an_unknown_filter_is_an_error_for_a_text_that_asks_nothing_too(assistant):
    with pytest.raises(FilterError):
        assistant.ask("???", filters={"colour": "blue"})


@pytest.mark.parametrize(
    ("question", "document", "words"),
    [
        ("Sous quelle licence le serveur de courriel Heron est-il publié ?", HERON, "AGPL-3.0"),
        ("Combien coûte par mois l'assistance commerciale de Heron ?", HERON, "40 euros"),
        ("Sur quel bateau le dîner de la conférence a-t-il eu lieu ?", NOTES, "Calypso"),
        ("Where does the Loutre team work?", LOUTRE, "Nantes"),
        ("When was the first version of Loutre released?", LOUTRE, "juin 2021"),
        ("Unter welcher Lizenz steht der Mailserver Heron?", HERON, "Heron"),
    ],
)
def test_a_question_finds_a_document_in_another_language(assistant, question, document, words):
    best = assistant.search(question)[0].passage
    assert best.document == document
    assert words in best.text


def test_the_meaning_finds_what_no_word_does(assistant):
    best = assistant.search("Wie viele Gäste hatte das Abendessen?")[0]
    assert best.passage.document == NOTES
    assert best.lexical == 0.0


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.5]), min_size=1, max_size=12), st.data())
def test_the_best_by_terms_are_those_that_sorting_all_would_give(scores, data):
    ids = data.draw(st.permutations([f"a.md#{number}" for number in range(len(scores))]))
    count = data.draw(st.integers(1, len(scores)))
    retriever = Retriever(SimpleNamespace(ids=ids), None, 0.5, 50)
    every = sorted((-score, one) for score, one in zip(scores, ids, strict=True) if score > 0)

    assert retriever._best(np.array(scores, dtype=np.float32), count) == [one for _, one in every[:count]]
