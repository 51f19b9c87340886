"""How growth is measured: corpora of the wanted size, a stand-in of the embedder's shape, and the report."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from osxp_rag.corpus.files import load, scan
from osxp_rag.corpus.splitter import Splitter
from tools.scale.corpus import SECTIONS, gather, write, write_document
from tools.scale.measure import ROOT
from tools.scale.plot import growth
from tools.scale.report import ROWS, lines, table
from tools.scale.standin import StandIn

RESULT = {
    "build": {
        "files": 100, "text_mb": 0.5, "embedder": "packaged", "seconds": 50, "passages": 1000, "peak_mb": 900,
        "disk_mb": 6.1, "load": 1.0,
    },
    "change": {
        "embedded": 10, "unchanged": {"seconds": 1.0}, "load": 1.0,
        "updates": [{"seconds": one, "processor_s": one, "peak_mb": 800} for one in (9.0, 8.0, 30.0)],
    },
    "ask": {
        "open_s": 0.1, "first_s": 0.05, "retrieval_ms": 20.0, "answer_ms": 900, "peak_mb": 900, "load": 1.0,
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def material():
    return gather(ROOT / "corpus")


def read(folder):
    return [load(folder, file) for file in scan(folder, 1_000_000)]


def test_a_corpus_has_the_passages_that_were_asked_for_and_no_two_are_equal(material, tmp_path, embedder):
    assert write(tmp_path, material, 100) == 10
    documents = read(tmp_path)
    passages = [passage for one in documents for passage in Splitter(embedder.count_tokens).split(one)]
    assert len(passages) == 100
    assert len({passage.text for passage in passages}) == 100
    assert {one.metadata.lang for one in documents} == {"en", "fr"}


def test_a_document_is_the_same_each_time_and_another_edition_shares_no_passage(material, tmp_path, embedder):
    texts = [write_document(tmp_path, material, 7, edition).read_text(encoding="utf-8") for edition in (0, 0, 1)]
    assert texts[0] == texts[1]
    first, other = (set(text.split("\n## ")[1:]) for text in texts[1:])
    assert len(first) == SECTIONS
    assert not first & other


def test_the_stand_in_gives_unit_vectors_that_depend_on_the_words_alone(settings):
    standin = StandIn(settings, ["Heron is a mail server.", "Loutre est un moteur de recherche."])
    one, same, other = standin.embed_passages(["a", "a", "b"])
    assert one.dtype == np.float32
    assert np.linalg.norm([one, other], axis=1) == pytest.approx([1, 1], abs=1e-6)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_the_table_has_a_column_a_size_and_a_dash_for_what_was_not_measured():
    text = table({1000: RESULT, 100000: {"build": RESULT["build"]}})
    row = next(line for line in text.splitlines() if line.startswith("| update of one file: seconds"))
    assert row == "| update of one file: seconds | 9.0 | – |"
    assert "| passages | 1,000 | 100,000 |" in text
    assert all(f"| {name} |" in text for name in ROWS)


def test_the_plot_is_a_drawing_with_a_line_for_each_thing_measured():
    root = ElementTree.fromstring(growth(lines({1000: RESULT, 10000: RESULT})))
    drawn = [element for element in root if element.tag.endswith("polyline")]
    assert len(drawn) == len(lines({}))
    assert all(len(element.get("points").split()) == 2 for element in drawn)
