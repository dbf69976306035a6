"""Images, networks and volumes, captured."""

from __future__ import annotations

from collections import Counter
from ipaddress import ip_network

from harness.clients.session import CloudSession
from harness.clients.values import FixedNetwork, Image
from harness.describing.found import OURS, Found

_COMPANIONS = {"kernel": "aki", "ramdisk": "ari"}
_LOGINS = {
    "cirros": "cirros",
    "ubuntu": "ubuntu",
    "precise": "ubuntu",
    "oneiric": "ubuntu",
    "debian": "debian",
}
_LOGINS |= {"fedora": "fedora", "centos": "centos", "tty": "root"}
"""What an image's name begins with → the user that such images are made with."""


def images(found: Found, session: CloudSession) -> None:
    """The public images: those of one tenant alone belong to it, not to the cloud."""
    with found.looking("images"):
        listed = [each for each in session.images.list() if each.public and not each.name.startswith(OURS)]
        counted = Counter(each.name for each in listed)
        by_id = {each.id: each for each in listed}
        named = {each.name: each for each in listed if each.status == "active" and each.disk_format}
        brought = {name for image in named.values() for name in _brought(image, by_id)}
        found.only(("images",), {n: _image(i, by_id) for n, i in named.items() if n not in brought})
        for name, count in counted.items():
            if count > 1:
                found.odd.append(f"{count} public images are called {name}; one of them is described")
        for each in listed:
            if each.status != "active":
                found.odd.append(f"the image {each.name} is {each.status} and is not described")
        _logins(found, named)


def _brought(image: Image, by_id: dict[str, Image]) -> tuple[str, ...]:
    """The kernel and ramdisk that an ``ami`` image brings without their being described."""
    linked = {part: by_id.get(image.properties.get(f"{part}_id", "")) for part in _COMPANIONS}
    usual = all(
        other is not None
        and other.name == f"{image.name}-{part}"
        and (other.disk_format, other.container_format) == (_COMPANIONS[part],) * 2
        and (other.public, other.protected) == (image.public, image.protected)
        and not (other.min_ram or other.min_disk)
        for part, other in linked.items()
    )
    return (
        tuple(other.name for other in linked.values() if other)
        if image.disk_format == "ami" and usual
        else ()
    )


def _image(image: Image, by_id: dict[str, Image]) -> dict[str, object]:
    form = image.disk_format or ""
    usual = form if form in ("ami", "aki", "ari") else "bare"
    said: dict[str, object] = {"format": form}
    if image.container_format != usual:
        said["container"] = image.container_format
    said["public"] = image.public
    more: dict[str, object] = {"protected": image.protected}
    more |= {"min_ram": image.min_ram, "min_disk": image.min_disk}
    if form == "ami" and not _brought(image, by_id):
        linked = {part: by_id.get(image.properties.get(f"{part}_id", "")) for part in _COMPANIONS}
        more |= {part: other.name for part, other in linked.items() if other}
    return said | {name: value for name, value in more.items() if value}


def _logins(found: Found, named: dict[str, Image]) -> None:
    guessed: dict[str, list[str]] = {}
    for name, image in named.items():
        login = next((user for start, user in _LOGINS.items() if name.lower().startswith(start)), None)
        if image.disk_format in ("aki", "ari") or name not in found.tree.get("images", {}):
            continue
        if login is None:
            found.blind(f'images["{name}"].login', "no API tells the user inside")
            continue
        found.put(("images", name, "login"), login)
        guessed.setdefault(login, []).append(name)
    for login, names in guessed.items():
        found.assumed.append(f"inside of {', '.join(names)} the user is {login}, by the image's name")


def network(found: Found, session: CloudSession, *, admin: bool) -> None:
    """The network that servers are born on, and the pools of floating addresses."""
    here = ("network",)
    if not admin:
        found.blind("network", "the account is no administrator")
    with found.looking("network"):
        networks = session.network.networks() if admin else []
        if networks:
            _fixed(found, networks)
    with found.looking("network.floating"):
        for pool in session.network.floating_pools():
            found.put((*here, "floating", pool, "at_least"), 0)


def _fixed(found: Found, networks: list[FixedNetwork]) -> None:
    here, label = ("network",), found.based(("network", "label"))
    seen = next((each for each in networks if each.label == label), networks[0])
    found.put((*here, "label"), seen.label)
    found.put((*here, "fixed", "size"), f"/{ip_network(seen.cidr, strict=False).prefixlen}")
    found.put((*here, "multi_host"), seen.multi_host)
    found.put((*here, "dns"), seen.dns[0] if seen.dns else None)
    found.put((*here, "manager"), "VLAN" if seen.vlan else found.based((*here, "manager")))
    if seen.vlan:
        found.put((*here, "vlan"), seen.vlan)
    else:
        found.put((*here, "bridge"), seen.bridge or None)
    others = [each.label for each in networks if each is not seen]
    if others:
        found.odd.append(f"{len(others)} more fixed networks are not described: {', '.join(others[:6])}")


def volumes(found: Found, session: CloudSession) -> None:
    """Volume types and extensions of the service's own port."""
    with found.looking("volumes.types"):
        found.put(("volumes", "types"), sorted(session.volumes.types()))
    with found.looking("volumes.extensions"):
        found.put(("volumes", "extensions"), sorted(each.alias for each in session.volumes.extensions()))
