"""Read the record: whole rows only, in each writer's own order.

A process that was killed inside a write leaves a torn row; the next row of another process may stand on the
same line. Both are expected: what can be read is read, the rest is counted and dropped.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import from_json

from harness.errors import Problem, UsageError

Row = dict[str, Any]

START = b'{"t":'
LONGEST_ROW = 16 * 1024 * 1024
MOST_ROWS = 2_000_000
MOST_TRIES = 64


def row_id(row: Row) -> str:
    """How other rows cite this one: ``gw0:17``."""
    return f"{row['worker']}:{row['seq']}"


def read_record(path: Path) -> list[Row]:
    """All readable rows by (worker, seq); a record that does not exist yet has none."""
    tail = Tail(path)
    rows = tail.read()
    rows += tail.rest()
    return sorted(rows, key=lambda row: (row["worker"], row["seq"]))


class Tail:
    """Follow a record while it is written: each ``read`` gives the rows completed since the last one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.torn = 0
        self._position = 0
        self._count = 0
        self._part = b""

    def read(self) -> list[Row]:
        """New whole rows in file order; ``torn`` counts the lines that could not be read."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._position)
                rows = self._lines(file)
                self._position = file.tell()
        except FileNotFoundError:
            return []
        return rows

    @property
    def unfinished(self) -> bool:
        """Whether what was read so far ends inside a line."""
        return bool(self._part.strip())

    def rest(self) -> list[Row]:
        """The last line where it is a whole row without its newline; call it when nobody writes any more."""
        part, self._part = self._part, b""
        return self._rows(part) if part.strip() else []

    def _lines(self, file: BinaryIO) -> list[Row]:
        rows: list[Row] = []
        while block := file.read(1 << 20):
            *lines, self._part = (self._part + block).split(b"\n")
            for line in lines:
                rows += self._rows(line) if line.strip() else []
            if len(self._part) > LONGEST_ROW:
                self._part = self._part[:1]
        return rows

    def _rows(self, line: bytes) -> list[Row]:
        row = _row(line)
        if row is None:
            self.torn += 1
            row = _after_a_torn_one(line)
        if row is None:
            return []
        self._count += 1
        if self._count > MOST_ROWS:
            raise UsageError(
                Problem(str(self.path), "too long to be a record", expected=f"at most {MOST_ROWS} rows")
            )
        return [row]


def _after_a_torn_one(line: bytes) -> Row | None:
    """The whole row that follows a torn one on its line; a quote inside a row is escaped,
    so it cannot look like one.
    """
    at = 0
    for _ in range(MOST_TRIES):
        at = line.find(START, at + 1)
        row = _row(line[at:]) if at > 0 else None
        if row is not None or at < 0:
            return row
    return None


def _row(line: bytes) -> Row | None:
    if len(line) > LONGEST_ROW or not line.startswith(START):
        return None
    row = _json(line)
    if not isinstance(row, dict):
        return None
    named = isinstance(row.get("worker"), str) and isinstance(row.get("kind"), str)
    placed = isinstance(row.get("seq"), int) and isinstance(row.get("t"), int | float)
    return row if named and placed else None


def _json(line: bytes) -> Any:
    """What a line says, or None; the quick parser refuses some that the other reads (a lone surrogate)."""
    try:
        return from_json(line)
    except ValueError:
        pass
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
