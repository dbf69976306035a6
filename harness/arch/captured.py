"""The mark of a file that nobody wrote: the cloud itself was asked, and what it says is how that was found.

``captured: {from: rack7, at: "2012-05-04T06:00Z", by: deployday 1.0}`` at the top of a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.arch.source import Entry
from harness.arch.suggest import did_you_mean
from harness.errors import Problem

KEYS = ("from", "at", "by")
_MOST = 120


def read_mark(entry: Entry, problems: list[Problem]) -> str:
    """From what a file was captured, and when, in one line; what is wrong with the mark is a problem."""
    said = {name: child.value for name, child in entry.items.items()}
    wrong = [name for name in said if name not in KEYS]
    for name in wrong:
        where = str(entry.items[name].place)
        problems.append(
            Problem(where, "unknown key", f"captured.{name}", hint=did_you_mean(name, list(KEYS)))
        )
    if not wrong and not all(_is_word(said.get(name)) for name in KEYS):
        expected = 'captured: {from: rack7, at: "2012-05-04T06:00Z", by: deployday 1.0}'
        problems.append(Problem(str(entry.place), "not a mark of what was captured", "captured", expected))
    return f"{said.get('from')}, {said.get('at')}"


def _is_word(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MOST and value.isprintable()


def mark(entry: Entry, told: str) -> Entry:
    """The same tree, everything in it captured."""
    place = replace(entry.place, captured=told)
    if isinstance(entry.value, Mapping):
        return Entry({name: mark(child, told) for name, child in entry.items.items()}, place)
    if entry.value is None or isinstance(entry.value, str):
        return Entry(entry.value, place)
    return Entry([mark(child, told) for child in entry.value], place)
