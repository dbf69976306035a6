"""What is shipped loads, is large enough, can be seen, and is found without a source tree."""

import os
import pathlib
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

import harness
from harness.arch import load, parse
from harness.arch.shipped import find_shipped, shipped_names

CLOUDS = ("essex/devstack-single", "essex/six-node", "essex/swift-five-zones")


def test_every_shipped_name_is_found() -> None:
    assert shipped_names() == [*CLOUDS[:2], CLOUDS[2], "essex/ubuntu-12.04"]
    assert all(find_shipped(name) for name in shipped_names())


@pytest.mark.parametrize("name", CLOUDS)
def test_next_to_nothing_is_described_that_cannot_be_seen(name: str) -> None:
    seen = Counter(clause.visible for clause in load(name).table.clauses.values())
    assert seen["none"] <= 0.03 * seen.total()


def test_six_node_describes_every_area() -> None:
    arch = load("essex/six-node")
    areas = Counter(clause.area for clause in arch.table.clauses.values())
    wanted = {"identity", "catalogue", "compute", "images", "network", "volumes", "objects"}
    assert wanted <= set(areas)
    assert sum(areas[area] for area in wanted) >= 250
    assert arch.warnings == ()


def test_a_cloud_without_compute_promises_nothing_of_it() -> None:
    arch = load("essex/swift-five-zones")
    assert arch.model.compute is None
    assert set(arch.model.catalogue) == {"identity", "object-store"}
    objectives = {path[1] for path in arch.table.clauses if path[0] == "objectives"}
    assert objectives == {"token", "object", "clock_skew"}
    assert set(arch.model.packages) == {"keystone", "swift*"}


def test_six_node_is_derived_as_designed() -> None:
    arch = load("essex/six-node")
    assert list(arch.model.nodes) == [
        "controller",
        "compute-1",
        "compute-2",
        "storage-1",
        "storage-2",
        "storage-3",
    ]
    assert arch.nodes_with("object-storage") == ("storage-1", "storage-2", "storage-3")
    assert arch.model.catalogue["identity"].admin.port == 35357
    assert arch.model.catalogue["compute"].public.node == "controller"
    ring = arch.model.objects.rings["account"]
    assert sorted(ring.devices) == [f"storage-{n}/{disk}" for n in (1, 2, 3) for disk in ("sdb", "sdc")]
    assert {device.port for device in ring.devices.values()} == {6002}
    assert ring.holders == ["controller", "storage-1", "storage-2", "storage-3"]
    image = arch.model.images["cirros-0.3.0-x86_64-uec"]
    assert (image.disk_format, image.kernel) == ("ami", "cirros-0.3.0-x86_64-uec-kernel")
    assert arch.model.images[image.kernel].container_format == "aki"
    assert set(arch.model.compute.hosts) == {"controller", "compute-1", "compute-2"}
    assert arch.table.collections[("catalogue",)] is True
    assert arch.table.collections[("images",)] is False
    assert arch.table.clauses[parse('packages["nova-*"].version')].level == "should"


def test_a_hundred_and_twenty_hosts_are_still_quick() -> None:
    sets = ['nodes={"compute-[001:120]": {roles: [compute, network]}}']
    arch = load("essex/six-node", sets=sets)
    assert len(arch.nodes_with("compute")) == 122


def test_architectures_are_found_inside_of_an_archive(tmp_path: Path) -> None:
    """An installed wheel may be a zip file; nothing may rest on a source tree."""
    root = pathlib.Path(harness.__file__).parents[1]
    archive = tmp_path / "product.zip"
    with zipfile.ZipFile(archive, "w") as zipped:
        for folder in ("harness/arch", "reference_arch"):
            for file in sorted((root / folder).rglob("*")):
                if file.suffix in (".py", ".yaml"):
                    zipped.write(file, file.relative_to(root))
        for file in ("harness/__init__.py", "harness/errors.py"):
            zipped.write(root / file, file)
    code = f"import sys; sys.path.insert(0, {str(archive)!r}); from harness.arch import load, loading; "
    code += "assert '.zip' in loading.__file__; print(load('essex/six-node').fingerprint)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=dict(os.environ),
    )
    assert done.stdout.strip() == load("essex/six-node").fingerprint


def test_nodes_that_should_be_alike_are_named_once() -> None:
    """Compute hosts do the network as well; a machine of its own kind has nothing to be like."""
    arch = load("essex/six-node")
    computes, storages = ("compute-1", "compute-2"), ("storage-1", "storage-2", "storage-3")
    assert arch.alike() == {"compute": computes, "object-storage": storages}
    assert load("essex/devstack-single").alike() == {}
