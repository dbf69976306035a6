"""Answers of identity v2.0, read into values.

Raises ``KeyError``, ``TypeError`` or ``ValueError`` on anything else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from harness.clients.values import (
    CatalogueEntry,
    EC2Credentials,
    EndpointTemplate,
    Extension,
    Role,
    ServiceEntry,
    Tenant,
    Token,
    User,
)


def values_of(data: Any) -> Iterable[Any]:
    """Keystone wraps some lists in ``{"values": […]}``."""
    rows: list[Any] = list(data["values"] if isinstance(data, Mapping) else data)
    return rows


def token_of(data: Any, headers: Mapping[str, str]) -> Token:
    """A token from an ``access`` document; its catalogue may be an empty object instead of a list."""
    access = data["access"]
    token, user = access["token"], access["user"]
    return Token(
        id=str(token["id"]),
        expires=_time(token["expires"]),
        issued=_time(token["issued_at"]) if token.get("issued_at") else _date(headers),
        user=User(str(user["id"]), str(user.get("name") or user.get("username") or "")),
        tenant=tenant_of(token["tenant"]) if token.get("tenant") else None,
        roles=tuple(str(role["name"]) for role in user.get("roles") or ()),
        catalogue=tuple(_catalogue(access.get("serviceCatalog") or ())),
    )


def _catalogue(services: Iterable[Any]) -> Iterable[CatalogueEntry]:
    for service in services:
        for endpoint in service["endpoints"]:
            yield CatalogueEntry(
                type=str(service["type"]),
                name=str(service["name"]),
                region=str(endpoint.get("region") or ""),
                public=str(endpoint.get("publicURL") or ""),
                internal=str(endpoint.get("internalURL") or ""),
                admin=str(endpoint.get("adminURL") or ""),
            )


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _date(headers: Mapping[str, str]) -> datetime:
    text = headers.get("Date")
    return parsedate_to_datetime(text) if text else datetime.now(UTC)


def tenant_of(row: Any) -> Tenant:
    """A tenant; an update nests what was changed under ``extra``."""
    row = {**row, **(row.get("extra") or {})}
    return Tenant(
        str(row["id"]), str(row["name"]), row.get("description") or "", bool(row.get("enabled", True))
    )


def user_of(row: Any) -> User:
    """A user; the hash of the password that some answers carry is left behind."""
    row = {**row, **(row.get("extra") or {})}
    return User(
        str(row["id"]),
        str(row["name"]),
        row.get("email") or "",
        bool(row.get("enabled", True)),
        str(row.get("tenantId") or ""),
    )


def extension_of(row: Any) -> Extension:
    """An extension, in the form that all services of the time use."""
    return Extension(
        alias=str(row["alias"]),
        name=str(row["name"]),
        updated=str(row.get("updated") or ""),
        namespace=str(row.get("namespace") or ""),
        description=str(row.get("description") or ""),
    )


def template_of(row: Any) -> EndpointTemplate:
    """An endpoint of the stored catalogue."""
    return EndpointTemplate(
        id=str(row["id"]),
        service=str(row["service_id"]),
        region=str(row.get("region") or ""),
        public=str(row.get("publicurl") or ""),
        internal=str(row.get("internalurl") or ""),
        admin=str(row.get("adminurl") or ""),
    )


def role_of(row: Any) -> Role:
    """A role."""
    return Role(str(row["id"]), str(row["name"]))


def service_of(row: Any) -> ServiceEntry:
    """A service of the stored catalogue."""
    return ServiceEntry(str(row["id"]), str(row["type"]), str(row["name"]), row.get("description") or "")


def ec2_of(row: Any) -> EC2Credentials:
    """Keys for the EC2 API."""
    return EC2Credentials(str(row["access"]), str(row["secret"]), str(row["tenant_id"]), str(row["user_id"]))
