"""The difference of what was described, clause by clause; what only some columns have at all is folded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.arch.paths import Path, parse, show
from reports.compare.columns import Column
from reports.compare.model import Clause, Value
from reports.compare.reading import Leaf

_ABSENT = Value(there=False)
_KINDS = ("written", "captured", "inherited", "derived")


def described(columns: Sequence[Column]) -> list[Clause]:
    """What is described otherwise, what somebody wrote first; nothing where fingerprints are one."""
    if len({column.newest.fingerprint for column in columns}) == 1:
        return []
    leaves = [column.newest.leaves for column in columns]
    rows = [
        (path, found)
        for path in dict.fromkeys(path for each in leaves for path in each)
        if _differ(found := [each.get(path) for each in leaves])
    ]
    changed = [_clause(path, found) for path, found in rows if all(found)]
    partly = [(path, found) for path, found in rows if not all(found)]
    return sorted([*changed, *_folded(partly, leaves)], key=_weight)


def value_of(leaf: Leaf | None) -> Value:
    """A clause in a column: what is described, and what was observed in its stead."""
    if leaf is None:
        return _ABSENT
    wrong = leaf.state == "deviates" and not leaf.measured
    return Value(
        there=True,
        described=leaf.described,
        observed=leaf.observed if leaf.seen else None,
        contradicted=wrong,
    )


def in_fact(value: Value) -> Any:
    """What counts: the described value, unless something else was observed."""
    return value.observed if value.contradicted else value.described


def alike(values: Iterable[Any]) -> bool:
    """Whether all are one; JSON values, so that 1 is not true."""
    first, *others = map(repr, values)
    return all(other == first for other in others)


def _differ(found: Sequence[Leaf | None]) -> bool:
    if None in found:
        return True
    return not alike(leaf.described for leaf in found if leaf is not None)


def _clause(path: str, found: Sequence[Leaf | None]) -> Clause:
    values = [value_of(leaf) for leaf in found]
    same = any(value.contradicted for value in values) and alike(map(in_fact, values))
    return Clause(path=path, origin=_origin(found), alike=same, values=values)


def _origin(found: Iterable[Leaf | None]) -> str:
    """The nearest to a person's own words."""
    kinds = {leaf.origin.partition(" ")[0] for leaf in found if leaf is not None}
    return next((kind for kind in _KINDS if kind in kinds), "derived")


def _weight(clause: Clause) -> tuple[int, str]:
    return (_KINDS.index(clause.origin) if clause.origin in _KINDS else len(_KINDS), clause.path)


def _folded(
    rows: Sequence[tuple[str, Sequence[Leaf | None]]], leaves: Sequence[Mapping[str, Leaf]]
) -> Iterable[Clause]:
    """Leaves that only some columns have, by the highest place below which the others have nothing."""
    if not rows:
        return
    taken: list[set[Path]] = [_places(each) for each in leaves]
    groups: dict[tuple[str, tuple[bool, ...]], list[tuple[str, Sequence[Leaf | None]]]] = {}
    for name, found in rows:
        there = tuple(leaf is not None for leaf in found)
        top = show(_highest(_parsed(name), there, taken))
        groups.setdefault((top, there), []).append((name, found))
    for (place, there), group in groups.items():
        if len(group) == 1:
            yield _clause(*group[0])
        else:
            origin = _origin(leaf for _, found in group for leaf in found)
            yield Clause(
                path=place,
                clauses=len(group),
                origin=origin,
                values=[
                    Value(there=each, described=f"{len(group)} clauses" if each else None) for each in there
                ],
            )


def _places(leaves: Iterable[str]) -> set[Path]:
    """Every place at or above a leaf."""
    found: set[Path] = set()
    for leaf in leaves:
        path = _parsed(leaf)
        while path and path not in found:
            found.add(path)
            path = path[:-1]
    return found


def _parsed(path: str) -> Path:
    try:
        return parse(path)
    except ValueError:
        return (path,)


def _highest(path: Path, there: Sequence[bool], taken: Sequence[set[Path]]) -> Path:
    for length in range(1, len(path)):
        if not any(path[:length] in places for places, has in zip(taken, there, strict=True) if not has):
            return path[:length]
    return path
