"""``deployday history``: what many runs tell: lists, charts, steps in time or verdict, flakes, durations."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

import numpy as np
import typer
from rich.console import Console, RenderableType

from harness.cli.options import Runs
from harness.errors import Problem, UsageError
from harness.evidence.folder import RunFolder
from harness.lease import held
from reports.history import retention, tables
from reports.history.durations import Duration
from reports.history.durations import scenarios as durations_of
from reports.history.durations import steps as steps_of
from reports.history.entry import Facts
from reports.history.flaky import Flaky
from reports.history.flaky import flaky as flaky_of
from reports.history.index import Found, Index
from reports.history.opening import ask
from reports.history.series import Series, Steps
from reports.history.story import Story, stories
from reports.history.trend import Point
from reports.history.trend import trend as trend_of
from reports.render.terminal import safe
from reports.text import count

app = typer.Typer(help="What many runs tell.", no_args_is_help=True, rich_markup_mode=None)

SiteName = Annotated[str | None, typer.Option("--site", metavar="NAME", help="Runs of this site alone.")]
Arch = Annotated[str | None, typer.Option("--arch", metavar="NAME", help="Runs of this architecture alone.")]
Json = Annotated[bool, typer.Option("--json", help="For programs.")]
Last = Annotated[int, typer.Option("--last", min=0, metavar="N", help="The newest N runs; 0: all.")]
HOME = Path("var/runs")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Chosen:
    """The series that is asked of, and whether there are others."""

    site: str
    architecture: str
    others: int


@app.command("list")
def list_(
    site: SiteName = None,
    arch: Arch = None,
    last: Last = 20,
    tag: Annotated[
        list[str], typer.Option("--tag", help="Runs that carry it; repeatable: all of them.")
    ] = [],  # noqa: B006
    as_json: Json = False,
    runs: Runs = HOME,
) -> None:
    """Runs, newest first; Δ where the description is another than in the run before."""

    def question(index: Index) -> tuple[list[Facts], list[str]]:
        return index.facts(site, arch), [folder.id for folder in index.running]

    facts, going = _ask(runs, question)
    marked = [(run, changed) for run, changed in _marked(facts) if set(tag) <= set(run.tags)]
    told = marked[: last or None]
    if as_json:
        ended = [{**asdict(run), "changed": changed, "running": False} for run, changed in told]
        _json([*({"id": name, "running": True} for name in going), *ended])
    elif told or going:
        several = len({run.series for run, _ in told}) > 1
        _print(tables.runs(told, series=several, going=going))
    else:
        typer.echo("no run is like that")


@app.command()
def show(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="compute.boot, or hosts.clock[node-1].")
    ],
    site: SiteName = None,
    arch: Arch = None,
    last: Last = 100,
    as_json: Json = False,
    runs: Runs = HOME,
) -> None:
    """A scenario through its runs: what it came to, how long it took, when it was changed."""
    chosen, (series, _) = _series(runs, site, arch, last)
    told = stories(series, scenario)
    if as_json:
        _json({**_named(chosen), "scenarios": [_story(one) for one in told]})
        return
    _head(chosen, series)
    for one in told:
        _print(tables.story(one))
    _print(tables.legend())


@app.command()
def trend(
    site: SiteName = None,
    arch: Arch = None,
    last: Last = 200,
    share: Annotated[float, typer.Option(min=0, help="Steps in time below this share are not told.")] = 0.1,
    seconds: Annotated[float, typer.Option(min=0, help="Nor those of fewer seconds.")] = 0.05,
    as_json: Json = False,
    runs: Runs = HOME,
) -> None:
    """Since when something is slower, faster, worse or better, and what was changed then."""
    chosen, (series, _) = _series(runs, site, arch, last)
    points = trend_of(series, runs, share=share, seconds=seconds)
    if as_json:
        _json(
            {**_named(chosen), "runs": len(series.runs), "points": [_point(each, series) for each in points]}
        )
        return
    _head(chosen, series)
    _print(tables.trend(points, len(series.runs)))


@app.command()
def flaky(
    site: SiteName = None, arch: Arch = None, last: Last = 200, as_json: Json = False, runs: Runs = HOME
) -> None:
    """What passes at one time and not at another, without a change of the description."""
    chosen, (series, _) = _series(runs, site, arch, last)
    told = flaky_of(series)
    if as_json:
        _json({**_named(chosen), "runs": len(series.runs), "flaky": [_flaky(each) for each in told]})
        return
    _head(chosen, series)
    _print(tables.flaky(told, len(series.runs)))


@app.command()
def durations(
    site: SiteName = None,
    arch: Arch = None,
    last: Last = 50,
    top: Annotated[int, typer.Option("--top", min=0, help="So many scenarios and steps; 0: all.")] = 15,
    as_json: Json = False,
    runs: Runs = HOME,
) -> None:
    """Where the time goes: scenarios and steps, median and 95th percentile, share of all."""
    chosen, (series, rows) = _series(runs, site, arch, last, steps=True)
    told, steps = durations_of(series)[: top or None], steps_of(rows, series)[: top or None]
    if as_json:
        both = {"scenarios": list(map(_rounded, told)), "steps": list(map(_rounded, steps))}
        _json({**_named(chosen), "runs": len(series.runs), **both})
        return
    _head(chosen, series)
    _print(tables.durations(told, steps, len(series.runs)))


@app.command()
def prune(
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, metavar="N", help="At most the newest N runs of a series.")
    ] = None,
    older_than: Annotated[
        str, typer.Option("--older-than", metavar="AGE", help="None older: 90d, 12h.")
    ] = "",
    max_size: Annotated[str, typer.Option("--max-size", metavar="SIZE", help="No more in all: 2GB.")] = "",
    site: SiteName = None,
    arch: Arch = None,
    yes: Annotated[bool, typer.Option("--yes", help="Remove them; without it they are only told.")] = False,
    as_json: Json = False,
    runs: Runs = HOME,
) -> None:
    """Remove old run folders. Never the last GO of a series, one that still goes or left things."""
    from harness.cli.pruning import remove, select

    age = retention.age(older_than) if older_than else None
    bounds = retention.Bounds(keep, age, retention.size(max_size) if max_size else None)
    if not bounds.given:
        raise UsageError("say how much may stay: --keep N, --older-than AGE, --max-size SIZE")
    choice = select(runs, bounds, site=site, architecture=arch)
    if yes:
        choice = remove(runs, choice)
    if as_json:
        _json({"done": yes, **asdict(choice)})
    else:
        _print(tables.leaving(choice, yes))


def _series(
    home: Path, site: str | None, arch: str | None, last: int, steps: bool = False
) -> tuple[Chosen, tuple[Series, Steps]]:
    """The runs of the one series that is asked of: with the newest run, where names leave more than one."""

    def question(index: Index) -> tuple[Chosen, tuple[Series, Steps]]:
        chosen = _choose(home, index.all_series(), site, arch)
        names = (chosen.site, chosen.architecture, last)
        return chosen, (
            index.series(*names),
            index.steps(*names) if steps else Steps([], np.zeros((0, 0), np.float32)),
        )

    return _ask(home, question)


def _choose(home: Path, known: Sequence[Found], site: str | None, arch: str | None) -> Chosen:
    if not known:
        raise UsageError(Problem(str(home), "there is no run yet", hint="deployday run SITE, or --runs DIR"))
    told = [each for each in known if site in (None, each.site) and arch in (None, each.architecture)]
    if not told:
        names = "; ".join(f"--site {each.site} --arch {each.architecture}" for each in known[:5])
        raise UsageError(Problem(str(home), "no run is of that site and architecture", expected=names))
    return Chosen(told[0].site, told[0].architecture, len(told) - 1)


def _ask(home: Path, question: Callable[[Index], Answer]) -> Answer:
    """Ask the index; where taking runs in lasts, say so on a terminal."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        return ask(home, question, alive=_alive)
    with console.status("") as status:
        return ask(
            home,
            question,
            alive=_alive,
            progress=lambda done, of: status.update(f"reading runs: {done} of {of}"),
        )


def _alive(folder: RunFolder) -> bool:
    return held(folder.lock)


def _marked(facts: Sequence[Facts]) -> list[tuple[Facts, bool]]:
    """Runs, newest first, with whether the description changed since the one before of their series."""
    before: dict[tuple[str, str], str] = {}
    told = []
    for run in reversed(facts):
        changed = bool(run.fingerprint) and before.get(run.series, run.fingerprint) != run.fingerprint
        before[run.series] = run.fingerprint or before.get(run.series, "")
        told.append((run, changed))
    return told[::-1]


def _head(chosen: Chosen, series: Series) -> None:
    names = safe(f"{chosen.site} · {chosen.architecture}", "bold")
    more = f" ({chosen.others} other series: --site, --arch)" if chosen.others else ""
    _print(names + safe(f", {count(len(series.runs), 'run')}{more}"))


def _print(told: RenderableType) -> None:
    """In colour on a terminal, as plain lines elsewhere."""
    if sys.stdout.isatty():
        Console(highlight=False).print(told)
        return
    stream = io.StringIO()
    Console(file=stream, width=200, color_system=None, force_terminal=False).print(told, soft_wrap=True)
    typer.echo("\n".join(line.rstrip() for line in stream.getvalue().splitlines()))


def _json(data: Any) -> None:
    typer.echo(json.dumps(data, indent=1, ensure_ascii=True))


def _named(chosen: Chosen) -> dict[str, str]:
    return {"site": chosen.site, "architecture": chosen.architecture}


def _story(one: Story) -> dict[str, Any]:
    told = [
        {
            "run": each.run.id,
            "started": each.run.started,
            "verdict": each.verdict,
            "seconds": each.seconds,
            "description_changed": each.described,
            "scenario_changed": each.changed,
        }
        for each in one.told
    ]
    return {"key": one.key, "told": told}


def _point(point: Point, series: Series) -> dict[str, Any]:
    changes = [
        {**asdict(each), "before": series.runs[each.before].id, "after": series.runs[each.after].id}
        for each in point.changes
    ]
    return {
        "run": point.after.id,
        "started": point.after.started,
        "before": point.before.id,
        "changes": changes,
        "differences": [asdict(each) for each in point.differences],
        "differences_later": point.later,
    }


def _flaky(each: Flaky) -> dict[str, Any]:
    told = asdict(each)
    return {**told, "rate": each.rate, "since": each.since.id, "last": each.last.id}


def _rounded(each: Duration) -> dict[str, Any]:
    numbers = {"p50": round(each.p50, 4), "p95": round(each.p95, 4), "share": round(each.share, 6)}
    return {**asdict(each), **numbers}
