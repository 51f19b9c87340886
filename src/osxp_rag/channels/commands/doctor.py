"""`osxp-rag doctor`: show the checks."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.text import Text

from osxp_rag.channels.checks import Check, all_checks
from osxp_rag.channels.terminal import console, plain, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from osxp_rag.settings import Settings

MARKS = {"ok": ("ok", "green"), "failed": ("FAILED", "bold red"), "note": ("note", "yellow")}


def run(settings: Settings, *, as_json: bool) -> bool:
    """Print every check; return whether none failed."""
    checks = all_checks(settings)
    healthy = all(check.state != "failed" for check in checks)
    if as_json:
        print_json({"ok": healthy, "checks": [asdict(check) for check in checks]})
    else:
        out = console()
        for check in checks:
            _show(out, check)
    return healthy


def _show(out: Console, check: Check) -> None:
    mark, style = MARKS[check.state]
    out.print(Text(f"{mark:<6}  ", style=style).append(plain(f"{check.name}: {check.detail}"), style="none"))
    if check.fix:
        out.print(Text(plain(f"        → {check.fix}"), style="cyan"))
