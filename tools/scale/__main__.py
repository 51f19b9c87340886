"""Measure how the index grows, and write docs/performance.md.

    python -m tools.scale SIZE [--stage build|change|ask] [--standin] [--work DIR]
    python -m tools.scale report

SIZE is a number of passages. What was measured is kept in docs/scale/SIZE.json, stage by stage; `report` makes the
document and its plot of all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from osxp_rag.evaluation.questions import load_questions
from tools.scale.measure import QUESTIONS, ROOT, Place, ask, build, change
from tools.scale.report import write_report

RESULTS = ROOT / "docs" / "scale"
STAGES = ("build", "change", "ask")


def main() -> None:
    """Run the stages, each in a process of its own, or write the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("size", metavar="SIZE|report")
    parser.add_argument("--stage", choices=STAGES)
    parser.add_argument("--standin", action="store_true", help="build with a stand-in for the embedder")
    parser.add_argument("--work", type=Path, default=Path("scale"), help="where corpus and index are put")
    given = parser.parse_args()
    if given.size == "report":
        write_report(RESULTS, ROOT / "docs")
    elif given.stage:
        _keep(int(given.size), given.stage, _measured(given))
    else:
        for stage in STAGES:
            subprocess.run([sys.executable, "-m", "tools.scale", *sys.argv[1:], "--stage", stage], check=True, cwd=ROOT)


def _measured(given: argparse.Namespace) -> dict[str, Any]:
    place = Place(given.work.resolve() / given.size, int(given.size))
    if given.stage == "build":
        return build(place, standin=given.standin)
    if given.stage == "change":
        return change(place)
    asked = [one.question for one in load_questions(ROOT / "eval" / "osxp.jsonl") if one.split == "dev"]
    return ask(place, asked[:: len(asked) // QUESTIONS][:QUESTIONS])


def _keep(size: int, stage: str, measured: dict[str, Any]) -> None:
    """Add a stage to the results of a size, with how busy the machine was: the mean number of processes that ran."""
    path = RESULTS / f"{size}.json"
    path.parent.mkdir(exist_ok=True)
    known = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    known[stage] = {**measured, "load": round(os.getloadavg()[1], 1)}
    path.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(stage, json.dumps(known[stage]))


if __name__ == "__main__":
    main()
