"""``deployday rings compare``: the rings of a whole cloud against each other, builders and description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from harness.cli.forgetting import Forgetting
from harness.cli.options import Overlay, Set
from harness.cli.rings.showing import UNREAD, WRONG, AsJson, as_json, say, say_findings
from harness.clients.trail import Trail
from harness.cloud.nodes import NO_HOSTS, Nodes
from harness.cloud.ringfiles import RingFiles
from harness.cloud.rings import CloudRings
from harness.errors import OutOfReach, UsageError
from harness.hosts import HostError
from harness.rings import Agreement, Audit, Finding
from harness.site import Site, load_site


@dataclass
class Compared:
    """What one ring came to over the whole cloud."""

    name: str
    agreement: Agreement
    audit: Audit | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def all(self) -> list[Finding]:
        """Everything found about it: copies, the ring itself, builder, description."""
        own = self.audit.findings if self.audit else ()
        return [*self.agreement.findings, *own, *self.findings]

    def to_data(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {
            "ring": self.name,
            "agreed": self.agreement.agreed,
            "holders": self.agreement.holders,
            "outliers": [
                {"node": one.holder, "reason": one.reason, "told": one.told}
                for one in self.agreement.outliers
            ],
            "audit": self.audit.to_data() if self.audit else None,
            "findings": [finding.to_data() for finding in self.findings],
        }


def compare(
    ref: Annotated[str, typer.Argument(metavar="SITE", help="The site file; its hosts are visited.")],
    overlays: Overlay = [],  # noqa: B006
    sets: Set = [],  # noqa: B006
    json: AsJson = False,
) -> None:
    """Fetch the rings of every node in one visit and hold them against each other, their builders and the
    description. Exit 1 where something is wrong, 2 where a node could not be entered.
    """
    site = load_site(ref, overlays=overlays, sets=sets)
    if not site.hosts:
        raise UsageError(f"{NO_HOSTS}: `rings compare` visits them")
    described = site.arch.model.objects
    if described is None:
        raise UsageError(f"{site.arch.name} describes no object storage")
    trail = Trail(Forgetting())
    with closing(Nodes(site, trail)) as nodes:
        rings = CloudRings(site, nodes, trail)
        files = rings.files
    found = [_compared(rings, name) for name in rings.names]
    general = [*_settings(rings)]
    if json:
        as_json(
            {
                "site": site.name,
                "silent": files.silent,
                "findings": [finding.to_data() for finding in general],
                "rings": [one.to_data() for one in found],
            }
        )
    else:
        _show(site, files, found, general)
    wrong = any(f.severity == "error" for f in (*general, *(f for one in found for f in one.all)))
    raise typer.Exit(WRONG if wrong else UNREAD if files.silent else 0)


def _compared(rings: CloudRings, name: str) -> Compared:
    """Copies against each other; the ring of the majority, its builder, the description."""
    found = Compared(name, rings.agreements[name])
    if found.agreement.majority is None:
        return found
    found.audit = rings.audit(name)
    try:
        found.findings += rings.against_builder(name)
    except OutOfReach:
        pass
    except HostError as error:
        sentence = f"the builder cannot be read: {error}"
        found.findings.append(Finding("builder-unreadable", "error", sentence, 1))
    found.findings += rings.against_description(name)
    return found


def _settings(rings: CloudRings) -> Iterator[Finding]:
    """The hash prefix and suffix: equal everywhere, and nowhere shown."""
    odd = rings.odd_settings
    for why in dict.fromkeys(odd.values()):
        nodes = [node for node, told in odd.items() if told == why]
        yield Finding("hash-settings-odd", "error", f"{why}: on {', '.join(nodes)}", len(nodes))
    if lacking := rings.unseen_settings:
        sentence = f"no swift.conf could be read beside the rings on {', '.join(lacking)}"
        yield Finding("hash-settings-unseen", "warning", sentence, len(lacking))


def _show(site: Site, files: RingFiles, found: Iterable[Compared], general: Iterable[Finding]) -> None:
    say(f"{site.name}: rings of {len(files.nodes) - len(files.silent)} of {len(files.nodes)} nodes")
    for name, why in files.silent.items():
        say(f"  silent    {name}: {why}")
    say_findings(general)
    for one in found:
        ring = one.agreement.majority
        if ring is None:
            say(f"{one.name}: no node has one that can be read")
            say_findings(one.all)
            continue
        word = "one content" if one.agreement.agreed else f"{one.agreement.contents} contents"
        say(
            f"{one.name}: {word}, the majority on {', '.join(one.agreement.holders)};"
            f" part power {ring.part_power}, {ring.replicas:g} replicas, {len(ring.devices)} devices,"
            f" balance {ring.balance:.2f} %"
        )
        say_findings(one.all)
