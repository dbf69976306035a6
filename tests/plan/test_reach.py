"""What a site's words put out of reach before the cloud is touched."""

from __future__ import annotations

import pytest

from harness.arch import Architecture, load
from harness.hostlist import Host
from harness.plan.reach import missing, no_guests
from harness.site import Site, SiteFile


@pytest.fixture(scope="module")
def arch() -> Architecture:
    return load("essex/six-node")


def site(arch: Architecture, *, hosts: bool = True, **keys: object) -> Site:
    file = SiteFile.model_validate({"name": "rack7", "architecture": "essex/six-node", **keys})
    return Site("rack7", arch, None, file, {"controller": Host("192.0.2.1")} if hosts else {})


@pytest.mark.parametrize(
    ("via", "hosts", "lacks"),
    [
        ("jump", True, set()),
        ("jump", False, {"hosts", "guests"}),
        ("floating", False, {"hosts"}),
        ("console", True, {"guests"}),
        ("none", True, {"guests", "console"}),
    ],
)
def test_ways_into_guests(arch: Architecture, via: str, hosts: bool, lacks: set[str]) -> None:
    assert set(missing(site(arch, hosts=hosts, guests={"via": via}))) == lacks


def test_without_a_word_nobody_is_entered(arch: Architecture) -> None:
    assert "guests: {via: none}" in no_guests(site(arch))


def test_a_fake_hypervisor_has_no_guests() -> None:
    fake = load("essex/six-node", sets=["compute.hypervisor=fake", 'config["nova.conf"].libvirt_type=fake'])
    found = missing(site(fake, guests={"via": "jump"}))
    assert found["guests"] == found["console"]
    assert "fake" in found["guests"]
