"""One account's way to a cloud: its authenticated session through the door,
its token, and the catalogue's URLs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from keystoneauth1.session import Session

from harness.clients.door import Door, Seen, json_of, plain_session
from harness.clients.errors import Exchange, ServerFault
from harness.clients.keeper import Keeper
from harness.clients.values import Token
from harness.clients.words import in_words, raise_for
from harness.credentials import Account

T = TypeVar("T")


class Plugin(Protocol):
    """What a dialect's keystoneauth plugin tells beyond keystoneauth:
    the token in our words, and its exchange.
    """

    token: Token | None
    seen: Seen | None

    def get_access(self, session: Any) -> Any:
        """Fetch a token unless there is a good one."""
        ...


class Link:
    """What the clients of one account share. Nothing is sent before something is asked for."""

    def __init__(
        self, account: Account, door: Door, plugin: Plugin, keeper: Keeper, verify: bool | str = True
    ) -> None:
        self.account = account
        self.door = door
        self.keeper = keeper
        self.verify = verify
        self.plain = plain_session(door, verify)
        self.session = Session(auth=plugin, session=self.plain, verify=verify)
        self._plugin = plugin
        self._learned: Token | None = None
        door.record.secret(account.password)
        door.routes.learn(account.auth_url, "identity")

    @property
    def token(self) -> Token:
        """The account's token; fetched when there is none, or when it is about to expire."""
        with in_words(self.door):
            self._plugin.get_access(self.session)
            token, seen = self._plugin.token, self._plugin.seen
            if token is None or seen is None:
                raise_for(self.door.last, "no token was given")
        if token is not self._learned:
            self._learned = token
            for entry in token.catalogue:
                for url in (entry.public, entry.internal, entry.admin):
                    self.door.routes.learn(url, entry.type)
        if self.door.last is None:
            self.door.record.touch(seen.exchange.row)
        return token

    @property
    def token_url(self) -> str:
        """Where the account's token came from."""
        token = self.token
        return self._plugin.seen.exchange.url if token and self._plugin.seen else ""

    def known_account(self) -> Account:
        """The account with the id of its tenant."""
        if not self.account.tenant_id and (tenant := self.token.tenant) is not None:
            self.account = replace(self.account, tenant_id=tenant.id)
        return self.account

    def endpoint(self, service: str, interface: str = "public") -> str:
        """The URL of a service in the account's region, without a slash at its end.

        Raises ``ServerFault``, with identity as the component, where the catalogue has none.
        """
        catalogue = self._catalogue()
        entries = catalogue.entries(service)
        region = self.account.region
        if region:
            entries = tuple(entry for entry in entries if entry.region == region)
        url = entries[0].url(interface).rstrip("/") if entries else ""
        if not url:
            where = f" in region {region}" if region else ""
            have = ", ".join(sorted({entry.type for entry in catalogue.catalogue})) or "nothing"
            seen = self._plugin.seen
            message = f"the catalogue has no {interface} endpoint of {service}{where}; it has {have}"
            raise ServerFault(message, seen.exchange if seen else None)
        return url

    def _catalogue(self) -> Token:
        """The token whose catalogue was learned; where none was, a token is fetched."""
        seen = self._plugin.seen
        if self._learned is None or seen is None:
            return self.token
        self.door.recall(None)
        self.door.record.touch(seen.exchange.row)
        return self._learned

    @property
    def exchange(self) -> Exchange | None:
        """The last exchange, for an error that speaks of several."""
        return self.door.last.exchange if self.door.last else None

    def ask(
        self,
        method: str,
        url: str,
        *,
        json: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        authenticated: bool = True,
    ) -> Seen:
        """One exchange that must succeed (2xx); raises a ``ServiceError``."""
        with in_words(self.door):
            self.session.request(
                url,
                method,
                json=json,
                data=data,
                headers=dict(headers or {}),
                authenticated=authenticated,
                redirect=False,
                log=False,
            )
            seen = self.door.last
        if seen is None or seen.exchange.status is None or seen.exchange.status >= 300:
            raise_for(seen, "no answer")
        return seen

    def read(self, method: str, url: str, reader: Callable[[Any], T], *, json: Any = None) -> T:
        """One exchange that must succeed, with its JSON answer read;
        what cannot be read is the service's fault.
        """
        seen = self.ask(method, url, json=json)
        with self.reading(seen):
            return reader(json_of(seen))

    def reading(self, seen: Seen) -> AbstractContextManager[None]:
        """Read an answer inside; what cannot be read is the service's fault."""
        return in_words(self.door, seen)

    def reading_answer(self, exchange: Exchange) -> AbstractContextManager[None]:
        """The same, for an exchange of any status."""
        return in_words(self.door, Seen(exchange, ""))
