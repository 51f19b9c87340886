"""`osxp-rag index`: bring the index up to date and say what that took; check it; go back to an earlier one."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import typer

from osxp_rag.channels.terminal import note, plain, print_json, progress
from osxp_rag.index import recover
from osxp_rag.index.recover import verify_index
from osxp_rag.index.update import Update, update

if TYPE_CHECKING:
    from osxp_rag.index.plan import Plan
    from osxp_rag.settings import Settings


def run(settings: Settings, *, full: bool, dry_run: bool, as_json: bool) -> bool:
    """Index, or only plan; return whether every file is in the index (a plan always succeeds)."""
    if dry_run:
        done = update(settings, full=full, dry_run=True)
    else:
        with progress("Loading the model") as show:
            done = update(settings, full=full, progress=show)
    if as_json:
        print_json(done.to_dict())
    else:
        typer.echo(plain("\n".join(plan_lines(done.plan)) if dry_run else summary(done)))
    for line in (*done.notes, *(f"{record.state}: {record.path}: {record.reason}" for record in done.failures)):
        note(line)
    return dry_run or not done.failures


def verify(settings: Settings, generation: str | None, *, as_json: bool) -> bool:
    """Check a generation, by default the one that serves; return whether it is sound."""
    found = verify_index(settings, generation)
    if as_json:
        print_json(found.to_dict())
    else:
        lines = [f"Index {found.generation}: {problem}" for problem in found.problems]
        typer.echo(plain("\n".join(lines or [f"Index {found.generation}: sound."])))
    if found.problems:
        note("To make it anew, run: osxp-rag index --full. To go back to the one before: osxp-rag index --rollback")
    return not found.problems


def roll_back(settings: Settings, generation: str | None, *, as_json: bool) -> bool:
    """Have an earlier generation serve again, and say what that means."""
    done = recover.roll_back(settings, generation)
    if as_json:
        print_json(done.to_dict())
    else:
        typer.echo(plain(f"Index {done.generation} serves now, in the place of {done.before or 'none'}."))
        note("The documents are as they were: the next osxp-rag index, or chat, follows them again.")
    return True


def plan_lines(plan: Plan) -> list[str]:
    """Return a line for each thing that the plan does."""
    lines = [f"rebuild   {reason}" for reason in plan.rebuild]
    lines += [f"add       {path}" for path in plan.added]
    lines += [f"change    {path}" for path in plan.changed]
    lines += [f"rename    {old} → {new}" for old, new in plan.renamed]
    lines += [f"remove    {path}" for path in plan.removed]
    lines += [f"duplicate {path}, of {first}" for path, first in plan.duplicates]
    return lines or ["Nothing to do: the index is up to date."]


def summary(done: Update) -> str:
    """Return in one line what an update did."""
    plan = done.plan
    failed = {record.path for record in done.failures}
    if plan.empty:
        parts = [f"nothing changed, {len(plan.unchanged)} unchanged", f"{done.passages} passages"]
    else:
        names = ("added", "changed", "renamed", "removed", "unchanged")
        paths = (plan.added, plan.changed, [new for _, new in plan.renamed], plan.removed, plan.unchanged)
        counts = [f"{len(set(some) - failed)} {name}" for name, some in zip(names, paths, strict=True)]
        counts += [f"{len(plan.duplicates)} duplicate"] if plan.duplicates else []
        parts = [", ".join(counts), f"{done.passages} passages, {done.embedded} embedded, {done.reused} reused"]
    states = Counter(record.state for record in done.failures)
    parts += [f"{states[state]} {state}" for state in ("failed", "skipped") if states[state]]
    reasons = f" (all anew: {'; '.join(plan.rebuild)})" if plan.rebuild else ""
    return f"Index {done.generation}{reasons}: {'; '.join(parts)}."
