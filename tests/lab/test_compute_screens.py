"""A screen of the lab, opened as the harness opens one; and what the harness says of other things there."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness.clients.errors import ServerFault, Unreachable
from harness.clients.session import CloudSession
from harness.lab.compute.screens import LIFETIME, Screens, screens
from tests.clients.fake import Rows, open_session, serving
from tests.lab.nova_cloud import Cloud


@pytest.fixture
def session() -> Iterator[CloudSession]:
    with serving() as service:
        yield open_session(service, Rows())


class Running:
    """Screens in a loop of their own thread."""

    def __init__(self, made: Screens) -> None:
        self.loop = asyncio.new_event_loop()
        self.screens = made
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.thread.start()
        self.do(made.start(("127.0.0.1", self.port)))

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def call(self, function: Callable[[], Any]) -> Any:
        async def called() -> Any:
            return function()

        return self.do(called())

    def url(self, token: str, page: str = "vnc_auto.html") -> str:
        return f"http://127.0.0.1:{self.port}/{page}?token={token}"

    def end(self) -> None:
        self.call(self.screens.stop)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def running(cloud: Cloud) -> Iterator[Running]:
    made = Running(screens(cloud.world))
    yield made
    made.end()


def test_a_token_opens_the_screen_of_its_server(
    cloud: Cloud, running: Running, session: CloudSession
) -> None:
    server = cloud.booted()
    url = cloud.act(server, **{"os-getVNCConsole": {"type": "novnc"}}).json()["console"]["url"]
    assert ":6080/vnc_auto.html?token=" in url
    token = url.partition("token=")[2]
    seen = session.compute.open_screen(running.url(token))
    assert (seen.page, seen.socket, seen.accepted, seen.words) == (200, 101, True, "RFB 003.008\n")
    assert session.compute.open_screen(running.url("7e0a5c1d")).words == ""
    cloud.later(LIFETIME + 1)
    assert session.compute.open_screen(running.url(token)).words == ""


def test_another_page_is_not_there(running: Running, session: CloudSession) -> None:
    assert session.compute.open_screen(running.url("x", "other.html")).page == 404


def test_a_dead_proxy_answers_nothing_and_comes_back(
    cloud: Cloud, running: Running, session: CloudSession
) -> None:
    token = screens(cloud.world).token(cloud.booted())
    again = running.call(running.screens.stopped)
    with pytest.raises(Unreachable, match="refused"):
        session.compute.open_screen(running.url(token))
    running.call(again)
    assert session.compute.open_screen(running.url(token)).words.startswith("RFB")


@contextmanager
def answering(*answers: bytes) -> Iterator[int]:
    """A server that says each of these once, to one connection after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                line, _ = listening.accept()
                with line:
                    line.recv(65536)
                    line.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(5)


PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: base64\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (SWITCHED + b"\x81\x10UkZCIDAwMy4wMDgK", "RFB 003.008\n"),
        (SWITCHED + b"\x88\x00", ""),
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", ""),
    ],
)
def test_what_is_heard_of_others(session: CloudSession, answer: bytes, words: str) -> None:
    with answering(PAGE, answer) as port:
        seen = session.compute.open_screen(f"http://127.0.0.1:{port}/vnc_auto.html?token=7e0a5c1d")
    assert (seen.accepted, seen.words) == (False, words)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"SSH-2.0-OpenSSH_5.9\r\n\r\n", Unreachable),
        (SWITCHED + b"\x81\xff" + b"x" * 9, ServerFault),
        (SWITCHED + b"\x81\x7e\xff\xff" + b"x" * 9, ServerFault),
        (SWITCHED + b"\x81\x04!!!!", ServerFault),
        (b"HTTP/1.1 101\r\n" + b"x" * 20000, Unreachable),
        (b"", Unreachable),
    ],
)
def test_what_is_no_screen(session: CloudSession, answer: bytes, kind: type[Exception]) -> None:
    with answering(PAGE, answer) as port, pytest.raises(kind):
        session.compute.open_screen(f"http://127.0.0.1:{port}/vnc_auto.html?token=7e0a5c1d")
