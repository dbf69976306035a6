"""What is said of hosts reaches each node: of all, of its roles, of itself; the nearest word counts."""

from pathlib import Path

import pytest

from harness.arch import Architecture, load
from harness.arch.paths import parse
from harness.errors import UsageError

BASE = """\
deployday: 1
name: small
extends: essex/ubuntu-12.04
"""


def written(folder: Path, text: str) -> Architecture:
    file = folder / "small.yaml"
    file.write_text(BASE + text)
    return load(str(file))


def value(arch: Architecture, path: str) -> object:
    return arch.table.clauses[parse(path)].value


def test_the_nearest_word_counts(tmp_path: Path) -> None:
    arch = written(
        tmp_path,
        """\
hosts:
  sysctl: {kernel.panic: 10, vm.swappiness: 60}
  hardware: {cpus: 2, memory: 4 GB, disks: {sda: 100 GB}}
roles:
  object-storage: {sysctl: {vm.swappiness: 10}, hardware: {cpus: 4}}
nodes:
  proxy: {roles: [database, identity, object-proxy]}
  storage-[1:3]: {roles: [object-storage], devices: [sdb], hardware: {memory: 8 GB, nics: [eth1]}}
objects: {rings: {part_power: 8}}
""",
    )
    assert value(arch, 'nodes.proxy.sysctl["vm.swappiness"]') == "60"
    assert value(arch, 'nodes.storage-2.sysctl["vm.swappiness"]') == "10"
    assert value(arch, 'nodes.storage-2.sysctl["kernel.panic"]') == "10"
    hardware = arch.model.nodes["storage-2"].hardware
    assert hardware is not None
    assert (hardware.cpus, hardware.memory_mb, hardware.nics) == (4, 8192, ["eth0", "eth1"])
    assert hardware.disks["sda"].size_gb == 100


def test_a_value_leads_back_to_its_line(tmp_path: Path) -> None:
    arch = written(
        tmp_path,
        """\
hosts: {space: {/: 2 GB}}
nodes:
  proxy: {roles: [database, identity, object-proxy]}
  storage-[1:3]: {roles: [object-storage], devices: [sdb], files: {/etc/motd: {mode: 644}}}
objects: {rings: {part_power: 8}}
""",
    )
    origins = {path: arch.table.clauses[parse(path)].origin for path in PATHS}
    told = {path: (origin.kind, Path(origin.file).name, origin.line) for path, origin in origins.items()}
    assert told == {
        'nodes.proxy.space["/"].free_gb': ("written", "small.yaml", 4),
        'nodes.storage-3.files["/etc/motd"].mode': ("written", "small.yaml", 7),
        'nodes.storage-3.files["/etc/motd"].present': ("derived", "small.yaml", 7),
        'nodes.storage-3.mounts["/srv/node/sdb"].type': told['nodes.storage-3.mounts["/srv/node/sdb"].type'],
    }
    assert value(arch, 'nodes.storage-3.files["/etc/motd"].mode') == "0644"
    assert told['nodes.storage-3.mounts["/srv/node/sdb"].type'][:2] == ("derived", "ubuntu-12.04.yaml")


PATHS = (
    'nodes.proxy.space["/"].free_gb',
    'nodes.storage-3.files["/etc/motd"].mode',
    'nodes.storage-3.files["/etc/motd"].present',
    'nodes.storage-3.mounts["/srv/node/sdb"].type',
)


def test_each_device_has_its_mount_and_each_network_node_its_bridge() -> None:
    nodes = load("essex/six-node").model.nodes
    assert {path: mount.type for path, mount in nodes["storage-1"].mounts.items()} == {
        "/srv/node/sdb": "xfs",
        "/srv/node/sdc": "xfs",
    }
    assert nodes["compute-1"].bridges == ["br100"]
    assert nodes["controller"].bridges == []
    assert nodes["compute-1"].services["nova-compute"].enabled


def test_a_permission_is_no_clause() -> None:
    arch = load("essex/six-node")
    assert "5900-5999" in arch.model.nodes["compute-1"].may_listen
    assert not [path for path in arch.table.clauses if "may_listen" in path]


def test_two_roles_of_a_node_that_disagree(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        written(
            tmp_path,
            """\
roles:
  database: {sysctl: {vm.swappiness: 1}}
  identity: {sysctl: {vm.swappiness: 60}}
nodes:
  one: {roles: [database, identity]}
identity: {users: [admin]}
""",
        )
    (problem,) = refused.value.problems
    assert str(problem).startswith(f"{tmp_path}/small.yaml:6: ")
    assert "two roles of one disagree" in str(problem)
    assert f"1 for the role database at {tmp_path}/small.yaml:5" in problem.found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("mounts: {srv/node: xfs}", "an absolute path"),
        ("files: {/etc/../shadow: {}}", "an absolute path"),
        ("files: {/etc/motd: {mode: rw-r--r--}}", "octal digits"),
        ("files: {/etc/motd: {sha256: abc}}", "64 hexadecimal digits"),
        ("may_listen: [0]", "a port or a range"),
        ("may_listen: [6000-5900]", "a port or a range"),
        ("space: {/: 2}", ""),
        ("space: {/: some}", "a size of disk"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, words: str, expected: str) -> None:
    text = (
        f"hosts: {{{words}}}\nnodes:\n  one: {{roles: [database, identity]}}\nidentity: {{users: [admin]}}\n"
    )
    if not expected:
        written(tmp_path, text)
        return
    with pytest.raises(UsageError) as refused:
        written(tmp_path, text)
    assert expected in str(refused.value)
    assert "small.yaml:4" in str(refused.value)
