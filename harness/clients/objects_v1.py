"""Objects as Swift has spoken since 1.4.8,
through swiftclient's own functions on connections with our door.

The functions are used without ``Connection``, which would try again and hide what failed. Nothing here
sends a DELETE to an account: where account management is allowed, that removes everything for good.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote

from swiftclient import client as swift

from harness.clients.errors import ServerFault
from harness.clients.link import Link
from harness.clients.objects_v1_answers import META, headed_of, listed_of, name_of, usage_of
from harness.clients.values import AccountUsage, Container, StoredObject
from harness.clients.words import in_words

QUIRKS = frozenset({"no_info", "account_delete_deletes", "no_conditional_put"})
T = TypeVar("T")
Row = TypeVar("Row", bound=Container | StoredObject)
_BYTES = "application/octet-stream"
_PAGE = 1000
_CHUNK = 64 * 1024
_MOST = 200_000


class ObjectsV1:
    """The ``Objects`` protocol over the object storage API v1."""

    quirks = QUIRKS

    def __init__(self, link: Link) -> None:
        self._link = link

    def account(self) -> AccountUsage:
        """What the account holds."""
        return self._call(lambda to: usage_of(swift.head_account(to.url, to.token, http_conn=to.connection)))

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
        content_type: str = _BYTES,
        expires_after: int | None = None,
        chunked: bool = False,
    ) -> StoredObject:
        """Store an object; the service checks ``etag`` where it is given."""
        headers = {f"{META}{key}": value for key, value in (metadata or {}).items()}
        headers |= {"X-Delete-After": str(expires_after)} if expires_after is not None else {}
        return self._put(container, name, data, headers, etag, content_type, chunked)

    def put_manifest(self, container: str, name: str, segments: str) -> None:
        """Join the objects whose names begin with ``segments`` (container/prefix) into one."""
        self._put(container, name, b"", {"X-Object-Manifest": segments})

    def copy(
        self,
        container: str,
        name: str,
        to_container: str,
        to_name: str,
        *,
        metadata: Mapping[str, str] | None = None,
        pull: bool = False,
    ) -> None:
        """Copy an object inside the account."""
        _named(container, name)
        headers = {f"{META}{key}": value for key, value in (metadata or {}).items()}
        if pull:
            self._put(to_container, to_name, b"", headers | {"X-Copy-From": quote(f"/{container}/{name}")})
            return
        _named(to_container, to_name)
        place = f"{to_container}/{to_name}"
        with self._link.keeper.creating("object", place) as entry:
            self._call(
                lambda to: swift.copy_object(
                    to.url, to.token, container, name, f"/{place}", headers, http_conn=to.connection
                )
            )
            entry.made(place)

    def set_metadata(self, container: str, name: str, metadata: Mapping[str, str]) -> None:
        """Replace the metadata of an object."""
        _named(container, name)
        headers = {f"{META}{key}": value for key, value in metadata.items()}
        self._call(
            lambda to: swift.post_object(to.url, to.token, container, name, headers, http_conn=to.connection)
        )

    def set_readers(self, container: str, readers: str) -> None:
        """Say who may read a container; nobody else with an empty text."""
        _named(container)
        headers = {"X-Container-Read": readers}
        self._call(
            lambda to: swift.post_container(to.url, to.token, container, headers, http_conn=to.connection)
        )

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
            lambda to: headed_of(
                name, swift.head_object(to.url, to.token, container, name, http_conn=to.connection)
            )
        )

    def list(self, container: str, prefix: str = "") -> Sequence[StoredObject]:
        """The objects of a container, page by page."""
        _named(container)

        def page(marker: str) -> Sequence[StoredObject]:
            return self._call(
                lambda to: [
                    listed_of(row)
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

    def names(
        self,
        container: str,
        *,
        limit: int | None = None,
        marker: str | None = None,
        end_marker: str | None = None,
        prefix: str | None = None,
        delimiter: str | None = None,
        path: str | None = None,
    ) -> Sequence[str]:
        """One page of a container's names as the service gives it; folders end with the delimiter."""
        _named(container)
        return self._call(
            lambda to: [
                name_of(row)
                for row in swift.get_container(
                    to.url,
                    to.token,
                    container,
                    limit=limit,
                    marker=marker,
                    end_marker=end_marker,
                    prefix=prefix,
                    delimiter=delimiter,
                    path=path,
                    http_conn=to.connection,
                )[1]
            ]
        )

    def delete(self, container: str, name: str) -> None:
        """Remove an object."""
        _named(container, name)
        self._call(lambda to: swift.delete_object(to.url, to.token, container, name, http_conn=to.connection))

    def _put(
        self,
        container: str,
        name: str,
        data: bytes,
        headers: Mapping[str, str],
        etag: str | None = None,
        content_type: str | None = None,
        chunked: bool = False,
    ) -> StoredObject:
        _named(container, name)
        with self._link.keeper.creating("object", f"{container}/{name}") as entry:
            stored = self._call(
                lambda to: swift.put_object(
                    to.url,
                    to.token,
                    container,
                    name,
                    _parts(data) if chunked else data,
                    content_length=None if chunked else len(data),
                    etag=etag,
                    content_type=content_type,
                    headers=dict(headers),
                    http_conn=to.connection,
                )
            )
            entry.made(f"{container}/{name}")
        return StoredObject(name, len(data), str(stored).strip('"'), content_type or "")

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


def _parts(data: bytes) -> Iterator[bytes]:
    """The data piece by piece, so that nobody knows their length before the end."""
    for start in range(0, len(data), _CHUNK):
        yield data[start : start + _CHUNK]
