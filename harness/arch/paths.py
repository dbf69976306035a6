"""Paths of clauses: tuples in code, ``compute.flavors["m1.tiny"].ram`` in files, reports and options."""

from __future__ import annotations

import json
import re

Path = tuple[str, ...]

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_PART = re.compile(r'\.?([A-Za-z_][A-Za-z0-9_-]*)|\[("(?:[^"\\]|\\.)*")\]')


def show(path: Path) -> str:
    """Print a path; names that are not plain words stand in brackets and JSON quotes."""
    parts = []
    for index, part in enumerate(path):
        plain = _PLAIN.match(part)
        parts.append(("." if index else "") + part if plain else f"[{json.dumps(part, ensure_ascii=False)}]")
    return "".join(parts)


def parse(text: str) -> Path:
    """Read a printed path back; raises ``ValueError`` with the column where it cannot be read."""
    parts: list[str] = []
    position = 0
    for match in _PART.finditer(text):
        if match.start() != position or (match[1] and position and text[position] != "."):
            break
        if match[1] and not position and text.startswith("."):
            break
        parts.append(match[1] or json.loads(match[2]))
        position = match.end()
    if position != len(text) or not parts:
        raise ValueError(f"not a path, column {position + 1}: {text!r}")
    return tuple(parts)
