"""Verification: an answer that breaks one promise does not leave, and whatever is asked, none is broken."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from osxp_rag.answering.answer import Answer, Citation, Direct, Nearest
from osxp_rag.answering.question import well_formed
from osxp_rag.answering.verify import MARKER, verify
from osxp_rag.errors import VerificationError

TEXTS = {"a.md": "Heron is a mail server. It is written in Rust.", "b.md": "Heron est un serveur de courriel."}


def citation(number, document, start, end):
    return Citation(number, document, "Title", "", None, start, end, TEXTS[document][start:end], None)


FIRST, SECOND = citation(1, "a.md", 0, 23), citation(2, "b.md", 0, 33)
GOOD = Answer(
    question="What is Heron?",
    status="answered",
    reason=None,
    text="- Heron is a mail server. [1][2]",
    language="en",
    confidence=0.9,
    engine="quotes",
    generation="000001-00000000",
    citations=(FIRST, SECOND),
)
REFUSAL = replace(
    GOOD, status="abstained", reason="no_evidence", text="No answer.", citations=(), nearest=(Nearest("a.md", "Title"),)
)


def is_refused(answer, text_of=TEXTS.get):
    with pytest.raises(VerificationError, match="bug of osxp-rag"):
        verify(answer, text_of)


def test_a_good_answer_comes_back_as_it_is():
    assert verify(GOOD, TEXTS.get) is GOOD


def test_a_refusal_comes_back_as_it_is():
    assert verify(REFUSAL, TEXTS.get) is REFUSAL


def test_a_quote_that_is_not_the_text_is_refused():
    is_refused(replace(GOOD, citations=(replace(FIRST, quote="Heron is a mail client."), SECOND)))


def test_a_quote_in_another_case_is_refused():
    is_refused(replace(GOOD, citations=(replace(FIRST, quote=FIRST.quote.upper()), SECOND)))


@pytest.mark.parametrize(("start", "end"), [(1, 24), (1, 23), (0, 22), (0, 24), (23, 0)])
def test_shifted_offsets_are_refused(start, end):
    is_refused(replace(GOOD, citations=(replace(FIRST, start=start, end=end), SECOND)))


def test_offsets_counted_from_the_end_are_refused():
    text = TEXTS["a.md"]
    is_refused(replace(GOOD, citations=(replace(FIRST, start=-len(text), end=23 - len(text)), SECOND)))


def test_an_end_beyond_the_text_is_refused():
    text = TEXTS["b.md"]
    is_refused(replace(GOOD, citations=(FIRST, replace(SECOND, end=len(text) + 1))))


def test_an_unknown_document_is_refused():
    is_refused(replace(GOOD, citations=(replace(FIRST, document="gone.md"), SECOND)))


def test_a_quote_from_another_document_is_refused():
    is_refused(replace(GOOD, citations=(replace(FIRST, document="b.md"), SECOND)))


def test_an_empty_quote_is_refused():
    is_refused(replace(GOOD, citations=(replace(FIRST, start=5, end=5, quote=""), SECOND)))


@pytest.mark.parametrize("numbers", [(0, 1), (2, 1), (1, 3), (1, 1)])
def test_citations_that_are_not_numbered_from_1_are_refused(numbers):
    citations = tuple(replace(one, id=number) for one, number in zip(GOOD.citations, numbers, strict=True))
    is_refused(replace(GOOD, citations=citations, text=f"Words. [{numbers[0]}][{numbers[1]}]"))


def test_a_citation_that_no_statement_uses_is_refused():
    is_refused(replace(GOOD, text="Heron is a mail server. [1]"))


def test_a_statement_without_a_marker_is_refused():
    is_refused(replace(GOOD, text="- Heron is a mail server. [1][2]\n- Heron is the best."))


def test_a_statement_whose_marker_has_no_citation_is_refused():
    is_refused(replace(GOOD, text="- Heron is a mail server. [1][2]\n- Heron is the best. [3]"))


def test_a_bracketed_number_among_the_quoted_words_is_no_marker():
    texts = {"a.md": "Heron [1] is a mail server."}
    quoted = replace(FIRST, quote=texts["a.md"], end=len(texts["a.md"]))
    is_refused(replace(GOOD, text="Heron [1] is a mail server.", citations=(quoted,)), texts.get)


def test_an_answer_without_words_is_refused():
    is_refused(replace(GOOD, text=""))


def test_an_answer_without_citations_is_refused():
    is_refused(replace(GOOD, citations=(), text="Heron is a mail server."))


def test_an_answer_with_a_reason_is_refused():
    is_refused(replace(GOOD, reason="no_evidence"))


def test_a_refusal_with_citations_is_refused():
    is_refused(replace(REFUSAL, citations=(FIRST,)))


def test_a_refusal_without_a_reason_is_refused():
    is_refused(replace(REFUSAL, reason=None))


def test_direct_words_of_a_quote_come_back_as_they_are():
    for direct in (Direct(1, 11, 22, "mail server"), Direct(1, 0, 23, FIRST.quote), Direct(2, 13, 20, "serveur")):
        answer = replace(GOOD, direct=direct)
        assert verify(answer, TEXTS.get) is answer


@pytest.mark.parametrize(
    "direct",
    [
        Direct(1, 24, 26, "It"),
        Direct(1, 16, 26, TEXTS["a.md"][16:26]),
        Direct(1, -46, -41, "Heron"),
        Direct(1, 5, 5, ""),
        Direct(1, 22, 11, "mail server"),
    ],
)
def test_direct_words_outside_their_quote_are_refused(direct):
    is_refused(replace(GOOD, direct=direct))


@pytest.mark.parametrize("text", ["mail client", "Mail server", "mail server ", "mail serve", ""])
def test_direct_words_that_are_not_those_of_the_quote_are_refused(text):
    is_refused(replace(GOOD, direct=Direct(1, 11, 22, text)))


@pytest.mark.parametrize("number", [0, 3, -1])
def test_direct_words_of_a_citation_that_is_not_there_are_refused(number):
    is_refused(replace(GOOD, direct=Direct(number, 11, 22, "mail server")))


def test_direct_words_of_another_citation_are_refused():
    is_refused(replace(GOOD, direct=Direct(2, 11, 22, "mail server")))


def test_a_refusal_with_direct_words_is_refused():
    is_refused(replace(REFUSAL, direct=Direct(1, 11, 22, "mail server")))


@given(st.integers(-3, 30), st.integers(-3, 30), st.data())
def test_direct_words_pass_exactly_when_they_are_the_quotes_words_at_their_place(start, end, data):
    text = data.draw(st.sampled_from([TEXTS["a.md"][max(0, start) : max(0, end)], "mail", ""]))
    right = 5 <= start < end <= 23 and TEXTS["a.md"][start:end] == text
    answer = replace(GOOD, text="Words. [1]", citations=(citation(1, "a.md", 5, 23),))
    try:
        verify(replace(answer, direct=Direct(1, start, end, text)), TEXTS.get)
    except VerificationError:
        assert not right
    else:
        assert right


@given(st.text(min_size=1, max_size=60), st.integers(0, 60), st.integers(0, 60), st.data())
def test_an_answer_passes_exactly_when_its_quote_is_the_text_at_its_offsets(text, start, end, data):
    end = min(end, len(text))
    quote = data.draw(st.just(text[start:end]) | st.text(max_size=10) | st.just(text))
    answer = replace(GOOD, text="Words. [1]", citations=(Citation(1, "x", "", "", None, start, end, quote, None),))
    right = bool(quote) and text[start:end] == quote
    try:
        verify(answer, {"x": text}.get)
    except VerificationError:
        assert not right
    else:
        assert right


CORPUS_WORDS = (
    "what is Heron who presented when released licence AGPL-3.0 costs euros month mail server Rust Paris Loutre moteur "
    "de recherche libre écrit en Python version juin 2021 sous quelle licence équipe Nantes conference dinner boat "
    "Calypso people talks list all which summary of résume quels combien où 120 40 3 May 2019 ? , . ! [1] [2]"
).split()
MARKUP = ["<script>alert(1)</script> {}", "# {}\n\n- [x](javascript:0)", "**{}** [1]", "{{{}}}", "`{}` \\"]
INVISIBLE = st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp", "Mn"])
QUESTIONS = st.one_of(
    st.lists(st.sampled_from(CORPUS_WORDS), min_size=1, max_size=12).map(" ".join),
    st.text(max_size=80),
    st.text(INVISIBLE, max_size=20).map("What is {}Heron?".format),
    st.builds(str.format, st.sampled_from(MARKUP), st.sampled_from(CORPUS_WORDS)),
)


def promises_kept(assistant, question):
    answer = assistant.ask(question)
    assert answer.question == well_formed(question)
    for one in answer.citations:
        assert one.quote == assistant.document(one.document).text[one.start : one.end]
    if answer.answered:
        marked = {int(number) for number in MARKER.findall(answer.text)}
        assert {one.id for one in answer.citations} <= marked
    else:
        assert (answer.citations, answer.direct, answer.reason is None) == ((), None, False)
    if answer.direct:
        cited = answer.citations[answer.direct.citation - 1]
        words = assistant.document(cited.document).text[answer.direct.start : answer.direct.end]
        assert words == answer.direct.text
        assert answer.text[slice(*answer.emphasis)] == " ".join(words.split())
    return answer


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS)
@example(question="")
@example(question="\0")
@example(question="\x1b[31mHeron\x1b[0m")
@example(question="\u202eHeron\u2066 what is")
@example(question="What is\u2028Heron\x85?")
def test_whatever_is_asked_every_promise_is_kept(assistant, question):
    promises_kept(assistant, question)


def test_a_question_of_5000_words_is_answered_or_refused(assistant):
    promises_kept(assistant, " ".join(CORPUS_WORDS[place % len(CORPUS_WORDS)] for place in range(5000)))


def test_a_question_with_half_a_surrogate_pair_is_answered_or_refused(assistant):
    promises_kept(assistant, "What is Heron \ud83d?")


def test_a_question_that_cannot_be_told_from_noise_still_has_its_own_words_in_the_answer(assistant):
    assert promises_kept(assistant, "  What \n\t is   Heron?  ").question == "  What \n\t is   Heron?  "
