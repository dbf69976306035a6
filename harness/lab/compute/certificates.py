"""Nova's own certificate authority, whose root certificate everybody may read."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from starlette.responses import Response

from harness.lab.compute.call import Call
from harness.lab.compute.refusals import Refusal
from harness.lab.compute.resources import Resources
from harness.lab.world import World

_BITS = 1024
"""What 2012.1 makes."""
_LASTS = timedelta(days=365)
_ROOT = "compute.root certificate"


def routes(into: Resources) -> None:
    """The routes of this file."""
    into.add("GET", "os-certificates/{rest:path}", show)
    into.add("POST", "os-certificates", create)


async def show(call: Call) -> Response:
    """The root certificate, under whichever name; the key is not told."""
    return call.ok({"certificate": {"private_key": None, "data": await _root(call.world)}})


async def create(call: Call) -> Response:
    """A new certificate with its key."""
    raise Refusal(501)


async def _root(world: World) -> str:
    if _ROOT not in world.parts:
        made = await asyncio.to_thread(_certificate, world)
        world.parts.setdefault(_ROOT, made)
    return str(world.parts[_ROOT])


def _certificate(world: World) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "NOVA ROOT")])
    now = world.clock.exact()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + _LASTS)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()
