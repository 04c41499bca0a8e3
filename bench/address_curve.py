"""The precision–recall curve of the address finder, as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

CURVE = Path(__file__).parent.parent / "docs" / "images" / "address-curve.svg"
WIDE, HIGH = 760, 520
LEFT, TOP, RIGHT, BOTTOM = 80, 64, 30, 70
# Between two marks of precision.
STEP = 0.1
# Blue and vermilion of Okabe and Ito: told apart by all kinds of colour vision.
COLOURS = ("#0072b2", "#d55e00", "#595959")
DASHES = ("", "7 4", "2 4")
FONT = "font-family='Noto Sans CJK SC, Noto Sans, sans-serif'"


@dataclass(frozen=True)
class Line:
    """A curve: (limit of the score, recall, precision) from the strictest limit on."""

    name: str
    points: Sequence[tuple[float, float, float]]
    certain: tuple[float, float] | None


def draw_curve(lines: Sequence[Line], title: str, least_precision: float) -> str:
    """Draw the curves; recall to the right from 0, precision from `least_precision`."""

    def at(recall: float, precision: float) -> tuple[float, float]:
        share = max(0.0, precision - least_precision) / (1 - least_precision)
        x = LEFT + recall * (WIDE - LEFT - RIGHT)
        return round(x, 1), round(HIGH - BOTTOM - share * (HIGH - TOP - BOTTOM), 1)

    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDE} {HIGH}' role='img'>",
        f"<title>{escape(title)}</title>",
        f"<rect width='{WIDE}' height='{HIGH}' fill='#ffffff'/>",
        _text(LEFT, 30, title, size=17, weight="600"),
        *_axes(at, least_precision),
    ]
    for number, line in enumerate(lines):
        parts += _line(at, line, COLOURS[number], DASHES[number])
        parts += _legend(line, number)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _axes(at, least_precision: float) -> list[str]:  # type: ignore[no-untyped-def]
    parts = []
    for step in range(11):
        x, _ = at(step / 10, 1)
        parts += [
            f"<path d='M{x} {TOP}V{HIGH - BOTTOM}' stroke='#e3e3e3'/>",
            _text(x, HIGH - BOTTOM + 20, f"{step / 10:.0%}", anchor="middle"),
        ]
    for step in range(round((1 - least_precision) / STEP) + 1):
        level = least_precision + step * STEP
        _, y = at(0, level)
        parts += [
            f"<path d='M{LEFT} {y}H{WIDE - RIGHT}' stroke='#e3e3e3'/>",
            _text(LEFT - 8, y + 4, f"{level:.0%}", anchor="end"),
        ]
    middle = (TOP + HIGH - BOTTOM) / 2
    return [
        *parts,
        f"<path d='M{LEFT} {TOP}V{HIGH - BOTTOM}H{WIDE - RIGHT}' stroke='#333' fill='none'/>",
        _text((LEFT + WIDE - RIGHT) / 2, HIGH - 24, "recall 查全率", anchor="middle", size=14),
        f"<g transform='rotate(-90 22 {middle})'>"
        + _text(22, middle, "precision 查准率", anchor="middle", size=14)
        + "</g>",
    ]


def _line(at, line: Line, colour: str, dash: str) -> list[str]:  # type: ignore[no-untyped-def]
    places = [at(recall, precision) for _, recall, precision in line.points]
    path = "M" + "L".join(f"{x} {y}" for x, y in places)
    parts = [
        f"<path d='{path}' fill='none' stroke='{colour}' stroke-width='2.5'"
        f" stroke-dasharray='{dash}' stroke-linejoin='round'/>"
    ]
    if line.certain is not None:
        x, y = at(*line.certain)
        parts.append(
            f"<circle cx='{x}' cy='{y}' r='6.5' fill='#ffffff' stroke='{colour}' stroke-width='3'/>"
        )
    return parts


def _legend(line: Line, number: int) -> list[str]:
    y = HIGH - BOTTOM - 22 - 24 * number
    words = line.name
    if line.certain is not None:
        words += f" · ○ certain 确定: recall {line.certain[0]:.1%}, precision {line.certain[1]:.1%}"
    return [
        f"<path d='M{LEFT + 16} {y - 4}h34' stroke='{COLOURS[number]}' stroke-width='2.5'"
        f" stroke-dasharray='{DASHES[number]}'/>",
        _text(LEFT + 58, y, words),
    ]


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 12, weight: str = "400"
) -> str:
    return (
        f"<text x='{x}' y='{y}' {FONT} font-size='{size}' font-weight='{weight}' fill='#222'"
        f" text-anchor='{anchor}'>{escape(words)}</text>"
    )
