"""How a node is reached: fabric's connection with host keys checked,
through a jump host where the site names one.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import paramiko
from fabric import Config, Connection
from paramiko.ssh_exception import AuthenticationException, BadHostKeyException, SSHException

from harness.hostlist import Host
from harness.site import Ssh

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 60.0
FAILURES = (SSHException, OSError, EOFError)
_KNOWN_HOSTS = Path("~/.ssh/known_hosts")


class _Unknown(paramiko.MissingHostKeyPolicy):
    """A host that nobody vouches for is not entered."""

    def missing_host_key(self, client: Any, hostname: str, key: paramiko.PKey) -> None:
        raise SSHException(
            f"the host key of {hostname} is not known ({key.get_name()} {key.fingerprint}); "
            f"add it to the known_hosts file, or set `ssh: {{accept_new: true}}` in the site"
        )


def connect(host: Host, ssh: Ssh, *, gateway: Connection | None = None) -> Connection:
    """A connection that is not open yet. What the site does not say, ``~/.ssh/config`` may."""
    options: dict[str, Any] = {"banner_timeout": CONNECT_TIMEOUT, "auth_timeout": CONNECT_TIMEOUT}
    if ssh.key_file is not None:
        options |= {"key_filename": str(ssh.key_file), "look_for_keys": False, "allow_agent": False}
    config = Config(lazy=True)
    config.load_ssh_config()
    connection = Connection(
        host.address,
        user=ssh.user,
        port=host.port,
        gateway=gateway,
        connect_timeout=int(CONNECT_TIMEOUT),
        connect_kwargs=options,
        config=config,
    )
    _check_host_keys(connection.client, ssh)
    return connection


def connect_gateway(hosts: Mapping[str, Host], ssh: Ssh) -> Connection | None:
    """The jump host that the site names: one of its nodes, or an address of its own (``jump.rack7:22``)."""
    if not ssh.via:
        return None
    address, _, port = ssh.via.rpartition(":")
    given = Host(address, int(port)) if address and port.isdigit() else Host(ssh.via)
    return connect(hosts.get(ssh.via, given), ssh)


def _check_host_keys(client: paramiko.SSHClient, ssh: Ssh) -> None:
    known = (ssh.known_hosts or _KNOWN_HOSTS).expanduser()
    if ssh.accept_new:
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
        if not known.exists():
            known.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            known.touch(mode=0o600)
    else:
        client.set_missing_host_key_policy(_Unknown())
    if known.is_file() and os.access(known, os.R_OK):
        client.load_host_keys(str(known))


def reason(error: BaseException) -> str:
    """Why a host could not be entered, in words; without what paramiko says of its own insides."""
    if isinstance(error, BadHostKeyException):
        expected, found = error.expected_key.fingerprint, error.key.fingerprint
        return f"its host key has changed: expected {expected}, found {found}"
    if isinstance(error, AuthenticationException):
        return f"it accepts none of our keys: {error}"
    if isinstance(error, (TimeoutError, socket.timeout)):
        return f"no answer within {CONNECT_TIMEOUT:g} s"
    if isinstance(error, paramiko.ssh_exception.NoValidConnectionsError):
        return "; ".join(sorted({str(one) for one in error.errors.values()})) or "no connection"
    return str(error) or type(error).__name__
