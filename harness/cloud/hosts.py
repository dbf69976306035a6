"""What the described nodes say of themselves, as stories see it.

The main process of a run visits them all, once and at the same time; stories, on whichever worker, read what
came of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from harness.arch.model import ReferenceArchitecture
from harness.arch.summing import listed
from harness.cloud.told import show, show_file
from harness.errors import CloudError, OutOfReach, Untold
from harness.evidence.folder import RunFolder
from harness.fleet import FAMILIES, Observed, naming, nova, odd_ones
from harness.fleet.holding import open_ports
from harness.fleet.peers import peers
from harness.fleet.sealed import unequal_secrets
from harness.fleet.strangers import dhcp_servers, orphaned_targets
from harness.hosts import HostError, HostUnreachable
from harness.hosts.facts.model import NOT_ASKED, Facts, Unknown
from harness.hosts.visiting import ANSWER_TIMEOUT, Visit

if TYPE_CHECKING:
    from harness.cloud.run import RunSession
    from harness.cloud.story import Cloud

T = TypeVar("T")
_PATIENCE = 3 * ANSWER_TIMEOUT
_PAUSE = 0.02


class Hosts:
    """The visits of a run, for one story; what is used of them is cited."""

    def __init__(self, run: RunSession, cloud: Cloud) -> None:
        self._run, self._cloud = run, cloud

    def banner(self, node: str) -> str:
        """What the SSH server of a node calls itself; raises ``HostUnreachable``."""
        return self._entered(self._run.visits.begun(node)).banner

    def facts(self, node: str) -> Facts:
        """What a node told; parts that it could not tell are ``Unknown``.

        Raises ``HostUnreachable``, ``OutOfReach`` where this access asks it nothing, ``HostError`` where it
        told nothing.
        """
        visit = self.visit(node)
        if visit.facts is None:
            raise HostError(f"{node}: {visit.torn}", component="ssh", cites=_rows(visit))
        return visit.facts

    def visit(self, node: str) -> Visit:
        """What came of the visit to a node, as a whole; raises as ``facts`` does."""
        visit = self._entered(self._run.visits.over(node))
        if visit.mute:
            raise OutOfReach(f"{node}: {visit.mute}")
        return visit

    def all(self) -> Mapping[str, Facts]:
        """The facts of every node that told any, by name."""
        found = {}
        for node in self._run.site.arch.model.nodes if self._run.site.hosts else ():
            visit = self._run.visits.over(node)
            if visit.facts is not None:
                self._run.trail.touch(visit.row, "ssh")
                found[node] = visit.facts
        if not found:
            raise OutOfReach("no host told any facts")
        return found

    def hold(self, node: str, *families: str) -> None:
        """Observe everything that a node's facts say of its clauses in some families (``harness.fleet``)."""
        facts = self.facts(node)
        for family in families:
            self._show(node, family)
            self.observe(FAMILIES[family](node, facts, self._run.site.arch.model))

    def observe(self, observed: Iterable[Observed]) -> None:
        """Write down observations; raises ``CloudError`` never: the judge compares."""
        for each in observed:
            if each.names is not None:
                self._cloud.observe_names(each.path, each.names)
            elif each.denied:
                self._cloud.cannot_see(each.path, each.unknown)
            elif each.unknown:
                self._cloud.cannot_tell(each.path, each.unknown)
            else:
                self._cloud.observe(each.path, each.value)

    def hold_any(self, family: str, part: str) -> None:
        """Observe a family on every node that can tell the part of the facts it rests on.

        Raises ``OutOfReach`` where no node may tell it, ``Untold`` where none can.
        """
        fleet = self.all()
        told = [node for node, facts in fleet.items() if not isinstance(getattr(facts, part), Unknown)]
        for node in told:
            self.hold(node, family)
        if not told:
            node, facts = self._telling(part)
            self._sure(node, getattr(facts, part))

    def skew(self, node: str) -> float:
        """Seconds by which a node's clock is surely off ours."""
        clock = self._sure(node, self._part(node, "clock").clock)
        return round(max(0.0, abs(clock.offset) - clock.error), 3)

    def names(self, node: str = "") -> dict[str, str]:
        """Node → host name without domain, of all that tell theirs; asked on behalf of one of them."""
        found = {name: told for name, told in naming.names(self.all()).items() if isinstance(told, str)}
        if node:
            self._show(node, "names")
        return found

    def shared_addresses(self) -> dict[str, list[str]]:
        """Addresses that several nodes have → these nodes."""
        shared = naming.shared_addresses(self.all())
        for nodes in list(shared.values())[:1]:
            self._show(nodes[-1], "addresses")
        return shared

    def open_ports(self, node: str) -> list[str]:
        """What listens on a node to others and is not described, in words."""
        found = self._sure(node, open_ports(node, self._part(node, "ports"), self._model))
        return [f"{each.process or 'somebody'} at {each.address}:{each.port}" for each in found]

    def dhcp_servers(self, node: str) -> tuple[str, ...]:
        """DHCP servers of a node that are not the network manager's, in words."""
        return self._sure(node, dhcp_servers(node, self._part(node, "dhcp"), self._model))

    def managed_services(self) -> list[str]:
        """What is wrong with nova's own list of services, as the first node tells that has it."""
        node, facts = self._telling("managed")
        names = self.names()
        self._show(node, "managed")
        return self._sure(node, nova.managed_services(facts, names, self._model))

    def missing_packages(self, node: str) -> list[str]:
        """Patterns of which the roles of a node want a package, and none is installed."""
        installed = self._sure(node, self._part(node, "packages").packages)
        rows = (self._model.roles.get(role) for role in self._model.nodes[node].roles)
        wanted = dict.fromkeys(pattern for row in rows if row for pattern in row.packages)
        return [pattern for pattern in wanted if not any(fnmatchcase(name, pattern) for name in installed)]

    def unequal_secrets(self) -> list[str]:
        """Secrets that stand at one place on several nodes and differ, in words."""
        found = unequal_secrets(self.all())
        for first in found[:1]:
            show_file(self._run.trail, self._run.visits.over(first.nodes[0]), first.file)
        return [str(each) for each in found]

    def odd_ones(self, nodes: Iterable[str]) -> list[str]:
        """What some of these nodes have otherwise than others with all the same roles, in words."""
        fleet = self.all()
        groups = peers(self._model, [node for node in nodes if node in fleet])
        found = [odd for _, same in groups for odd in odd_ones({node: fleet[node] for node in same})]
        for odd in found[:1]:
            self._show(next(iter(odd.hosts)), odd.kind)
        return [f"{odd}: {listed(odd.hosts)}" if odd.expected is not None else str(odd) for odd in found]

    def orphaned_targets(self, node: str) -> tuple[str, ...]:
        """Targets of iSCSI of a node whose volume is gone, in words."""
        return self._sure(node, orphaned_targets(self._part(node, "targets")))

    def missing_chains(self, node: str) -> tuple[str, ...]:
        """Chains of nova-network that the packet filter of a node does not have, in words."""
        return self._sure(node, nova.missing_chains(self._part(node, "chains")))

    def full(self, node: str) -> tuple[str, ...]:
        """File systems of a node on which nothing can be written any more."""
        return self._sure(node, nova.full(self._part(node, "space")))

    def unfit(self, node: str) -> str:
        """Why a compute node cannot run servers as it is told to; empty where it can."""
        return self._sure(node, nova.unfit(node, self._part(node, "hypervisor"), self._model))

    def piling_queues(self, node: str) -> tuple[str, ...]:
        """Queues of the bus on a node in which too many messages wait."""
        return self._sure(node, nova.piling_queues(self._part(node, "bus")))

    def _part(self, node: str, name: str) -> Facts:
        """The facts of a node, of which one part is used now."""
        facts = self.facts(node)
        self._show(node, name)
        return facts

    def _show(self, node: str, name: str) -> None:
        show(self._run.trail, self._run.visits.over(node), name)

    @property
    def _model(self) -> ReferenceArchitecture:
        return self._run.site.arch.model

    def _telling(self, part: str) -> tuple[str, Facts]:
        """The first node that tells a part of the facts, and else the first that was asked for it."""
        fleet = self.all()
        told = {node: getattr(facts, part) for node, facts in fleet.items()}
        node = min(told, key=lambda node: (isinstance(told[node], Unknown), told[node] == NOT_ASKED))
        return node, fleet[node]

    def _sure(self, node: str, told: T | Unknown) -> T:
        """What was told; raises ``OutOfReach`` or ``Untold``."""
        if not isinstance(told, Unknown):
            return told
        why = f"{node}: {told.unknown}"
        raise OutOfReach(why) if told.denied else Untold(why)

    def _entered(self, visit: Visit) -> Visit:
        if visit.refused:
            raise HostUnreachable(visit.refused, component="ssh", cites=_rows(visit))
        if visit.mute and not visit.banner:
            raise OutOfReach(visit.mute)
        self._run.trail.touch(visit.row, "ssh")
        return visit


class Visits:
    """The visits of a run, read from its folder as they come in."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder.hosts
        self._over: dict[str, Visit] = {}

    def begun(self, node: str) -> Visit:
        """A visit that has at least been begun."""
        return self._until(node, over=False)

    def over(self, node: str) -> Visit:
        """A visit that is over."""
        if node not in self._over:
            self._over[node] = self._until(node, over=True)
        return self._over[node]

    def refused(self, node: str) -> str:
        """Why a node could not be entered, as far as that is known by now; waits for nothing."""
        found = self._over.get(node) or self._read(node)
        return found.refused if found else ""

    def _until(self, node: str, *, over: bool) -> Visit:
        end = time.monotonic() + _PATIENCE
        while True:
            found = self._read(node)
            if found is not None and (found.over or not over):
                return found
            if time.monotonic() > end:
                raise CloudError(f"{node}: nothing came of the visit within {_PATIENCE:g} s", component="ssh")
            time.sleep(_PAUSE)

    def _read(self, node: str) -> Visit | None:
        try:
            return Visit.model_validate_json((self._folder / f"{node}.json").read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise CloudError(f"{node}: what came of the visit cannot be read: {error}") from None


def _rows(visit: Visit) -> tuple[str, ...]:
    return (visit.row,) if visit.row else ()
