"""A cloud is GO by its own description, and what is changed in it afterwards is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.accounts.given import given
from harness.accounts.sessions import Sessions
from harness.arch import load
from harness.cli.forgetting import Forgetting
from harness.clients.session import CloudSession
from harness.hosts.opening import opened
from harness.place import load_place
from tests.matrix.rig import Ran, Rig

pytestmark = [pytest.mark.matrix, pytest.mark.lab]
SHORT = 80
LEAVER = "here-for-a-while"


@dataclass(frozen=True)
class Captured:
    """A lab, the description that it gave of itself, and a site that names it."""

    rig: Rig
    file: Path
    site: Path


def _admin(rig: Rig) -> CloudSession:
    sessions = Sessions("essex", Forgetting())
    known = given(load_place(rig.site), sessions)
    return sessions.open(known.accounts.main)


@pytest.fixture(scope="module")
def captured(rig: Rig) -> Captured:
    folder = Path(rig.lab.folder)
    _admin(rig).identity.create_user(LEAVER, password="s3cr3t-of-nobody")
    site = folder / "by-itself.yaml"
    text = Path(rig.site).read_text()
    assert "essex/six-node" in text
    site.write_text(text.replace("essex/six-node", "captured.yaml"))
    file = folder / "captured.yaml"
    done = rig.call("describe", rig.site, "-o", str(file))
    assert done.returncode == 0, done.stderr
    return Captured(rig, file, site)


def _stated(ran: Ran, state: str) -> set[str]:
    return {row["path"] for row in ran.report["clauses"] if row["state"] == state}


def test_it_is_short_and_loads(captured: Captured) -> None:
    text = captured.file.read_text()
    assert len(text.splitlines()) <= SHORT
    assert load(captured.file).warnings == ()
    assert captured.rig.password not in text
    assert "hmac:" not in text


def test_the_cloud_is_as_it_says_itself(captured: Captured) -> None:
    ran = captured.rig.run("--workers", "2", site=str(captured.site))
    assert (ran.code, ran.report["verdict"]) == (0, "GO"), ran.output + ran.told
    assert "as it was, not as it was meant" in ran.report["banner"]
    meant = load("essex/six-node").table.clauses
    seen = [row for row in ran.report["clauses"] if row["state"] == "verified"]
    assert len(seen) >= 0.95 * len(ran.report["clauses"])
    assert len(seen) >= 0.95 * len(meant)


def test_without_a_way_into_its_hosts_as_well(captured: Captured) -> None:
    rig = captured.rig
    clouds = (Path(rig.lab.folder) / "clouds.yaml").read_text()
    (rig.home / "clouds.yaml").write_text(clouds)
    done = rig.call("describe", "--cloud", rig.lab.name, "-o", "outside.yaml")
    assert done.returncode == 0, done.stderr
    text = (rig.home / "outside.yaml").read_text()
    assert len(text.splitlines()) <= SHORT
    assert load(rig.home / "outside.yaml").warnings == ()
    assert "no way into the hosts" in text
    ran = rig.run("--cloud", rig.lab.name, site=str(rig.home / "outside.yaml"))
    assert (ran.code, ran.report["verdict"]) == (0, "GO"), ran.output + ran.told


Change = Callable[[Rig], AbstractContextManager[None]]


def fault(name: str) -> Change:
    return lambda rig: rig.fault(name)


def on(node: str, do: str, undo: str) -> Change:
    """Somebody does something on a host, and undoes it."""

    @contextmanager
    def changed(rig: Rig) -> Iterator[None]:
        with opened(load_place(rig.site), Forgetting()) as nodes:
            nodes(node).ask(f"set -e; {do}", limit=10_000, timeout=30)
            try:
                yield
            finally:
                nodes(node).ask(undo, limit=10_000, timeout=30)

    return changed


@contextmanager
def leaving(rig: Rig) -> Iterator[None]:
    """Somebody removes a user."""
    identity = _admin(rig).identity
    [user] = [each for each in identity.list_users() if each.name == LEAVER]
    identity.delete_user(user.id)
    yield
    identity.create_user(LEAVER, password="s3cr3t-of-nobody")


def edited(file: str, script: str) -> tuple[str, str]:
    return f"cp -p {file} {file}.kept; sed -i '{script}' {file}", f"mv {file}.kept {file}"


NOVA = "/etc/nova/nova.conf"
DPKG = "/var/lib/dpkg/status"
NOVA_COMMON = "/^Package: nova-common$/,/^$/"
CHANGES: dict[str, tuple[Change, str, str]] = {
    "a flavor is another": (fault("compute.flavor_wrong_memory"), "compute.flavors", "compute.flavors["),
    "an image is gone": (fault("images.image_missing"), "images.described", "images["),
    "an endpoint moved": (fault("identity.catalogue_wrong_port"), "preflight.catalogue", "catalogue."),
    "a quota is another": (fault("compute.quota_wrong"), "compute.quotas", "compute.quotas.gigabytes"),
    "an extension is gone": (fault("compute.extension_missing"), "compute.extensions", "compute.extensions"),
    "tokens live shorter": (fault("identity.token_short_lived"), "identity.token", "identity.token_lifetime"),
    "a volume type is new": (fault("volumes.type_undescribed"), "volumes.described", "volumes.types"),
    "a user is gone": (leaving, "identity.described", "identity.users"),
    "a ring is another on one node": (
        fault("rings.ring_differs"),
        "rings.equal",
        "objects.rings.object.holders",
    ),
    "a service is dead": (
        on("compute-2", "stop nova-network", "start nova-network"),
        "hosts.services",
        "nodes.compute-2.services.nova-network.state",
    ),
    "an option drifted": (
        on("compute-1", *edited(NOVA, "s/tgtadm/ietadm/")),
        "hosts.config",
        'config["nova.conf"].iscsi_helper',
    ),
    "a package is older": (
        on(
            "compute-2",
            *edited(DPKG, "/^Package: nova-common$/,/^$/s/^Version: .*/Version: 2012.1-0ubuntu2/"),
        ),
        "hosts.packages",
        'packages["nova-*"].version',
    ),
    "a file is open to all": (
        on("controller", f"chmod 0666 {NOVA}", f"chmod 0640 {NOVA}"),
        "hosts.files",
        'nodes.controller.files["/etc/nova/nova.conf"].mode',
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_afterwards_is_found(what: str, captured: Captured) -> None:
    change, scenario, path = CHANGES[what]
    with change(captured.rig):
        ran = captured.rig.run("-k", scenario, site=str(captured.site))
    found = {each for each in _stated(ran, "deviates") if each.startswith(path)}
    assert found, ran.output + ran.told


def test_nothing_is_left_of_the_changes(captured: Captured) -> None:
    words = " or ".join(sorted({scenario for _, scenario, _ in CHANGES.values()}))
    ran = captured.rig.run("-k", words, site=str(captured.site))
    assert _stated(ran, "deviates") == set(), ran.told
