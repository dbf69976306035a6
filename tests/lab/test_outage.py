"""One service of a node stopped and started over SSH, with real effect; and started again after a crash."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from harness.cli import build
from harness.evidence import create_run, write_json
from harness.hosts import HostError, Node
from harness.hosts.opening import opened
from harness.hosts.services import Service
from harness.ledger import Ledger
from harness.site import Site, load_site
from tests.clients.fake import Rows

pytestmark = pytest.mark.lab
PLACE = "storage-3/object-server"


@pytest.fixture
def site(live_lab: Any) -> Site:
    return load_site(live_lab.info.site_file)


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def node(site: Site, rows: Rows) -> Iterator[Callable[[str], Node]]:
    with opened(site, rows) as nodes:
        yield nodes


@pytest.fixture
def service(node: Callable[[str], Node], live_lab: Any) -> Iterator[Service]:
    one = Service(node("storage-3"), "object-server", "sudo")
    yield one
    if not one.runs():
        one.start()


def listens(live_lab: Any) -> bool:
    try:
        with socket.create_connection((live_lab.nodes["storage-3"], 6000), 2):
            return True
    except OSError:
        return False


def test_a_service_is_stopped_and_started(service: Service, live_lab: Any, rows: Rows) -> None:
    assert service.runs()
    service.stop()
    assert not service.runs()
    assert not listens(live_lab)
    service.start()
    assert service.runs()
    assert listens(live_lab)
    row = rows.of("command")[1]
    assert (row["host"], row["component"], row["status"]) == ("storage-3", "swift", 0)
    assert row["command"] == "sudo -n swift-init object-server stop"
    assert "Signal object-server" in str(row["stdout"])


def test_without_root_nothing_is_stopped(service: Service, live_lab: Any) -> None:
    plain = service.node.run("swift-init", "object-server", "stop")
    assert plain.status == 1
    assert "No permission to signal PID" in plain.text
    assert "Permission denied" in service.node.run("swift-init", "object-server", "start").error
    assert service.runs()
    assert listens(live_lab)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("apt-get", "install", "x"), 127, "sh: 1: apt-get: not found"),
        (("sudo", "-n", "reboot"), 1, "sudo: reboot: command not found"),
        (("swift-init", "all", "status"), 1, "No all running"),
        (("sudo", "-n", "swift-init", "object-server", "kill"), 1, "unknown command"),
        (("sudo", "-n", "swift-init", "proxy-server", "start"), 1, "Unable to locate config"),
        (("swift-init", "object-server", "stop; reboot"), 127, "does not play"),
        (("swift-init", "object-server", "stop;"), 1, "unknown command"),
        (("command", "-v", "apt-get"), 127, ""),
    ],
)
def test_a_node_says_what_it_cannot_do(
    node: Callable[[str], Node], words: tuple[str, ...], status: int, said: str
) -> None:
    output = node("storage-3").run(*words)
    assert output.status == status
    assert said in output.text + output.error


def test_a_node_without_rings_has_no_swift(node: Callable[[str], Node]) -> None:
    assert node("compute-1").run("swift-init", "object-server", "status").status == 127
    assert not node("compute-1").has("rsync")
    assert node("storage-1").has("swift-init")


def test_a_line_that_no_shell_reads(node: Callable[[str], Node]) -> None:
    transport = node("storage-3")
    transport.reach()
    channel = transport._connection.transport.open_session()
    channel.exec_command("swift-init 'object-server")
    assert channel.recv_exit_status() == 2


def test_what_cannot_be_done_is_an_error_that_says_so(service: Service) -> None:
    with pytest.raises(HostError, match=r"storage-3: swift-init reads ended with 127"):
        Service(_Deaf(), "reads").runs()  # type: ignore[arg-type]


class _Deaf:
    """A node on which nothing is known."""

    name = "storage-3"

    def run(self, *words: str, component: str, root: bool) -> Any:
        from harness.hosts import Output

        return Output("swift-init reads", 127)


def test_clean_starts_what_a_killed_run_stopped(
    service: Service, live_lab: Any, site: Site, tmp_path: Path
) -> None:
    folder = create_run(site.name, home=tmp_path)
    write_json(folder.run, {"site": site.to_json()})
    Ledger(folder.ledger).stopping(PLACE)
    service.stop()
    done = CliRunner().invoke(build(), ["clean", str(site.path), "--runs", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert f"runs again {PLACE}" in done.output
    assert listens(live_lab)
    assert Ledger(folder.ledger).open_entries() == []


def test_clean_says_what_does_not_come_back(
    service: Service, live_lab: Any, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.hosts.services._STARTING", 0.3)
    folder = create_run(site.name, home=tmp_path)
    write_json(folder.run, {"site": site.to_json()})
    Ledger(folder.ledger).stopping(PLACE)
    live_lab.control("POST", "faults/rings.stays_out")
    try:
        service.stop()
        done = CliRunner().invoke(build(), ["clean", str(site.path), "--runs", str(tmp_path)])
    finally:
        live_lab.control("DELETE", "faults/rings.stays_out")
    assert done.exit_code == 2
    assert f"left {PLACE} may still be stopped" in done.output
    assert len(Ledger(folder.ledger).open_entries()) == 1
    assert listens(live_lab), "undoing the fault starts it"


def test_nobody_pays_for_repair_when_nothing_is_out(service: Service, live_lab: Any) -> None:
    service.stop()
    service.start()
    end = time.monotonic() + 30
    while repairing(live_lab) and time.monotonic() < end:
        time.sleep(0.1)
    assert not repairing(live_lab)


def repairing(live_lab: Any) -> bool:
    """Whether a process of this lab's repair runs: rsync's daemon has the file of one of its nodes."""
    config = f"--config={live_lab.folder / 'nodes'}".encode()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if config in path.read_bytes():
                return True
        except OSError:
            continue
    return False


def test_the_proxy_takes_a_device_back_soon_after_its_server(service: Service, live_lab: Any) -> None:
    """A proxy avoids a device for a time after errors; runs of a lab follow each other within seconds."""
    demo = live_lab.login("demo")
    assert demo.send("PUT", "object-store/outage").status == 201
    service.stop()
    for number in range(40):
        assert demo.send("PUT", f"object-store/outage/{number}", b"x").status == 201
    service.start()
    end, held, number = time.monotonic() + 20, set[str](), 40
    while len(held) < 2 and time.monotonic() < end:
        time.sleep(0.2)
        content = f"after {number}".encode()
        demo.send("PUT", f"object-store/outage/{number}", content)
        held |= {device for device in ("sdb", "sdc") if holds(live_lab, device, content)}
        number += 1
    assert held == {"sdb", "sdc"}
    for each in range(number):
        demo.send("DELETE", f"object-store/outage/{each}")
    demo.send("DELETE", "object-store/outage")


def holds(live_lab: Any, device: str, content: bytes) -> bool:
    """Whether an object of this content lies on a device of the node that was out."""
    objects = live_lab.folder / "nodes" / "storage-3" / "srv" / "node" / device / "objects"
    return any(path.read_bytes() == content for path in objects.glob("*/*/*/*.data"))
