"""A world set up like the recorded one, with other identifiers and, as the seed says, other names."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

from harness.arch import Architecture, load
from harness.lab.apps import apps
from harness.lab.building import build_world
from harness.lab.world import Role, World
from tests.lab.conformance.binding import Binder
from tests.lab.conformance.recording import Exchange, histories, read
from tests.lab.conformance.replay import Send, Stage
from tests.lab.conformance.senders import in_process
from tests.lab.conformance.tables import TOKEN_HOLDERS

_PASSWORD = "secrete"
_GRANTS = {
    ("admin", "admin"): ("admin", "KeystoneAdmin", "KeystoneServiceAdmin"),
    ("admin", "demo"): ("admin",),
    ("demo", "invisible_to_admin"): ("Member",),
    ("demo", "demo"): ("anotherrole", "Member"),
    ("alt", "alt"): ("Member",),
}


async def recorded_stage(folder: Path, file: str, seed: int) -> tuple[Stage, World]:
    """A stage for one recording, in this process."""
    rng = random.Random(f"{seed} {file}")
    arch = recorded_arch(templated=file == "keystone-templated.jsonl", limited=file == "nova-ratelimit.jsonl")
    world = build_world(
        arch,
        dict.fromkeys(arch.model.nodes, "127.0.0.1"),
        admin_password=_PASSWORD,
        passwords=dict.fromkeys(arch.model.identity.users, _PASSWORD),
        seed=rng.getrandbits(64),
    )
    _grants(world)
    names = _rename(world, rng)
    send = in_process(apps(world))
    known = {**_identities(folder, world, names), "ADMINTOKEN": world.admin_token}
    for token, holder in recorded_tokens(folder, file).items():
        known[token] = await _login(send, names.get(holder, holder))
    known.update(_image(folder, world))
    return Stage(send, known, names, _expiring(world), histories(folder)), world


def recorded_arch(*, templated: bool = False, limited: bool = False) -> Architecture:
    """The recorded cloud as an architecture; the catalogue from templates,
    or rate limits on, as some recordings.
    """
    sets = ["identity.catalogue=templated"] if templated else []
    sets += [] if limited else ["compute.rate_limits=[]"]
    return load(Path(__file__).with_name("recorded.yaml"), sets=sets)


def recorded_tokens(folder: Path, file: str) -> dict[str, str]:
    """Tokens that a recording uses without showing where they came from → the user who held them."""
    shown = set[str]()
    tokens: dict[str, None] = {}
    for exchange in read(folder, file):
        token = dict(exchange.headers).get("X-Auth-Token", "")
        if len(token) == 32 and token not in shown:
            tokens.setdefault(token)
        access = exchange.answer.json()
        if isinstance(access, dict) and "access" in access:
            shown.add(access["access"]["token"]["id"])
    return dict(zip(tokens, TOKEN_HOLDERS.get(file, ()), strict=file in TOKEN_HOLDERS))


def _grants(world: World) -> None:
    users = {user.name: user.id for user in world.users.values()}
    tenants = {tenant.name: tenant.id for tenant in world.tenants.values()}
    roles = {role.name: role for role in world.roles.values()}
    world.grants.clear()
    for (user, tenant), held in _GRANTS.items():
        ids = [roles.setdefault(name, Role(world.ids.hex(), name)).id for name in held]
        world.grants[(users[user], tenants[tenant])] = ids


def _rename(world: World, rng: random.Random) -> dict[str, str]:
    """Give every tenant, user and image another name; a user and a tenant of one name keep one name."""
    things: list[Any] = [*world.tenants.values(), *world.users.values(), *world.images.values()]
    names: dict[str, str] = {}
    for thing in things:
        thing.name = names.setdefault(thing.name, f"{thing.name}-{rng.randrange(16**4):04x}")
    return names


def _identities(folder: Path, world: World, names: dict[str, str]) -> dict[str, str]:
    """Recorded ids of tenants, users and roles → live ones, by name."""
    wanted: dict[str, Any] = {"tenants": world.tenants, "users": world.users, "roles": world.roles}
    known: dict[str, str] = {}
    for exchange in read(folder, "keystone.jsonl"):
        data = exchange.answer.json()
        for kind in wanted.keys() & data.keys() if isinstance(data, dict) else ():
            live = {thing.name: thing.id for thing in wanted[kind].values()}
            for row in data[kind]:
                name = names.get(row.get("name"), row.get("name"))
                if name in live:
                    known.setdefault(row["id"], live[name])
    return known


def _image(folder: Path, world: World) -> dict[str, str]:
    """The recorded id of the one image that was there from the beginning."""
    first = next(e.answer.json() for e in read(folder, "glance.jsonl") if e.case == "get")
    return {first["images"][0]["id"]: next(iter(world.images))}


async def _login(send: Send, name: str) -> str:
    auth = {"passwordCredentials": {"username": name, "password": _PASSWORD}, "tenantName": name}
    answer = await send(
        "POST",
        "127.0.0.1:5000",
        "/v2.0/tokens",
        {"Content-Type": "application/json"},
        json.dumps({"auth": auth}).encode(),
    )
    assert answer.status == 200, answer
    return str(answer.json()["access"]["token"]["id"])


def _expiring(world: World) -> Any:
    """The recording's author let a token expire by hand before the cases that use it expired."""

    def before(exchange: Exchange, binder: Binder) -> None:
        if "expired" in exchange.case:
            used = dict(exchange.headers).get("X-Auth-Token", ""), exchange.path.rpartition("/")[2]
            recorded = used[1] if exchange.port == 35357 else used[0]
            token = world.tokens.get(binder.text(recorded))
            if token:
                token.expires -= timedelta(days=2)

    return before
