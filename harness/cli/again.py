"""An earlier run that is run again: what is chosen of it, what is carried, and what is said before."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from harness import __version__
from harness.accounts.given import Given
from harness.cli.again_asking import cloud_now, hosts_now
from harness.cli.showing import few
from harness.cloud.visiting import read_visits
from harness.errors import Problem, UsageError
from harness.evidence.carried import Carried, From, lifted
from harness.evidence.folder import RunFolder, open_run
from harness.evidence.verdicts import ScenarioVerdict
from harness.fleet.belonging import ALL
from harness.fleet.since import TENANT, Changed, hosts_since, services_since, unseen_hosts
from harness.hosts.visiting import Visit
from harness.lease import held
from harness.plan import Plan, make_plan, missing
from harness.plan.again import Choice, Earlier, choose, redescribed, with_needed
from harness.plan.discover import discover
from harness.plan.earlier import by_scenario, digits, earlier, found
from harness.plan.granting import picking
from harness.plan.scope import Scope, scope_of
from harness.site import Site
from reports.build import judged
from reports.record import Record, read
from reports.text import line

_LISTS = ("overlays", "sets", "scope")
_UNRUN = ("not_reached", "left_out", "unknown")
"""How a story ended that never came to its end: the first two by its own row, the last without one."""


@dataclass(frozen=True)
class Again:
    """What is run again of a run, and what is carried; ``plan`` is of what runs."""

    folder: RunFolder
    record: Record
    answer: str
    choice: Choice
    plan: Plan
    carried: Carried
    unseen: Sequence[str]
    entered: bool = True


def again(site: Site, folder: RunFolder, now: float | None = None) -> Again:
    """Choose. Visits the site's hosts and asks its services, which says what has changed since.

    Raises ``UsageError`` where the run is of another cloud, or cannot be read.
    """
    moment = time.time() if now is None else now
    record = read(folder)
    _same(site, folder, record)
    judgement = judged(record)
    known, services = cloud_now(site)
    hosts = hosts_now(site)
    everything = _plan(site, known)
    left = {row["key"] for row in record.deselected if "key" in row}
    within = scope_of(scope_in(record.run), site.arch)
    scope = Plan(tuple(row for row in everything.scenarios if row.key not in left))
    then, known_then = _earlier(record, judgement.scenarios), found(record.everything)
    changed = [
        *_otherwise(site, record),
        *_hosts(site, record, hosts),
        *services_since(known_then, _with_lost(known_then, services)),
    ]
    described = redescribed(record.table, site.arch.table)
    choice = choose(scope, then, changed, described, moment)
    unable = [row.key for row in scope.scenarios if not row.runs]
    chosen = _plan(site, known, [*choice.again, *unable], choice.carried, record.scope, within)
    choice = with_needed(choice, chosen)
    carried = _carried(folder, record, choice, [*choice.again, *unable])
    return Again(folder, record, judgement.go, choice, chosen, carried, unseen_hosts(hosts), bool(hosts))


def the_run(ref: str, home: Path) -> RunFolder:
    """The run that is meant; raises ``UsageError`` where there is none, or where it still goes."""
    folder = open_run(ref, home=home)
    if held(folder.lock):
        raise UsageError(Problem("--rerun", "this run still goes", found=folder.id, hint="wait for its end"))
    return folder


def _same(site: Site, folder: RunFolder, record: Record) -> None:
    of = (str(record.site.get("name")), record.table.name)
    if of != (site.name, site.arch.name):
        raise UsageError(
            Problem(
                "--rerun",
                "a run of another cloud",
                expected=f"{site.arch.name} on {site.name}",
                found=line(f"{of[1]} on {of[0]} ({folder.id})"),
            )
        )


def _plan(
    site: Site,
    known: Given | None,
    selected: Sequence[str] | None = None,
    carried: Sequence[str] = (),
    scope: str = "all",
    within: Scope | None = None,
) -> Plan:
    lacking = {} if known is None or known.leases else known.accounts.missing
    return make_plan(
        discover(),
        site.arch,
        missing={**missing(site), **lacking},
        selected=selected,
        scope=scope,
        pick=picking(site, datetime.now(UTC)),
        carried=carried,
        within=within,
    )


def _earlier(record: Record, verdicts: Mapping[str, ScenarioVerdict]) -> dict[str, Earlier]:
    """What the run came to, for all that it told or carried."""
    rows = by_scenario(record.everything)
    versions = {row["key"]: str(row.get("version") or "") for row in record.plan}
    ends = {row["scenario"]: row.get("outcome") for row in record.everything if row["kind"] == "verdict"}
    return {
        key: earlier(
            rows.get(key, ()),
            "unrun" if ends.get(key, verdict.verdict) in _UNRUN else _word(verdict),
            versions.get(key, ""),
            bool(verdict.deviations),
        )
        for key, verdict in verdicts.items()
        if verdict.verdict != "not_applicable"
    }


def _word(verdict: ScenarioVerdict) -> str:
    return "deviates" if verdict.verdict == "fail" and verdict.met else verdict.verdict


def _otherwise(site: Site, record: Record) -> list[Changed]:
    """What is otherwise of the run as a whole: then nothing of it holds."""
    options = record.run.get("options")
    options = options if isinstance(options, dict) else {}
    pairs = [
        ("Deploy Day", record.run.get("version"), __version__),
        ("the cloud", record.site.get("cloud"), site.file.cloud),
        ("a lab or not", record.lab is not None, site.file.lab is not None),
    ]
    return [
        Changed(f"{what} is another now ({then} → {now})", frozenset({ALL}))
        for what, then, now in pairs
        if then != now
    ]


def _hosts(site: Site, record: Record, now: Mapping[str, Visit]) -> list[Changed]:
    if not site.hosts:
        return []
    then = read_visits(record.hosts) if record.hosts else {}
    if scope_in(record.run):  # of a part of the cloud, which has its own nodes
        now = {node: visit for node, visit in now.items() if node in then}
    roles = {name: node.roles for name, node in site.arch.model.nodes.items()}
    moved = _moved(site, record)
    return hosts_since({node: visit for node, visit in then.items() if node not in moved}, now, roles)


def _with_lost(then: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What is known now, with an empty id for each lasting tenant that is not there any more; where tenants
    could not be listed, nothing is known of them.
    """
    listed = any(path.startswith(TENANT) for path in now)
    lost = {path: "" for path in then if path.startswith(TENANT) and listed}
    return {**lost, **now}


def _moved(site: Site, record: Record) -> set[str]:
    """Nodes that have another address: what was told of them was told by another machine."""
    before = record.site.get("hosts")
    before = before if isinstance(before, dict) else {}
    return {name for name, host in site.hosts.items() if before.get(name, host.address) != host.address}


def _carried(folder: RunFolder, record: Record, choice: Choice, selected: Iterable[str]) -> Carried:
    own = [key for key in choice.carried if key not in record.carried]
    lent = {key: where for key in choice.carried if (where := record.carried.get(key)) is not None}
    ends = {row["scenario"]: row["t"] for row in record.rows if row["kind"] == "verdict"}
    names = {where.run: _writer(record, key) for key, where in lent.items()}
    rows = [*lifted(record.earlier, lent, ""), *lifted(record.rows, own, digits(folder.id, names))]
    results = {key: From(folder.id, record.started, float(ends[key])) for key in own} | lent
    made = {*record.resources, *(str(row["id"]) for row in record.ledger if row.get("id"))}
    seen = {str(row["resource"]) for row in rows if row.get("resource") is not None}
    return Carried(
        of=folder.id,
        folder=str(folder.path),
        results={key: results[key] for key in choice.carried},
        rows=rows,
        resources=frozenset(made & seen),
        found=found(record.everything),
        selected={key: str(choice.again.get(key, "")) for key in selected},
        scope=record.scope,
    )


def _writer(record: Record, key: str) -> str:
    """What the writers of a carried result are called by in the run that carried it."""
    rows = record.by_scenario.get(key, ())
    return next((str(row["worker"]).partition("/")[0] for row in rows), "")


def words(chosen: Again) -> list[str]:
    """What is said before the run: how much runs again, and for which reasons; then what nobody can know."""
    count = len(chosen.choice.again)
    began = datetime.fromtimestamp(chosen.record.started, UTC).strftime("%Y-%m-%d %H:%M UTC")
    rows = [
        f"again: {chosen.folder.id} ({chosen.answer}, {began})",
        f"  {count} to run, {len(chosen.choice.carried)} carried",
    ]
    for why, keys in chosen.choice.groups():
        because = f"because {line(why.text)}" if why.text else str(why)
        rows.append(f"  {len(keys):>4} {because}: {few(keys)}")
    if chosen.choice.carried and not chosen.entered:
        rows.append("  the hosts cannot be entered: what changed on them nobody knows")
    if chosen.choice.carried and chosen.unseen:
        rows.append(f"  what changed on these hosts nobody knows, they tell nothing: {few(chosen.unseen)}")
    return rows


@dataclass(frozen=True)
class Asked:
    """What a run was asked for: site or architecture, cloud, overlays, changes and scope."""

    ref: str
    cloud: str | None
    overlays: tuple[str, ...]
    sets: tuple[str, ...]
    scope: tuple[str, ...]


def facts_of(record: Mapping[str, Any]) -> Asked:
    """What a run was of, as its ``run.json`` says.

    Raises ``UsageError`` where it does not say, or where that site is gone.
    """
    options, site = record.get("options"), record.get("site")
    options = options if isinstance(options, dict) else {}
    path = site.get("path") if isinstance(site, dict) else None
    ref = str(path or options.get("site") or options.get("arch") or "")
    if not ref or (path and not Path(path).exists()):
        hint = "deployday run SITE --rerun RUN"
        what = f"its site is not there any more: {ref}" if ref else "it does not say what it was run on"
        raise UsageError(Problem("--rerun", what, hint=hint))
    cloud = options.get("cloud")
    return Asked(ref, str(cloud) if cloud else None, *(_texts(options, name) for name in _LISTS))


def scope_in(record: Mapping[str, Any]) -> tuple[str, ...]:
    """The scope of a run, as its ``run.json`` says."""
    options = record.get("options")
    return _texts(options, "scope") if isinstance(options, dict) else ()


def _texts(options: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = options.get(name)
    return tuple(map(str, found)) if isinstance(found, list) else ()
