"""Becoming root on a node: sudo, which is given a password only when it asks for one, and only once."""

from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import paramiko

from harness.hosts.errors import BecomeRefused, HostError
from harness.hosts.passwords import sudo_password
from harness.hosts.streams import Streams
from harness.site import Ssh

Password = Callable[[], str | None]
_LARGEST_GREETING = 16384
_ASKS = re.compile(rb"(?i)pass\w*[^\n]*:\s*\Z")
"""A prompt of a login module that ignores the one it was told to use."""


SHELL = "exec sh -s"


@runtime_checkable
class _Secretive(Protocol):
    def secret(self, *values: str | None) -> None: ...


def no_password() -> str | None:
    """Of a node whose sudo asks for none."""
    return None


@dataclass(frozen=True)
class Become:
    """How the user of a node becomes root.

    ``password`` gives what sudo asks for, or None; it is called when sudo is used for the first time.
    """

    password: Password = field(default=no_password, repr=False)

    def words(self, prompt: str) -> tuple[str, ...]:
        """The command that everything else is an argument of."""
        how = ("-n",) if self.password() is None else ("-S", "-p", prompt)
        return ("sudo", *how, "--")


def become_of(ssh: Ssh, record: object = None) -> Become | None:
    """How a site's nodes are entered as root; None where its users stay what they are.

    ``record`` is told the password as a secret before it is used.
    """
    if ssh.become != "sudo":
        return None

    def password() -> str | None:
        found = sudo_password(ssh)
        if found is not None and isinstance(record, _Secretive):
            record.secret(found)
        return found

    return Become(password)


def shell(transport: paramiko.Transport, become: Become | None, end: float) -> Streams:
    """A POSIX shell that reads commands from its input, as root where ``become`` says so.

    Raises ``BecomeRefused`` where sudo does not let the user through, ``TimeoutError`` after ``end``.
    """
    if become is None:
        return Streams(transport, SHELL)
    nonce = secrets.token_hex(8)
    ready, prompt = f"deployday-{nonce}-ready", f"deployday-{nonce}-password: "
    words = (*become.words(prompt), "sh", "-c", f"echo {ready}; {SHELL}")
    streams = Streams(transport, shlex.join(words))
    try:
        _let_through(streams, become.password(), f"{ready}\n".encode(), prompt.strip().encode(), end)
    except BaseException:
        streams.close()
        raise
    return streams


def _let_through(streams: Streams, password: str | None, ready: bytes, prompt: bytes, end: float) -> None:
    """Answer sudo's prompt, if one comes, and read up to the shell's first word."""
    text = error = b""
    given = False
    while ready not in text:
        came = streams.next(end)
        if came is None:
            raise BecomeRefused(_why(error, password is not None))
        text, error = text + came[0], error + came[1]
        if len(text) + len(error) > _LARGEST_GREETING:
            raise HostError("sudo says too much before the shell begins")
        if prompt in error or _ASKS.search(error):
            if given or password is None:
                raise BecomeRefused(_why(b"Sorry, try again", given))
            streams.send(password.encode() + b"\n", end)
            given, error = True, b""


_REASONS = (
    (re.compile(r"must have a tty|no tty present and no askpass"), "tty"),
    (re.compile(r"a password is required|password for|Sorry, try again|incorrect password"), "password"),
    (re.compile(r"not in the sudoers|not allowed to (?:execute|run)|may not run"), "sudoers"),
    (re.compile(r"not found|No such file"), "missing"),
)
_TOLD = {
    "tty": "its sudo wants a terminal; put `Defaults:USER !requiretty` into its sudoers",
    "sudoers": "this user may not use sudo there; put it into its sudoers, or leave `ssh.become` out",
    "missing": "it has no sudo; leave `ssh.become` out and enter as root, or install it",
}


def _why(error: bytes, given: bool) -> str:
    said = " ".join(error.decode("utf-8", "replace").split())[:300]
    kind = next((kind for pattern, kind in _REASONS if pattern.search(said)), "")
    if kind == "password" or (kind == "tty" and not given and "askpass" in said):
        if given:
            return "its sudo does not accept the password that was given"
        return (
            "its sudo asks for a password; set DEPLOYDAY_SUDO_PASSWORD or `ssh.become_password`, "
            "or let the user through without one (NOPASSWD)"
        )
    told = _TOLD.get(kind, "sudo did not start a shell")
    return f"{told} ({said})" if said else told
