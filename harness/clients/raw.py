"""Wire-level requests, for stories about how a service refuses: any method,
path, token and body; any answer is fine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import requests

from harness.clients.errors import Exchange, ServerFault
from harness.clients.link import Link
from harness.clients.words import in_words, message_of, raise_for

_ACCOUNT = re.compile(r"/v1(\.0)?/*[^/]*/*\Z")


class Own(Enum):
    """Stands for what the session has itself."""

    OWN = "own"


@dataclass(frozen=True)
class Answer:
    """An answer of any status, with the record row that shows it."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    exchange: Exchange = field(default_factory=Exchange)

    @property
    def row(self) -> str:
        """The record row of the exchange."""
        return self.exchange.row

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")

    @property
    def message(self) -> str:
        """What an error body says, in whichever form."""
        return message_of(self.body)

    def json(self) -> Any:
        """The body as JSON; raises ``ServerFault`` where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ServerFault(f"the answer is not JSON: {error}", self.exchange) from None


class Raw:
    """Sends what it is told to one service; raises only ``Unreachable``,
    or what is wrong with the catalogue.
    """

    def __init__(self, link: Link, service: str, as_tenant: str = "") -> None:
        self._link = link
        self._service = service
        self._as_tenant = as_tenant

    def send(
        self,
        method: str,
        path: str,
        *,
        token: str | Own | None = Own.OWN,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        interface: str = "public",
        sized: bool = True,
    ) -> Answer:
        """One request; ``path`` counts from the service's endpoint, unless it is a whole URL.

        ``token`` is the session's own unless one is given, None for none. ``body`` may be bytes, text, or
        data that is sent as JSON. A request that is not ``sized`` announces neither a length nor chunks, and
        has no body. Redirects are not followed. Accept is ``application/json`` unless given:
        Essex answers in HTML to those who accept anything.
        """
        url = path if path.startswith(("http://", "https://")) else self._url(interface) + path
        sent = {"Accept": "application/json"} | dict(headers or {})
        if token is Own.OWN:
            sent["X-Auth-Token"] = self._link.token.id
        elif token is not None:
            self._link.door.record.secret(str(token))
            sent["X-Auth-Token"] = str(token)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        return send(self._link, method, url, sent, body, sized=sized)

    def _url(self, interface: str) -> str:
        """The endpoint; with ``as_tenant``, as it would read for that tenant."""
        url = self._link.endpoint(self._service, interface)
        tenant = self._link.token.tenant
        return url.replace(tenant.id, self._as_tenant) if self._as_tenant and tenant else url


def send(
    link: Link, method: str, url: str, headers: Mapping[str, str], body: Any = None, *, sized: bool = True
) -> Answer:
    """One exchange without any judgement of its status."""
    if method.upper() == "DELETE" and is_object_account(link, url):
        raise ValueError(f"{method} {url} would delete a whole account of the object storage")
    with in_words(link.door):
        if sized:
            response = link.plain.request(
                method, url, headers=dict(headers), data=body, allow_redirects=False
            )
        else:
            response = _send_unsized(link, method, url, headers)
        seen = link.door.last
    if seen is None or not isinstance(response, requests.Response):
        raise_for(seen, "the request was not sent")
    return Answer(response.status_code, dict(response.headers), seen.body, seen.exchange)


def _send_unsized(link: Link, method: str, url: str, headers: Mapping[str, str]) -> requests.Response:
    """``requests`` and ``urllib3`` each add a length; an empty Transfer-Encoding keeps the second from it."""
    request = link.plain.prepare_request(requests.Request(method, url, dict(headers)))
    request.headers.pop("Content-Length", None)
    request.headers.update({"Transfer-Encoding": "", "Connection": "close"})
    settings = link.plain.merge_environment_settings(url, {}, False, None, None)
    return link.plain.send(request, allow_redirects=False, **settings)


def is_object_account(link: Link, url: str) -> bool:
    """Whether a URL is an account of the object storage itself (``…/v1/AUTH_…``), and nothing inside it."""
    service, _ = link.door.routes.behind(url)
    return service == "object-store" and _ACCOUNT.search(urlsplit(url).path) is not None
