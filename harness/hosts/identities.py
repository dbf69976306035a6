"""Who enters a host: the keys of files, of the agent and of ``~/.ssh``, each tried once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paramiko
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
    PasswordRequiredException,
    SSHException,
)

OWN = ("id_ed25519", "id_ecdsa", "id_rsa")
"""Files in ``~/.ssh`` that OpenSSH tries, too."""


@dataclass
class Identities:
    """The keys that a user may be let in with; ``others`` are the agent's and those of ``~/.ssh``.

    What paramiko calls an authentication strategy.
    """

    user: str
    files: tuple[str, ...] = ()
    others: bool = True
    _locked: list[str] = field(default_factory=list)

    def authenticate(self, transport: paramiko.Transport) -> None:
        """Let the user in; raises ``AuthenticationException`` that says what was tried, ``SSHException``."""
        tried: list[str] = []
        for name, key in self._keys():
            try:
                more = transport.auth_publickey(self.user, key)
            except BadAuthenticationType as error:
                kinds = ", ".join(error.allowed_types)
                raise AuthenticationException(
                    f"it lets {self.user} in by {kinds} only, not by key"
                ) from error
            except (SSHException, OSError, EOFError) as error:
                tried.append(name)
                if not transport.is_active():
                    raise AuthenticationException(self._refused(tried, f" ({error})")) from error
            else:
                if not more:
                    return
                raise AuthenticationException(
                    f"a key alone does not let {self.user} in: {', '.join(more)} too"
                )
        if not tried and self._locked:
            raise PasswordRequiredException(
                f"the key {self._locked[0]} has a passphrase; load it into the agent (ssh-add), and leave "
                "`ssh.key_file` out"
            )
        if not tried:
            raise SSHException(
                "there is no key to enter with: set `ssh.key_file`, or load one into the agent (ssh-add)"
            )
        raise AuthenticationException(self._refused(tried))

    def _refused(self, tried: list[str], why: str = "") -> str:
        return (
            f"it accepts none of our keys for {self.user} ({', '.join(tried[:6])}){why}; put the public half "
            f"into ~{self.user}/.ssh/authorized_keys there, or set `ssh.user` and `ssh.key_file`"
        )

    def _keys(self) -> Iterator[tuple[str, Any]]:
        """Each key once, with the name under which a person knows it."""
        met: set[bytes] = set()
        for name, key in self._all():
            if key.asbytes() not in met:
                met.add(key.asbytes())
                yield name, key

    def _all(self) -> Iterator[tuple[str, Any]]:
        yield from self._read(self.files)
        if not self.others:
            return
        agent = paramiko.Agent()
        try:
            for key in agent.get_keys():
                yield f"{key.comment or key.get_name()} of the agent", key
        finally:
            agent.close()
        yield from self._read(str(Path("~/.ssh").expanduser() / name) for name in OWN)

    def _read(self, names: Any) -> Iterator[tuple[str, paramiko.PKey]]:
        """What can be read; a file that is not there was not meant, as OpenSSH sees it."""
        for name in names:
            try:
                yield name, paramiko.PKey.from_path(Path(name).expanduser())
            except TypeError:  # what cryptography raises for a key that wants a passphrase
                self._locked.append(name)
            except (OSError, ValueError, SSHException, paramiko.pkey.UnknownKeyType):
                continue
