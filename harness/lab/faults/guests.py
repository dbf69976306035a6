"""Ways in which guests can be broken: they boot wrong, or are not what was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from harness.arch import Architecture
from harness.lab.compute.machine import Row
from harness.lab.faults import decisions
from harness.lab.faults.registry import Bench, fault
from harness.lab.guests.guest import Guest
from harness.lab.guests.policies import policies
from harness.lab.guests.tree import Tree

_FIRST_BOOT = "guests.first_boot"


def _metadata(arch: Architecture) -> tuple[str, ...]:
    """Who asks the metadata service: a guest for all of it, one on every compute host for its address."""
    hosts = arch.nodes_with("compute")
    return ("guests.metadata", *(f"guests.answers_on_host[{node}]" for node in hosts))


def _logins(arch: Architecture) -> tuple[str, ...]:
    """A guest of every image that describes a login."""
    return tuple(f"guests.login[{name}]" for name, image in arch.model.images.items() if image.login)


@fault(
    "guests.never_booted",
    component="nova",
    seam="machine",
    caught_by=("guests.boot", "compute.comes_up"),
    story="Servers become ACTIVE, and their system stops before it is up.",
)
def never_booted(bench: Bench) -> Iterator[None]:
    """The kernel speaks, and then nothing comes."""
    with bench.machine(_FIRST_BOOT, (Row("booting", does="kernel"),)):
        yield


@fault(
    "guests.another_key",
    component="nova",
    seam="machine",
    caught_by=("guests.boot",),
    story="Servers are given another user's key.",
)
def another_key(bench: Bench) -> Iterator[None]:
    """A key that nobody has."""
    with decisions.deciding(bench, keys=lambda guest: [decisions.NOBODYS_KEY]):
        yield


@fault(
    "guests.opens_to_everybody",
    component="nova",
    seam="machine",
    caught_by=("guests.key",),
    story="Whoever knocks is let into a guest, whatever key he has.",
)
def opens_to_everybody(bench: Bench) -> Iterator[None]:
    """No key is looked at."""
    with decisions.deciding(bench, opens=lambda guest, user, key: True):
        yield


@fault(
    "guests.everybody_is_root",
    component="nova",
    seam="machine",
    caught_by=_logins,
    story="The image gives its login the number of root: whoever enters is not who he said he is.",
)
def everybody_is_root(bench: Bench) -> Iterator[None]:
    """One account for all."""
    with decisions.deciding(bench, account=lambda user: "root"):
        yield


@fault(
    "guests.wrong_host_name",
    component="nova",
    seam="machine",
    caught_by=("guests.hostname",),
    story="DHCP gives no host name: every guest calls itself localhost.",
)
def wrong_host_name(bench: Bench) -> Iterator[None]:
    """Everyone is called alike."""
    with decisions.deciding(bench, hostname=decisions.localhost):
        yield


@fault(
    "guests.half_the_memory",
    component="nova",
    seam="machine",
    caught_by=("guests.flavor",),
    story="Guests have half of the memory that their flavors promise.",
)
def half_the_memory(bench: Bench) -> Iterator[None]:
    """The hypervisor halves what it is asked for."""
    with decisions.deciding(bench, size=decisions.half_the_memory):
        yield


@fault(
    "guests.user_data_ignored",
    component="nova",
    seam="machine",
    caught_by=("guests.user_data",),
    story="User data are told by the metadata service, and no guest runs them.",
)
def user_data_ignored(bench: Bench) -> Iterator[None]:
    """A boot without this step."""
    with bench.machine(_FIRST_BOOT, decisions.without("user data")):
        yield


@fault(
    "guests.files_missing",
    component="nova",
    seam="machine",
    caught_by=("guests.files",),
    story="Files that were asked for with a server are not in its guest.",
)
def files_missing(bench: Bench) -> Iterator[None]:
    """A boot without this step."""
    with bench.machine(_FIRST_BOOT, decisions.without("files")):
        yield


@fault(
    "guests.metadata_of_another",
    component="nova",
    seam="machine",
    caught_by=_metadata,
    story="The metadata service takes every guest for another one.",
)
def metadata_of_another(bench: Bench) -> Iterator[None]:
    """Somebody else is told of."""
    with decisions.deciding(bench, told_of=decisions.somebody_else):
        yield


@fault(
    "guests.config_drive_empty",
    component="nova",
    seam="machine",
    caught_by=("guests.config_drive",),
    story="Config drives are there, and hold no metadata.",
)
def config_drive_empty(bench: Bench) -> Iterator[None]:
    """Nothing is written to them."""
    with decisions.deciding(bench, drive=lambda guest: {}):
        yield


@fault(
    "guests.config_drive_stops_boot",
    component="nova",
    seam="machine",
    caught_by=("guests.neighbour",),
    story="A server that asked for a config drive tries to boot from it.",
)
def config_drive_stops_boot(bench: Bench) -> Iterator[None]:
    """There is nothing to boot from."""

    def boots_from(guest: Guest, tree: Tree | None) -> Tree | None:
        return None if guest.server.config_drive else tree

    with decisions.deciding(bench, boots_from=boots_from):
        yield


@fault(
    "guests.deleted_run_on",
    component="nova",
    seam="machine",
    caught_by=("guests.delete",),
    story="Deleted servers are gone from every API, and their guests run on.",
)
def deleted_run_on(bench: Bench) -> Iterator[None]:
    """No guest is ended, and none loses its address."""
    zombies = decisions.NeverEnds(policies(bench.world).runs)
    with decisions.deciding(bench, runs=zombies.runs, holds=zombies.holds):
        yield
