"""``deployday compare``: runs side by side, what differs between them, and how sure that is."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness.cli.options import Runs
from harness.errors import Problem, UsageError
from harness.evidence.folder import RunFolder, open_run, read_json, runs
from reports.compare.build import compare as compared
from reports.compare.model import Comparison
from reports.compare.outcome import Condition, outcome
from reports.compare.reading import Seen, read
from reports.compare.render import FORMATS
from reports.compare.render.terminal import show

LAST_GO = "last-go"


class Format(StrEnum):
    """What to print."""

    terminal = "terminal"
    markdown = "markdown"
    json = "json"
    html = "html"


_ENDINGS = {".html": Format.html, ".htm": Format.html, ".md": Format.markdown, ".json": Format.json}


def compare(
    runs_: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN",
            help="Run folders, report.json files, run-ids or their last four digits; the first is held to.",
        ),
    ] = None,
    last: Annotated[int, typer.Option("--last", min=0, help="The last N runs (with --tag: of those).")] = 0,
    tag: Annotated[str, typer.Option("--tag", metavar="T", help="Runs that were given this tag.")] = "",
    baseline: Annotated[
        str,
        typer.Option("--baseline", metavar="RUN|last-go", help="What all others are held to."),
    ] = "",
    fail_on: Annotated[
        list[Condition],
        typer.Option(
            "--fail-on",
            metavar="new|flip|slower",
            help="Exit 1 at new deviations, flips to worse, slower times; repeatable.",
        ),
    ] = [],  # noqa: B006 - typer copies it
    format_: Annotated[Format | None, typer.Option("--format", "-f", help="What to print.")] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it here; its ending says the format."),
    ] = None,
    home: Runs = Path("var/runs"),
) -> None:
    """Lay runs side by side: exit 0, or what --fail-on says: 1 found, 2 could not be judged."""
    folders = _chosen(runs_ or [], last, tag, baseline, home)
    against = _baseline(baseline, folders, home)
    sides = compared([read(each) for each in folders], [read(each) for each in against])
    form = format_ or _ENDINGS.get(output.suffix.lower() if output else "", Format.terminal)
    if output is not None:
        output.write_text(FORMATS[form](sides), encoding="utf-8", newline="\n")
    elif form is Format.terminal:
        _show(sides)
    else:
        typer.echo(FORMATS[form](sides), nl=False)
    code, said = outcome(sides, fail_on)
    for sentence in said:
        typer.echo(sentence, err=True)
    raise typer.Exit(code)


def _show(sides: Comparison) -> None:
    if sys.stdout.isatty():
        show(sides, Console(highlight=False))
    else:
        typer.echo(FORMATS[Format.terminal](sides), nl=False)


def _chosen(refs: Sequence[str], last: int, tag: str, baseline: str, home: Path) -> list[Path]:
    """Folders or files of reports, each once."""
    found = [_named(ref, home) for ref in refs]
    if tag or last or not refs:
        stored = [each for each in runs(home) if not tag or tag in _tags(each)]
        if not stored and not tag and not refs:
            raise UsageError(Problem(str(home), "there is no run yet", hint="deployday run SITE"))
        if tag and not stored:
            raise UsageError(Problem("--tag", "no run has this tag", found=tag, hint="run SITE --tag T"))
        wanted = last or (len(stored) if tag else (1 if baseline else 2))
        found += [each.path for each in stored[-wanted:]]
    return list(dict.fromkeys(found))


def _named(ref: str, home: Path) -> Path:
    path = Path(ref)
    return path.resolve() if path.is_file() else open_run(ref, home=home).path


def _baseline(ref: str, chosen: Sequence[Path], home: Path) -> list[Path]:
    if not ref:
        return []
    if ref != LAST_GO:
        return [_named(ref, home)]
    newest = read(chosen[-1]) if chosen else None
    stored = [each for each in runs(home) if each.path not in chosen]
    found = newest and next(_go_before(newest, stored), None)
    if not found:
        series = f"of {newest.architecture} on {newest.site}" if newest else ""
        raise UsageError(Problem("--baseline", f"no earlier run {series} is GO", found=LAST_GO))
    return [found]


def _go_before(newest: Seen, stored: Sequence[RunFolder]) -> Iterator[Path]:
    """Earlier GO runs of the same series, newest first."""
    for folder in reversed(stored):
        try:
            facts = read_json(folder.run)
            site = facts.get("site")
            name = site.get("name") if isinstance(site, dict) else site
            if (name, facts.get("arch")) != newest.series or not folder.report_json.exists():
                continue
            run = read(folder.path)
        except UsageError:  # a broken run is no baseline
            continue
        if run.verdict == "GO" and run.started < newest.started:
            yield folder.path


def _tags(folder: RunFolder) -> list[str]:
    try:
        tags = read_json(folder.run).get("tags")
    except UsageError:
        return []
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
