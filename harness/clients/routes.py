"""Which service is behind a URL, by what the catalogue says; and which component implements a service."""

from __future__ import annotations

from urllib.parse import urlsplit

COMPONENTS = {
    "identity": "keystone",
    "compute": "nova",
    "image": "glance",
    "volume": "nova-volume",
    "object-store": "swift",
    "ec2": "nova",
    "s3": "nova",
}


def component(service: str) -> str:
    """The component that implements a service type; the type itself where none is known."""
    return COMPONENTS.get(service, service)


class Routes:
    """URL → service, learned from the place of authentication and from every catalogue that is seen."""

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[tuple[str, ...], str]]] = {}

    def learn(self, url: str, service: str) -> None:
        """Remember that a service stands at a URL; what is no URL is passed over."""
        place, path = _split(url)
        if place and (path, service) not in self._known.setdefault(place, []):
            self._known[place].append((path, service))

    def behind(self, url: str) -> tuple[str, str]:
        """Service type and component of a URL: same host and port,
        then the longest common path; "" if unknown.
        """
        place, path = _split(url)
        best, found = -1, ""
        for known, service in self._known.get(place, []):
            shared = _shared(known, path)
            if shared > best:
                best, found = shared, service
        return found, component(found)


def _split(url: str) -> tuple[str, tuple[str, ...]]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return "", ()
    place = f"{(parts.hostname or '').lower()}:{port}" if parts.hostname else ""
    return place, tuple(part for part in parts.path.split("/") if part)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
