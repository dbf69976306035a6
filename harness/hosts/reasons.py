"""Why a host could not be entered, in words that say what to do, without paramiko's own insides."""

from __future__ import annotations

import socket

from paramiko.ssh_exception import (
    AuthenticationException,
    ChannelException,
    IncompatiblePeer,
    SSHException,
)

FAILURES = (SSHException, OSError, EOFError)
_CLOSED = "it closed the connection"


def reason(error: BaseException) -> str:
    """In words; where nothing better is known, the error's own."""
    said = str(error)
    if isinstance(error, AuthenticationException):
        return f"it accepts none of our keys: {said}" if said.startswith("Authentication") else said
    if isinstance(error, IncompatiblePeer):
        return f"it has no algorithm in common with us ({said.removeprefix('Incompatible ssh ')})"
    if isinstance(error, ChannelException):
        return error.text or f"it opens no channel ({error.code})"
    if isinstance(error, socket.gaierror):
        return f"there is no such name ({error.strerror})"
    if isinstance(error, TimeoutError):
        return said if said and "timed out" not in said else "no answer in time"
    if isinstance(error, EOFError):
        return said or _CLOSED
    if isinstance(error, OSError):
        return error.strerror or said or type(error).__name__
    return _of_ssh(said) or type(error).__name__


def _of_ssh(said: str) -> str:
    if "protocol banner" in said:
        return "it took the connection up, and no SSH server spoke"
    if "Timeout opening channel" in said:
        return "it answers no more"
    if "No existing session" in said or "Negotiation failed" in said:
        return _CLOSED
    return said
