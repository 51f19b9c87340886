"""Two small plots as SVG: a reliability diagram and risk-coverage curves. Pure: numbers in, text out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SIZE, EDGE = 300, 44
COLOURS = ("#2563eb", "#d97706", "#059669")
Point = tuple[float, float]


def reliability(confidences: Sequence[float], truths: Sequence[bool], bins: int = 10) -> str:
    """Return a reliability diagram (Guo et al. 2017): per bin, the share of answerable questions over the confidence.

    The area of a dot is the number of questions in its bin.
    """
    members: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, truth in zip(confidences, truths, strict=True):
        members[min(bins - 1, int(confidence * bins))].append((confidence, truth))
    dots = []
    for some in filter(None, members):
        x = sum(confidence for confidence, _ in some) / len(some)
        y = sum(truth for _, truth in some) / len(some)
        dots.append(_dot((x, y), len(some)))
    return _frame("confidence", "share answerable", _line([(0, 0), (1, 1)], "#9ca3af", "4 4") + "".join(dots))


def risk_coverage(curves: Mapping[str, Sequence[Point]], most: float = 0.5) -> str:
    """Return risk-coverage curves (El-Yaniv and Wiener 2010); points are coverage and risk, risk drawn up to `most`."""
    parts = []
    for number, (name, points) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        parts.append(_line([(x, min(1.0, y / most)) for x, y in points], colour))
        parts.append(f'<text x="{EDGE + 8}" y="{EDGE + 16 * (number + 1)}" fill="{colour}">{name}</text>')
    return _frame("coverage", "risk", "".join(parts), most)


def curve(confidences: Sequence[float], right: Sequence[bool]) -> list[Point]:
    """Return coverage and risk when the n surest questions are answered, for every n."""
    ranked = sorted(zip(confidences, right, strict=True), key=lambda pair: -pair[0])
    wrong, points = 0, []
    for n, (_, good) in enumerate(ranked, 1):
        wrong += not good
        points.append((n / len(ranked), wrong / n))
    return points


def _place(point: Point) -> Point:
    return EDGE + point[0] * SIZE, EDGE + (1 - point[1]) * SIZE


def _dot(point: Point, count: int) -> str:
    x, y = _place(point)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{1.5 + count**0.5:.1f}" fill="{COLOURS[0]}" fill-opacity="0.75"/>'


def _line(points: Sequence[Point], colour: str, dashes: str = "none") -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(_place, points))
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'


def _frame(across: str, up: str, body: str, most: float = 1.0) -> str:
    whole, far = SIZE + 2 * EDGE, SIZE + EDGE
    ticks = "".join(
        f'<text x="{EDGE + share * SIZE}" y="{far + 16}" text-anchor="middle">{share:g}</text>'
        f'<text x="{EDGE - 6}" y="{far - share * SIZE + 4}" text-anchor="end">{share * most:g}</text>'
        for share in (0, 0.5, 1)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" width="{whole}" height="{whole}" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#374151">'
        f'<rect width="{whole}" height="{whole}" fill="#ffffff"/>'
        f'<rect x="{EDGE}" y="{EDGE}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#d1d5db"/>{ticks}'
        f'<text x="{whole / 2}" y="{whole - 8}" text-anchor="middle">{across}</text>'
        f'<text x="9" y="{whole / 2}" text-anchor="middle" transform="rotate(-90 9 {whole / 2})">{up}</text>'
        f"{body}</svg>\n"
    )
