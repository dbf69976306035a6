"""The machine's own ``sshd`` on loopback, with keys and a configuration made on the spot."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncssh
import pytest

from harness.hostlist import Host
from harness.site import Ssh

_PRIVILEGES = Path("/run/sshd")


@dataclass
class Daemon:
    """One server of it; ``ssh`` is how a site says that it is entered."""

    host: Host
    ssh: Ssh
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it and everybody's connection, as when the machine is switched off."""
        everybody = _children(self.process.pid)
        for child in everybody:
            with suppress(ProcessLookupError):
                os.kill(child, 9)
        self.process.kill()
        self.process.wait()
        end = time.monotonic() + 5
        while any(map(_runs, everybody)) and time.monotonic() < end:
            time.sleep(0.01)


@contextmanager
def real_sshd(
    folder: Path, *lines: str, forwarding: bool = True, port: int = 0, kind: str = "ssh-ed25519"
) -> Iterator[Daemon]:
    """An OpenSSH server of this user's; the test is skipped where there is none.

    ``lines`` come first in its configuration, ``kind`` is that of both keys.
    """
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("there is no sshd on this machine")
    if os.geteuid() == 0:
        _PRIVILEGES.mkdir(mode=0o755, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    port = port or _free()
    host_key, client_key = (asyncssh.generate_private_key(kind) for _ in range(2))
    for name, key in (("host_key", host_key), ("key", client_key)):
        key.write_private_key(str(folder / name))
        (folder / name).chmod(0o600)
    client_key.write_public_key(str(folder / "authorized"))
    public = host_key.export_public_key().decode().strip()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}\n")
    (folder / "sshd_config").write_text(
        "".join(f"{line}\n" for line in lines)
        + f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {folder}/host_key\nPidFile none\n"
        f"AuthorizedKeysFile {folder}/authorized\nPermitRootLogin prohibit-password\nStrictModes no\n"
        f"UsePAM no\nPasswordAuthentication no\nSubsystem sftp internal-sftp\n"
        f"AllowTcpForwarding {'yes' if forwarding else 'no'}\n"
    )
    words = [program, "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    ssh = Ssh(user=getpass.getuser(), key_file=folder / "key", known_hosts=folder / "known_hosts")
    daemon = Daemon(Host("127.0.0.1", port), ssh, process)
    try:
        _listens(process, port, folder / "log")
        yield daemon
    finally:
        if process.poll() is None:
            daemon.kill()


def _listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    pytest.fail(f"sshd did not start: {log.read_text()}")


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def _children(parent: int) -> list[int]:
    """All processes below one."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if (
                entry.name.isdigit()
                and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent
            ):
                found += [int(entry.name), *_children(int(entry.name))]
        except OSError:
            continue
    return found
