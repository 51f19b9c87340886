"""What building, updating, opening and asking cost on a corpus of one size; each in a process of its own."""

from __future__ import annotations

import json
import os
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osxp_rag.settings import Settings
from tools.scale import corpus

UPDATES = 3
QUESTIONS = 40
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the corpus and the index of one size lie."""

    folder: Path
    passages: int

    @property
    def settings(self) -> Settings:
        """The default settings, on this corpus and this index."""
        return Settings(corpus=self.folder / "corpus", index=self.folder / "index")

    def material(self) -> dict[str, corpus.Material]:
        """Return what documents are made of: the real corpus."""
        return corpus.gather(ROOT / "corpus")


def build(place: Place, *, standin: bool) -> dict[str, Any]:
    """Make the corpus and its first generation."""
    from osxp_rag.index.update import update
    from osxp_rag.models.embedder import load_embedder
    from tools.scale.standin import StandIn

    material, settings = place.material(), place.settings
    files = corpus.write(place.folder / "corpus", material, place.passages)
    sentences = [one for kind in material.values() for one in kind.sentences]
    embedder = StandIn(settings, sentences) if standin else load_embedder(settings)
    done, cost = _cost(lambda: update(settings, full=True, embedder=embedder))
    size = sum(path.stat().st_size for path in settings.index_dir.rglob("*") if path.is_file())
    text = sum(path.stat().st_size for path in settings.corpus_dir.rglob("*.md"))
    return {
        **cost, "files": files, "passages": done.passages, "embedder": "stand-in" if standin else "packaged",
        "text_mb": round(text / 1e6, 1), "disk_mb": round(size / 1e6, 1),
    }  # fmt: skip


def change(place: Place) -> dict[str, Any]:
    """Write one file anew and bring the index up to date, by a whole process of the command line.

    The first update of an index that another version built counts its terms once; it is made, and not measured.
    """
    material = place.material()
    number = place.passages // corpus.SECTIONS // 2
    rows = []
    for _ in range(UPDATES + 1):
        corpus.write_document(place.folder / "corpus", material, number, secrets.randbits(64))
        rows.append(_command(place, "index", "--json"))
        if rows[-1]["embedded"] != corpus.SECTIONS or rows[-1]["reused"]:
            raise SystemExit(f"an update of one file embedded {rows[-1]}, not its {corpus.SECTIONS} passages")
    unchanged = _command(place, "index", "--json")
    return {"updates": rows[1:], "unchanged": unchanged, "embedded": corpus.SECTIONS}


def ask(place: Place, questions: Sequence[str]) -> dict[str, Any]:
    """Open the index and ask questions: the first one apart, for it waits for the graph to be read."""
    from osxp_rag.assistant import Assistant
    from osxp_rag.index.generation import open_generation
    from osxp_rag.models.embedder import load_embedder
    from osxp_rag.models.reader import load_reader

    load_embedder(place.settings).embed_questions(["warm"])
    load_reader()
    open_generation(place.settings).close()  # libraries are imported with the first
    generation, opened = _cost(lambda: open_generation(place.settings))
    generation.close()
    assistant = Assistant.open(place.settings)
    _, first = _cost(lambda: assistant.find(questions[0]))
    found = [_cost(lambda one=one: assistant.find(one))[1]["seconds"] for one in questions]
    answers = [assistant.ask(one).timings_ms["total"] for one in questions]
    assistant.close()
    return {
        "open_s": opened["seconds"], "first_s": first["seconds"], "questions": len(questions),
        "retrieval_ms": round(1000 * statistics.median(found), 1), "answer_ms": statistics.median(answers),
        "peak_mb": _peak_mb(),
    }  # fmt: skip


def _command(place: Place, *arguments: str) -> dict[str, Any]:
    """Run the command line and return what it took: seconds on the clock and of processor time, and peak memory."""
    folders = ["--corpus", str(place.folder / "corpus"), "--index", str(place.folder / "index")]
    command = [sys.executable, "-m", "osxp_rag", *arguments, *folders]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT / "src")})
    assert process.stdout
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    done = json.loads(output)
    return {
        "seconds": round(time.perf_counter() - begun, 2), "processor_s": round(used.ru_utime + used.ru_stime, 2),
        "peak_mb": round(used.ru_maxrss / 1000), "embedded": done["embedded"], "reused": done["reused"],
    }  # fmt: skip


def _cost(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    begun, used = time.perf_counter(), time.process_time()
    done = work()
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    return done, {"seconds": round(seconds, 4), "processor_s": round(processor, 4), "peak_mb": _peak_mb()}


def _peak_mb() -> int:
    import resource

    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
