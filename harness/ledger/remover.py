"""A ``Cleaner`` over real clients: in each tenant as one of its members, cloud-wide as the administrator."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from harness.clients.errors import (
    Conflict,
    NotFound,
    Refused,
    ServiceError,
    Unreachable,
)
from harness.clients.session import CloudSession
from harness.errors import OutOfReach
from harness.ledger.cleaner import Thing

Open = Callable[[str], CloudSession]
"""Gives a session in the tenant of that name (empty: the administrator's own); raises ``OutOfReach``."""

SERVICES: Mapping[str, str] = {
    "attachment": "volume",
    "server": "compute",
    "address": "compute",
    "group": "compute",
    "keypair": "compute",
    "aggregate": "compute",
    "snapshot": "volume",
    "volume": "volume",
    "image": "image",
    "object": "object-store",
    "container": "object-store",
    "credential": "identity",
    "user": "identity",
    "tenant": "identity",
    "role": "identity",
}
_LISTS = {"address": "floating addresses", "group": "security groups"}
_OVER = frozenset({"deleted", "pending_delete", "DELETED"})
_SILENCE = 20.0


class Remover:
    """Implements ``harness.ledger.Cleaner``.

    A service that did not answer is left in peace for twenty seconds.
    """

    def __init__(self, open_: Open) -> None:
        self._open = open_
        self._silent: dict[str, tuple[float, Unreachable]] = {}

    def list(self, kind: str, tenant: str) -> Sequence[Thing]:
        """What the tenant itself holds of a kind."""
        service = SERVICES.get(kind, "")
        for name in ("identity", service):
            until, error = self._silent.get(name, (0.0, None))
            if error is not None and time.monotonic() < until:
                raise error
        try:
            return [
                Thing(kind, id, name, tenant) for id, name in self._listed(self._session(kind, tenant), kind)
            ]
        except Unreachable as silence:
            name = "identity" if silence.component == "keystone" else service
            self._silent[name] = (time.monotonic() + _SILENCE, silence)
            raise

    def delete(self, thing: Thing) -> None:
        """Ask for the end of one thing."""
        session = self._session(thing.kind, thing.tenant)
        if thing.kind == "attachment":
            _detach(session, *_split(thing.id))
            return
        if thing.kind == "object":
            session.objects.delete(*_split(thing.id))
            return
        if thing.kind == "image":
            _delete_image(session, thing.id)
            return
        calls: Mapping[str, Callable[[str], None]] = {
            "server": session.compute.delete_server,
            "address": session.network.release,
            "group": session.network.delete_group,
            "keypair": session.compute.delete_keypair,
            "aggregate": lambda id: _dissolve(session, id),
            "snapshot": session.volumes.delete_snapshot,
            "volume": session.volumes.delete,
            "container": session.objects.delete_container,
            "user": session.identity.delete_user,
            "tenant": session.identity.delete_tenant,
            "role": session.identity.delete_role,
            "credential": lambda id: session.identity.delete_ec2_credentials(*_split(id)),
        }
        calls[thing.kind](thing.id)

    def exists(self, thing: Thing) -> bool:
        """Whether it is still there."""
        try:
            return self._seen(self._session(thing.kind, thing.tenant), thing)
        except NotFound:
            return False

    def _session(self, kind: str, tenant: str) -> CloudSession:
        if kind not in SERVICES:
            raise OutOfReach(f"no client of this release removes a {kind}")
        session = self._open(tenant)
        service = SERVICES[kind]
        if service != "identity" and not session.identity.token.entries(service):
            raise OutOfReach(f"the catalogue has no {service} service")
        return session

    def _listed(self, session: CloudSession, kind: str) -> Iterable[tuple[str, str]]:
        if kind in ("address", "group"):
            return _of_network(session, kind)
        if kind == "attachment":
            held = ((server, volume.id) for volume in session.volumes.list() for server in volume.servers)
            return [("/".join(ends), "") for ends in held]
        if kind == "image":
            mine = _tenant_id(session)
            return [(image.id, image.name) for image in session.images.list() if image.owner == mine]
        if kind == "keypair":
            return [(keypair.name, keypair.name) for keypair in session.compute.keypairs()]
        if kind == "container":
            return [(container.name, container.name) for container in session.objects.containers()]
        if kind == "object":
            return _objects(session)
        if kind == "credential":
            return _credentials(session)
        lists: Mapping[str, Callable[[], Iterable[Any]]] = {
            "server": session.compute.servers,
            "aggregate": session.compute.aggregates,
            "snapshot": session.volumes.snapshots,
            "volume": session.volumes.list,
            "user": session.identity.list_users,
            "tenant": session.identity.list_tenants,
            "role": session.identity.list_roles,
        }
        return [(thing.id, thing.name) for thing in lists[kind]()]

    def _seen(self, session: CloudSession, thing: Thing) -> bool:
        """Ask for the thing itself; where an API shows only lists, look there. May raise ``NotFound``."""
        if thing.kind == "server":
            return session.compute.server(thing.id).status not in _OVER
        if thing.kind == "image":
            return session.images.show(thing.id).status not in _OVER
        if thing.kind == "attachment":
            return _attached(session, *_split(thing.id))
        if thing.kind == "snapshot":
            return bool(session.volumes.snapshot(thing.id))
        if thing.kind == "volume":
            return bool(session.volumes.show(thing.id))
        if thing.kind == "tenant":
            return bool(session.identity.tenant(thing.id))
        if thing.kind == "container":
            session.objects.list(thing.id)
            return True
        if thing.kind == "object":
            return bool(session.objects.head(*_split(thing.id)))
        return thing.id in {id for id, _ in self._listed(session, thing.kind)}


def _dissolve(session: CloudSession, aggregate: str) -> None:
    """An aggregate is not deleted while hosts are in it."""
    for host in session.compute.aggregate(aggregate).hosts:
        session.compute.remove_host(aggregate, host)
    session.compute.delete_aggregate(aggregate)


def _objects(session: CloudSession) -> Iterable[tuple[str, str]]:
    for container in session.objects.containers():
        for each in session.objects.list(container.name):
            yield f"{container.name}/{each.name}", f"{container.name}/{each.name}"


def _credentials(session: CloudSession) -> Iterable[tuple[str, str]]:
    """The session's own keys for the EC2 API in its tenant; they have no name."""
    user, tenant = session.identity.token.user.id, _tenant_id(session)
    keys = session.identity.ec2_credentials(user)
    return [(f"{key.user}/{key.access}", "") for key in keys if key.tenant == tenant]


def _delete_image(session: CloudSession, image: str) -> None:
    """A protected image is not deleted before its protection is taken away."""
    try:
        session.images.delete(image)
    except Refused:
        session.images.update(image, protected=False)
        session.images.delete(image)


def _of_network(session: CloudSession, kind: str) -> Iterable[tuple[str, str]]:
    """Addresses, or groups without the default one: that is no thing of ours.

    What the cloud does not have is out of reach.
    """
    try:
        if kind == "address":
            return [(held.id, held.address) for held in session.network.floating_addresses()]
        return [(group.id, group.name) for group in session.network.groups() if group.name != "default"]
    except ServiceError as error:
        if error.status in (404, 501):
            raise OutOfReach(f"this cloud does not list {_LISTS[kind]} ({error.status})") from error
        raise


def _attached(session: CloudSession, server: str, volume: str) -> bool:
    """Whether a server has a volume, or may soon: nobody is told of while it is being attached."""
    seen = session.volumes.show(volume)
    return server in seen.servers or seen.status == "attaching"


def _detach(session: CloudSession, server: str, volume: str) -> None:
    """What is only being attached cannot be taken off yet, and is not absent either."""
    try:
        session.volumes.detach(server, volume)
    except NotFound as absent:
        if _attached(session, server, volume):
            raise Conflict("the volume is still being attached", absent.exchange) from absent
        raise


def _tenant_id(session: CloudSession) -> str:
    tenant = session.identity.token.tenant
    return tenant.id if tenant else session.account.tenant_id


def _split(id: str) -> tuple[str, str]:
    container, _, name = id.partition("/")
    return container, name
