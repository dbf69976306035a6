"""Folders of hosts as they are written, without a lab that runs, and what faults do to them."""

import asyncio
from configparser import ConfigParser
from pathlib import Path

import asyncssh
import pytest

from harness.arch import load
from harness.errors import LabError
from harness.lab.building import build_world
from harness.lab.faults import Bench, faults
from harness.lab.hostside import room
from harness.lab.hostside.commands import commands
from harness.lab.hostside.hosts import Hosts
from harness.lab.hostside.keys import host_key, user_key
from harness.lab.hostside.nodes import Node
from harness.lab.hostside.sessions import NO_SHELL, Rooms
from harness.lab.hostside.spoiling import host_things
from harness.lab.layout import Layout

NAMES = sorted(
    name for name, one in faults().items() if one.apply.__module__.startswith("harness.lab.faults.hosts")
)


def furnished(tmp_path, name="essex/six-node"):
    arch = load(name)
    layout = Layout(9, tuple(arch.model.nodes))
    world = build_world(arch, layout.addresses(), admin_password="secret", seed=1)
    for node in arch.model.nodes:
        (tmp_path / "nodes" / node).mkdir(parents=True)
    hosts = Hosts(world, layout, tmp_path / "nodes", None, {})
    hosts.furnish()
    return hosts


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    return furnished(tmp_path_factory.mktemp("six"))


@pytest.fixture
def bench(hosts):
    from harness.lab.compute.setup import set_up

    set_up(hosts.world)
    nodes = {
        name: Node(name, ("127.0.0.1", 1), plan.folder, Path("none"), Path("none"))
        for name, plan in hosts.plans.items()
    }
    return Bench(hosts.world, real=host_things(hosts, nodes)), nodes


def tree(folder):
    """Path → mode and content of everything below."""
    found = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        content = (
            str(path.readlink()).encode()
            if path.is_symlink()
            else path.read_bytes()
            if path.is_file()
            else b""
        )
        found[str(path)] = (info.st_mode, content)
    return found


def state(hosts, nodes):
    manners = {name: node.manner.silent_after for name, node in nodes.items()}
    floating = sorted(hosts.world.parts["compute"].floating)
    return tree(hosts.folder), sorted(hosts.silent), manners, floating


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_changes_a_host_and_puts_everything_back(hosts, bench, name):
    on, nodes = bench
    before = state(hosts, nodes)
    with faults()[name].apply(on):
        assert name == "hosts.errors_logged" or state(hosts, nodes) != before
    after = state(hosts, nodes)
    if name != "hosts.errors_logged":
        assert after == before


def test_faults_that_need_what_is_not_there_say_so():
    arch = load("essex/swift-five-zones")
    with pytest.raises(LabError, match="describes no node with the role compute"):
        faults()["hosts.mode_wrong"].catchers(arch)


@pytest.mark.parametrize("name", ["essex/six-node", "essex/devstack-single", "essex/swift-five-zones"])
def test_a_host_has_what_is_described(tmp_path, name):
    hosts = furnished(tmp_path, name)
    for node, plan in hosts.plans.items():
        described = hosts.world.arch.model.nodes[node]
        assert set(described.services) <= {job.name for job in plan.jobs}
        assert set(described.users) <= set(plan.accounts)
        for path in described.files:
            if not path.startswith("/etc/swift"):
                assert (plan.folder / path.lstrip("/")).exists(), path
        for bridge in described.bridges:
            assert plan.interfaces[bridge].is_bridge
        assert f"{node}\n" == (plan.folder / "etc/hostname").read_text()


def test_no_process_and_no_secret_in_what_everybody_may_read(hosts):
    secrets = hosts.world.secrets["host password"]
    assert len(secrets) > 3
    for folder in (plan.folder for plan in hosts.plans.values()):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.stat().st_mode & 0o004:
                text = path.read_text(errors="replace")
                assert not [one for one in secrets if one in text], path


def test_where_there_are_no_rooms_a_node_says_why(tmp_path, monkeypatch):
    refusing = tmp_path / "not_allowed.py"
    refusing.write_text("import sys; sys.exit('user namespace: Operation not permitted')\n")
    monkeypatch.setattr(room, "__file__", str(refusing))
    asyncio.run(asked_without_rooms(tmp_path))


async def asked_without_rooms(folder):
    known = folder / "known"
    known.write_text(user_key(folder / "key") + "\n")
    rooms = Rooms(folder)
    rooms.probe(folder)
    node = Node("one", ("127.0.0.1", 0), folder, folder / "host", known, commands=commands(None), rooms=rooms)
    await node.start()
    try:
        port = node._listening.getsockname()[1]
        host = host_key(folder / "host").export_public_key().decode()
        async with asyncssh.connect(
            "127.0.0.1", port, username="lab", client_keys=[str(folder / "key")], config=None,
            known_hosts=asyncssh.import_known_hosts(f"[127.0.0.1]:{port} {host}"),
        ) as client:  # fmt: skip
            for command in ("true", "sh -s", None):
                done = await client.run(command, stdin=asyncssh.DEVNULL)
                assert done.exit_status == 126
                assert done.stderr.startswith(NO_SHELL)
                assert "not permitted" in done.stderr
            assert (await client.run("command -v sudo")).exit_status == 0
    finally:
        node.stop()


def test_described_options_stand_where_the_description_says(tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(
        "deployday: 1\nname: own-options\nextends: essex/six-node\nconfig:\n"
        "  nova.conf: {iscsi_helper: ietadm, cert/topic: other}\n"
        "  keystone.conf: {expiration: 60}\n"
        "  /etc/own/thing.conf: {deep/option: 7}\n"
    )
    etc = furnished(tmp_path / "lab", file).plans["controller"].folder / "etc"
    nova = ConfigParser(interpolation=None)
    nova.read(etc / "nova/nova.conf")
    assert (nova["DEFAULT"]["iscsi_helper"], nova["cert"]["topic"]) == ("ietadm", "other")
    assert "expiration = 60" in (etc / "keystone/keystone.conf").read_text().partition("[token]")[2]
    assert (etc / "own/thing.conf").read_text() == "[deep]\noption = 7\n"
