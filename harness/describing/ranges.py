"""Names that differ by their numbers alone, in one: ``compute-1`` … ``compute-8`` is ``compute-[1:8]``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from harness.arch.layout import natural
from harness.arch.ranges import expand

_PARTS = re.compile(r"([0-9]+)")
_DIGITS = 6
Parts = tuple[str, ...]


def collapse(names: Iterable[str]) -> list[str]:
    """As few keys as stand for exactly these names, in natural order."""
    wanted = sorted(set(names), key=natural)
    pieces: list[Parts] = [tuple(_PARTS.split(name)) for name in wanted]
    for place in range(max(map(len, pieces), default=0) - 2, 0, -2):
        pieces = list(_joined(pieces, place))
    found = ["".join(parts) for parts in pieces]
    return found if _stands_for(found) == sorted(wanted) else wanted


def _joined(pieces: Sequence[Parts], place: int) -> Iterator[Parts]:
    """The same with runs of numbers at one place made ranges, each where its first name stood."""
    runs: dict[Parts, list[Parts]] = {}
    for parts in pieces:
        if place < len(parts) and len(parts[place]) <= _DIGITS:
            runs.setdefault((*parts[:place], "", *parts[place + 1 :]), []).append(parts)
        else:
            runs[parts] = [parts]
    for rest, members in runs.items():
        for first, last in _runs([parts[place] for parts in members] if len(members) > 1 else []):
            yield (*rest[:place], first if first == last else f"[{first}:{last}]", *rest[place + 1 :])
        if len(members) == 1:
            yield members[0]


def _runs(numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """First and last of each run of consecutive numbers that are written alike."""
    start = before = ""
    for number in sorted(numbers, key=lambda text: (int(text), text)):
        if start and int(number) == int(before) + 1 and _alike(start, number):
            before = number
            continue
        if start:
            yield start, before
        start = before = number
    if start:
        yield start, before


def _alike(one: str, other: str) -> bool:
    """Both padded with zeros to one width, or neither padded."""
    padded = [text.startswith("0") and len(text) > 1 for text in (one, other)]
    return len(one) == len(other) if any(padded) else True


def _stands_for(keys: Iterable[str]) -> list[str]:
    try:
        return sorted(name for key in keys for name in expand(key))
    except ValueError:
        return []
