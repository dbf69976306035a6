"""``deployday lab``: the embedded cloud, for demos and for trying an architecture before there is a cloud."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from harness.cli.options import Overlay, Set
from harness.errors import DeployDayError, LabError, UsageError

app = typer.Typer(
    no_args_is_help=True,
    help="A whole Essex cloud on this machine's loopback addresses.",
    rich_markup_mode=None,
)

Home = Annotated[Path, typer.Option("--home", metavar="DIR", help="Where labs keep their folders.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_HOME = Path("var/labs")


@app.command()
def up(
    architecture: Annotated[str, typer.Argument(metavar="ARCH", help="A shipped name, or a YAML file.")],
    name: Annotated[
        str | None, typer.Option("--name", help="The lab's name; by default the architecture's.")
    ] = None,
    fault: Annotated[list[str], typer.Option("--fault", help="Break it in this way; can be repeated.")] = [],  # noqa: B006 - typer copies it
    jitter: Annotated[
        str,
        typer.Option("--jitter", metavar="TIME", help="Every answer takes up to so much longer: 300 ms."),
    ] = "",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Chooses the delays of --jitter.")] = 0,
    overlay: Overlay = [],  # noqa: B006
    set_: Set = [],  # noqa: B006
    home: Home = _HOME,
    as_json: Json = False,
) -> None:
    """Bring the described cloud up on this machine."""
    from harness.arch import load
    from harness.lab import up as bring_up

    arch = load(architecture, overlays=list(overlay), sets=list(set_))
    late = _late(jitter)
    with _spinning(f"bringing up {arch.name}", quiet=as_json):
        info = bring_up(
            arch, name=name, home=home, faults=tuple(fault), ref=architecture, jitter=late, seed=seed
        )
    if as_json:
        _print_json(info.to_json())
        return
    _say(
        f"lab {info.name} is up: {len(arch.model.nodes)} nodes at {info.prefix}.x, "
        f"ready in {info.seconds:.1f} s"
    )
    if info.built:
        _say(f"rings built: {', '.join(info.built)}")
    for row in info.faults:
        _say(f"broken on purpose: {row}")
    if late:
        _say(f"uneven on purpose: up to {jitter} later, seed {seed}")
    _say(f"site:  {_near(info.site_file)}")
    _say(f"run:   deployday run {_near(info.site_file)}")
    _say(f"down:  deployday lab down {info.name}{_home_words(home)}")


@app.command()
def down(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which lab; not needed where there is one.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All labs of the home.")] = False,
    home: Home = _HOME,
) -> None:
    """Stop a lab and remove what it needed."""
    from harness.lab import down as take_down

    names = _chosen(name, every, home)
    if not names:
        _say(f"no lab is up in {home}")
    failed: list[DeployDayError] = []
    for each in names:
        try:
            take_down(each, home=home)
            _say(f"lab {each} is down")
        except DeployDayError as error:
            failed.append(error)
    if failed:
        raise failed[0]


@app.command()
def status(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One lab instead of all.")] = None,
    home: Home = _HOME,
    as_json: Json = False,
) -> None:
    """Show the labs and how they are."""
    from harness.lab import status as look

    rows = look(name, home=home)
    if as_json:
        _print_json([row.to_json() for row in rows])
    elif not rows:
        _say(f"no labs in {home}; `deployday lab up ARCH` brings one up")
    else:
        _table(
            ("lab", "state", "addresses", "architecture", "faults"),
            [
                (r.name, _state(r), f"{r.prefix}.x" if r.prefix else "", r.architecture, ", ".join(r.faults))
                for r in rows
            ],
        )


Fault = Annotated[str, typer.Argument(metavar="FAULT", help="Its name, as `deployday lab faults` has it.")]
Named = Annotated[str | None, typer.Option("--name", help="Which lab; not needed where there is one.")]


@app.command("break")
def break_(fault: Fault, name: Named = None, home: Home = _HOME) -> None:
    """Break a running lab on purpose."""
    _switch(fault, name, home, on=True)


@app.command()
def mend(fault: Fault, name: Named = None, home: Home = _HOME) -> None:
    """Take a fault away from a running lab: what an operator's fix does to a cloud."""
    _switch(fault, name, home, on=False)


def _switch(fault: str, name: str | None, home: Path, *, on: bool) -> None:
    from harness.lab import switch

    there = _chosen(name, False, home)
    if len(there) != 1:
        raise UsageError(f"no lab is up in {home}")
    left = switch(there[0], fault, on=on, home=home)
    _say(f"lab {there[0]}: {', '.join(left) or 'nothing'} broken on purpose")


@app.command()
def faults(
    architecture: Annotated[
        str, typer.Option("--arch", help="Whose nodes the scenario keys name.")
    ] = "essex/six-node",
    as_json: Json = False,
) -> None:
    """List the ways in which a lab can be broken, and which scenarios must catch each."""
    from harness.arch import load
    from harness.lab.faults import faults as known

    arch = load(architecture)
    rows = [_fault_row(fault, arch) for fault in known().values()]
    if as_json:
        _print_json(rows)
    else:
        _table(
            ("fault", "component", "caught by", "story"),
            [
                (r["name"], r["component"], ", ".join(r["caught_by"] or ["not possible here"]), r["story"])
                for r in rows
            ],
        )


def _late(text: str) -> float:
    """Seconds of ``--jitter``."""
    from harness.arch.units import seconds

    try:
        late = seconds(text) if text else 0.0
    except ValueError as error:
        raise UsageError(f"--jitter {text!r}: expected {error}") from None
    if late > 60:
        raise UsageError(f"--jitter {text!r}: a minute is the most")
    return late


def _fault_row(fault: Any, arch: Any) -> dict[str, Any]:
    """A row of the listing; a fault that needs what is not described has no keys."""
    try:
        return dict(fault.to_json(arch))
    except LabError:
        return {**fault.to_json(), "caught_by": None}


def _chosen(name: str | None, every: bool, home: Path) -> list[str]:
    from harness.lab import status as look

    if name and every:
        raise UsageError("a name and --all are two different wishes")
    if name:
        return [name]
    there = [row.name for row in look(home=home) if row.state != "stopped"]
    if every or len(there) < 2:
        return there
    raise UsageError(f"which lab? There are {', '.join(there)}; or --all")


def _state(row: Any) -> str:
    return "dead (lab down clears it)" if row.state == "dead" else str(row.state)


def _near(path: Path) -> str:
    """A path as the user would type it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _home_words(home: Path) -> str:
    return "" if home == _HOME else f" --home {home}"


def _say(line: str) -> None:
    typer.echo(line)


def _print_json(data: Any) -> None:
    typer.echo(json.dumps(data, indent=2))


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """A table on a terminal; elsewhere one line a row, its cells separated by tabs."""
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*head, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console().print(table)


def _spinning(what: str, *, quiet: bool) -> Any:
    """Something that moves while the user waits, on a terminal only."""
    from contextlib import nullcontext

    if quiet or not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(what)
