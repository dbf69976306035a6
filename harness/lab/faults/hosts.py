"""Ways for services, packages and ports of a host to be other than described."""

from __future__ import annotations

from collections.abc import Iterator

from harness.lab.faults.hosts_where import (
    alike,
    holding,
    last,
    on,
    row_changed,
    row_dropped,
    with_alike,
    with_package,
    without_package,
)
from harness.lab.faults.registry import Bench, fault


@fault(
    "hosts.service_dead",
    component="host",
    caught_by=with_alike("object-storage", "hosts.services"),
    story="The auditor of objects has died on the last storage node.",
    seam="real",
)
def service_dead(bench: Bench) -> Iterator[None]:
    """Its job is stopped."""
    node = last(bench.world.arch, "object-storage")
    with bench.doing("host table", node, "services", row_changed("swift-object-auditor", 2, "stopped")):
        yield


@fault(
    "hosts.service_not_enabled",
    component="host",
    caught_by=with_alike("object-storage", "hosts.services"),
    story="A service runs on the last storage node, and nobody would start it after a reboot.",
    seam="real",
)
def service_not_enabled(bench: Bench) -> Iterator[None]:
    """An override says that the job is started by hand."""
    node = last(bench.world.arch, "object-storage")
    with bench.doing("host file", node, "/etc/init/swift-container-updater.override", lambda _: "manual\n"):
        yield


@fault(
    "hosts.service_elsewhere",
    component="host",
    caught_by=with_alike("compute", "hosts.services"),
    story="The last compute node runs a scheduler that nobody described there.",
    seam="real",
)
def service_elsewhere(bench: Bench) -> Iterator[None]:
    """A job more, with its file."""
    node = last(bench.world.arch, "compute")
    row = "nova-scheduler|upstart|running|4711|nova|/usr/bin/nova-scheduler\n"
    conf = "start on runlevel [2345]\nexec nova-scheduler\n"
    with (
        bench.doing("host table", node, "services", lambda text: text + row),
        bench.doing("host file", node, "/etc/init/nova-scheduler.conf", lambda _: conf),
    ):
        yield


@fault(
    "hosts.package_version",
    component="host",
    caught_by=lambda arch: alike(arch, last(arch, "object-storage")),
    story="One of many: the last storage node has an older object server.",
    seam="real",
)
def package_version(bench: Bench) -> Iterator[None]:
    """Another version in the package database."""
    node = last(bench.world.arch, "object-storage")
    change = with_package("swift-object", "1.4.7-0ubuntu1~ppa1")
    with bench.doing("host file", node, "/var/lib/dpkg/status", change):
        yield


@fault(
    "hosts.package_missing",
    component="host",
    caught_by=on("identity", "hosts.packages"),
    story="Keystone runs from somebody's checkout: its package is not installed.",
    seam="real",
)
def package_missing(bench: Bench) -> Iterator[None]:
    """No such paragraph in the package database."""
    node = last(bench.world.arch, "identity")
    with bench.doing("host file", node, "/var/lib/dpkg/status", without_package("keystone")):
        yield


@fault(
    "hosts.port_closed",
    component="host",
    caught_by=with_alike("object-storage", "hosts.ports"),
    story="The rsync daemon of the last storage node runs and listens nowhere.",
    seam="real",
)
def port_closed(bench: Bench) -> Iterator[None]:
    """Its row is gone from the sockets."""
    node = last(bench.world.arch, "object-storage")
    with bench.doing("host table", node, "listeners", row_dropped("|873|")):
        yield


@fault(
    "hosts.port_open",
    component="host",
    caught_by=with_alike("object-storage", "hosts.open_ports"),
    story="Somebody's web server listens to the world on the last storage node.",
    seam="real",
)
def port_open(bench: Bench) -> Iterator[None]:
    """A socket more."""
    node = last(bench.world.arch, "object-storage")
    with bench.doing("host table", node, "listeners", lambda text: f"{text}tcp|0.0.0.0|8000|python|4711\n"):
        yield


@fault(
    "hosts.second_dhcp",
    component="nova",
    caught_by=on("object-storage", "hosts.dhcp"),
    story="The last storage node gives addresses to whoever asks: a second DHCP server.",
    seam="real",
)
def second_dhcp(bench: Bench) -> Iterator[None]:
    """Its process, and its socket."""
    node = last(bench.world.arch, "object-storage")
    process = "4711|dhcpd|/usr/sbin/dhcpd -q -pf /run/dhcp-server/dhcpd.pid -cf /etc/dhcp/dhcpd.conf eth0\n"
    with (
        bench.doing("host table", node, "processes", lambda text: text + process),
        bench.doing("host table", node, "listeners", lambda text: f"{text}udp|0.0.0.0|67|dhcpd|4711\n"),
    ):
        yield


@fault(
    "hosts.managed_dead",
    component="nova",
    caught_by=("hosts.managed",),
    story="Nova has heard nothing of a network service for long, although its process runs: XXX in its list.",
    seam="real",
)
def managed_dead(bench: Bench) -> Iterator[None]:
    """It has stopped to report."""
    node = last(bench.world.arch, "network")
    with bench.doing("service silent", node, "nova-network"):
        yield


@fault(
    "hosts.database_refuses",
    component="database",
    caught_by=on("database", "hosts.database"),
    story="MySQL runs and takes no connection.",
    seam="real",
)
def database_refuses(bench: Bench) -> Iterator[None]:
    """Its own tool gets no answer."""
    with bench.doing(
        "host table", holding(bench, "database"), "values", lambda text: f"{text}database=refuses\n"
    ):
        yield


@fault(
    "hosts.queue_piles_up",
    component="bus",
    caught_by=on("bus", "hosts.bus"),
    story="Five thousand messages wait for a scheduler that does not read them.",
    seam="real",
)
def queue_piles_up(bench: Bench) -> Iterator[None]:
    """The count of a queue."""
    with bench.doing("host table", holding(bench, "bus"), "queues", row_changed("scheduler", 1, "5000")):
        yield
