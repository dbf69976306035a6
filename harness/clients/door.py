"""The one door: every HTTP exchange with a cloud passes through this adapter
and is recorded here, errors too.

Mounted in keystoneauth's session and on swiftclient's connection. It repeats nothing but what a rate limit
refused: any other answer that fails is seen as it was. It tells apart which service is behind a URL by the
catalogue (``Routes``), so that a failing exchange names its component whichever library sent it.
"""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from harness.clients.errors import Exchange
from harness.clients.obeying import Obeying
from harness.clients.reasons import blamed, plain
from harness.clients.routes import Routes
from harness.clients.secrets import secrets_in_body, secrets_in_headers
from harness.clients.trail import Record, Trail

CONNECT_TIMEOUT = 5.0
READ_TIMEOUT = 60.0
WHOLE_TIMEOUT = 300.0
"""Seconds for a whole answer, however steadily it drips."""
LARGEST_ANSWER = 256 * 1024 * 1024
IDLE = 2.0
_CHUNK = 64 * 1024
_BODILESS = (204, 304)
_REQUEST_IDS = ("X-Compute-Request-Id", "X-Trans-Id", "X-Openstack-Request-Id")


@dataclass(frozen=True)
class Seen:
    """One exchange as the door saw it: the request, the answer (if any), and the row that records both."""

    exchange: Exchange
    service: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    error: str = ""


class Door(HTTPAdapter):
    """Sends, bounds, records, and obeys rate limits (``obeying``).

    One door serves all sessions of a process; ``last`` is this thread's last exchange. ``patience`` is how
    many seconds a service may be silent, where that is not the usual. ``via`` names the host that connections
    are opened from, where that is not this machine.
    """

    patience: float | None = None
    via = ""

    def __init__(self, record: Record, routes: Routes) -> None:
        self.record = record if isinstance(record, Trail) else Trail(record)
        self.obeying = Obeying(self.record)
        self.routes = routes
        self._local = threading.local()
        self._used = 0.0
        super().__init__(max_retries=0)

    @property
    def last(self) -> Seen | None:
        """The last exchange of this thread since ``recall``."""
        return getattr(self._local, "last", None)

    def recall(self, seen: Seen | None) -> None:
        """Take an earlier exchange, or none, for this thread's last one."""
        self._local.last = seen

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Send one request and record it with its answer; raises what ``requests`` raises."""
        how = {"verify": verify, "cert": cert, "proxies": proxies}
        return self.obeying.send(request, lambda: self._once(request, timeout, how))

    def line_to(self, host: str, port: int) -> Any:
        """An open TCP connection for what is no HTTP; nobody records it. Raises ``OSError``."""
        return socket.create_connection((host, port), CONNECT_TIMEOUT)

    def _once(
        self, request: requests.PreparedRequest, timeout: Any, how: dict[str, Any]
    ) -> requests.Response:
        self.record.secret(*secrets_in_headers(request.headers), *secrets_in_body(request.body))
        self._drop_idle()
        begin = time.perf_counter()
        try:
            response = super().send(
                request,
                stream=True,
                timeout=timeout or (CONNECT_TIMEOUT, self.patience or READ_TIMEOUT),
                **how,
            )
            body = _read(response, request.method)
        except (requests.RequestException, HTTPError, OSError) as error:
            self._note(request, None, b"", begin, plain(error), blamed(error))
            if isinstance(error, requests.RequestException):
                raise
            raise requests.ConnectionError(error, request=request) from error
        self.record.secret(*secrets_in_headers(response.headers), *secrets_in_body(body))
        self._note(request, response, body, begin, "")
        return response

    def _drop_idle(self) -> None:
        """A connection that stood idle may be closed by the service just as we send: use a fresh one."""
        now = time.monotonic()
        if now - self._used > IDLE:
            self.poolmanager.clear()
        self._used = now

    def _note(
        self,
        request: requests.PreparedRequest,
        response: requests.Response | None,
        body: bytes,
        begin: float,
        error: str,
        blame: str = "",
    ) -> None:
        self._used = time.monotonic()
        method, url = request.method or "", request.url or ""
        service, component = self.routes.behind(url)
        component = blame or component
        status = None if response is None else response.status_code
        headers: Mapping[str, str] = {} if response is None else response.headers
        request_id = next((headers[name] for name in _REQUEST_IDS if name in headers), "")
        row = self.record.write(
            "exchange",
            component=component,
            service=service,
            method=method,
            url=url,
            status=status,
            ms=round((time.perf_counter() - begin) * 1000, 1),
            request_id=request_id,
            request={"headers": dict(request.headers), "body": _sent(request.body)},
            response=None if response is None else {"headers": dict(headers), "body": body},
            error=error or None,
            **({"via": self.via} if self.via else {}),
        )
        exchange = Exchange(method, url, status, request_id, component, row)
        self._local.last = Seen(exchange, service, headers, body, error)


def _read(response: requests.Response, method: str | None) -> bytes:
    """Read the whole answer, bounded,
    and leave it in place for whoever reads it next, the raw stream included.

    An answer without a body is not read: Keystone of Essex announces chunks with its 204, against RFC 9112,
    6.3.
    """
    size, parts, end = 0, [], time.monotonic() + WHOLE_TIMEOUT
    if method == "HEAD" or response.status_code in _BODILESS:
        if method != "HEAD" and "Transfer-Encoding" in response.headers:
            response.raw.close()
        else:
            response.raw.read()
        return _leave(response, b"")
    while part := response.raw.read1(_CHUNK, decode_content=True):
        size += len(part)
        if time.monotonic() > end:
            response.close()
            raise requests.ConnectionError(f"the answer did not end within {WHOLE_TIMEOUT:g} s")
        if size > LARGEST_ANSWER:
            response.close()
            raise requests.ConnectionError(f"the answer is larger than {LARGEST_ANSWER} bytes")
        parts.append(part)
    return _leave(response, b"".join(parts))


def _leave(response: requests.Response, body: bytes) -> bytes:
    if response.raw is not None and not response.raw.closed:
        response.raw.release_conn()
    response._content = body
    response._content_consumed = True  # type: ignore[attr-defined]
    response.raw = io.BytesIO(body)
    return body


def _sent(body: Any) -> Any:
    """The request body as it can be recorded; a stream is named, not read."""
    if body is None or isinstance(body, (str, bytes)):
        return body
    return f"<{type(body).__name__}>"


def plain_session(door: Door, verify: bool | str = True) -> requests.Session:
    """A requests session through the door,
    which follows no redirect by itself and keeps no cookies' secrets.
    """
    session = _Session()
    session.mount("http://", door)
    session.mount("https://", door)
    session.verify = verify
    return session


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """The request as it is."""
    return request


class _Session(requests.Session):
    """Reads proxies and certificates out of the environment once for each place, not for each request; and
    no password out of ``~/.netrc``: who we are is said elsewhere.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = _nobody
        self._settings: dict[tuple[Any, ...], Any] = {}

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> Any:
        """As ``requests`` does it, remembered; a request with proxies of its own is not."""
        if proxies:
            return super().merge_environment_settings(url, proxies, stream, verify, cert)
        place = "/".join(str(url).split("/", 3)[:3])
        key = (place, stream, verify, cert)
        if key not in self._settings:
            found = super().merge_environment_settings(url, proxies, stream, verify, cert)
            self._settings[key] = found
        return dict(self._settings[key])


def json_of(seen: Seen) -> Any:
    """The answer's body as JSON; raises ``ValueError`` where it is not."""
    return json.loads(seen.body.decode("utf-8"))
