"""What the script tells of this machine, against what Python sees of it: answer by answer."""

from __future__ import annotations

import grp
import hashlib
import os
import platform
import pwd
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from harness.hosts.facts.model import Config, Facts, File, Unknown
from harness.hosts.facts.questions import Questions
from harness.hosts.facts.reading import read_facts
from harness.hosts.facts.script import script
from tests.hosts.facts.answers import NONCE, secrets

PATHS = (
    "/etc/passwd",
    "/etc",
    "/bin",
    "/dev/null",
    "/etc/shadow",
    "/nope/at/all",
    "/usr/bin/env",
    "/etc/hosts",
)
SETTINGS = ("net.ipv4.ip_forward", "kernel.ostype", "vm.swappiness", "net.ipv4.tcp_rmem", "kernel.hostname")


@pytest.fixture(scope="module")
def listening() -> Iterator[tuple[int, int]]:
    with socket.socket() as tcp, socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.9", 0))
        tcp.listen()
        udp.bind(("::1", 0))
        yield tcp.getsockname()[1], udp.getsockname()[1]


@pytest.fixture(scope="module")
def facts(listening: tuple[int, int]) -> Facts:
    asked = Questions(files=PATHS, configs=("/etc/adduser.conf",), sysctl=SETTINGS)
    sent = time.time()
    done = subprocess.run(["sh", "-s"], input=script(asked, NONCE).encode(), capture_output=True, check=True)
    return read_facts("x", done.stdout.decode("utf-8", "replace"), asked, NONCE, secrets(), sent, time.time())


def test_system(facts: Facts) -> None:
    assert not isinstance(facts.system, Unknown)
    release = platform.freedesktop_os_release()
    assert facts.system.hostname == os.uname().nodename
    assert facts.system.kernel == os.uname().release
    assert facts.system.machine == os.uname().machine
    assert (facts.system.id, facts.system.version) == (release["ID"], release.get("VERSION_ID", ""))
    assert facts.system.uptime == pytest.approx(time.time() - psutil.boot_time(), abs=60)


def test_clock(facts: Facts) -> None:
    assert not isinstance(facts.clock, Unknown)
    assert abs(facts.clock.offset) <= facts.clock.error + 0.001
    assert facts.clock.error < max(0.5, facts.seconds / 2)


def test_hardware(facts: Facts) -> None:
    assert not isinstance(facts.cpu, Unknown)
    assert not isinstance(facts.memory, Unknown)
    assert facts.cpu.count == psutil.cpu_count()
    assert facts.memory.total == psutil.virtual_memory().total // 2**20
    assert facts.memory.free == pytest.approx(psutil.virtual_memory().available / 2**20, rel=0.2)
    assert facts.memory.swap == psutil.swap_memory().total // 2**20
    assert isinstance(facts.disks, dict)
    for name, disk in facts.disks.items():
        blocks = int((Path("/sys/block") / name.replace("/", "!") / "size").read_text())
        assert disk.size_gb == pytest.approx(blocks / 2**21, abs=0.01)


def test_mounts_and_space(facts: Facts) -> None:
    assert isinstance(facts.mounts, dict)
    assert isinstance(facts.space, dict)
    seen = {each.mountpoint: each for each in psutil.disk_partitions(all=True)}
    assert {path for path in facts.mounts if "\\" not in path} <= set(seen) | {"/"}
    assert facts.mounts["/proc"].type == seen["/proc"].fstype
    for path, space in facts.space.items():
        usage = os.statvfs(path)
        assert space.size_mb == pytest.approx(usage.f_blocks * usage.f_frsize / 2**20, abs=1)
        assert space.free_mb == pytest.approx(usage.f_bavail * usage.f_frsize / 2**20, rel=0.05, abs=50)


def test_interfaces(facts: Facts) -> None:
    assert isinstance(facts.interfaces, dict)
    seen, states = psutil.net_if_addrs(), psutil.net_if_stats()
    assert set(facts.interfaces) == set(states)
    for name, interface in facts.interfaces.items():
        kinds = (socket.AF_INET, socket.AF_INET6)
        addresses = {each.address.partition("%")[0] for each in seen.get(name, ()) if each.family in kinds}
        assert {address.partition("/")[0] for address in interface.addresses} == addresses
        assert interface.mtu == states[name].mtu
        assert interface.physical == (Path("/sys/class/net") / name / "device").exists()


def test_listeners(facts: Facts, listening: tuple[int, int]) -> None:
    assert isinstance(facts.listeners, tuple)
    tcp, udp = listening
    found = {(one.protocol, one.address, one.port): one.process for one in facts.listeners}
    assert ("tcp", "127.0.0.9", tcp) in found
    assert ("udp", "::1", udp) in found
    if os.geteuid() == 0:
        assert found["tcp", "127.0.0.9", tcp]


def test_processes(facts: Facts) -> None:
    assert isinstance(facts.processes, tuple)
    me = next(one for one in facts.processes if one.pid == os.getpid())
    assert me.user == pwd.getpwuid(os.geteuid()).pw_name
    assert me.command.split()[0] == psutil.Process().cmdline()[0]


def test_packages(facts: Facts) -> None:
    if not Path("/var/lib/dpkg/status").exists():
        pytest.skip("no dpkg on this machine")
    assert isinstance(facts.packages, dict)
    paragraphs = Path("/var/lib/dpkg/status").read_text("utf-8").split("\n\n")
    seen = {}
    for paragraph in paragraphs:
        fields = dict(
            line.split(": ", 1) for line in paragraph.split("\n") if ": " in line and line[0] != " "
        )
        if fields.get("Status", "").endswith(" installed"):
            seen[fields["Package"]] = fields["Version"]
    assert facts.packages == seen


def test_users(facts: Facts) -> None:
    assert isinstance(facts.users, dict)
    seen = {each.pw_name: each for each in pwd.getpwall()}
    assert set(facts.users) == set(seen)
    for name, user in facts.users.items():
        assert (user.uid, user.gid) == (seen[name].pw_uid, seen[name].pw_gid)
        assert (user.home, user.shell) == (seen[name].pw_dir, seen[name].pw_shell)
        groups = {each.gr_name for each in grp.getgrall() if name in each.gr_mem or each.gr_gid == user.gid}
        assert set(user.groups) == groups


@pytest.mark.parametrize("path", PATHS)
def test_files(facts: Facts, path: str) -> None:
    assert isinstance(facts.files, dict)
    found = facts.files[path]
    assert isinstance(found, File)
    if not os.path.lexists(path):
        assert found == File(kind="absent")
        return
    seen = os.lstat(path)
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    assert found.kind == kinds.get(stat.S_IFMT(seen.st_mode), "other")
    assert found.mode == f"{stat.S_IMODE(seen.st_mode):04o}"
    assert found.size == seen.st_size
    assert (found.owner, found.group) == (
        pwd.getpwuid(seen.st_uid).pw_name,
        grp.getgrgid(seen.st_gid).gr_name,
    )
    if Path(path).is_file() and os.access(path, os.R_OK):
        assert found.sha256 == hashlib.sha256(Path(path).read_bytes()).hexdigest()


def test_settings(facts: Facts) -> None:
    assert isinstance(facts.sysctl, dict)
    for name in SETTINGS:
        path = Path("/proc/sys") / name.replace(".", "/")
        if path.exists():
            assert facts.sysctl[name] == " ".join(path.read_text().split())
        else:
            assert name not in facts.sysctl


def test_resolvers_and_options(facts: Facts) -> None:
    rows = [line.split() for line in Path("/etc/resolv.conf").read_text().splitlines()]
    assert facts.resolvers == tuple(row[1] for row in rows if row[:1] == ["nameserver"])
    assert isinstance(facts.configs, dict)
    found = facts.configs["/etc/adduser.conf"]
    if Path("/etc/adduser.conf").exists():
        assert isinstance(found, Config)
        lines = [line for line in Path("/etc/adduser.conf").read_text().splitlines() if line[:1].isalpha()]
        assert len(found.options.get("DEFAULT", {})) == len({line.split("=")[0] for line in lines})


def test_services(facts: Facts) -> None:
    """Every script of sysv is one; what runs has a process."""
    if Path("/run/systemd/system").exists():
        pytest.skip("systemd runs this machine")
    assert isinstance(facts.services, dict)
    scripts = {path.name for path in Path("/etc/init.d").iterdir()} - {"README", "skeleton", "functions"}
    assert {name for name, one in facts.services.items() if one.manager == "sysv"} >= {
        name for name in scripts if "." not in name and name not in ("rc", "rcS", "halt", "reboot", "single")
    }
    names = " ".join(" ".join(each.info["cmdline"] or []) for each in psutil.process_iter(["cmdline"]))
    for name, one in facts.services.items():
        assert not one.running or name.split("-")[0][:4] in names
