"""Ways for the machine under a host to be other than described: clock, disks, memory, interfaces, kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.errors import LabError
from harness.lab.faults.hosts_where import alike, holding, last, on, row_changed, row_dropped, with_alike
from harness.lab.faults.registry import Bench, fault

_MOUNTS = "/proc/self/mounts"


@fault(
    "hosts.clock_ahead",
    component="host",
    caught_by=on("object-storage", "hosts.clock"),
    story="The clock of the last storage node is 47 seconds ahead.",
    seam="real",
)
def clock_ahead(bench: Bench) -> Iterator[None]:
    """What ``date`` says."""
    with bench.doing(
        "host table", holding(bench, "object-storage"), "values", lambda text: f"{text}clock_ahead=47\n"
    ):
        yield


@fault(
    "hosts.disk_full",
    component="host",
    caught_by=on("object-storage", "hosts.space"),
    story="The system's disk of the last storage node is full.",
    seam="real",
)
def disk_full(bench: Bench) -> Iterator[None]:
    """As much is used as there is."""

    def filled(text: str) -> str:
        rows = [line.split("|") for line in text.splitlines()]
        return "".join(
            "|".join([d, size, size if path == "/" else used, path]) + "\n" for d, size, used, path in rows
        )

    with bench.doing("host table", holding(bench, "object-storage"), "space", filled):
        yield


@fault(
    "hosts.mount_missing",
    component="host",
    caught_by=with_alike("object-storage", "hosts.mounts"),
    story="A disk of the last storage node is not mounted: objects fill the system's disk.",
    seam="real",
)
def mount_missing(bench: Bench) -> Iterator[None]:
    """No such line in the table of mounts."""
    node = holding(bench, "object-storage")
    device = bench.world.arch.model.nodes[node].devices[-1]
    with bench.doing("host file", node, _MOUNTS, row_dropped(f" /srv/node/{device} ")):
        yield


@fault(
    "hosts.file_system",
    component="host",
    caught_by=with_alike("object-storage", "hosts.mounts"),
    story="A disk of the last storage node has a file system of the wrong kind.",
    seam="real",
)
def file_system(bench: Bench) -> Iterator[None]:
    """ext3 where XFS is described."""
    node = holding(bench, "object-storage")
    device = bench.world.arch.model.nodes[node].devices[-1]
    where = rf"( /srv/node/{device}) xfs "
    with bench.doing("host file", node, _MOUNTS, lambda text: re.sub(where, r"\1 ext3 ", text)):
        yield


@fault(
    "hosts.setting",
    component="host",
    caught_by=with_alike("network", "hosts.sysctl"),
    story="The kernel of the last network node forwards no packet.",
    seam="real",
)
def setting(bench: Bench) -> Iterator[None]:
    """A kernel setting."""
    node = holding(bench, "network")
    with bench.doing("host file", node, "/proc/sys/net/ipv4/ip_forward", lambda _: "0\n"):
        yield


@fault(
    "hosts.kernel_other",
    component="host",
    caught_by=with_alike("object-storage", "hosts.system"),
    story="The last storage node was started with another kernel.",
    seam="real",
)
def kernel_other(bench: Bench) -> Iterator[None]:
    """What ``uname`` says."""
    kernel = "kernel=2.6.38-8-server"
    with bench.doing(
        "host table", holding(bench, "object-storage"), "values", lambda text: f"{text}{kernel}\n"
    ):
        yield


@fault(
    "hosts.memory_smaller",
    component="host",
    caught_by=with_alike("compute", "hosts.hardware"),
    story="Half of the memory of the last compute node is not seen: a bank has failed.",
    seam="real",
)
def memory_smaller(bench: Bench) -> Iterator[None]:
    """What the kernel counts."""
    with bench.doing(
        "host file",
        holding(bench, "compute"),
        "/proc/meminfo",
        lambda text: re.sub(r"(?m)^MemTotal: .*$", "MemTotal:        2048000 kB", text),
    ):
        yield


@fault(
    "hosts.interface_missing",
    component="host",
    caught_by=with_alike("compute", "hosts.hardware"),
    story="The second interface of the last compute node is not there.",
    seam="real",
)
def interface_missing(bench: Bench) -> Iterator[None]:
    """Neither in the kernel's folder nor in what ``ip`` says."""
    with bench.doing("interface gone", holding(bench, "compute"), "eth1"):
        yield


@fault(
    "hosts.bridge_missing",
    component="host",
    caught_by=on("network", "hosts.bridges"),
    story="The last network node has no bridge for servers.",
    seam="real",
)
def bridge_missing(bench: Bench) -> Iterator[None]:
    """The bridge is gone."""
    node = holding(bench, "network")
    bridge = bench.world.arch.model.network.bridge
    with bench.doing("interface gone", node, bridge):
        yield


@fault(
    "hosts.volume_group_small",
    component="host",
    caught_by=on("volume", "hosts.volume_group"),
    story="The volume group was made on the wrong disk and is much too small.",
    seam="real",
)
def volume_group_small(bench: Bench) -> Iterator[None]:
    """Two GB."""
    node = holding(bench, "volume")
    name = bench.world.arch.model.nodes[node].volume_group.name
    with bench.doing("host table", node, "volume_groups", row_changed(name, 1, "2")):
        yield


@fault(
    "hosts.processors_unfit",
    component="nova",
    caught_by=with_alike("compute", "hosts.hypervisor"),
    story="Virtualisation is switched off in the firmware of the last compute node.",
    seam="real",
)
def processors_unfit(bench: Bench) -> Iterator[None]:
    """The flag is not there."""
    with bench.doing(
        "host file", holding(bench, "compute"), "/proc/cpuinfo", lambda text: text.replace(" vmx ", " ")
    ):
        yield


@fault(
    "hosts.resolver_other",
    component="host",
    caught_by=lambda arch: alike(arch, last(arch, "object-storage")),
    story="The last storage node asks another name server than the others.",
    seam="real",
)
def resolver_other(bench: Bench) -> Iterator[None]:
    """Its ``resolv.conf``."""
    with bench.doing(
        "host file", holding(bench, "object-storage"), "/etc/resolv.conf", lambda _: "nameserver 192.0.2.53\n"
    ):
        yield


@fault(
    "hosts.address_twice",
    component="host",
    caught_by=("hosts.addresses",),
    story="Two nodes have one address: somebody copied a configuration.",
    seam="real",
)
def address_twice(bench: Bench) -> Iterator[None]:
    """A second address, the same on the first interface of the first node and of the last."""
    nodes = list(bench.world.arch.model.nodes)
    if len(nodes) < 2:
        raise LabError(f"{bench.world.arch.name} describes one node")

    def second(text: str) -> str:
        return re.sub(r"(?m)^(eth0\|.*)$", r"\1 10.77.0.9/24", text)

    with (
        bench.doing("host table", nodes[0], "interfaces", second),
        bench.doing("host table", nodes[-1], "interfaces", second),
    ):
        yield


@fault(
    "hosts.name_other",
    component="host",
    caught_by=on("object-storage", "hosts.named"),
    story="The last storage node is called as its installer called it.",
    seam="real",
)
def name_other(bench: Bench) -> Iterator[None]:
    """The kernel's name of the host."""
    node = holding(bench, "object-storage")
    with bench.doing("host file", node, "/proc/sys/kernel/hostname", lambda _: "ubuntu\n"):
        yield
