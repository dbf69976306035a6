"""How a node is reached: fabric's connection with host keys checked, through the jump hosts that the site or
``~/.ssh/config`` names, and with algorithms of today unless the site asks for those of 2012.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

import paramiko
from fabric import Config, Connection
from paramiko.ssh_exception import AuthenticationException, IncompatiblePeer, SSHException

from harness.hostlist import Host
from harness.hosts.identities import Identities
from harness.hosts.knownhosts import Checked, KnownHosts, known_hosts
from harness.hosts.reasons import FAILURES, reason
from harness.hosts.sshconfig import ssh_config
from harness.site import Ssh

__all__ = ["CONNECT_TIMEOUT", "FAILURES", "READ_TIMEOUT", "Door", "connect", "connect_gateway", "reason"]
CONNECT_TIMEOUT = 5.0
"""Seconds until a host takes a connection up."""
ANSWER_TIMEOUT = 15.0
"""Seconds until it says that it speaks SSH, and again for the exchange of keys: it may be busy."""
AUTH_TIMEOUT = 30.0
"""Seconds until it lets us in: it may ask a name service that does not answer."""
READ_TIMEOUT = 60.0
KEEPALIVE = 30
"""Seconds between signs of life, so that a firewall forgets no connection that a story needs later."""
LEGACY: Mapping[str, tuple[str, ...]] = {
    "kex": (
        "diffie-hellman-group-exchange-sha1",
        "diffie-hellman-group14-sha1",
        "diffie-hellman-group1-sha1",
    ),
    "ciphers": ("aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"),
    "macs": ("hmac-sha1", "hmac-sha1-96", "hmac-md5", "hmac-md5-96"),
    "keys": ("ssh-rsa", "ssh-rsa-cert-v01@openssh.com"),
    "pubkeys": ("ssh-rsa", "ssh-rsa-cert-v01@openssh.com"),
}
"""What hosts of 2012 speak, and nobody should without need."""
_SHA2 = ("rsa-sha2-512", "rsa-sha2-256")
_PROHIBITED = 1
"""What SSH answers where a server forbids forwarding."""


class Door(Connection):  # type: ignore[misc]
    """A connection that is opened once, by whichever thread comes first, and fails once for all of them."""

    def __init__(self, host: str, **how: Any) -> None:
        super().__init__(host, **how)
        self._set(_opening=threading.RLock(), _failed=None, _known=known_hosts(None), _legacy=False)
        self._set(_through=set(), _shared=False, _command=None)

    def checked(self, known: KnownHosts, ssh: Ssh) -> Door:
        """Hold this host's key, and those of the jump hosts before it, against known ones."""
        alias = self.ssh_config.get("hostkeyalias", "")
        self.client.set_missing_host_key_policy(Checked(known, ssh.accept_new, alias))
        self._set(_known=known, _legacy=ssh.legacy)
        if isinstance(self.gateway, Door):
            self.gateway.checked(known, ssh)
        return self

    def get_gateway(self) -> Any:
        """The jump hosts of ``ProxyJump``, each entered through the one before it; or ``ProxyCommand``."""
        jumps = self.ssh_config.get("proxyjump") or "none"
        if jumps.lower() != "none":
            before = None
            for jump in (word.strip() for word in jumps.split(",")):
                if self.derive_shorthand(jump)["host"] in (self.host, self.original_host):
                    return None
                before = _jump(jump, before, self.config)
            return before
        command = self.ssh_config.get("proxycommand") or "none"
        return self.config.gateway if command.lower() == "none" else command

    def open(self) -> None:
        """Enter the host, unless that was done; what failed once fails again at once."""
        with self._opening:
            if self.is_connected:
                return
            if self._failed is not None:
                raise self._failed
            try:
                self._enter()
            except FAILURES as error:
                self.client.close()
                self._end_command()
                self._set(_failed=error)
                raise

    def close(self) -> None:
        """Close it; a jump host of ``~/.ssh/config`` ends with the last host behind it."""
        super().close()
        self._end_command()
        if isinstance(self.gateway, Door):
            self.gateway._left(self)

    def _end_command(self) -> None:
        """End what ``ProxyCommand`` runs."""
        if self._command is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._command.pid, signal.SIGKILL)
            self._command.wait()
            self._set(_command=None)

    def _left(self, behind: Door) -> None:
        with self._opening:
            if id(behind) not in self._through:
                return
            self._through.discard(id(behind))
            if self._shared and not self._through:
                self.close()

    def _entered_by(self, behind: Door) -> None:
        with self._opening:
            self._through.add(id(behind))

    def _enter(self) -> None:
        """An SSH server may take RSA to mean SHA-1 alone, whether or not it says which signatures it knows:
        where old algorithms are allowed it is asked again in that way.
        """
        try:
            self._connect(LEGACY if not self._legacy else {})
        except IncompatiblePeer as error:
            hint = "" if self._legacy else "; for a host of 2012 set `ssh: {legacy: true}` in the site"
            raise SSHException(f"{reason(error)}{hint}") from error
        except AuthenticationException as error:
            transport = self.client.get_transport()
            told = transport is not None and "server-sig-algs" in transport.server_extensions
            if told and not self._legacy:
                raise
            self.client.close()
            if not self._legacy:
                hint = ", or `ssh: {legacy: true}` for RSA keys on a host of 2012"
                raise AuthenticationException(f"{error}{hint}") from error
            self._connect({"pubkeys": _SHA2})
        self.transport = self.client.get_transport()
        self.transport.set_keepalive(KEEPALIVE)

    def _connect(self, disabled: Mapping[str, tuple[str, ...]]) -> None:
        files = tuple(self.connect_kwargs.get("key_filename") or ())
        only = self.ssh_config.get("identitiesonly", "no") == "yes" or not self.connect_kwargs["allow_agent"]
        self.client.connect(
            self.host,
            port=self.port,
            username=self.user,
            sock=self._line(),
            banner_timeout=ANSWER_TIMEOUT,
            auth_timeout=AUTH_TIMEOUT,
            disabled_algorithms=dict(disabled),
            transport_factory=self._transport,
            auth_strategy=Identities(self.user, files, not only),
        )

    def _transport(self, *args: Any, **how: Any) -> paramiko.Transport:
        """A transport that asks for a key of a type that is known of the host, as OpenSSH does."""
        transport = paramiko.Transport(*args, **how)
        transport.handshake_timeout = ANSWER_TIMEOUT
        name = self.host if self.port == paramiko.config.SSH_PORT else f"[{self.host}]:{self.port}"
        kinds = self._known.kinds(self.ssh_config.get("hostkeyalias", name))
        if kinds:
            options = transport.get_security_options()
            ours = tuple(options.key_types)
            options.key_types = tuple(sorted(ours, key=lambda one: _kind(one) not in kinds))
        return transport

    def _line(self) -> Any:
        """The open way to the host's port."""
        if isinstance(self.gateway, str):
            return self._line_of_command(self.gateway)
        if self.gateway is None or self.gateway is False:
            patience = self.connect_timeout or CONNECT_TIMEOUT
            try:
                return socket.create_connection((self.host, self.port), patience)
            except TimeoutError as error:
                raise TimeoutError(f"no answer within {patience:g} s") from error
        if isinstance(self.gateway, Door):
            self.gateway._entered_by(self)
        return _line_through(self.gateway, self.host, int(self.port))

    def _line_of_command(self, command: str) -> socket.socket:
        """What ``ProxyCommand`` says and hears, as one socket, so that its end is seen."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {command}"],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._set(_command=process)
        return ours


_OWN = {"allow_agent": True}
"""Not empty: fabric would fill what all connections of a configuration share."""
_JUMPS: WeakValueDictionary[tuple[str, int], Door] = WeakValueDictionary()
_JUMPS_LOCK = threading.Lock()


def _jump(word: str, before: Door | None, config: Config) -> Door:
    """One of ``ProxyJump``'s hosts; the same one for all hosts behind it."""
    made = Door(word, gateway=before, config=config, connect_kwargs=dict(_OWN))
    key = (f"{made.user}@{made.host}:{made.port} {made.connect_kwargs.get('key_filename')}", id(made.gateway))
    with _JUMPS_LOCK:
        jump = _JUMPS.setdefault(key, made)
        jump._set(_shared=True)
    return jump


def _kind(algorithm: str) -> str:
    """The type of key behind an algorithm: ``ssh-rsa`` of ``rsa-sha2-512``."""
    return "ssh-rsa" if algorithm.startswith("rsa-") else algorithm


def _line_through(gateway: Connection, host: str, port: int) -> paramiko.Channel:
    """A connection that a jump host opens; what fails names the jump host."""
    name = f"the jump host {gateway.host}:{gateway.port}"
    try:
        gateway.open()
    except FAILURES as error:
        raise SSHException(f"{name} cannot be entered: {reason(error)}") from error
    try:
        line: paramiko.Channel = gateway.transport.open_channel(
            "direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=CONNECT_TIMEOUT
        )
    except paramiko.ChannelException as error:
        if error.code == _PROHIBITED:
            raise SSHException(f"{name} forwards no connections (AllowTcpForwarding)") from error
        raise SSHException(f"not reached from {name}: {reason(error)}") from error
    except SSHException as error:
        if gateway.is_connected:
            raise TimeoutError(f"no answer within {CONNECT_TIMEOUT:g} s through {name}") from error
        raise SSHException(f"{name} broke off: {reason(error)}") from error
    return line


def connect(host: Host, ssh: Ssh, *, gateway: Connection | None = None) -> Connection:
    """A connection that is not open yet. What the site does not say, ``~/.ssh/config`` may."""
    options: dict[str, Any] = dict(_OWN)
    if ssh.key_file is not None:
        options |= {"key_filename": [str(ssh.key_file)], "allow_agent": False}
    port = host.port if host.port != paramiko.config.SSH_PORT else None
    config = Config(lazy=True, ssh_config=ssh_config(host.address, ssh.user, port))
    door = Door(
        host.address,
        user=ssh.user,
        port=port,
        gateway=gateway,
        connect_kwargs=options,
        config=config,
    )
    return door.checked(known_hosts(ssh.known_hosts or _named(door)), ssh)


def _named(door: Door) -> Path | None:
    """The first file of known hosts that ``~/.ssh/config`` names for a host."""
    words = door.ssh_config.get("userknownhostsfile", "").split()
    return Path(words[0]) if words else None


def connect_gateway(hosts: Mapping[str, Host], ssh: Ssh) -> Connection | None:
    """The jump host that the site names: one of its nodes, or an address of its own (``jump.rack7:22``)."""
    if not ssh.via:
        return None
    address, _, port = ssh.via.rpartition(":")
    given = Host(address, int(port)) if address and port.isdigit() else Host(ssh.via)
    return connect(hosts.get(ssh.via, given), ssh)
