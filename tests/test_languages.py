"""Other languages, on documents of the real corpus: asked in German or Spanish, the documents' words are found."""

import shutil
from pathlib import Path

import pytest

from osxp_rag import Assistant, Settings
from osxp_rag.index import update

CORPUS = Path(__file__).parents[1] / "corpus/talks"
NAMES = "bluemind cristal cryptpad hop3 keycloak matrix-element nis2 open-vsx proxmox-ve shapash".split()


@pytest.fixture(scope="module")
def corpus_assistant(tmp_path_factory, embedder):
    """An assistant on ten of the corpus' documents, half of them in French."""
    folder = tmp_path_factory.mktemp("languages")
    (folder / "corpus").mkdir()
    for name in NAMES:
        shutil.copy(CORPUS / f"{name}.md", folder / "corpus")
    settings = Settings(corpus=folder / "corpus", index=folder / "index")
    update(settings)
    made = Assistant(settings, embedder)
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "language", "document", "words"),
    [
        ("Was ist Hop3?", "de", "hop3.md", "open source PaaS"),
        ("Unter welcher Lizenz steht CryptPad?", "de", "cryptpad.md", "AGPL-3.0-or-later"),
        ("Welche Protokolle unterstützt Keycloak?", "de", "keycloak.md", "SAML"),
        ("¿Bajo qué licencia se publica Open VSX?", "es", "open-vsx.md", "EPL-2.0"),
        ("¿Quién presentó Hop3?", "es", "hop3.md", "Stefane Fermigier"),
        ("¿En qué lenguaje está escrito Cristal?", "es", "cristal.md", "TypeScript"),
    ],
)
def test_a_question_in_german_or_spanish_finds_and_quotes(corpus_assistant, question, language, document, words):
    answer = corpus_assistant.ask(question)
    assert (answer.status, answer.language) == ("answered", language)
    assert document in {one.document for one in answer.citations}
    assert words in answer.text


@pytest.mark.slow
@pytest.mark.parametrize("question", ["Wer ist der König von Frankreich?", "¿Cuál es la receta de la paella?"])
def test_a_question_in_german_or_spanish_without_an_answer_is_refused(corpus_assistant, question):
    assert corpus_assistant.ask(question).reason == "no_evidence"
