"""``deployday plan``: am I ready? What is wrong, what will run, what will not and why, and for how long."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from time import time
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from harness.accounts.given import Given
from harness.arch import Architecture, parse, show
from harness.arch.shipped import shipped_names
from harness.cli.costs import show_costs
from harness.cli.learning import costs, reckoned
from harness.cli.means import Means, described
from harness.cli.means import asked as asked_of
from harness.cli.options import Cloud, Overlay, Runs, Scope, Set
from harness.cli.rerunning import Rerun, choose_again, refuse_beside
from harness.cli.showing import few
from harness.cli.timing import Within, show_fit
from harness.errors import CloudError, Problem, UsageError
from harness.evidence.fold import Owner, owners, owns
from harness.evidence.waiverfile import load_waivers
from harness.plan import Board, Plan, make_plan, missing
from harness.plan.discover import discover
from harness.plan.estimate import seconds
from harness.plan.granting import picking, picking_any
from harness.plan.scope import scope_of
from harness.site import Site, load_site
from harness.sitefile import is_architecture

Explain = Annotated[
    str, typer.Option("--explain", metavar="PATH", help="One statement: origin, and who checks it.")
]
Offline = Annotated[bool, typer.Option("--offline", help="Do not ask the cloud anything.")]
LabOnly = Annotated[
    bool, typer.Option("--lab", help="Plan for the lab of this architecture; nothing is started.")
]
Workers = Annotated[
    int, typer.Option("--workers", "-n", min=0, max=16, help="As for run; 0: one for a lab, else two.")
]

_SERVERS = 4
"""How many servers a run has at once, as the plugin's ``--servers`` says by default."""


def plan(
    target: Annotated[
        str,
        typer.Argument(metavar="SITE|ARCH", help="A site file, or an architecture with --cloud or --lab."),
    ],
    cloud: Cloud = None,
    lab: LabOnly = False,
    overlay: Overlay = [],  # noqa: B006 - typer copies it
    set_: Set = [],  # noqa: B006
    explain: Explain = "",
    offline: Offline = False,
    workers: Workers = 0,
    within: Within = "",
    scope: Scope = [],  # noqa: B006
    rerun: Rerun = "",
    runs: Runs = Path("var/runs"),
) -> None:
    """Say whether all is ready for a run: exit 0 if so, 2 if the cloud does not answer, 3 on wrong usage."""
    if lab and cloud:
        raise UsageError("--lab and --cloud name two different clouds")
    if rerun:
        refuse_beside("--rerun", {"--lab": lab, "--offline": offline, "--scope": bool(scope)})
    out = Console(highlight=False, soft_wrap=True)
    asked = not (offline or lab or explain)
    name = "the lab" if lab else cloud or _standing_in(target, not asked)
    site = load_site(target, cloud=name, overlays=overlay, sets=set_, access=asked)
    declared = discover()
    pick = picking_any(site.arch) if lab else picking(site, datetime.now(UTC))
    part = scope_of(scope, site.arch)
    planned = make_plan(declared, site.arch, missing={} if lab else missing(site), pick=pick, within=part)
    _check_waivers(site, planned)
    if explain:
        _explain(out, site.arch, _within_reach(planned), explain)
        return
    _heading(out, site)
    if part:
        out.print(f"  scope {escape(part.text)}")
    ready, given = _ask(out, site) if asked else (True, None)
    if given is not None and not given.leases:
        lacking = {**missing(site), **given.accounts.missing}
        planned = make_plan(declared, site.arch, missing=lacking, pick=pick, within=part)
    if rerun:
        planned = choose_again(site, rerun, runs).plan
    means = described(site.arch) if given is None else asked_of(given, site.arch)
    planned, means = means.fitted(_within_reach(planned), _SERVERS)
    planned, known = reckoned(planned, site.name, site.arch.name, runs)
    _scenarios(out, planned)
    _statements(out, site.arch, planned)
    show_costs(out, planned, means, _SERVERS)
    workers = workers or (1 if lab or site.file.lab else 2)
    _minutes(out, planned, means, workers)
    if known:
        out.print(f"  {known} of them by what earlier runs took")
    if within:
        show_fit(out, planned, within, workers, costs(site.name, site.arch.name, runs))
    if not ready:
        out.print("[red]Not ready:[/] the cloud did not answer as it must; see above.")
        raise typer.Exit(2)
    out.print("Ready." if asked else "The description is ready; the cloud was not asked.")


def _standing_in(target: str, offline: bool) -> str | None:
    """An architecture alone can be planned for as long as no cloud is asked; it then stands for its cloud."""
    if offline and (target in shipped_names() or is_architecture(Path(target))):
        return "a cloud"
    return None


def _within_reach(planned: Plan) -> Plan:
    """The plan, with what only needs something out of reach counted as out of reach, too."""
    unable = {row.key: row.reason for row in Board(planned.scenarios, _SERVERS).unable()}
    return replace(
        planned,
        scenarios=tuple(
            replace(row, reach=False, reason=unable[row.key]) if row.runs and row.key in unable else row
            for row in planned.scenarios
        ),
    )


def _check_waivers(site: Site, planned: Plan) -> None:
    """A file of waivers is wrong usage now, not after the run."""
    if site.file.waivers:
        keys = [row.key for row in (*planned.scenarios, *planned.deselected)]
        load_waivers(site.file.waivers, table=site.arch.table, scenarios=keys, now=time())


def _heading(out: Console, site: Site) -> None:
    arch = site.arch
    out.print(f"[bold]{escape(site.name)}[/] is to be [bold]{escape(arch.name)}[/] ({arch.release})")
    out.print(
        f"  {len(arch.model.nodes)} nodes, {len(arch.table.clauses)} statements, {arch.fingerprint[:12]}"
    )
    for each in site.absent:
        over = each.over(time())
        why = f"{each.node} was absent until {each.until_text}, which is over" if over else each.sentence
        out.print(f"[yellow]{'counts again' if over else 'not there yet'}:[/] {escape(why)}")
    for warning in arch.warnings:
        out.print(f"[yellow]unwise:[/] {escape(str(warning))}")
    unknown = [name for name in arch.model.nodes if name not in site.hosts]
    if site.hosts and unknown:
        out.print(f"[yellow]no address for:[/] {escape(', '.join(unknown))}")


def _ask(out: Console, site: Site) -> tuple[bool, Given | None]:
    """Credentials and endpoints, really asked: whether every one of them answered, and who we are."""
    from harness.cli.asking import ask

    try:
        answers, given = ask(site)
    except CloudError as error:
        out.print(f"[red]no token:[/] {escape(str(error))}")
        return False, None
    width = max(len(answer.url) for answer in answers)
    for answer in answers:
        mark = "" if answer.ok else "[red]does not answer:[/] "
        out.print(f"  {answer.service:<12} {escape(answer.url):<{width}}  {mark}{escape(answer.text)}")
    return all(answer.ok for answer in answers), given


def _scenarios(out: Console, planned: Plan) -> None:
    gates: dict[str, list[str]] = defaultdict(list)
    reasons: dict[str, list[str]] = defaultdict(list)
    for row in planned.scenarios:
        gates[row.gate].append(row.key)
        if not row.runs:
            reasons[row.reason].append(row.key)
    out.print()
    for gate, keys in gates.items():
        running = sum(1 for row in planned.running if row.gate == gate)
        out.print(f"  {gate:<10} {running:>3} of {len(keys)} will run")
    for reason, keys in reasons.items():
        out.print(f"[yellow]will not run:[/] {escape(few(keys))}: {escape(reason)}")
    for row in planned.running:
        if row.disturbance:
            out.print(f"[yellow]will disturb:[/] {escape(row.disturbance)}")


def _minutes(out: Console, planned: Plan, means: Means, workers: int) -> None:
    """Likely, where all is slow, and where every story hangs until it is stopped."""
    likely, slow = planned.minutes(workers, _SERVERS, means.pace)
    wall = seconds(planned.scenarios, workers, _SERVERS, lambda row: row.limit, planned.tenants) / 60
    people = "1 worker" if workers == 1 else f"{workers} workers"
    out.print(f"\n{len(planned.running)} scenarios with {people}: likely {_time(likely)}, ", end="")
    out.print(f"{_time(slow)} where everything is slow, ", end="")
    out.print(f"at worst {_time(wall)} (every story hangs until it is stopped).")


def _time(minutes: float) -> str:
    if minutes < 2:
        return f"{minutes * 60:.0f} s"
    return f"{minutes:.0f} minutes" if minutes < 120 else f"{minutes / 60:.1f} hours"


def _statements(out: Console, arch: Architecture, planned: Plan) -> None:
    """How many statements will be looked at, and by what the others cannot be."""
    owning = _owning(planned)
    looked = {path for path in arch.table.clauses if any(owns(owned, path) for _, owned in owning)}
    out.print(f"\n  {len(looked)} of {len(arch.table.clauses)} statements will be looked at", end="")
    left: dict[str, int] = defaultdict(int)
    for path, clause in arch.table.clauses.items():
        if path not in looked:
            left[f"{clause.visible}: {clause.area}"] += 1
    rest = ", ".join(f"{count} {name}" for name, count in sorted(left.items()))
    out.print(f"; the others can be seen by {rest}" if rest else "")


def _owning(planned: Plan) -> list[Owner]:
    """Which running scenario owns what, by the judge's own rule."""
    return owners(row.to_json() for row in planned.running)


def _explain(out: Console, arch: Architecture, planned: Plan, text: str) -> None:
    try:
        found = list(arch.table.below(parse(text)))
    except ValueError as error:
        raise UsageError(Problem(where="--explain", message=str(error))) from None
    if not found:
        paths = {show(path[:end]) for path in arch.table.clauses for end in range(1, len(path) + 1)}
        near = get_close_matches(text, sorted(paths), 3, 0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`deployday describe ARCH` lists every path"
        raise UsageError(Problem(where="--explain", message=f"{arch.name} has no {text}", hint=hint))
    owning = _owning(planned)
    for clause in found:
        keys = dict.fromkeys(key for key, owned in owning if owns(owned, clause.path))
        out.print(f"[bold]{escape(str(clause))}[/] = {escape(repr(clause.value))}")
        out.print(
            f"  {clause.level}, {clause.comparator}, {escape(str(clause.origin))}, seen by {clause.visible}"
        )
        out.print(f"  looked at by {escape(', '.join(keys))}" if keys else "  no scenario looks at it yet")
