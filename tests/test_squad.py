"""Exact match and F1 are what SQuAD's own script says; its files are checked; the packaged reader is measured."""

import json
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from osxp_rag import QuestionsError
from osxp_rag.channels.cli import app
from osxp_rag.evaluation.metrics import auroc, best_threshold
from osxp_rag.evaluation.reading import OVERLAP, guess_all, tell
from osxp_rag.evaluation.squad import Guess, exact_match, f1, normalise, score_spans
from osxp_rag.evaluation.squad_file import SquadQuestion, language_of, load_squad
from osxp_rag.models.reader import load_reader

CONTEXT = "Heron was first released on 3 May 2019 by the Heron Foundation. It is written in Rust."
WHEN = {
    "question": "When was Heron first released?",
    "answers": [{"text": "3 May 2019"}, {"text": "May 2019"}, {"text": "3 May 2019"}],
}
WHO = {"question": "Who is the king of France?", "answers": [], "is_impossible": True}
WORDS = st.text(alphabet="ab the.,'’-", max_size=12)
LANGUAGES = st.sampled_from(["en", "fr", "de", "es", "it", "pt", "el"])
SCORES = st.integers(-3, 3).map(float)
GUESSES = st.lists(st.builds(Guess, WORDS, SCORES, st.lists(WORDS, max_size=2).map(tuple), LANGUAGES), max_size=12)


def file_of(tmp_path, *questions, context=CONTEXT):
    path = tmp_path / "squad.json"
    values = {"version": "v2.0", "data": [{"title": "H", "paragraphs": [{"context": context, "qas": questions}]}]}
    path.write_text(json.dumps(values), encoding="utf-8")
    return path


def as_squad_has_it(text):
    """The normalisation of SQuAD's evaluation, said anew."""
    bare = text.lower().translate(dict.fromkeys(map(ord, string.punctuation)))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


@pytest.mark.parametrize(
    ("lang", "text", "words"),
    [
        ("en", "The  U.S. Army's", "us armys"),
        ("en", "a well-known answer!", "wellknown answer"),
        ("en", "die in an air raid", "die in air raid"),
        ("fr", "l'article", "article"),
        ("fr", "L’article de la revue", "article de revue"),
        ("fr", "qu'il vienne d'Orsay", "qu il vienne d orsay"),
        ("fr", "aujourd'hui", "aujourdhui"),
        ("fr", "« des mots »", "mots"),
        ("de", "die „Alte“ Brücke", "alte brücke"),
        ("es", "¿El perro?", "perro"),
        ("it", "dell'arte", "dell arte"),
    ],
)
def test_case_punctuation_and_articles_do_not_count(lang, text, words):
    assert normalise(text, lang) == words


@given(st.text(alphabet=string.printable, max_size=40))
def test_english_is_normalised_as_by_the_script_of_squad(text):
    assert normalise(text) == as_squad_has_it(text)


@given(st.text(max_size=20), LANGUAGES)
def test_what_was_normalised_holds_no_capital_and_no_double_space(text, lang):
    words = normalise(text, lang)
    assert words == words.lower() == " ".join(words.split())


@pytest.mark.parametrize(
    ("words", "answers", "exact", "overlap"),
    [
        ("The Heron", ["heron"], 1.0, 1.0),
        ("a red heron", ["heron", "blue heron"], 0.0, 2 / 3),
        ("heron heron", ["heron"], 0.0, 2 / 3),
        ("heron", ["stork"], 0.0, 0.0),
        ("", [], 1.0, 1.0),
        ("heron", [], 0.0, 0.0),
        ("", ["heron"], 0.0, 0.0),
        ("the", ["the"], 1.0, 1.0),
        ("", ["the", "heron"], 0.0, 0.0),
    ],
)
def test_words_are_compared_with_the_answer_that_they_fit_best(words, answers, exact, overlap):
    assert exact_match(words, answers) == exact
    assert f1(words, answers) == pytest.approx(overlap)


@given(WORDS, WORDS, LANGUAGES)
def test_f1_is_symmetric_between_exact_match_and_1(words, answer, lang):
    score = f1(words, [answer], lang)
    assert score == f1(answer, [words], lang)
    assert exact_match(words, [answer], lang) <= score <= 1


@given(st.lists(st.lists(st.sampled_from(["heron", "stork"]), max_size=2), min_size=1, max_size=8))
def test_a_perfect_guess_scores_1(answers):
    scores = score_spans([Guess(one[0] if one else "", float(bool(one)), tuple(one)) for one in answers])
    parts = (scores.overall, scores.answerable, scores.unanswerable, scores.unrefused)
    assert {figure for part in parts for figure in (part.exact, part.f1)} <= {1.0, None}
    assert scores.overall.f1 == scores.best_exact == 1.0
    assert scores.auroc in (1.0, None)


@given(GUESSES)
def test_the_best_threshold_is_the_best_of_all(guesses):
    scores = score_spans(guesses)
    every = [float("inf"), *(guess.score for guess in guesses)]
    f1s = [
        sum(f1(one.words, one.answers, one.lang) if one.score >= bar else float(not one.answers) for one in guesses)
        for bar in every
    ]
    if guesses:
        assert scores.overall.f1 == pytest.approx(max(f1s) / len(guesses))
        assert scores.overall.exact <= scores.best_exact + 1e-9
    assert json.loads(json.dumps(scores.threshold)) == scores.threshold


def test_a_guess_below_the_threshold_counts_as_refused():
    scores = score_spans(
        [Guess("heron", 3, ("heron",)), Guess("heron", 2, ()), Guess("red heron", 2, ("heron",)), Guess("owl", 1, ())]
    )
    assert scores.threshold == 3.0
    assert (scores.overall.exact, scores.overall.f1) == (0.75, 0.75)
    assert (scores.answerable.questions, scores.answerable.exact, scores.answerable.f1) == (2, 0.5, 0.5)
    assert (scores.unanswerable.questions, scores.unanswerable.f1) == (2, 1.0)
    assert (scores.unrefused.exact, scores.unrefused.f1) == (0.5, pytest.approx(5 / 6))
    assert scores.auroc == 0.875


def test_where_nothing_is_answerable_it_is_best_to_refuse_all():
    scores = score_spans([Guess("heron", 1, ()), Guess("owl", 2, ())])
    assert (scores.threshold, scores.overall.f1, scores.answerable.f1, scores.auroc) == (None, 1.0, None, None)


def test_no_guess_scores_nothing():
    scores = score_spans([])
    assert (scores.overall.questions, scores.overall.f1, scores.best_exact, scores.threshold) == (0, None, None, None)


@given(st.lists(st.tuples(SCORES, st.booleans()), max_size=20))
def test_auroc_is_the_share_of_pairs_in_the_right_order(rows):
    true, false = ([score for score, truth in rows if truth is kind] for kind in (True, False))
    pairs = [(one > other) + (one == other) / 2 for one in true for other in false]
    found = auroc([score for score, _ in rows], [truth for _, truth in rows])
    assert found == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


def test_a_threshold_never_parts_equal_scores():
    assert best_threshold([1.0, 1.0, 0.0], [1, 0, 0], [0, 1, 0]) is None
    assert best_threshold([1.0, 1.0, 0.0], [1, 1, 0], [0, 0, 1]) == 1.0


def test_both_versions_of_the_format_are_read(tmp_path):
    old = {key: WHEN[key] for key in ("question", "answers")}
    plausible = {**WHO, "answers": [{"text": "Rust"}]}
    questions = load_squad(file_of(tmp_path, old, WHO, plausible, {**WHO, "is_impossible": False}))
    assert [one.answers for one in questions] == [("3 May 2019", "May 2019"), (), (), ()]
    assert {one.context for one in questions} == {CONTEXT}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"caf\xe9", "squad.json: cannot be read as UTF-8 .* save it as UTF-8"),
        (b"{", "squad.json: not valid JSON .* --squad takes one JSON object a file"),
        (b"[]", r"squad.json: \[\] is not a JSON object; write one with data"),
        (b"{}", "squad.json, data: missing; give it a list"),
        (b'{"data": []}', r"squad.json, data: \[\] is not a list that is not empty; write"),
        (b'{"data": [{}]}', r"squad.json, data\[0\], paragraphs: missing"),
        (b'{"data": [{"paragraphs": [{"context": " ", "qas": []}]}]}', r"paragraphs\[0\], context: ' ' is not a text"),
        (b'{"data": [{"paragraphs": [{"context": "c"}]}]}', r"data\[0\].paragraphs\[0\], qas: missing; give it a list"),
        (b'{"data": [{"paragraphs": [{"context": "c", "qas": []}]}]}', "holds no question; write some under data"),
    ],
)
def test_a_file_that_is_not_squads_is_named_with_what_to_write(tmp_path, content, message):
    path = tmp_path / "squad.json"
    path.write_bytes(content)
    with pytest.raises(QuestionsError, match=message):
        load_squad(path)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ({"answers": []}, r"data\[0\].paragraphs\[0\].qas\[1\], question: missing; give it a text"),
        ({**WHO, "is_impossible": "no"}, r"qas\[1\], is_impossible: 'no' is not true or false; write true or false"),
        ({"question": "Who?"}, r"qas\[1\], answers: missing; give it a list, empty where there is no answer"),
        ({**WHEN, "answers": [{"text": 3}]}, r"qas\[1\].answers\[0\], text: 3 is not a text; write a text"),
        ("Who?", r"qas\[1\]: 'Who\?' is not a JSON object; write one with question"),
    ],
)
def test_a_wrong_question_is_named_by_its_place_and_key(tmp_path, question, message):
    path = file_of(tmp_path, WHEN, question)
    with pytest.raises(QuestionsError, match=message):
        load_squad(path)


def test_the_language_is_that_of_the_contexts():
    context = "Le logiciel est publié sous une licence libre par une équipe de Nantes."
    assert language_of([SquadQuestion("Who wrote it?", context, ())]) == "fr"


def test_the_reader_finds_an_answer_and_is_less_sure_where_there_is_none(tmp_path):
    steps = []
    questions = load_squad(file_of(tmp_path, WHEN, WHO))
    found, other = guess_all(load_reader(), questions, "en", lambda *step: steps.append(step))
    assert f1(found.words, found.answers) > 0.5
    assert found.score > other.score
    assert steps == [("read", 1, 2), ("read", 2, 2)]


def test_a_text_longer_than_the_reader_takes_is_read_to_its_end():
    text = "The wind blew over the hills and nobody said a word. " * (OVERLAP // 2) + CONTEXT
    told = tell(load_reader(), WHEN["question"], [text, CONTEXT])
    assert "2019" in told[0].words
    assert told[0].words in CONTEXT


def test_the_command_prints_tables_or_json_and_writes_its_report(tmp_path):
    path, report = file_of(tmp_path, WHEN, WHO), tmp_path / "report.json"
    shown = CliRunner().invoke(app, ["eval", "--squad", str(path), "-o", str(report)])
    assert shown.exit_code == 0
    assert re.search(r"^Answerable +1 +\d\.\d{3} +\d\.\d{3}$", shown.stdout, re.MULTILINE)
    written = json.loads(report.read_text(encoding="utf-8"))
    assert (written["squad"], written["language"], written["overall"]["questions"]) == ("squad.json", "en", 2)
    printed = CliRunner().invoke(app, ["eval", "--squad", str(path), "--json"])
    assert json.loads(printed.stdout) == written


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "name one of QUESTIONS, --conversations, --squad, --passages, --spans, each with its file"),
        (["{file}", "--squad", "{file}"], "QUESTIONS and --squad are given; name only one of them"),
        (["--squad", "no-such.json"], "no-such.json"),
        (
            ["--squad", "{file}", "--split", "dev"],
            "'--split': only goes with QUESTIONS or --conversations; leave it out",
        ),
        (["--squad", "{file}", "--report", "p.html"], "'--report': only goes with QUESTIONS"),
        (["--squad", "{file}", "--corpus-files", "."], "'--corpus-files': only goes with --spans; leave it out"),
        (["--spans", "{file}"], "'--spans': needs the folder of its files: --corpus-files DIR"),
        (["--squad", "{file}", "-o", "report.md"], "report.md does not end in .json"),
        (["--squad", "{file}", "-o", "{file}"], "is the file of the questions; name another file"),
    ],
)
def test_exactly_one_thing_is_measured_and_options_go_with_it(tmp_path, arguments, message):
    path = str(file_of(tmp_path, WHEN))
    result = CliRunner().invoke(app, ["eval", *(path if one == "{file}" else one for one in arguments)])
    assert result.exit_code == 2
    assert message in result.stderr
