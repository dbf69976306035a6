"""One account's session: the clients of its dialect, its endpoints, and wire-level requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from harness.clients.account import Account
from harness.clients.errors import ServerFault
from harness.clients.link import Link
from harness.clients.protocols import Compute, Identity, Images, Objects, Volumes
from harness.clients.raw import Answer, Raw, send
from harness.clients.select import Dialect
from harness.clients.values import Version

_READ_AS_VERSIONS = (200, 300)


class CloudSession:
    """A cloud as one account sees it; clients are made, and tokens fetched, when first used."""

    def __init__(self, link: Link, dialect: Dialect) -> None:
        self._link = link
        self._dialect = dialect
        self.account: Account = link.account
        self.identity: Identity = dialect.identity(link)
        self.compute: Compute = dialect.compute(link)
        self.images: Images = dialect.images(link)
        self.volumes: Volumes = dialect.volumes(link)
        self.objects: Objects = dialect.objects(link)

    def endpoint(self, service: str, interface: str = "public") -> str:
        """The URL of a service in the account's region, as the catalogue has it, without a slash at its
        end.
        """
        return self._link.endpoint(service, interface)

    def raw(self, service: str) -> Raw:
        """Wire-level requests to a service."""
        return Raw(self._link, service)

    def versions(self, service: str, interface: str = "public") -> list[Version]:
        """The API versions of a service, from the root document of its endpoint; asked without a token.

        Raises ``ServerFault`` where the root is no such document, ``Unreachable`` where nothing answers.
        """
        answer = send(
            self._link, "GET", root_of(self.endpoint(service, interface)), {"Accept": "application/json"}
        )
        if answer.status not in _READ_AS_VERSIONS:
            raise ServerFault(f"expected a list of versions: {answer.message}", answer.exchange)
        with self._link.reading_answer(answer.exchange):
            return versions_of(answer.json())


def root_of(url: str) -> str:
    """The root above a versioned URL: what stands before ``/v2``, with a slash at its end."""
    parts = urlsplit(url)
    kept = []
    for part in parts.path.split("/"):
        if len(part) > 1 and part[0] == "v" and part[1].isdigit():
            break
        kept.append(part)
    path = "/".join(kept).rstrip("/") + "/"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def versions_of(data: Any) -> list[Version]:
    """``{"versions": […]}``, or Keystone's ``{"versions": {"values": […]}}``."""
    rows = data["versions"]
    if isinstance(rows, dict):
        rows = rows["values"]
    return [Version(str(row["id"]), str(row.get("status", ""))) for row in rows]


__all__ = ["Answer", "CloudSession", "Raw", "root_of", "versions_of"]
