"""Ways for files of a host to be other than described: owners, modes, options, accounts, secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harness.lab.faults.hosts_where import holding, on, option, row_dropped, with_alike
from harness.lab.faults.registry import Bench, fault

_NOVA = "/etc/nova/nova.conf"


@fault(
    "hosts.owner_wrong",
    component="host",
    caught_by=with_alike("object-storage", "hosts.files"),
    story="Swift's hash settings belong to root on the last storage node: swift may not read them.",
    seam="real",
)
def owner_wrong(bench: Bench) -> Iterator[None]:
    """Another owner in the table."""
    with bench.doing(
        "host table",
        holding(bench, "object-storage"),
        "owners",
        lambda text: f"{row_dropped('/etc/swift/swift.conf ')(text)}/etc/swift/swift.conf root root\n",
    ):
        yield


@fault(
    "hosts.mode_wrong",
    component="host",
    caught_by=with_alike("compute", "hosts.files"),
    story="Everybody on the last compute node can read nova's passwords.",
    seam="real",
)
def mode_wrong(bench: Bench) -> Iterator[None]:
    """A mode."""
    with bench.doing("host mode", holding(bench, "compute"), _NOVA, 0o644):
        yield


@fault(
    "hosts.config_missing",
    component="host",
    caught_by=on("images", "hosts.files"),
    story="The registry of images has no configuration.",
    seam="real",
)
def config_missing(bench: Bench) -> Iterator[None]:
    """The file is gone."""
    with bench.doing(
        "host file", holding(bench, "images"), "/etc/glance/glance-registry.conf", lambda _: None
    ):
        yield


@fault(
    "hosts.config_drifted",
    component="nova",
    caught_by=with_alike("compute", "hosts.config"),
    story="Somebody changed one option on one node: servers of one tenant see each other's traffic there.",
    seam="real",
)
def config_drifted(bench: Bench) -> Iterator[None]:
    """An option."""
    with bench.doing("host file", holding(bench, "compute"), _NOVA, option("allow_same_net_traffic", "true")):
        yield


@fault(
    "hosts.hypervisor_wrong",
    component="nova",
    caught_by=with_alike("compute", "hosts.hypervisor", "hosts.config"),
    story="The last compute node emulates its servers.",
    seam="real",
)
def hypervisor_wrong(bench: Bench) -> Iterator[None]:
    """Emulation where kvm is described, or the other way round."""
    node = holding(bench, "compute")
    other = "qemu" if bench.world.arch.model.compute.hypervisor == "kvm" else "kvm"
    with (
        bench.doing("host file", node, _NOVA, option("libvirt_type", other)),
        bench.doing("host file", node, "/etc/nova/nova-compute.conf", lambda _: f"--libvirt_type={other}\n"),
    ):
        yield


@fault(
    "hosts.manager_wrong",
    component="nova",
    caught_by=with_alike("network", "hosts.network"),
    story="The last network node runs another network manager than the others.",
    seam="real",
)
def manager_wrong(bench: Bench) -> Iterator[None]:
    """An option."""
    other = "nova.network.manager.FlatManager"
    with bench.doing("host file", holding(bench, "network"), _NOVA, option("network_manager", other)):
        yield


@fault(
    "hosts.scheduler_wrong",
    component="nova",
    caught_by=on("scheduler", "hosts.scheduler"),
    story="The scheduler chooses hosts by chance.",
    seam="real",
)
def scheduler_wrong(bench: Bench) -> Iterator[None]:
    """An option."""
    other = "nova.scheduler.chance.ChanceScheduler"
    with bench.doing(
        "host file", holding(bench, "scheduler"), _NOVA, option("compute_scheduler_driver", other)
    ):
        yield


@fault(
    "hosts.volume_driver_wrong",
    component="nova-volume",
    caught_by=on("volume", "hosts.volumes"),
    story="Volumes are kept by another driver than described.",
    seam="real",
)
def volume_driver_wrong(bench: Bench) -> Iterator[None]:
    """An option."""
    other = "nova.volume.driver.SheepdogDriver"
    with bench.doing("host file", holding(bench, "volume"), _NOVA, option("volume_driver", other)):
        yield


@fault(
    "hosts.identity_kept_elsewhere",
    component="keystone",
    caught_by=on("identity", "hosts.identity"),
    story="Keystone keeps its users in a directory, not in its database.",
    seam="real",
)
def identity_kept_elsewhere(bench: Bench) -> Iterator[None]:
    """The driver of users."""

    def ldap(text: str) -> str:
        return re.sub(r"keystone\.identity\.backends\.\w+\.", "keystone.identity.backends.ldap.", text)

    with bench.doing("host file", holding(bench, "identity"), "/etc/keystone/keystone.conf", ldap):
        yield


@fault(
    "hosts.secret_differs",
    component="nova",
    caught_by=with_alike("compute", common=("hosts.secrets",)),
    story="The last compute node has the bus's password of before the last change.",
    seam="real",
)
def secret_differs(bench: Bench) -> Iterator[None]:
    """Another password."""
    before = "the-one-before-the-last-change"
    with bench.doing("host file", holding(bench, "compute"), _NOVA, option("rabbit_password", before)):
        yield


@fault(
    "hosts.user_missing",
    component="host",
    caught_by=with_alike("object-storage", "hosts.users"),
    story="The last storage node has no account for Swift.",
    seam="real",
)
def user_missing(bench: Bench) -> Iterator[None]:
    """Its line is gone."""
    with bench.doing("host file", holding(bench, "object-storage"), "/etc/passwd", row_dropped("swift:x:")):
        yield


@fault(
    "hosts.group_left",
    component="host",
    caught_by=with_alike("compute", "hosts.users"),
    story="Nova may not speak to libvirt on the last compute node: it is not in its group.",
    seam="real",
)
def group_left(bench: Bench) -> Iterator[None]:
    """The group has no member."""
    with bench.doing(
        "host file",
        holding(bench, "compute"),
        "/etc/group",
        lambda text: re.sub(r"(?m)^(libvirtd:x:\d+:).*$", r"\1", text),
    ):
        yield


@fault(
    "hosts.chains_gone",
    component="nova",
    caught_by=on("network", "hosts.chains"),
    story="Somebody flushed the packet filter of the last network node: nova's chains are gone.",
    seam="real",
)
def chains_gone(bench: Bench) -> Iterator[None]:
    """What ``iptables-save`` says."""
    empty = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
    with bench.doing("host table", holding(bench, "network"), "iptables", lambda _: empty):
        yield


@fault(
    "hosts.target_left",
    component="nova-volume",
    caught_by=on("volume", "hosts.targets"),
    story="An iSCSI target is left of a volume that was deleted half-way.",
    seam="real",
)
def target_left(bench: Bench) -> Iterator[None]:
    """A target without its volume."""
    with bench.doing("host table", holding(bench, "volume"), "targets", lambda _: "volume-0000dead\n"):
        yield


@fault(
    "hosts.floating_missing",
    component="nova",
    caught_by=("hosts.floating",),
    story="Most of the described floating addresses were never put into the pool.",
    seam="real",
)
def floating_missing(bench: Bench) -> Iterator[None]:
    """The first half of the pool is all there is."""
    from harness.lab.compute.state import compute

    state = compute(bench.world)
    before = dict(state.floating)
    for number in list(state.floating)[len(before) // 2 :]:
        if state.floating[number].tenant_id is None:
            del state.floating[number]
    try:
        yield
    finally:
        state.floating.update({number: one for number, one in before.items() if number not in state.floating})


@fault(
    "hosts.errors_logged",
    component="nova",
    caught_by=on("compute", "hosts.logs"),
    story="The compute service of the last compute node writes of errors that nobody sees from outside.",
    seam="real",
)
def errors_logged(bench: Bench) -> Iterator[None]:
    """Entries with a traceback, as long as it lasts."""
    lines = (
        "ERROR nova.compute.manager [-] Error during ComputeManager._sync_power_states: Unable to read from "
        "monitor\n"
        "TRACE nova.compute.manager Traceback (most recent call last):\n"
        '  File "/usr/lib/python2.7/dist-packages/nova/manager.py", line 155, in periodic_tasks'
    )
    with bench.doing("errors logged", holding(bench, "compute"), "/var/log/nova/nova-compute.log", lines):
        yield
