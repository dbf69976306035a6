"""How endpoints are reached: directly, or through the connection of a host that forwards (``api.via``)."""

from __future__ import annotations

from typing import Any

from paramiko import Channel

from harness.clients.reasons import WayError
from harness.clients.through import Line, Way
from harness.errors import OutOfReach
from harness.hosts import HostUnreachable, NotTaken
from harness.hosts.jump import Jump, cut_off, jump_of
from harness.place import Place

_BLAMED = "ssh"


def way_to(site: Place) -> Way | None:
    """The way to a site's endpoints; None where they are reached directly."""
    jump = jump_of(site)
    return None if jump is None else Through(jump)


class Through:
    """Lines to endpoints through a jump host.

    An error tells whether it is the host that cannot be entered, which SSH is to blame for, or what lies
    behind it that does not answer.
    """

    def __init__(self, jump: Jump) -> None:
        self._jump = jump
        self.name = jump.name

    def __call__(self, address: str, port: int) -> Line:
        """A line to an endpoint; raises ``WayError``."""
        try:
            return _Watched(self._jump.line_to(address, port), self.name)
        except NotTaken as error:
            raise WayError(f"nothing answers behind the jump host: {error}") from error
        except HostUnreachable as error:
            raise WayError(f"the jump host cannot be entered: {error}", _BLAMED) from error
        except OutOfReach as error:
            raise WayError(f"the jump host leads nowhere: {error}", _BLAMED) from error


class _Watched:
    """A line that tells when it was not its other end that ended it."""

    def __init__(self, line: Channel, name: str) -> None:
        self._line, self._name = line, name
        self.settimeout, self.close = line.settimeout, line.close

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return bool(self._line.closed)

    @property
    def eof_received(self) -> bool:
        """Whether nothing more comes."""
        return bool(self._line.eof_received)

    def recv(self, size: int, /) -> bytes:
        """Up to so many bytes; none at the end."""
        piece = bytes(self._line.recv(size))
        if not piece and cut_off(self._line):
            raise self._lost()
        return piece

    def sendall(self, data: Any, /) -> None:
        """Send it all."""
        try:
            self._line.sendall(data)
        except TimeoutError:
            raise
        except OSError as error:
            if cut_off(self._line):
                raise self._lost() from None
            raise ConnectionResetError(str(error)) from error

    def _lost(self) -> WayError:
        return WayError(f"the connection to the jump host {self._name} broke off", _BLAMED)
