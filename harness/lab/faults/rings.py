"""Ways for the ring files of the nodes to be wrong, and for a node to be out of reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from harness.errors import LabError
from harness.lab.faults.hosts_where import with_alike
from harness.lab.faults.registry import Bench, fault

_OBJECT = "object.ring.gz"


def last_storage(arch: Any) -> str:
    """The last storage node of the description."""
    nodes = arch.nodes_with("object-storage")
    if not nodes:
        raise LabError(f"{arch.name} describes no storage node")
    return str(nodes[-1])


def on_last(story: str) -> Callable[[Any], tuple[str, ...]]:
    """Told of the last storage node, the story fails."""
    return lambda arch: (f"{story}[{last_storage(arch)}]",)


@fault(
    "rings.ring_missing",
    component="swift",
    caught_by=on_last("rings.present"),
    story="The last storage node has no object ring: somebody forgot to copy it.",
    seam="real",
)
def ring_missing(bench: Bench) -> Iterator[None]:
    """The file is removed."""
    with bench.doing("change ring file", last_storage(bench.world.arch), _OBJECT, lambda content: None):
        yield


@fault(
    "rings.ring_truncated",
    component="swift",
    caught_by=on_last("rings.readable"),
    story="The object ring of the last storage node is cut off in the middle: its copy was interrupted.",
    seam="real",
)
def ring_truncated(bench: Bench) -> Iterator[None]:
    """Half of the file is left."""
    with bench.doing(
        "change ring file",
        last_storage(bench.world.arch),
        _OBJECT,
        lambda content: content[: len(content) // 2],
    ):
        yield


@fault(
    "rings.ring_differs",
    component="swift",
    caught_by=("rings.equal[object]",),
    story="The last storage node has an object ring of another rebalance than all other nodes.",
    seam="real",
)
def ring_differs(bench: Bench) -> Iterator[None]:
    """A ring of the same devices with other placements."""
    with bench.doing("other ring", [last_storage(bench.world.arch)], "object", {"seed": 1}):
        yield


@fault(
    "rings.swapped",
    component="swift",
    caught_by=("rings.equal[container]",),
    story="The last storage node has the account ring under the container ring's name.",
    seam="real",
)
def swapped(bench: Bench) -> Iterator[None]:
    """One file is a copy of the other."""
    with bench.doing(
        "copied ring file", last_storage(bench.world.arch), "account.ring.gz", "container.ring.gz"
    ):
        yield


@fault(
    "rings.bit_flipped",
    component="swift",
    caught_by=on_last("rings.readable"),
    story="One bit in the middle of the account ring of the last storage node has turned over.",
    seam="real",
)
def bit_flipped(bench: Bench) -> Iterator[None]:
    """The file keeps its length and its time may be right."""

    def flipped(content: bytes) -> bytes:
        at = len(content) // 2
        return content[:at] + bytes([content[at] ^ 16]) + content[at + 1 :]

    with bench.doing("change ring file", last_storage(bench.world.arch), "account.ring.gz", flipped):
        yield


@fault(
    "rings.other_suffix",
    component="swift",
    caught_by=with_alike("object-storage", common=("rings.hash_settings", "hosts.secrets")),
    story="The last storage node would hash names with another suffix, from its next start on.",
    seam="real",
)
def other_suffix(bench: Bench) -> Iterator[None]:
    """A word more in its ``swift.conf``."""
    changed = lambda content: content.replace(b"suffix = ", b"suffix = other")  # noqa: E731
    with bench.doing("change ring file", last_storage(bench.world.arch), "swift.conf", changed):
        yield


@fault(
    "rings.wrong_power",
    component="swift",
    caught_by=("rings.described[object]",),
    story="The object ring of all nodes was built with twice the described partitions.",
    seam="real",
)
def wrong_power(bench: Bench) -> Iterator[None]:
    """A ring of the next part power on every node."""
    power = bench.world.arch.model.objects.rings["object"].part_power
    with bench.doing("other ring", None, "object", {"part_power": power + 1}):
        yield


@fault(
    "rings.wrong_replicas",
    component="swift",
    caught_by=("rings.described[object]",),
    story="The object ring of all nodes keeps one replica less than described.",
    seam="real",
)
def wrong_replicas(bench: Bench) -> Iterator[None]:
    """A ring with a replica less on every node."""
    replicas = bench.world.arch.model.objects.rings["object"].replicas
    if replicas < 2:
        raise LabError("the object ring is described with one replica: there is none to leave out")
    with bench.doing("other ring", None, "object", {"replicas": replicas - 1}):
        yield


@fault(
    "hosts.unreachable",
    component="ssh",
    caught_by=on_last("hosts.reachable"),
    story="Nothing listens at the SSH port of the last storage node.",
    seam="real",
)
def unreachable(bench: Bench) -> Iterator[None]:
    """The node's SSH server is stopped."""
    with bench.doing("stop ssh", last_storage(bench.world.arch)):
        yield
