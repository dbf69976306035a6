"""How the files of compute's dialect speak to nova: through novaclient, or by plain requests.

Novaclient is given the catalogue's URL, so that it discovers nothing: Essex has no root document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar
from urllib.parse import quote

from novaclient import client as novaclient
from novaclient.base import Manager

from harness.clients.link import Link
from harness.clients.words import in_words

T = TypeVar("T")


class Speech:
    """One account's way to nova."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._made: Any = None

    def _call(self, function: Callable[[Any], T]) -> T:
        """Ask by novaclient; what it raises is told in words."""
        nova = self._nova()
        with in_words(self._link.door):
            return function(nova)

    def _get(self, path: str, reader: Callable[[Any], T]) -> T:
        return self._link.read("GET", self._link.endpoint("compute") + path, reader)

    def _send(self, method: str, path: str, body: Mapping[str, Any], reader: Callable[[Any], T]) -> T:
        return self._link.read(method, self._link.endpoint("compute") + path, reader, json=body)

    def _drop(self, path: str) -> None:
        self._link.ask("DELETE", self._link.endpoint("compute") + path)

    def _tenant(self) -> str:
        tenant = self._link.token.tenant
        return tenant.id if tenant else self._link.account.tenant_id

    def _nova(self) -> Any:
        url = self._link.endpoint("compute")
        if self._made is None:
            made = novaclient.Client("2", session=self._link.session, endpoint_override=url)
            for manager in vars(made).values():
                if isinstance(manager, Manager):
                    manager.completion_cache = _no_cache
            self._made = made
        return self._made


def _no_cache(*_: object, **__: object) -> AbstractContextManager[None]:
    """Nothing: novaclient would write names and ids below the user's home, for its own command line."""
    return nullcontext()


def part(text: str) -> str:
    """A text as one part of a URL's path."""
    return quote(text, safe="")


def text_of(value: Any) -> str:
    """A text, or a ``TypeError``."""
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {type(value).__name__}")
    return value
