"""A plot of growth as SVG, both axes logarithmic. Pure: numbers in, text out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, EDGE, NAMES = 420, 300, 48, 150
COLOURS = ("#2563eb", "#7c3aed", "#059669", "#d97706", "#dc2626")
Point = tuple[float, float]


def growth(lines: Mapping[str, Sequence[Point]]) -> str:
    """Return seconds over passages, a line a name, each named at its end."""
    points = [point for some in lines.values() for point in some]
    across, up = _range([x for x, _ in points]), _range([y for _, y in points])
    parts = [_grid(across, up)]
    for (name, some), colour in zip(lines.items(), COLOURS, strict=False):
        places = [(_at(x, across, WIDTH), HEIGHT - _at(y, up, HEIGHT)) for x, y in some]
        if places:
            path = " ".join(f"{EDGE + x:.1f},{EDGE + y:.1f}" for x, y in places)
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            parts += [f'<circle cx="{EDGE + x:.1f}" cy="{EDGE + y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
            x, y = places[-1]
            parts.append(f'<text x="{EDGE + x + 8:.1f}" y="{EDGE + y + 4:.1f}" fill="{colour}">{name}</text>')
    wide, high = WIDTH + 2 * EDGE + NAMES, HEIGHT + 2 * EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#374151">'
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>{"".join(parts)}'
        f'<text x="{EDGE + WIDTH / 2}" y="{high - 8}" text-anchor="middle">passages</text>'
        f'<text x="{EDGE}" y="{EDGE - 14}" text-anchor="middle">seconds</text></svg>\n'
    )


def _range(values: Sequence[float]) -> tuple[int, int]:
    """Return the powers of ten around the values."""
    low, high = min(values, default=1.0), max(values, default=10.0)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return first, max(last, first + 1)


def _at(value: float, powers: tuple[int, int], size: float) -> float:
    return (math.log10(value) - powers[0]) / (powers[1] - powers[0]) * size


def _grid(across: tuple[int, int], up: tuple[int, int]) -> str:
    parts = []
    for power in range(across[0], across[1] + 1):
        x = EDGE + _at(10.0**power, across, WIDTH)
        parts.append(f'<line x1="{x}" x2="{x}" y1="{EDGE}" y2="{EDGE + HEIGHT}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{x}" y="{EDGE + HEIGHT + 16}" text-anchor="middle">{10**power:,}</text>')
    for power in range(up[0], up[1] + 1):
        y = EDGE + HEIGHT - _at(10.0**power, up, HEIGHT)
        parts.append(f'<line x1="{EDGE}" x2="{EDGE + WIDTH}" y1="{y}" y2="{y}" stroke="#e5e7eb"/>')
        parts.append(f'<text x="{EDGE - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    return "".join(parts)
