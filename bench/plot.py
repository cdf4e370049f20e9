"""Draws time and memory by size as an SVG that suits light and dark pages."""

from collections.abc import Callable, Iterator
from math import floor, log10

from running import Figures, Stopped

WIDTH, HEIGHT, LEFT, TOP, GAP, LEGEND = 340, 250, 52, 34, 70, 220
COLOURS = ("#d55e00", "#e69f00", "#56b4e9", "#009e73", "#0072b2", "#cc79a7", "#8c6d31", "#999999")
STYLE = """
text{font:12px system-ui,sans-serif;fill:#333} .grid{stroke:#8884;fill:none}
path{fill:none;stroke-width:2} .ours{stroke-width:3.5} .title{font-weight:600}
@media (prefers-color-scheme:dark){text{fill:#ddd}}
"""


def drawing(found: dict[int, dict[str, Figures | Stopped]], titles: dict[str, str]) -> str:
    """Two plots side by side on doubly logarithmic paper: CPU seconds, and memory."""
    wide = 2 * WIDTH + LEFT + 2 * GAP + LEGEND
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {HEIGHT + TOP + 50}" '
        'role="img" aria-label="Time and memory of each method by the number of mentees">',
        f"<style>{STYLE}</style>",
    ]
    names = [name for name in titles if any(name in methods for methods in found.values())]
    colour = {name: COLOURS[place % len(COLOURS)] for place, name in enumerate(names)}
    for place, (title, value) in enumerate(
        (("CPU seconds", lambda f: f.cpu), ("Memory, MiB", lambda f: float(f.mib)))
    ):
        parts += _plot(LEFT + place * (WIDTH + GAP), title, found, names, colour, value)
    for row, name in enumerate(names):
        x, y = LEFT + 2 * WIDTH + GAP + 24, TOP + 14 + 20 * row
        parts.append(f'<path d="M{x} {y}h22" stroke="{colour[name]}"{_ours(name)}/>')
        parts.append(f'<text x="{x + 30}" y="{y + 4}">{titles[name]}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _ours(name: str) -> str:
    return ' class="ours"' if name in ("full", "count-total", "stable") else ""


def _plot(
    left: int,
    title: str,
    found: dict[int, dict[str, Figures | Stopped]],
    names: list[str],
    colour: dict[str, str],
    value: Callable[[Figures], float],
) -> Iterator[str]:
    points = {
        name: [
            (float(size), value(of))
            for size, methods in sorted(found.items())
            if isinstance(of := methods.get(name), Figures)
        ]
        for name in names
    }
    every = [point for line in points.values() for point in line] or [(1.0, 1.0)]
    low, high = (
        [scale(point[axis] for point in every) for axis in (0, 1)] for scale in (_down, _up)
    )

    def at(size: float, height: float) -> tuple[float, float]:
        x = (log10(size) - low[0]) / (high[0] - low[0])
        y = (log10(max(height, 1e-4)) - low[1]) / (high[1] - low[1])
        return left + x * WIDTH, TOP + (1 - y) * HEIGHT

    yield f'<text class="title" x="{left}" y="{TOP - 14}">{title}</text>'
    for power in range(low[1], high[1] + 1):
        x, y = at(10 ** low[0], 10.0**power)
        yield f'<path class="grid" d="M{x} {y:.1f}h{WIDTH}"/>'
        yield f'<text x="{x - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>'
    for size in sorted(found):
        x, y = at(float(size), 10.0 ** low[1])
        yield f'<path class="grid" d="M{x:.1f} {TOP}v{HEIGHT}"/>'
        yield f'<text x="{x:.1f}" y="{y + 18:.1f}" text-anchor="middle">{size:,}</text>'
    yield (
        f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 38}" text-anchor="middle">mentees</text>'
    )
    for name, line in points.items():
        spots = [at(*point) for point in line]
        if spots:
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in spots)
            yield f'<path d="M{path}" stroke="{colour[name]}"{_ours(name)}/>'
            yield from (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour[name]}"/>' for x, y in spots
            )


def _down(values: Iterator[float]) -> int:
    return floor(log10(max(min(values), 1e-4)))


def _up(values: Iterator[float]) -> int:
    return floor(log10(max(values))) + 1
