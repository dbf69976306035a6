"""What is said of hosts, brought to each node: of every host first, then of its roles, then of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harness.arch.draft import Draft
from harness.arch.grammar_hosts import HostShape
from harness.arch.layout import Layout
from harness.arch.paths import Path

DEVICE = "{device}"
_RENAMED = {("hardware", "memory"): "memory_mb"}
_SIZES = {"space": "free_gb", "disks": "size_gb"}


def shapes(layout: Layout, node: str) -> Iterator[tuple[Path, HostShape]]:
    """What holds for a node, the furthest word first, each with where it stands."""
    description = layout.description
    if description.hosts:
        yield ("hosts",), description.hosts
    for role in description.nodes[node].roles:
        if role in description.roles:
            yield ("roles", role), description.roles[role]
    yield ("nodes", node), description.nodes[node]


def words(shape: HostShape) -> Iterator[tuple[Path, Any]]:
    """Every value that is said of hosts, by its path below the shape; lists, which only add up, left out."""
    written = shape.model_dump(include=set(HostShape.model_fields), exclude_unset=True)
    yield from ((path, value) for path, value in _leaves(written) if not isinstance(value, list | None))


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _leaves(child, (*path, name))
    else:
        yield path, value


def hosts(layout: Layout, draft: Draft) -> None:
    """Put system, hardware, mounts, space, files, users, kernel settings and bridges on every node."""
    for name in layout.description.nodes:
        for source, shape in shapes(layout, name):
            _shape(layout, draft, name, source, shape)
    rows = layout.description.roles.items()
    brought = {role: {"services": row.services, "packages": [*row.packages]} for role, row in rows}
    draft.put(("roles",), brought)


def _shape(layout: Layout, draft: Draft, node: str, source: Path, shape: HostShape) -> None:
    here = ("nodes", node)
    for part in ("system", "hardware"):
        value = getattr(shape, part)
        for field in sorted(value.model_fields_set) if value else ():
            _field(draft, here, source, part, field, getattr(value, field))
    for part in ("mounts", "space", "files", "users"):
        for name, item in getattr(shape, part).items():
            for actual, rule in _expanded(layout, node, name):
                _item(draft, (*here, part), actual, (*source, part, name), rule, item)
    for name, text in shape.sysctl.items():
        draft.deep((*here, "sysctl", name), text, (*source, "sysctl", name))
    _put(draft, (*here, "may_listen"), shape.may_listen, (*source, "may_listen"))
    for field in sorted(shape.logs.model_fields_set) if shape.logs else ():
        _put(draft, (*here, "logs", field), getattr(shape.logs, field), (*source, "logs", field))


def _put(draft: Draft, path: Path, value: Any, source: Path, rule: str = "") -> None:
    """The nearest word counts; lists add up."""
    if isinstance(value, list):
        value = sorted({*(draft.at(path) or ()), *value})
    draft.deep(path, value, source, rule)


def _field(draft: Draft, here: Path, source: Path, part: str, field: str, value: Any) -> None:
    place = (*source, part, field)
    if field == "disks":
        for disk, size in value.items():
            _item(draft, (*here, part, field), disk, (*place, disk), "", size)
    elif value is not None:
        _put(draft, (*here, part, _RENAMED.get((part, field), field)), value, place)


def _item(draft: Draft, here: Path, name: str, source: Path, rule: str, item: Any) -> None:
    """One entry of a map by name; a size has another name here than in the grammar."""
    path = (*here, name)
    renamed = _SIZES.get(here[-1])
    if renamed:
        draft.deep((*path, renamed), item.at_least, (*source, "at_least"), rule)
        return
    draft.deep(path, draft.at(path) or {}, source, rule)
    for field in sorted(item.model_fields_set):
        if getattr(item, field) is not None:
            _put(draft, (*path, field), getattr(item, field), (*source, field), rule)


def _expanded(layout: Layout, node: str, name: str) -> Iterator[tuple[str, str]]:
    """The paths that a path stands for, each with the rule."""
    if DEVICE not in name:
        yield name, ""
        return
    for device in layout.description.nodes[node].devices or {}:
        yield name.replace(DEVICE, device), "each device of the node"
