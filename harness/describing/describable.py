"""What the grammar cannot hold is left out of a description, and told: clouds call things as they like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from harness.arch.grammar import Description
from harness.arch.paths import Path, show
from harness.describing.found import Found
from harness.describing.trees import Tree, merged

_ROUNDS = 50
_RESERVED = ("level",)
"""No item of a map can be called so: the word says how binding a mapping is."""


def prune(found: Found) -> None:
    """Take out of what was found whatever no file could say. Raises ``ValidationError`` where the base itself
    is at fault.
    """
    for path in [*_reserved(found.tree)]:
        _leave_out(found, path, "a word with another meaning")
    for _ in range(_ROUNDS):
        try:
            Description.model_validate(merged(found.base, found.tree))
            return
        except ValidationError as error:
            problems = error.errors(include_url=False)
            gone = [_leave_out(found, _path(each["loc"]), str(each["msg"])) for each in problems]
            if not any(gone):
                raise


def _reserved(tree: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    for name, child in tree.items():
        if name in _RESERVED:
            yield (*path, name)
        elif isinstance(child, Mapping):
            yield from _reserved(child, (*path, name))


def _path(loc: tuple[int | str, ...]) -> Path:
    return tuple(part for part in loc if isinstance(part, str) and part != "[key]")


def _leave_out(found: Found, path: Path, why: str) -> bool:
    """Leave out the item of a map that a path leads into, or the value; whether there was any."""
    above: list[tuple[Tree, str]] = []
    tree: Any = found.tree
    for part in path:
        if not isinstance(tree, dict) or part not in tree:
            break
        above.append((tree, part))
        tree = tree[part]
    if not above:
        return False
    holder, name = above[min(len(above), 3) - 1]
    del holder[name]
    found.odd.append(f"{show(path[: min(len(above), 3)])} cannot be described: {why}")
    return True
