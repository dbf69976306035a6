"""How rings are shown: findings by severity, small tables, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

from harness.rings import Finding

WRONG = 1
UNREAD = 2
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_MARKS = {"error": "wrong", "warning": "doubtful", "info": "note"}


def say(text: str = "") -> None:
    """One line; control characters of file contents do not reach the terminal."""
    sys.stdout.write("".join(char if char.isprintable() else "�" for char in text) + "\n")


def say_findings(findings: Iterable[Finding], indent: str = "  ") -> None:
    """One line a finding, with the partitions that it is about."""
    for finding in findings:
        where = f" (partitions {finding.partitions})" if finding.partitions.count else ""
        if f"partitions {finding.partitions}" in finding.sentence:
            where = ""
        say(f"{indent}{_MARKS[finding.severity]:<8}  {finding.sentence}{where}")


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


def percent(share: float) -> str:
    """A share as text, with two digits that tell."""
    return f"{100 * share:.3g} %"


def _is_figure(text: str) -> bool:
    return text.removesuffix(" %").replace(".", "", 1).lstrip("+-").isdigit()
