"""Both output streams of a channel, read as they come, so that neither waits for the other."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import paramiko

OPEN_TIMEOUT = 15.0
_PIECE = 65536


class _Bell(threading.Event):
    """Rung by the connection when something has come; only the reader silences it, before it looks."""

    def clear(self) -> None:
        """Of the connection's side: nothing, for the other stream may have rung."""

    def silence(self) -> None:
        """Of the reader's side."""
        super().clear()


def session(transport: paramiko.Transport) -> paramiko.Channel:
    """A new session; a host that answers no more is let go, so that it costs nobody else the same time.

    Raises ``SSHException``, ``EOFError`` or ``OSError``.
    """
    try:
        return transport.open_session(timeout=OPEN_TIMEOUT)
    except paramiko.ChannelException:  # it answers, and wants no more sessions
        raise
    except paramiko.SSHException:
        transport.close()
        raise


class Streams:
    """What runs on the other end of a channel: its two streams, its input and its status."""

    def __init__(self, transport: paramiko.Transport, line: str) -> None:
        self._channel = session(transport)
        self._bell = _Bell()
        self._channel.in_buffer.set_event(self._bell)
        self._channel.in_stderr_buffer.set_event(self._bell)
        self._channel.settimeout(OPEN_TIMEOUT)
        try:
            self._channel.exec_command(line)
        except BaseException:
            self.close()
            raise

    def send(self, data: bytes, end: float) -> None:
        """Send it before ``end`` (monotonic), or raise ``TimeoutError``; who has ended is told nothing."""
        self._channel.settimeout(max(0.001, end - time.monotonic()))
        try:
            self._channel.sendall(data)
        except TimeoutError:
            raise
        except OSError:
            if not self._channel.closed and not self._channel.eof_received:
                raise

    def finish(self) -> None:
        """Say that nothing more is sent."""
        with suppress(OSError, EOFError):
            self._channel.shutdown_write()

    def take(self) -> tuple[bytes, bytes]:
        """What has come on both streams, at once; may be nothing."""
        self._bell.silence()
        text = self._channel.recv(_PIECE) if self._channel.recv_ready() else b""
        error = self._channel.recv_stderr(_PIECE) if self._channel.recv_stderr_ready() else b""
        return text, error

    def wait(self, end: float) -> bool:
        """Wait until something has come, or the other end is done; False when ``end`` was first."""
        return self._bell.wait(max(0.0, end - time.monotonic())) or self.ended

    def next(self, end: float) -> tuple[bytes, bytes] | None:
        """What comes next on both streams, None where it has ended; raises ``TimeoutError``."""
        while True:
            ended = self.ended
            text, error = self.take()
            if text or error:
                return text, error
            if ended:
                return None
            if not self.wait(end):
                raise TimeoutError

    @property
    def ended(self) -> bool:
        """Whether the other end sends no more."""
        return bool(self._channel.eof_received or self._channel.closed)

    def status(self, end: float) -> int | None:
        """How it ended; None where the connection ended first; raises ``TimeoutError``."""
        if not self._channel.status_event.wait(max(0.0, end - time.monotonic())):
            raise TimeoutError
        status = self._channel.exit_status
        return status if status >= 0 else None

    def close(self) -> None:
        """Give the channel back; what runs there loses its input and whoever reads it."""
        with suppress(OSError, EOFError, paramiko.SSHException):
            self._channel.close()
