"""One cause as somebody else needs it who was not there: what, where, since when, whose, and what to type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from shlex import quote

from harness.arch.paths import parse
from harness.arch.summing import listed, sum_up
from harness.errors import DeployDayError
from reports.handover.since import Since
from reports.logs import BAD
from reports.model import Cause, Clause, Exchange, Log, Report, Scenario, Step
from reports.record import Record
from reports.stories import text
from reports.suggest import netloc
from reports.text import count

EVERYONE = "default"
SERVICES = {
    "keystone": "identity",
    "nova": "compute",
    "glance": "images",
    "nova-volume": "volumes",
    "swift": "objects",
    "ssh": "hosts",
}
"""Whose service it is, in the words of ``owners``."""
_HOSTED = ("nodes", "hosts")
_REQUESTS, _LINES, _LAST = 12, 24, 8


@dataclass(frozen=True)
class Ticket:
    """Everything that a ticket says; the renderings only lay it out."""

    report: Report
    number: int
    cause: Cause
    area: str
    owner: str
    hosts: tuple[str, ...]
    where: str
    began: float | None
    since: Since | None
    clauses: Mapping[str, Clause]
    requests: tuple[Exchange, ...]
    logs: tuple[tuple[str, str], ...]
    again: str


def ticket(report: Report, record: Record, number: int, since: Since | None = None) -> Ticket:
    """The ticket of the cause with this number, from 1."""
    cause = report.causes[number - 1]
    told = [scenario for scenario in report.scenarios if scenario.key in set(cause.scenarios)]
    area, owner = _owner(cause, told, record.site.get("owners"))
    hosts = _hosts(cause, told, record)
    paths = {each.path for each in cause.deviations}
    return Ticket(
        report=report,
        number=number,
        cause=cause,
        area=area,
        owner=owner,
        hosts=hosts,
        where=_where(hosts, record),
        began=min((each.started for each in told if each.started is not None), default=None),
        since=since,
        clauses={clause.path: clause for clause in report.clauses if clause.path in paths},
        requests=tuple(_requests(cause, told))[:_REQUESTS],
        logs=tuple(_logs(told))[:_LINES],
        again=_again(cause, record),
    )


def _owner(cause: Cause, told: Iterable[Scenario], owners: object) -> tuple[str, str]:
    """(area, who) of the first name that has an owner: what deviates, the service, the story; else the area
    alone.
    """
    known = {str(area): text(who) for area, who in owners.items()} if isinstance(owners, dict) else {}
    named = [_head(each.path) for each in cause.deviations[:1]]
    named += [SERVICES[cause.component]] if cause.component in SERVICES else []
    named += [each for scenario in told for each in (scenario.id.partition(".")[0], scenario.gate)]
    named = list(dict.fromkeys(named))
    for area in (*named, EVERYONE):
        if known.get(area):
            return area, known[area]
    return (named[0] if named else ""), ""


def _head(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _hosts(cause: Cause, told: Iterable[Scenario], record: Record) -> tuple[str, ...]:
    """The nodes that it is about: named by a subject, a statement, or the row that shows it."""
    known = record.site.get("hosts")
    addresses = {str(at): name for name, at in known.items()} if isinstance(known, dict) else {}
    nodes = {*addresses.values(), *_described(record)}
    found = [scenario.subject for scenario in told if scenario.subject in nodes]
    found += [name for each in cause.deviations if (name := _node(each.path)) in nodes]
    rows = record.cited(_cited(cause, record))
    found += [host for row in rows if (host := text(row.get("host"))) in nodes]
    if not found:  # where an API answers is told only where nothing else names a node
        at = (netloc(text(row.get("url"))).rpartition(":")[0].strip("[]") for row in rows)
        found += [addresses[each] for each in at if each in addresses]
    return tuple(dict.fromkeys(each for each in found if each))


def _cited(cause: Cause, record: Record) -> list[str]:
    shown = [*cause.cites, *(cite for each in cause.deviations for cite in each.cites)]
    return [*shown, *(text(each) for row in record.cited(shown) for each in row.get("cites") or ())]


def _described(record: Record) -> set[str]:
    return {path[1] for path in record.table.clauses if len(path) > 1 and path[0] in _HOSTED}


def _node(path: str) -> str:
    try:
        parts = parse(path)
    except (ValueError, DeployDayError):
        return ""
    return parts[1] if len(parts) > 1 and parts[0] in _HOSTED else ""


def _where(hosts: tuple[str, ...], record: Record) -> str:
    """``compute-[001:003], -017 (4 of 160, all rack 3)``; a single host by its name."""
    everyone = _described(record) | set(record.racks) | set(hosts)
    if len(hosts) < 2 or not set(hosts) < everyone:
        return listed(hosts)
    share, _, names = sum_up(hosts, everyone, record.racks).partition(": ")
    rack = names.rpartition(", ")[2]
    return f"{listed(hosts)} ({share}{f', {rack}' if 'rack' in rack else ''})"


def _requests(cause: Cause, told: Iterable[Scenario]) -> Iterable[Exchange]:
    """The exchanges that went wrong, and those that show it."""
    cited = {*cause.cites, *(cite for each in cause.deviations for cite in each.cites)}
    seen: set[tuple[object, ...]] = set()
    for scenario in told:
        wrong = any(step.ok is False for step in scenario.steps)
        for step in scenario.steps:
            for each in step.evidence:
                if not isinstance(each, Exchange):
                    continue
                bad = each.status is None or each.status >= 500 or (each.status >= 400 and step.ok is False)
                alike = (each.method, each.url, each.status)
                if (each.row in cited or (wrong and bad)) and alike not in seen:
                    seen.add(alike)
                    yield each


def _logs(told: Iterable[Scenario]) -> Iterable[tuple[str, str]]:
    """(host and file, entry) of logs: errors and entries of its requests, else the last."""
    steps = [step for scenario in told for step in scenario.steps]
    found = [(f"{each.host} {entry.file}", entry) for each in _all_logs(steps) for entry in each.lines]
    telling = [(where, entry) for where, entry in found if entry.request or entry.level in BAD]
    for where, entry in telling or found[-_LAST:]:
        yield where, entry.text


def _all_logs(steps: Iterable[Step]) -> Iterable[Log]:
    return (each for step in steps for each in step.evidence if isinstance(each, Log))


def _again(cause: Cause, record: Record) -> str:
    """The run that asks the cloud again, for this alone."""
    site = text(record.site.get("path"))
    names = list(dict.fromkeys(key.partition("[")[0].rpartition(".")[2] for key in cause.scenarios))[:4]
    if record.lab is not None or not site or not names:
        return ""
    return f"deployday run {quote(site)} -k {quote(' or '.join(names))}"


def blocks(cause: Cause) -> str:
    """``3 scenarios cannot run because of it``; empty where there is none."""
    return f"{count(len(cause.blocked), 'scenario')} cannot run because of it" if cause.blocked else ""
