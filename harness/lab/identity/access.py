"""Who may ask, and the documents about tokens: access, user, tenant and catalogue."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from harness.lab.identity import wire
from harness.lab.world import Endpoint, Service, Tenant, Token, User, World


def caller(world: World, request: Request) -> Token:
    """The valid token that a request carries; 401 otherwise."""
    token = world.token(request.headers.get("x-auth-token", ""))
    if token is None:
        raise wire.unauthorized(request)
    return token


def administrator(world: World, request: Request) -> None:
    """Stock policy of the admin port: the configured token, or one with the role admin."""
    sent = request.headers.get("x-auth-token", "")
    if world.admin_token and sent == world.admin_token:
        return
    roles = {role.name.lower() for role in caller(world, request).roles}
    if "admin" not in roles:
        raise wire.forbidden(request, "admin_required")


def issue(world: World, user: User, tenant: Tenant | None, expires: Any = None) -> Token:
    """Make and keep a token; ``expires`` is the old token's where one is exchanged."""
    token = Token(
        id=world.ids.hex(),
        user_id=user.id,
        tenant_id=tenant.id if tenant else None,
        expires=expires or world.clock.now() + world.token_lifetime,
        user_name=user.name or "",
        tenant=tenant_document(tenant) if tenant else None,
        roles=tuple(world.roles_of(user.id, tenant.id if tenant else None)),
    )
    world.tokens[token.id] = token
    world.secret("token", token.id)
    return token


def revoke_all(world: World, user_id: str) -> None:
    """Tokens of a user end when the password changes or the user is disabled."""
    world.tokens = {key: token for key, token in world.tokens.items() if token.user_id != user_id}


def tenant_document(tenant: Tenant) -> dict[str, Any]:
    """A tenant as lists and tokens show it."""
    return {**tenant.extra, "id": tenant.id, "name": tenant.name}


def user_document(user: User) -> dict[str, Any]:
    """A user without the password."""
    return {**user.extra, "id": user.id, "name": user.name}


def access(token: Token, catalogue: Any = None) -> dict[str, Any]:
    """The document about a token; an unscoped one has no tenant, and a catalogue that is an empty object."""
    about: dict[str, Any] = {"expires": token.expires.strftime("%Y-%m-%dT%H:%M:%SZ"), "id": token.id}
    if token.tenant is not None:
        about["tenant"] = token.tenant
    document: dict[str, Any] = {"token": about}
    if catalogue is not None:
        document["serviceCatalog"] = catalogue
    document["user"] = {
        "username": token.user_name,
        "roles_links": [],
        "id": token.user_id,
        "roles": [{"id": role.id, "name": role.name} for role in token.roles],
        "name": token.user_name,
    }
    return {"access": document}


def catalogue(world: World, token: Token) -> Any:
    """The services with their addresses for the token's tenant."""
    if token.tenant_id is None:
        return {}
    return [_entry(service, end, token.tenant_id) for service, end in world.catalogue()]


def _entry(service: Service, end: Endpoint, tenant_id: str) -> dict[str, Any]:
    urls = {"adminURL": end.adminurl, "internalURL": end.internalurl, "publicURL": end.publicurl}
    filled = {name: url.replace("$(tenant_id)s", tenant_id) for name, url in urls.items()}
    return {
        "endpoints": [{"region": end.region, **filled}],
        "endpoints_links": [],
        "type": service.type,
        "name": service.name,
    }
