"""A fleet held against its description and against itself: what a run's host scenarios judge, at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from harness.arch.architecture import Architecture
from harness.arch.clauses import Clause, ClauseTable
from harness.arch.model import ReferenceArchitecture
from harness.arch.paths import Path, show
from harness.fleet.alike import odd_ones
from harness.fleet.bare import BARE_KINDS, bare, virtualises
from harness.fleet.findings import Finding, Said, gathered
from harness.fleet.holding import FAMILIES, nowhere, observations, open_ports
from harness.fleet.judging import Held, below, held, told
from harness.fleet.naming import names, shared_addresses
from harness.fleet.nova import full, managed_services, missing_chains, piling_queues, unfit
from harness.fleet.observed import Observed
from harness.fleet.peers import peers
from harness.fleet.sealed import unequal_secrets
from harness.fleet.strangers import dhcp_servers, orphaned_targets
from harness.hosts.facts.model import Facts, Unknown

Fleet = Mapping[str, Facts]
_Ask = Callable[[str, Facts, ReferenceArchitecture], Iterable[str] | str | Unknown]


@dataclass(frozen=True)
class Checked:
    """``verified`` clauses hold; ``unseen``: what could not be seen, and why → the nodes."""

    verified: int
    findings: tuple[Finding, ...]
    unseen: Mapping[tuple[str, str], tuple[str, ...]]

    def bad(self, strict: bool = False) -> bool:
        """Whether something is wrong; ``strict``: doubtful or odd, too."""
        return any(strict or each.said.severity == "wrong" for each in self.findings)


def check(fleet: Fleet, arch: Architecture, *, only_machines: bool = False) -> Checked:
    """Hold every host against its clauses, the hosts of a role against each other, and all against all.

    ``only_machines``: what can be said of a rack before anything is installed on it.
    """
    tables, has = _tables(arch.table), _holders(arch.table)
    results = {node: _host(node, facts, arch, tables, only_machines) for node, facts in fleet.items()}
    said = {node: list(result.said) for node, result in results.items()}
    known = {each.what for result in results.values() for each in result.said}
    for node, more in _between(fleet):
        said[node].append(more)
    found = gathered(said, lambda what: [node for node in has.get(what, fleet) if node in fleet])
    if not only_machines:
        common = _common(fleet, arch.model)
        found += [Finding(each, (), ()) for each in common if each.what not in known]
    return Checked(
        sum(result.verified for result in results.values()),
        (*found, *_odd(fleet, arch.model, only_machines)),
        _unseen(results),
    )


def _unseen(results: Mapping[str, Held]) -> dict[tuple[str, str], tuple[str, ...]]:
    """What nobody could see: of the whole cloud, one host is enough."""
    judged = {what for result in results.values() for what in result.judged}
    found: dict[tuple[str, str], list[str]] = {}
    for node, result in results.items():
        for what, why in result.unseen.items():
            if what not in judged or what in result.own:
                found.setdefault((what, why), []).append(node)
    return {key: tuple(nodes) for key, nodes in found.items()}


def _holders(table: ClauseTable) -> dict[str, list[str]]:
    """What is said of nodes, as it is printed, → the nodes of which it is said."""
    found: dict[Path, dict[str, None]] = {}
    for path in table.clauses:
        for end in range(3, len(path) + 1) if path[0] == "nodes" else ():
            found.setdefault(path[2:end], {})[path[1]] = None
    return {show(path): list(nodes) for path, nodes in found.items()}


def _tables(table: ClauseTable) -> Callable[[str], ClauseTable]:
    """The clauses of one node with those of the whole cloud: looking through all for each is slow."""
    own: dict[str, dict[Path, Clause]] = {}
    common: dict[Path, Clause] = {}
    for path, clause in table.clauses.items():
        if path[0] == "nodes":
            own.setdefault(path[1], {})[path] = clause
        else:
            common[path] = clause

    def of(node: str) -> ClauseTable:
        return replace(table, clauses={**common, **own.get(node, {})})

    return of


def _host(
    node: str, facts: Facts, arch: Architecture, tables: Callable[[str], ClauseTable], only_machines: bool
) -> Held:
    told_of = bare(node, facts, arch.model) if only_machines else _observations(node, facts, arch.model)
    result = held(node, [*told_of, *_clock(facts)], tables(node))
    for what, role, ask in _ASKED_BARE if only_machines else _ASKED:
        if role and role not in arch.model.nodes[node].roles:
            continue
        answer = ask(node, facts, arch.model)
        if isinstance(answer, Unknown):
            result.unseen[what] = answer.unknown
            continue
        lines = (answer,) if isinstance(answer, str) else answer
        result.said += [Said("wrong", what, line) for line in lines if line]
    return result


def _observations(node: str, facts: Facts, model: ReferenceArchitecture) -> Iterator[Observed]:
    roles = {*model.nodes[node].roles}
    return observations(node, facts, model, [name for name in FAMILIES if roles & _ROLES.get(name, roles)])


def _clock(facts: Facts) -> Iterator[Observed]:
    path, clock = ("objectives", "clock_skew"), facts.clock
    if isinstance(clock, Unknown):
        yield Observed(path, unknown=clock.unknown, denied=clock.denied)
    else:
        yield Observed(path, round(max(0.0, abs(clock.offset) - clock.error), 3))


def _open(node: str, facts: Facts, model: ReferenceArchitecture) -> list[str] | Unknown:
    found = open_ports(node, facts, model)
    if isinstance(found, Unknown):
        return found
    return list(dict.fromkeys(f"{each.port} ({each.process or 'held by somebody'})" for each in found))


_ROLES: Mapping[str, set[str]] = {
    "hypervisor": {"compute"},
    "scheduler": {"scheduler"},
    "manager": {"network"},
    "volumes": {"volume"},
    "identity": {"identity"},
    "database": {"database"},
    "bus": {"bus"},
    "floating": {"compute-api", "network"},
}
"""Families that only hosts with one of these roles can tell."""

_ASKED: tuple[tuple[str, str, _Ask], ...] = (
    ("port open to others, and not described", "", _open),
    ("DHCP server besides the network manager's", "", dhcp_servers),
    ("full file system", "", lambda node, facts, model: full(facts)),
    ("machine and hypervisor", "compute", unfit),
    (
        "chain of nova-network that the packet filter lacks",
        "network",
        lambda n, facts, m: missing_chains(facts),
    ),
    ("iSCSI target without its volume", "volume", lambda node, facts, model: orphaned_targets(facts)),
    ("queue that piles up", "bus", lambda node, facts, model: piling_queues(facts)),
)
"""What is told in words, of which hosts (those with a role, or all), and by whom."""
_ASKED_BARE: tuple[tuple[str, str, _Ask], ...] = (("machine and hypervisor", "compute", virtualises),)


def _between(fleet: Fleet) -> Iterator[tuple[str, Said]]:
    """Names and addresses that are not one host's alone, or not its own."""
    for node, name in names(fleet).items():
        if isinstance(name, str) and name != node.lower():
            yield node, Said("wrong", "host name", name, f"the name of its node, {node.lower()}")
    for address, holders in shared_addresses(fleet).items():
        yield from ((node, Said("wrong", "address of several hosts", address)) for node in holders)


def _common(fleet: Fleet, model: ReferenceArchitecture) -> Iterator[Said]:
    """What is said of the cloud and not of a host: secrets, nova's own list, what no host has at all."""
    yield from (Said("wrong", "secret", str(each)) for each in unequal_secrets(fleet))
    called = {node: name for node, name in names(fleet).items() if isinstance(name, str)}
    lists = (managed_services(facts, called, model) for facts in fleet.values())
    found = next((each for each in lists if not isinstance(each, Unknown)), [])
    yield from (Said("wrong", "nova-manage service list", line) for line in found)
    for each in nowhere(fleet, model) if fleet.keys() == model.nodes.keys() else ():
        yield Said("doubtful", below("", each.path), each.about or told(None))


def _odd(fleet: Fleet, model: ReferenceArchitecture, only_machines: bool) -> Iterator[Finding]:
    for roles, nodes in peers(model, fleet):
        for odd in odd_ones({node: fleet[node] for node in nodes}):
            if only_machines and odd.kind not in BARE_KINDS:
                continue
            label = f"{', '.join(roles)}: {odd.what}"
            if odd.expected is None:
                split = str(odd).removeprefix(f"{odd.what}: ")
                yield Finding(Said("odd", label, split), tuple(odd.hosts), nodes)
                continue
            for value in dict.fromkeys(odd.hosts.values()):
                mine = tuple(node for node, own in odd.hosts.items() if own == value)
                yield Finding(Said("odd", label, value, odd.expected), mine, nodes)
