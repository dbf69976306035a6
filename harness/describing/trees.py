"""Plain trees as a file of the grammar holds them: texts, lists and mappings; ``None`` takes away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]


def text(value: Any) -> Any:
    """A value, as deep as it goes, in the texts that the grammar reads."""
    if isinstance(value, Mapping):
        return {str(name): text(child) for name, child in value.items()}
    if isinstance(value, list | tuple):
        return [text(child) for child in value]
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return value if value is None else str(value)


def merged(below: Tree, above: Mapping[str, Any]) -> Tree:
    """``above`` laid over ``below``, mapping by mapping, as layers of an architecture are."""
    found = dict(below)
    for name, value in above.items():
        if value is None:
            found.pop(name, None)
        elif isinstance(value, Mapping):
            under = found.get(name)
            found[name] = merged(under if isinstance(under, dict) else {}, value)
        else:
            found[name] = value
    return found


def difference(wanted: Mapping[str, Any], below: Mapping[str, Any]) -> Tree:
    """What must be laid over ``below`` so that it becomes ``wanted``: the least that does."""
    found: Tree = {}
    for name, value in wanted.items():
        under = below.get(name)
        if isinstance(value, Mapping) and isinstance(under, Mapping):
            if inner := difference(value, under):
                found[name] = inner
        elif name not in below or value != under:
            found[name] = value
    return found | {name: None for name in below if name not in wanted}
