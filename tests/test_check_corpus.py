"""The checker of the corpus: the real corpus passes, and each kind of problem is found and named with its remedy."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import write_corpus

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tools" / "check_corpus.py"
WORDS = " ".join(f"word{number}" for number in range(150))
FACTS = """
[summaries]
en = "article/summary.md"
fr = "article/resume.md"

[[section]]
en = "Part 1"
fr = "Partie 1"

[[section.fact]]
label = "the price of Heron"
both = ["Heron"]
en = ["40 euros"]
fr = ["40 ?€"]
in = "talks/heron.md"
"""


def load_script():
    spec = importlib.util.spec_from_file_location("check_corpus", SCRIPT)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


checker = load_script()


def page(title, body, kind="article", lang="en", sources="sources: [{title: Book, url: https://heron.example/book}]\n"):
    return f"---\ntitle: {title}\nkind: {kind}\nlang: {lang}\ndate: 2025-12-10\n{sources}---\n\n{body}\n"


SOUND = {
    "README.md": "This page leads [nowhere](nowhere.md) and does not count.",
    "article/summary.md": page("Summary", "Intro.\n\n## Part 1: mail\n\nHeron costs 40 euros.\n\n## Part 2\n\nMore."),
    "article/resume.md": page("Résumé", "Début.\n\n## Partie 1\n\nHeron coûte 40 €.", lang="fr"),
    "talks/heron.md": page("Heron", f"Heron, 40 euros: see the [summary](../article/summary.md). {WORDS}", "talk"),
}


def problems_of(tmp_path, files, facts=FACTS):
    """Return the problems of the sound corpus with some files added, changed or (None) left out."""
    write_corpus(tmp_path, {"facts.toml": facts})
    kept = {path: text for path, text in {**SOUND, **files}.items() if text is not None}
    corpus = write_corpus(tmp_path / "corpus", kept)
    return [str(problem) for problem in checker.check(corpus, tmp_path / "facts.toml")]


def run(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, check=False)


def test_the_corpus_has_no_problem():
    done = run()
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_a_sound_small_corpus_has_no_problem(tmp_path):
    assert problems_of(tmp_path, {}) == []


def test_each_problem_is_a_line_and_the_script_fails(tmp_path):
    files = {"talks/a.md": page("A", "Short.", kind="talk"), "talks/b.md": "---\ntitle: a: b\n---\nBody.\n"}
    problems = problems_of(tmp_path, files)
    done = run(tmp_path / "corpus", "--facts", tmp_path / "facts.toml")
    assert len(problems) == 2
    assert (done.stdout.splitlines(), done.returncode) == (problems, 1)


def test_a_corpus_that_is_no_folder_is_a_problem(tmp_path, capsys):
    assert checker.main([str(tmp_path / "none")]) == 1
    assert "there is no such folder" in capsys.readouterr().out


def test_front_matter_that_osxp_rag_refuses_is_a_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {"a.md": page("A", "Body.", kind="poem")})
    assert problem.startswith("a.md: front matter key 'kind'")
    assert problem.endswith("mend the file as corpus/README.md tells")


def test_a_published_document_without_sources_is_a_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {"a.md": page("A", "Body.", sources="")})
    assert problem.startswith("a.md: names no source; add `sources`")


def test_a_plain_document_needs_no_sources_and_has_any_length(tmp_path):
    assert problems_of(tmp_path, {"talks/note.md": "# Note\n\nBody.\n", "more.txt": "Some [words](none.md)."}) == []


@pytest.mark.parametrize(("words", "remedy"), [(149, "tell more"), (451, "shorten or split it")])
def test_a_talk_that_is_too_short_or_too_long_is_a_problem(tmp_path, words, remedy):
    text = " ".join(f"w{number}" for number in range(words))
    (problem,) = problems_of(tmp_path, {"talks/a.md": page("A", f"{text} -", kind="talk")})
    assert problem == f"talks/a.md: has {words} words where a talk has 150 to 450; {remedy}"


@pytest.mark.parametrize("target", ["heron.md", "../talks/none.md#top", "/talks/heron.md", "a%20b.png"])
def test_a_relative_link_to_no_file_is_a_problem(tmp_path, target):
    (problem,) = problems_of(tmp_path, {"a.md": page("A", f"A [link]({target}).")})
    assert problem == f"a.md: links to {target}, which is not there; mend the link or drop it"


def test_an_image_that_is_not_there_is_a_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {"a.md": page("A", "![a heron](heron.png)")})
    assert "heron.png, which is not there" in problem


@pytest.mark.parametrize(
    "target",
    ["talks/heron.md#price", "#top", "https://heron.example/none", "//heron.example", "mailto:a@heron.example"],
)
def test_links_to_files_that_are_there_and_to_other_places_are_no_problem(tmp_path, target):
    assert problems_of(tmp_path, {"a.md": page("A", f"A [link]({target}).")}) == []


def test_a_title_that_is_there_twice_in_one_language_is_a_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {"z.md": page("HERON", "Body."), "y.md": page("Heron", "Corps.", lang="fr")})
    assert problem.startswith("z.md: has the title of talks/heron.md; give it another one")


def test_a_text_that_is_there_twice_is_one_problem(tmp_path):
    body = "The grey heron eats eight small fish in a day."
    (problem,) = problems_of(tmp_path, {"a.md": page("A", body), "b.md": page("B", body)})
    assert problem == "b.md: has the text of a.md; delete one of them"


def test_a_sentence_of_eight_words_in_two_documents_is_a_problem(tmp_path):
    told = "The heron eats eight fish in a day."
    (problem,) = problems_of(tmp_path, {"a.md": page("A", f"One. {told}"), "b.md": page("B", f"- {told}\n- Two.")})
    assert problem == f"b.md: has a sentence of a.md; say it otherwise or once: {told}"


def test_shorter_sentences_and_sentences_repeated_in_their_own_document_are_no_problem(tmp_path):
    short, told = "The heron eats fish in a day.", "The heron eats eight fish in a day."
    files = {"a.md": page("A", f"{short} {told} {told}"), "b.md": page("B", f"{short} Two.")}
    assert problems_of(tmp_path, files) == []


def test_a_fact_that_one_summary_lacks_is_a_problem_of_that_summary(tmp_path):
    text = page("Résumé", "Heron coûte 40 €.\n\n## Partie 1\n\nHeron coûte 40 euros.", lang="fr")
    (problem,) = problems_of(tmp_path, {"article/resume.md": text})
    assert problem.startswith("article/resume.md: lacks 'the price of Heron' under 'Partie 1'; tell it")


def test_a_section_that_a_summary_lacks_is_a_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {"article/summary.md": page("Summary", "Heron costs 40 euros.")})
    assert problem.startswith("article/summary.md: has no heading that begins with 'Part 1'; add that section")


def test_a_summary_that_is_not_there_is_one_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {"article/resume.md": None})
    assert problem.startswith("article/resume.md: cannot be read, and is a summary of the article")


def test_a_fact_without_a_section_is_looked_for_in_the_whole_summary(tmp_path):
    facts = FACTS.replace('"Part 1"', '""').replace('"Partie 1"', '""')
    text = page("Summary", "Heron costs 40 euros.\n\n## Part 2\n\nMore.")
    assert problems_of(tmp_path, {"article/summary.md": text}, facts) == []


def test_a_fact_that_its_talk_lacks_is_a_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {"talks/heron.md": page("Heron", f"Heron is cheap. {WORDS}", kind="talk")})
    assert problem == "talks/heron.md: lacks 'the price of Heron'; tell it, or mend the list of facts"


def test_a_fact_may_be_in_any_document_of_a_folder_in_the_language_of_the_document(tmp_path):
    facts = FACTS.replace("talks/heron.md", "talks/")
    talk = page("Loutre", f"Heron vaut 40 €. {WORDS}", kind="talk", lang="fr")
    assert problems_of(tmp_path, {"talks/heron.md": None, "talks/loutre.md": talk}, facts) == []


def test_a_fact_that_is_in_no_document_of_a_folder_is_a_problem(tmp_path):
    (problem,) = problems_of(tmp_path, {}, FACTS.replace("talks/heron.md", "event/"))
    assert problem == "event/: lacks 'the price of Heron'; tell it, or mend the list of facts"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("summaries = [", "mend the list"),
        (FACTS.replace("40 euros", "40 (euros"), "section.0.fact.0.en.0: "),
        (FACTS.replace("label", "lable"), "section.0.fact.0.lable: "),
    ],
)
def test_a_list_of_facts_that_cannot_be_used_is_a_problem_of_the_list(tmp_path, facts, told):
    problems = problems_of(tmp_path, {}, facts)
    assert problems
    assert all(problem.startswith(f"{tmp_path / 'facts.toml'}: ") for problem in problems)
    assert any(told in problem for problem in problems)


def test_a_list_of_facts_that_is_not_there_is_a_problem(tmp_path):
    corpus = write_corpus(tmp_path, SOUND)
    (problem,) = checker.check(corpus, tmp_path / "none.toml")
    assert problem.text.endswith("name the list with --facts")


def test_every_fact_of_the_list_is_told_in_both_languages():
    facts, _ = checker.read_facts(ROOT / "tools" / "article-facts.toml")
    told = [(fact.label, bool(fact.both or (fact.en and fact.fr))) for part in facts.section for fact in part.fact]
    assert [label for label, both in told if not both] == []
    assert len({part.en for part in facts.section}) == 10  # the whole, the introduction, seven parts, the conclusion


def test_every_talk_about_a_subject_of_the_article_holds_a_fact_of_the_list():
    facts, _ = checker.read_facts(ROOT / "tools" / "article-facts.toml")
    places = {fact.place for part in facts.section for fact in part.fact}
    talks = {f"talks/{path.name}" for path in (ROOT / "corpus" / "talks").glob("*.md")}
    assert talks - places == {"talks/datalab.md", "talks/hop3.md"}  # documented talks that the article does not name
