"""``deployday signoff``: the one page that says what a run came to, to be printed and signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import Runs
from harness.errors import Problem, UsageError
from harness.evidence.folder import RunFolder, open_run, read_json
from reports.build import build
from reports.handover.checking import check as checked
from reports.handover.signoff import Signoff
from reports.handover.signoff import signoff as signoff_of
from reports.handover.signoff_pages import to_page, to_text
from reports.render import write_all
from reports.versions import bytes_of

_LARGEST = 4 * 1024 * 1024


def signoff(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run folder, a run-id, its last four digits, or latest.")
    ] = "latest",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page of A4 to be printed.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the text here.")
    ] = None,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Is this the sign-off of this run? Exit 0 yes, 1 no."),
    ] = None,
    runs: Runs = Path("var/runs"),
) -> None:
    """Say on one page what was verified, accepted and not seen, with the report's SHA-256: to be signed."""
    folder = open_run(run, home=runs)
    page = _page(folder)
    if check is not None:
        if html is not None or output is not None:
            raise UsageError("--check writes nothing: it goes without --html and --output")
        _check(check, page)
    if html is not None:
        html.write_text(to_page(page), encoding="utf-8", newline="\n")
    if output is not None:
        output.write_text(to_text(page), encoding="utf-8", newline="\n")
    elif html is None:
        typer.echo(to_text(page), nl=False)


def _page(folder: RunFolder) -> Signoff:
    """Of the report as it lies there; of a run that has none yet it is written first."""
    if not folder.report_json.exists():
        write_all(build(folder), folder.path)
    return signoff_of(bytes_of(folder.report_json), read_json(folder.run), str(folder.report_json))


def _check(file: Path, page: Signoff) -> None:
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST)
    except OSError as error:
        raise UsageError(Problem(str(file), error.strerror or "cannot be read")) from None
    found = checked(data, page)
    typer.echo(f"{file}: {found.said}")
    raise typer.Exit(0 if found.belongs else 1)
