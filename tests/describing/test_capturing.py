"""A cloud that was built as described is found so: with a way into its hosts, and without."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.arch import Architecture, load
from harness.arch.paths import show
from harness.describing import write
from harness.describing.differing import differing as deviations
from harness.hosts.facts.model import Config, Facts, Interface, Memory, System
from harness.hosts.facts.model import User as Account
from tests.describing.cloud import Played

DECIDED = ("objectives.", ".space[", "packages")
"""What people decide, and what is found more narrowly than it was written."""


def loaded(text: str, folder: Path) -> Architecture:
    file = folder / "captured.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def differing(found: Architecture, meant: Architecture) -> dict[str, tuple[object, object]]:
    """What was found otherwise than it was meant."""
    ours = {str(clause): clause.value for clause in found.table.clauses.values()}
    theirs = {str(clause): clause.value for clause in meant.table.clauses.values()}
    return {
        path: (ours.get(path), value)
        for path, value in theirs.items()
        if ours.get(path) != value and not any(word in path for word in DECIDED)
    }


@pytest.mark.parametrize("name", ["six-node", "devstack-single"])
def test_with_hosts_it_comes_to_what_was_described(name: str, tmp_path: Path) -> None:
    cloud = Played.of(f"essex/{name}")
    text = write(cloud.capture())
    found = loaded(text, tmp_path)
    assert len(found.warnings) == len(cloud.arch.warnings)
    assert "Seen, and not described" not in text
    assert len(text.splitlines()) <= 80
    wrong = differing(found, cloud.arch)
    assert {
        path: told for path, told in wrong.items() if ".space[" not in path and "packages" not in path
    } == {}, text


def test_without_hosts_it_loads_and_says_what_it_could_not_see(tmp_path: Path) -> None:
    text = write(Played.of().capture(hosts=False))
    found = loaded(text, tmp_path)
    assert found.warnings == ()
    assert list(found.model.nodes) == ["controller", "compute-1", "compute-2"]
    assert "configuration" in text
    assert "no way into the hosts" in text
    assert re.search(r"^# .*is controller: compute answers where nova keeps certificates", text, re.M)


CHANGES: dict[str, Callable[[Facts], dict[str, Any]]] = {
    "nodes.compute-1.services.nova-compute.state": lambda f: _service(f, "nova-compute", running=False),
    "nodes.compute-1.services.nova-network.enabled": lambda f: _service(f, "nova-network", enabled=False),
    'config["nova.conf"].iscsi_helper': lambda f: _option(f, iscsi_helper="ietadm"),
    "compute.hypervisor": lambda f: _option(f, libvirt_type="qemu"),
    'packages["nova-*"].version': lambda f: {"packages": {"nova-common": "2012.1-0ubuntu2"}},
    'nodes.compute-1.files["/etc/nova/nova.conf"].mode': lambda f: {
        "files": {path: file.model_copy(update={"mode": "0644"}) for path, file in f.files.items()}
    },
    "nodes.compute-1.users.nova.groups": lambda f: {"users": {"nova": Account(uid=1, gid=1)}},
    'nodes.compute-1.sysctl["net.ipv4.ip_forward"]': lambda f: {"sysctl": {"net.ipv4.ip_forward": "0"}},
    "nodes.compute-1.hardware.memory_mb": lambda f: {"memory": Memory(total=2000, free=9)},
    "nodes.compute-1.hardware.nics": lambda f: {"interfaces": {"eth0": Interface(physical=True)}},
    "nodes.compute-1.system.kernel": lambda f: {"system": System(hostname="x", kernel="2.6.32")},
    "nodes.compute-1.bridges": lambda f: {"interfaces": {"eth0": Interface(physical=True)}},
}


def _service(facts: Facts, name: str, **how: bool) -> dict[str, Any]:
    return {"services": facts.services | {name: facts.services[name].model_copy(update=how)}}


def _option(facts: Facts, **values: str) -> dict[str, Any]:
    options = facts.configs["/etc/nova/nova.conf"].options["DEFAULT"]
    changed = {"DEFAULT": options | {name: (value,) for name, value in values.items()}}
    return {"configs": {"/etc/nova/nova.conf": Config(form="ini", options=changed)}}


@pytest.fixture(scope="module")
def captured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, Architecture]:
    cloud = Played.of()
    return cloud, loaded(write(cloud.capture()), tmp_path_factory.mktemp("captured"))


def test_nothing_differs_from_what_was_captured(captured: tuple[Played, Architecture]) -> None:
    cloud, arch = captured
    assert list(deviations(arch, cloud.facts)) == []


@pytest.mark.parametrize("path", CHANGES)
def test_what_changes_on_a_host_afterwards_is_found(path: str, captured: tuple[Played, Architecture]) -> None:
    cloud, arch = captured
    before = cloud.facts["compute-1"]
    changed = {**cloud.facts, "compute-1": before.model_copy(update=CHANGES[path](before))}
    assert path in {show(each.path) for each in deviations(arch, changed)}
