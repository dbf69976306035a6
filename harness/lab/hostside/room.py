"""The room of one session: a process tree that has a node's folder for ``/`` and ends as a whole.

Run by its path, not imported by the lab's process; it uses the standard library alone:

    python -I -S room.py PARENT FOLDER PROGRAMS [NAME=VALUE …] -- COMMAND [ARGUMENT …]

As an ordinary user it makes namespaces of its own (user, mount, process, message, name), with itself as
``root``, binds the lab's PROGRAMS and the machine's own read-only below the folder, leaves the machine's own
root behind, and runs the command in there, with standard input, output and error as they are. Process 1 of
the room reaps what is orphaned and ends with the command; whatever else runs in the room is killed by the
kernel then, as it is when the lab (process PARENT) ends, however that ends. It exits with the command's
status, 128 and a signal's number like a shell, or with 125 and a sentence where there can be no room.
"""

# A session starts with this: pathlib and contextlib would double it.
# ruff: noqa: PTH110, PTH112, PTH114, PTH123, SIM105, T201
from __future__ import annotations

import ctypes
import os
import sys

REFUSED = 125
SHARED = "opt/deployday-lab"
"""Where a node's folder shows what all nodes of the lab have in common."""
MACHINE = f"{SHARED}/machine"
"""Where a node's folder shows the machine's programs."""
PARTS = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")

_NEW_USER, _NEW_MOUNTS, _NEW_PIDS = 0x10000000, 0x00020000, 0x20000000
_NEW_IPC, _NEW_NAME = 0x08000000, 0x04000000
_READ_ONLY, _NO_SUID, _REMOUNT, _BIND, _RECURSIVE, _PRIVATE = 1, 2, 32, 4096, 16384, 1 << 18
_DETACH = 2
_AT_FDCWD, _AT_RECURSIVE, _MOUNT_SETATTR, _PIVOT_ROOT = -100, 0x8000, 442, 155
_PIVOT_ROOTS = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "loongarch64": 41, "ppc64le": 203, "s390x": 217}
_PR_SET_PDEATHSIG, _KILL, _DEFAULT = 1, 9, 0
_IGNORED_BY_PYTHON = (2, 13, 25)
"""SIGINT, SIGPIPE, SIGXFSZ; ``signal`` and ``typing`` are not imported, they would double the start."""
_LOCKED = {os.ST_NOSUID: 2, os.ST_NODEV: 4, os.ST_NOEXEC: 8}
"""What a mount of the machine forbids, as flags of ``mount``: to change one, all of them must be said."""

_libc = ctypes.CDLL(None, use_errno=True)


def main(words: list[str]) -> int:
    """Enter the room and wait for the command."""
    parent, folder, programs, *rest = words
    end = rest.index("--")
    environment = dict(pair.split("=", 1) for pair in rest[:end])
    try:
        _unshare(_NEW_USER | _NEW_MOUNTS | _NEW_PIDS | _NEW_IPC | _NEW_NAME)
        first = _forked(int(parent))
        if first == 0:
            os._exit(_first(folder, programs, environment, rest[end + 1 :]))
    except OSError as error:
        print(f"{error.strerror} ({error.filename})", file=sys.stderr)
        return REFUSED
    return _status(os.waitpid(first, 0)[1])


def _first(folder: str, programs: str, environment: dict[str, str], command: list[str]) -> int:
    """Process 1: everything is set up by it, so that what it starts has nothing of the machine open."""
    try:
        _furnish(folder, programs)
    except OSError as error:
        print(f"{error.strerror} ({error.filename})", file=sys.stderr)
        return REFUSED
    pid = os.fork()
    if pid == 0:
        _become(environment, command)
    while True:
        ended, status = os.wait()
        if ended == pid:
            return _status(status)


def _become(environment: dict[str, str], command: list[str]) -> None:
    home = environment.get("HOME", "/")
    os.chdir(home if os.path.isdir(home) else "/")
    for number in _IGNORED_BY_PYTHON:
        _libc.signal(number, _DEFAULT)
    try:
        os.setsid()
        os.execvpe(command[0], command, environment)  # noqa: S606 - the very point
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)


def _unshare(kinds: int) -> None:
    """Namespaces of our own, in which we are root and nobody else exists."""
    user, group = os.getuid(), os.getgid()
    _checked(_libc.unshare(kinds), "user namespace")
    for name, text in (("setgroups", "deny"), ("uid_map", f"0 {user} 1"), ("gid_map", f"0 {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as out:
            out.write(text)


def _forked(parent: int) -> int:
    """A child that ends with this process, as this one ends with the lab; 0 in the child."""
    _libc.prctl(_PR_SET_PDEATHSIG, _KILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(REFUSED)
    pid = os.fork()
    if pid == 0:
        _libc.prctl(_PR_SET_PDEATHSIG, _KILL, 0, 0, 0)
    return pid


def _furnish(folder: str, programs: str) -> None:
    """Mounts, then the folder as root, then nothing of the machine's own root any more."""
    _mount(None, "/", _PRIVATE | _RECURSIVE)
    _mount(folder, folder, _BIND | _RECURSIVE)
    _mount(programs, f"{folder}/{SHARED}", _BIND | _RECURSIVE)
    for part in PARTS:
        target = f"{folder}/{MACHINE}/{part}"
        if os.path.isdir(target) and not os.path.islink(target):
            _bind_read_only(f"/{part}", target)
    try:
        _mount("proc", f"{folder}/{MACHINE}/proc", _READ_ONLY | _NO_SUID, b"proc")
    except OSError:  # where a container covers parts of its own: ``ps`` shows the tables alone then
        pass
    for device in DEVICES:
        if os.path.exists(f"{folder}/dev/{device}"):
            _mount(f"/dev/{device}", f"{folder}/dev/{device}", _BIND)
    _make_read_only(f"{folder}/{SHARED}")
    os.chdir(folder)
    number = _PIVOT_ROOTS.get(os.uname().machine, _PIVOT_ROOT)
    _checked(_libc.syscall(number, b".", b"."), "pivot_root")
    _checked(_libc.umount2(b".", _DETACH), "umount")
    os.chdir("/")


def _bind_read_only(source: str, target: str) -> None:
    _mount(source, target, _BIND | _RECURSIVE)
    if not _all_read_only(target):
        _make_read_only(target)


def _make_read_only(target: str) -> None:
    """One mount; what it forbids already has to be said again."""
    allowed = os.statvfs(target).f_flag
    kept = sum(flag for bit, flag in _LOCKED.items() if allowed & bit)
    _mount(None, target, _REMOUNT | _BIND | _READ_ONLY | kept)


def _all_read_only(target: str) -> bool:
    """The way of kernels since 5.12, which covers what is mounted below as well."""
    wanted = (ctypes.c_uint64 * 4)(_READ_ONLY | _NO_SUID, 0, 0, 0)
    path, size = os.fsencode(target), ctypes.c_size_t(32)
    return not _libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, path, _AT_RECURSIVE, ctypes.byref(wanted), size)


def _mount(source: str | None, target: str, flags: int, kind: bytes | None = None) -> None:
    words = (os.fsencode(source) if source else None, os.fsencode(target))
    _checked(_libc.mount(*words, kind, ctypes.c_ulong(flags), None), target)


def _checked(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def _status(status: int) -> int:
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
