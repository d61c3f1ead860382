"""Plots as SVG, small enough to be read in a difference."""

from collections.abc import Mapping, Sequence
from html import escape
from math import ceil, floor, log10

from msgspec import Struct

WIDTH, ROW, LEFT, RIGHT = 720, 30, 230, 90
PLOT = WIDTH - LEFT - RIGHT
HEIGHT, TOP, BOTTOM = 320, 44, 46
COLOURS = ("#3568d4", "#c2592b", "#3b8f5a", "#7a4fb0", "#8a6d1f")
LABEL = 16
MARKED = 12
"""A line with more points has no mark at each."""

type Series = Mapping[float, float]


class Axis(Struct, frozen=True):
    """A logarithmic axis over whole powers of ten, from a pixel to another."""

    low: int
    high: int
    begin: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], begin: float, end: float) -> "Axis":
        low, high = floor(log10(min(values))), ceil(log10(max(values)))
        return cls(low, max(high, low + 1), begin, end)

    def __call__(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin), 1)

    @property
    def ticks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


class LinearAxis(Struct, frozen=True):
    """An axis from zero over whole steps, from a pixel to another."""

    step: float
    steps: int
    begin: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], begin: float, end: float) -> "LinearAxis":
        high = max(values)
        power = 10.0 ** floor(log10(high))
        step = next(power * each for each in (0.2, 0.5, 1, 2) if high <= 6 * power * each)
        return cls(step, ceil(high / step), begin, end)

    def __call__(self, value: float) -> float:
        share = value / (self.step * self.steps)
        return round(self.begin + share * (self.end - self.begin), 1)

    @property
    def ticks(self) -> list[float]:
        return [self.step * number for number in range(self.steps + 1)]


def bars(title: str, unit: str, values: Mapping[str, float], ours: str) -> str:
    """Draw bars from zero, the one that is ours in another colour."""
    longest = max(values.values())
    parts = [_text(16, 26, title, weight="600")]
    for at, (name, value) in enumerate(values.items()):
        y = TOP + at * ROW
        length = max(2.0, round(PLOT * value / longest, 1))
        colour = COLOURS[0] if name == ours else "#9aa4b2"
        parts += [
            _text(LEFT - 10, y + 16, name, anchor="end"),
            f'<rect x="{LEFT}" y="{y + 2}" width="{length}" height="20" rx="2" fill="{colour}"/>',
            _text(LEFT + length + 8, y + 17, f"{_short(value)} {unit}"),
        ]
    return _svg(TOP + len(values) * ROW + 12, parts)


def lines(title: str, across: str, series: Mapping[str, Series]) -> str:
    """Draw lines over logarithmic axes."""
    return _lines(title, across, series, Axis)


def curves(title: str, across: str, series: Mapping[str, Series]) -> str:
    """Draw lines over axes from zero."""
    return _lines(title, across, series, LinearAxis)


def _lines(
    title: str, across: str, series: Mapping[str, Series], kind: "type[Axis | LinearAxis]"
) -> str:
    every = [point for line in series.values() for point in line.items()]
    x = kind.over([point[0] for point in every], 64, WIDTH - 160)
    y = kind.over([point[1] for point in every], HEIGHT - BOTTOM, TOP)
    parts = [_text(16, 26, title, weight="600"), *_grid(x, y)]
    parts += [_text((x.begin + x.end) / 2, HEIGHT - 10, across, anchor="middle")]
    for colour, line in zip(COLOURS, series.values(), strict=False):
        points = [(x(across_), y(up_)) for across_, up_ in line.items()]
        path = " ".join(f"{px},{py}" for px, py in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        if len(points) <= MARKED:
            parts += [f'<circle cx="{px}" cy="{py}" r="3" fill="{colour}"/>' for px, py in points]
    ends = {name: y(list(line.values())[-1]) for name, line in series.items()}
    parts += _labels(ends, max(x(point[0]) for point in every) + 8)
    return _svg(HEIGHT, parts)


def _labels(ends: Mapping[str, float], at: float) -> list[str]:
    """Name the lines beside their ends, none over another."""
    colours = dict(zip(ends, COLOURS, strict=False))
    parts, below = [], 0.0
    for name, end in sorted(ends.items(), key=lambda item: item[1]):
        below = max(end + 4, below + LABEL)
        parts.append(_text(at, below, name, colour=colours[name]))
    return parts


def _grid(x: Axis | LinearAxis, y: Axis | LinearAxis) -> list[str]:
    parts = []
    for value in y.ticks:
        at = y(value)
        parts.append(f'<path d="M{x.begin} {at}H{x.end}" stroke="#dde1e7"/>')
        parts.append(_text(x.begin - 8, at + 4, _short(value), anchor="end"))
    for value in x.ticks:
        at = x(value)
        parts.append(f'<path d="M{at} {y.begin}v5" stroke="#667085"/>')
        parts.append(_text(at, y.begin + 20, _short(value), anchor="middle"))
    return parts


def _text(  # noqa: PLR0913 -- where, what and how
    x: float, y: float, text: str, *, anchor: str = "start", weight: str = "400", colour: str = ""
) -> str:
    style = f'text-anchor="{anchor}" font-weight="{weight}" fill="{colour or "#344054"}"'
    return f'<text x="{x}" y="{y}" {style}>{escape(text)}</text>'


def _short(value: float) -> str:
    return f"{float(f'{value:.3g}'):,.10g}"


def _svg(height: int, parts: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        'font-family="system-ui, sans-serif" font-size="13">'
    )
    ground = f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    return "\n".join([head, ground, *parts, "</svg>"]) + "\n"
