"""Ways in which the network of guests can be broken: groups, floating addresses, what passes between."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.arch import Architecture
from harness.lab.faults import decisions
from harness.lab.faults.registry import Bench, fault


def _and_inside(*keys: str) -> Callable[[Architecture], tuple[str, ...]]:
    """These, and the stories of groups between guests where the description has groups count there."""

    def caught_by(arch: Architecture) -> tuple[str, ...]:
        told = arch.model.config.get("nova.conf", {}).get("allow_same_net_traffic", "true")
        inside = ("network.group_inside", "network.other_tenant")
        return (*keys, *(inside if str(told).lower() in ("false", "0", "no") else ()))

    return caught_by


def _between_guests(arch: Architecture) -> tuple[str, ...]:
    """The stories of what passes between guests, whoever they belong to."""
    hosts = (f"network.mesh[{node}]" for node in arch.nodes_with("compute"))
    return ("network.same_tenant", "network.other_tenant", *hosts)


@fault(
    "network.groups_ignored",
    component="nova",
    seam="machine",
    caught_by=_and_inside("network.group_enforced"),
    story="Security groups are kept and count for nothing: everything passes.",
)
def groups_ignored(bench: Bench) -> Iterator[None]:
    """All are let in."""
    with decisions.deciding(bench, admits=decisions.let_all_in):
        yield


@fault(
    "network.rules_stay",
    component="nova",
    seam="machine",
    caught_by=_and_inside("network.group_enforced"),
    story="A rule that is removed from a security group stays in force on the hosts.",
)
def rules_stay(bench: Bench) -> Iterator[None]:
    """Hosts forget no rule."""
    with decisions.deciding(bench, admits=decisions.KeepsRules()):
        yield


@fault(
    "network.groups_end_inside",
    component="nova",
    seam="machine",
    caught_by=_and_inside(),
    story="Security groups count for nothing between guests, though they were described to.",
)
def groups_end_inside(bench: Bench) -> Iterator[None]:
    """What comes from a guest is let in."""
    with decisions.deciding(bench, admits=decisions.all_from_inside):
        yield


@fault(
    "network.guests_apart",
    component="nova",
    seam="machine",
    caught_by=_between_guests,
    story="Guests are reached from their hosts and from outside, and not from one another.",
)
def guests_apart(bench: Bench) -> Iterator[None]:
    """Nothing passes between guests."""
    with decisions.deciding(bench, admits=decisions.nothing_from_inside):
        yield


@fault(
    "network.large_packets_lost",
    component="nova",
    seam="machine",
    caught_by=("network.packets",),
    story="Something between the hosts carries no packet as large as guests send it.",
)
def large_packets_lost(bench: Bench) -> Iterator[None]:
    """What is too large is dropped."""
    with decisions.deciding(bench, admits=decisions.small_packets):
        yield


@fault(
    "network.floating_dead",
    component="nova",
    seam="machine",
    caught_by=("network.floating",),
    story="Floating addresses are given to servers, and lead nowhere.",
)
def floating_dead(bench: Bench) -> Iterator[None]:
    """Nobody is behind any of them."""
    with decisions.deciding(bench, behind=decisions.nobody_behind):
        yield


@fault(
    "network.floating_lives_on",
    component="nova",
    seam="machine",
    caught_by=("network.floating_gone",),
    story="A floating address that was taken off a server still leads to it.",
)
def floating_lives_on(bench: Bench) -> Iterator[None]:
    """Hosts forget no address."""
    with decisions.deciding(bench, behind=decisions.FloatingStays(first=False)):
        yield


@fault(
    "network.floating_stays_behind",
    component="nova",
    seam="machine",
    caught_by=("network.floating_moves",),
    story="A floating address that is given to another server still leads to the one that had it first.",
)
def floating_stays_behind(bench: Bench) -> Iterator[None]:
    """The first host does not let go."""
    with decisions.deciding(bench, behind=decisions.FloatingStays(first=True)):
        yield


@fault(
    "network.no_way_out",
    component="nova",
    seam="machine",
    caught_by=("network.outside",),
    story="Guests reach one another, and nothing outside of their network.",
)
def no_way_out(bench: Bench) -> Iterator[None]:
    """What goes out is lost."""
    with decisions.deciding(bench, outside=decisions.no_way_out):
        yield


@fault(
    "network.no_names",
    component="nova",
    seam="machine",
    caught_by=("network.outside",),
    story="The DNS server that guests are told of knows no name.",
)
def no_names(bench: Bench) -> Iterator[None]:
    """No name has an address."""
    with decisions.deciding(bench, outside=decisions.no_names):
        yield
