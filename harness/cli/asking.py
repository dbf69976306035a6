"""Ask a cloud whether it is there: a token, then each service. Nothing is created, nothing recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from harness.accounts import Sessions
from harness.accounts.given import Given, given
from harness.accounts.reaching import way_to
from harness.cli.forgetting import Forgetting
from harness.clients.session import CloudSession
from harness.errors import CloudError
from harness.site import Site

_PATIENCE = 10.0
"""Seconds that a service may be silent: somebody sits and waits for this answer."""


@dataclass(frozen=True)
class Asked:
    """What one service answered."""

    service: str
    url: str
    ok: bool
    text: str


def ask(site: Site) -> tuple[list[Asked], Given]:
    """A token with the site's credentials, and the root of every described service; what its accounts are.

    Raises ``CloudError`` without a token.
    """
    sessions = Sessions(site.arch.release, Forgetting(), patience=_PATIENCE, way=way_to(site))
    found = given(site, sessions)
    session = found.session("main")
    roles = ", ".join(session.identity.token.roles)
    me = f"token for {session.account.username} in {session.account.tenant_name} ({roles})"
    return [Asked("identity", session.account.auth_url, True, me), *_services(session, site)], found


def _services(session: CloudSession, site: Site) -> Iterator[Asked]:
    for service in site.arch.model.catalogue:
        if service in ("identity", "ec2", "s3"):
            continue
        url = ""
        try:
            url = session.endpoint(service)
            yield Asked(service, url, True, _answer(session, service))
        except CloudError as error:
            yield Asked(service, url, False, str(error))


def _answer(session: CloudSession, service: str) -> str:
    if service == "object-store":
        return f"{session.objects.account().containers} containers"
    return ", ".join(f"{version.id} {version.status}" for version in session.versions(service))
