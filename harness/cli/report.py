"""``deployday report``: judge a stored run again, write its report, and end with its verdict."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness.cli.options import Runs
from harness.errors import Problem, UsageError
from harness.evidence.folder import RunFolder, open_run
from reports.build import build
from reports.model import Report
from reports.render import FORMATS, rendered, write_all
from reports.render.terminal import show


class Format(StrEnum):
    """What to print; the files of the run are written in any case."""

    terminal = "terminal"
    markdown = "markdown"
    json = "json"
    html = "html"
    junit = "junit"
    subunit = "subunit"
    metrics = "metrics"


Now = Annotated[
    bool, typer.Option("--now", help="Judge waivers and absent nodes as of now, not of the run's own time.")
]
AsOf = Annotated[str, typer.Option("--as-of", metavar="TIME", help="The same, as of this time.")]

Share = Annotated[
    Path | None,
    typer.Option(
        "--share", metavar="DIR|FILE", help="Write it so that it can be published: who and where are renamed."
    ),
]
ShareKey = Annotated[
    Path | None,
    typer.Option(
        "--share-key",
        metavar="FILE",
        help="Rename alike whenever this key is used; made where there is none.",
    ),
]


def report(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run folder, a run-id, its last four digits, or latest.")
    ] = "latest",
    format_: Annotated[Format, typer.Option("--format", "-f", help="What to print.")] = Format.terminal,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it here instead of printing it."),
    ] = None,
    now: Now = False,
    as_of: AsOf = "",
    share: Share = None,
    share_key: ShareKey = None,
    runs: Runs = Path("var/runs"),
) -> None:
    """Judge a stored run again, as of its own time: exit 0 GO, 1 NO-GO, 2 could not judge."""
    folder = open_run(run, home=runs)
    moment = as_of_when(now, as_of)
    judged = build(folder, now=moment)
    if moment is None:
        write_all(judged, folder.path)
    if share is not None or share_key is not None:
        if output is not None or format_ is not Format.terminal:
            raise UsageError("--share DIR|FILE says itself what is written: it goes without -o and -f")
        _share(judged, folder, share, share_key)
        raise typer.Exit(judged.exit_code)
    if output is not None:
        output.write_bytes(rendered(judged, format_))
    elif format_ is Format.terminal:
        _show(judged)
    else:
        typer.echo(rendered(judged, format_), nl=False)
    raise typer.Exit(judged.exit_code)


def write_reports(folder: RunFolder) -> int:
    """Judge a run that has just ended, write every file, print the summary; gives the exit code."""
    judged = build(folder)
    write_all(judged, folder.path)
    _show(judged)
    return judged.exit_code


def _share(judged: Report, folder: RunFolder, target: Path | None, key: Path | None) -> None:
    """Write it so that anybody may read it; nothing where anything would be left that nobody should."""
    from reports.handover.share.sharing import key_of, share, write
    from reports.record import read

    if target is None:
        raise UsageError("--share-key is the key of --share DIR")
    texts = share(judged, read(folder), key_of(key))
    for path in write(target, texts):
        typer.echo(str(path))


def _show(judged: Report) -> None:
    if sys.stdout.isatty():
        show(judged, Console(highlight=False))
    else:
        typer.echo(FORMATS[Format.terminal](judged), nl=False)


def as_of_when(now: bool, text: str) -> float | None:
    """The moment that waivers are judged as of (epoch seconds), None for the run's own time."""
    if now and text:
        raise UsageError("--now and --as-of name two different times")
    if not text:
        return time.time() if now else None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            Problem(
                "--as-of",
                "not a time",
                expected="2012-05-04T06:00Z",
                found=text,
                hint="ISO 8601; UTC unless it says",
            )
        ) from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
