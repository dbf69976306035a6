"""What a run knows that must not be published: names of hosts, tenants, people, places, and what they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import Any

from reports.handover.share.words import COMMON, SHORTEST, telling, words
from reports.model import Report
from reports.record import Record
from reports.stories import text
from reports.suggest import netloc

_MEMBERS = re.compile(
    r'\\*"(?P<name>tenantName|username|tenant_name|project_name|user_name|user|tenant|project|hostname|host)\\*"'
    r'\s*:\s*\\*"(?P<value>[\w.@+-]{3,80})\\*"'
)
_URL = re.compile(r"\b[a-z][a-z0-9+.-]{1,12}://[^\s\"'<>\\]+", re.IGNORECASE)
_HOME = re.compile(r"/(?:home|Users|export/home)/([^/\s\"'\\:;,<>]+)")
_TLDS = (
    "com|net|org|edu|gov|mil|int|info|biz|io|cloud|local|lan|internal|intranet|corp|home|test|example|invalid|"
    "de|fr|uk|us|eu|ch|at|nl|jp|cn|in|br|au|ca|es|it|se|no|fi|dk|pl|ru|cz"
)
DOMAIN = re.compile(
    rf"(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,8}}(?:{_TLDS})(?![\w-]|\.\w)", re.I
)
_PUBLIC_DOMAINS = (
    "openstack.org",
    "launchpad.net",
    "ubuntu.com",
    "debian.org",
    "python.org",
    "w3.org",
    "oasis-open.org",
)
_NODES = ("nodes", "hosts")
_HEADS = frozenset(
    [
        *(*_NODES, "region", "database", "bus", "identity", "catalogue", "compute", "images", "network"),
        *("volumes", "objects", "objectives", "packages", "config"),
    ]
)
_OWNED = {"tenants": "tenant", "users": "user"}


@dataclass(frozen=True)
class Names:
    """``known``: original → kind, whatever text it stands in; ``nodes`` are names of hosts, also those which
    are a word of everybody's (``controller``): these are renamed where they stand as a name.
    """

    known: dict[str, str] = field(default_factory=dict)
    nodes: set[str] = field(default_factory=set)
    public: frozenset[str] = COMMON

    def add(self, kind: str, name: object) -> None:
        """Note a name, where it tells anything."""
        said = text(name).strip()
        if kind == "domain" and is_public(said):
            return
        host, _, domain = said.partition(".")
        if kind == "host" and self.known.get(host) == "host" and self.known.get(domain) == "domain":
            return  # its parts are known, and become the same
        if SHORTEST <= len(said) <= 300 and telling(said, self.public):
            self.known.setdefault(said, kind)

    @property
    def stems(self) -> dict[str, list[str]]:
        """``acme-nova-`` → the hosts that begin so and go on with a number."""
        found: dict[str, list[str]] = {}
        for node in sorted(self.nodes):
            stem = node.rstrip("0123456789")
            if stem and stem != node:
                found.setdefault(stem, []).append(node)
        return found


def names_of(report: Report, record: Record) -> Names:
    """Everything of the run and its site that names somebody or some place."""
    found = Names(public=COMMON | _words_of(report))
    for node in {*_hosts(record), *report.discovered.systems, *_in_paths(report, _NODES)}:
        found.nodes.add(node)
        if len(node) >= SHORTEST and (telling(node, found.public) or node[-1:].isdigit()):
            found.known.setdefault(node, "host")
    for stem in found.stems:
        found.add("host", stem.rstrip("-_."))
    found.known.update(dict.fromkeys((report.run.id, *(each.run for each in report.carried)), "run"))
    for kind, name in (*_of_site(record), *_of_run(report), *_of_description(report), *_of_hosts(record)):
        found.add(kind, name)
    for said in _texts(report.model_dump(mode="json", fallback=str)):
        for kind, name in _in_text(said):
            found.add(kind, name)
    return found


def _words_of(report: Report) -> frozenset[str]:
    """The words that a report is made of whoever's it is: gates, scenarios, areas, services."""
    said = [name for each in report.scenarios for name in (each.id, each.gate, each.component)]
    said += [area.name for area in report.coverage.areas]
    return frozenset(word for each in said for word in words(each))


def _hosts(record: Record) -> Iterable[str]:
    hosts = record.site.get("hosts")
    return map(str, hosts) if isinstance(hosts, dict) else ()


def _in_paths(report: Report, first: Iterable[str]) -> Iterator[str]:
    for clause in report.clauses:
        head, _, rest = clause.path.partition(".")
        if head in first and rest:
            yield rest.partition(".")[0].partition("[")[0]


def _of_site(record: Record) -> Iterator[tuple[str, object]]:
    site = record.site
    yield "site", site.get("name")
    yield "cloud", site.get("cloud")
    if site.get("path"):
        folder = PurePosixPath(text(site["path"])).parent
        yield "path", str(folder)
        yield from (("user", name) for name in _HOME.findall(f"{folder}/"))
        yield "file", PurePosixPath(text(site["path"])).name
    yield from (("rack", rack) for rack in record.racks.values())
    hosts, owners = site.get("hosts"), site.get("owners")
    yield from (
        ("host", at)
        for at in (hosts.values() if isinstance(hosts, dict) else ())
        if not _is_address(text(at))
    )
    yield from (("owner", who) for who in (owners.values() if isinstance(owners, dict) else ()))


def _of_run(report: Report) -> Iterator[tuple[str, object]]:
    run = report.run
    yield "run", run.id
    yield "architecture", run.architecture
    for name in ("node", "user"):
        yield "machine" if name == "node" else "user", run.machine.get(name)
    yield from (("tag", tag) for tag in run.tags)
    yield from (("tenant", each) for each in run.accounts)
    yield from (("tenant", each.tenant) for each in (*report.remainders, *report.ledger.left))
    for waiver in report.waivers:
        yield "owner", waiver.owner
        yield "ticket", waiver.ticket
    for via in report.timings.via:
        yield "host", via


def _of_description(report: Report) -> Iterator[tuple[str, object]]:
    for clause in report.clauses:
        parts = clause.path.split(".", 2)
        if len(parts) > 2 and parts[0] == "identity" and parts[1].partition("[")[0] in _OWNED:
            yield _OWNED[parts[1].partition("[")[0]], parts[2].partition(".")[0].partition("[")[0]
        for named in re.findall(r'^identity\.(tenants|users)\["([^"]+)"\]', clause.path):
            yield _OWNED[named[0]], named[1]
        if clause.file and not clause.file.startswith(f"{report.run.release}/"):
            yield "file", PurePosixPath(clause.file).name
            yield "path", str(PurePosixPath(clause.file).parent)
    for collection, names in report.discovered.names.items():
        kind = _OWNED.get(collection.rpartition(".")[2])
        yield from ((kind, name) for name in names if kind)


def _of_hosts(record: Record) -> Iterator[tuple[str, object]]:
    """What hosts call themselves; their files are read up to a bound, and no other."""
    if record.hosts is None or not record.hosts.is_dir():
        return
    for path in sorted(record.hosts.glob("*.json"))[:2000]:
        if path.is_symlink() or not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                told = json.loads(file.read(4 * 1024 * 1024))
        except (OSError, ValueError, RecursionError):
            continue
        facts = told.get("facts") if isinstance(told, dict) else None
        system = facts.get("system") if isinstance(facts, dict) else None
        if isinstance(system, dict):
            yield "domain", text(system.get("fqdn")).partition(".")[2]
            yield from (("host", system.get(name)) for name in ("hostname", "fqdn"))


def _in_text(said: str) -> Iterator[tuple[str, object]]:
    if '"' in said:
        for match in _MEMBERS.finditer(said):
            kind = {"host": "host", "hostname": "host"}.get(match["name"])
            yield kind or ("user" if match["name"].startswith("user") else "tenant"), match["value"]
    if "://" in said:
        for url in _URL.findall(said):
            host = netloc(url).rpartition("@")[2]
            host = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
            if host and not _is_address(host.strip("[]")):
                yield "domain" if "." in host else "host", host
    if "/" in said:
        yield from (("user", name) for name in _HOME.findall(said))
    if "." in said:
        yield from (("domain", name) for name in DOMAIN.findall(said) if not is_public(name))


def is_public(domain: str) -> bool:
    """Whether a domain is the field's own (``docs.openstack.org``), or a path of a description that looks so
    (``catalogue.object-store.internal``).
    """
    return domain.lower().endswith(_PUBLIC_DOMAINS) or domain.partition(".")[0] in _HEADS


def _texts(thing: Any) -> Iterator[str]:
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Mapping):
        for name, each in thing.items():
            yield str(name)
            yield from _texts(each)
    elif isinstance(thing, list | tuple):
        for each in thing:
            yield from _texts(each)


def _is_address(said: str) -> bool:
    try:
        ip_address(said)
    except ValueError:
        return False
    return True
