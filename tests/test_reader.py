"""The reader: where the answer stands in each passage, or that it does not."""

import math
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

from osxp_rag.errors import ModelError
from osxp_rag.models import reader as module
from osxp_rag.models.embedder import base_of_reader
from osxp_rag.models.reader import MAX_TOKENS, WEIGHTS, encode, load_reader
from osxp_rag.models.reader_network import LAYERS, WORDS, ReaderNetwork, layers_of
from osxp_rag.models.reading import LONGEST, Reading, ReadSpan

HERON = "Heron is a free mail server written in Rust. It was first released on 3 May 2019 by the Heron Foundation."
PRICE = "Heron is published under the AGPL-3.0 licence. Commercial support for Heron costs 40 euros a month."
LOUTRE = "Loutre est un moteur de recherche libre, écrit en Python. L'équipe de Loutre travaille à Nantes."
DINNER = "The conference dinner took place on a boat called Calypso. About 120 people came to the dinner."


@pytest.fixture(scope="module")
def reader():
    return load_reader()


@pytest.fixture(scope="module")
def tokenizer():
    """The reader's tokenizer, which never cuts or pads."""
    return base_of_reader()[1]


# Spans of a reading


def made(start, end, offsets=None):
    """Make a reading, of tokens of one character each unless their places are given."""
    places = [(n, n + 1) for n in range(len(start))] if offsets is None else offsets
    logits = (np.array(one, dtype=np.float32) for one in (start, end))
    return Reading(0.0, *logits, np.array(places, dtype=np.int64).reshape(-1, 2))


@st.composite
def readings(draw):
    """Draw readings with many ties, of tokens in order: with gaps, without words, or on the same character."""
    places = [(0, 0)]
    for gap, length, shared in draw(
        st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.booleans()), max_size=10)
    ):
        begin = places[-1][1] + gap
        places.append(places[-1] if shared else (begin, begin + length))
    logits = st.lists(st.integers(-4, 4), min_size=len(places) - 1, max_size=len(places) - 1)
    return made(draw(logits), draw(logits), places[1:])


def every_span(reading, longest):
    """Return every span of at most so many tokens that ends with a word, best first, ties by place."""
    found = [
        (float(reading.start[first] + reading.end[last]), first, last)
        for last, (begin, end) in enumerate(reading.offsets.tolist())
        for first in range(max(0, last - longest + 1), last + 1)
        if begin < end
    ]
    found.sort(key=lambda one: (-one[0], one[1], one[2]))
    return [ReadSpan(int(reading.offsets[a, 0]), int(reading.offsets[b, 1]), score) for score, a, b in found]


def apart(one, other):
    return one.end <= other.start or other.end <= one.start


@given(readings(), st.integers(1, 12), st.integers(1, 5))
def test_spans_are_the_best_of_all_that_do_not_overlap_those_before_them(reading, count, longest):
    wanted = []
    for span in every_span(reading, longest):
        if all(apart(span, other) for other in wanted):
            wanted.append(span)
    assert reading.spans(count, longest) == wanted[:count]


@given(readings(), st.integers(1, 5))
def test_spans_hold_words_of_the_passage_apart_from_each_other_and_the_best_comes_first(reading, longest):
    found = reading.spans(20, longest)
    text_end = max(reading.offsets[:, 1], default=0)
    assert all(0 <= span.start < span.end <= text_end for span in found)
    assert all(apart(one, other) for place, one in enumerate(found) for other in found[:place])
    assert [span.score for span in found] == sorted((span.score for span in found), reverse=True)


@given(readings(), st.integers(-1, 20), st.integers(-1, 20), st.integers(1, 5))
def test_the_best_span_within_a_stretch_is_the_best_of_all_that_lie_in_it(reading, start, end, longest):
    inside = [span for span in every_span(reading, longest) if start <= span.start and span.end <= end]
    assert reading.within(start, end, longest) == next(iter(inside), None)


@given(readings())
def test_the_margin_is_the_best_spans_score(reading):
    spans = every_span(reading, LONGEST)
    assert reading.margin == (spans[0].score if spans else -math.inf)


def test_spans_of_equal_score_are_ordered_by_place():
    found = made([1, 1, 1], [1, 1, 1]).spans(3, longest=1)
    assert [(span.start, span.end) for span in found] == [(0, 1), (1, 2), (2, 3)]


def test_a_span_begins_no_later_than_it_ends():
    [best] = made([0, 5], [5, 0]).spans(1)
    assert (best.start, best.end, best.score) == (0, 1, 5.0)


def test_a_span_has_at_most_40_tokens_unless_asked_otherwise():
    reading = made([9.0, *[0.0] * 40, 0.0], [*[0.0] * 41, 9.0])
    assert reading.spans(1) == [ReadSpan(0, 1, 9.0)]
    assert made(reading.start[:40], reading.end[-40:]).spans(1) == [ReadSpan(0, 40, 18.0)]
    assert reading.spans(1, longest=42) == [ReadSpan(0, 42, 18.0)]


def test_a_token_without_a_word_is_no_span_and_no_spans_end():
    reading = made([0, 9, 0], [0, 9, 1], [(0, 5), (6, 6), (6, 7)])
    assert reading.spans(9) == [ReadSpan(6, 7, 10.0), ReadSpan(0, 5, 0.0)]


def test_a_stretch_without_a_whole_word_has_no_span():
    reading = made([1, 1], [1, 1], [(0, 5), (6, 9)])
    assert [reading.within(*stretch) for stretch in ((0, 4), (5, 6), (6, 8), (1, 9), (9, 20))] == [
        None, None, None, ReadSpan(6, 9, 2.0), None,
    ]  # fmt: skip
    assert made([1], [1], [(3, 3)]).within(0, 9) is None


def test_a_passage_without_tokens_has_no_span_and_no_margin():
    nothing = made([], [])
    assert (nothing.spans(3), nothing.within(0, 9), nothing.margin) == ([], None, -math.inf)


# Questions and passages as tokens


def words_of(tokenizer, pair, text):
    """Return the words that the passage's tokens stand for, as the tokenizer and as their places give them."""
    pieces = [tokenizer.id_to_token(number).removeprefix("▁") for number in pair.ids[pair.first : pair.last]]
    return pieces, [text[start:end].strip() for start, end in pair.offsets]


SOME_WORDS = st.lists(st.sampled_from("Heron est un serveur 40 euros: a month, AGPL-3.0 (Rust)".split()), max_size=12)


@given(title=SOME_WORDS.map(" ".join), text=SOME_WORDS.map("  \n".join))
def test_the_passages_tokens_are_found_behind_the_title(tokenizer, title, text):
    [pair] = encode(tokenizer, "What is Heron?", [(title, text)])
    pieces, words = words_of(tokenizer, pair, text)
    assert pieces == words
    assert list(pair.ids[pair.first : pair.last]) == tokenizer.encode(text, add_special_tokens=False).ids
    assert "".join(words) == "".join(text.split())


REWRITTEN = "ﬁ①½… ﷺ\u00a0\u3000\t\n\u0301\u200d👩会é"
ODD = st.text(st.characters(codec="utf-8"), max_size=25) | st.text(REWRITTEN, max_size=15)


@given(title=ODD, text=ODD)
def test_whatever_the_passage_its_tokens_lie_in_it_one_after_the_other(tokenizer, title, text):
    [pair] = encode(tokenizer, "What is Heron?", [(title, text)])
    assert len(pair.offsets) == pair.last - pair.first
    assert pair.last == len(pair.ids) - 1
    assert all(0 <= start <= end <= len(text) for start, end in pair.offsets)
    assert list(pair.offsets) == sorted(pair.offsets)


def test_a_pair_is_a_question_and_a_titled_passage_between_their_marks(tokenizer):
    start, end = (tokenizer.token_to_id(mark) for mark in ("<s>", "</s>"))
    [pair] = encode(tokenizer, "What is Heron?", [("Heron", "A mail server.")])
    question, passage = (
        tokenizer.encode(text, add_special_tokens=False).ids for text in ("What is Heron?", "Heron: A mail server.")
    )
    assert list(pair.ids) == [start, *question, end, end, *passage, end]


def test_without_a_title_the_passage_begins_at_once(tokenizer):
    [pair] = encode(tokenizer, "What is Heron?", [("", "A mail server.")])
    assert pair.offsets[0] == (0, 1)
    assert pair.ids[pair.first - 1] == tokenizer.token_to_id("</s>")


@pytest.mark.parametrize("title", ["", "A title"])
@pytest.mark.parametrize("text", ["", "   ", "\n\t\u00a0"])
def test_a_passage_without_words_has_no_tokens(tokenizer, title, text):
    [pair] = encode(tokenizer, "What is Heron?", [(title, text)])
    assert (pair.first, pair.offsets) == (pair.last, ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("deﬁne it", ["deﬁne", "it"]),
        ("step ① of ②", ["step", "①", "of", "②"]),
        ("a\u00a0\u3000b", ["a", "b"]),
        ("le café", ["le", "café"]),
    ],
)
def test_characters_that_the_tokenizer_rewrites_keep_their_places(tokenizer, text, words):
    [pair] = encode(tokenizer, "What?", [("Un titre ﬁn ①", text)])
    assert [text[start:end].strip() for start, end in pair.offsets] == words


def test_an_emoji_keeps_its_place(tokenizer):
    text = "Heron 🙂 is grey"
    [pair] = encode(tokenizer, "What?", [("🙂", text)])
    assert "🙂" in [text[start:end].strip() for start, end in pair.offsets]


def test_what_does_not_fit_is_cut_from_the_end_of_the_passage(tokenizer):
    text = "heron is grey " * 300
    [whole], [cut], [short] = (
        encode(tokenizer, "What?", [("T", text)], *longest) for longest in ((10_000,), (), (40,))
    )
    assert len(cut.ids) == MAX_TOKENS
    assert len(short.ids) == 40
    for one in (cut, short):
        assert one.offsets == whole.offsets[: len(one.offsets)]
        assert (one.first, one.last, one.ids[-1]) == (whole.first, len(one.ids) - 1, whole.ids[-1])


def test_a_title_that_leaves_no_room_leaves_no_tokens_of_the_passage(tokenizer):
    [pair] = encode(tokenizer, "What?", [("heron " * 1000, "A mail server.")])
    assert len(pair.ids) == MAX_TOKENS
    assert (pair.first, pair.offsets) == (pair.last, ())


def test_a_very_long_question_is_cut_so_that_the_passage_is_read(tokenizer):
    [pair] = encode(tokenizer, "what is heron " * 2000, [("Heron", "A mail server.")])
    end = tokenizer.token_to_id("</s>")
    assert pair.ids[:67].index(end) == 65
    assert words_of(tokenizer, pair, "A mail server.")[1] == ["A", "mail", "server", "."]


# Reading


def best_words(reader, question, text, title=""):
    [found] = reader.read(question, [(title, text)])
    [span] = found.spans(1)
    return text[span.start : span.end]


@pytest.mark.parametrize(
    ("question", "text", "words"),
    [
        ("When was Heron first released?", HERON, "3 May 2019"),
        ("What does support for Heron cost?", PRICE, "40 euros"),
        ("Où travaille l'équipe de Loutre ?", LOUTRE, "Nantes"),
        ("Combien coûte le support commercial de Heron ?", PRICE, "40 euros"),
        ("What was the boat called?", DINNER, "Calypso"),
        ("Comment s'appelait le bateau du dîner ?", DINNER, "Calypso"),
    ],
)
def test_a_fact_is_found_in_its_passage_whatever_their_languages(reader, question, text, words):
    found = best_words(reader, question, text)
    assert words in found
    assert len(found) < len(text) / 2


def test_a_title_before_the_passage_moves_no_span(reader):
    for title in ("", "Heron, a mail server", "Le titre ﬁn ①"):
        assert "3 May 2019" in best_words(reader, "When was Heron first released?", HERON, title)


def test_a_passage_that_holds_the_answer_is_more_answerable_than_others(reader):
    passages = [("", text) for text in (DINNER, HERON, LOUTRE, PRICE)]
    answerable = [one.answerable for one in reader.read("When was Heron first released?", passages)]
    margins = [one.margin for one in reader.read("When was Heron first released?", passages)]
    assert answerable.index(max(answerable)) == margins.index(max(margins)) == 1


def test_readings_keep_the_order_of_their_passages_whatever_their_lengths(reader):
    texts = [" ".join([f"Heron {n}"] * (1 + 7 * n % 20)) for n in range(20)]
    found = reader.read("What is Heron?", [("", text) for text in texts])
    assert [int(one.offsets[-1, 1]) for one in found] == [len(text) for text in texts]
    assert len({len(text) for text in texts}) == 20


def test_a_passage_is_read_alone_as_among_others(reader):
    passages = [("", text) for text in (DINNER, "Heron.", HERON + " " + PRICE, LOUTRE)]
    together = reader.read("What does support for Heron cost?", passages)
    for passage, among in zip(passages, together, strict=True):
        [alone] = reader.read("What does support for Heron cost?", [passage])
        np.testing.assert_array_equal(among.offsets, alone.offsets)
        # The processor may round in between.
        assert among.answerable == pytest.approx(alone.answerable, abs=0.3)
        np.testing.assert_allclose(among.start, alone.start, atol=0.5)


def same(one, other):
    assert one.answerable == other.answerable
    for name in ("start", "end", "offsets"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_the_same_passages_are_read_the_same(reader):
    passages = [("Heron", HERON), ("", LOUTRE)]
    for one, other in zip(reader.read("What?", passages), reader.read("What?", passages), strict=True):
        same(one, other)


def test_several_threads_read_as_one_does(reader):
    passages = [("Heron", HERON), ("Heron", PRICE), ("", LOUTRE)]
    questions = ["What is Heron?", "Où travaille l'équipe de Loutre ?", "When?"] * 4
    alone = {question: reader.read(question, passages) for question in questions}
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda question: reader.read(question, passages), questions))
    for question, readings in zip(questions, found, strict=True):
        for one, other in zip(readings, alone[question], strict=True):
            same(one, other)


def test_no_passage_is_no_reading(reader):
    assert reader.read("What is Heron?", []) == []


@pytest.mark.parametrize("question", ["", "???", "🙂", "what is heron " * 2000])
@pytest.mark.parametrize("text", ["", "   ", "会議", "🙂 👩\u200d👧 ①", "a <pad> </s> b", "heron " * 1000])
def test_whatever_is_read_spans_are_words_of_the_passage(reader, question, text):
    [found] = reader.read(question, [("A title", text)])
    assert math.isfinite(found.answerable)
    assert len(found.start) == len(found.end) == len(found.offsets)
    assert bool(found.spans(1)) == bool(text.strip())
    for span in found.spans(5):
        words = text[span.start : span.end]
        assert words == words.strip() != ""


@settings(max_examples=20, deadline=None)
@given(text=ODD)
def test_no_text_makes_reading_fail(reader, text):
    [found] = reader.read("What is Heron?", [("A title", text)])
    assert all(0 <= span.start < span.end <= len(text) for span in found.spans(3))


def test_a_reading_is_measured_against_there_being_no_answer(reader):
    [answered, not_answered] = reader.read("When was Heron first released?", [("", HERON), ("", DINNER)])
    assert answered.margin > not_answered.margin
    assert answered.start.dtype == answered.end.dtype == np.float32


# The network and its weights


def tiny_bert(layers=2, seed=1):
    torch.manual_seed(seed)
    shape = BertConfig(
        vocab_size=40, hidden_size=16, num_hidden_layers=layers, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=32,
    )  # fmt: skip
    return BertModel(shape, add_pooling_layer=False).eval()


def tiny_network(bert, layers=2):
    network = ReaderNetwork(bert, layers).eval()
    network.encoder.load_state_dict(bert.state_dict())
    return network


def test_a_network_gives_a_logit_a_token_and_one_a_passage():
    ids = torch.tensor([[1, 2, 3, 4], [1, 2, 0, 0]])
    start, end, answerable = tiny_network(tiny_bert())(ids, (ids != 0).long())
    assert (start.shape, end.shape, answerable.shape) == ((2, 4), (2, 4), (2,))


def test_weights_that_are_saved_and_loaded_are_the_same_in_half_precision(tmp_path):
    bert = tiny_bert()
    saved, loaded = tiny_network(bert), ReaderNetwork(bert, 2)
    saved.save(tmp_path / "reader.safetensors", {LAYERS: "2"})
    loaded.load(tmp_path / "reader.safetensors")
    found = loaded.state_dict()
    for name, tensor in saved.state_dict().items():
        rounded = tensor if name == WORDS else tensor.half().float()
        torch.testing.assert_close(found[name], rounded, rtol=0, atol=0)


def test_the_embedders_table_is_shared_and_not_in_the_file(tmp_path):
    bert = tiny_bert()
    network = tiny_network(bert)
    network.save(tmp_path / "reader.safetensors", {})
    assert network.encoder.embeddings.word_embeddings is bert.embeddings.word_embeddings
    with safe_open(tmp_path / "reader.safetensors", "pt") as file:
        assert set(file.keys()) == set(network.state_dict()) - {WORDS}


def test_a_file_of_weights_tells_how_many_layers_it_is_for(tmp_path):
    network = tiny_network(tiny_bert())
    network.save(tmp_path / "two.safetensors", {LAYERS: "2"})
    network.save(tmp_path / "untold.safetensors", {})
    assert (layers_of(tmp_path / "two.safetensors"), layers_of(tmp_path / "untold.safetensors")) == (2, 12)


def test_a_foreign_file_is_an_error_that_names_it(tmp_path):
    foreign = tmp_path / "foreign.safetensors"
    save_file({"something": torch.zeros(2)}, foreign)
    with pytest.raises(RuntimeError, match=r"foreign\.safetensors: not the weights of this reader"):
        ReaderNetwork(tiny_bert(), 2).load(foreign)


def test_weights_of_another_number_of_layers_are_an_error_that_names_the_file(tmp_path):
    file = tmp_path / "deep.safetensors"
    tiny_network(tiny_bert(3), 3).save(file, {LAYERS: "3"})
    for layers in (2, 4):
        with pytest.raises(RuntimeError, match=r"deep\.safetensors: not the weights of this reader"):
            ReaderNetwork(tiny_bert(), layers).load(file)


def test_weights_of_another_size_are_an_error_of_one_line_that_names_the_file(tmp_path):
    file = tmp_path / "wide.safetensors"
    tiny_network(tiny_bert()).save(file, {})
    wide = ReaderNetwork(base_of_reader()[0], 2)
    with pytest.raises(RuntimeError, match=r"wide\.safetensors: not the weights of this reader.*$") as caught:
        wide.load(file)
    assert "\n" not in str(caught.value)


def test_the_packaged_weights_are_small_and_do_not_hold_the_embedders_table():
    assert WEIGHTS.stat().st_size <= 45_000_000
    with safe_open(WEIGHTS, "pt") as file:
        names = list(file.keys())
    layers = {int(name.split(".")[3]) for name in names if name.startswith("encoder.encoder.layer.")}
    assert WORDS not in names
    assert layers_of(WEIGHTS) == len(layers) == 1 + max(layers)


def test_the_packaged_weights_are_numbers(reader):
    assert all(bool(torch.isfinite(tensor).all()) for tensor in reader._network.state_dict().values())


def cut(path):
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda path: path.unlink(), id="gone"),
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"<html>not found</html>" * 9), id="a page"),
        pytest.param(cut, id="half of it"),
        pytest.param(lambda path: save_file({"something": torch.zeros(2)}, path), id="foreign"),
        pytest.param(lambda path: save_file({"a": torch.zeros(1)}, path, {LAYERS: "many"}), id="no number of layers"),
        pytest.param(lambda path: tiny_network(tiny_bert()).save(path, {LAYERS: "12"}), id="of another size"),
    ],
)
def test_damaged_weights_are_an_error_that_names_them_and_what_mends_them(tmp_path, monkeypatch, damage):
    weights = tmp_path / WEIGHTS.name
    shutil.copyfile(WEIGHTS, weights)
    damage(weights)
    monkeypatch.setattr(module, "WEIGHTS", weights)
    with pytest.raises(ModelError, match=r"^reader\.safetensors: cannot be read .*Install osxp-rag again\.$"):
        load_reader.__wrapped__()


def test_the_reader_is_loaded_once_a_process(reader):
    assert load_reader() is reader
