"""``deployday waivers``: what is accepted, what became of it, and the entry that would accept one more."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from harness.cli.options import Runs
from harness.cli.report import AsOf, Now, as_of_when
from harness.errors import Problem, UsageError
from harness.evidence.folder import open_run
from harness.evidence.standing import Standing
from harness.evidence.waiverfile import load_waivers
from harness.evidence.waivers import Waiver as Accepted
from harness.plan import make_plan, missing
from harness.plan.discover import discover
from harness.plan.granting import picking_any
from harness.site import Site, load_site
from reports.accepting import entries
from reports.build import build, waiver_row
from reports.model import Report, Waiver
from reports.render.terminal import safe
from reports.text import count

app = typer.Typer(help="Accepted deviations.", no_args_is_help=True, rich_markup_mode=None)

_TONES = {"used": "green", "expired": "red", "changed": "red", "resolved": "yellow", "unused": "dim"}
_WIDTH = 15
_WORDS = {"resolved": "to be removed", "unused": "not looked at"}


@app.command("list")
def list_(
    target: Annotated[
        str, typer.Argument(metavar="RUN|SITE", help="A run, or a site file: then by the date alone.")
    ] = "latest",
    now: Now = False,
    as_of: AsOf = "",
    runs: Runs = Path("var/runs"),
) -> None:
    """Each waiver of a run with what became of it; of a site, whether it counts now."""
    moment = as_of_when(now, as_of)
    out = Console(highlight=False, soft_wrap=True)
    if Path(target).is_file():
        _of_site(out, load_site(target), time.time() if moment is None else moment)
        return
    report = build(open_run(target, home=runs), now=moment)
    _show(out, [(_word(each), each) for each in report.waivers])
    if not report.waivers:
        out.print("this run has no waivers")
    out.print(safe(report.banner, "bold", 400))


@app.command()
def suggest(
    run: Annotated[
        str, typer.Argument(metavar="RUN", help="A run folder, a run-id, its last four digits, or latest.")
    ],
    cause: Annotated[
        str,
        typer.Argument(
            metavar="CAUSE", help="The number of a root cause in the report, a scenario, or a statement."
        ),
    ],
    runs: Runs = Path("var/runs"),
) -> None:
    """Print the entries that would accept a deviation; what only you can know is yours to fill in."""
    report = build(open_run(run, home=runs))
    found = entries(report, cause)
    if not found:
        raise UsageError(
            Problem(
                "CAUSE",
                "nothing of that name failed or deviates unwaived",
                expected=_choices(report),
                found=cause,
            )
        )
    typer.echo(found, nl=False)


def _choices(report: Report) -> str:
    """What can be asked for."""
    names = [f"{number} ({each.title})" for number, each in enumerate(report.causes[:6], 1)]
    return "; ".join(names) or "nothing: no root cause is in this run"


def _of_site(out: Console, site: Site, now: float) -> None:
    """By their dates; what names nothing that exists is wrong usage."""
    if site.file.waivers is None:
        out.print("the site names no waivers")
        return
    plan = make_plan(discover(), site.arch, missing=missing(site), pick=picking_any(site.arch))
    keys = [row.key for row in plan.scenarios]
    found = load_waivers(site.file.waivers, table=site.arch.table, scenarios=keys, now=now)
    _show(out, [(_by_date(each, now), waiver_row(Standing(each, "unused"))) for each in found])
    over = sum(each.expired(now) for each in found)
    when = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%MZ")
    out.print(f"{count(len(found), 'waiver')}, {over} expired as of {when}")


def _by_date(each: Accepted, now: float) -> tuple[str, str]:
    if each.expired(now):
        return "expired", "red"
    return ("ends soon", "yellow") if each.ends_soon(now) else ("counts", "green")


def _word(each: Waiver) -> tuple[str, str]:
    return _WORDS.get(each.state, each.state), _TONES[each.state]


def _show(out: Console, rows: Iterable[tuple[tuple[str, str], Waiver]]) -> None:
    for (word, tone), each in rows:
        until = each.until.removesuffix("T23:59:59Z")
        out.print(Text.assemble((f"{word:<{_WIDTH}}", tone), safe(each.target, "bold"), f"  until {until}"))
        out.print(Text.assemble(" " * _WIDTH, safe(f"{each.reason} ({each.owner}, {each.ticket})", "dim")))
        if each.says:
            out.print(Text.assemble(" " * _WIDTH, safe(each.says, tone, 400)))
