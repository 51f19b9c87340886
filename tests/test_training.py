"""The reader's training: items, their tokens and labels, batches, near misses, and a run that can be stopped."""

import json
import lzma
import random
import sys
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from transformers import BertConfig, BertModel

from osxp_rag.models.embedder import base_of_reader
from osxp_rag.models.reader_network import ReaderNetwork, layers_of
from training.reader import train
from training.reader.average import average
from training.reader.encoding import STEP, WINDOW, Encoded, batches, collate, cropped, encode_item
from training.reader.items import (
    DIGESTS,
    WRITTEN,
    Item,
    is_development,
    passage_key,
    read_digests,
    read_questions,
    read_squad,
    read_written,
)
from training.reader.negatives import _misses, unique_passages
from training.reader.prepare import cross, own_items, pick

TEXT = "Heron is a free mail server written in Rust. It was first released on 3 May 2019 by the Heron Foundation."
ITEM = Item("q1", "squad2_part", "en", "Heron", "Heron", "When was it released?", TEXT, 70, 80)
NONE = replace(ITEM, key="q2", question="What does it cost?", start=-1, end=-1)


@pytest.fixture(scope="module")
def tokenizer():
    return base_of_reader()[1]


# Items


def test_an_item_gives_its_answer_or_none():
    assert (ITEM.answerable, ITEM.answer) == (True, "3 May 2019")
    assert (NONE.answerable, NONE.answer) == (False, "")


def test_an_item_is_read_again_from_its_json():
    item = replace(ITEM, question="Où est-il sorti ?")
    assert Item(**json.loads(item.to_json())) == item
    assert "Où" in item.to_json()


def test_squads_questions_become_items(tmp_path):
    answered = {"id": "a", "question": " When? ", "answers": [{"text": "2019", "answer_start": 3}]}
    refused = {"id": "b", "question": "Why?", "is_impossible": True, "answers": []}
    paragraph = {"context": "In 2019.", "qas": [answered, refused]}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps({"data": [{"title": "Steam_engine", "paragraphs": [paragraph]}]}), encoding="utf-8")
    first, second = read_squad(file, "squad2_part", "en")
    assert first == Item("a", "squad2_part", "en", "Steam_engine", "Steam engine", "When?", "In 2019.", 3, 7)
    assert (first.answer, second.key, second.answerable) == ("2019", "b", False)


def test_the_gathered_questions_become_items(tmp_path):
    common = {"src": "piaf", "lang": "fr", "context": "En 2019.", "question": "Quand ?"}
    rows = [
        {"id": "a", "title": "La_Loutre", "is_impossible": False, "answers": [{"text": "2019", "answer_start": 3}]},
        {"id": "b", "title": "", "is_impossible": True, "answers": []},
    ]
    file = tmp_path / "qa-train.jsonl.xz"
    with lzma.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(common | row) + "\n" for row in rows)
    first, second = read_questions(file)
    assert (first.title, first.article, first.answer) == ("La Loutre", "La Loutre", "2019")
    assert (second.title, second.article, second.answerable) == ("", "b", False)


@pytest.mark.parametrize("article", ["Steam_engine", "Steam engine", "Force"])
def test_the_articles_to_choose_on_are_kept_apart(article):
    assert is_development(replace(ITEM, article=article))
    assert not is_development(replace(ITEM, article=f"{article} 2"))


def test_a_twelfth_of_the_french_articles_is_kept_apart():
    apart = [name for name in "abcdefghijklmnopqrstuvwx" if is_development(replace(ITEM, source="piaf", article=name))]
    assert len(apart) == 2


def test_a_question_of_one_language_is_asked_over_the_paragraph_of_another():
    german = replace(ITEM, lang="de", question="Wann?", text="Am 3. Mai 2019.", start=3, end=14)
    [crossed] = cross([ITEM], [german])
    assert (crossed.question, crossed.answer, crossed.source) == (ITEM.question, "3. Mai 2019", "xquad_en_de")


def test_each_source_gives_as_many_items_as_its_quota_or_all_of_them():
    items = [replace(ITEM, key=str(n), source="a" if n < 5 else "b") for n in range(7)]
    chosen = pick(items, {"a": 2, "b": 9}, random.Random(1))
    assert [one.source for one in chosen] == ["a", "a", "b", "b"]
    assert len({one.key for one in chosen}) == 4


def test_our_own_questions_stand_over_the_passages_that_they_were_written_for(tmp_path):
    key = passage_key(TEXT)
    rows = [
        {"passage": key, "lang": "fr", "kind": "when", "question": "Sorti quand ?", "start": 70, "end": 80},
        {"passage": key, "lang": "en", "kind": "miss", "question": "What does it cost?", "start": -1, "end": -1},
        {"passage": "0" * 16, "lang": "en", "kind": "who", "question": "Who?", "start": 0, "end": 5},
    ]
    file = tmp_path / "written.jsonl.xz"
    with lzma.open(file, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)
    first, second = read_written(file, [ITEM])
    assert (first.question, first.answer, first.source, first.title) == (
        "Sorti quand ?", "3 May 2019", "written_fr_en", "Heron",
    )  # fmt: skip
    assert (second.source, second.answerable) == ("written_en_en+miss", False)


def test_some_of_our_own_questions_are_also_read_with_another_passage_of_their_article():
    written = [replace(ITEM, key=f"written-{n}", source="written_en_en") for n in range(10)]
    other = replace(NONE, text="Heron is named after a bird.")
    found = own_items(written, [ITEM, other], random.Random(1), times=2, misses=0.3)
    assert len(found) == 10 * 2 + 3
    assert [(one.text, one.source, one.answerable) for one in found[-3:]] == [
        (other.text, "written_en_en+miss", False)
    ] * 3


def test_questions_on_digests_point_at_the_answers_first_place(tmp_path):
    questions = [
        ["fr", "who", "Qui l'a publié ?", "the Heron Foundation"],
        ["en", "how_much", "What is its price?", None],
    ]
    row = {"title": "Heron", "section": "What it is", "lang": "en", "text": TEXT, "questions": questions}
    file = tmp_path / "digests.jsonl.xz"
    with lzma.open(file, "wt", encoding="utf-8") as lines:
        lines.write(json.dumps(row) + "\n")
    first, second = read_digests(file)
    assert (first.title, first.source, first.answer) == ("Heron › What it is", "digest_fr_en", "the Heron Foundation")
    assert (second.source, second.answerable, second.article) == ("digest_en_en+miss", False, "Heron")


def test_the_packaged_digests_are_whole():
    items = [*read_digests(DIGESTS)]
    assert len({item.key for item in items}) == len(items) > 2000
    assert {item.source.removesuffix("+miss") for item in items} == {
        f"digest_{asked}_{read}" for asked in ("en", "fr") for read in ("en", "fr")
    }
    assert 0.3 < sum(item.answerable for item in items) / len(items) < 0.8


def test_the_packaged_questions_of_our_own_are_whole():
    with lzma.open(WRITTEN, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len(rows) == 10_800
    assert {row["lang"] for row in rows} == {"en", "fr"}
    assert all((row["start"] < 0) == (row["kind"] == "miss") and row["question"] for row in rows)


# Tokens and labels

WORDS = st.lists(st.sampled_from("Heron est un serveur 40 euros: a month, AGPL-3.0 (Rust)".split()), max_size=400)


@st.composite
def items(draw):
    words = draw(WORDS.filter(bool))
    text = " ".join(words)
    if draw(st.booleans()):
        return replace(NONE, text=text)
    first = draw(st.integers(0, len(words) - 1))
    last = draw(st.integers(first, min(first + 200, len(words) - 1)))
    start = len(" ".join([*words[:first], ""]))
    return replace(ITEM, text=text, start=start, end=start + len(" ".join(words[first : last + 1])))


@given(items(), st.integers(0, 99))
def test_a_passage_is_cut_to_a_stretch_that_holds_the_whole_answer(item, seed):
    found = cropped(item, random.Random(seed))
    assert found.text in item.text
    assert (found.answerable, found.answer) == (item.answerable, item.answer)
    assert found.start == -1 or found.start >= 0


@given(items(), st.integers(0, 99))
def test_a_stretch_begins_with_a_word_and_is_longer_than_the_window_only_for_its_answer(item, seed):
    found = cropped(item, random.Random(seed))
    assert f" {item.text}".find(f" {found.text}") >= 0
    assert len(found.text) <= max(WINDOW[1], found.end)


def test_a_passage_within_the_window_stays_whole():
    assert all(cropped(ITEM, random.Random(seed)) is ITEM for seed in range(20))


def pieces(tokenizer, ids):
    return "".join(tokenizer.id_to_token(number) for number in ids).replace("▁", " ").strip()


@pytest.mark.parametrize("seed", range(4))
def test_an_answers_tokens_are_its_labels_with_the_title_or_without(tokenizer, seed):
    found = encode_item(tokenizer, ITEM, random.Random(seed), 256)
    assert pieces(tokenizer, found.ids[found.start : found.end + 1]) == "3 May 2019"
    assert pieces(tokenizer, found.ids[slice(*found.passage)]) == TEXT
    assert found.answerable


def test_some_items_are_read_with_their_title_and_some_without(tokenizer):
    lengths = {len(encode_item(tokenizer, ITEM, random.Random(seed), 256).ids) for seed in range(20)}
    assert len(lengths) == 2


@given(items(), st.integers(0, 99))
def test_labels_are_tokens_of_the_passage_that_cover_the_answer(tokenizer, item, seed):
    found = encode_item(tokenizer, item, random.Random(seed), 10_000)
    if not item.answerable:
        assert (found.start, found.end, found.answerable) == (0, 0, False)
        return
    assert found.passage[0] <= found.start <= found.end < found.passage[1]
    assert pieces(tokenizer, found.ids[found.start : found.end + 1]) == item.answer


def test_an_answer_inside_a_word_is_labelled_by_the_words_tokens(tokenizer):
    item = replace(ITEM, text="The AGPL-3.0licence.", start=9, end=12)
    found = encode_item(tokenizer, item, random.Random(1), 256)
    assert "3.0" in pieces(tokenizer, found.ids[found.start : found.end + 1])


def test_an_item_whose_answer_does_not_fit_is_left_out(tokenizer):
    assert encode_item(tokenizer, ITEM, random.Random(1), 20) is None
    found = encode_item(tokenizer, NONE, random.Random(1), 20)
    assert (len(found.ids), found.answerable) == (20, False)


# Batches


def encoded(length, number=0):
    """Make an encoded item, answerable where its number is odd."""
    start, end = (3, 4) if number % 2 else (0, 0)
    return Encoded((0, *range(2, length + 1)), (3, length - 1), start, end, bool(number % 2))


@given(st.lists(st.integers(6, 40), max_size=60), st.integers(1, 7), st.integers(1, 4), st.integers(0, 9))
def test_batches_hold_every_item_once_and_are_no_larger_than_asked(lengths, size, blocks, seed):
    made = [encoded(length, number) for number, length in enumerate(lengths)]
    found = list(batches(made, size, blocks * size, random.Random(seed)))
    assert sorted(id(one) for batch in found for one in batch) == sorted(id(one) for one in made)
    assert all(0 < len(batch) <= size for batch in found)


def test_items_of_a_batch_are_of_like_length():
    made = [encoded(length) for length in range(6, 38)]
    found = list(batches(made, 4, 32, random.Random(1)))
    assert all(max(len(one.ids) for one in batch) - min(len(one.ids) for one in batch) == 3 for batch in found)


def test_the_same_seed_makes_the_same_batches_and_another_one_others():
    made = [encoded(6 + number % 9, number) for number in range(30)]
    one, again, other = (list(batches(made, 4, 16, random.Random(seed))) for seed in (1, 1, 2))
    assert one == again != other


def test_shuffling_leaves_the_items_in_the_callers_order():
    made = [encoded(length) for length in range(6, 26)]
    list(batches(made, 4, 16, random.Random(1)))
    assert [len(one.ids) for one in made] == list(range(6, 26))


def test_a_batch_is_padded_and_tells_what_is_padding():
    batch = collate([encoded(6), encoded(40, 1)], pad=1)
    assert batch.ids.shape == batch.attention.shape == batch.open.shape == (2, 2 * STEP)
    assert batch.attention.sum(dim=1).tolist() == [6, 40]
    assert bool((batch.ids[0, 6:] == 1).all())


def test_a_span_may_begin_at_the_first_token_and_in_the_passage_only():
    batch = collate([encoded(8)], pad=1)
    assert batch.open[0].nonzero().flatten().tolist() == [0, 3, 4, 5, 6]


def test_a_batch_keeps_the_labels_of_its_items():
    batch = collate([encoded(6), encoded(9, 1)], pad=1)
    assert (batch.start.tolist(), batch.end.tolist(), batch.answerable.tolist()) == ([0, 3], [0, 4], [0.0, 1.0])


# Near misses


def test_a_passage_that_repeats_the_answer_is_no_miss():
    other = replace(ITEM, text="Another text: 3 MAY 2019.")
    assert not _misses(ITEM, other)


def test_a_passage_is_no_miss_of_itself():
    assert not _misses(replace(ITEM, start=0, end=5), ITEM)
    assert not _misses(NONE, ITEM)


def test_a_passage_without_the_answers_words_is_a_miss():
    assert _misses(ITEM, replace(ITEM, text="Heron costs 40 euros, said Ada on 4 May 2019."))


def test_each_text_is_in_the_pool_once():
    assert unique_passages([ITEM, NONE, replace(ITEM, text="Other.")]) == [NONE, replace(ITEM, text="Other.")]


# The run


def tiny_bert(pieces=50, layers=3, dropout=0.0):
    torch.manual_seed(1)
    shape = BertConfig(
        vocab_size=pieces, hidden_size=16, num_hidden_layers=layers, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=256, hidden_dropout_prob=dropout,
    )  # fmt: skip
    return BertModel(shape, add_pooling_layer=False)


def test_fewer_layers_begin_as_some_of_the_embedders_evenly_spread():
    bert = tiny_bert(layers=12)
    network = ReaderNetwork(bert, 3)
    train.begin_as(network, bert)
    for layer, taken in enumerate((3, 7, 11)):
        ours, theirs = network.encoder.encoder.layer[layer].state_dict(), bert.encoder.layer[taken].state_dict()
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.parametrize("steps", [1, 2, 4, 17, 100, 1400])
def test_the_learning_rate_goes_up_then_down_and_is_never_0(steps):
    rates = [train.rate_at(step, steps) for step in range(steps)]
    top = rates.index(max(rates))
    assert max(rates) == 1.0
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert min(rates) > 0.0


@pytest.fixture
def run(tmp_path, monkeypatch, tokenizer):
    """Train a network of 3 tiny layers on 8 items in 4 steps, with a checkpoint each 2 steps."""
    lines = [replace(item, key=str(n), question=f"{n}: {item.question}") for n in range(4) for item in (ITEM, NONE)]
    (tmp_path / "train.jsonl").write_text("".join(one.to_json() + "\n" for one in lines), encoding="utf-8")
    monkeypatch.setattr(train, "EVERY", 2)

    def trained(name, dropout=0.0):
        def load(layers, start):
            network = ReaderNetwork(bert := tiny_bert(tokenizer.get_vocab_size(), 3, dropout), layers)
            train.begin_as(network, bert)
            network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
            return network, tokenizer, 1

        monkeypatch.setattr(train, "load_network", load)
        out = tmp_path / name
        monkeypatch.setattr(
            sys, "argv", ["train", str(tmp_path), str(out), "--layers", "3", "--batch", "2", "--rate", "0.01"]
        )
        assert train.main() == 0
        return out

    return trained


def stopped_at(step, monkeypatch):
    """Let a run be stopped, once, before it takes a step."""
    learn = train.Run.learn

    def stop(self, batch):
        if self.step == step:
            monkeypatch.setattr(train.Run, "learn", learn)
            raise KeyboardInterrupt
        learn(self, batch)

    monkeypatch.setattr(train.Run, "learn", stop)


def weights(out):
    return load_file(out / "reader.safetensors")


def same_weights(one, other):
    assert one.keys() == other.keys()
    return all(torch.equal(one[name], other[name]) for name in one)


def test_a_run_writes_weights_that_another_network_can_load(run):
    out = run("run")
    assert layers_of(out / "reader.safetensors") == 3
    ReaderNetwork(tiny_bert(), 3).load(out / "reader.safetensors")
    rows = [json.loads(line) for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["step"], row["of"]) for row in rows] == [(2, 4), (4, 4)]


def test_the_same_run_twice_gives_the_same_weights(run):
    assert same_weights(weights(run("one", 0.1)), weights(run("other", 0.1)))


@pytest.mark.parametrize("dropout", [0.0, 0.1])
def test_a_run_that_was_stopped_and_goes_on_gives_the_weights_of_one_that_was_not(run, monkeypatch, dropout):
    whole = weights(run("whole", dropout))
    stopped_at(3, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        run("stopped", dropout)
    assert same_weights(weights(run("stopped", dropout)), whole)


def test_a_run_that_is_stopped_before_its_first_checkpoint_begins_anew(run, monkeypatch):
    stopped_at(1, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        run("stopped")
    assert same_weights(weights(run("stopped")), weights(run("whole")))


def test_a_run_that_has_ended_gives_its_weights_again(run):
    first = weights(run("run"))
    assert same_weights(weights(run("run")), first)


def test_training_changes_every_weight_but_the_embedders_table(run, tokenizer):
    bert = tiny_bert(tokenizer.get_vocab_size())
    found = weights(run("run"))
    begun = {f"encoder.{name}": tensor.half() for name, tensor in bert.state_dict().items()}
    trained = {name for name in found if name in begun and not torch.equal(found[name], begun[name])}
    assert "encoder.encoder.layer.2.output.dense.weight" in trained
    assert "encoder.embeddings.word_embeddings.weight" not in found


# The average of two


def test_weights_are_averaged_one_by_one_and_keep_their_number_of_layers(tmp_path):
    first, second, out = (tmp_path / f"{name}.safetensors" for name in ("first", "second", "out"))
    save_file({"a": torch.tensor([0.0, 4.0])}, first, {"layers": "6"})
    save_file({"a": torch.tensor([2.0, 0.0])}, second, {"layers": "6"})
    average(first, second, out, 0.25)
    assert load_file(out)["a"].tolist() == [0.5, 3.0]
    assert layers_of(out) == 6


def test_weights_of_two_networks_are_not_averaged(tmp_path):
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    save_file({"a": torch.zeros(2)}, first)
    save_file({"a": torch.zeros(3)}, second)
    with pytest.raises(SystemExit, match="different networks"):
        average(first, second, tmp_path / "out.safetensors", 0.5)
