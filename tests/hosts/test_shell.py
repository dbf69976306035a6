"""The shell that stays open: what one command does reaches no other, and no command can break it."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.hosts import Become, BecomeRefused, HostError, HostUnreachable, Node, connect
from harness.hosts.backend import FORESEEN
from tests.clients.fake import Rows
from tests.hosts.posix import Posix, posix


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Posix]:
    with posix(tmp_path_factory.mktemp("shell") / "machine") as one:
        yield one


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def node(machine: Posix, rows: Rows) -> Iterator[Node]:
    one = Node("controller", connect(machine.host, machine.ssh()), rows)
    yield one
    one.close()


def local(text: str) -> tuple[int, bytes, bytes]:
    """What this machine's own shell makes of it."""
    done = subprocess.run(["/bin/sh", "-c", text], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "true",
        "false",
        "exit 77",
        "echo out; echo err >&2; exit 3",
        "printf no-newline; printf none >&2",
        "printf 'a\\000b\\377\\n'",
        "seq 1 40000",
        "echo 'it'\\''s' \"$((1 + 2))\" `echo three`",
        "cat <<end\nfour\nend",
        "echo five # a comment",
        "echo six \\\nseven",
        "for i in 1 2; do\n  echo $i\ndone",
        "nosuchcommand 2>/dev/null",
        "set -e; false; echo never",
        "(exit 4)",
        "cat; echo no input",
        "read line || echo none",
        "exec echo replaced",
        "trap 'echo trapped' EXIT; echo first",
        "echo e$?",
        "   ",
        "echo \u00fc",
    ],
)
def test_it_says_what_a_shell_of_its_own_would(node: Node, text: str) -> None:
    node.shell("echo before")
    ran = node.shell(text)
    assert (ran.status, ran.stdout, ran.stderr) == local(text)
    assert node.shell("echo after").stdout == b"after\n"


@pytest.mark.parametrize("text", ["if", "echo 'open", 'echo "open', "done", ")", "}", "echo $(", "${", "<<x"])
def test_a_text_that_is_no_shell_language_harms_nobody(node: Node, text: str) -> None:
    assert node.shell(text).status == local(text)[0]
    assert node.shell("echo after").stdout == b"after\n"


def test_one_connection_one_channel_and_nothing_leaks(node: Node, machine: Posix) -> None:
    before = machine.entered, machine.opened
    node.shell("cd /; umask 077; x=1; f() { echo f; }; trap 'echo t' EXIT; alias a=b; set -u")
    ran = node.shell("pwd; umask; echo ${x-unset}; f 2>/dev/null || echo none")
    assert ran.stdout.decode().split() == [
        str(Path.cwd()),
        *local("umask")[1].decode().split(),
        "unset",
        "none",
    ]
    assert ran.stderr == b""
    for _ in range(20):
        node.shell("true")
    assert (machine.entered, machine.opened) == (before[0] + 1, before[1] + 1)


def test_what_ends_its_own_subshell_has_a_status(node: Node) -> None:
    assert node.shell("kill -9 $(sh -c 'echo $PPID')").status == 128 + 9


def test_what_ends_the_shell_costs_that_command_only(node: Node) -> None:
    for text in ("kill -9 $$", "kill $$; sleep 5"):
        with pytest.raises(HostError, match="it ended the shell that it ran in"):
            node.shell(text)
        assert node.shell("echo alive").stdout == b"alive\n"


def test_what_hangs_is_killed_with_all_that_it_started(node: Node, tmp_path: Path, rows: Rows) -> None:
    node.shell("true")
    pids = tmp_path / "pids"
    text = f"(sleep 100 & echo $! > {pids}; wait) & sh -c 'echo $$ >> {pids}; sleep 100; true'"
    begin = time.monotonic()
    with pytest.raises(HostError, match="not done within") as raised:
        node.shell(text, timeout=0.6)
    assert raised.value.cites == (f"test:{len(rows.rows)}",)
    assert node.shell("echo alive").stdout == b"alive\n"
    assert time.monotonic() - begin < 5
    alive = [pid for pid in pids.read_text().split() if _runs(pid)]
    assert alive == []


def _runs(pid: str) -> bool:
    """Whether it is there, and no zombie that nobody has looked at yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_first_command_may_hang_too(node: Node) -> None:
    with pytest.raises(HostError, match="not done"):
        node.shell("sleep 100", timeout=0.6)
    assert node.shell("echo alive").stdout == b"alive\n"


def test_what_says_too_much_is_ended(node: Node) -> None:
    for stream in ("", " >&2"):
        with pytest.raises(HostError, match="it printed more than 1048576 bytes"):
            node.shell(f"while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy{stream}; done")
        assert node.shell("echo alive").stdout == b"alive\n"
    assert len(node.shell("head -c 1048576 /dev/zero").stdout) == 1048576


def test_what_a_command_leaves_behind_does_not_speak_for_the_next(node: Node) -> None:
    assert node.shell("(sleep 0.2; echo late; echo late >&2) & echo now").stdout == b"now\n"
    time.sleep(0.5)
    ran = node.shell("echo next")
    assert (ran.stdout, ran.stderr) == (b"next\n", b"")


def test_output_that_looks_like_a_mark_is_output(node: Node) -> None:
    said = b"deployday-0011223344556677-2-e0\n"
    assert node.shell(f"printf %s\\\\n {said.decode().strip()}").stdout == said


def test_a_lost_connection_is_opened_again(node: Node, machine: Posix) -> None:
    node.shell("true")
    machine.cut()
    time.sleep(0.3)
    assert node.shell("echo again").stdout == b"again\n"


def test_a_connection_lost_in_the_middle_fails_that_command_alone(node: Node, machine: Posix) -> None:
    node.shell("true")
    timer = threading.Timer(0.3, machine.cut)
    timer.start()
    with pytest.raises(HostError, match="it ended the shell"):
        node.shell("sleep 20")
    timer.join()
    assert node.shell("echo again").stdout == b"again\n"


def test_many_threads_share_it(node: Node) -> None:
    said: dict[int, bytes] = {}

    def ask(number: int) -> None:
        said[number] = node.shell(f"echo {number}").stdout

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == {number: f"{number}\n".encode() for number in range(16)}


def test_the_record_has_commands_and_of_files_their_digests(node: Node, rows: Rows, tmp_path: Path) -> None:
    (tmp_path / "nova.conf").write_text("--sql_connection=mysql://nova:s3cr3t-word@db/nova\n")
    node.shell("echo said; echo wrong >&2; exit 2", component="nova")
    node.shell(f"cat -- {tmp_path}/nova.conf")
    first, second = rows.of("command")
    assert (first["component"], first["host"], first["command"]) == (
        "nova", "controller", "echo said; echo wrong >&2; exit 2",
    )  # fmt: skip
    assert (first["status"], first["stdout"], first["stderr"]) == (2, "said\n", "wrong\n")
    assert second["stdout"].startswith("50 bytes, sha256 ")
    assert "s3cr3t" not in repr(rows.rows)


def test_a_nul_is_refused_here(node: Node) -> None:
    with pytest.raises(ValueError, match="NUL"):
        node.shell("echo \0")


def test_as_root(machine: Posix, rows: Rows) -> None:
    machine.wants("let-me-in-please")
    try:
        node = Node("n", connect(machine.host, machine.ssh()), rows, Become(lambda: "let-me-in-please"))
        assert node.shell("echo $BECAME").stdout == b"root\n"
        assert node.shell("echo $BECAME again").stdout == b"root again\n"
        assert machine.given() == ["let-me-in-please"], "asked for once a shell"
        node.close()
        refused = Node("n", connect(machine.host, machine.ssh()), rows, Become())
        with pytest.raises(BecomeRefused, match="asks for a password"):
            refused.shell("true")
        refused.close()
    finally:
        machine.wants("")
    assert "let-me-in-please" not in repr(rows.rows)


def test_an_account_without_a_shell(machine: Posix, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    said = "echo This account is currently not available.; exit 1"
    monkeypatch.setattr("harness.hosts.becoming.SHELL", said)
    node = Node("n", connect(machine.host, machine.ssh()), rows)
    with pytest.raises(HostError, match=r"no POSIX shell answers there \(This account is currently not"):
        node.shell("true")
    node.close()


def test_an_unreachable_node_has_none(machine: Posix, rows: Rows, tmp_path: Path) -> None:
    node = Node("n", connect(machine.host, machine.ssh(known_hosts=tmp_path / "none")), rows)
    with pytest.raises(HostUnreachable, match="host key"):
        node.service("ssh")
    node.close()


def test_what_testinfra_asks_first_is_asked_in_one_go(node: Node, rows: Rows) -> None:
    assert node.file("/etc/passwd").user == "root"
    assert len(rows.of("command")) == 2
    assert node.file("/etc/group").mode == 0o644
    assert len(rows.of("command")) == 3, "one round trip an answer"
    for text in FORESEEN:
        status, out, _ = local(text)
        ran = node.host.run(text)
        assert (ran.rc, ran.stdout_bytes) == (status, out)
    assert len(rows.of("command")) == 3
