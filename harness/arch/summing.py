"""Many names in few words: ``compute-[001:003], -017``, ``3 of 160: 017, 044, 101, all rack 3``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from harness.arch.layout import natural

_NUMBERED = re.compile(r"(.*?)([0-9]{1,6})([^0-9]*)\Z", re.DOTALL)
_END = re.compile(r"[^0-9A-Za-z][0-9A-Za-z]*\Z")
_RUN = 3
_SHOWN = 8
_FEW = 3
_PLAIN = -1
_SPEAKING = 10


@dataclass(frozen=True)
class _Family:
    """Names that differ in their last number only; ``width`` of zero-padded ones, -1 of a mere name."""

    prefix: str
    suffix: str
    width: int

    def digits(self, number: int) -> str:
        return str(number).zfill(self.width)


_Run = tuple[_Family, int, int]
"""A family and the first and the last of numbers that follow each other."""


def compress(names: Iterable[str]) -> list[str]:
    """Names as ranges that ``expand`` reads back, in natural order; runs of three and more become ranges."""
    return [_written(run, run[0].prefix, run[0].suffix) for run in _runs(names)]


def listed(names: Iterable[str], *, within: Collection[str] = ()) -> str:
    """Names for people: of one family only the first is written in full (``compute-017, -044``).

    Where all names of ``within`` differ in their last number only, and they are many or it has leading zeros,
    the number alone is enough.
    """
    runs, home = _runs(names), _only(within)
    parts, before = [], None
    for run in runs[:_SHOWN]:
        family = run[0]
        if home is not None and family == home:
            parts.append(_written(run, "", ""))
        elif family == before:
            parts.append(_written(run, _tail(family.prefix), ""))
        else:
            parts.append(_written(run, family.prefix, family.suffix))
        before = family if not family.suffix else None
    left = sum(last - first + 1 for _, first, last in runs[_SHOWN:])
    return ", ".join(parts) + (f" and {left} more" if left else "")


def sum_up(names: Collection[str], of: Collection[str], racks: Mapping[str, str] | None = None) -> str:
    """Some of many: ``3 of 160: 017, 044, 101, all rack 3``; ``all 160``; ``158 of 160: all but 017, 044``.

    ``racks``: name → rack, where known; it is told when there are several and all of these stand in one.
    """
    here, whole = set(names), set(of) | set(names)
    if here == whole:
        return f"all {len(whole)}" if len(whole) > 1 else listed(here)
    head, others = f"{len(here)} of {len(whole)}", whole - here
    if not here:
        return head
    if len(others) <= _FEW and len(here) > 2 * len(others):
        return f"{head}: all but {listed(others, within=whole)}"
    return f"{head}: {listed(here, within=whole)}{_in_rack(here, whole, racks or {})}"


def by_value(values: Mapping[str, str]) -> dict[str, list[str]]:
    """Value → the names that have it, the most common value first."""
    found: dict[str, list[str]] = {}
    for name in sorted(values, key=natural):
        found.setdefault(values[name], []).append(name)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))


def _in_rack(names: set[str], whole: set[str], racks: Mapping[str, str]) -> str:
    found = {racks.get(name, "") for name in names}
    if len(names) < 2 or len(found) != 1 or len({racks.get(name, "") for name in whole}) < 2:
        return ""
    rack = found.pop()
    if not rack:
        return ""
    called = rack if rack.lower().startswith("rack") else f"rack {rack}"
    everyone = {name for name in whole if racks.get(name) == rack}
    return f", the whole of {called}" if names == everyone else f", all {called}"


def _runs(names: Iterable[str]) -> list[_Run]:
    """Families in natural order of their first name; within one, numbers that follow each other together."""
    split = _splitter(set(names))
    numbers: dict[_Family, list[int]] = {}
    for name in sorted(set(names), key=natural):
        family, number = split(name)
        numbers.setdefault(family, []).append(number)
    return [run for family, found in numbers.items() for run in _following(family, sorted(found))]


def _following(family: _Family, numbers: list[int]) -> Iterator[_Run]:
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _, number in group]
        if len(found) >= _RUN:
            yield family, found[0], found[-1]
        else:
            yield from ((family, each, each) for each in found)


def _splitter(names: set[str]) -> Callable[[str], tuple[_Family, int]]:
    """How names are taken apart: zero-padded numbers only go with others as long as they are."""
    padded = {
        (match[1], match[3], len(match[2]))
        for match in map(_NUMBERED.match, names)
        if match and match[2].startswith("0") and len(match[2]) > 1
    }

    def split(name: str) -> tuple[_Family, int]:
        match = _NUMBERED.match(name)
        if match is None:
            return _Family(name, "", _PLAIN), 0
        key = (match[1], match[3], len(match[2]))
        return _Family(match[1], match[3], key[2] if key in padded else 0), int(match[2])

    return split


def _only(names: Collection[str]) -> _Family | None:
    """The family of all names, if there is only one and its numbers speak for themselves."""
    split = _splitter(set(names))
    found = {split(name)[0] for name in names}
    if len(found) != 1 or len(names) < 2:
        return None
    family = found.pop()
    return family if family.width > 0 or len(names) >= _SPEAKING else None


def _tail(prefix: str) -> str:
    match = _END.search(prefix)
    return match[0] if match else ""


def _written(run: _Run, prefix: str, suffix: str) -> str:
    family, first, last = run
    if family.width == _PLAIN:
        return family.prefix
    digits = family.digits(first)
    return f"{prefix}{digits if first == last else f'[{digits}:{family.digits(last)}]'}{suffix}"
