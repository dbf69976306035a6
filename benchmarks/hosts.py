"""Fifty checks on each of 1, 8 and 32 hosts, asked in five ways of the same real sshd servers, in one run.

The facts of one script and one round trip; our testinfra backend on one open shell; testinfra's own ssh and
paramiko backends; and the limit: plain ``ssh`` that runs the fifty commands in one line. Every way begins
without a connection, hosts are asked 32 at once, and all of them must give the same answers. Each host is an
sshd of this machine on a loopback port. Prints median, least and greatest, n, and ratios.

``--only growth``: what a visit to up to 1,000 simulated hosts costs, each an embedded SSH server that answers
the script with a recorded answer; servers and visitor are processes of their own, and the visitor's memory is
counted as its greatest resident size.
"""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import testinfra.host
from hosts_growth import NONCE, free_ports, growth  # beside this file

from harness.evidence import Recorder
from harness.hostlist import Host
from harness.hosts import Node, connect
from harness.hosts.backend import FORESEEN
from harness.hosts.facts import Facts, Questions
from harness.hosts.facts.reading import read_facts
from harness.hosts.facts.script import script
from harness.hosts.facts.secrets import Secrets
from harness.site import Ssh

AT_ONCE = 32
FILES = tuple(
    f"/etc/{name}"
    for name in (
        *("passwd", "group", "shadow", "hosts", "fstab", "profile", "services", "protocols", "nsswitch.conf"),
        "hostname",
    )
)
PACKAGES = (
    "dash",
    "bash",
    "coreutils",
    "grep",
    "sed",
    "tar",
    "gzip",
    "base-files",
    "dpkg",
    "no-such-package",
)
USERS = ("root", "daemon", "bin", "nobody", "mail")
SYSCTL = (
    *("kernel.ostype", "kernel.osrelease", "kernel.pid_max", "fs.file-max", "vm.swappiness"),
    "net.ipv4.ip_forward",
)
MOUNTS = ("/", "/proc", "/sys", "/dev")
QUESTIONS = Questions(sections=("files", "packages", "users", "sysctl", "mounts"), files=FILES, sysctl=SYSCTL)
CHECKS: tuple[Callable[[Any], Any], ...] = (
    *(lambda host, name=name: f"{host.file(name).mode:o}" for name in FILES),
    *(lambda host, name=name: host.file(name).user for name in FILES),
    *(lambda host, name=name: host.package(name).is_installed for name in PACKAGES),
    *(lambda host, name=name: host.user(name).uid for name in USERS),
    *(lambda host, name=name: host.user(name).home for name in USERS),
    *(lambda host, name=name: str(host.sysctl(name)) for name in SYSCTL),
    *(lambda host, name=name: host.mount_point(name).filesystem for name in MOUNTS),
)
"""Fifty questions in testinfra's words."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--hosts", type=int, nargs="*", default=[1, 8, 32])
    options.add_argument("--times", type=int, default=5, help="of the quick ways on one host; fewer on more")
    options.add_argument(
        "--slow-times", type=int, default=2, help="of testinfra's own ways; 0 leaves them out"
    )
    options.add_argument("--only", choices=("checks", "growth"))
    options.add_argument("--sizes", type=int, nargs="*", default=[1, 10, 100, 1000])
    chosen = options.parse_args()
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", "Unknown ssh-ed25519 host key")  # testinfra's paramiko knows no file
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no sshd is left behind
    assert len(CHECKS) == 50
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only in (None, "checks"):
            checks(Path(folder), chosen.hosts, chosen.times, chosen.slow_times)
        if chosen.only in (None, "growth"):
            growth(Path(folder), chosen.sizes)


def checks(folder: Path, sizes: Sequence[int], times: int, slow: int) -> None:
    with daemons(folder, max(sizes)) as (ports, ssh):
        ways = Ways(folder, ssh)
        lines = ways.lines(ports[0])
        for size in sizes:
            quick, few = (max(min(n, 1), round(n / size**0.5)) for n in (times, slow))
            compare(ways, ports[:size], lines, quick, few)


def compare(ways: Ways, ports: Sequence[int], line: str, times: int, slow: int) -> None:
    rows: dict[str, tuple[Callable[[int], list[Any]], int]] = {
        "the limit: one line of ssh": (lambda port: ways.limit(port, line), times),
        "facts": (ways.facts, times),
        "our testinfra backend": (ways.ours, times),
        "testinfra: paramiko": (lambda port: ways.theirs("paramiko", port), slow),
        "testinfra: ssh": (lambda port: ways.theirs("ssh", port), slow),
    }
    spent: dict[str, list[float]] = {name: [] for name in rows}
    answers: dict[str, list[list[Any]]] = {}
    for turn in range(times):
        for name, (ask, turns) in rows.items():
            if turn < turns:
                seconds, answers[name] = once(ask, ports)
                spent[name].append(seconds)
    same(answers)
    print(f"50 checks on {len(ports)} hosts ({os.cpu_count()} processors here, which the hosts share)")
    for name, values in spent.items():
        if values:
            print(f"  {name:28}{spread(values)}")
    limit, facts, ours, paramiko, ssh = spent.values()
    print(f"  facts / limit               {ratio(facts, limit)}   (goal: at most 1.5)")
    print(f"  ours / limit                {ratio(ours, limit)}")
    if not slow:
        return
    print(f"  testinfra ssh / ours        {ratio(ssh, ours)}   (goal: at least 10)")
    print(f"  testinfra paramiko / ours   {ratio(paramiko, ours)}")
    print(f"  testinfra ssh / facts       {ratio(ssh, facts)}")
    sys.stdout.flush()


def once(ask: Callable[[int], list[Any]], ports: Sequence[int]) -> tuple[float, list[list[Any]]]:
    begin = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(ask, ports))
    return time.perf_counter() - begin, found


def same(answers: Mapping[str, list[list[Any]]]) -> None:
    """All ways gave the same fifty answers of every host."""
    expected = next(found for name, found in reversed(answers.items()))[0]
    for name, found in answers.items():
        for one in found:
            if one != expected:
                wrong = [(n, a, b) for n, (a, b) in enumerate(zip(one, expected, strict=False)) if a != b]
                raise SystemExit(f"{name} answers otherwise: {wrong[:3] or len(one)}")


class Ways:
    """The five ways to ask one host, each from nothing."""

    def __init__(self, folder: Path, ssh: Ssh) -> None:
        self._folder, self._ssh = folder, ssh
        self._record = Recorder(folder / "events.jsonl")
        self._config = folder / "ssh_config"
        self._config.write_text(
            f"Host *\n  User {ssh.user}\n  IdentityFile {ssh.key_file}\n  IdentitiesOnly yes\n"
            f"  UserKnownHostsFile {ssh.known_hosts}\n  StrictHostKeyChecking yes\n"
        )

    def node(self, port: int) -> Node:
        return Node(f"host-{port}", connect(Host("127.0.0.1", port), self._ssh), self._record)

    def lines(self, port: int) -> str:
        """The commands of the fifty checks as testinfra words them, in one line that shows each status."""
        asked: list[str] = []
        node = self.node(port)
        backend = node.host.backend
        run = backend.run

        def noting(command: str, *args: str, **how: Any) -> Any:
            asked.append(backend.get_command(command, *args))
            return run(command, *args, **how)

        backend.run = noting
        for check in CHECKS:
            check(node)
        node.close()
        commands = [text for text in asked if text not in FORESEEN][-50:]
        assert len(commands) == 50
        return "; ".join(f"({text}) 2>/dev/null; echo @$?" for text in commands)

    def limit(self, port: int, line: str) -> list[Any]:
        words = ["ssh", "-F", str(self._config), "-p", str(port), "127.0.0.1", line]
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True)
        return read_line(done.stdout)

    def facts(self, port: int) -> list[Any]:
        node = self.node(port)
        sent = time.time()
        answer = node.ask(script(QUESTIONS, NONCE))
        facts = read_facts(node.name, answer.text, QUESTIONS, NONCE, Secrets(), sent, time.time())
        node.close()
        return of_facts(facts)

    def ours(self, port: int) -> list[Any]:
        node = self.node(port)
        found = [check(node) for check in CHECKS]
        node.close()
        return found

    def theirs(self, kind: str, port: int) -> list[Any]:
        testinfra.host.Host._host_cache.clear()
        host = testinfra.host.get_host(
            f"{kind}://{self._ssh.user}@127.0.0.1:{port}", ssh_config=str(self._config)
        )
        found = [check(host) for check in CHECKS]
        if kind == "paramiko":
            host.backend.client.close()
        return found


def read_line(text: str) -> list[Any]:
    """The fifty answers of the one line, as testinfra would read them."""
    outs: list[str] = []
    rest = text
    while "@" in rest:
        out, _, rest = rest.partition("@")
        rest = rest.partition("\n")[2]
        outs.append(out)
    n, f, u, s = len(FILES), len(PACKAGES), len(USERS), len(SYSCTL)
    cut = iter(outs)
    take = [[next(cut) for _ in range(count)] for count in (n, n, f, u, u, s, len(MOUNTS))]
    mounts = [dict(_mount(line) for line in out.splitlines()) for out in take[6]]
    return [
        *(out.strip() for out in take[0]),
        *(out.strip() for out in take[1]),
        *(out.strip().startswith("install ok installed") for out in take[2]),
        *(int(out) for out in take[3]),
        *(out.split(":")[5] for out in take[4]),
        *(out.strip() for out in take[5]),
        *(found[path] for found, path in zip(mounts, MOUNTS, strict=True)),
    ]


def _mount(line: str) -> tuple[str, str]:
    words = line.split()
    return (words[1], words[2]) if words[0].startswith("/") or len(words) == 6 else (words[2], words[4])


def of_facts(facts: Facts) -> list[Any]:
    """The fifty answers as the facts have them; whatever is unknown ends the benchmark."""
    found: Any = facts
    return [
        *(found.files[name].mode.lstrip("0") for name in FILES),
        *(found.files[name].owner for name in FILES),
        *(name in found.packages for name in PACKAGES),
        *(found.users[name].uid for name in USERS),
        *(found.users[name].home for name in USERS),
        *(found.sysctl[name] for name in SYSCTL),
        *(found.mounts[path].type for path in MOUNTS),
    ]


@contextmanager
def daemons(folder: Path, count: int) -> Iterator[tuple[list[int], Ssh]]:
    """So many sshd processes of our own on loopback ports; none of them outlives us."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if program is None:
        raise SystemExit("there is no sshd on this machine")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    public = " ".join((folder / "host.pub").read_text().split()[:2])
    ports = free_ports(count)
    (folder / "known_hosts").write_text("".join(f"[127.0.0.1]:{port} {public}\n" for port in ports))
    shared = ("-D", "-f", "/dev/null", "-h", str(folder / "host"))
    settings = (
        f"AuthorizedKeysFile={folder / 'key.pub'}", "PidFile=none", "StrictModes=no", "UsePAM=no",
        "ListenAddress=127.0.0.1", "PermitRootLogin=prohibit-password", "LogLevel=QUIET", "MaxStartups=200",
    )  # fmt: skip
    words = [*shared, *(word for setting in settings for word in ("-o", setting))]
    with ExitStack() as stack:
        for port in ports:
            child = subprocess.Popen([program, *words, "-p", str(port)], stdin=subprocess.DEVNULL)
            stack.callback(child.wait)
            stack.callback(child.terminate)
        for port in ports:
            answers(port)
        ssh = Ssh(user=getpass.getuser(), key_file=folder / "key", known_hosts=folder / "known_hosts")
        yield ports, ssh


def answers(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"nothing answers on port {port}")


def spread(values: Sequence[float]) -> str:
    low, middle, high = (1000 * value for value in (min(values), statistics.median(values), max(values)))
    return f"{middle:10.0f} ms ({low:.0f} to {high:.0f}, n={len(values)})"


def ratio(ones: Sequence[float], others: Sequence[float]) -> str:
    """Turn by turn; the other's median where it took more turns."""
    pairs = list(zip(ones, others, strict=False))
    found = [one / other for one, other in pairs]
    return f"{statistics.median(found):6.2f} ({min(found):.2f} to {max(found):.2f})"


if __name__ == "__main__":
    main()
