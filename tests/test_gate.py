"""The gate: one probability, compared once with one threshold."""

import functools
import json
import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from osxp_rag.answering.answerer import Answerer
from osxp_rag.answering.evidence import Evidence
from osxp_rag.answering.gate import DATA, LogisticGate, features, load_gate
from osxp_rag.answering.question import analyse
from osxp_rag.assistant import Assistant
from osxp_rag.index import update
from osxp_rag.settings import Settings

QUESTION = "What is Heron?"
MODEL = json.loads(DATA.read_text(encoding="utf-8"))["model"]
NAMES = set(MODEL["weights"])


@dataclass
class ConstantGate:
    """Finds every answer equally probable, and counts how often it is asked."""

    value: float
    asked: int = 0

    def probability(self, evidence: Evidence) -> float:
        self.asked += 1
        return self.value


@dataclass(frozen=True)
class Gathered:
    """Has gathered the evidence already."""

    evidence: Evidence

    def gather(self, question, found, passages):
        return self.evidence


@pytest.fixture(scope="module")
def gatherer(assistant):
    return assistant.gatherer


@pytest.fixture(scope="module")
def evidence(assistant, gatherer):
    """What speaks for the answer to a question on the small corpus."""
    return functools.cache(lambda question: gatherer.gather(analyse(question), assistant.find(question), 10))


@pytest.fixture(scope="module")
def answer(assistant, evidence):
    """The answer where the gate gives a probability and the settings a threshold."""
    found = assistant.find(QUESTION)

    def answered(probability, threshold):
        answerer = Answerer("g", Gathered(evidence(QUESTION)), ConstantGate(probability), threshold)
        return answerer.answer(analyse(QUESTION), found, 10)

    return answered


@pytest.mark.parametrize("probability", [0.0, 1e-12, 0.5, 1.0])
def test_a_threshold_of_0_lets_everything_through(answer, probability):
    assert answer(probability, 0.0).status == "answered"


def test_a_threshold_of_1_lets_only_certainty_through(answer):
    assert answer(1.0, 1.0).status == "answered"
    assert answer(math.nextafter(1.0, 0.0), 1.0).status == "abstained"


@pytest.mark.parametrize("threshold", [0.25, 0.5, 0.7])
def test_a_tie_is_answered_and_just_below_is_refused(answer, threshold):
    assert answer(threshold, threshold).status == "answered"
    assert answer(math.nextafter(threshold, 0.0), threshold).status == "abstained"


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(probability=st.floats(0, 1), threshold=st.floats(0, 1))
def test_a_question_is_answered_exactly_from_the_threshold_on(answer, probability, threshold):
    assert answer(probability, threshold).answered == (probability >= threshold)


def test_the_gate_is_asked_once(assistant, gatherer):
    gate = ConstantGate(0.9)
    Answerer("g", gatherer, gate, 0.5).answer(analyse(QUESTION), assistant.find(QUESTION), 10)
    assert gate.asked == 1


def test_the_confidence_is_the_gates_probability(answer):
    assert answer(0.87654321, 0.5).confidence == 0.8765
    assert answer(0.12344321, 0.5).confidence == 0.1234


def test_a_refusal_says_why_and_names_the_nearest_documents_without_citing_them(answer):
    refusal = answer(0.1, 0.5)
    assert (refusal.reason, refusal.citations) == ("no_evidence", ())
    assert refusal.nearest[0].document == "talks/heron.md"
    assert len({one.document for one in refusal.nearest}) == len(refusal.nearest) == 3


def test_nothing_found_is_refused_even_at_a_threshold_of_0(assistant, gatherer):
    nothing = replace(assistant.find(QUESTION), hits=[])
    refusal = Answerer("g", gatherer, ConstantGate(1.0), 0.0).answer(analyse(QUESTION), nothing, 10)
    assert (refusal.status, refusal.reason, refusal.nearest) == ("abstained", "no_evidence", ())


def test_the_settings_threshold_is_the_one_in_force(settings, assistant):
    strict = type(assistant)(settings.model_copy(update={"threshold": 1.0}), assistant.embedder)
    lenient = type(assistant)(settings.model_copy(update={"threshold": 0.0}), assistant.embedder)
    assert strict.ask(QUESTION).status == "abstained"
    assert lenient.ask("Give me a ratatouille recipe").status == "answered"


WORDS = (
    "Heron Loutre mail server licence AGPL-3.0 MIT euros 40 month Ada Martin Paris talk minutes moteur recherche libre "
    "Python version juin 2021 équipe Nantes dinner boat Calypso people 120 quantum ratatouille qui what who when la le "
    "universities Rust released foundation support commercial written conference publié première"
).split()


def in_range(found):
    assert set(found) == NAMES
    assert all(math.isfinite(value) for value in found.values())
    assert -1.0 - 1e-5 <= found["sentence_top"] <= 1.0 + 1e-5
    assert found["best_similar"] <= found["sentence_top"]
    for share in ("best_coverage", "near_coverage", "unmet", "names_met", "lexical_top", "best_hit"):
        assert 0.0 <= found[share] <= 1.0 + 1e-6, share
    for flag in ("agreement", "fits", "same_language", "untold", "read_on"):
        assert found[flag] in (0.0, 1.0)
    for margin in ("margin", "best_span"):
        assert -12.0 <= found[margin] <= 12.0
    assert found["answerable_few"] <= found["answerable"]
    assert found["best_read"] <= found["answerable"]
    assert found["best_span"] <= found["margin"]


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=10))
@example(words=["the"])
@example(words=["zzz", "yyy"])
@example(words=["Heron"] * 9)
def test_features_stay_within_their_documented_ranges(evidence, words):
    in_range(features(evidence(" ".join(words))))


def test_the_lexical_share_stays_below_1_where_a_words_other_stem_is_rare(tmp_path, embedder):
    # `generations` is stemmed `generat` in English documents and `gener` in French ones.
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for n in range(12):
        (corpus / f"{n}.md").write_text(f"Many a generation passed in town {n}, and more generations came.\n")
    french = "Les générations passées aimaient la ville et les générations futures l'aimeront.\n"
    (corpus / "fr.md").write_text(french, encoding="utf-8")
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    update(settings)
    small = Assistant(settings, embedder)
    question = analyse("generations")
    gathered = small.gatherer.gather(question, small.find("generations"), 10)
    in_range(features(gathered))


def test_a_question_without_content_words_still_has_features(evidence):
    found = features(evidence("what is the"))
    assert (found["lexical_top"], found["best_coverage"], found["near_coverage"]) == (0.0, 0.0, 0.0)


def test_names_are_met_where_the_passage_holds_them(evidence):
    assert features(evidence("Does Heron speak IMAP?"))["names_met"] == 0.5
    assert features(evidence("Who presented Heron?"))["names_met"] == 1.0
    assert features(evidence("who presented it?"))["names_met"] == 1.0


def test_the_rarest_word_that_the_passage_lacks_is_a_feature(evidence):
    assert features(evidence("What is Heron?"))["unmet"] == 0.0
    assert features(evidence("What is the ratatouille of Heron?"))["unmet"] == pytest.approx(1.0)
    assert 0.0 < features(evidence("Does Heron speak to the mill?"))["unmet"] <= 1.0


def test_the_language_of_the_best_sentence_is_a_feature(evidence):
    assert features(evidence("Quelle est la licence de Loutre ?"))["same_language"] == 1.0
    assert features(evidence("What is the licence of Loutre?"))["same_language"] == 0.0


def read_as(found, logits):
    """Return evidence whose hits have been read with these logits, in their order."""
    known = next(hit.reading for hit in found.hits if hit.reading)
    hits = [
        replace(hit, reading=None if logit is None else replace(hit.reading or known, answerable=logit))
        for hit, logit in zip(found.hits, logits, strict=False)
    ]
    return replace(found, hits=hits)


def test_the_highest_of_the_readers_logits_is_a_feature_and_the_mean_of_its_three_highest(evidence):
    found = features(read_as(evidence(QUESTION), [-3.0, 2.0, 1.0, 3.0]))
    assert (found["answerable"], found["answerable_few"]) == (3.0, 2.0)


@pytest.mark.parametrize(("read", "further"), [(1, 0.0), (4, 0.0), (5, 1.0)])
def test_that_the_reader_had_to_go_on_is_a_feature(evidence, read, further):
    assert features(read_as(evidence(QUESTION), [0.0] * read))["read_on"] == further


def test_that_the_best_sentence_says_that_something_is_not_told_is_a_feature(evidence):
    found = evidence("What is Heron?")
    best = replace(found.sentences[0], text="The licence of Heron is not documented.")
    assert features(found)["untold"] == 0.0
    assert features(replace(found, sentences=[best, *found.sentences]))["untold"] == 1.0


def test_the_mean_of_fewer_than_three_logits_is_theirs(evidence):
    found = features(read_as(evidence(QUESTION), [2.0, 1.0]))
    assert (found["answerable"], found["answerable_few"]) == (2.0, 1.5)


def test_evidence_that_was_not_read_counts_as_hardly_answerable(evidence):
    unread = read_as(evidence(QUESTION), [None] * 9)
    first, *others = unread.sentences
    first = replace(first, span=None, hit=replace(first.hit, reading=None))
    found = features(replace(unread, sentences=[first, *others]))
    names = ("answerable", "answerable_few", "margin", "best_span", "best_read")
    assert [found[name] for name in names] == [-4.0] * 5


def test_margins_beyond_measure_are_bounded(evidence):
    known = evidence(QUESTION)
    best = known.sentences[0]
    for score, bound in ((1e9, 12.0), (-1e9, -12.0)):
        span = replace(best.span, score=score)
        assert features(replace(known, sentences=[replace(best, span=span)]))["best_span"] == bound


def test_the_reader_tells_a_question_that_is_answered_from_one_that_is_not(evidence):
    answered, unanswered = features(evidence("Who presented Heron?")), features(evidence("ratatouille recipe"))
    for name in ("answerable", "margin"):
        assert answered[name] > unanswered[name]


def test_whether_vectors_and_terms_agree_does_not_depend_on_the_readers_order(evidence):
    known = evidence(QUESTION)
    turned = replace(known, hits=known.hits[::-1])
    assert features(turned)["agreement"] == features(known)["agreement"]


@pytest.mark.parametrize("part", ["weights", "means", "scales"])
def test_the_packaged_gate_has_a_number_for_each_feature_and_no_other(evidence, part):
    assert list(MODEL[part]) == list(features(evidence(QUESTION)))
    assert all(isinstance(value, float) and math.isfinite(value) for value in MODEL[part].values())


def test_the_packaged_gate_can_be_computed():
    assert math.isfinite(MODEL["intercept"])
    assert all(scale > 0 for scale in MODEL["scales"].values())
    assert set(MODEL) == {"intercept", "weights", "means", "scales"}


def test_the_packaged_gate_says_what_it_was_fitted_on_and_how_good_it_is():
    data = json.loads(DATA.read_text(encoding="utf-8"))
    assert 0 < data["fitted_on"]["answerable"] < data["fitted_on"]["questions"]
    assert 0.5 < data["cross_validated"]["auroc"] <= 1.0


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(intercept=st.floats(-1e300, 1e300), weight=st.floats(-1e150, 1e150), scale=st.floats(1e-100, 1e100))
def test_extreme_weights_give_a_probability_all_the_same(evidence, intercept, weight, scale):
    gate = LogisticGate(intercept, {"best_coverage": weight}, {"best_coverage": 0.5}, {"best_coverage": scale})
    assert 0.0 <= gate.probability(evidence(QUESTION)) <= 1.0


def test_more_of_a_feature_with_a_positive_weight_is_more_probable(evidence):
    gate = LogisticGate(0.0, {"best_coverage": 2.0}, {"best_coverage": 0.5}, {"best_coverage": 0.2})
    assert gate.probability(evidence("What is Heron?")) > gate.probability(evidence("What is zymurgy?"))


def test_without_a_sentence_the_probability_is_0(evidence):
    assert load_gate().probability(replace(evidence(QUESTION), sentences=[])) == 0.0


@pytest.mark.parametrize(
    "question",
    [
        "Give me a ratatouille recipe",
        "What is the recipe of ratatouille?",
        "Quelle est la recette de la ratatouille ?",
    ],
)
def test_the_packaged_gate_refuses_a_ratatouille_recipe(assistant, question):
    answer = assistant.ask(question)
    assert (answer.status, answer.reason) == ("abstained", "no_evidence")
    assert answer.confidence < 0.5


def test_the_packaged_gate_lets_what_is_heron_through(assistant):
    answer = assistant.ask(QUESTION)
    assert answer.status == "answered"
    assert answer.confidence >= 0.5
