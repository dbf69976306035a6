"""Small charts of one line, for terminals."""

from __future__ import annotations

from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
MARKS = {"pass": "·", "fail": "✗", "unknown": "?", "blocked": "b", "out_of_reach": "o", "not_applicable": "-"}


def sparkline(values: Sequence[float | None]) -> str:
    """A bar a value, from the least to the greatest; a space for none. All equal ones are low."""
    known = [value for value in values if value is not None]
    if not known:
        return " " * len(values)
    least, span = min(known), max(known) - min(known)
    return "".join(" " if value is None else BARS[_height(value - least, span)] for value in values)


def marks(verdicts: Sequence[str]) -> str:
    """A character a verdict, passes the least to be seen."""
    return "".join(MARKS.get(verdict, " ") for verdict in verdicts)


def _height(above: float, span: float) -> int:
    return min(len(BARS) - 1, int(above / span * len(BARS))) if span > 0 else 0
