"""testinfra on the open shell, held against its own local backend on this machine, answer by answer."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from operator import attrgetter, methodcaller
from pathlib import Path
from typing import Any

import pytest
import testinfra.host
from testinfra.backend.local import LocalBackend

from harness.hosts import HostError, Node, Ran, connect
from harness.hosts.backend import Looks
from tests.clients.fake import Rows
from tests.hosts.posix import posix
from tests.hosts.sshd import real_sshd

Question = Callable[[Any], Any]


@pytest.fixture(scope="module", params=["asyncssh", "sshd"])
def node(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("testinfra")
    with ExitStack() as stack:
        if request.param == "sshd":
            same = [f"{name}={os.environ[name]}" for name in ("PATH", "LANG", "LC_ALL") if name in os.environ]
            daemon = stack.enter_context(real_sshd(folder / "d", f"SetEnv {' '.join(same)}"))
            connection = connect(daemon.host, daemon.ssh)
        else:
            machine = stack.enter_context(posix(folder / "machine"))
            connection = connect(machine.host, machine.ssh())
        one = Node("here", connection, Rows())
        yield one
        one.close()


@pytest.fixture(scope="module")
def local() -> Any:
    return testinfra.get_host("local://")


@pytest.fixture(scope="module")
def things(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Files of each kind under a path that wants quoting."""
    folder = tmp_path_factory.mktemp("it's a $place")
    (folder / "plain").write_text("one\ntwo [x]\n")
    (folder / "plain").chmod(0o640)
    (folder / "binary").write_bytes(bytes(range(256)) * 300)
    (folder / "empty").touch()
    (folder / "link").symlink_to("plain")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "run").write_text("#!/bin/sh\n")
    (folder / "run").chmod(0o4755)
    (folder / "\u00fcber").write_text("\u00fc")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as one:
        cwd = Path.cwd()
        os.chdir(folder)  # a path to a socket has at most 108 characters
        one.bind("socket")
        os.chdir(cwd)
        yield folder


def failing(question: Question, host: Any) -> Any:
    """The answer, or which kind of error it is."""
    try:
        return question(host)
    except (AssertionError, RuntimeError, ValueError, KeyError, NotImplementedError, TypeError) as error:
        return type(error).__name__


def asked(host: Any, kind: str, names: Iterable[str], words: Iterable[str]) -> dict[tuple[str, str], Any]:
    """Each word of each thing of a kind: ``host.file(name).mode``."""
    return {
        (name, word): failing(attrgetter(word), failing(methodcaller(kind, name), host))
        for name in names
        for word in words
    }


_SERVICES = ("ssh", "cron", "nosuch")
_PACKAGES = ("dash", "bash", "coreutils", "nosuch-package", "python3", "openssh-server")
_USERS = ("root", "nobody", "daemon", "nosuch")
_FILES = ("plain", "binary", "empty", "link", "dangling", "run", "\u00fcber", "pipe", "socket", "nosuch", ".")
_OF_FILES = (
    *(
        "exists",
        "is_file",
        "is_directory",
        "is_executable",
        "is_pipe",
        "is_socket",
        "is_symlink",
        "linked_to",
    ),
    *("user", "uid", "group", "gid", "mode", "mtime", "size", "inode"),
)
_CONTENTS = ("plain", "binary", "empty", "link", "\u00fcber", "nosuch")
_SYSCTL = ("kernel.ostype", "kernel.osrelease", "fs.file-max", "vm.swappiness", "no.such")


def _user(host: Any) -> Any:
    words = ("exists", "name", "uid", "gid", "group", "gids", "groups", "home", "shell", "gecos", "password")
    return asked(host, "user", _USERS, words)


def _mounts(host: Any) -> Any:
    places = ("/", "/proc", "/dev/shm", "/etc", "/nosuch")
    found = asked(host, "mount_point", places, ("exists", "filesystem", "device", "options"))
    return found, sorted(one.path for one in host.mount_point.get_mountpoints())


def _process(host: Any) -> list[Any]:
    me = host.process.get(pid=os.getpid())
    found = [me.comm, me.args, me.user, me.ppid, me.lstart, failing(lambda host: me.nosuchword, host)]
    found.append([one.pid for one in host.process.filter(pid=1)])
    return [*found, failing(lambda host: host.process.get(comm="nosuch"), host)]


def _interface(host: Any) -> list[Any]:
    lo = host.interface("lo")
    found = [lo.exists, sorted(lo.addresses), sorted(host.interface.names())]
    found += [failing(lambda host: host.interface("lo").link["mtu"], host)]
    found += [failing(lambda host: host.interface("lo").speed, host), host.interface("nosuch0").exists]
    found += [failing(lambda host: host.interface("lo", "inet").addresses, host)]
    return [*found, failing(lambda host: host.interface.default().name, host)]


def _addr(host: Any) -> list[Any]:
    found = [
        (one.is_resolvable, sorted(one.ip_addresses), sorted(one.ipv4_addresses))
        for one in (host.addr("localhost"), host.addr("127.0.0.1"), host.addr("nowhere.invalid"))
    ]
    return [*found, failing(lambda host: host.addr("127.0.0.1").port(1).is_reachable, host)]


def _command(host: Any) -> list[Any]:
    ran = [
        host.run("echo out; echo err >&2; exit 3"),
        host.run("echo %s", 'it\'s "quoted" $HOME `x` \\ ;'),
        host.run("printf '\\377\\000'"),
        host.run("cd /tmp && pwd"),
        host.run("cd /; pwd; cd /tmp"),
        host.run("nosuchcommand"),
        host.run("cat"),
        host.command("echo %s", "a b"),
    ]
    found = [(one.rc, one.stdout_bytes, one.succeeded, one.failed, one.command) for one in ran]
    errors = [one.stderr for one in ran[:5]]
    return [
        *found,
        errors,
        host.check_output("echo hello"),
        host.exists("sh"),
        host.exists("nosuch"),
        host.command.exists("sh"),
        host.find_command("sh"),
        failing(lambda host: host.check_output("false"), host),
        failing(lambda host: host.run_test("exit 2"), host),
        failing(lambda host: host.find_command("nosuch"), host),
    ]


QUESTIONS: dict[str, Question] = {
    "system": lambda host: [
        host.system_info.type, host.system_info.distribution, host.system_info.release,
        host.system_info.codename, host.system_info.arch,
    ],
    "service": lambda host: asked(
        host, "service", _SERVICES, ("is_running", "is_enabled", "exists", "is_masked")
    ),
    "package": lambda host: asked(host, "package", _PACKAGES, ("is_installed", "version", "release")),
    "user": _user,
    "group": lambda host: asked(
        host, "group", ("root", "adm", "nosuch"), ("exists", "gid", "members", "get_all_groups")
    ),
    "mount_point": _mounts,
    "process": _process,
    "interface": _interface,
    "addr": _addr,
    "sysctl": lambda host: [failing(methodcaller("sysctl", name), host) for name in _SYSCTL],
    "command": _command,
    "me": lambda host: [host.user().name, host.user().exists],
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_same_answers(node: Node, local: Any, name: str) -> None:
    question = QUESTIONS[name]
    assert question(node.host) == question(local)


@pytest.mark.parametrize("name", _FILES)
def test_the_same_of_files(node: Node, local: Any, things: Path, name: str) -> None:
    paths, words = [str(things / name)], [*_OF_FILES]
    words += ["content", "sha256sum", "md5sum"] * (name in _CONTENTS)
    assert asked(node.host, "file", paths, words) == asked(local, "file", paths, words)
    if name in _CONTENTS:
        for pattern in ("two", "^one$", "[x]", "\\[x\\]", "'", "nothing"):
            contains = methodcaller("contains", pattern)
            ours, theirs = (failing(contains, host.file(paths[0])) for host in (node.host, local))
            assert ours == theirs, pattern


def test_the_same_of_folders_and_sockets(node: Node, local: Any, things: Path) -> None:
    assert sorted(node.file(str(things)).listdir()) == sorted(local.file(str(things)).listdir())
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("0.0.0.0", 0)) as other:
        specs = [
            f"tcp://127.0.0.1:{one.getsockname()[1]}",
            f"tcp://0.0.0.0:{other.getsockname()[1]}",
            f"tcp://127.0.0.1:{other.getsockname()[1]}",
            f"tcp://{other.getsockname()[1]}",
            *("tcp://127.0.0.1:1", "udp://127.0.0.1:1", "unix:///nowhere"),
        ]
        ours, theirs = (asked(host, "socket", specs, ["is_listening"]) for host in (node.host, local))
        assert ours == theirs
        assert node.socket(f"tcp://127.0.0.1:{one.getsockname()[1]}").is_listening
        assert set(node.socket.get_listening_sockets()) & {f"tcp://127.0.0.1:{one.getsockname()[1]}"}


def test_every_word_of_a_node_is_testinfras(node: Node) -> None:
    words = "service package file socket mount_point user group process interface addr sysctl command"
    for word in words.split():
        assert getattr(node, word) is getattr(node.host, word)


def test_each_answer_costs_one_round_trip_and_one_row(node: Node) -> None:
    node.service("nosuch-service")
    questions: list[Question] = [
        lambda node: node.file("/etc/passwd").mode,
        lambda node: node.user("root").home,
        lambda node: node.mount_point("/").filesystem,
        lambda node: node.sysctl("kernel.ostype"),
        lambda node: node.group("root").gid,
        lambda node: node.package("dash").is_installed,
        lambda node: node.command("true").rc,
    ]
    rows = node._journal._record
    assert isinstance(rows, Rows)
    for question in questions:
        before = len(rows.of("command"))
        question(node)
        assert len(rows.of("command")) == before + 1


# managers of services that this machine does not have: words of a shell stand for them

UPSTART = """
test() { case "$*" in "-d /etc/init") return 0;; "-d /run/systemd/system/") return 1;; esac; [ "$@" ]; }
command() { case $2 in initctl|status|command|service) echo $2;; *) return 127;; esac; }
status() { case $1 in nova-api) echo "nova-api start/running, process 2817";;
    nova-compute) echo "nova-compute stop/waiting";; *) echo "status: Unknown job: $1" >&2; return 1;; esac; }
service() { return 3; }
"""
SYSV = """
test() { case "$*" in "-d "*) return 1;; esac; [ "$@" ]; }
command() { case $2 in service|command) echo service;; *) return 127;; esac; }
service() { case $1 in openstack-nova-api) echo "openstack-nova-api (pid 2817) is running..."; return 0;;
    openstack-nova-compute) echo "dead but pid file exists"; return 1;; *) return 3;; esac; }
"""
SYSTEMD = """
test() { case "$*" in "-d /run/systemd/system/") return 0;; esac; [ "$@" ]; }
command() { case $2 in systemctl|command) echo /bin/$2;; *) return 127;; esac; }
systemctl() { case "$1 $2" in "is-active nova-api") echo active;;
    "is-active nova-compute") echo failed; return 3;; "is-enabled nova-api") echo enabled;;
    "is-enabled nova-compute") echo disabled; return 1;; *) return 4;; esac; }
"""


class Pretending(Looks):
    """A node whose shell has these words."""

    def __init__(self, words: str) -> None:
        self.name = "pretending"
        self._words = words
        self.round_trips = 0

    def shell(self, text: str, *, component: str = "ssh", timeout: float = 60.0) -> Ran:
        self.round_trips += 1
        done = subprocess.run(["/bin/sh", "-c", f"{self._words}\n{text}"], capture_output=True, check=False)
        return Ran(text, done.returncode, done.stdout, done.stderr)


def theirs(words: str) -> Any:
    """testinfra's own backend under the same words."""

    class Backend(LocalBackend):  # type: ignore[misc]
        def run_local(self, command: str, *args: str) -> Any:
            return super().run_local(f"{words}\n{self.quote(command, *args)}")

    backend = Backend()
    host = testinfra.host.Host(backend)
    backend.set_host(host)
    return host


@pytest.mark.parametrize(
    ("words", "kind", "running", "dead"),
    [
        (
            UPSTART,
            "UpstartService",
            "nova-api",
            "nova-compute",
        ),
        (SYSV, "SysvService", "openstack-nova-api", "openstack-nova-compute"),
        (SYSTEMD, "SystemdService", "nova-api", "nova-compute"),
    ],
    ids=["upstart", "sysv", "systemd"],
)
def test_managers_of_services(words: str, kind: str, running: str, dead: str) -> None:
    pretending, host = Pretending(words), theirs(words)
    assert pretending.service(running).is_running
    assert pretending.round_trips <= 3, "what testinfra asks first is one round trip"
    before = pretending.round_trips
    assert not pretending.service(dead).is_running
    assert pretending.round_trips == before + 1
    assert pretending.service(running).__class__.__name__ == kind
    names, asks = (running, dead, "nosuch"), ("is_running", "is_enabled")
    assert asked(pretending.host, "service", names, asks) == asked(host, "service", names, asks)


def test_a_host_whose_first_answer_is_nonsense_is_asked_one_by_one() -> None:
    class Odd(Pretending):
        def shell(self, text: str, *, component: str = "ssh", timeout: float = 60.0) -> Ran:
            ran = super().shell(text)
            return Ran(text, 0, b"\xff nonsense\n") if text.startswith("look()") else ran

    odd = Odd("")
    assert odd.file("/etc/passwd").user == "root"
    assert odd.host.system_info.type == "linux"


def test_a_lost_host_fails_the_story(node: Node) -> None:
    with pytest.raises(HostError, match="it ended the shell"):
        node.command("kill -9 $$")
    assert node.command("echo back").stdout == "back\n"


@pytest.mark.skipif(not shutil.which("busybox"), reason="this machine has no busybox")
def test_under_busybox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.hosts.becoming.SHELL", "exec busybox sh -s")
    with posix(tmp_path / "machine") as machine:
        one = Node("n", connect(machine.host, machine.ssh()), Rows())
        assert one.file("/etc/passwd").is_file
        assert one.shell("echo $((6 * 7)); exit 4") == Ran("echo $((6 * 7)); exit 4", 4, b"42\n", b"")
        with pytest.raises(HostError):
            one.shell("sleep 20", timeout=0.5)
        assert one.shell("printf x").stdout == b"x"
        one.close()
