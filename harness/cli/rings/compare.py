"""``deployday rings compare``: the rings of a whole cloud against each other, builders and description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from harness.cli.asking import Forgetting
from harness.cli.options import Overlay, Set
from harness.cli.rings.showing import UNREAD, WRONG, AsJson, as_json, say, say_findings
from harness.clients.trail import Trail
from harness.cloud.nodes import NO_HOSTS, Nodes
from harness.cloud.ringfiles import RingFiles, gather
from harness.errors import UsageError
from harness.rings import (
    Agreement,
    Audit,
    Described,
    DescribedDevice,
    Finding,
    RingError,
    against_description,
    audit,
    odd_ones,
)
from harness.rings import compare as agreement
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
    place = site.file.rings
    with closing(Nodes(site, Trail(Forgetting()))) as nodes:
        files = gather(nodes, described.rings, place.path, place.builders)
        found = [*_rings(site, nodes, files)]
    general = [*_settings(files)]
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


def _rings(site: Site, nodes: Nodes, files: RingFiles) -> Iterator[Compared]:
    objects = site.arch.model.objects
    assert objects is not None
    agreements = {name: agreement(files.copies(name, ring.holders)) for name, ring in objects.rings.items()}
    majorities = {name: found.majority for name, found in agreements.items() if found.majority is not None}
    for name, first in agreements.items():
        others = {other: ring for other, ring in majorities.items() if other != name}
        found = agreement(files.copies(name, objects.rings[name].holders), others) if others else first
        compared = Compared(name, found)
        if found.majority is not None:
            _judge(site, nodes, files, compared)
        yield compared


def _judge(site: Site, nodes: Nodes, files: RingFiles, compared: Compared) -> None:
    """The ring of the majority itself, with its builder and against the description."""
    ring, builder = compared.agreement.majority, None
    assert ring is not None
    try:
        kept = files.builder(compared.name)
        builder = kept[1] if kept else None
    except RingError as error:
        sentence = f"the builder cannot be read: {error}"
        compared.findings.append(Finding("builder-unreadable", "error", sentence, 1))
    compared.audit = audit(ring, builder)
    compared.findings += against_description(ring, _described(site, compared.name), builder)


def _described(site: Site, name: str) -> Described:
    assert site.arch.model.objects is not None
    ring = site.arch.model.objects.rings[name]
    devices = []
    for label, device in ring.devices.items():
        node, _, disk = label.partition("/")
        host = site.hosts.get(node)
        devices.append(
            DescribedDevice(
                disk,
                host.address if host else None,
                device.region,
                device.zone,
                device.port,
                device.weight,
                label,
            )
        )
    return Described(ring.part_power, ring.replicas, tuple(devices), ring.min_part_hours)


def _settings(files: RingFiles) -> Iterator[Finding]:
    """The hash prefix and suffix: equal everywhere, and nowhere shown."""
    good, bad = files.settings()
    for node, why in bad.items():
        yield Finding("hash-settings-unreadable", "error", f"{node}: {why}", 1)
    odd = odd_ones(good)
    if odd:
        sentence = f"hash prefix or suffix differ from those of the other nodes on {', '.join(odd)}"
        yield Finding("hash-settings-differ", "error", sentence, len(odd))
    lacking = [name for name, one in files.nodes.items() if one.conf is None and one.rings]
    if lacking:
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
