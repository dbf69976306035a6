"""``deployday describe``: what an architecture comes to, clause by clause."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from harness.arch import Architecture, Clause, load
from harness.arch.paths import Path as ClausePath

Format = Literal["table", "yaml", "json"]
HEAD = ("clause", "value", "level", "seen by", "origin")


def describe(
    architecture: Annotated[
        str, typer.Argument(metavar="ARCH", help="A YAML file, or a shipped name: essex/six-node.")
    ],
    overlay: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="Lay a file over it.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Set one value.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to print it.")] = "table",
) -> None:
    """Print a resolved architecture, each clause with its value, level and origin."""
    arch = load(architecture, overlay or (), settings or ())
    for warning in arch.warnings:
        Console(stderr=True, soft_wrap=True).print(f"warning: {warning}", markup=False, highlight=False)
    if form == "json":
        sys.stdout.write(json.dumps(arch.table.to_json(), indent=2) + "\n")
    elif form == "yaml":
        as_yaml(arch)
    else:
        as_table(arch)


def as_table(arch: Architecture) -> None:
    """One line a clause; on a terminal it fits the width, elsewhere nothing is cut or wrapped."""
    clauses = arch.table.clauses.values()
    rows = [(str(c), _value(c.value), c.level, c.visible, str(c.origin)) for c in clauses]
    count = f"{arch.name}: {len(rows)} clauses, fingerprint {arch.fingerprint[:12]}"
    if not sys.stdout.isatty():
        widths = [max(map(len, column)) for column in zip(*[HEAD, *rows], strict=True)]
        for row in (HEAD, *rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            sys.stdout.write("  ".join(cells).rstrip() + "\n")
        sys.stdout.write(f"\n{count}\n")
        return
    table = Table(*HEAD, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console = Console(highlight=False)
    console.print(table)
    console.print(f"\n{count}", markup=False)


def as_yaml(arch: Architecture) -> None:
    """The resolved tree, each leaf with its origin behind it."""
    writer = YAML()
    writer.width = 4096
    writer.dump(_mapping(arch.model.model_dump(exclude_none=True), (), arch.table.clauses), sys.stdout)


def _value(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _mapping(data: dict[str, Any], path: ClausePath, clauses: Any) -> CommentedMap:
    found = CommentedMap()
    for name, value in data.items():
        here = (*path, name)
        found[name] = _mapping(value, here, clauses) if isinstance(value, dict) else _flat(value)
        clause: Clause | None = clauses.get(here)
        if clause:
            found.yaml_add_eol_comment(f"{clause.level}, {clause.origin}", name)
    return found


def _flat(value: Any) -> Any:
    """A list prints on one line; a text that looks like something else is quoted by the writer."""
    if not isinstance(value, list):
        return value
    items = CommentedSeq(value)
    items.fa.set_flow_style()
    return items
