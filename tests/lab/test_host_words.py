"""Nodes of the lab answer in testinfra's words, as root, over the way that a run takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from harness.hosts import HostError, Node
from harness.hosts.opening import opened
from harness.site import load_site
from tests.clients.fake import Rows

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def rows() -> Rows:
    return Rows()


@pytest.fixture(scope="module")
def node(live_lab: Any, rows: Rows) -> Iterator[Node]:
    with opened(load_site(live_lab.info.site_file), rows) as nodes:
        one = nodes("controller")
        if one.run("sh", "-c", "exit 7").status != 7:
            pytest.skip("this machine allows no user namespaces")
        yield one


def test_services_under_upstart(node: Node, rows: Rows) -> None:
    assert node.service("nova-api").is_running
    assert type(node.service("nova-api")).__name__ == "UpstartService"
    before = len(rows.of("command"))
    assert node.service("keystone").is_running
    assert len(rows.of("command")) == before + 1
    assert node.service("nova-api").is_enabled


def test_packages_files_and_users(node: Node) -> None:
    assert node.package("nova-api").version.startswith("2012.1")
    assert not node.package("no-such-package").is_installed
    conf = node.file("/etc/nova/nova.conf")
    assert (conf.is_file, conf.mode) == (True, 0o640)
    assert conf.contains("sql_connection")
    assert node.user("nova").home == "/var/lib/nova"
    assert node.group("nova").exists
    assert node.host.system_info.distribution == "ubuntu"


def test_kernel_and_interfaces(node: Node) -> None:
    assert node.sysctl("net.ipv4.ip_forward") in (0, 1)
    assert node.interface("lo").exists
    assert node.mount_point("/").exists


def test_the_shell_is_roots_and_survives(node: Node) -> None:
    assert node.shell("id -u").stdout == b"0\n"
    with pytest.raises(HostError, match="not done within"):
        node.shell("sleep 60", timeout=1)
    assert node.shell("echo alive").stdout == b"alive\n"
    assert node.ask("id -u").text == "0\n"
