"""Where faults of hosts strike, who finds them, and how a file is changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness.errors import LabError
from harness.lab.faults.registry import Bench

Catchers = Callable[[Any], tuple[str, ...]]
Change = Callable[[str], str | None]


def last(arch: Any, role: str) -> str:
    """The last node with a role; ``LabError`` where none has it."""
    nodes = arch.nodes_with(role)
    if not nodes:
        raise LabError(f"{arch.name} describes no node with the role {role}")
    return str(nodes[-1])


def holding(bench: Bench, role: str) -> str:
    """The last node of the lab with a role."""
    return last(bench.world.arch, role)


def on(role: str, *stories: str) -> Catchers:
    """Told of the last node with a role, these fail."""
    return lambda arch: tuple(f"{story}[{last(arch, role)}]" for story in stories)


def alike(arch: Any, node: str) -> tuple[str, ...]:
    """A node that differs from another with all the same roles is told once, whatever its roles are."""
    return tuple(f"hosts.alike[{role}]" for role, nodes in arch.alike().items() if node in nodes)


def with_alike(role: str, *stories: str, common: tuple[str, ...] = ()) -> Catchers:
    """The same, ``common`` ones that are told of no node, and the nodes of its roles are no longer alike."""
    return lambda arch: (*common, *on(role, *stories)(arch), *alike(arch, last(arch, role)))


def row_changed(name: str, place: int, value: str) -> Change:
    """The row of a table that begins with a name has another value at a place."""

    def change(text: str) -> str:
        rows = [line.split("|") for line in text.splitlines()]
        for row in rows:
            if row[0] == name:
                row[place] = value
        return "".join("|".join(row) + "\n" for row in rows)

    return change


def row_dropped(part: str) -> Change:
    """The lines with a part are gone."""
    return lambda text: "".join(line for line in text.splitlines(keepends=True) if part not in line)


def option(name: str, value: str) -> Change:
    """An option of an ini file has another value, in every section that has it."""
    return lambda text: re.sub(rf"(?m)^{re.escape(name)} = .*$", f"{name} = {value}", text)


def with_package(name: str, version: str) -> Change:
    """A package of the database has another version."""
    return lambda text: re.sub(
        rf"(?m)(^Package: {re.escape(name)}\n(?:.+\n)*?Version: ).*", rf"\g<1>{version}", text
    )


def without_package(name: str) -> Change:
    """A package is gone from the database."""
    return lambda text: re.sub(rf"(?m)^Package: {re.escape(name)}\n(?:.+\n)*\n", "", text)
