"""How verbs print: lines that no text of a host can steer, small tables, JSON; what their exit codes mean."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

WRONG = 1
UNREAD = 2
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def say(text: str = "") -> None:
    """One line; control characters of file contents do not reach the terminal."""
    sys.stdout.write("".join(char if char.isprintable() else "�" for char in text) + "\n")


def say_table(head: Sequence[str], rows: Iterable[Sequence[object]], indent: str = "  ") -> None:
    """Columns as wide as needed; figures to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    numeric = [all(_is_figure(row[place]) for row in cells) for place in range(len(head))]
    for row in ([*head], *cells):
        shown = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        say((indent + "  ".join(shown)).rstrip())


def as_json(data: Any) -> None:
    """Data, indented."""
    sys.stdout.write(json.dumps(data, indent=2, default=str) + "\n")


def _is_figure(text: str) -> bool:
    return text.removesuffix(" %").replace(".", "", 1).lstrip("+-").isdigit()


def few(names: Sequence[str]) -> str:
    """The first four, and how many more there are."""
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
