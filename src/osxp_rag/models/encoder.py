"""Turn the packaged weights into a BERT model and a tokenizer that sentence-transformers runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule, Normalize
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from osxp_rag.models.packaged import PackagedModel, Pieces, Shape

if TYPE_CHECKING:
    from torch import Tensor

# Names of the file's tensors → names of transformers' BertModel; {} is the number of the layer.
_TOP = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln": "embeddings.LayerNorm",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_SUFFIX = {"w": "weight", "b": "bias"}


class PackagedEncoder(InputModule):
    """First module of the sentence-transformers pipeline: texts → token ids → token embeddings."""

    def __init__(self, bert: BertModel, tokenizer: Tokenizer) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.bert = bert
        self.tokenizer = tokenizer
        self.max_seq_length = int(bert.config.max_position_embeddings)
        tokenizer.enable_truncation(self.max_seq_length)
        tokenizer.enable_padding(pad_id=int(bert.config.pad_token_id or 0), pad_token="<pad>")

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Tensor | Any]:
        """Return `input_ids` and `attention_mask`, each of shape (texts, longest), cut at 512 tokens."""
        texts = [f"{prompt or ''}{text}" for text in inputs]
        encodings = self.tokenizer.encode_batch(texts)
        return {
            "input_ids": torch.tensor([encoding.ids for encoding in encodings]),
            "attention_mask": torch.tensor([encoding.attention_mask for encoding in encodings]),
        }

    def forward(self, features: dict[str, Tensor | Any], **_: Any) -> dict[str, Tensor | Any]:
        """Add `token_embeddings`, shape (texts, longest, 384)."""
        output = self.bert(input_ids=features["input_ids"], attention_mask=features["attention_mask"])
        return {**features, "token_embeddings": output.last_hidden_state}

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write model and tokenizer as transformers does, so that other tools can load them."""
        self.bert.save_pretrained(output_path)
        self.tokenizer.save(f"{output_path}/tokenizer.json")


def build(packaged: PackagedModel) -> SentenceTransformer:
    """Return the sentence-transformers model: encoder, mean pooling, L2 normalisation."""
    encoder = PackagedEncoder(build_bert(packaged), build_tokenizer(packaged.pieces))
    return SentenceTransformer(modules=[encoder, Pooling(packaged.shape.hidden), Normalize()], device="cpu")


def build_bert(packaged: PackagedModel) -> BertModel:
    """Return a BertModel on the packaged weights; the arrays are used in place, not copied."""
    shape = packaged.shape
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.intermediate,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=packaged.pieces.pad,
        attn_implementation="sdpa",  # type: ignore[call-arg]  # an option of every configuration
    )
    with torch.device("meta"):
        bert = BertModel(config, add_pooling_layer=False)
    state = {
        _bert_name(name): torch.from_numpy(_shaped(name, array, shape)) for name, array in packaged.tensors.items()
    }
    bert.load_state_dict(state, strict=True, assign=True)
    # These two buffers are not part of the state: BertModel makes them itself, here on the meta device.
    positions = torch.arange(shape.positions).expand((1, -1))
    bert.embeddings.register_buffer("position_ids", positions, persistent=False)
    bert.embeddings.register_buffer("token_type_ids", torch.zeros_like(positions), persistent=False)
    bert.eval()
    return bert


def build_tokenizer(pieces: Pieces) -> Tokenizer:
    """Return XLM-RoBERTa's Unigram tokenizer: NFKC, spaces collapsed, `<s> $A </s>` around a text."""
    tokenizer = Tokenizer(models.Unigram(pieces.scored, unk_id=pieces.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"[\s\p{Cc}]+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    bos, eos = pieces.scored[pieces.bos][0], pieces.scored[pieces.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    return tokenizer


def _bert_name(name: str) -> str:
    if name in _TOP:
        return _TOP[name]
    stem, suffix = name.rsplit(".", 1)
    if stem in _TOP:
        return f"{_TOP[stem]}.{_SUFFIX[suffix]}"
    layer, part = stem.split(".")
    return f"encoder.layer.{layer.removeprefix('l')}.{_LAYER[part]}.{_SUFFIX[suffix]}"


def _shaped(name: str, array: NDArray[np.float32], shape: Shape) -> NDArray[np.float32]:
    if name.endswith((".b", "ln.w")):
        return array
    columns = shape.intermediate if name.endswith(".fo.w") else shape.hidden
    return array.reshape(-1, columns)
