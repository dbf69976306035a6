"""Guests as stories see them: the run's key and group, and the inside of servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import paramiko

from harness.clients.errors import Conflict, Invalid, ServiceError
from harness.clients.protocols import Compute, Network
from harness.clients.session import CloudSession
from harness.clients.values import Image, SecurityGroup, Server
from harness.cloud.entering import Place
from harness.errors import CloudError, OutOfReach
from harness.hosts import Guest, HostUnreachable, NotTaken
from harness.hosts.fingerprints import digests_of, kind_of, shown_on
from harness.hosts.guest import COMPONENT
from harness.hosts.keys import public_line

if TYPE_CHECKING:
    from harness.cloud.run import RunSession

ANYWHERE = "0.0.0.0/0"
_LET_IN = (("tcp", 22, 22), ("icmp", -1, -1))
_SERVER = "instance_uuid"
"""The property by which an image that was made of a server names it."""


class Guests:
    """One user's guests: ``cloud.guests``.

    Servers that are to be entered are created with ``key=cloud.guests.key, groups=(cloud.guests.group,)``.
    """

    def __init__(self, run: RunSession, session: CloudSession) -> None:
        self._run = run
        self._session = session
        self._user = session.account.username
        self._tenant = session.account.tenant_name

    @property
    def compute(self) -> Compute:
        """Compute as this user speaks with it."""
        return self._session.compute

    @property
    def network(self) -> Network:
        """The network service as this user speaks with it."""
        return self._session.network

    @property
    def key(self) -> str:
        """The name of a keypair of this user whose private half the run has in memory alone."""
        return self._once(f"key of {self._user}", self._bring_key)

    @property
    def group(self) -> str:
        """The name of a group of this tenant that lets SSH and ICMP in from everywhere."""
        return self._once(f"group of {self._tenant}", self._make_group)

    def guest(self, server: Server | str, address: str | None = None, login: str | None = None) -> Guest:
        """The inside of a server (or of the server with this id), at its own address or the one given.

        Nothing is sent to the guest yet. Raises ``OutOfReach`` where the site has no way into guests, or the
        description names no user of the image.
        """
        self._run.entering.allowed()
        known = self._session.compute.server(server if isinstance(server, str) else server.id)
        way = self._run.entering.way(self._run.trail, self._host(known))
        place = Place(known.id, known.name, address or self._address(known), login or self._login(known))

        def check(key: paramiko.PKey) -> None:
            self._check(known, key)

        return self._run.entering.guest(place, way, check, self._run.trail)

    def reaches(self, address: str, port: int = 22) -> bool:
        """Whether a TCP connection to an address is taken up, seen from where guests are entered."""
        way = self._run.entering.way(self._run.trail)
        begin, why = time.perf_counter(), ""
        try:
            way.line_to(address, port).close()
        except NotTaken as error:
            why = str(error)
        self._run.trail.write(
            "command",
            component=COMPONENT,
            host=way.name,
            command=f"tcp {address}:{port}",
            status=int(bool(why)),
            stdout="" if why else "taken up",
            stderr=why,
            ms=round((time.perf_counter() - begin) * 1000, 1),
        )
        return not why

    def forget(self, server: Server | str) -> None:
        """The server was built anew and may show another host key than before."""
        self._run.shares.share(_shared(server if isinstance(server, str) else server.id), None)

    def _once(self, what: str, make: Callable[[], str]) -> str:
        """Made by whichever process needs it first; several may come at the same time."""
        try:
            return str(self._run.shares.shared(f"guests: {what}"))
        except KeyError:
            made = make()
            self._run.shares.share(f"guests: {what}", made)
            return made

    def _bring_key(self) -> str:
        name = f"{self._run.folder.prefix}guests"
        public = public_line(self._run.entering.key, name)
        try:
            self._session.compute.create_keypair(name, public)
        except Conflict:
            held = [pair.public_key.split()[:2] for pair in self._session.compute.keypairs()]
            if public.split()[:2] not in held:
                raise
        return name

    def _make_group(self) -> str:
        network, name = self._session.network, f"{self._run.folder.prefix}guests"
        try:
            group = network.create_group(name, "entered by Deploy Day")
        except (Conflict, Invalid):
            group = _named(network.groups(), name)
        for protocol, low, high in _LET_IN:
            if _lets_in(group, protocol, low):
                continue
            try:
                network.add_rule(group.id, protocol, low, high, cidr=ANYWHERE)
            except (Conflict, Invalid):
                if not _lets_in(network.group(group.id), protocol, low):
                    raise
        return name

    def _host(self, server: Server) -> str:
        """The compute host, as far as anybody of this run may know it."""
        if server.host or self._run.accounts.admin is None or self._run.entering.via != "jump":
            return server.host
        try:
            admin = CloudSession(self._run.link("admin"), self._run.dialect)
            return admin.compute.server(server.id).host
        except ServiceError:
            return ""

    def _address(self, server: Server) -> str:
        """The server's own address; where it is entered from outside, a floating one that leads to it."""
        own = [address for found in server.addresses.values() for address in found]
        if not own:
            raise CloudError(f"the server {server.name} has no address", component=COMPONENT)
        if self._run.entering.via != "floating":
            return own[0]
        network = self._session.network
        leading = [held.address for held in network.floating_addresses() if held.server == server.id]
        if leading:
            return leading[0]
        pools = network.floating_pools()
        if not pools:
            raise OutOfReach("this cloud has no pool of floating addresses to enter guests by")
        taken = network.allocate(pools[0])
        network.associate(server.id, taken.address)
        return taken.address

    def _login(self, server: Server) -> str:
        """The described user of the server's image, or of the one behind an image that was made of a server.

        Where that cannot be followed and the description names one user for all images, it is that one.
        """
        described = self._run.site.arch.model.images
        images = {image.id: image for image in self._session.compute.images()}
        id, seen = server.image, set[str]()
        while id in images and id not in seen:
            seen.add(id)
            image = images[id]
            if image.name in described and (login := described[image.name].login):
                return login
            id = self._made_of(image)
        logins = {image.login for image in described.values() if image.login}
        if len(logins) != 1:
            raise OutOfReach(f"the description names no login for the image of {server.name}")
        return str(*logins)

    def _made_of(self, image: Image) -> str:
        """The image of the server that an image was made of; "" where nobody can tell."""
        try:
            return self._session.compute.server(image.properties[_SERVER]).image
        except (KeyError, ServiceError):
            return ""

    def _check(self, server: Server, key: paramiko.PKey) -> None:
        """Hold a host key against the console, or against the one that this run met first.

        A console that cannot be read shows nothing.
        """
        digests, kind = digests_of(key.asbytes()), kind_of(key.get_name())
        mine = next(digest for digest in digests if digest.startswith("SHA256:"))
        met = self._met(server.id)
        if met is not None and met["shown"] and met["digest"] == mine:
            return
        try:
            shown = shown_on(self._session.compute.console(server.id))
        except ServiceError:
            shown = []
        if any(digests & one.digests for one in shown):
            self._run.shares.share(_shared(server.id), {"digest": mine, "shown": True})
            return
        told = f"the host key of {server.name} ({key.get_name()} {mine})"
        if any(one.kind in ("", kind) for one in shown):
            raise HostUnreachable(f"{told} is none of those that its console shows", component=COMPONENT)
        if met is not None and met["digest"] != mine:
            raise HostUnreachable(f"{told} is not the one that this run met before", component=COMPONENT)
        if met is None:
            self._run.shares.share(_shared(server.id), {"digest": mine, "shown": False})

    def _met(self, server_id: str) -> dict[str, str] | None:
        try:
            found: dict[str, str] | None = self._run.shares.shared(_shared(server_id))
        except KeyError:
            return None
        return found


def _named(groups: Iterable[SecurityGroup], name: str) -> SecurityGroup:
    for group in groups:
        if group.name == name:
            return group
    raise CloudError(f"the group {name} can be neither made nor found", component=COMPONENT)


def _lets_in(group: SecurityGroup, protocol: str, low: int) -> bool:
    return any(
        (rule.protocol, rule.from_port, rule.cidr) == (protocol, low, ANYWHERE) for rule in group.rules
    )


def _shared(server_id: str) -> str:
    return f"host key of {server_id}"
