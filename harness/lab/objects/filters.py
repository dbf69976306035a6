"""What the filters that break the proxy share: kinds of paths, the factories of paste, whole answers."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

from swift.common.wsgi import WSGIContext

Environ = dict[str, Any]
Start = Callable[..., Any]
App = Callable[[Environ, Start], Iterable[bytes]]


def is_object(environ: Environ) -> bool:
    """Whether the path is an object's: ``/v1/account/container/object``."""
    parts = environ["PATH_INFO"].split("/", 4)
    return len(parts) == 5 and bool(parts[4])


def is_container(environ: Environ) -> bool:
    """Whether the path is a container's."""
    parts = environ["PATH_INFO"].rstrip("/").split("/", 4)
    return len(parts) == 4 and bool(parts[3])


def is_account(environ: Environ) -> bool:
    """Whether the path is an account's."""
    parts = environ["PATH_INFO"].rstrip("/").split("/")
    return len(parts) == 3 and parts[1] == "v1"


def without(environ: Environ, *names: str) -> None:
    """Take words out of the query."""
    words = environ.get("QUERY_STRING", "").split("&")
    kept = [word for word in words if word and word.partition("=")[0] not in names]
    environ["QUERY_STRING"] = "&".join(kept)


Factory = Callable[..., Callable[[App], App]]


def breaking(broken: Callable[[App, Environ, Start], Iterable[bytes]]) -> Factory:
    """The factory, as paste wants it, of a filter that answers by ``broken``."""

    @functools.wraps(broken)
    def factory(global_conf: dict[str, str], **local: str) -> Callable[[App], App]:
        return lambda app: functools.partial(broken, app)

    return factory


class Asked(WSGIContext):  # type: ignore[misc]
    """A whole answer of the application behind."""

    def __init__(self, app: App, environ: Environ) -> None:
        super().__init__(app)
        self.body = b"".join(self._app_call(environ))
        self.headers: list[tuple[str, str]] = list(self._response_headers)

    @property
    def status(self) -> int:
        """The status as a number."""
        return int(self._response_status[:3])

    def header(self, name: str) -> str:
        """A header of the answer, or an empty text; ``name`` in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def confirm(self, start: Start, status: str = "204 No Content") -> list[bytes]:
        """Say that it was done."""
        trans_id = [row for row in self.headers if row[0].lower() == "x-trans-id"]
        start(status, [("Content-Length", "0"), *trans_id])
        return [b""]

    def answer(self, start: Start) -> Iterable[bytes]:
        """Send it on, with the length that it now has."""
        others = [row for row in self.headers if row[0].lower() != "content-length"]
        start(self._response_status, [*others, ("Content-Length", str(len(self.body)))])
        return [self.body]
