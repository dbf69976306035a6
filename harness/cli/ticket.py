"""``deployday ticket``: one cause of a run, written for who has to repair it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import Runs
from harness.evidence.folder import open_run
from reports.build import build
from reports.handover.bundle import write_bundle
from reports.handover.picking import listing, pick
from reports.handover.since import since
from reports.handover.ticket import ticket as ticket_of
from reports.handover.ticket_markdown import to_markdown
from reports.record import read


def ticket(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run folder, a run-id, its last four digits, or latest.")
    ] = "latest",
    cause: Annotated[
        str,
        typer.Argument(
            metavar="[CAUSE]",
            help="Its number in the report, a scenario, or a statement that deviates; without it: a list.",
            show_default=False,
        ),
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it here instead of printing it."),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle",
            metavar="FILE.tar.gz|DIR",
            help="What the run knows of it, in one file or a new folder.",
        ),
    ] = None,
    runs: Runs = Path("var/runs"),
) -> None:
    """Write a ticket of one root cause: symptom, hosts, requests, logs, owner, what to type next."""
    folder = open_run(run, home=runs)
    report = build(folder)
    if not cause:
        typer.echo(listing(report), nl=False)
        return
    number, record = pick(report, cause), read(folder)
    key = next(iter(report.causes[number - 1].scenarios), "")
    written = ticket_of(report, record, number, since(folder.path.parent, report, key))
    text = to_markdown(written)
    if bundle is not None:
        write_bundle(bundle, written, record, folder, text)
    if output is not None:
        output.write_text(text, encoding="utf-8", newline="\n")
    else:
        typer.echo(text, nl=False)
    if bundle is not None:
        typer.echo(f"bundle: {bundle}", err=True)
