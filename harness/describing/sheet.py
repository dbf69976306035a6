"""An architecture before it is written down: what it comes to, what it extends, what is said beside it."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.arch.captured import KEYS
from harness.arch.clauses import Level
from harness.arch.layers import stack
from harness.arch.paths import Path
from harness.arch.shipped import find_shipped
from harness.arch.source import Entry, read_text
from harness.arch.sources import take_levels
from harness.describing.trees import Tree
from harness.errors import UsageError

Levels = Mapping[Path, Level]


@dataclass(frozen=True)
class Sheet:
    """``tree`` is the whole of it, the base's part too, without ``level`` keys; ``levels`` are its own.

    ``base`` is what to load for ``extends``, where that is a file beside another. ``mark`` is what the key
    ``captured`` says; ``unseen`` is what could not be seen, and ``notes`` are headings with sentences, for
    the end of the file.
    """

    tree: Tree
    extends: str = ""
    base: str = ""
    levels: Levels = field(default_factory=dict)
    mark: Mapping[str, str] = field(default_factory=dict)
    unseen: Sequence[str] = ()
    notes: Mapping[str, Sequence[str]] = field(default_factory=dict)


def layers(ref: str) -> tuple[Tree, Levels]:
    """The merged tree of an architecture or a base, and the levels that its own file gives."""
    tree, problems = stack(ref, (), ())
    if tree is None or problems:
        raise UsageError(*problems)
    sources, problems = take_levels(tree)
    if problems:
        raise UsageError(*problems)
    levels = {path: level for path, (level, place) in sources.levels.items() if not place.inherited}
    return sources.tree.plain(), levels


def read(ref: str) -> Sheet:
    """An architecture as it was written; comments are not kept. Raises ``UsageError`` as ``load`` does."""
    tree, levels = layers(ref)
    head = _head(ref)
    extends = _word(head, "extends")
    beside = extends.endswith((".yaml", ".yml"))
    base = str(pathlib.Path(ref).parent / extends) if beside else extends
    mark = head.items.get("captured")
    told = {key: _word(mark, key) for key in KEYS} if mark else {}
    return Sheet(tree, extends, base, levels, told)


def _head(ref: str) -> Entry:
    """The file itself, without what it extends."""
    shipped = find_shipped(ref)
    text = shipped.read_text("utf-8") if shipped else pathlib.Path(ref).read_text("utf-8-sig")
    entry, problems = read_text(text, ref)
    if entry is None:
        raise UsageError(*problems)
    return entry


def _word(entry: Entry, key: str) -> str:
    found: Any = entry.items[key].value if key in entry.items else ""
    return str(found)
