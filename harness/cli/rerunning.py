"""``--rerun RUN``: fix, and run again what that has to do with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from harness.errors import UsageError
from harness.evidence.folder import read_json
from harness.site import Site

if TYPE_CHECKING:
    from harness.cli.again import Again

Rerun = Annotated[
    str,
    typer.Option(
        "--rerun", metavar="RUN", help="Run again what did not pass in RUN, or may have changed since."
    ),
]


class Meant(NamedTuple):
    """The folder of the run that is meant (``last`` may soon be another one), and what is run on."""

    run: str
    target: str
    cloud: str | None
    overlays: list[Path]
    sets: list[str]
    scope: list[str]


def refuse_beside(option: str, others: Mapping[str, bool]) -> None:
    """Raise ``UsageError`` where an option stands beside one that makes no sense with it."""
    given = [name for name, there in others.items() if there]
    reasons = {
        "--lab": "--lab brings up a cloud of its own, of which no earlier run knows anything; "
        "bring one up with `deployday lab up` and give its site",
        "--offline": f"{option} asks hosts and services what has changed since",
        "-k": f"-k chooses by name, {option} by what came of the run",
        "--scope": f"{option} keeps to the scope of that run",
        "--repeat": f"{option} carries what passed; a repetition tells it again",
    }
    if given:
        raise UsageError(f"{option} and {given[0]} exclude each other: {reasons[given[0]]}")


def of_the_run(
    rerun: str,
    home: Path,
    target: str,
    cloud: str | None,
    overlays: Sequence[Path],
    sets: Sequence[str],
) -> Meant:
    """What is run on: what the user says; where nothing is said, what the earlier run was run on."""
    from harness.cli.again import facts_of, scope_in, the_run

    folder = the_run(rerun, home)
    facts = read_json(folder.run)
    scope = list(scope_in(facts))
    if target:
        return Meant(str(folder.path), target, cloud, list(overlays), list(sets), scope)
    asked = facts_of(facts)
    layers = list(overlays) or [Path(each) for each in asked.overlays]
    changes = list(sets) or list(asked.sets)
    return Meant(str(folder.path), asked.ref, cloud or asked.cloud, layers, changes, scope)


def choose_again(site: Site, rerun: str, home: Path) -> Again:
    """Choose what runs again, and say so."""
    from harness.cli.again import again, the_run, words

    chosen = again(site, the_run(rerun, home))
    for row in words(chosen):
        typer.echo(row)
    return chosen
