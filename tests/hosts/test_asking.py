"""A script asked of a host, over real SSH and this machine's shell: whole, hanging, flooding, as root."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.hosts import Become, BecomeRefused, HostError, HostUnreachable, Node, connect
from tests.clients.fake import Rows
from tests.hosts.posix import Posix, posix
from tests.hosts.sshd import _children, real_sshd

PASSWORD = "open-sesame-77"


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Posix]:
    with posix(tmp_path / "machine") as one:
        yield one


def node_of(machine: Posix, rows: Rows, become: Become | None = None) -> Node:
    return Node("controller", connect(machine.host, machine.ssh()), rows, become)


def asking(machine: Posix, script: str, become: Become | None = None, **how: Any) -> tuple[Any, Rows]:
    rows = Rows()
    node = node_of(machine, rows, become)
    try:
        return node.ask(script, **how), rows
    finally:
        node.close()


def test_a_script_is_fed_once_and_its_answer_is_not_recorded(machine: Posix) -> None:
    answer, rows = asking(machine, "echo one; echo two >&2\nfor i in 3 4; do echo $i; done\nexit 3\n")
    assert (answer.text, answer.complete, answer.why) == ("one\n3\n4\n", True, "")
    assert (answer.error, answer.status) == ("two\n", 3)
    (row,) = rows.of("command")
    assert (row["component"], row["host"], row["status"], row["stderr"]) == ("ssh", "controller", 3, "")
    assert row["command"].startswith("sh -s < 61 bytes, sha256 ")
    assert row["stdout"].startswith("8 bytes, sha256 ")
    assert answer.row == "test:1"
    assert (machine.entered, machine.opened) == (1, 1)


def test_what_came_before_it_hung_is_kept(machine: Posix) -> None:
    begin = time.monotonic()
    answer, rows = asking(machine, "echo before\nsleep 60\necho after\n", timeout=0.7)
    assert time.monotonic() - begin < 5
    assert (answer.text, answer.complete, answer.why) == ("before\n", False, "it was not done within 0.7 s")
    assert rows.of("command")[0]["stderr"] == answer.why


def test_what_came_before_the_limit_is_kept(machine: Posix) -> None:
    answer, _ = asking(machine, "while :; do echo yyyyyyyyy; done\n", limit=100_000)
    assert len(answer.text) == 100_000
    assert (answer.complete, answer.why) == (False, "it printed more than 100000 bytes")


def test_what_came_before_the_connection_was_lost_is_kept(machine: Posix) -> None:
    rows = Rows()
    node = node_of(machine, rows)
    node.reach()

    def cut() -> None:
        time.sleep(0.5)
        machine.cut()

    thread = threading.Thread(target=cut)
    thread.start()
    answer = node.ask("echo before; sleep 30")
    thread.join()
    assert (answer.text, answer.complete) == ("before\n", False)
    assert "connection ended" in answer.why
    assert node.ask("echo again").text == "again\n", "the next question opens another connection"
    node.close()


def test_a_flood_of_errors_hides_no_answer(machine: Posix) -> None:
    noise = "noise-" * 8
    script = f"i=0; while [ $i -lt 40000 ]; do echo {noise} >&2; i=$((i+1)); done\necho end"
    answer, _ = asking(machine, script)
    assert (answer.text, answer.complete) == ("end\n", True)
    assert len(answer.error) <= 2 * 65536


def test_any_bytes(machine: Posix) -> None:
    answer, _ = asking(machine, "printf '\\377\\000x\\n'")
    assert answer.text == "\ufffd\0x\n"


def test_as_root_without_a_password(machine: Posix) -> None:
    answer, _ = asking(machine, "echo $BECAME", Become())
    assert answer.text == "root\n"
    assert machine.given("asked") == ["n"]


def test_as_root_with_a_password_that_nobody_sees(machine: Posix) -> None:
    machine.wants(PASSWORD)
    answer, rows = asking(machine, "echo $BECAME; cat /proc/$$/cmdline", Become(lambda: PASSWORD))
    assert answer.text.startswith("root\n")
    assert machine.given() == [PASSWORD], "asked for once, given once"
    assert PASSWORD not in answer.text + answer.error + repr(rows.of("command"))


def test_a_password_that_sudo_does_not_ask_for_is_not_given(machine: Posix) -> None:
    answer, _ = asking(machine, "echo next", Become(lambda: PASSWORD))
    assert (answer.text, machine.given()) == ("next\n", [])


@pytest.mark.parametrize(
    ("password", "said"),
    [
        (None, "asks for a password; set DEPLOYDAY_SUDO_PASSWORD"),
        ("wrong", "its sudo does not accept the password"),
    ],
)
def test_sudo_refuses(machine: Posix, password: str | None, said: str) -> None:
    machine.wants(PASSWORD)
    rows = Rows()
    node = node_of(machine, rows, Become(lambda: password))
    with pytest.raises(BecomeRefused, match=said) as raised:
        node.ask("echo never")
    node.close()
    assert str(raised.value).startswith("controller: ")
    assert raised.value.cites == ("test:1",)
    assert len(machine.given()) <= 1, "one wrong password locks nobody out"


def test_one_command_as_root(machine: Posix) -> None:
    rows = Rows()
    node = node_of(machine, rows, Become(lambda: PASSWORD))
    words = ("sh", "-c", "echo $BECAME $0 $1; cat; exit 3", "a b", "it's")
    machine.wants(PASSWORD)
    output = node.run(*words, component="swift", root=True)
    assert (output.text, output.status) == ("root a b it's\n", 3)
    assert node.run("sh", "-c", "echo $BECAME").text == "\n", "only where it was asked for"
    with pytest.raises(HostError, match="not done within"):
        node.run("sleep", "60", timeout=0.6, root=True)
    row = rows.of("command")[0]
    assert (row["component"], row["command"][:10]) == ("swift", "sudo -n sh")
    assert PASSWORD not in repr(rows.rows)
    node.close()
    node = node_of(machine, rows, Become())
    machine.wants("")
    assert node.run("sh", "-c", "echo $BECAME", root=True).text == "root\n"
    node.close()


def test_a_host_that_freezes_costs_its_time_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.hosts.streams.OPEN_TIMEOUT", 0.5)
    monkeypatch.setattr("harness.hosts.connection.ANSWER_TIMEOUT", 0.5)
    with real_sshd(tmp_path / "sshd") as daemon:
        node = Node("frozen", connect(daemon.host, daemon.ssh), Rows())
        node.reach()
        for process in (daemon.process.pid, *_children(daemon.process.pid)):
            os.kill(process, signal.SIGSTOP)
        with pytest.raises(HostError, match="it answers no more"):
            node.ask("echo never")
        with pytest.raises(HostUnreachable):
            node.ask("echo never")
        begin = time.monotonic()
        for action in (node.reach, lambda: node.run("true"), lambda: node.shell("true")):
            with pytest.raises(HostUnreachable):
                action()
        assert time.monotonic() - begin < 0.2
        node.close()
