"""The second half of ``deployday describe``: a cloud that is running, written down."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

import typer

from harness import __version__
from harness.cli.forgetting import Forgetting
from harness.errors import Problem, UsageError

BASE = "essex/ubuntu-12.04"
_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


def written(
    site: str | None, *, cloud: str | None, hosts: Path | None, base: str, output: Path | None, name: str
) -> None:
    """Ask the cloud what it is, and write that to a file or to the terminal."""
    from harness.describing import Asked, capture, write
    from harness.place import load_place

    _free(output)
    place = load_place(site, cloud=cloud, hosts=hosts)
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")
    mark = {"from": place.name, "at": at, "by": f"deployday {__version__}"}
    extends = _beside(base, output)
    sheet = capture(Asked(place, base, extends, mark, name or _named(place.name)), Forgetting())
    text = write(sheet)
    if output is None:
        sys.stdout.write(text)
        return
    _keep(output, text)
    nodes, unseen = len(sheet.tree["nodes"]), len(sheet.unseen)
    _say(output, nodes, len(text.splitlines()), unseen, site, cloud)


def _named(text: str) -> str:
    """A cloud's name as that of an architecture."""
    return _STRANGE.sub("-", text).strip("-._")[:63].strip("-._") or "captured"


def _beside(base: str, output: Path | None) -> str:
    """How the file names its base: a shipped name, or a path from the folder of the file."""
    path = Path(base)
    if not path.is_file():
        return base
    home = (output or Path("x.yaml")).resolve().parent
    below = path.resolve()
    return str(below.relative_to(home) if below.is_relative_to(home) else below)


def _free(output: Path | None) -> None:
    if output is not None and output.exists():
        raise UsageError(Problem(str(output), "exists already", hint="name another with --output"))


def _keep(output: Path, text: str) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(Problem(str(output), f"cannot be written: {error.strerror}")) from None


def _say(output: Path, nodes: int, lines: int, unseen: int, site: str | None, cloud: str | None) -> None:
    left = f"; {unseen} thing{'s'[: unseen != 1]} not seen, named at its end" if unseen else ""
    typer.echo(f"wrote {output}: {nodes} node{'s'[: nodes != 1]} in {lines} lines{left}")
    then = f"deployday run {output} --cloud {cloud}" if site is None else f"architecture: {output.name}"
    word = "run it" if site is None else f"name it in {site}"
    typer.echo(f"read it, correct it, then {word}: {then}")
