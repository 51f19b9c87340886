"""`osxp-rag index`: bring the index up to date and say what that took."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from osxp_rag.channels.terminal import note, plain, print_json, progress
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
    for record in done.failures:
        note(f"failed: {record.path}: {record.reason}")
    return dry_run or not done.failures


def plan_lines(plan: Plan) -> list[str]:
    """Return a line for each thing that the plan does."""
    lines = [f"rebuild   {reason}" for reason in plan.rebuild]
    lines += [f"add       {path}" for path in plan.added]
    lines += [f"change    {path}" for path in plan.changed]
    lines += [f"rename    {old} → {new}" for old, new in plan.renamed]
    lines += [f"remove    {path}" for path in plan.removed]
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
        counts = (f"{len(set(some) - failed)} {name}" for name, some in zip(names, paths, strict=True))
        parts = [", ".join(counts), f"{done.passages} passages, {done.embedded} embedded, {done.reused} reused"]
    parts += [f"{len(failed)} failed"] if failed else []
    reasons = f" (all anew: {'; '.join(plan.rebuild)})" if plan.rebuild else ""
    return f"Index {done.generation}{reasons}: {'; '.join(parts)}."
