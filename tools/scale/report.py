"""docs/performance.md and its plot, made of what was measured. Pure but for reading and writing the files."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tools.scale.plot import growth

Result = dict[str, Any]
_PLOT = "growth.svg"
_IMAGE = f"![Growth of an update, of opening, of retrieval and of an answer with the number of passages]({_PLOT})"


def _middle(name: str) -> Callable[[Result], float]:
    return lambda result: statistics.median(one[name] for one in result["change"]["updates"])


LINES: dict[str, Callable[[Result], float]] = {
    "update of one file": _middle("seconds"),
    "nothing changed": lambda result: result["change"]["unchanged"]["seconds"],
    "opening": lambda result: result["ask"]["open_s"],
    "retrieval": lambda result: result["ask"]["retrieval_ms"] / 1000,
    "answer": lambda result: result["ask"]["answer_ms"] / 1000,
}

ROWS: dict[str, Callable[[Result], str]] = {
    "files": lambda result: f"{result['build']['files']:,}",
    "text, MB": lambda result: f"{result['build']['text_mb']:.1f}",
    "first build: embedder": lambda result: result["build"]["embedder"],
    "first build: minutes": lambda result: f"{result['build']['seconds'] / 60:.1f}",
    "first build: passages a second": lambda result: f"{result['build']['passages'] / result['build']['seconds']:.1f}",
    "first build: peak memory, MB": lambda result: f"{result['build']['peak_mb']:,}",
    "index on disk, MB": lambda result: f"{result['build']['disk_mb']:,.1f}",
    "update of one file: passages embedded": lambda result: str(result["change"]["embedded"]),
    "update of one file: seconds": lambda result: f"{_middle('seconds')(result):.1f}",
    "update of one file: processor seconds": lambda result: f"{_middle('processor_s')(result):.1f}",
    "update of one file: peak memory, MB": lambda result: f"{_middle('peak_mb')(result):,.0f}",
    "`osxp-rag index`, nothing changed: seconds": lambda result: f"{result['change']['unchanged']['seconds']:.1f}",
    "opening: seconds": lambda result: f"{result['ask']['open_s']:.2f}",
    "first retrieval after it: seconds": lambda result: f"{result['ask']['first_s']:.2f}",
    "retrieval, median: ms": lambda result: f"{result['ask']['retrieval_ms']:.0f}",
    "whole answer, median: ms": lambda result: f"{result['ask']['answer_ms']:.0f}",
    "memory while asking, peak: MB": lambda result: f"{result['ask']['peak_mb']:,}",
    "load of the machine: build, update, asking": lambda result: ", ".join(
        f"{result[stage]['load']:.1f}" for stage in ("build", "change", "ask")
    ),
}


def write_report(results: Path, docs: Path) -> None:
    """Fill in the document's table and draw its plot."""
    found = {int(path.stem): json.loads(path.read_text(encoding="utf-8")) for path in results.glob("*.json")}
    known = {size: found[size] for size in sorted(found)}
    path = docs / "performance.md"
    before, _, rest = path.read_text(encoding="utf-8").partition("<!-- table -->\n")
    _, _, after = rest.partition("<!-- end -->\n")
    path.write_text(f"{before}<!-- table -->\n{table(known)}\n\n{_IMAGE}\n<!-- end -->\n{after}", encoding="utf-8")
    (docs / _PLOT).write_text(growth(lines(known)), encoding="utf-8")


def table(results: Mapping[int, Result]) -> str:
    """Return the results as a table in Markdown, a column a size; a dash stands for what was not measured."""
    head = ["passages", *(f"{size:,}" for size in results)]
    rows = [
        head,
        ["---"] * len(head),
        *([name, *(_cell(of, one) for one in results.values())] for name, of in ROWS.items()),
    ]
    return f"Measured on {machine()}.\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def lines(results: Mapping[int, Result]) -> dict[str, list[tuple[float, float]]]:
    """Return for each line of the plot its points: passages and seconds."""
    return {
        name: [(size, of(one)) for size, one in results.items() if _is_known(of, one)] for name, of in LINES.items()
    }


def machine() -> str:
    """Return the processor's name and how many of its cores there are."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
        name = next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name"))
    except (OSError, StopIteration):
        name = "an unknown processor"
    return f"{os.cpu_count()} cores of {name}"


def _cell(of: Callable[[Result], str], result: Result) -> str:
    return of(result) if _is_known(of, result) else "–"


def _is_known(of: Callable[[Result], object], result: Result) -> bool:
    try:
        of(result)
    except KeyError:
        return False
    return True
