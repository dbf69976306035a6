"""A world as a reference architecture describes it: accounts, catalogue, images."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from harness.arch import Architecture
from harness.errors import LabError
from harness.lab.content import Content
from harness.lab.world import Endpoint, Ids, Image, Role, Service, Tenant, User, World

_CONTENT_SIZE = 256 * 1024
_DESCRIPTIONS = {
    "identity": "Keystone Identity Service",
    "compute": "Nova Compute Service",
    "volume": "Nova Volume Service",
    "image": "Glance Image Service",
    "object-store": "Swift Service",
    "ec2": "EC2 Compatibility Layer",
    "s3": "S3 Compatibility Layer",
}


def build_world(
    arch: Architecture,
    addresses: Mapping[str, str],
    *,
    admin_password: str,
    passwords: Mapping[str, str] | None = None,
    seed: int | None = None,
) -> World:
    """The cloud of ``arch`` with its nodes at ``addresses``, nothing running in it yet.

    A user of the description gets the password that ``passwords`` names, ``admin`` gets
    ``admin_password``, anyone else one that nobody knows. The token that services use to ask identity is
    in ``world.admin_token``.
    """
    model: Any = arch.model
    if model.identity is None:
        raise LabError(f"{arch.name}: the lab needs an identity service, and none is described")
    world = World(
        arch=arch,
        addresses=dict(addresses),
        ids=Ids(seed),
        region=model.region,
        token_lifetime=timedelta(seconds=float(model.identity.token_lifetime)),
        templated_catalogue=model.identity.catalogue == "templated",
    )
    world.admin_token = world.ids.hex()
    _accounts(world, {"admin": admin_password, **(passwords or {})})
    _catalogue(world)
    _images(world)
    return world


def _accounts(world: World, passwords: Mapping[str, str]) -> None:
    identity = world.arch.model.identity
    for name in identity.tenants:
        tenant = Tenant(world.ids.hex(), name, {"description": f"{name} tenant", "enabled": True})
        world.tenants[tenant.id] = tenant
    roles = {name: Role(world.ids.hex(), name) for name in identity.roles}
    world.roles.update({role.id: role for role in roles.values()})
    for name in identity.users:
        password = passwords.get(name) or world.ids.text(24)
        world.secret("password", password)
        user = User(world.ids.hex(), name, password, {"email": f"{name}@example.net", "enabled": True})
        world.users[user.id] = user
        _grant(world, user, roles)


def _grant(world: World, user: User, roles: Mapping[str, Role]) -> None:
    """A user works in the tenant of the same name; one without such a tenant is a service's own account."""
    tenants = {tenant.name: tenant for tenant in world.tenants.values()}
    own = tenants.get(user.name)
    administers = own is None or user.name == "admin"
    home = own or tenants.get("service")
    if home is None:
        return
    plain = next((role for name, role in roles.items() if name.lower() in ("member", "_member_")), None)
    role = roles.get("admin") if administers else plain
    user.extra["tenantId"] = home.id
    if role is not None:
        world.grants[(user.id, home.id)] = [role.id]


def _catalogue(world: World) -> None:
    for kind, row in world.arch.model.catalogue.items():
        service = Service(world.ids.hex(), kind, row.name, _DESCRIPTIONS.get(kind, row.name))
        urls = [_template(world, end) for end in (row.public, row.internal, row.admin)]
        endpoint = Endpoint(world.ids.hex(), service.id, world.region, *urls)
        if world.templated_catalogue:
            world.templates.append((service, endpoint))
            continue
        world.services[service.id] = service
        world.endpoints[endpoint.id] = endpoint


def _template(world: World, end: Any) -> str:
    path = end.path.replace("{tenant_id}", "$(tenant_id)s")
    return f"{end.scheme}://{world.addresses[end.node]}:{end.port}{path}"


def _images(world: World) -> None:
    described = world.arch.model.images
    owner = next((tenant.id for tenant in world.tenants.values() if tenant.name == "admin"), None)
    by_name: dict[str, Image] = {}
    for name, row in described.items():
        content = Content(world.ids.random.randbytes(_CONTENT_SIZE))
        now = world.clock.exact()
        image = Image(
            id=world.ids.uuid(),
            name=name,
            owner=owner,
            status=row.status,
            size=content.size,
            checksum=content.checksum,
            disk_format=row.disk_format,
            container_format=row.container_format,
            public=row.public,
            protected=row.protected,
            min_ram=row.min_ram,
            min_disk=row.min_disk,
            created_at=now,
            updated_at=now,
            content=content,
        )
        by_name[name] = world.images[image.id] = image
    for name, row in described.items():
        for part in ("kernel", "ramdisk"):
            other = by_name.get(getattr(row, part) or "")
            if other is not None:
                by_name[name].properties[f"{part}_id"] = other.id
