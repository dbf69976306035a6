"""From a sheet to the text of a file: the head, what differs from the base area by area, and the notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from harness.arch.clauses import Level
from harness.arch.grammar import Description
from harness.arch.layout import natural
from harness.arch.paths import Path
from harness.describing.emitting import WIDTH, block, comment, flow
from harness.describing.ranges import collapse
from harness.describing.sheet import Sheet, layers
from harness.describing.spelling import spell
from harness.describing.trees import Tree, difference

HEAD = ("name", "description", "release", "region")
AREAS = (
    "nodes",
    "hosts",
    "roles",
    "database",
    "bus",
    "identity",
    "catalogue",
    "compute",
    "images",
    "network",
    "volumes",
    "objects",
    "config",
    "packages",
    "objectives",
)
_FIRST = ("roles", "devices", "zone", "volume_group")
"""What a node is, before what its host is like."""


def write(sheet: Sheet) -> str:
    """The file that extends the sheet's base and comes to what the sheet says."""
    wanted = Description.model_validate(sheet.tree)
    found = _own(wanted, sheet)
    roles = list(wanted.roles)
    for name, node in (found.get("nodes") or {}).items():
        if node is not None:
            found["nodes"][name] = _tidy(node, roles)
    for path, level in sheet.levels.items():
        _put(found, path, level)
    lines = [*_introduction(sheet), *_head(sheet, found)]
    for area in AREAS:
        if area in found:
            lines += _area(area, found, roles)
    lines += _notes(sheet)
    return "\n".join(lines) + "\n"


def _own(wanted: Description, sheet: Sheet) -> Tree:
    """What the base does not say; nodes are named in full where the base has none."""
    spelt = spell(wanted)
    if not sheet.base:
        return spelt
    tree, _ = layers(sheet.base)
    nodes = tree.get("nodes")
    below = spell(
        Description.model_validate({**tree, "name": wanted.name, "nodes": nodes or sheet.tree["nodes"]})
    )
    found = difference(spelt, below if nodes else {**below, "nodes": {}})
    found.pop("description", None)
    return {
        "name": wanted.name,
        **({"description": wanted.description} if wanted.description else {}),
    } | found


def _tidy(node: Tree, table: list[str]) -> Tree:
    """Roles first, in the order of their table; disks as a list where nothing is said of any."""
    if "roles" in node:
        known = {role: number for number, role in enumerate(table)}
        node["roles"] = sorted(node["roles"], key=lambda role: known.get(role, len(known)))
    if "devices" in node and not any(node["devices"].values()):
        node["devices"] = sorted(node["devices"], key=natural)
    return {name: node[name] for name in (*_FIRST, *node) if name in node}


def _put(tree: Tree, path: Path, level: Level) -> None:
    for part in path:
        inner = tree.get(part)
        tree[part] = tree = dict(inner) if isinstance(inner, Mapping) else {}
    tree["level"] = level


def _introduction(sheet: Sheet) -> Iterator[str]:
    if sheet.mark:
        found = f"How {sheet.mark['from']} was found, not how it was meant."
        yield from comment(f"{found} Whoever knows better corrects it here.", rest="# ")
        yield ""


def _head(sheet: Sheet, found: Mapping[str, Any]) -> Iterator[str]:
    yield "deployday: 1"
    yield from block("name", found["name"])
    if "description" in found:
        yield from block("description", found["description"])
    if sheet.extends:
        yield from block("extends", sheet.extends)
    if sheet.mark:
        yield from block("captured", dict(sheet.mark))
    for name in HEAD[2:]:
        if name in found:
            yield from block(name, found[name])


def _area(area: str, found: Mapping[str, Any], roles: list[str]) -> Iterator[str]:
    if area != "bus" or "database" not in found:
        yield ""
    if area == "nodes":
        yield "nodes:"
        for name, node in _nodes(found["nodes"], roles):
            yield from block(name, node, 2)
        return
    value = found[area]
    yield from block(area, value, spread=isinstance(value, Mapping) and _is_deep(area, value))


def _is_deep(area: str, value: Mapping[str, Any]) -> bool:
    """Whether a mapping holds mappings, which read better below each other; but one alone stays a line."""
    inner = [child for child in value.values() if isinstance(child, Mapping)]
    return len(inner) > 0 and (len(value) > 1 or len(flow(value)) + len(area) > WIDTH * 2 // 3)


def _nodes(nodes: Mapping[str, Tree | None], roles: list[str]) -> list[tuple[str, Tree | None]]:
    """Nodes that are alike in one; those with the first roles of the table first."""
    alike: dict[str, list[str]] = {}
    for name, node in nodes.items():
        alike.setdefault(flow(node), []).append(name)
    order = {role: number for number, role in enumerate(roles)}

    def place(item: tuple[str, Tree | None]) -> Any:
        held: Iterable[str] = (item[1] or {}).get("roles", ())
        return min((order.get(role, len(order)) for role in held), default=-1), natural(item[0])

    found = [(key, nodes[names[0]]) for names in alike.values() for key in collapse(names)]
    return sorted(found, key=place)


def _notes(sheet: Sheet) -> Iterator[str]:
    for heading, sentences in sheet.notes.items():
        if sentences:
            yield ""
            yield f"# {heading}"
            for sentence in sentences:
                yield from comment(sentence, "# - ", "#   ")
