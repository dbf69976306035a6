"""What nodes are called: by the site's hosts, by nova, by the addresses that endpoints stand on."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

from harness.arch.ranges import is_name
from harness.place import Place

_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


class Names:
    """Turns addresses and other people's names into names of nodes."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._known: dict[str, str] = {}
        self._inside: dict[str, str] = {}
        self.strangers: dict[str, str] = {}
        """Addresses that are no host of the site → what their node is called here."""
        self.also: dict[str, str] = {}
        """Addresses that a host has, though the site does not say so → its node."""

    def learn(self, addresses: Iterable[tuple[str, str]]) -> None:
        """Addresses that hosts say they have, with their nodes; one that several have is nobody's."""
        held: dict[str, set[str]] = {}
        for address, node in addresses:
            held.setdefault(address, set()).add(node)
        self._inside = {address: nodes.pop() for address, nodes in held.items() if len(nodes) == 1}

    def same(self, address: str, node: str) -> None:
        """From now on an address is known to be a node's."""
        self._known[address] = node

    def knows(self, address: str) -> bool:
        """Whether it is known whose an address is."""
        return self._of_site(address) is not None or address in self._known or address in self._inside

    def at(self, address: str) -> str:
        """The node at an address or host name; where nobody knows it, one called after the address."""
        found = self._of_site(address) or self._known.get(address)
        if found is None and address in self._inside:
            found = self._known[address] = self.also[address] = self._inside[address]
        if found is None:
            found = self.strangers[address] = self._new(address)
        return found

    def called(self, host: str) -> str:
        """The node that nova or another service calls so."""
        return self._of_site(host) or self._known.get(host) or self._new(host)

    def _new(self, text: str) -> str:
        """A name that nobody else has."""
        taken = {*self._known.values(), *self._place.hosts}
        names = (_named(text), _named(text, whole=True), *(f"{_named(text)}-{n}" for n in range(2, 10_000)))
        self._known[text] = next(name for name in names if name not in taken)
        return self._known[text]

    def _of_site(self, text: str) -> str | None:
        for each in (text, *(_resolved(text) if self._place.hosts else ())):
            node = each if each in self._place.hosts else self._place.node_of(each)
            if node is not None:
                return node
        short = text.partition(".")[0]
        return short if not _is_address(text) and short in self._place.hosts else None


def _named(text: str, *, whole: bool = False) -> str:
    """A text as the name of a node; of a host name its first part, unless the ``whole`` is wanted."""
    if not _is_address(text) and not whole:
        text = text.partition(".")[0]
    name = _STRANGE.sub("-", text).strip("-._")[:60].strip("-._")
    return name if is_name(name) else "node"


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _resolved(name: str) -> Iterable[str]:
    if _is_address(name):
        return ()
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return dict.fromkeys(str(place[4][0]) for place in found)
