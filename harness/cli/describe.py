"""``deployday describe``: what an architecture comes to, clause by clause; or what a running cloud is."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
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
from harness.arch.source import MAX_BYTES, read_text
from harness.cli.capturing import BASE, written
from harness.errors import Problem, UsageError

Format = Literal["table", "yaml", "json"]
_ARCH = {"deployday", "extends", "release", "nodes", "captured"}
HEAD = ("clause", "value", "level", "seen by", "origin")


def describe(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[ARCH | SITE]", help="An architecture to print, or a site to capture."),
    ] = None,
    overlay: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="ARCH: lay a file over it.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="ARCH: set one value.")
    ] = None,
    form: Annotated[Format | None, typer.Option("--format", help="ARCH: how to print it (table).")] = None,
    cloud: Annotated[
        str | None, typer.Option("--cloud", metavar="NAME", help="Capture a cloud of clouds.yaml, no site.")
    ] = None,
    hosts: Annotated[
        Path | None, typer.Option("--hosts", metavar="FILE", help="SITE: an inventory of more hosts.")
    ] = None,
    base: Annotated[
        str | None, typer.Option("--base", metavar="ARCH", help=f"SITE: what to extend ({BASE}).")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", help="SITE: what to call it, if not as the site.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="SITE: the file to write.")
    ] = None,
) -> None:
    """Print an architecture as it is resolved, or write one down from a running cloud.

    ARCH, a YAML file or a shipped name: every clause with its value, level and origin. SITE, which need not
    name an architecture yet, or --cloud NAME: the cloud is asked what it is, and a description of it printed
    or written, with what differs from the base alone. Nothing in the cloud is changed.
    """
    for_arch = {"--overlay": overlay, "--set": settings, "--format": form}
    for_site = {"--hosts": hosts, "--base": base, "--name": name, "--output": output}
    if cloud is None and what is None:
        raise UsageError("name an architecture to print, a site to capture, or --cloud NAME")
    if cloud is not None and what is not None:
        hint = f"--base {what} extends another base" if not is_site(what) else "a site names its cloud itself"
        raise UsageError(Problem("--cloud", "stands alone: it is captured without a site", hint=hint))
    if cloud is not None or is_site(str(what)):
        _only(for_arch, "goes with an architecture, and this is a cloud")
        written(what, cloud=cloud, hosts=hosts, base=base or BASE, output=output, name=name or "")
        return
    _only(for_site, "goes with a site, and this is an architecture")
    show(str(what), overlay or (), settings or (), form or "table")


def _only(options: Mapping[str, object], why: str) -> None:
    """Options that say nothing here are refused, not passed over."""
    problems = [Problem(option, why) for option, value in options.items() if value]
    if problems:
        raise UsageError(*problems)


def is_site(ref: str) -> bool:
    """Whether it is a file and has none of the keys that an architecture has alone."""
    path = Path(ref)
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        return False
    entry, _ = read_text(path.read_text("utf-8-sig", errors="replace"), ref)
    return entry is not None and bool(entry.items) and not entry.items.keys() & _ARCH


def show(architecture: str, overlay: Sequence[Path], settings: Sequence[str], form: Format) -> None:
    """Print a resolved architecture, each clause with its value, level and origin."""
    arch = load(architecture, overlay, settings)
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
