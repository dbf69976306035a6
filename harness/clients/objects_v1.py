"""Objects as Swift has spoken since 1.4.8,
through swiftclient's own functions on connections with our door.

The functions are used without ``Connection``, which would try again and hide what failed. Nothing here
sends a DELETE to an account: where account management is allowed, that removes everything for good.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from swiftclient import client as swift

from harness.clients.errors import ServerFault
from harness.clients.link import Link
from harness.clients.values import AccountUsage, Container, StoredObject
from harness.clients.words import in_words

QUIRKS = frozenset({"no_info", "account_delete_deletes", "no_conditional_put"})
T = TypeVar("T")
Row = TypeVar("Row", bound=Container | StoredObject)
_META = "x-object-meta-"
_PAGE = 1000
_MOST = 200_000


class ObjectsV1:
    """The ``Objects`` protocol over the object storage API v1."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link

    def account(self) -> AccountUsage:
        """What the account holds."""
        return self._call(lambda to: _usage(swift.head_account(to.url, to.token, http_conn=to.connection)))

    def containers(self) -> Sequence[Container]:
        """The account's containers, page by page."""

        def page(marker: str) -> Sequence[Container]:
            return self._call(
                lambda to: [
                    Container(str(row["name"]), int(row["count"]), int(row["bytes"]))
                    for row in swift.get_account(
                        to.url, to.token, marker=marker, limit=_PAGE, http_conn=to.connection
                    )[1]
                ]
            )

        return self._pages(page)

    def put_container(self, name: str | None = None) -> str:
        """Make a container and give its name."""
        fresh = name or self._link.keeper.name("container")
        with self._link.keeper.creating("container", fresh) as entry:
            self._call(lambda to: swift.put_container(to.url, to.token, fresh, http_conn=to.connection))
            entry.made(fresh)
        return fresh

    def delete_container(self, name: str) -> None:
        """Remove an empty container."""
        _named(name)
        self._call(lambda to: swift.delete_container(to.url, to.token, name, http_conn=to.connection))

    def put(
        self,
        container: str,
        name: str,
        data: bytes,
        *,
        etag: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> StoredObject:
        """Store an object; the service checks ``etag`` where it is given."""
        _named(container, name)
        headers = {f"{_META}{key}": value for key, value in (metadata or {}).items()}
        with self._link.keeper.creating("object", f"{container}/{name}") as entry:
            stored = self._call(
                lambda to: swift.put_object(
                    to.url,
                    to.token,
                    container,
                    name,
                    data,
                    content_length=len(data),
                    etag=etag,
                    content_type="application/octet-stream",
                    headers=headers,
                    http_conn=to.connection,
                )
            )
            entry.made(f"{container}/{name}")
        return StoredObject(name, len(data), str(stored).strip('"'), "application/octet-stream")

    def get(self, container: str, name: str) -> bytes:
        """The content of an object."""
        _named(container, name)
        return self._call(
            lambda to: bytes(swift.get_object(to.url, to.token, container, name, http_conn=to.connection)[1])
        )

    def head(self, container: str, name: str) -> StoredObject:
        """What is known of an object without its content."""
        _named(container, name)
        return self._call(
            lambda to: _headed(
                name, swift.head_object(to.url, to.token, container, name, http_conn=to.connection)
            )
        )

    def list(self, container: str, prefix: str = "") -> Sequence[StoredObject]:
        """The objects of a container, page by page."""
        _named(container)

        def page(marker: str) -> Sequence[StoredObject]:
            return self._call(
                lambda to: [
                    _listed(row)
                    for row in swift.get_container(
                        to.url,
                        to.token,
                        container,
                        marker=marker,
                        limit=_PAGE,
                        prefix=prefix or None,
                        http_conn=to.connection,
                    )[1]
                ]
            )

        return self._pages(page)

    def delete(self, container: str, name: str) -> None:
        """Remove an object."""
        _named(container, name)
        self._call(lambda to: swift.delete_object(to.url, to.token, container, name, http_conn=to.connection))

    def _call(self, function: Callable[[_Target], T]) -> T:
        target = _Target(self._link)
        with in_words(self._link.door):
            return function(target)

    def _pages(self, page: Callable[[str], Sequence[Row]]) -> Sequence[Row]:
        pages: tuple[Row, ...] = ()
        while len(pages) < _MOST:
            marker = pages[-1].name if pages else ""
            more = page(marker)
            fresh = tuple(row for row in more if row.name > marker) if pages else tuple(more)
            pages += fresh
            if len(more) < _PAGE or not fresh:
                return pages
        raise ServerFault(f"the listing does not end after {len(pages)} names", self._link.exchange)


class _Target:
    """The account's URL, a token, and a connection through the door."""

    def __init__(self, link: Link) -> None:
        self.url = link.endpoint("object-store")
        self.token = link.token.id
        verify = link.verify
        parsed, connection = swift.http_connection(
            self.url, cacert=verify if isinstance(verify, str) else None, insecure=verify is False
        )
        connection.request_session.mount("http://", link.door)
        connection.request_session.mount("https://", link.door)
        self.connection = (parsed, connection)


def _named(*names: str) -> None:
    """A path with an empty part would mean the container or the account instead."""
    if not all(names) or "/" in names[0]:
        raise ValueError(f"not the name of a container or object: {'/'.join(names)!r}")


def _usage(headers: Mapping[str, str]) -> AccountUsage:
    counts = (headers[f"x-account-{name}"] for name in ("container-count", "object-count", "bytes-used"))
    return AccountUsage(*(int(count) for count in counts))


def _listed(row: Any) -> StoredObject:
    return StoredObject(
        name=str(row["name"]),
        bytes=int(row["bytes"]),
        etag=str(row["hash"]),
        content_type=str(row.get("content_type") or ""),
        modified=str(row.get("last_modified") or ""),
    )


def _headed(name: str, headers: Mapping[str, str]) -> StoredObject:
    return StoredObject(
        name=name,
        bytes=int(headers["content-length"]),
        etag=headers["etag"].strip('"'),
        content_type=headers.get("content-type", ""),
        modified=headers.get("last-modified", ""),
        metadata={key.removeprefix(_META): value for key, value in headers.items() if key.startswith(_META)},
    )
