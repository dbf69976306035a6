"""``deployday clean``: remove what runs left behind, and give their accounts back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.options import Cloud, Runs
from harness.errors import UsageError
from harness.evidence.folder import RunFolder, make_folder, open_run, read_json, runs
from harness.evidence.reader import read_record
from harness.evidence.writer import Recorder
from harness.lease import RunAlive, alone, held
from harness.ledger import Ledger
from harness.site import Site, load_site

COULD_NOT = 2
All = Annotated[bool, typer.Option("--all", help="Every run of the site, also those that ended well.")]
AccountsToo = Annotated[
    bool, typer.Option("--accounts", help="Remove the lasting accounts deployday-1…n as well.")
]
Patience = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for processes of a run.")]


def clean(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[RUN] SITE…", help="A run (folder, run-id or its last four digits); site files."
        ),
    ],
    cloud: Cloud = None,
    all_: All = False,
    accounts: AccountsToo = False,
    wait: Patience = 30.0,
    runs_: Runs = Path("var/runs"),
) -> None:
    """Remove what crashed runs left in a cloud; exit 0 when nothing is left, 2 when something is.

    Without RUN it cleans every run of the site that did not end, or whose ledger is open. It waits for
    processes that still belong to a run, and touches nothing of a run that stays alive.
    """
    chosen, refs = _sorted(words, runs_, cloud)
    if chosen and (all_ or accounts):
        raise UsageError("RUN names one run: it goes neither with --all nor with --accounts")
    refs = refs or [_site_of(chosen[0])]
    failed = False
    for ref in refs:
        site = load_site(ref, cloud=cloud)
        # the newest first: an older run may have left things in an account that a newer one still leases
        known = reversed(runs(runs_))
        folders = chosen or [run for run in known if _of(run, site) and (all_ or _unfinished(run))]
        failed = _clean_runs(site, folders, wait) or failed
        if not folders:
            typer.echo(f"{site.name}: no run left anything behind")
        if accounts:
            failed = _remove_accounts(site, runs_) or failed
    raise typer.Exit(COULD_NOT if failed else 0)


def _sorted(words: Sequence[str], home: Path, cloud: str | None) -> tuple[list[RunFolder], list[str]]:
    """The one run, if the first word names one, and the sites."""
    first = Path(words[0])
    known = {run.id for run in runs(home)} | {run.short for run in runs(home)}
    named = words[0] == "latest" or words[0] in known or (first / "run.json").is_file()
    if cloud is None and not named and not first.exists() and len(words) > 1:
        open_run(words[0], home=home)
    return ([open_run(words[0], home=home)], list(words[1:])) if named else ([], list(words))


def _site_of(run: RunFolder) -> str:
    """The site file that a run was started with."""
    site = read_json(run.run).get("site")
    path = site.get("path") if isinstance(site, dict) else None
    if not path:
        raise UsageError(f"{run.id} was not started from a site file: name the site")
    return str(path)


def _of(run: RunFolder, site: Site) -> bool:
    try:
        stored = read_json(run.run).get("site")
    except UsageError:
        return run.ledger.exists()
    return isinstance(stored, dict) and stored.get("name") == site.name


def _unfinished(run: RunFolder) -> bool:
    """Whether it may have left something: its ledger is open, or it neither ended nor was cleaned since."""
    rows = [row for row in (*read_record(run.events), *read_record(run.cleaning)) if row["kind"] == "run"]
    settled = any(
        row.get("phase") == "end" or (row.get("phase") == "cleaned" and row.get("ok")) for row in rows
    )
    return not settled or bool(Ledger(run.ledger).open_entries())


def _clean_runs(site: Site, folders: Iterable[RunFolder], wait: float) -> bool:
    """Whether anything is left of any of them; a run that is alive is told at the end, the others are
    cleaned.
    """
    from harness.accounts import clean_run

    failed = False
    living: list[UsageError] = []
    for folder in folders:
        try:
            with (
                alone(folder.lock, patience=wait, waiting=_waiting),
                Recorder(folder.cleaning, worker="clean") as record,
            ):
                done = clean_run(site, folder, record)
                told = {"removed": done.removed, "started": done.started, "left": done.left}
                record.write("run", phase="cleaned", ok=done.ok, **told)
        except RunAlive as alive:
            living.append(alive)
            continue
        _show(folder.id, done.removed, done.left, done.freed, done.started)
        failed = failed or not done.ok
    if living:
        raise UsageError(*(problem for error in living for problem in error.problems))
    return failed


def _remove_accounts(site: Site, home: Path) -> bool:
    from harness.accounts import remove_accounts

    locks = {run.id: run.lock for run in runs(home)}
    make_folder(home)
    with Recorder(home / "cleaning.jsonl", worker="clean") as record:
        done = remove_accounts(site, record, lambda run: run in locks and held(locks[run]))
    _show("accounts", done.removed, done.left, [])
    return not done.ok


def _show(
    what: str, removed: Sequence[str], left: Sequence[str], freed: Sequence[str], started: Sequence[str] = ()
) -> None:
    typer.echo(f"{what}: {len(removed)} removed, {len(left)} left")
    for row in started:
        typer.echo(f"  runs again {row}")
    for row in removed:
        typer.echo(f"  removed {row}")
    for row in freed:
        typer.echo(f"  freed account {row}")
    for row in left:
        typer.echo(f"  left {row}", err=True)


def _waiting(pids: Sequence[int]) -> None:
    typer.echo(f"waiting for processes of the run: {', '.join(map(str, pids)) or 'unknown'}", err=True)
