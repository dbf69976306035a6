"""sudo's password: from the environment, the keyring, or asked for at the terminal; never written down."""

from __future__ import annotations

import getpass
import os
import sys
import threading
from functools import cache
from typing import Any

from harness.errors import Problem, UsageError
from harness.site import Ssh

VARIABLE = "DEPLOYDAY_SUDO_PASSWORD"
_WHERE = "ssh.become_password"
_ASKING = threading.Lock()
SERVICE = "deployday-sudo"
"""Under which name the keyring has it; the account is the user of ``ssh.user``."""


def sudo_password(ssh: Ssh) -> str | None:
    """What sudo is given when it asks; None where the site names no password, and none is in the environment.

    Raises ``UsageError`` where the site says where it is, and it is not there.
    """
    with _ASKING:
        found, source = os.environ.get(VARIABLE), ssh.become_password
        if found or source is None:
            return found or None
        user = ssh.user or getpass.getuser()
        if source == "keyring":
            return _from_keyring(user)
        if source == "prompt":
            os.environ[VARIABLE] = found = _from_terminal(user)
            return found
    raise UsageError(
        Problem(_WHERE, "there is no password for sudo", expected=f"{VARIABLE} in the environment")
    )


def prepare(ssh: Ssh) -> None:
    """Find the password now, and leave it to the processes that this one starts: they have no terminal.

    Raises ``UsageError`` where it is not there.
    """
    if ssh.become == "sudo" and ssh.become_password is not None:
        found = sudo_password(ssh)
        os.environ[VARIABLE] = found or ""


def _from_terminal(user: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError(
            Problem(
                _WHERE,
                "sudo's password cannot be asked for: there is no terminal",
                expected=f"{VARIABLE} in the environment, or `become_password: keyring`",
            )
        )
    return getpass.getpass(f"sudo password of {user} on the nodes: ")


@cache
def _from_keyring(user: str) -> str:
    try:
        import keyring
    except ImportError:
        raise UsageError(
            Problem(
                _WHERE,
                "the keyring cannot be read: the package keyring is not installed",
                hint=f"pip install 'deployday[keyring]', or set {VARIABLE}",
            )
        ) from None
    ring: Any = keyring
    try:
        found = ring.get_password(SERVICE, user)
    except Exception as error:  # every system's keyring fails in its own way
        raise UsageError(
            Problem(_WHERE, f"the keyring cannot be read: {error}"[:300], hint=f"set {VARIABLE}")
        ) from error
    if not found:
        raise UsageError(
            Problem(
                _WHERE,
                f"the keyring has no password of {user}",
                hint=f"store it with `keyring set {SERVICE} {user}`",
            )
        )
    return str(found)
