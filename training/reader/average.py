"""Average the weights of two readers.

    python -m training.reader.average FIRST SECOND OUT [--second 0.5]

OUT is FIRST and SECOND mixed weight by weight, `--second` the share of SECOND: a reader that was trained on with other
data keeps much of both (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from safetensors.torch import load_file, save_file

from osxp_rag.models.reader_network import LAYERS, layers_of


def main() -> int:
    """Read two files of weights, write a third."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("first", "second", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--second", type=float, default=0.5, dest="share")
    arguments = parser.parse_args()
    average(arguments.first, arguments.second, arguments.out, arguments.share)
    return 0


def average(first: Path, second: Path, out: Path, share: float) -> None:
    """Write (1 - share) · first + share · second, in half precision.

    Raises:
        SystemExit: the two are not of the same network.
    """
    mine, theirs = load_file(first), load_file(second)
    if {name: one.shape for name, one in mine.items()} != {name: one.shape for name, one in theirs.items()}:
        raise SystemExit(f"{first} and {second} are weights of different networks.")
    mixed = {name: (1 - share) * mine[name].float() + share * theirs[name].float() for name in mine}
    save_file({name: one.half().contiguous() for name, one in mixed.items()}, out, {LAYERS: str(layers_of(first))})


if __name__ == "__main__":
    sys.exit(main())
