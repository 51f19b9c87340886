"""The reader's network: multilingual-e5-small's encoder with a head for spans and one for answerability."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import BertConfig, BertModel

if TYPE_CHECKING:
    from torch import Tensor

LAYERS = "layers"  # in the metadata of a file of weights
WORDS = "encoder.embeddings.word_embeddings.weight"


class ReaderNetwork(nn.Module):
    """Reads `<s> question </s> </s> passage </s>`.

    The table of word embeddings is the embedder's own, shared and frozen: a file of weights does not hold it.
    """

    def __init__(self, embedder: BertModel, layers: int) -> None:
        super().__init__()
        config = BertConfig.from_dict({**embedder.config.to_dict(), "num_hidden_layers": layers})
        config.attention_probs_dropout_prob = 0.0  # dropout inside attention would cost the fused kernel
        config._attn_implementation = "sdpa"
        with torch.device("meta"):
            self.encoder = BertModel(config, add_pooling_layer=False)
        self.encoder.to_empty(device="cpu")
        self.encoder.embeddings.word_embeddings = embedder.embeddings.word_embeddings
        positions = torch.arange(int(config.max_position_embeddings)).expand((1, -1))
        self.encoder.embeddings.register_buffer("position_ids", positions, persistent=False)
        self.encoder.embeddings.register_buffer("token_type_ids", torch.zeros_like(positions), persistent=False)
        self.span_head = nn.Linear(int(config.hidden_size), 2)
        self.answerable_head = nn.Linear(int(config.hidden_size), 1)

    def forward(self, ids: Tensor, attention: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return start and end logits, shape (items, tokens), and the logit of "the answer is here", shape (items,)."""
        hidden = self.encoder(input_ids=ids, attention_mask=attention).last_hidden_state
        start, end = self.span_head(hidden).unbind(-1)
        return start, end, self.answerable_head(hidden[:, 0]).squeeze(-1)

    def load(self, path: Path) -> None:
        """Take over the weights of a file.

        Raises:
            RuntimeError: the file's tensors are not this network's.
        """
        found = {name: tensor.float() for name, tensor in load_file(path).items()}
        own = {name: tensor.shape for name, tensor in self.state_dict().items() if name != WORDS}
        others = own.items() ^ {name: tensor.shape for name, tensor in found.items()}.items()
        if others:
            raise RuntimeError(f"{path}: not the weights of this reader ({sorted({name for name, _ in others})[:3]})")
        self.load_state_dict(found, strict=False)

    def save(self, path: Path, metadata: dict[str, str]) -> None:
        """Write the weights in half precision, without the embedder's table."""
        tensors = {name: tensor.half().contiguous() for name, tensor in self.state_dict().items() if name != WORDS}
        save_file(tensors, path, metadata)


def layers_of(path: Path) -> int:
    """Return how many layers a file of weights is for."""
    with safe_open(path, "pt") as file:
        return int((file.metadata() or {}).get(LAYERS, 12))
