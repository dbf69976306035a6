"""What somebody signs: one page that says what a run came to, made of its ``report.json``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reports.annotate import unreached
from reports.model import Report
from reports.text import count, line, seconds
from reports.versions import report_of

NAMED = (
    "keystone",
    "glance",
    "nova",
    "cinder",
    "neutron",
    "swift",
    "mysql",
    "rabbitmq",
    "libvirt",
    "qemu",
    "kvm",
)
"""Packages whose versions stand on the page."""
LOUD = {
    "NO-GO": "NO-GO: this cloud is not the one that was described, or it does not work.",
    "COULD NOT JUDGE": "COULD NOT JUDGE: nobody can say whether this cloud is the one that was described.",
}
_ROOMY = 12
LAB = "A LAB, NOT YOUR CLOUD: what was driven is the embedded lab; nothing here speaks of any other cloud."
_WAIVERS, _UNSEEN, _CAUSES, _VERSIONS, _DOUBLES, _LINE = 6, 5, 4, 8, 10, 104


@dataclass(frozen=True)
class Signoff:
    """What stands on the page, each part as short as one page asks for."""

    report: Report
    digest: str
    site_print: str
    scope: str
    rests: str
    facts: tuple[tuple[str, str], ...]
    against: tuple[str, ...]
    waivers: tuple[str, ...]
    unseen: tuple[str, ...]
    versions: tuple[str, ...]
    doubles: tuple[str, ...]

    @property
    def loud(self) -> tuple[str, ...]:
        """What nobody who signs may overlook."""
        said = [LOUD[self.report.verdict]] if self.report.verdict in LOUD else []
        return (*said, LAB) if self.report.run.lab else tuple(said)

    @property
    def dense(self) -> bool:
        """Whether it is so much that it must be printed smaller to stay one page."""
        return len(self.against) + 2 * len(self.waivers) + len(self.unseen) > _ROOMY


def signoff(data: bytes, run: Mapping[str, Any], where: str) -> Signoff:
    """The page of the report in ``data``, the bytes of a ``report.json``; ``run``: what ``run.json`` says."""
    report = report_of(data, where)
    scope = report.banner.rpartition("scope ")[2]
    return Signoff(
        report=report,
        digest=hashlib.sha256(data).hexdigest(),
        site_print=site_print(run.get("site")),
        scope=line(scope or "not told", _LINE),
        rests=line(report.banner.removeprefix(f"{report.verdict}: "), 300),
        facts=tuple(_facts(report)),
        against=_few(
            (line(f"{each.component}: {each.title}".lstrip(": "), _LINE) for each in report.causes), _CAUSES
        ),
        waivers=_few(_waivers(report), _WAIVERS),
        unseen=_few(_unseen(report), _UNSEEN),
        versions=_few(_versions(report), _VERSIONS),
        doubles=_few((line(f"{each.what}: {each.why}", _LINE) for each in report.doubles), _DOUBLES),
    )


def site_print(site: object) -> str:
    """SHA-256 of what the run stored of its site, but for where the file lay; empty where that is nothing."""
    if not isinstance(site, dict):
        return ""
    facts = {name: each for name, each in site.items() if name not in ("path", "lab")}
    said = json.dumps(facts, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _few(rows: Iterable[str], most: int) -> tuple[str, ...]:
    found = list(rows)
    more = [f"and {len(found) - most} more, in the report"] if len(found) > most else []
    return (*found[:most], *more)


def _facts(report: Report) -> Iterable[tuple[str, str]]:
    run, covered = report.run, report.coverage
    yield "coverage", f"{covered.verified} of {count(covered.total, 'statement')} verified"
    areas = (f"{each.name} {each.verified}/{each.total}" for each in covered.areas)
    yield "by area", line(", ".join(areas), 320)
    told = (f"{each.name} {sum(each.counts.values())}" for each in report.gates)
    yield "scenarios", line(", ".join(told), 300)
    yield "driven from", line(str(run.machine.get("node") or "a machine that nobody named"), 120)
    yield "took", seconds(report.timings.wall)


def _waivers(report: Report) -> Iterable[str]:
    for each in report.waivers:
        if each.state == "unused":
            continue
        whose = f"owner {line(each.owner, 40)}, {line(each.ticket, 24)}, until {each.until[:10]}"
        said = f"{line(each.target, 60)}: {line(each.reason, 50)} ({whose})"
        yield said if each.state == "used" else f"{each.state.upper()}, {said}"
    for node in report.absent:
        yield f"node {line(node.node, 40)} is absent: {line(node.reason, 60)} (until {node.until[:10]})"


def _unseen(report: Report) -> Iterable[str]:
    for each in report.unverified:
        yield line(f"{count(each.count, 'statement')}, {each.state.replace('_', ' ')}: {each.reason}", _LINE)
    for why, number in unreached(report.scenarios):
        yield line(f"{count(number, 'scenario')}: {why}", _LINE)


def _versions(report: Report) -> Iterable[str]:
    found: dict[str, set[str]] = {}
    for package, versions in sorted(report.discovered.packages.items()):
        name = next((name for name in NAMED if package.split("-")[0].split("_")[0] == name), "")
        if name:
            found.setdefault(name, set()).update(versions)
    for name in (name for name in NAMED if name in found):
        yield line(f"{name} {', '.join(sorted(found[name])[:3])}", 44)
