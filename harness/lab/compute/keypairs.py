"""Key pairs: one set a user, made by nova or imported."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import struct
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.responses import Response

from harness.lab.compute.call import Call, bare
from harness.lab.compute.refusals import Refusal, bad, missing
from harness.lab.compute.resources import Resources
from harness.lab.compute.state import Keypair
from harness.lab.world import World

_BITS = 1024
"""What 2012.1 makes."""
_LIMIT = 16 << 10


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.collection("os-keypairs", index=index, create=create, delete=delete)


def keypair(world: World, user_id: str, name: str) -> Keypair | None:
    """A user's key pair by name."""
    found: Keypair | None = world.keypairs.get(_key(user_id, name))
    return found


def _key(user_id: str, name: str) -> str:
    return f"{user_id}/{name}"


async def index(call: Call) -> Response:
    """The caller's key pairs, by name."""
    mine = [row for row in call.world.keypairs.values() if row.user_id == call.context.user_id]
    rows = [{"keypair": _view(row)} for row in sorted(mine, key=lambda row: row.name)]
    return call.ok({"keypairs": rows})


async def create(call: Call) -> Response:
    """Make a key pair, or take over a public key."""
    wanted, user = call.entity("keypair"), call.context.user_id
    if not isinstance(wanted.get("name"), str):
        raise Refusal(500)
    name = wanted["name"]
    _refuse_second(call, name)
    private = None
    if "public_key" in wanted:
        public = str(wanted["public_key"])
        blob = _blob(public)
    else:
        public, private = await asyncio.to_thread(_generate)
        blob = _blob(public)
        _refuse_second(call, name)
        call.world.secret("private key", private.splitlines()[5])
    made = Keypair(name, user, public, _fingerprint(blob))
    call.world.keypairs[_key(user, name)] = made
    secret = {"private_key": private} if private else {}
    return call.ok({"keypair": {**_view(made), **secret, "user_id": user}})


def _refuse_second(call: Call, name: str) -> None:
    if keypair(call.world, call.context.user_id, name):
        raise Refusal(409, f"Key pair '{name}' already exists.")


async def delete(call: Call) -> Response:
    """Remove a key pair."""
    if call.world.keypairs.pop(_key(call.context.user_id, call.parts["id"]), None) is None:
        raise missing()
    return bare(202)


def _view(row: Keypair) -> dict[str, Any]:
    return {"public_key": row.public_key, "name": row.name, "fingerprint": row.fingerprint}


def _generate() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    ).decode()
    formats = (serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return f"{key.public_key().public_bytes(*formats).decode()} nova@lab\n", private


def _blob(public: str) -> bytes:
    """The decoded key of an OpenSSH line; 400 where there is none."""
    parts = public.split()
    try:
        if len(public) > _LIMIT or len(parts) < 2:
            raise ValueError
        blob = base64.b64decode(parts[1], validate=True)
        (size,) = struct.unpack_from(">I", blob)
        if blob[4 : 4 + size] != parts[0].encode():
            raise ValueError
    except (ValueError, binascii.Error, struct.error):
        raise bad("Keypair data is invalid") from None
    return blob


def _fingerprint(blob: bytes) -> str:
    digest = hashlib.md5(blob).hexdigest()  # noqa: S324 - the fingerprint of its time
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))
