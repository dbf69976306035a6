"""The difference of what was found: where the descriptions agree, or say nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from reports.compare.columns import Column
from reports.compare.descriptions import alike
from reports.compare.model import Found
from reports.compare.reading import Leaf
from reports.text import count, value

_SHOWN = 12


def found(columns: Sequence[Column]) -> list[Found]:
    """Observations of one clause that are not one, names, what nobody described, systems and packages."""
    return [
        *_clauses(columns),
        *_undescribed(columns),
        *_names(columns),
        *_texts("system", [column.newest.systems for column in columns]),
        *_texts("package", [_packages(column) for column in columns]),
    ]


def _clauses(columns: Sequence[Column]) -> Iterator[Found]:
    leaves = [column.newest.leaves for column in columns]
    for path in dict.fromkeys(path for each in leaves for path in each):
        here = [each.get(path) for each in leaves]
        seen = [leaf for leaf in here if leaf is not None and leaf.seen and not leaf.measured]
        if len(seen) > 1 and not alike(map(_observed, seen)) and (_agree(here) or _wrong(seen)):
            texts = [value(_observed(leaf)) if leaf is not None and leaf.seen else None for leaf in here]
            contradicts = [leaf is not None and leaf.seen and leaf.state == "deviates" for leaf in here]
            yield Found(kind="clause", what=path, values=texts, contradicts=contradicts)


def _observed(leaf: Leaf) -> object:
    """What was observed; the order of a list of names says nothing."""
    thing = leaf.observed
    return sorted(thing) if isinstance(thing, list) and all(isinstance(x, str) for x in thing) else thing


def _agree(here: Sequence[Leaf | None]) -> bool:
    return alike(leaf.described if leaf is not None else None for leaf in here)


def _wrong(seen: Iterable[Leaf]) -> bool:
    return any(leaf.state == "deviates" for leaf in seen)


def _undescribed(columns: Sequence[Column]) -> Iterator[Found]:
    everything = [column.newest.undescribed for column in columns]
    for path in dict.fromkeys(path for each in everything for path in each):
        there = [path in each for each in everything]
        if not all(there):
            texts = ["there, not described" if each else "" for each in there]
            yield Found(kind="undescribed", what=path, values=list(texts), contradicts=there)


def _names(columns: Sequence[Column]) -> Iterator[Found]:
    """Of each collection, the names that not every column has."""
    names = [column.newest.names for column in columns]
    for collection in sorted({name for each in names for name in each}):
        sets = [set(each[collection]) for each in names if collection in each]
        everywhere = set.intersection(*sets)
        if any(one != everywhere for one in sets):
            texts = [_few(each.get(collection), everywhere) for each in names]
            yield Found(kind="names", what=collection, values=texts)


def _few(names: Sequence[str] | None, everywhere: set[str]) -> str | None:
    if names is None:
        return None
    own = sorted(set(names) - everywhere)
    rest = f" and {count(len(own) - _SHOWN, 'other')}" if len(own) > _SHOWN else ""
    common = f"{len(everywhere)} in common" if everywhere else ""
    told = ", ".join(own[:_SHOWN]) + rest
    return "; ".join(part for part in (f"also {told}" if told and common else told, common) if part)


def _packages(column: Column) -> dict[str, str]:
    """Package → its version, with the nodes where there is more than one."""
    return {
        name: next(iter(versions))
        if len(versions) == 1
        else "; ".join(f"{version} on {nodes}" for version, nodes in versions.items())
        for name, versions in column.newest.packages.items()
        if versions
    }


def _texts(kind: Literal["system", "package"], maps: Sequence[Mapping[str, str]]) -> Iterator[Found]:
    """Rows of what is said otherwise; a column that says nothing at all was not looked at."""
    for name in sorted({name for each in maps for name in each}):
        texts = [each.get(name, "") if each else None for each in maps]
        if len({text for text in texts if text is not None}) > 1:
            yield Found(kind=kind, what=name, values=texts)
