"""The programs of a node: links to the machine's own, and the doubles that stand before them."""

from __future__ import annotations

import shutil
import stat
from functools import cache
from importlib.resources import files
from pathlib import Path

from harness.lab.hostside.furnishing.plan import HostPlan
from harness.lab.hostside.room import DEVICES, MACHINE, PARTS, SHARED

_PLAIN = """
    [ awk base64 basename bash bunzip2 bzip2 cat chgrp chmod chown cksum clear cmp comm cp cut dash
    dd diff dirname dpkg dpkg-query du echo egrep env expand expr false fgrep find fold free getconf
    getent grep gunzip gzip head install join kill less link ln locale logger ls md5sum mkdir mkfifo
    mknod mktemp more mv nice nl nohup od openssl paste perl pgrep pkill pr printenv printf pwd
    readlink realpath rev rm rmdir sed seq setsid sh sha1sum sha256sum sha512sum sleep sort split
    stdbuf stty sum sync sysctl tac tail tar tee test time timeout touch tr true truncate tsort tty
    umask uniq unlink uptime vmstat wc which xargs xz yes zcat
""".split()  # noqa: SIM905 - a list of a hundred
_EVERYWHERE: tuple[str, ...] = (
    "brctl",
    "date",
    "df",
    "hostname",
    "id",
    "ifconfig",
    "initctl",
    "ip",
    "iptables-save",
    "ls",
)
_EVERYWHERE += (
    "lsb_release",
    "mount",
    "netstat",
    "ps",
    "restart",
    "service",
    "ss",
    "start",
    "stat",
    "status",
)
_EVERYWHERE += ("stop", "sudo", "uname", "whoami")
_BY_ROLE = {
    "database": ("mysqladmin",),
    "bus": ("rabbitmqctl",),
    "compute-api": ("nova-manage",),
    "compute": ("nova-manage", "virsh"),
    "network": ("nova-manage",),
    "scheduler": ("nova-manage",),
    "volume": ("nova-manage", "tgtadm", "vgs", "lvs"),
    "object-proxy": ("swift-init",),
    "object-storage": ("swift-init",),
}
_FOLDERS: tuple[str, ...] = (
    "dev",
    "home/lab",
    SHARED,
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "usr/sbin",
    "usr/local/bin",
)
_FOLDERS += ("usr/local/sbin", "var/lib")


def write_shared(shared: Path) -> None:
    """What every node of a lab sees at ``/opt/deployday-lab``: links to programs, and doubles."""
    machine = shared / "machine"
    for name in ("bin", "real", "machine/proc"):
        (shared / name).mkdir(parents=True, exist_ok=True)
    for part in PARTS:
        source = Path("/") / part
        if source.is_symlink():
            (machine / part).symlink_to(source.readlink())
        elif source.is_dir():
            (machine / part).mkdir()
    for name, target in _machine_tools().items():
        (shared / "bin" / name).symlink_to(target)
    for name in ("date", "id", "ls", "stat"):
        target = _machine_tool(name)
        if target:
            (shared / "real" / name).symlink_to(target)
    for name in ("lib", "owners"):
        (shared / f"{name}.sh").write_bytes(_script(name))
    for name in _EVERYWHERE:
        _write_double(shared / "bin" / name)


def write_tools(host: HostPlan) -> None:
    """Folders and links, and the doubles of what only some hosts have."""
    root = host.folder
    for name in _FOLDERS:
        (root / name).mkdir(parents=True, exist_ok=True)
    for name in PARTS:
        if name.startswith("lib") and Path(f"/{name}").exists():
            (root / name).symlink_to(f"{MACHINE}/{name}")
    for name in (
        *(one for one in sorted(path.name for path in Path("/usr").iterdir()) if one.startswith("lib")),
        "share",
    ):
        (root / "usr" / name).symlink_to(f"/{MACHINE}/usr/{name}")
    for name, target in {
        "usr/bin": f"/{SHARED}/bin",
        "bin": "usr/bin",
        "sbin": "usr/sbin",
        "var/run": "../run",
    }.items():
        (root / name).symlink_to(target)
    rsync = _machine_tool("rsync")
    if rsync and {"object-proxy", "object-storage"} & set(host.roles):
        (root / "usr" / "sbin" / "rsync").symlink_to(rsync)
    for name in dict.fromkeys(name for role in host.roles for name in _BY_ROLE.get(role, ())):
        _write_double(root / "usr" / "sbin" / name)
    for device in DEVICES:
        (root / "dev" / device).touch()


@cache
def _machine_tools() -> dict[str, str]:
    """Plain tool → where a node sees the machine's own, as far as the machine has it below a bound folder."""
    found = {name: _machine_tool(name) for name in _PLAIN}
    return {name: target for name, target in found.items() if target}


def _machine_tool(name: str) -> str:
    path = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    real = str(Path(path).resolve()) if path else ""
    return f"/{MACHINE}{real}" if real.startswith(tuple(f"/{part}/" for part in PARTS)) else ""


@cache
def _script(name: str) -> bytes:
    folder = files("harness.lab.hostside").joinpath("doubles")
    return folder.joinpath(f"{name}.sh").read_bytes()


def _write_double(path: Path) -> None:
    same = {"start": "initctl", "stop": "initctl", "restart": "initctl", "status": "initctl"}
    same |= {"netstat": "ss", "whoami": "id", "lvs": "vgs"}
    path.unlink(missing_ok=True)
    path.write_bytes(_script(same.get(path.name, path.name)))
    path.chmod(stat.S_IRWXU | 0o55)
