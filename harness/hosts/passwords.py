"""sudo's password: from the environment, the keyring, or asked for at the terminal; never written down."""

from __future__ import annotations

import getpass
import os
import sys
from functools import cache
from typing import Any

from harness.errors import Problem, UsageError
from harness.site import Ssh

VARIABLE = "DEPLOYDAY_SUDO_PASSWORD"
SERVICE = "deployday-sudo"
"""Under which name the keyring has it; the account is the user of ``ssh.user``."""


def sudo_password(ssh: Ssh) -> str | None:
    """What sudo is given when it asks; None where the site names no password, and none is in the environment.

    Raises ``UsageError`` where the site says where it is, and it is not there.
    """
    found, source = os.environ.get(VARIABLE), ssh.become_password
    if found or source is None:
        return found or None
    if source == "keyring":
        return _from_keyring(ssh.user or getpass.getuser())
    hint = "`deployday run` asks for it at a terminal" if source == "prompt" else ""
    raise UsageError(
        Problem("ssh.become_password", "there is no password for sudo", expected=f"{VARIABLE}", hint=hint)
    )


def ask_for_password(ssh: Ssh) -> None:
    """Where the site says ``prompt``, ask at the terminal and leave the answer to the processes of this run.

    To be called by the command, before it starts any of them; does nothing in another case.
    """
    asked = (ssh.become, ssh.become_password) == ("sudo", "prompt")
    if not asked or os.environ.get(VARIABLE):
        return
    if not sys.stdin.isatty():
        raise UsageError(
            Problem(
                "ssh.become_password",
                "sudo's password cannot be asked for: there is no terminal",
                expected=f"{VARIABLE} in the environment, or `become_password: keyring`",
            )
        )
    os.environ[VARIABLE] = getpass.getpass(f"sudo password of {ssh.user or getpass.getuser()} on the nodes: ")


@cache
def _from_keyring(user: str) -> str:
    try:
        import keyring
    except ImportError:
        raise UsageError(
            Problem(
                "ssh.become_password",
                "the keyring cannot be read: the package keyring is not installed",
                hint=f"pip install 'deployday[keyring]', or set {VARIABLE}",
            )
        ) from None
    ring: Any = keyring
    try:
        found = ring.get_password(SERVICE, user)
    except Exception as error:  # every system's keyring fails in its own way
        raise UsageError(
            Problem(
                "ssh.become_password", f"the keyring cannot be read: {error}"[:300], hint=f"set {VARIABLE}"
            )
        ) from error
    if not found:
        raise UsageError(
            Problem(
                "ssh.become_password",
                f"the keyring has no password of {user}",
                hint=f"store it with `keyring set {SERVICE} {user}`",
            )
        )
    return str(found)
